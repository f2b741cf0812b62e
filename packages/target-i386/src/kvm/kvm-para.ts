// SPDX-License-Identifier: GPL-2.0-or-later

/** CPUID leaves through which KVM shows itself (kernel, Documentation/virt/kvm/x86/cpuid.rst). */
export const KVM_CPUID_SIGNATURE = 0x4000_0000
/** Where those leaves begin when Microsoft's interface has the place above. */
export const KVM_CPUID_SIGNATURE_NEXT = 0x4000_0100
export const KVM_CPUID_FEATURES = 0x4000_0001
/** VMware's timing leaf, TSC and bus frequency in kHz; Linux guests read it under KVM too. */
export const KVM_CPUID_TIMING = 0x4000_0010

/** Bit numbers of leaf 0x40000001, EAX. */
export const KVM_FEATURE_ASYNC_PF = 4
export const KVM_FEATURE_STEAL_TIME = 5
export const KVM_FEATURE_PV_EOI = 6
export const KVM_FEATURE_PV_UNHALT = 7
export const KVM_FEATURE_POLL_CONTROL = 12
export const KVM_FEATURE_ASYNC_PF_INT = 14
export const KVM_FEATURE_MSI_EXT_DEST_ID = 15
/** Bit number of leaf 0x40000001, EDX. */
export const KVM_HINTS_REALTIME = 0

/** Frequency of the in-kernel APIC timer's bus, Hz. */
export const KVM_APIC_BUS_FREQUENCY = 1_000_000_000
