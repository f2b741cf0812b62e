// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Real-time clocks: the MC146818 with its CMOS RAM.
 * @packageDocumentation
 */
export { configureRtc } from './configure-rtc.js'
export { MC146818RtcState, rtcGetMemory, rtcSetMemory, TYPE_MC146818_RTC } from './mc146818rtc.js'
export type { LostTickPolicy } from './mc146818rtc.js'
export { rtcBaseOffset } from './rtc-time.js'
