// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Timers of the PC: the 8254 with the speaker's port.
 * @packageDocumentation
 */
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
