// SPDX-License-Identifier: GPL-2.0-or-later
import type { X86CPU } from './cpu.js'
import { CPUID_MCA, CPUID_MCE, MCG_CTL_P, MCG_LMCE_P, MCG_SER_P } from './cpuid-bits.js'
import { MCE_BANKS_DEF } from './env.js'
import { FEAT_1_EDX } from './feature-words.js'

/** What every machine check architecture here can do: the control register, and software error recovery. */
export const MCE_CAP_DEF = MCG_CTL_P | MCG_SER_P

const ALL_ONES = (1n << 64n) - 1n

/**
 * Gives a CPU of family 6 or later, if it has MCE and MCA, its machine check banks with all reporting on (SDM volume
 * 3, 16.3).
 * @qemu target/i386/cpu.c mce_init
 */
export function mceInit(cpu: X86CPU): void {
  const { env } = cpu
  const both = CPUID_MCE | CPUID_MCA
  const family = (env.cpuidVersion >>> 8) & 0xf
  if (family < 6 || (env.features[FEAT_1_EDX] & both) !== both) return
  env.mcgCap = MCE_CAP_DEF | BigInt(MCE_BANKS_DEF) | (cpu.enableLmce ? MCG_LMCE_P : 0n)
  env.mcgCtl = ALL_ONES
  for (let bank = 0; bank < MCE_BANKS_DEF; bank++) env.mceBanks[bank * 4] = ALL_ONES
}
