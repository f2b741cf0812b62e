// SPDX-License-Identifier: GPL-2.0-or-later
import { NANOSECONDS_PER_SECOND } from '@dromaius/util'
import * as R from './mc146818rtc-regs.js'
import type { MC146818RtcState } from './mc146818rtc.js'
import { convertHour, rtcFromBcd } from './rtc-alarm.js'
import { gmtime, mktimegm } from './rtc-time.js'

/** @qemu hw/rtc/mc146818rtc.c rtc_running */
export function rtcRunning(s: MC146818RtcState): boolean {
  return !(s.cmosData[R.RTC_REG_B]! & R.REG_B_SET) && (s.cmosData[R.RTC_REG_A]! & R.REG_A_DV) <= 0x20
}

/** Guest time in `ns` since 1970. @qemu hw/rtc/mc146818rtc.c get_guest_rtc_ns */
export function getGuestRtcNs(s: MC146818RtcState): bigint {
  return s.baseRtc * NANOSECONDS_PER_SECOND + s.clock.getNs() - s.lastUpdate + s.offset
}

/** The part of a time in `ns` below a second, also for times before 1970. */
export function nsOfSecond(ns: bigint): bigint {
  return ((ns % NANOSECONDS_PER_SECOND) + NANOSECONDS_PER_SECOND) % NANOSECONDS_PER_SECOND
}

/** @qemu hw/rtc/mc146818rtc.c rtc_to_bcd */
function rtcToBcd(s: MC146818RtcState, a: number): number {
  return s.cmosData[R.RTC_REG_B]! & R.REG_B_DM ? a : (Math.floor(a / 10) << 4) | (a % 10)
}

/** Takes the guest's time from the registers. @qemu hw/rtc/mc146818rtc.c rtc_set_time */
export function rtcSetTime(s: MC146818RtcState): void {
  const reg = (index: number): number => rtcFromBcd(s, s.cmosData[index]!)
  s.baseRtc = mktimegm({
    sec: reg(R.RTC_SECONDS),
    min: reg(R.RTC_MINUTES),
    hour: convertHour(s, rtcFromBcd(s, s.cmosData[R.RTC_HOURS]! & ~R.RTC_HOURS_PM)),
    wday: reg(R.RTC_DAY_OF_WEEK) - 1,
    mday: reg(R.RTC_DAY_OF_MONTH),
    mon: reg(R.RTC_MONTH) - 1,
    year: reg(R.RTC_YEAR) + s.baseYear + reg(R.RTC_CENTURY) * 100,
  })
  s.lastUpdate = s.clock.getNs()
}

/** Brings the time registers up to date, unless the guest has stopped updates. @qemu hw/rtc/mc146818rtc.c rtc_update_time */
export function rtcUpdateTime(s: MC146818RtcState): void {
  if (s.cmosData[R.RTC_REG_B]! & R.REG_B_SET) return
  const ns = getGuestRtcNs(s)
  rtcSetCmos(s, (ns - nsOfSecond(ns)) / NANOSECONDS_PER_SECOND)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_set_cmos */
export function rtcSetCmos(s: MC146818RtcState, sec: bigint): void {
  const tm = gmtime(sec)
  const { cmosData } = s
  cmosData[R.RTC_SECONDS] = rtcToBcd(s, tm.sec)
  cmosData[R.RTC_MINUTES] = rtcToBcd(s, tm.min)
  if (cmosData[R.RTC_REG_B]! & R.REG_B_24H) {
    cmosData[R.RTC_HOURS] = rtcToBcd(s, tm.hour)
  } else {
    cmosData[R.RTC_HOURS] = rtcToBcd(s, tm.hour % 12 || 12) | (tm.hour >= 12 ? R.RTC_HOURS_PM : 0)
  }
  cmosData[R.RTC_DAY_OF_WEEK] = rtcToBcd(s, tm.wday + 1)
  cmosData[R.RTC_DAY_OF_MONTH] = rtcToBcd(s, tm.mday)
  cmosData[R.RTC_MONTH] = rtcToBcd(s, tm.mon + 1)
  const year = tm.year - s.baseYear
  cmosData[R.RTC_YEAR] = rtcToBcd(s, year % 100)
  cmosData[R.RTC_CENTURY] = rtcToBcd(s, Math.floor(year / 100))
}
