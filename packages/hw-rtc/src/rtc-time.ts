// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'

/** A time as a calendar shows it; as in C's struct tm, except that `year` is the full year. */
export interface CalendarTime {
  /** 0 to 59; other values, here and below, carry over into the larger units. */
  sec: number
  min: number
  hour: number
  /** Day of the month, from 1. */
  mday: number
  /** Month, from 0. */
  mon: number
  year: number
  /** Day of the week, 0 is Sunday. */
  wday: number
}

/**
 * Seconds since 1970 of a time in UTC.
 * @qemu util/cutils.c mktimegm
 */
export function mktimegm(time: CalendarTime): bigint {
  const date = new Date(0)
  // Not Date.UTC: that takes the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(time.year, time.mon, time.mday)
  date.setUTCHours(time.hour, time.min, time.sec)
  return BigInt(Math.floor(date.getTime() / 1000))
}

/** The calendar's view in UTC of a time in seconds since 1970. */
export function gmtime(sec: bigint): CalendarTime {
  const date = new Date(Number(sec) * 1000)
  return {
    sec: date.getUTCSeconds(),
    min: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    mday: date.getUTCDate(),
    mon: date.getUTCMonth(),
    year: date.getUTCFullYear(),
    wday: date.getUTCDay(),
  }
}

/**
 * Seconds between the host's clock and the one that the guest sees, at the time `hostNs`. `base` is `utc`, `localtime`, or
 * a date such as `2006-06-17T16:01:21` or `2006-06-17`, which the guest's clock starts with.
 * @throws UserError if it is none of these
 * @qemu softmmu/rtc.c configure_rtc_base_datetime
 */
export function rtcBaseOffset(base: string, hostNs: bigint): bigint {
  const hostSec = hostNs / 1_000_000_000n
  if (base === 'utc') return 0n
  if (base === 'localtime') {
    return BigInt(-60 * new Date(Number(hostSec) * 1000).getTimezoneOffset())
  }
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{1,2}):(\d{1,2}))?$/.exec(base)
  if (!match)
    throw new UserError(`Invalid datetime format. Valid formats: '2006-06-17T16:01:21' or '2006-06-17'`)
  const [year, month, mday, hour, min, sec] = match.slice(1).map((part) => Number(part ?? 0))
  const time = { year: year!, mon: month! - 1, mday: mday!, hour: hour!, min: min!, sec: sec!, wday: 0 }
  return mktimegm(time) - hostSec
}
