// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * Numbers of the model-specific registers that KVM is asked for (SDM volume 4; AMD APM volume 2, appendix A).
 * @qemu target/i386/cpu.h MSR_IA32_TSC
 */
export const MSR_MC0_CTL = 0x400
export const MSR_IA32_TSC = 0x10
export const MSR_IA32_APICBASE = 0x1b
export const MSR_SMI_COUNT = 0x34
export const MSR_IA32_FEATURE_CONTROL = 0x3a
export const MSR_TSC_ADJUST = 0x3b
export const MSR_IA32_SPEC_CTRL = 0x48
export const MSR_IA32_UCODE_REV = 0x8b
export const MSR_IA32_SMBASE = 0x9e
export const MSR_P6_PERFCTR0 = 0xc1
export const MSR_IA32_CORE_CAPABILITY = 0xcf
export const MSR_IA32_UMWAIT_CONTROL = 0xe1
export const MSR_IA32_ARCH_CAPABILITIES = 0x10a
export const MSR_IA32_TSX_CTRL = 0x122
export const MSR_IA32_SYSENTER_CS = 0x174
export const MSR_IA32_SYSENTER_ESP = 0x175
export const MSR_IA32_SYSENTER_EIP = 0x176
export const MSR_MCG_STATUS = 0x17a
export const MSR_MCG_CTL = 0x17b
export const MSR_P6_EVNTSEL0 = 0x186
export const MSR_IA32_MISC_ENABLE = 0x1a0
export const MSR_IA32_XFD = 0x1c4
export const MSR_IA32_XFD_ERR = 0x1c5
export const MSR_MTRRphysBase0 = 0x200
export const MSR_PAT = 0x277
export const MSR_MTRRdefType = 0x2ff
export const MSR_CORE_PERF_FIXED_CTR0 = 0x309
export const MSR_IA32_PERF_CAPABILITIES = 0x345
export const MSR_CORE_PERF_FIXED_CTR_CTRL = 0x38d
export const MSR_CORE_PERF_GLOBAL_STATUS = 0x38e
export const MSR_CORE_PERF_GLOBAL_CTRL = 0x38f
export const MSR_CORE_PERF_GLOBAL_OVF_CTRL = 0x390
export const MSR_MCG_EXT_CTL = 0x4d0
export const MSR_IA32_TSCDEADLINE = 0x6e0
export const MSR_IA32_PKRS = 0x6e1
export const MSR_IA32_BNDCFGS = 0xd90
export const MSR_IA32_XSS = 0xda0
export const MSR_STAR = 0xc000_0081
export const MSR_LSTAR = 0xc000_0082
export const MSR_CSTAR = 0xc000_0083
export const MSR_FMASK = 0xc000_0084
export const MSR_KERNELGSBASE = 0xc000_0102
export const MSR_TSC_AUX = 0xc000_0103
export const MSR_AMD64_TSC_RATIO = 0xc000_0104
export const MSR_VM_HSAVE_PA = 0xc001_0117
export const MSR_VIRT_SSBD = 0xc001_011f

export const MSR_IA32_SGXLEPUBKEYHASH0 = 0x8c
export const MSR_IA32_RTIT_OUTPUT_BASE = 0x560
export const MSR_IA32_RTIT_OUTPUT_MASK = 0x561
export const MSR_IA32_RTIT_CTL = 0x570
export const MSR_IA32_RTIT_STATUS = 0x571
export const MSR_IA32_RTIT_CR3_MATCH = 0x572
export const MSR_IA32_RTIT_ADDR0_A = 0x580
export const MSR_ARCH_LBR_INFO_0 = 0x1200
export const MSR_ARCH_LBR_CTL = 0x14ce
export const MSR_ARCH_LBR_DEPTH = 0x14cf
export const MSR_ARCH_LBR_FROM_0 = 0x1500
export const MSR_ARCH_LBR_TO_0 = 0x1600

export const MSR_IA32_VMX_BASIC = 0x480
export const MSR_IA32_VMX_MISC = 0x485
export const MSR_IA32_VMX_CR0_FIXED0 = 0x486
export const MSR_IA32_VMX_CR4_FIXED0 = 0x488
export const MSR_IA32_VMX_VMCS_ENUM = 0x48a
export const MSR_IA32_VMX_PROCBASED_CTLS2 = 0x48b
export const MSR_IA32_VMX_EPT_VPID_CAP = 0x48c
export const MSR_IA32_VMX_TRUE_PINBASED_CTLS = 0x48d
export const MSR_IA32_VMX_TRUE_PROCBASED_CTLS = 0x48e
export const MSR_IA32_VMX_TRUE_EXIT_CTLS = 0x48f
export const MSR_IA32_VMX_TRUE_ENTRY_CTLS = 0x490
export const MSR_IA32_VMX_VMFUNC = 0x491

/** KVM's own registers (kernel, Documentation/virt/kvm/x86/msr.rst). */
export const MSR_KVM_WALL_CLOCK = 0x11
export const MSR_KVM_SYSTEM_TIME = 0x12
export const MSR_KVM_ASYNC_PF_EN = 0x4b56_4d02
export const MSR_KVM_STEAL_TIME = 0x4b56_4d03
export const MSR_KVM_PV_EOI_EN = 0x4b56_4d04
export const MSR_KVM_POLL_CONTROL = 0x4b56_4d05
export const MSR_KVM_ASYNC_PF_INT = 0x4b56_4d06

/** The eleven fixed-range MTRRs in the order of `env.mtrrFixed` (SDM volume 3, table 12-9). */
export const MSR_MTRR_FIXED: readonly number[] = [
  0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f,
]
