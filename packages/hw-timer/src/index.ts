// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Timers of the PC: the 8254 with the speaker's port, the high precision event timer.
 * @packageDocumentation
 */
export {
  HPET_BASE,
  HPET_LEGACY_PIT_INT,
  HPET_LEGACY_RTC_INT,
  HPET_LEN,
  hpetBlockId,
  TYPE_HPET,
} from './hpet.js'
export { HPET_NUM_IRQ_ROUTES, HPETState } from './hpet-state.js'
export { HPETTimer } from './hpet-timer.js'
export {
  PITChannelState,
  PITCommonClass,
  pitCommonRealize,
  PITCommonState,
  pitGetNextTransitionTime,
  pitGetOut,
  pitResetCommon,
  TYPE_PIT_COMMON,
} from './i8254-common.js'
export { PITState, TYPE_I8254 } from './i8254.js'
export { PCSpkState, TYPE_PC_SPEAKER } from './pcspk.js'
