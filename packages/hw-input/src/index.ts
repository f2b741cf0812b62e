// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Input controllers: the i8042.
 * @packageDocumentation
 */
export { i8042SetupA20Line, ISAKBDState, TYPE_I8042 } from './i8042.js'
