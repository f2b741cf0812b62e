// SPDX-License-Identifier: GPL-2.0-or-later
import {
  NANOSECONDS_PER_SECOND,
  vmBytes,
  vmI64,
  vmTimer,
  vmU32,
  vmU8,
  type VMStateDescription,
} from '@dromaius/util'
import { CMOS_SIZE } from './mc146818rtc-regs.js'
import type { MC146818RtcState } from './mc146818rtc.js'
import { rtcUpdateTime } from './rtc-clock.js'
import { periodicTimerUpdate, rtcCoalescedTimerUpdate } from './rtc-periodic.js'
import { checkUpdateTimer } from './rtc-update.js'

/** A clock that was set back by more than this, in `ns`, makes the periodic timer start again. */
const MAX_CLOCK_JUMP = 60n * NANOSECONDS_PER_SECOND

/** @qemu hw/rtc/mc146818rtc.c rtc_post_load */
function rtcPostLoad(s: MC146818RtcState): void {
  s.cmosIndex &= 0x7f
  const now = s.clock.getNs()
  // After a long time, or on a host whose clock is behind, the timer's old time means nothing. No period is longer than a second.
  if (now + NANOSECONDS_PER_SECOND < s.nextPeriodicTime || now > s.nextPeriodicTime + MAX_CLOCK_JUMP)
    periodicTimerUpdate(s, now, s.period, false)
  if (s.lostTickPolicy === 'slew') rtcCoalescedTimerUpdate(s)
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c vmstate_rtc */
export const vmstateRtc: VMStateDescription<MC146818RtcState> = {
  name: 'mc146818rtc',
  version: 3,
  minimumVersion: 3,
  preSave: rtcUpdateTime,
  preLoad(s) {
    s.irqReinjectOnAckCount = 0
  },
  postLoad: rtcPostLoad,
  fields: [
    vmBytes('cmosData', CMOS_SIZE),
    vmU8('cmosIndex'),
    vmTimer('periodicTimer'),
    vmI64('nextPeriodicTime'),
    vmU32('irqCoalesced'),
    vmU32('period'),
    vmI64('baseRtc'),
    vmI64('lastUpdate'),
    vmI64('offset'),
    vmTimer('updateTimer'),
    vmI64('nextAlarmTime'),
  ],
  subsections: [
    {
      name: 'mc146818rtc/irq_reinject_on_ack_count',
      version: 1,
      minimumVersion: 1,
      needed: (s) => s.irqReinjectOnAckCount !== 0,
      fields: [vmU32('irqReinjectOnAckCount')],
    },
  ],
}
