// SPDX-License-Identifier: GPL-2.0-or-later
import type { QEMUTimer } from '@dromaius/util'

/** Timer configuration and capabilities (IA-PC HPET 1.0a, 2.3.8). */
export const HPET_TN_TYPE_LEVEL = 0x002n
export const HPET_TN_ENABLE = 0x004n
export const HPET_TN_PERIODIC = 0x008n
export const HPET_TN_PERIODIC_CAP = 0x010n
export const HPET_TN_SIZE_CAP = 0x020n
export const HPET_TN_SETVAL = 0x040n
export const HPET_TN_32BIT = 0x100n
export const HPET_TN_INT_ROUTE_MASK = 0x3e00n
export const HPET_TN_INT_ROUTE_SHIFT = 9n
export const HPET_TN_FSB_ENABLE = 0x4000n
export const HPET_TN_FSB_CAP = 0x8000n
/** Bits that can be written. */
export const HPET_TN_CFG_WRITE_MASK = 0x7f4en

/** Nanoseconds per tick of the main counter: 100 MHz. */
export const HPET_CLK_PERIOD = 10n
/** Nanoseconds between two events of a periodic timer at least: no guest could take more, and the host has other work. */
const MIN_PERIOD_NS = 10_000n
/** An event that is further away than this, 29 years of virtual time in `ns`, is not waited for. */
const NEVER_NS = 1n << 60n
const WRAP_32 = 1n << 32n

/**
 * One comparator with its timer.
 * @qemu hw/timer/hpet.c HPETTimer
 */
export class HPETTimer {
  /** Configuration and capabilities, 64 bits. */
  config = 0n
  /** Comparator as the guest reads it, 64 bits. */
  cmp = 0n
  /** Message of an interrupt that goes without a line: address in bits 63:32, data in 31:0. */
  fsb = 0n
  /** Ticks between two matches in periodic mode. */
  period = 0n
  /** The next event is the low half of the main counter turning over, not yet the match. */
  wrapFlag = false
  /** The main counter at the match; it goes on beyond 64 bits where the counter begins anew. */
  match = 0n
  /** Waits for the next event; set at realize. */
  timer!: QEMUTimer

  constructor(readonly tn: number) {}

  get periodic(): boolean {
    return (this.config & HPET_TN_PERIODIC) !== 0n
  }

  get is32Bit(): boolean {
    return (this.config & HPET_TN_32BIT) !== 0n
  }

  get level(): boolean {
    return (this.config & HPET_TN_TYPE_LEVEL) !== 0n
  }

  get enabled(): boolean {
    return (this.config & HPET_TN_ENABLE) !== 0n
  }

  /** Line that the interrupt goes to, 0 to 31. */
  get route(): number {
    return Number((this.config & HPET_TN_INT_ROUTE_MASK) >> HPET_TN_INT_ROUTE_SHIFT)
  }
}

/** When the main counter's low half turns over next. */
const nextWrap = (tick: bigint): bigint => (tick | (WRAP_32 - 1n)) + 1n

/** Waits for a tick, but not for one that nobody lives to see; `base` and `earliest` are as below. */
function hpetArm(t: HPETTimer, tick: bigint, base: bigint, earliest: bigint): void {
  const time = tick * HPET_CLK_PERIOD - base
  if (time - earliest > NEVER_NS) return t.timer.del()
  t.timer.modNs(time > earliest ? time : earliest)
}

/**
 * The tick at which the comparator matches. With 64 bits it can lie behind the counter, by less than half of the range.
 * @qemu hw/timer/hpet.c hpet_calculate_diff
 * @differs with 32 bits it is always ahead, as in hardware; QEMU 7.2 takes half of that range for behind too
 */
export function hpetFindMatch(t: HPETTimer, tick: bigint): void {
  if (!t.is32Bit) {
    t.match = tick + BigInt.asIntN(64, t.cmp - tick)
    return
  }
  t.match = (tick & ~(WRAP_32 - 1n)) | (t.cmp & (WRAP_32 - 1n))
  if (t.match < tick) t.match += WRAP_32
}

/**
 * Waits for what the comparator says.
 * @param now    virtual time in `ns`
 * @param base   what has to be added to it to have the main counter, in `ns`
 * @param fresh  the comparator has just been written: one that the counter went past meanwhile matches at once, since a guest
 *   that is slower than hardware would else wait for ever; one that has matched before does not do so again
 * @qemu hw/timer/hpet.c hpet_set_timer
 */
export function hpetSetTimer(t: HPETTimer, now: bigint, base: bigint, fresh: boolean): void {
  const tick = (now + base) / HPET_CLK_PERIOD
  hpetFindMatch(t, tick)
  if (t.match < tick && !fresh) return t.timer.del()
  // A one-shot timer of 32 bits has an event when the counter turns over, too (2.3.9.2.1).
  t.wrapFlag = t.is32Bit && !t.periodic && t.match > nextWrap(tick)
  hpetArm(t, t.wrapFlag ? nextWrap(tick) : t.match, base, now)
}

/**
 * What comes after an event of the timer. Periods that have gone by meanwhile are one event.
 * @qemu hw/timer/hpet.c hpet_timer
 */
export function hpetNextEvent(t: HPETTimer, now: bigint, base: bigint): void {
  if (t.periodic) {
    if (t.period === 0n) return
    const tick = (now + base) / HPET_CLK_PERIOD
    if (t.match <= tick) t.match += ((tick - t.match) / t.period + 1n) * t.period
    t.cmp = BigInt.asUintN(t.is32Bit ? 32 : 64, t.match)
    hpetArm(t, t.match, base, now + MIN_PERIOD_NS)
  } else if (t.wrapFlag) {
    t.wrapFlag = false
    hpetArm(t, t.match, base, now)
  }
}
