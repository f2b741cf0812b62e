// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Where CPUID on our translator is not as on QEMU's 7.2. What a guest is shown is what is implemented.

/** A register of a leaf that differs: names of the bits that only one of them shows, or the values. */
export interface CpuidDifference {
  /** Leaf, subleaf and register. */
  readonly where: string
  readonly ours: string
  readonly qemu: string
  readonly reason: string
}

const KVM_LEAVES = "KVM's clock, which QEMU's translator has not"
const TSC_DEADLINE = "the APIC's timer takes deadlines, which QEMU's does not"
const NOT_IMPLEMENTED = 'what only one of them implements; see the README of target-i386'
const BEYOND =
  'beyond the last leaf the last basic one answers (SDM volume 2, CPUID), and they have different ones'
const NO_SVM = 'SVM is not implemented'
const XSAVE_STATE = 'the states of AVX, MPX and PKU, which are not implemented'
const LA57 = 'linear addresses have 48 bits without LA57'

export const cpuidDifferences: Readonly<Record<'qemu64' | 'max', readonly CpuidDifference[]>> = {
  qemu64: [
    { where: '1.0 ecx', ours: 'tsc-deadline', qemu: '', reason: TSC_DEADLINE },
    { where: '40000100.0 eax', ours: '0x40000101', qemu: '0x0', reason: KVM_LEAVES },
    { where: '40000100.0 ebx', ours: '0x4b4d564b', qemu: '0x0', reason: KVM_LEAVES },
    { where: '40000100.0 ecx', ours: '0x564b4d56', qemu: '0x0', reason: KVM_LEAVES },
    { where: '40000100.0 edx', ours: '0x4d', qemu: '0x0', reason: KVM_LEAVES },
    { where: '40000101.0 eax', ours: '0x100000b', qemu: '0x0', reason: KVM_LEAVES },
    { where: '80000001.0 ecx', ours: '', qemu: 'svm', reason: NO_SVM },
    { where: '8000000a.0 eax', ours: '0x0', qemu: '0x1', reason: NO_SVM },
    { where: '8000000a.0 ebx', ours: '0x0', qemu: '0x10', reason: NO_SVM },
  ],
  max: [
    { where: '1.0 ecx', ours: 'pcid x2apic tsc-deadline', qemu: 'fma avx f16c', reason: NOT_IMPLEMENTED },
    { where: '1.0 edx', ours: '', qemu: 'acpi ss', reason: NOT_IMPLEMENTED },
    { where: '7.0 ebx', ours: 'invpcid rdseed', qemu: 'avx2 erms mpx pcommit clwb', reason: NOT_IMPLEMENTED },
    { where: '7.0 ecx', ours: 'rdpid', qemu: 'umip pku vaes la57 pks', reason: NOT_IMPLEMENTED },
    { where: 'd.0 eax', ours: '', qemu: 'bit 2 bit 3 bit 4 bit 9', reason: XSAVE_STATE },
    { where: 'd.0 ecx', ours: '0x240', qemu: '0xa88', reason: XSAVE_STATE },
    { where: 'd.1 eax', ours: '', qemu: 'xgetbv1', reason: XSAVE_STATE },
    { where: 'd.1 ebx', ours: '0x240', qemu: '0x3c8', reason: XSAVE_STATE },
    { where: 'd.2 eax', ours: '0x0', qemu: '0x100', reason: XSAVE_STATE },
    { where: 'd.2 ebx', ours: '0x0', qemu: '0x240', reason: XSAVE_STATE },
    { where: 'd.3 eax', ours: '0x0', qemu: '0x40', reason: XSAVE_STATE },
    { where: 'd.3 ebx', ours: '0x0', qemu: '0x3c0', reason: XSAVE_STATE },
    { where: 'd.4 eax', ours: '0x0', qemu: '0x40', reason: XSAVE_STATE },
    { where: 'd.4 ebx', ours: '0x0', qemu: '0x400', reason: XSAVE_STATE },
    { where: 'd.9 eax', ours: '0x0', qemu: '0x8', reason: XSAVE_STATE },
    { where: 'd.9 ebx', ours: '0x0', qemu: '0xa80', reason: XSAVE_STATE },
    { where: '40000100.0 eax', ours: '0x40000101', qemu: '0x21f', reason: KVM_LEAVES },
    { where: '40000100.0 ebx', ours: '0x4b4d564b', qemu: '0x240', reason: KVM_LEAVES },
    { where: '40000100.0 ecx', ours: '0x564b4d56', qemu: '0xa88', reason: KVM_LEAVES },
    { where: '40000100.0 edx', ours: '0x4d', qemu: '0x0', reason: KVM_LEAVES },
    { where: '40000101.0 eax', ours: '0x100000b', qemu: '0x21f', reason: KVM_LEAVES },
    { where: '40000101.0 ebx', ours: '0x0', qemu: '0x240', reason: KVM_LEAVES },
    { where: '40000101.0 ecx', ours: '0x0', qemu: '0xa88', reason: KVM_LEAVES },
    { where: '80000000.0 eax', ours: '0x80000008', qemu: '0x8000000a', reason: NO_SVM },
    { where: '80000001.0 ecx', ours: '', qemu: 'svm sse4a', reason: NOT_IMPLEMENTED },
    { where: '80000001.0 edx', ours: '', qemu: 'mmxext 3dnowext 3dnow', reason: NOT_IMPLEMENTED },
    { where: '80000008.0 eax', ours: '0x3028', qemu: '0x3928', reason: LA57 },
    { where: '80000009.0 eax', ours: '0x3', qemu: '0x0', reason: BEYOND },
    { where: '80000009.0 ebx', ours: '0x240', qemu: '0x0', reason: BEYOND },
    { where: '80000009.0 ecx', ours: '0x240', qemu: '0x0', reason: BEYOND },
    { where: '8000000a.0 eax', ours: '0x3', qemu: '0x1', reason: NO_SVM },
    { where: '8000000a.0 ebx', ours: '0x240', qemu: '0x10', reason: NO_SVM },
    { where: '8000000a.0 ecx', ours: '0x240', qemu: '0x0', reason: NO_SVM },
    { where: '8000000a.0 edx', ours: '', qemu: 'npt vgif svme-addr-chk', reason: NO_SVM },
    { where: '8000001f.0 eax', ours: '0x3', qemu: '0x21f', reason: BEYOND },
    { where: '8000001f.0 ecx', ours: '0x240', qemu: '0xa88', reason: BEYOND },
  ],
}
