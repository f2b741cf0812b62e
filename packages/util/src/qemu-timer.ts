// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { QEMUClock } from './clock.js'

/**
 * A one-shot timer in nanoseconds of one clock. It never fires early; it fires late by what the event loop
 * and Node's
 * millisecond timers add. Timers that expire at the same time fire in the order in which they were armed.
 * The callback may arm or delete this timer and others.
 * @qemu include/qemu/timer.h QEMUTimer
 */
export class QEMUTimer {
  /** Clock whose time `modNs` takes. */
  readonly clock: QEMUClock
  /** For debuggers; not unique. */
  readonly name: string
  /**
   * It waits for the guest to keep up, not for a time: it fires early, too, when every CPU sleeps and the accelerator knows.
   * What is armed for a time that matters leaves this false.
   */
  firesWhenIdle = false
  /** Runs once per arming, on the event loop. @internal */
  readonly cb: () => void
  /** Expiry in `ns` of the clock while in the clock's list. @internal */
  expireTime = 0n
  /** In the clock's list. @internal */
  listed = false
  /** Next in the clock's list. @internal */
  next: QEMUTimer | null = null
  private freed = false

  constructor(clock: QEMUClock, cb: () => void, name = '') {
    this.clock = clock
    this.cb = cb
    this.name = name
  }

  /**
   * Arms the timer for an absolute time in `ns` of its clock, replacing an earlier arming. A time in the past
   * (negative
   * included) fires in the next turn. Throws on a freed timer.
   * @qemu util/qemu-timer.c timer_mod_ns
   */
  modNs(expireTimeNs: bigint): void {
    assert(!this.freed, `Timer ${this.name} was freed`)
    this.clock.insertTimer(this, expireTimeNs > 0n ? expireTimeNs : 0n)
  }

  /**
   * Arms the timer unless it is already armed for that time or an earlier one.
   * @qemu util/qemu-timer.c timer_mod_anticipate_ns
   */
  modAnticipateNs(expireTimeNs: bigint): void {
    if (this.listed && this.expireTime <= expireTimeNs) return
    this.modNs(expireTimeNs)
  }

  /**
   * Disarms the timer; does nothing when it is not armed.
   * @qemu util/qemu-timer.c timer_del
   */
  del(): void {
    this.clock.removeTimer(this)
  }

  /**
   * True while armed.
   * @qemu util/qemu-timer.c timer_pending
   */
  pending(): boolean {
    return this.listed
  }

  /**
   * Expiry in `ns` of its clock, null when not armed.
   * @qemu util/qemu-timer.c timer_expire_time_ns
   */
  expireTimeNs(): bigint | null {
    return this.listed ? this.expireTime : null
  }

  /**
   * Disarms for good; arming it again is a programmer's mistake.
   * @qemu include/qemu/timer.h timer_free
   */
  free(): void {
    this.del()
    this.freed = true
  }
}
