// SPDX-License-Identifier: GPL-2.0-or-later
//
// What of Microsoft's hypervisor interface the host's KVM can offer.

import { type KVMState, kvmStateOf } from '@dromaius/cpus'
import {
  HostError,
  KVM_CAP_HYPERV,
  KVM_CAP_HYPERV_CPUID,
  KVM_CAP_HYPERV_ENLIGHTENED_VMCS,
  KVM_CAP_HYPERV_SEND_IPI,
  KVM_CAP_HYPERV_SYNIC,
  KVM_CAP_HYPERV_SYNIC2,
  KVM_CAP_HYPERV_TIME,
  KVM_CAP_HYPERV_TLBFLUSH,
  KVM_CAP_SYS_HYPERV_CPUID,
  kvmGetSupportedHvCpuid,
  kvmGetVcpuSupportedHvCpuid,
  kvm_cpuid2,
} from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import type { CpuidReg } from '../cpuid-regs.js'
import { HYPERV_SPINLOCK_NEVER_NOTIFY } from '../hyperv.js'
import * as hv from './hyperv-proto.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { cpuidFindEntry, type KvmCpuidEntry } from './kvm-cpuid.js'

/** Entries that today's kernels give; the first try has room for one more. */
const HV_CPUID_ENTRIES = 10

/**
 * Whether the guest is to see Microsoft's interface, and the host has it.
 * @qemu target/i386/kvm/kvm.c hyperv_enabled
 */
export function hypervEnabled(cpu: X86CPU): boolean {
  return kvmStateOf(cpu).checkExtension(KVM_CAP_HYPERV) > 0 && hypervWanted(cpu)
}

/** Whether any of the `hv-*` options asks for the interface. */
export function hypervWanted(cpu: X86CPU): boolean {
  return (
    cpu.hypervSpinlockAttempts !== HYPERV_SPINLOCK_NEVER_NOTIFY ||
    cpu.hypervFeatures !== 0n ||
    cpu.hypervPassthrough
  )
}

const emptyEntry = (func: number): KvmCpuidEntry => ({
  function: func,
  index: 0,
  flags: 0,
  eax: 0,
  ebx: 0,
  ecx: 0,
  edx: 0,
})

/**
 * Asks for the leaves into room for `max` entries; null when that was not enough. Throws HostError.
 * @qemu target/i386/kvm/kvm.c try_get_hv_cpuid
 */
function tryGetHvCpuid(cpu: X86CPU, max: number, doSysIoctl: boolean): KvmCpuidEntry[] | null {
  const cpuid = kvm_cpuid2.allocWith(max)
  cpuid.nent = max
  try {
    if (doSysIoctl) kvmGetSupportedHvCpuid(kvmStateOf(cpu).fd, cpuid)
    else kvmGetVcpuSupportedHvCpuid(cpu.kvmVcpu!, cpuid)
  } catch (error) {
    if (error instanceof HostError && error.code === 'E2BIG') return null
    throw error
  }
  if (cpuid.nent >= max) return null
  const entries: KvmCpuidEntry[] = []
  for (let i = 0; i < cpuid.nent; i++) {
    const { function: leaf, index, flags, eax, ebx, ecx, edx } = cpuid.entries[i]
    entries.push({ function: leaf, index, flags, eax, ebx, ecx, edx })
  }
  return entries
}

/**
 * The leaves as the host offers them. Throws HostError.
 * @qemu target/i386/kvm/kvm.c get_supported_hv_cpuid
 */
function getSupportedHvCpuid(cpu: X86CPU): KvmCpuidEntry[] {
  const s = kvmStateOf(cpu)
  const doSysIoctl = s.checkExtension(KVM_CAP_SYS_HYPERV_CPUID) > 0
  let entries: KvmCpuidEntry[] | null = null
  // The kernel does not say how many there are.
  for (let max = HV_CPUID_ENTRIES + 1; entries === null; max++) entries = tryGetHvCpuid(cpu, max, doSysIoctl)
  // A vCPU shows the enlightened VMCS only after that was switched on.
  if (!doSysIoctl && s.checkExtension(KVM_CAP_HYPERV_ENLIGHTENED_VMCS) > 0) {
    const info = cpuidFindEntry(entries, hv.HV_CPUID_ENLIGHTMENT_INFO, 0)
    if (info) info.eax |= hv.HV_ENLIGHTENED_VMCS_RECOMMENDED
  }
  return entries
}

/** `bits` when the host has a capability, or lists an MSR. */
type Offer = (bits: number) => number

/**
 * The leaves of a kernel before 4.20, which does not tell them: put together from its capabilities and MSRs.
 * @qemu target/i386/kvm/kvm.c get_supported_hv_cpuid_legacy
 */
function getSupportedHvCpuidLegacy(cpu: X86CPU): KvmCpuidEntry[] {
  const s = kvmStateOf(cpu)
  const { msrIndexList } = kvmArchStateOf(s)
  const cap =
    (capability: number): Offer =>
    (bits) =>
      s.checkExtension(capability) > 0 ? bits : 0
  const msr =
    (index: number): Offer =>
    (bits) =>
      msrIndexList.has(index) ? bits : 0
  const feat = emptyEntry(hv.HV_CPUID_FEATURES)
  const recomm = emptyEntry(hv.HV_CPUID_ENLIGHTMENT_INFO)
  const synicCap = cpu.hypervSynicKvmOnly ? KVM_CAP_HYPERV_SYNIC : KVM_CAP_HYPERV_SYNIC2
  const syndbg = msr(hv.HV_X64_MSR_SYNDBG_OPTIONS)
  const masks = hv.HV_EX_PROCESSOR_MASKS_RECOMMENDED

  feat.eax =
    cap(KVM_CAP_HYPERV)(hv.HV_HYPERCALL_AVAILABLE | hv.HV_APIC_ACCESS_AVAILABLE) |
    cap(KVM_CAP_HYPERV_TIME)(hv.HV_TIME_REF_COUNT_AVAILABLE | hv.HV_REFERENCE_TSC_AVAILABLE) |
    msr(hv.HV_X64_MSR_TSC_FREQUENCY)(hv.HV_ACCESS_FREQUENCY_MSRS) |
    msr(hv.HV_X64_MSR_REENLIGHTENMENT_CONTROL)(hv.HV_ACCESS_REENLIGHTENMENTS_CONTROL) |
    msr(hv.HV_X64_MSR_RESET)(hv.HV_RESET_AVAILABLE) |
    msr(hv.HV_X64_MSR_VP_INDEX)(hv.HV_VP_INDEX_AVAILABLE) |
    msr(hv.HV_X64_MSR_VP_RUNTIME)(hv.HV_VP_RUNTIME_AVAILABLE) |
    msr(hv.HV_X64_MSR_SCONTROL)(cap(synicCap)(hv.HV_SYNIC_AVAILABLE)) |
    msr(hv.HV_X64_MSR_STIMER0_CONFIG)(hv.HV_SYNTIMERS_AVAILABLE)
  feat.ebx = syndbg(hv.HV_PARTITION_DEBUGGING_ALLOWED)
  feat.edx =
    cap(KVM_CAP_HYPERV)(hv.HV_CPU_DYNAMIC_PARTITIONING_AVAILABLE) |
    msr(hv.HV_X64_MSR_TSC_FREQUENCY)(hv.HV_FREQUENCY_MSRS_AVAILABLE) |
    msr(hv.HV_X64_MSR_CRASH_CTL)(hv.HV_GUEST_CRASH_MSR_AVAILABLE) |
    syndbg(hv.HV_GUEST_DEBUGGING_AVAILABLE | hv.HV_FEATURE_DEBUG_MSRS_AVAILABLE)
  recomm.eax =
    cap(KVM_CAP_HYPERV)(hv.HV_RELAXED_TIMING_RECOMMENDED | hv.HV_APIC_ACCESS_RECOMMENDED) |
    cap(KVM_CAP_HYPERV_TLBFLUSH)(hv.HV_REMOTE_TLB_FLUSH_RECOMMENDED | masks) |
    cap(KVM_CAP_HYPERV_ENLIGHTENED_VMCS)(hv.HV_ENLIGHTENED_VMCS_RECOMMENDED) |
    cap(KVM_CAP_HYPERV_SEND_IPI)(hv.HV_CLUSTER_IPI_RECOMMENDED | masks)
  recomm.ebx = cpu.hypervSpinlockAttempts
  return [feat, recomm]
}

/** The host's leaves, asked for once per machine. */
function hostHvCpuid(cpu: X86CPU, s: KVMState): readonly KvmCpuidEntry[] {
  const state = kvmArchStateOf(s)
  state.supportedHvCpuid ??=
    s.checkExtension(KVM_CAP_HYPERV_CPUID) > 0 ? getSupportedHvCpuid(cpu) : getSupportedHvCpuidLegacy(cpu)
  return state.supportedHvCpuid
}

/**
 * One register (32 bits, unsigned) of a leaf as the host offers it, 0 for a leaf that it has not. Throws HostError.
 * @qemu target/i386/kvm/kvm.c hv_cpuid_get_host
 */
export function hvCpuidGetHost(cpu: X86CPU, func: number, reg: CpuidReg): number {
  return (cpuidFindEntry(hostHvCpuid(cpu, kvmStateOf(cpu)), func, 0)?.[reg] ?? 0) >>> 0
}
