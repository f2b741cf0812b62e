// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Numbers of the interface between Microsoft's hypervisor and its guests (Hypervisor Top-Level Functional
// Specification, "TLFS"): CPUID leaves and their bits, synthetic MSRs, hypercalls and their results.

/** @qemu target/i386/kvm/hyperv-proto.h HV_CPUID_VENDOR_AND_MAX_FUNCTIONS */
export const HV_CPUID_VENDOR_AND_MAX_FUNCTIONS = 0x4000_0000
export const HV_CPUID_INTERFACE = 0x4000_0001
export const HV_CPUID_VERSION = 0x4000_0002
export const HV_CPUID_FEATURES = 0x4000_0003
export const HV_CPUID_ENLIGHTMENT_INFO = 0x4000_0004
export const HV_CPUID_IMPLEMENT_LIMITS = 0x4000_0005
export const HV_CPUID_NESTED_FEATURES = 0x4000_000a
export const HV_CPUID_SYNDBG_VENDOR_AND_MAX_FUNCTIONS = 0x4000_0080
export const HV_CPUID_SYNDBG_INTERFACE = 0x4000_0081
export const HV_CPUID_SYNDBG_PLATFORM_CAPABILITIES = 0x4000_0082

/** HV_CPUID_FEATURES, EAX. */
export const HV_VP_RUNTIME_AVAILABLE = 1 << 0
export const HV_TIME_REF_COUNT_AVAILABLE = 1 << 1
export const HV_SYNIC_AVAILABLE = 1 << 2
export const HV_SYNTIMERS_AVAILABLE = 1 << 3
export const HV_APIC_ACCESS_AVAILABLE = 1 << 4
export const HV_HYPERCALL_AVAILABLE = 1 << 5
export const HV_VP_INDEX_AVAILABLE = 1 << 6
export const HV_RESET_AVAILABLE = 1 << 7
export const HV_REFERENCE_TSC_AVAILABLE = 1 << 9
export const HV_ACCESS_FREQUENCY_MSRS = 1 << 11
export const HV_ACCESS_REENLIGHTENMENTS_CONTROL = 1 << 13
/** HV_CPUID_FEATURES, EBX. */
export const HV_POST_MESSAGES = 1 << 4
export const HV_SIGNAL_EVENTS = 1 << 5
export const HV_PARTITION_DEBUGGING_ALLOWED = 1 << 12
/** HV_CPUID_FEATURES, EDX. */
export const HV_GUEST_DEBUGGING_AVAILABLE = 1 << 1
export const HV_CPU_DYNAMIC_PARTITIONING_AVAILABLE = 1 << 3
export const HV_HYPERCALL_XMM_INPUT_AVAILABLE = 1 << 4
export const HV_FREQUENCY_MSRS_AVAILABLE = 1 << 8
export const HV_GUEST_CRASH_MSR_AVAILABLE = 1 << 10
export const HV_FEATURE_DEBUG_MSRS_AVAILABLE = 1 << 11
export const HV_EXT_GVA_RANGES_FLUSH_AVAILABLE = 1 << 14
export const HV_STIMER_DIRECT_MODE_AVAILABLE = 1 << 19

/** HV_CPUID_ENLIGHTMENT_INFO, EAX. */
export const HV_REMOTE_TLB_FLUSH_RECOMMENDED = 1 << 2
export const HV_APIC_ACCESS_RECOMMENDED = 1 << 3
export const HV_RELAXED_TIMING_RECOMMENDED = 1 << 5
export const HV_DEPRECATING_AEOI_RECOMMENDED = 1 << 9
export const HV_CLUSTER_IPI_RECOMMENDED = 1 << 10
export const HV_EX_PROCESSOR_MASKS_RECOMMENDED = 1 << 11
export const HV_ENLIGHTENED_VMCS_RECOMMENDED = 1 << 14
export const HV_NO_NONARCH_CORESHARING = 1 << 18

/** HV_CPUID_NESTED_FEATURES, EAX. */
export const HV_NESTED_DIRECT_FLUSH = 1 << 17
export const HV_NESTED_MSR_BITMAP = 1 << 19

/** HV_CPUID_SYNDBG_PLATFORM_CAPABILITIES, EAX. */
export const HV_SYNDBG_CAP_ALLOW_KERNEL_DEBUGGING = 1 << 1

/** Synthetic MSRs. */
export const HV_X64_MSR_GUEST_OS_ID = 0x4000_0000
export const HV_X64_MSR_HYPERCALL = 0x4000_0001
export const HV_X64_MSR_VP_INDEX = 0x4000_0002
export const HV_X64_MSR_RESET = 0x4000_0003
export const HV_X64_MSR_VP_RUNTIME = 0x4000_0010
export const HV_X64_MSR_REFERENCE_TSC = 0x4000_0021
export const HV_X64_MSR_TSC_FREQUENCY = 0x4000_0022
export const HV_X64_MSR_APIC_ASSIST_PAGE = 0x4000_0073
export const HV_X64_MSR_SCONTROL = 0x4000_0080
export const HV_X64_MSR_SVERSION = 0x4000_0081
export const HV_X64_MSR_SIEFP = 0x4000_0082
export const HV_X64_MSR_SIMP = 0x4000_0083
export const HV_X64_MSR_SINT0 = 0x4000_0090
export const HV_X64_MSR_STIMER0_CONFIG = 0x4000_00b0
export const HV_X64_MSR_STIMER0_COUNT = 0x4000_00b1
export const HV_X64_MSR_SYNDBG_CONTROL = 0x4000_00f1
export const HV_X64_MSR_SYNDBG_PENDING_BUFFER = 0x4000_00f5
export const HV_X64_MSR_SYNDBG_OPTIONS = 0x4000_00ff
export const HV_X64_MSR_CRASH_P0 = 0x4000_0100
export const HV_X64_MSR_CRASH_CTL = 0x4000_0105
export const HV_X64_MSR_REENLIGHTENMENT_CONTROL = 0x4000_0106
export const HV_X64_MSR_TSC_EMULATION_CONTROL = 0x4000_0107
export const HV_X64_MSR_TSC_EMULATION_STATUS = 0x4000_0108

/** A synthetic interrupt source that is off. */
export const HV_SINT_MASKED = 1n << 16n
/** The guest is told that a crash can be reported. */
export const HV_CRASH_CTL_NOTIFY = 1n << 63n
/** HV_X64_MSR_SVERSION. */
export const HV_SYNIC_VERSION = 1n
/** Bit 0 of SCONTROL, SIMP and SIEFP: the controller, or the page, is on. */
export const HV_SYNIC_ENABLE = 1n
/** HV_X64_MSR_SYNDBG_CONTROL: send or receive a packet. */
export const HV_SYNDBG_CONTROL_SEND = 1n << 0n
export const HV_SYNDBG_CONTROL_RECV = 1n << 1n
/** What became of the packet: nothing, as there is no debugger. */
export const HV_SYNDBG_STATUS_INVALID = 0n

/** Hypercalls, and the bit that says that the input is in registers. */
export const HV_HYPERCALL_FAST = 1n << 16n
export const HV_SIGNAL_EVENT = 0x5d
export const HV_POST_MESSAGE = 0x5c
export const HV_POST_DEBUG_DATA = 0x69
export const HV_RETRIEVE_DEBUG_DATA = 0x6a
export const HV_RESET_DEBUG_SESSION = 0x6b

/** Results of hypercalls. */
export const HV_STATUS_SUCCESS = 0n
export const HV_STATUS_INVALID_HYPERCALL_CODE = 2n
export const HV_STATUS_INVALID_HYPERCALL_INPUT = 3n
export const HV_STATUS_INVALID_ALIGNMENT = 4n
export const HV_STATUS_INSUFFICIENT_MEMORY = 11n
export const HV_STATUS_INVALID_PORT_ID = 17n
export const HV_STATUS_INVALID_CONNECTION_ID = 18n
