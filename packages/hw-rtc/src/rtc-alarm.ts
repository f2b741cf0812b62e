// SPDX-License-Identifier: GPL-2.0-or-later
import * as R from './mc146818rtc-regs.js'
import type { MC146818RtcState } from './mc146818rtc.js'

const SEC_PER_DAY = 86_400

/** The number that a time register means; -1 is an alarm's "any". @qemu hw/rtc/mc146818rtc.c rtc_from_bcd */
export function rtcFromBcd(s: MC146818RtcState, a: number): number {
  if ((a & 0xc0) === 0xc0) return -1
  return s.cmosData[R.RTC_REG_B]! & R.REG_B_DM ? a : (a >> 4) * 10 + (a & 0x0f)
}

/** @qemu hw/rtc/mc146818rtc.c convert_hour */
export function convertHour(s: MC146818RtcState, hour: number): number {
  if (s.cmosData[R.RTC_REG_B]! & R.REG_B_24H) return hour
  return (hour % 12) + (s.cmosData[R.RTC_HOURS]! & R.RTC_HOURS_PM ? 12 : 0)
}

/** Tells whether a component of the time fits an alarm register, -1 being "any". */
const fits = (alarm: number, value: number): boolean => alarm === -1 || alarm === value

/**
 * Seconds from the time in the registers to the next alarm, 1 to 86400. An alarm register of 0xc0 to 0xff means "any"; an
 * alarm that can never come (61 seconds, say) is as far away as one can be.
 * @qemu hw/rtc/mc146818rtc.c get_next_alarm
 * @differs looks for the first time of the day that fits, hour by hour, instead of reckoning case by case
 */
export function getNextAlarm(s: MC146818RtcState): number {
  const reg = (index: number): number => rtcFromBcd(s, s.cmosData[index]!)
  const alarmSec = reg(R.RTC_SECONDS_ALARM)
  const alarmMin = reg(R.RTC_MINUTES_ALARM)
  const alarmHour = alarmHourOf(s)
  const curHour = convertHour(s, rtcFromBcd(s, s.cmosData[R.RTC_HOURS]! & ~R.RTC_HOURS_PM))
  const cur = (curHour * 60 + reg(R.RTC_MINUTES)) * 60 + reg(R.RTC_SECONDS)

  const start = cur + 1
  for (let minute = Math.floor(start / 60), i = 0; i <= 1440; i++, minute++) {
    if (!fits(alarmHour, Math.floor(minute / 60) % 24)) {
      // Nothing in this hour: on to the next one.
      const skipped = 59 - (minute % 60)
      minute += skipped
      i += skipped
      continue
    }
    if (!fits(alarmMin, minute % 60)) continue
    const from = minute * 60
    const at = alarmSec === -1 ? Math.max(from, start) : from + alarmSec
    if (alarmSec < 60 && at >= start && at < from + 60) return Math.min(at - cur, SEC_PER_DAY)
  }
  return SEC_PER_DAY
}

function alarmHourOf(s: MC146818RtcState): number {
  const raw = s.cmosData[R.RTC_HOURS_ALARM]!
  if ((raw & 0xc0) === 0xc0) return -1
  if (s.cmosData[R.RTC_REG_B]! & R.REG_B_24H) return rtcFromBcd(s, raw)
  return (rtcFromBcd(s, raw & ~R.RTC_HOURS_PM) % 12) + (raw & R.RTC_HOURS_PM ? 12 : 0)
}
