// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Input devices: the i8042 with its PS/2 keyboard and mouse.
 * @packageDocumentation
 */
export { i8042SetupA20Line, ISAKBDState, TYPE_I8042 } from './i8042.js'
export type { PS2KbdState } from './ps2-kbd.js'
export type { PS2MouseState } from './ps2-mouse.js'
export type { PS2State } from './ps2.js'
