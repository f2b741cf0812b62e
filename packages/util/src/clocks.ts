// SPDX-License-Identifier: GPL-2.0-or-later
import { QEMUClock } from './clock.js'
import { nodeTimeSource, type TimeSource } from './time-source.js'
import { vmU64 } from './vmstate-fields.js'
import type { VMStateDescription } from './vmstate.js'

/** Nanoseconds in a second. */
export const NANOSECONDS_PER_SECOND = 1_000_000_000n

/** What moves the virtual clock, where the host's time does not. Times in `ns`. */
export interface VirtualTime {
  getNs(): bigint
  setNs(ns: bigint): void
  /** The first deadline of the virtual clock's timers changed. */
  notify(): void
}

/**
 * The three clocks of one machine. Virtual time starts at 0, stands still until `enableVirtual(true)` and
 * whenever the VM is
 * stopped, and jumps neither forward nor back; its timers do not fire meanwhile.
 * @qemu softmmu/cpu-timers.c timers_state
 */
export class Clocks {
  /** Guest time. */
  readonly virtual: QEMUClock
  /** Monotonic host time; goes on while the VM is stopped. */
  readonly realtime: QEMUClock
  /** Host wall-clock time, since 1970. */
  readonly host: QEMUClock
  private readonly source: TimeSource
  /** Time in `ns` that the VM ran, while stopped; that less monotonic time while running. */
  private offset = 0n
  private virtualTime: VirtualTime | null = null

  constructor(source: TimeSource = nodeTimeSource) {
    this.source = source
    this.virtual = new QEMUClock('virtual', source, () => this.virtualNs, false)
    this.realtime = new QEMUClock('realtime', source, () => source.monotonicNs())
    this.host = new QEMUClock('host', source, () => source.hostNs())
  }

  /**
   * Has guest time come from elsewhere; to be called before the machine runs.
   * @qemu softmmu/cpus.c cpus_get_virtual_clock
   */
  useVirtualTime(time: VirtualTime): void {
    this.virtualTime = time
    this.virtual.notify = () => time.notify()
  }

  /**
   * How long the VM ran, in `ns` of the host: guest time, unless that comes from elsewhere.
   * @qemu softmmu/cpu-timers.c cpu_get_clock
   */
  get virtualRtNs(): bigint {
    return this.virtual.enabled ? this.offset + this.source.monotonicNs() : this.offset
  }

  /** Virtual time in `ns`; setting it (from a snapshot) moves the clock to that time. */
  get virtualNs(): bigint {
    return this.virtualTime ? this.virtualTime.getNs() : this.virtualRtNs
  }

  set virtualNs(ns: bigint) {
    if (this.virtualTime) this.virtualTime.setNs(ns)
    else this.offset = this.virtual.enabled ? ns - this.source.monotonicNs() : ns
    // The wake-up that is armed was reckoned with the old time.
    this.virtual.enable(this.virtual.enabled)
  }

  /**
   * Starts virtual time, or stops it where it is. Calling it twice with the same value changes nothing.
   * @qemu softmmu/cpu-timers.c cpu_enable_ticks
   */
  enableVirtual(on: boolean): void {
    if (on === this.virtual.enabled) return
    const now = this.source.monotonicNs()
    this.offset += on ? -now : now
    this.virtual.enable(on)
  }

  /**
   * Runs what is due on all three clocks; true when any callback ran.
   * @qemu util/qemu-timer.c qemu_clock_run_all_timers
   */
  runAllTimers(): boolean {
    const realtime = this.realtime.runTimers()
    const virtual = this.virtual.runTimers()
    const host = this.host.runTimers()
    return realtime || virtual || host
  }

  /** Disarms all timers and lets go of the host's; the clocks can still be read. */
  destroy(): void {
    this.virtual.removeAllTimers()
    this.realtime.removeAllTimers()
    this.host.removeAllTimers()
  }
}

/**
 * State of a machine's clocks: the guest's time goes on where it stood.
 * @qemu softmmu/cpu-timers.c vmstate_timers
 */
export const vmstateClocks: VMStateDescription<Clocks> = {
  name: 'timer',
  version: 1,
  minimumVersion: 1,
  fields: [vmU64('virtualNs')],
}
