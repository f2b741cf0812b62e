// SPDX-License-Identifier: GPL-2.0-or-later
import { SysBusDevice, systemOf } from '@dromaius/hw-core'
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import type { qemu_irq } from '@dromaius/util'
import {
  HPET_CLK_PERIOD,
  HPET_TN_FSB_CAP,
  HPET_TN_PERIODIC_CAP,
  HPET_TN_SIZE_CAP,
  HPETTimer,
} from './hpet-timer.js'

export const HPET_MIN_TIMERS = 3
export const HPET_MAX_TIMERS = 32
export const HPET_NUM_IRQ_ROUTES = 32

/** General configuration (2.3.5). */
export const HPET_CFG_ENABLE = 0x1n
export const HPET_CFG_LEGACY = 0x2n
export const HPET_CFG_WRITE_MASK = HPET_CFG_ENABLE | HPET_CFG_LEGACY
/**
 * The high precision event timer of a PC (IA-PC HPET specification 1.0a): a counter of 64 bits that runs at 100 MHz, and 3 to 32
 * comparators. Its inputs are the outputs of the 8254 and of the real-time clock, which legacy replacement cuts off; its output is
 * high while the 8254 is to run.
 * @qemu hw/timer/hpet.c HPETState
 */
export class HPETState extends SysBusDevice {
  readonly iomem = TYPE_MEMORY_REGION.new()
  readonly timer = Array.from({ length: HPET_MAX_TIMERS }, (_, tn) => new HPETTimer(tn))
  /** Comparators that there are. */
  numTimers = HPET_MIN_TIMERS
  /** Lines that interrupts can be routed to, one bit each. */
  intcap = 0
  /** Interrupts can be messages. */
  msi = false
  /** General configuration. */
  config = 0n
  /** General interrupt status. */
  isr = 0n
  /** Main counter while it does not run. */
  hpetCounter = 0n
  /** While it runs, what has to be added to virtual time to have it, in `ns`. */
  hpetOffset = 0n
  /** Level of the real-time clock's output. */
  rtcIrqLevel = 0
  lines: (() => qemu_irq)[] = []
  pitEnabled: qemu_irq[] = []

  get running(): boolean {
    return (this.config & HPET_CFG_ENABLE) !== 0n
  }

  get legacy(): boolean {
    return (this.config & HPET_CFG_LEGACY) !== 0n
  }

  /** The comparators that there are. */
  get timers(): readonly HPETTimer[] {
    return this.timer.slice(0, this.numTimers)
  }
}

/** Virtual time in `ns`. */
export const hpetNow = (s: HPETState): bigint => systemOf(s).clocks.virtual.getNs()

/** The main counter. @qemu hw/timer/hpet.c hpet_get_ticks */
export const hpetGetTicks = (s: HPETState): bigint =>
  s.running ? BigInt.asUintN(64, (hpetNow(s) + s.hpetOffset) / HPET_CLK_PERIOD) : s.hpetCounter

/** Lets the main counter run on from where it stands, from a virtual time in `ns` on. */
export function hpetStartCounter(s: HPETState, now: bigint): void {
  s.hpetOffset = s.hpetCounter * HPET_CLK_PERIOD - now
}

/**
 * What a timer's configuration begins with: what it can do, and the first of the lines that it can have.
 */
export function hpetTimerCapabilities(s: HPETState): bigint {
  const fsb = s.msi ? HPET_TN_FSB_CAP : 0n
  return HPET_TN_PERIODIC_CAP | HPET_TN_SIZE_CAP | fsb | (BigInt(s.intcap >>> 0) << 32n)
}
