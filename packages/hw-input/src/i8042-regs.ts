// SPDX-License-Identifier: GPL-2.0-or-later
// Registers and commands of the i8042: IBM PC/AT Technical Reference, "Keyboard controller"; those of the mouse are the PS/2's.

/** Controller commands, written to port 0x64. */
export const KBD_CCMD_READ_MODE = 0x20
export const KBD_CCMD_WRITE_MODE = 0x60
export const KBD_CCMD_MOUSE_DISABLE = 0xa7
export const KBD_CCMD_MOUSE_ENABLE = 0xa8
export const KBD_CCMD_TEST_MOUSE = 0xa9
export const KBD_CCMD_SELF_TEST = 0xaa
export const KBD_CCMD_KBD_TEST = 0xab
export const KBD_CCMD_KBD_DISABLE = 0xad
export const KBD_CCMD_KBD_ENABLE = 0xae
export const KBD_CCMD_READ_INPORT = 0xc0
export const KBD_CCMD_READ_OUTPORT = 0xd0
export const KBD_CCMD_WRITE_OUTPORT = 0xd1
export const KBD_CCMD_WRITE_OBUF = 0xd2
export const KBD_CCMD_WRITE_AUX_OBUF = 0xd3
export const KBD_CCMD_WRITE_MOUSE = 0xd4
export const KBD_CCMD_DISABLE_A20 = 0xdd
export const KBD_CCMD_ENABLE_A20 = 0xdf
/** Pulses low those of the output port's bits 3:0 that are 0 in the command; bit 0 resets the machine. */
export const KBD_CCMD_PULSE_BITS_3_0 = 0xf0
export const KBD_CCMD_RESET = 0xfe
export const KBD_CCMD_NO_OP = 0xff

/** Status: output buffer full, self test passed, last write was a command, not locked, the byte is the mouse's. */
export const KBD_STAT_OBF = 0x01
export const KBD_STAT_SELFTEST = 0x04
export const KBD_STAT_CMD = 0x08
export const KBD_STAT_UNLOCKED = 0x10
export const KBD_STAT_MOUSE_OBF = 0x20

/** Mode: keyboard interrupt, mouse interrupt, keyboard off, mouse off, scan codes translated to set 1. */
export const KBD_MODE_KBD_INT = 0x01
export const KBD_MODE_MOUSE_INT = 0x02
export const KBD_MODE_DISABLE_KBD = 0x10
export const KBD_MODE_DISABLE_MOUSE = 0x20
export const KBD_MODE_KCC = 0x40

/** Output port: 1 = no reset, A20 gate, output buffer full, the same for the mouse; the rest reads as ones. */
export const KBD_OUT_RESET = 0x01
export const KBD_OUT_A20 = 0x02
export const KBD_OUT_OBF = 0x10
export const KBD_OUT_MOUSE_OBF = 0x20
export const KBD_OUT_ONES = 0xcc

/** Replies: self test passed, interface test passed. */
export const REPLY_SELF_TEST_OK = 0x55
export const REPLY_INTERFACE_OK = 0x00
/** Input port: keyboard not locked. */
export const INPORT_UNLOCKED = 0x80

/**
 * Where a byte waits for its turn: the controller's own, as the keyboard's and as the mouse's, and the devices' own. The latter
 * two are the mode bits that switch the devices off.
 */
export const KBD_PENDING_CTRL_KBD = 0x04
export const KBD_PENDING_CTRL_AUX = 0x08
export const KBD_PENDING_KBD = 0x10
export const KBD_PENDING_AUX = 0x20

/** Where the byte in the output buffer comes from. */
export const KBD_OBSRC_KBD = 0x01
export const KBD_OBSRC_MOUSE = 0x02
export const KBD_OBSRC_CTRL = 0x04

/** With `kbd-throttle`, `ns` from reading a byte of the keyboard's to the next. */
export const THROTTLE_NS = 1_000_000n
