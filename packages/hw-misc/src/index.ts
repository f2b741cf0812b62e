// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Small devices: isa-debug-exit.
 * @packageDocumentation
 */
export { ISADebugExitState, TYPE_ISA_DEBUG_EXIT } from './debugexit.js'
