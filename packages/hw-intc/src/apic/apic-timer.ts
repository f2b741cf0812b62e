// SPDX-License-Identifier: GPL-2.0-or-later
//
// The local APIC's timer (SDM volume 3, 11.5.4). Its bus runs at 1 GHz of virtual time, as QEMU's does.

import { APIC_LVT_TIMER, APIC_LVT_TIMER_PERIODIC, apicNextTimer } from '../apic-common.js'
import type { APICState } from './apic.js'
import { apicLocalDeliver } from './apic-interrupts.js'

/** Timer mode, bits 18:17 of its local vector table entry. */
export const APIC_LVT_TIMER_MODE = 3 << 17
const APIC_LVT_TIMER_TSC_DEADLINE = 2 << 17

const nowOf = (s: APICState): bigint => s.cpu!.system.clocks.virtual.getNs()

export const apicTimerIsTscDeadline = (s: APICState): boolean =>
  (s.lvt[APIC_LVT_TIMER]! & APIC_LVT_TIMER_MODE) === APIC_LVT_TIMER_TSC_DEADLINE

/** @qemu hw/intc/apic_common.c apic_get_current_count */
export function apicGetCurrentCount(s: APICState): number {
  if (apicTimerIsTscDeadline(s)) return 0
  const d = (nowOf(s) - s.initialCountLoadTime) >> BigInt(s.countShift)
  const initial = BigInt(s.initialCount)
  if (s.lvt[APIC_LVT_TIMER]! & APIC_LVT_TIMER_PERIODIC) return Number(initial - (d % (initial + 1n)))
  return d >= initial ? 0 : Number(initial - d)
}

/** Arms the timer for what comes after a virtual time in `ns`. @qemu hw/intc/apic.c apic_timer_update */
function apicTimerUpdate(s: APICState, currentTime: bigint): void {
  if (apicTimerIsTscDeadline(s)) return
  if (apicNextTimer(s, currentTime)) s.timer!.modNs(s.nextTime)
  else s.timer!.del()
}

function disarm(s: APICState): void {
  s.timer!.del()
  s.timerExpiry = -1n
  s.cpu!.env.tscDeadline = 0n
}

/**
 * The timer's time has come.
 * @qemu hw/intc/apic.c apic_timer
 * @differs periods that have passed meanwhile are one interrupt: the processor would not have seen more of them
 */
export function apicTimer(s: APICState): void {
  if (apicTimerIsTscDeadline(s)) disarm(s)
  apicLocalDeliver(s, APIC_LVT_TIMER)
  apicTimerUpdate(s, nowOf(s))
}

/** A new entry of the local vector table; another mode begins with a timer that stands still (SDM volume 3, 11.5.4.1). */
export function apicTimerWriteLvt(s: APICState, value: number): void {
  const wasDeadline = apicTimerIsTscDeadline(s)
  s.lvt[APIC_LVT_TIMER] = value
  if (apicTimerIsTscDeadline(s) !== wasDeadline) {
    disarm(s)
    s.initialCount = 0
  }
  apicTimerUpdate(s, nowOf(s))
}

/** A new initial count starts the timer; in TSC-deadline mode it is ignored. */
export function apicTimerWriteInitialCount(s: APICState, count: number): void {
  if (apicTimerIsTscDeadline(s)) return
  s.initialCount = count
  s.initialCountLoadTime = nowOf(s)
  apicTimerUpdate(s, s.initialCountLoadTime)
}

/** A new divisor. The count goes on from where it is; in QEMU it jumps, and the interrupt stays where it was. */
export function apicTimerWriteDivide(s: APICState, value: number): void {
  const gone = BigInt(s.initialCount - apicGetCurrentCount(s))
  s.divideConf = value & 0xb
  const v = (s.divideConf & 3) | ((s.divideConf >> 1) & 4)
  s.countShift = (v + 1) & 7
  const now = nowOf(s)
  s.initialCountLoadTime = now - (gone << BigInt(s.countShift))
  apicTimerUpdate(s, now)
}

/** IA32_TSC_DEADLINE is written: the counter gets there at `at`, `ns` of virtual time (SDM volume 3, 11.5.4.1). */
export function apicTimerSetDeadline(s: APICState, deadline: bigint, at: bigint): void {
  if (!apicTimerIsTscDeadline(s)) return
  disarm(s)
  if (deadline === 0n) return
  s.cpu!.env.tscDeadline = deadline
  if (at <= nowOf(s)) return apicTimer(s)
  s.nextTime = at
  s.timerExpiry = at
  s.timer!.modNs(at)
}
