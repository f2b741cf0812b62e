// SPDX-License-Identifier: GPL-2.0-or-later
import type { QEMUTimer } from './qemu-timer.js'
import type { TimeSource } from './time-source.js'

/** What a clock counts: guest time that stops with the VM, monotonic host time, or host wall-clock time. */
export type QEMUClockType = 'virtual' | 'realtime' | 'host'

/**
 * Callbacks per pass after which the event loop gets its turn, so that a self-arming timer cannot hang the
 * process.
 */
const MAX_CALLBACKS_PER_PASS = 1024

/** setTimeout takes no more than a signed 32-bit count of milliseconds. */
const MAX_SLEEP_MS = 0x7fff_ffffn

/**
 * One clock of one machine with its sorted list of timers. A host timer is kept armed for the earliest
 * deadline; it does
 * not keep the process alive.
 * @qemu util/qemu-timer.c QEMUClock
 */
export class QEMUClock {
  readonly type: QEMUClockType
  private readonly source: TimeSource
  private readonly now: () => bigint
  private isEnabled: boolean
  private head: QEMUTimer | null = null
  private cancelWake: (() => void) | null = null
  /** Time of this clock at which the armed host timer wakes us; meaningless while `cancelWake` is null. */
  private wakeAt = 0n
  /**
   * Told when the first deadline changes, for a clock that does not go with the host's time; no host timer is armed then, and
   * whoever moves the clock calls {@link runTimers}.
   * @qemu softmmu/cpu-timers.c qemu_timer_notify_cb
   */
  notify: (() => void) | null = null

  /** `now` gives this clock's time in `ns`; a disabled clock (see `enable`) runs no timers. */
  constructor(type: QEMUClockType, source: TimeSource, now: () => bigint, enabled = true) {
    this.type = type
    this.source = source
    this.now = now
    this.isEnabled = enabled
  }

  /** False while timers of this clock must not fire. */
  get enabled(): boolean {
    return this.isEnabled
  }

  /**
   * Lets timers fire, or holds them back. What became due meanwhile fires in the next turn after enabling.
   * @qemu util/qemu-timer.c qemu_clock_enable
   */
  enable(on: boolean): void {
    this.isEnabled = on
    this.disarm()
    this.rearm()
  }

  /**
   * Time of this clock in `ns`.
   * @qemu util/qemu-timer.c qemu_clock_get_ns
   */
  getNs(): bigint {
    return this.now()
  }

  /** Time of this clock in whole `us`. */
  getUs(): bigint {
    return this.now() / 1000n
  }

  /** Time of this clock in whole `ms`. */
  getMs(): bigint {
    return this.now() / 1_000_000n
  }

  /**
   * `ns` until the first timer expires (0 when one is due), null when none is armed or the clock is disabled.
   * @qemu util/qemu-timer.c timerlist_deadline_ns
   */
  deadlineNs(): bigint | null {
    if (!this.isEnabled || !this.head) return null
    const delta = this.head.expireTime - this.now()
    return delta > 0n ? delta : 0n
  }

  /**
   * Runs the callbacks of the timers that were due when the call began, in the order of expiry. Timers that
   * the callbacks
   * arm for a time already past run in the same pass. Returns true when any ran.
   * @qemu util/qemu-timer.c timerlist_run_timers
   * @differs stops when a callback disables the clock, and after 1024 callbacks until the next turn
   */
  runTimers(): boolean {
    if (!this.isEnabled || !this.head) return false
    const currentTime = this.now()
    let callbacks = 0
    try {
      for (let ts = this.head; ts; ts = this.head) {
        if (!this.isEnabled || ts.expireTime > currentTime || callbacks === MAX_CALLBACKS_PER_PASS) break
        // Taken off the list before the callback, which may arm it again.
        this.unlink(ts)
        callbacks++
        ts.cb()
      }
    } finally {
      this.rearm()
    }
    return callbacks > 0
  }

  /**
   * For an accelerator all of whose CPUs sleep: runs, whatever its time, the first of the timers that wait only for the guest
   * to keep up ({@link QEMUTimer.firesWhenIdle}). Returns false when there is none.
   */
  runIdleTimer(): boolean {
    if (!this.isEnabled) return false
    let ts = this.head
    while (ts && !ts.firesWhenIdle) ts = ts.next
    if (!ts) return false
    this.removeTimer(ts)
    ts.cb()
    return true
  }

  /** Disarms every timer of this clock; for the end of a machine. */
  removeAllTimers(): void {
    while (this.head) this.unlink(this.head)
    this.disarm()
  }

  /**
   * Puts a timer in its place, behind those with the same expiry.
   * @internal
   * @qemu util/qemu-timer.c timer_mod_ns_locked
   */
  insertTimer(ts: QEMUTimer, expireTime: bigint): void {
    if (ts.listed) this.unlink(ts)
    ts.expireTime = expireTime
    ts.listed = true
    if (!this.head || expireTime < this.head.expireTime) {
      ts.next = this.head
      this.head = ts
      this.rearm()
      return
    }
    let previous = this.head
    while (previous.next && previous.next.expireTime <= expireTime) previous = previous.next
    ts.next = previous.next
    previous.next = ts
  }

  /**
   * Takes a timer off the list.
   * @internal
   * @qemu util/qemu-timer.c timer_del_locked
   */
  removeTimer(ts: QEMUTimer): void {
    if (!ts.listed) return
    this.unlink(ts)
    if (!this.head) this.disarm()
  }

  private unlink(ts: QEMUTimer): void {
    if (this.head === ts) {
      this.head = ts.next
    } else {
      let previous = this.head!
      while (previous.next !== ts) previous = previous.next!
      previous.next = ts.next
    }
    ts.next = null
    ts.listed = false
  }

  private disarm(): void {
    this.cancelWake?.()
    this.cancelWake = null
  }

  /**
   * Sees to it that we wake in time for the head. A wake that comes too soon is left alone: it finds nothing
   * and sleeps on.
   */
  private rearm(): void {
    if (!this.isEnabled || !this.head) return
    if (this.notify) {
      this.notify()
      return
    }
    if (this.cancelWake && this.wakeAt <= this.head.expireTime) return
    this.disarm()
    this.wakeAt = this.head.expireTime
    const deltaNs = this.head.expireTime - this.now()
    // Rounded up: waking a fraction of a millisecond early would only mean a second sleep.
    const sleepMs = deltaNs > 0n ? (deltaNs + 999_999n) / 1_000_000n : 0n
    const capped = sleepMs < MAX_SLEEP_MS ? sleepMs : MAX_SLEEP_MS
    this.cancelWake = this.source.wakeAfter(Number(capped), () => {
      this.cancelWake = null
      // Arms the next wake too, also when this one came too soon.
      this.runTimers()
    })
  }
}
