// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import {
  HostError,
  KVM_CAP_GET_MSR_FEATURES,
  kvmGetFeatureMsrs,
  kvmGetMsrFeatureIndexList,
  kvmGetMsrIndexList,
  kvm_msr_list,
  kvm_msrs,
} from '@dromaius/native'
import { kvmArchStateOf } from './kvm-arch-state.js'
import {
  MSR_IA32_VMX_PROCBASED_CTLS2,
  MSR_IA32_VMX_TRUE_ENTRY_CTLS,
  MSR_IA32_VMX_TRUE_EXIT_CTLS,
  MSR_IA32_VMX_TRUE_PINBASED_CTLS,
  MSR_IA32_VMX_TRUE_PROCBASED_CTLS,
} from './msr-index.js'

type MsrList = ReturnType<typeof kvm_msr_list.allocWith>

/** Asks for a list of MSR numbers: first its length, which comes with E2BIG, then the list. Throws HostError. */
function getMsrList(ioctl: (list: MsrList) => void): Set<number> {
  const probe = kvm_msr_list.allocWith(1)
  probe.nmsrs = 0
  try {
    ioctl(probe)
  } catch (error) {
    if (!(error instanceof HostError && error.code === 'E2BIG')) throw error
  }
  const list = kvm_msr_list.allocWith(probe.nmsrs)
  list.nmsrs = probe.nmsrs
  ioctl(list)
  const indices = new Set<number>()
  for (let i = 0; i < list.nmsrs; i++) indices.add(list.entries[i].index)
  return indices
}

/**
 * Reads which MSRs the host saves and restores. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_supported_msrs
 */
export function kvmGetSupportedMsrs(s: KVMState): void {
  kvmArchStateOf(s).msrIndexList = getMsrList((list) => kvmGetMsrIndexList(s.fd, list))
}

/**
 * Reads which feature MSRs the host offers, if it knows of such. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_supported_feature_msrs
 */
export function kvmGetSupportedFeatureMsrs(s: KVMState): void {
  if (s.checkExtension(KVM_CAP_GET_MSR_FEATURES) === 0) return
  kvmArchStateOf(s).featureMsrIndexList = getMsrList((list) => kvmGetMsrFeatureIndexList(s.fd, list))
}

/**
 * The value of feature MSR `index` that a guest can be given (64 bits), 0 when the host does not offer it. Of the
 * VMX control MSRs the bits that may be one but need not be. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_arch_get_supported_msr_feature
 * @differs the secondary controls that kernels before 4.20 forgot to report are not added
 */
export function kvmArchGetSupportedMsrFeature(s: KVMState, index: number): bigint {
  if (!kvmArchStateOf(s).featureMsrIndexList?.has(index)) return 0n
  const msrs = kvm_msrs.allocWith(1)
  msrs.nmsrs = 1
  msrs.entries[0].index = index
  if (kvmGetFeatureMsrs(s.fd, msrs) !== 1) return 0n
  const value = msrs.entries[0].data
  switch (index) {
    case MSR_IA32_VMX_PROCBASED_CTLS2:
    case MSR_IA32_VMX_TRUE_PINBASED_CTLS:
    case MSR_IA32_VMX_TRUE_PROCBASED_CTLS:
    case MSR_IA32_VMX_TRUE_ENTRY_CTLS:
    case MSR_IA32_VMX_TRUE_EXIT_CTLS:
      // Low half: must be one. High half: can be one.
      return (value >> 32n) & ~value & 0xffff_ffffn
    default:
      return value
  }
}
