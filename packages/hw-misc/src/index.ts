// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Small devices: isa-debug-exit, pc-testdev.
 * @packageDocumentation
 */
export { ISADebugExitState, TYPE_ISA_DEBUG_EXIT } from './debugexit.js'
export { PCTestdev, TYPE_PC_TESTDEV } from './pc-testdev.js'
