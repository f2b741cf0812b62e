// SPDX-License-Identifier: GPL-2.0-or-later
import { apicGetIrqDelivered, apicResetIrqDelivered } from '@dromaius/cpus'
import { systemOf } from '@dromaius/hw-core'
import { NANOSECONDS_PER_SECOND, qemuIrqRaise } from '@dromaius/util'
import * as R from './mc146818rtc-regs.js'
import type { MC146818RtcState } from './mc146818rtc.js'

/** Lost ticks that are delivered on the guest's acknowledgement between two ticks that come by time. */
const RTC_REINJECT_ON_ACK_COUNT = 20
/** A tick that is late by more than this, in `ns`, is not made up for one by one. */
const MAX_LATENESS = NANOSECONDS_PER_SECOND
/** What can be saved: a guest that is behind by more than that has other worries. */
const MAX_COALESCED = 0xffff_ffff

/** A count of the 32768 Hz clock in `ns`. @qemu include/hw/rtc/mc146818rtc_regs.h periodic_clock_to_ns */
const clockToNs = (clock: bigint): bigint => (clock * NANOSECONDS_PER_SECOND) / R.RTC_CLOCK_RATE
const nsToClock = (ns: bigint): bigint => (ns * R.RTC_CLOCK_RATE) / NANOSECONDS_PER_SECOND

/** Ticks of the 32768 Hz clock per periodic interrupt, 0 while it is off. @qemu hw/rtc/mc146818rtc.c rtc_periodic_clock_ticks */
export function rtcPeriodicClockTicks(s: MC146818RtcState): number {
  if (!(s.cmosData[R.RTC_REG_B]! & R.REG_B_PIE)) return 0
  return Number(R.periodicPeriodToClock(s.cmosData[R.RTC_REG_A]! & R.REG_A_RS))
}

const addCoalesced = (s: MC146818RtcState, count: number): void => {
  s.irqCoalesced = Math.min(MAX_COALESCED, s.irqCoalesced + count)
}

/**
 * Arms the timer that delivers lost ticks, two to eight times as fast as they come by time, or disarms it.
 * @qemu hw/rtc/mc146818rtc.c rtc_coalesced_timer_update
 * @differs by a tick of the clock at least
 */
export function rtcCoalescedTimerUpdate(s: MC146818RtcState): void {
  if (s.irqCoalesced === 0 || s.period === 0) {
    s.coalescedTimer.del()
    return
  }
  const faster = Math.min(s.irqCoalesced, 7) + 1
  // The shortest period is less than eight ticks of the clock; a timer that is due at once would never let time go on.
  const ticks = Math.max(1, Math.floor(s.period / faster))
  s.coalescedTimer.modNs(s.clock.getNs() + clockToNs(BigInt(ticks)))
}

/**
 * Raises the interrupt; true when the interrupt controller took it as one of its own, rather than as part of one that the
 * guest has not served yet.
 * @qemu hw/rtc/mc146818rtc.c rtc_policy_slew_deliver_irq
 */
function rtcPolicySlewDeliverIrq(s: MC146818RtcState): boolean {
  const system = systemOf(s)
  apicResetIrqDelivered(system)
  qemuIrqRaise(s.irq[0] ?? null)
  return apicGetIrqDelivered(system) !== 0
}

/** @qemu hw/rtc/mc146818rtc.c rtc_coalesced_timer */
export function rtcCoalescedTimer(s: MC146818RtcState): void {
  if (s.irqCoalesced !== 0 && rtcPolicySlewDeliverIrq(s)) s.irqCoalesced--
  rtcCoalescedTimerUpdate(s)
}

/**
 * Arms the periodic timer, or disarms it. `oldPeriod` is what ran until now, in ticks of the 32768 Hz clock; with
 * `periodChange` the guest has set another, and what of the old one has gone by counts.
 * @qemu hw/rtc/mc146818rtc.c periodic_timer_update
 */
export function periodicTimerUpdate(
  s: MC146818RtcState,
  currentTime: bigint,
  oldPeriod: number,
  periodChange: boolean,
): void {
  const period = rtcPeriodicClockTicks(s)
  s.period = period
  if (period === 0) {
    s.irqCoalesced = 0
    s.coalescedTimer.del()
    s.periodicTimer.del()
    return
  }
  const curClock = nsToClock(currentTime)
  let lostClock = 0
  if (oldPeriod !== 0 && periodChange) {
    const lastClock = nsToClock(s.nextPeriodicTime) - BigInt(oldPeriod)
    // A clock that was set back has lost nothing.
    lostClock = Math.max(0, Number(curClock - lastClock))
  }
  if (s.lostTickPolicy === 'slew') {
    // Ticks that are still owed are the guest's in time, not in number: a new period makes more or fewer of them.
    const before = s.irqCoalesced
    lostClock += before * oldPeriod
    s.irqCoalesced = Math.min(MAX_COALESCED, Math.floor(lostClock / period))
    lostClock %= period
    if (before !== s.irqCoalesced || oldPeriod !== period) rtcCoalescedTimerUpdate(s)
  } else {
    // Nothing can make up for them, but time must go on.
    lostClock = Math.min(lostClock, period)
  }
  const nextIrqClock = curClock + BigInt(period - lostClock)
  s.nextPeriodicTime = clockToNs(nextIrqClock) + 1n
  s.periodicTimer.modNs(s.nextPeriodicTime)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_periodic_timer */
export function rtcPeriodicTimer(s: MC146818RtcState): void {
  const now = s.clock.getNs()
  const due = s.nextPeriodicTime
  if (now - due > MAX_LATENESS) {
    const late = Number(nsToClock(now - due))
    if (s.lostTickPolicy === 'slew' && s.period !== 0) addCoalesced(s, Math.floor(late / s.period))
    periodicTimerUpdate(s, now, s.period, false)
  } else {
    // Counted from when it was due, so that lateness does not add up.
    periodicTimerUpdate(s, due, s.period, false)
  }
  s.cmosData[R.RTC_REG_C]! |= R.REG_C_PF
  if (!(s.cmosData[R.RTC_REG_B]! & R.REG_B_PIE)) return
  s.cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF
  if (s.lostTickPolicy === 'discard') {
    qemuIrqRaise(s.irq[0] ?? null)
    return
  }
  if (s.irqReinjectOnAckCount >= RTC_REINJECT_ON_ACK_COUNT) s.irqReinjectOnAckCount = 0
  if (!rtcPolicySlewDeliverIrq(s)) {
    addCoalesced(s, 1)
    rtcCoalescedTimerUpdate(s)
  }
}

/**
 * The guest has acknowledged its interrupt: the next lost tick follows at once, up to twenty in a row.
 * @qemu hw/rtc/mc146818rtc.c cmos_ioport_read
 */
export function rtcReinjectOnAck(s: MC146818RtcState): void {
  const periodic = s.cmosData[R.RTC_REG_B]! & R.REG_B_PIE
  if (s.irqCoalesced === 0 || !periodic || s.irqReinjectOnAckCount >= RTC_REINJECT_ON_ACK_COUNT) return
  s.irqReinjectOnAckCount++
  s.cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF | R.REG_C_PF
  if (rtcPolicySlewDeliverIrq(s)) s.irqCoalesced--
}
