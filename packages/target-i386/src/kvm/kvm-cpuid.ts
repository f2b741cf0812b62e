// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import { HostError, KVM_CAP_TSC_DEADLINE_TIMER, kvmGetSupportedCpuid, kvm_cpuid2 } from '@dromaius/native'
import {
  CPUID_7_0_EDX_ARCH_CAPABILITIES,
  CPUID_EXT2_AMD_ALIASES,
  CPUID_EXT3_TOPOEXT,
  CPUID_EXT_HYPERVISOR,
  CPUID_EXT_TSC_DEADLINE_TIMER,
  CPUID_EXT_X2APIC,
  CPUID_MCA,
  CPUID_MCE,
  CPUID_MTRR,
  CPUID_VENDOR_INTEL,
} from '../cpuid-bits.js'
import type { CpuidReg } from '../cpuid-regs.js'
import { hostCpuVendorFms } from './host-cpu.js'
import { kvmArchStateOf, kvmIrqchipInKernel } from './kvm-arch-state.js'
import {
  KVM_CPUID_FEATURES,
  KVM_FEATURE_MSI_EXT_DEST_ID,
  KVM_FEATURE_PV_UNHALT,
  KVM_HINTS_REALTIME,
} from './kvm-para.js'
import { MSR_IA32_ARCH_CAPABILITIES } from './msr-index.js'

/** One CPUID leaf or subleaf as KVM takes and gives it; every field has 32 bits. */
export interface KvmCpuidEntry {
  function: number
  index: number
  /** `KVM_CPUID_FLAG_*` */
  flags: number
  eax: number
  ebx: number
  ecx: number
  edx: number
}

/** Bits of leaf 1, EDX that KVM before 2.6.30 forgot. */
const CPUID_1_EDX_ALWAYS = Number(CPUID_MTRR | CPUID_MCE | CPUID_MCA) | (1 << 16)
/** Leaf 6, EAX: the APIC timer runs in all power states. */
const CPUID_6_EAX_ARAT = 1 << 2
const CPUID_7_0_EBX_HLE = 1 << 4
const CPUID_7_0_EBX_RTM = 1 << 11

/**
 * Asks for the supported CPUID into room for `max` entries; null when that was not enough. Throws HostError.
 * @qemu target/i386/kvm/kvm.c try_get_cpuid
 */
function tryGetCpuid(s: KVMState, max: number): KvmCpuidEntry[] | null {
  const cpuid = kvm_cpuid2.allocWith(max)
  cpuid.nent = max
  try {
    kvmGetSupportedCpuid(s.fd, cpuid)
  } catch (error) {
    if (error instanceof HostError && error.code === 'E2BIG') return null
    throw error
  }
  // A full table may have been cut short without an error by old kernels.
  if (cpuid.nent >= max) return null
  const entries: KvmCpuidEntry[] = []
  for (let i = 0; i < cpuid.nent; i++) {
    const { function: leaf, index, flags, eax, ebx, ecx, edx } = cpuid.entries[i]
    entries.push({ function: leaf, index, flags, eax, ebx, ecx, edx })
  }
  return entries
}

/**
 * The CPUID leaves that this host's KVM can give to guests, asked for once per machine. Throws HostError.
 * @qemu target/i386/kvm/kvm.c get_supported_cpuid
 */
export function getSupportedCpuid(s: KVMState): readonly KvmCpuidEntry[] {
  const state = kvmArchStateOf(s)
  let max = 1
  while (state.supportedCpuid === null) {
    state.supportedCpuid = tryGetCpuid(s, max)
    max *= 2
  }
  return state.supportedCpuid
}

/**
 * The entry of a leaf and subleaf, or undefined.
 * @qemu target/i386/kvm/kvm.c cpuid_find_entry
 */
export function cpuidFindEntry<T extends { function: number; index: number }>(
  entries: readonly T[],
  func: number,
  index: number,
): T | undefined {
  return entries.find((entry) => entry.function === func && entry.index === index)
}

/**
 * Whether the host is a Haswell whose TSX is known not to work.
 * @qemu target/i386/kvm/kvm.c host_tsx_broken
 */
function hostTsxBroken(): boolean {
  const { vendor, family, model, stepping } = hostCpuVendorFms()
  if (vendor !== CPUID_VENDOR_INTEL || family !== 6) return false
  return (model === 63 && stepping < 4) || model === 60 || model === 69 || model === 70
}

/** Leaf 7 without what is known to be wrong. */
function fixUpLeaf7(s: KVMState, index: number, reg: CpuidReg, value: number): number {
  if (index !== 0) return value
  if (reg === 'ebx' && hostTsxBroken()) return value & ~(CPUID_7_0_EBX_RTM | CPUID_7_0_EBX_HLE)
  // Linux 4.17 to 4.20 show it on AMD hosts, which have no such MSR.
  if (reg === 'edx' && !kvmArchStateOf(s).msrIndexList.has(MSR_IA32_ARCH_CAPABILITIES)) {
    return value & ~Number(CPUID_7_0_EDX_ARCH_CAPABILITIES)
  }
  return value
}

/** KVM's answer for one register with what KVM leaves out put in and what it cannot know taken away. */
function fixUp(s: KVMState, func: number, index: number, reg: CpuidReg, value: number): number {
  switch (func) {
    case 1:
      if (reg === 'edx') return value | CPUID_1_EDX_ALWAYS
      if (reg === 'ecx') {
        let bits = value | Number(CPUID_EXT_HYPERVISOR)
        // Both timers' modes live in the local APIC: they come and go with the kernel's.
        if (!kvmIrqchipInKernel(s)) bits &= ~Number(CPUID_EXT_X2APIC | CPUID_EXT_TSC_DEADLINE_TIMER)
        else if (s.checkExtension(KVM_CAP_TSC_DEADLINE_TIMER)) bits |= Number(CPUID_EXT_TSC_DEADLINE_TIMER)
        return bits
      }
      return value
    case 6:
      // Safe because the APIC timer is emulated.
      return reg === 'eax' ? value | CPUID_6_EAX_ARAT : value
    case 7:
      return fixUpLeaf7(s, index, reg, value)
    case 0x8000_0001:
      // Needs nothing of the host, so models that have it run on older kernels too.
      if (reg === 'ecx') return value | Number(CPUID_EXT3_TOPOEXT)
      // On an Intel host KVM leaves AMD's copies out.
      if (reg === 'edx')
        return value | (kvmArchGetSupportedCpuid(s, 1, 0, 'edx') & Number(CPUID_EXT2_AMD_ALIASES))
      return value
    case KVM_CPUID_FEATURES:
      if (reg === 'eax') {
        let bits = value
        if (!kvmIrqchipInKernel(s)) bits &= ~(1 << KVM_FEATURE_PV_UNHALT)
        if (s.kernelIrqchip === 'split') bits |= 1 << KVM_FEATURE_MSI_EXT_DEST_ID
        return bits
      }
      return reg === 'edx' ? value | (1 << KVM_HINTS_REALTIME) : value
    default:
      return value
  }
}

/**
 * The bits of one CPUID register (32 bits, unsigned) that a guest of this machine can be given. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_arch_get_supported_cpuid
 * @differs XSAVE components that a process must ask the kernel for first (AMX's) are not added
 */
export function kvmArchGetSupportedCpuid(s: KVMState, func: number, index: number, reg: CpuidReg): number {
  const entry = cpuidFindEntry(getSupportedCpuid(s), func, index)
  return fixUp(s, func, index, reg, entry?.[reg] ?? 0) >>> 0
}
