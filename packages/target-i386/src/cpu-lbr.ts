// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { accelCpuOf, x86CpuGetSupportedFeatureWord } from './cpu-features.js'
import type { X86CPU } from './cpu.js'
import { LBR_FMT_UNSET, PERF_CAP_LBR_FMT } from './cpuid-bits.js'
import { FEAT_PERF_CAPABILITIES } from './feature-words.js'

/**
 * Puts the format of last branch records that the user asked for into the CPU's MSR IA32_PERF_CAPABILITIES (SDM volume 3,
 * 18.4.8.1). Comes after the features are expanded. Throws UserError when KVM cannot show records of that format.
 * @qemu target/i386/cpu.c x86_cpu_realizefn
 */
export function x86CpuApplyLbrFmt(cpu: X86CPU): void {
  const { features } = cpu.env
  if (cpu.lbrFmt !== LBR_FMT_UNSET) {
    features[FEAT_PERF_CAPABILITIES] = (features[FEAT_PERF_CAPABILITIES] & ~PERF_CAP_LBR_FMT) | cpu.lbrFmt
  }
  const requested = features[FEAT_PERF_CAPABILITIES] & PERF_CAP_LBR_FMT
  if (requested === 0n || accelCpuOf(cpu)?.name !== 'kvm') return
  const host = x86CpuGetSupportedFeatureWord(cpu, FEAT_PERF_CAPABILITIES, false) & PERF_CAP_LBR_FMT
  if (!cpu.enablePmu) throw new UserError('vPMU: LBR is unsupported without pmu=on')
  if (requested !== host) {
    throw new UserError(
      `vPMU: the lbr-fmt value (0x${requested.toString(16)}) does not match the host value (0x${host.toString(16)}).`,
    )
  }
}
