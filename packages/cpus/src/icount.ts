// SPDX-License-Identifier: GPL-2.0-or-later
//
// Guest time by counting instructions: QEMU's softmmu/icount.c. An accelerator that counts them asks how many it may
// execute until a timer is due, and says how many it has executed.

import {
  keyvalParse,
  knownValues,
  NANOSECONDS_PER_SECOND,
  parseUint,
  QEMUTimer,
  UserError,
  type VirtualTime,
  warnReport,
} from '@dromaius/util'
import { qemuCpuKick } from './cpu-kick.js'
import { allCpuThreadsIdle } from './cpus.js'
import type { SystemState } from './system-state.js'

/** 1 million instructions a second are the least. */
const MAX_ICOUNT_SHIFT = 10
/** Where `auto` begins: 125 million instructions a second. */
const FIRST_SHIFT = 3
/** Differences in `ns` between guest and host that `auto` does not answer. */
const ICOUNT_WOBBLE = NANOSECONDS_PER_SECOND / 10n

/** How instructions become time. */
export interface IcountConfig {
  /** An instruction takes 2^`shift` ns, 0 to 10; `auto` follows the host's time. */
  readonly shift: number | 'auto'
  /** An idle machine waits for its next timer; otherwise its clock jumps there. */
  readonly sleep: boolean
}

/**
 * Reads the argument of `-icount`.
 * @throws UserError for what is unknown, wrong, contradictory or not there
 * @qemu softmmu/icount.c icount_configure
 * @differs an argument without `shift`, which QEMU passes over, is refused
 */
export function icountConfigParse(text: string): IcountConfig {
  const keys = ['shift', 'align', 'sleep', 'rr', 'rrfile', 'rrsnapshot'] as const
  const given = knownValues(keyvalParse(text, { implied: 'shift', bareFlags: true }), keys)
  for (const key of ['rr', 'rrfile', 'rrsnapshot'] as const)
    if (given[key] !== undefined)
      throw new UserError(`Parameter '${key}' is not available: runs are not recorded`)
  const onOff = (key: 'align' | 'sleep', without: boolean): boolean => {
    const value = given[key]
    if (value !== undefined && value !== 'on' && value !== 'off')
      throw new UserError(`Parameter '${key}' expects 'on' or 'off'`)
    return value === undefined ? without : value === 'on'
  }
  const sleep = onOff('sleep', true)
  if (onOff('align', false))
    throw new UserError(
      "Parameter 'align' can only be 'off': the guest is not slowed down to the host's time",
    )
  if (given.shift === undefined) throw new UserError("Parameter 'shift' is missing")
  if (given.shift === 'auto') {
    if (!sleep) throw new UserError('shift=auto and sleep=off are incompatible')
    return { shift: 'auto', sleep }
  }
  const shift = parseUint(given.shift)
  if (shift === null || shift > MAX_ICOUNT_SHIFT)
    throw new UserError(`Parameter 'shift' expects 'auto' or a number from 0 to ${MAX_ICOUNT_SHIFT}`)
  return { shift, sleep }
}

/**
 * Instructions that a machine executed, and the virtual clock that goes with them.
 * @qemu softmmu/timers-state.h TimersState
 */
export class Icount implements VirtualTime {
  readonly #system: SystemState
  readonly #sleep: boolean
  readonly #adaptive: boolean
  #shift: bigint
  /** Instructions of slices that are over. */
  #executed = 0
  /** Added to the instructions' time, in `ns`: idle time, and time with another shift. */
  #bias = 0n
  /** Time that the VM ran, in `ns`, when all CPUs became idle; null while one is not, or when the clock jumps. */
  #warpStart: bigint | null = null
  #lastDelta = 0n
  readonly #warpTimer: QEMUTimer
  #warned = false
  /** Instructions that the CPU whose turn it is has executed in it, from its accelerator; null between turns. */
  executing: (() => number) | null = null

  /** Takes the machine's virtual clock over. @qemu softmmu/icount.c icount_configure */
  constructor(system: SystemState, { shift, sleep }: IcountConfig) {
    this.#system = system
    this.#sleep = sleep
    this.#adaptive = shift === 'auto'
    this.#shift = BigInt(shift === 'auto' ? FIRST_SHIFT : shift)
    const { clocks } = system
    this.#warpTimer = new QEMUTimer(clocks.realtime, () => this.notify(), 'icount-warp')
    clocks.useVirtualTime(this)
    if (this.#adaptive) this.#startAdjusting()
  }

  /** Instructions executed so far, by all CPUs. @qemu softmmu/icount.c icount_get_raw */
  getRaw(): number {
    return this.#executed + (this.executing?.() ?? 0)
  }

  /** Virtual time in `ns`. @qemu softmmu/icount.c icount_get */
  getNs(): bigint {
    return this.#bias + (BigInt(this.getRaw()) << this.#shift)
  }

  setNs(ns: bigint): void {
    this.#bias += ns - this.getNs()
  }

  /** Instructions after which `ns` are over. @qemu softmmu/icount.c icount_round */
  round(ns: bigint): number {
    return Number((ns + (1n << this.#shift) - 1n) >> this.#shift)
  }

  /** A turn is over. @qemu softmmu/icount.c icount_update */
  update(): void {
    this.#executed = this.getRaw()
    this.executing = null
  }

  /** The CPU that runs, or the loop if none does, looks at the deadline again. @qemu softmmu/cpu-timers.c qemu_timer_notify_cb */
  notify(): void {
    const cpu = this.#system.currentCpu ?? this.#system.cpus[0]
    if (cpu) qemuCpuKick(cpu)
  }

  /**
   * All CPUs may be idle: the clock goes on to the next timer by a jump, true then, or in the host's time, false.
   * @qemu softmmu/icount.c icount_start_warp_timer
   */
  startWarp(): boolean {
    const { clocks } = this.#system
    if (!this.#system.runState.is('running') || !allCpuThreadsIdle(this.#system)) return false
    const deadline = clocks.virtual.deadlineNs()
    if (deadline === null) {
      if (!this.#sleep && !this.#warned) warnReport('icount sleep disabled and no active timers')
      this.#warned = true
      return false
    }
    if (this.#sleep && deadline > 0n) {
      this.#warpStart ??= clocks.virtualRtNs
      this.#warpTimer.modAnticipateNs(clocks.realtime.getNs() + deadline)
      return false
    }
    this.#bias += deadline
    return true
  }

  /** The idle time that the host's clock has measured becomes guest time. @qemu softmmu/icount.c icount_account_warp_timer */
  accountWarp(): void {
    if (this.#warpStart === null) return
    this.#warpTimer.del()
    const now = this.#system.clocks.virtualRtNs
    let delta = now - this.#warpStart
    this.#warpStart = null
    // Not far ahead of the host's time.
    if (this.#adaptive && now - this.getNs() < delta) delta = now - this.getNs()
    if (delta > 0n) this.#bias += delta
  }

  /** Two timers look how guest and host go together. @qemu softmmu/icount.c icount_adjust_rt */
  #startAdjusting(): void {
    const { clocks } = this.#system
    const every = (period: bigint, clock: typeof clocks.virtual): void => {
      const timer = new QEMUTimer(
        clock,
        () => {
          timer.modNs(clock.getNs() + period)
          this.#adjust()
        },
        'icount-adjust',
      )
      timer.modNs(clock.getNs() + period)
    }
    // The one sees a guest that is too slow, the other one that is too fast.
    every(NANOSECONDS_PER_SECOND, clocks.realtime)
    every(NANOSECONDS_PER_SECOND / 10n, clocks.virtual)
  }

  /** @qemu softmmu/icount.c icount_adjust */
  #adjust(): void {
    if (!this.#system.runState.is('running')) return
    const now = this.getNs()
    const delta = now - this.#system.clocks.virtualRtNs
    let shift = this.#shift
    if (delta > 0n && this.#lastDelta + ICOUNT_WOBBLE < delta * 2n && shift > 0n) shift--
    if (delta < 0n && this.#lastDelta - ICOUNT_WOBBLE > delta * 2n && shift < MAX_ICOUNT_SHIFT) shift++
    this.#lastDelta = delta
    this.#shift = shift
    this.setNs(now)
  }
}
