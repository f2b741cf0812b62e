// SPDX-License-Identifier: GPL-2.0-or-later
// data table

/*
 * Feature bits that code asks for, by QEMU's names; models and the command line use the names in feature-words.ts.
 * They are bigint because a feature word has 64 bits.
 */

const bit = (n: number): bigint => 1n << BigInt(n)

/* FEAT_1_EDX */
export const CPUID_PSE36 = bit(17)
export const CPUID_MCE = bit(7)
export const CPUID_APIC = bit(9)
export const CPUID_MTRR = bit(12)
export const CPUID_MCA = bit(14)
export const CPUID_HT = bit(28)

/* FEAT_1_ECX */
export const CPUID_EXT_MONITOR = bit(3)
export const CPUID_EXT_VMX = bit(5)
export const CPUID_EXT_SMX = bit(6)
export const CPUID_EXT_PDCM = bit(15)
export const CPUID_EXT_X2APIC = bit(21)
export const CPUID_EXT_TSC_DEADLINE_TIMER = bit(24)
export const CPUID_EXT_XSAVE = bit(26)
export const CPUID_EXT_OSXSAVE = bit(27)
export const CPUID_EXT_AVX = bit(28)
export const CPUID_EXT_RDRAND = bit(30)
export const CPUID_EXT_HYPERVISOR = bit(31)

/* FEAT_7_0_EBX */
export const CPUID_7_0_EBX_MPX = bit(14)
export const CPUID_7_0_EBX_AVX512F = bit(16)
export const CPUID_7_0_EBX_INVPCID = bit(10)
export const CPUID_7_0_EBX_RDSEED = bit(18)
export const CPUID_7_0_EBX_SGX = bit(2)
export const CPUID_7_0_EBX_INTEL_PT = bit(25)

/* FEAT_7_0_ECX */
export const CPUID_7_0_ECX_PKU = bit(3)
export const CPUID_7_0_ECX_OSPKE = bit(4)
export const CPUID_7_0_ECX_LA57 = bit(16)
export const CPUID_7_0_ECX_SGX_LC = bit(30)

/* FEAT_7_0_EDX */
export const CPUID_7_0_EDX_ARCH_LBR = bit(19)
export const CPUID_7_0_EDX_AMX_TILE = bit(24)
export const CPUID_7_0_EDX_ARCH_CAPABILITIES = bit(29)
export const CPUID_7_0_EDX_CORE_CAPABILITY = bit(30)

/* FEAT_8000_0001_EDX */
export const CPUID_EXT2_RDTSCP = bit(27)
export const CPUID_EXT2_LM = bit(29)
/** The bits of leaf 1, EDX that AMD repeats in leaf 0x80000001, EDX. */
export const CPUID_EXT2_AMD_ALIASES = 0x0183_f3ffn

/* FEAT_8000_0001_ECX */
export const CPUID_EXT3_CMP_LEG = bit(1)
export const CPUID_EXT3_SVM = bit(2)
export const CPUID_EXT3_TOPOEXT = bit(22)

/* FEAT_XSAVE */
export const CPUID_XSAVE_XSAVES = bit(3)

/* FEAT_PERF_CAPABILITIES */
/** Format of last branch records. */
export const PERF_CAP_LBR_FMT = 0x3fn
/** The value of `lbr-fmt` that leaves the format to the model: all bits but those of a format. */
export const LBR_FMT_UNSET = ~PERF_CAP_LBR_FMT & 0xffff_ffff_ffff_ffffn

/* FEAT_14_0_ECX */
export const CPUID_14_0_ECX_LIP = bit(31)

/* FEAT_VMX_*, as far as features depend on each other */
export const VMX_CPU_BASED_ACTIVATE_SECONDARY_CONTROLS = bit(31)
export const VMX_SECONDARY_EXEC_ENABLE_EPT = bit(1)
export const VMX_SECONDARY_EXEC_RDTSCP = bit(3)
export const VMX_SECONDARY_EXEC_ENABLE_VPID = bit(5)
export const VMX_SECONDARY_EXEC_UNRESTRICTED_GUEST = bit(7)
export const VMX_SECONDARY_EXEC_RDRAND_EXITING = bit(11)
export const VMX_SECONDARY_EXEC_ENABLE_INVPCID = bit(12)
export const VMX_SECONDARY_EXEC_ENABLE_VMFUNC = bit(13)
export const VMX_SECONDARY_EXEC_RDSEED_EXITING = bit(16)
export const VMX_SECONDARY_EXEC_XSAVES = bit(20)
export const VMX_VM_EXIT_CLEAR_BNDCFGS = bit(23)
export const VMX_VM_ENTRY_IA32E_MODE = bit(9)
export const VMX_VM_ENTRY_LOAD_BNDCFGS = bit(16)
export const MSR_VMX_EPT_WB = bit(14)

/* ECX of leaf 5: extensions are enumerated; interrupts end MWAIT even when they are masked. */
export const CPUID_MWAIT_EMX = 1 << 0
export const CPUID_MWAIT_IBE = 1 << 1

/* Bits 15:8 of ECX in leaves 0xb and 0x1f. */
export const CPUID_TOPOLOGY_LEVEL_INVALID = 0 << 8
export const CPUID_TOPOLOGY_LEVEL_SMT = 1 << 8
export const CPUID_TOPOLOGY_LEVEL_CORE = 2 << 8
export const CPUID_TOPOLOGY_LEVEL_DIE = 5 << 8

export const CPUID_VENDOR_INTEL = 'GenuineIntel'
export const CPUID_VENDOR_AMD = 'AuthenticAMD'
export const CPUID_VENDOR_HYGON = 'HygonGenuine'

/* Control register bits (SDM volume 3, 2.5). */
export const CR0_PE_MASK = bit(0)
export const CR0_PG_MASK = bit(31)
export const CR4_OSFXSR_MASK = bit(9)
export const CR4_OSXSAVE_MASK = bit(18)
export const CR4_PKE_MASK = bit(22)
export const MSR_EFER_LMA = bit(10)
export const VM_MASK = bit(17)
export const IF_MASK = bit(9)

/* Bits of IA32_MCG_CAP (SDM volume 3, 16.3.1.1). */
export const MCG_CTL_P = bit(8)
export const MCG_SER_P = bit(24)
export const MCG_LMCE_P = bit(27)
