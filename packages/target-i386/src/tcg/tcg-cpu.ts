// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import { registerX86AccelCpu, type X86AccelCpu } from '../accel-cpu.js'
import type { CpuidReg } from '../cpuid-regs.js'
import { featureWordInfo } from '../feature-words.js'
import { tcgFeatures } from './tcg-features.js'

/** @qemu target/i386/cpu.c x86_cpu_get_supported_feature_word */
function supportedCpuid(_cs: CPUState, func: number, index: number, reg: CpuidReg): number {
  const word = featureWordInfo.findIndex(
    ({ cpuid }) =>
      cpuid !== null && cpuid.eax === func && cpuid.reg === reg && (cpuid.ecx ?? index) === index,
  )
  return word < 0 ? 0 : Number(tcgFeatures[word]! & 0xffff_ffffn)
}

/**
 * The translator's side of the x86 CPU.
 * @qemu target/i386/tcg/tcg-cpu.c tcg_cpu_accel_class_init
 */
export const tcgAccelCpu: X86AccelCpu = {
  name: 'tcg',
  apicTypeName: 'apic',
  usesHostCpuid: false,
  supportedCpuid,
}

registerX86AccelCpu('tcg', tcgAccelCpu)
