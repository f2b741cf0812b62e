// SPDX-License-Identifier: GPL-2.0-or-later

/** A register that CPUID writes. */
export type CpuidReg = 'eax' | 'ebx' | 'ecx' | 'edx'

/** What CPUID gives for one leaf and subleaf: four registers, 32 bits each, unsigned. */
export type CpuidRegs = Record<CpuidReg, number>
