// SPDX-License-Identifier: GPL-2.0-or-later
import {
  vmBool,
  vmStructArray,
  vmTimer,
  vmU64,
  vmU8,
  type VMStateDescription,
  type VMStateSubsection,
} from '@dromaius/util'
import {
  HPET_CFG_WRITE_MASK,
  HPET_MAX_TIMERS,
  hpetGetTicks,
  hpetNow,
  hpetStartCounter,
  type HPETState,
  hpetTimerCapabilities,
} from './hpet-state.js'
import {
  HPET_CLK_PERIOD,
  HPET_TN_CFG_WRITE_MASK,
  HPET_TN_FSB_CAP,
  HPET_TN_FSB_ENABLE,
  hpetFindMatch,
  type HPETTimer,
} from './hpet-timer.js'

/** Throws where a guest could not have brought a timer there. */
function checkTimer(s: HPETState, t: HPETTimer): void {
  const what = `timer ${t.tn}`
  if ((t.config & ~HPET_TN_CFG_WRITE_MASK) !== hpetTimerCapabilities(s)) {
    throw new RangeError(`${what} can do something else here`)
  }
  if (t.tn >= s.numTimers && (t.enabled || t.timer.pending())) throw new RangeError(`${what} does not exist`)
  // After a reset all have line 0, whether it is one of theirs or not.
  if (t.route !== 0 && !((s.intcap >>> t.route) & 1)) throw new RangeError(`${what} has no line ${t.route}`)
  if (t.config & HPET_TN_FSB_ENABLE && !(t.config & HPET_TN_FSB_CAP)) {
    throw new RangeError(`${what} sends no messages`)
  }
  if (t.period >= 1n << 63n) throw new RangeError(`${what}: a period above 2^63`)
  if (t.is32Bit && (t.cmp | t.period) >= 1n << 32n) throw new RangeError(`${what}: more than 32 bits`)
}

/** @qemu hw/timer/hpet.c hpet_post_load */
function hpetPostLoad(s: HPETState): void {
  if (s.config & ~HPET_CFG_WRITE_MASK) throw new RangeError('configuration bits that do not exist')
  if (s.isr >> BigInt(s.numTimers)) throw new RangeError('status of timers that do not exist')
  if (s.rtcIrqLevel > 1) throw new RangeError('a level other than 0 and 1')
  for (const t of s.timer) checkTimer(s, t)
  // The counter goes on where it was.
  const now = hpetNow(s)
  if (s.running) hpetStartCounter(s, now)
  const tick = (now + s.hpetOffset) / HPET_CLK_PERIOD
  for (const t of s.timer) hpetFindMatch(t, tick)
}

/**
 * @qemu hw/timer/hpet.c vmstate_hpet_timer
 * @differs no `tn`: a timer's place is its number
 */
const vmstateHpetTimer: VMStateDescription<HPETTimer> = {
  name: 'hpet_timer',
  version: 1,
  minimumVersion: 1,
  fields: [
    vmU64('config'),
    vmU64('cmp'),
    vmU64('fsb'),
    vmU64('period'),
    vmBool('wrapFlag'),
    vmTimer('timer'),
  ],
}

/** @qemu hw/timer/hpet.c vmstate_hpet_rtc_irq_level */
const vmstateHpetRtcIrqLevel: VMStateSubsection<HPETState> = {
  name: 'hpet/rtc_irq_level',
  version: 1,
  minimumVersion: 1,
  needed: (s) => s.rtcIrqLevel !== 0,
  fields: [vmU8('rtcIrqLevel')],
}

/**
 * @qemu hw/timer/hpet.c vmstate_hpet
 * @differs the number of timers is the board's business; the counter is saved, not its offset to virtual time
 */
export const vmstateHpet: VMStateDescription<HPETState> = {
  name: 'hpet',
  version: 2,
  minimumVersion: 2,
  preSave: (s) => {
    s.hpetCounter = hpetGetTicks(s)
  },
  // Left out, it is low.
  preLoad: (s) => {
    s.rtcIrqLevel = 0
  },
  postLoad: hpetPostLoad,
  fields: [
    vmU64('config'),
    vmU64('isr'),
    vmU64('hpetCounter'),
    vmStructArray<HPETState, HPETTimer>('timer', vmstateHpetTimer, HPET_MAX_TIMERS),
  ],
  subsections: [vmstateHpetRtcIrqLevel],
}
