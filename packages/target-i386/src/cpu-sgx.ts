// SPDX-License-Identifier: GPL-2.0-or-later
import { isIntelCpu } from './cpu.js'
import { CPUID_7_0_ECX_SGX_LC } from './cpuid-bits.js'
import type { CPUX86State } from './env.js'
import { FEAT_7_0_ECX } from './feature-words.js'

/** Hash of the key by which Intel signs launch enclaves (SDM volume 3, 35.1.4): IA32_SGXLEPUBKEYHASH0 to 3 after reset. */
const INTEL_KEY_HASH = [
  0xa605_3e05_1270_b7acn,
  0x6cfb_e8ba_8b3b_413dn,
  0xc491_6d99_f2b3_735dn,
  0xd4f8_c058_09f9_bb3bn,
] as const

/**
 * Gives a CPU that can have launch enclaves of other signers Intel's key, as hardware has it after reset.
 * @qemu target/i386/cpu.c x86_cpu_set_sgxlepubkeyhash
 */
export function x86CpuSetSgxlepubkeyhash(env: CPUX86State): void {
  if ((env.features[FEAT_7_0_ECX] & CPUID_7_0_ECX_SGX_LC) === 0n || !isIntelCpu(env)) return
  INTEL_KEY_HASH.forEach((word, i) => (env.msrIa32Sgxlepubkeyhash[i] = word))
}
