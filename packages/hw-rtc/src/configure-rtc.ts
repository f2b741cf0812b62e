// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import { keyvalParse, knownValues, UserError } from '@dromaius/util'
import { rtcBaseOffset } from './rtc-time.js'

/** Clocks that the guest's can follow, by their names on the command line. */
const clockNames = { host: 'host', rt: 'realtime', vm: 'virtual' } as const

/** What becomes of lost ticks, by names on the command line. */
const driftfixNames = { none: 'discard', slew: 'slew' } as const

function nameIn<T extends object>(names: T, text: string): text is keyof T & string {
  return Object.hasOwn(names, text)
}

/**
 * Sets what the guest's real-time clock starts with and follows: the argument of `-rtc`. Call it before the board makes its
 * devices.
 * @throws UserError for an unknown key or value
 * @qemu softmmu/rtc.c configure_rtc
 */
export function configureRtc({ rtc }: SystemState, text: string): void {
  const { base, clock, driftfix } = knownValues(keyvalParse(text), ['base', 'clock', 'driftfix'])
  if (clock !== undefined) {
    if (!nameIn(clockNames, clock)) throw new UserError(`invalid option value '${clock}'`)
    rtc.clock = clockNames[clock]
  }
  if (base !== undefined) {
    const offset = rtcBaseOffset(base, 0n) // refuses what is no date
    rtc.base = base
    rtc.start = base === 'utc' || base === 'localtime' ? null : offset
  }
  if (driftfix !== undefined) {
    if (!nameIn(driftfixNames, driftfix)) throw new UserError(`invalid option value '${driftfix}'`)
    rtc.lostTickPolicy = driftfixNames[driftfix]
  }
}
