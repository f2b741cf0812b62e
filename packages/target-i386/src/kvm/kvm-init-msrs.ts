// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmStateOf } from '@dromaius/cpus'
import type { X86CPU } from '../cpu.js'
import { CPUID_EXT_VMX } from '../cpuid-bits.js'
import {
  FEAT_1_ECX,
  FEAT_ARCH_CAPABILITIES,
  FEAT_CORE_CAPABILITY,
  FEAT_PERF_CAPABILITIES,
} from '../feature-words.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmArchGetSupportedMsrFeature } from './kvm-msr-lists.js'
import { kvmMsrEntriesVmx } from './kvm-msr-vmx.js'
import { type KvmMsrValue, kvmBufSetMsrs } from './kvm-msrs.js'
import {
  MSR_IA32_ARCH_CAPABILITIES,
  MSR_IA32_CORE_CAPABILITY,
  MSR_IA32_PERF_CAPABILITIES,
  MSR_IA32_UCODE_REV,
} from './msr-index.js'

/**
 * Writes the MSRs that describe the CPU, once, at its creation: they are part of the model and no reset changes
 * them. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_init_msrs
 */
export function kvmInitMsrs(cpu: X86CPU): void {
  const s = kvmStateOf(cpu)
  const { msrIndexList, featureMsrIndexList } = kvmArchStateOf(s)
  const { features } = cpu.env
  const values: KvmMsrValue[] = []
  if (msrIndexList.has(MSR_IA32_ARCH_CAPABILITIES)) {
    values.push({ index: MSR_IA32_ARCH_CAPABILITIES, value: features[FEAT_ARCH_CAPABILITIES] })
  }
  if (msrIndexList.has(MSR_IA32_CORE_CAPABILITY)) {
    values.push({ index: MSR_IA32_CORE_CAPABILITY, value: features[FEAT_CORE_CAPABILITY] })
  }
  if (msrIndexList.has(MSR_IA32_PERF_CAPABILITIES) && cpu.enablePmu) {
    const supported = kvmArchGetSupportedMsrFeature(s, MSR_IA32_PERF_CAPABILITIES)
    if (supported !== 0n) {
      values.push({ index: MSR_IA32_PERF_CAPABILITIES, value: supported & features[FEAT_PERF_CAPABILITIES] })
    }
  }
  if (msrIndexList.has(MSR_IA32_UCODE_REV)) values.push({ index: MSR_IA32_UCODE_REV, value: cpu.ucodeRev })
  // Older kernels leave the VMX MSRs out of the index list, but all that have feature MSRs have them.
  if (featureMsrIndexList !== null && (features[FEAT_1_ECX] & CPUID_EXT_VMX) !== 0n) {
    values.push(...kvmMsrEntriesVmx(s, features))
  }
  kvmBufSetMsrs(cpu, values)
}
