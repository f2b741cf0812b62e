// SPDX-License-Identifier: GPL-2.0-or-later
import { NANOSECONDS_PER_SECOND, qemuIrqRaise } from '@dromaius/util'
import * as R from './mc146818rtc-regs.js'
import type { MC146818RtcState } from './mc146818rtc.js'
import { getNextAlarm } from './rtc-alarm.js'
import { getGuestRtcNs, nsOfSecond, rtcRunning, rtcUpdateTime } from './rtc-clock.js'

/** How long before an update the UIP bit is set: eight ticks of the 32768 Hz clock, in `ns`. */
const UIP_HOLD_LENGTH = (8n * NANOSECONDS_PER_SECOND) / R.RTC_CLOCK_RATE

/**
 * Arms the update timer for the next second, or only for the alarm if nothing else would change.
 * @qemu hw/rtc/mc146818rtc.c check_update_timer
 */
export function checkUpdateTimer(s: MC146818RtcState): void {
  const { cmosData } = s
  // A divider in reset stops interrupts; the SET bit does not.
  if ((cmosData[R.RTC_REG_A]! & 0x60) === 0x60) {
    s.updateTimer.del()
    return
  }
  let nextUpdateTime = s.clock.getNs() + NANOSECONDS_PER_SECOND - nsOfSecond(getGuestRtcNs(s))
  rtcUpdateTime(s)
  s.nextAlarmTime = nextUpdateTime + BigInt(getNextAlarm(s) - 1) * NANOSECONDS_PER_SECOND
  // While UIP is latched, the timer must clear it at the next second.
  if (!(cmosData[R.RTC_REG_A]! & R.REG_A_UIP) && cmosData[R.RTC_REG_C]! & R.REG_C_UF) {
    if (cmosData[R.RTC_REG_B]! & R.REG_B_SET || cmosData[R.RTC_REG_C]! & R.REG_C_AF) {
      s.updateTimer.del()
      return
    }
    nextUpdateTime = s.nextAlarmTime
  }
  if (s.updateTimer.expireTimeNs() !== nextUpdateTime) s.updateTimer.modNs(nextUpdateTime)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_update_timer */
export function rtcUpdateTimer(s: MC146818RtcState): void {
  const { cmosData } = s
  let irqs = R.REG_C_UF
  rtcUpdateTime(s)
  cmosData[R.RTC_REG_A]! &= ~R.REG_A_UIP
  if (s.clock.getNs() >= s.nextAlarmTime) irqs |= R.REG_C_AF
  const newIrqs = irqs & ~cmosData[R.RTC_REG_C]!
  cmosData[R.RTC_REG_C]! |= irqs
  if (newIrqs & cmosData[R.RTC_REG_B]!) {
    cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF
    qemuIrqRaise(s.irq[0] ?? null)
  }
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c update_in_progress */
export function updateInProgress(s: MC146818RtcState): boolean {
  if (!rtcRunning(s)) return false
  const due = s.updateTimer.expireTimeNs()
  if (due !== null && s.clock.getNs() >= due - UIP_HOLD_LENGTH) {
    // Latched until the timer fires, late as it may be.
    s.cmosData[R.RTC_REG_A]! |= R.REG_A_UIP
    return true
  }
  return nsOfSecond(getGuestRtcNs(s)) >= NANOSECONDS_PER_SECOND - UIP_HOLD_LENGTH
}
