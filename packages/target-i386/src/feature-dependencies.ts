// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import * as bits from './cpuid-bits.js'
import type { FeatureBits } from './feature-names.js'
import * as fw from './feature-words.js'

const ALL = (1n << 64n) - 1n
const LOW_HALF = 0xffff_ffffn
const HIGH_HALF = 0xffff_ffffn << 32n

/** Without `from`, the features of `to` make no sense. */
export interface FeatureDep {
  readonly from: FeatureBits
  readonly to: FeatureBits
}

function dep(from: fw.FeatureWord, fromMask: bigint, to: fw.FeatureWord, toMask: bigint): FeatureDep {
  return { from: { word: from, mask: fromMask }, to: { word: to, mask: toMask } }
}

/**
 * Which features need which; the order matters, what is dropped takes with it what comes later.
 * @qemu target/i386/cpu.c feature_dependencies
 */
export const featureDependencies: readonly FeatureDep[] = [
  dep(fw.FEAT_7_0_EDX, bits.CPUID_7_0_EDX_ARCH_CAPABILITIES, fw.FEAT_ARCH_CAPABILITIES, ALL),
  dep(fw.FEAT_7_0_EDX, bits.CPUID_7_0_EDX_CORE_CAPABILITY, fw.FEAT_CORE_CAPABILITY, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_PDCM, fw.FEAT_PERF_CAPABILITIES, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_PROCBASED_CTLS, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_PINBASED_CTLS, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_EXIT_CTLS, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_ENTRY_CTLS, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_MISC, ALL),
  dep(fw.FEAT_1_ECX, bits.CPUID_EXT_VMX, fw.FEAT_VMX_BASIC, ALL),
  dep(fw.FEAT_8000_0001_EDX, bits.CPUID_EXT2_LM, fw.FEAT_VMX_ENTRY_CTLS, bits.VMX_VM_ENTRY_IA32E_MODE),
  dep(
    fw.FEAT_VMX_PROCBASED_CTLS,
    bits.VMX_CPU_BASED_ACTIVATE_SECONDARY_CONTROLS,
    fw.FEAT_VMX_SECONDARY_CTLS,
    ALL,
  ),
  dep(fw.FEAT_XSAVE, bits.CPUID_XSAVE_XSAVES, fw.FEAT_VMX_SECONDARY_CTLS, bits.VMX_SECONDARY_EXEC_XSAVES),
  dep(
    fw.FEAT_1_ECX,
    bits.CPUID_EXT_RDRAND,
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_RDRAND_EXITING,
  ),
  dep(
    fw.FEAT_7_0_EBX,
    bits.CPUID_7_0_EBX_INVPCID,
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_ENABLE_INVPCID,
  ),
  dep(fw.FEAT_7_0_EBX, bits.CPUID_7_0_EBX_MPX, fw.FEAT_VMX_EXIT_CTLS, bits.VMX_VM_EXIT_CLEAR_BNDCFGS),
  dep(fw.FEAT_7_0_EBX, bits.CPUID_7_0_EBX_MPX, fw.FEAT_VMX_ENTRY_CTLS, bits.VMX_VM_ENTRY_LOAD_BNDCFGS),
  dep(
    fw.FEAT_7_0_EBX,
    bits.CPUID_7_0_EBX_RDSEED,
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_RDSEED_EXITING,
  ),
  dep(fw.FEAT_7_0_EBX, bits.CPUID_7_0_EBX_INTEL_PT, fw.FEAT_14_0_ECX, ALL),
  dep(
    fw.FEAT_8000_0001_EDX,
    bits.CPUID_EXT2_RDTSCP,
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_RDTSCP,
  ),
  dep(fw.FEAT_VMX_SECONDARY_CTLS, bits.VMX_SECONDARY_EXEC_ENABLE_EPT, fw.FEAT_VMX_EPT_VPID_CAPS, LOW_HALF),
  dep(
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_ENABLE_EPT,
    fw.FEAT_VMX_SECONDARY_CTLS,
    bits.VMX_SECONDARY_EXEC_UNRESTRICTED_GUEST,
  ),
  dep(fw.FEAT_VMX_SECONDARY_CTLS, bits.VMX_SECONDARY_EXEC_ENABLE_VPID, fw.FEAT_VMX_EPT_VPID_CAPS, HIGH_HALF),
  dep(fw.FEAT_VMX_SECONDARY_CTLS, bits.VMX_SECONDARY_EXEC_ENABLE_VMFUNC, fw.FEAT_VMX_VMFUNC, ALL),
  dep(fw.FEAT_8000_0001_ECX, bits.CPUID_EXT3_SVM, fw.FEAT_SVM, ALL),
]
