// SPDX-License-Identifier: GPL-2.0-or-later
import type { RomList } from './rom-list.js'

/** Where a guest that wants its machine restarted goes in real mode: a PC's firmware has a jump there. */
const RESET_VECTOR = 0xffff0

/** mov $0xfe, %al; out %al, $0x64 (pulse the processor's reset line); 1: hlt; jmp 1b */
const CODE = Uint8Array.of(0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd)

/**
 * On a machine without firmware, puts code there that has the keyboard controller reset it. Linux restarts so where it has found
 * hardware-reduced ACPI (arch/x86/kernel/reboot.c); without, it would execute whatever memory holds.
 */
export function resetVectorSetup(roms: RomList): void {
  roms.add('reset vector', RESET_VECTOR, CODE)
}
