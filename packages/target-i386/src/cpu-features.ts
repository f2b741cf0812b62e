// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertySet } from '@dromaius/qom'
import { warnReport } from '@dromaius/util'
import { type X86AccelCpu, x86AccelCpuOf } from './accel-cpu.js'
import type { X86CPU } from './cpu.js'
import { isIntelCpu } from './cpu.js'
import {
  CPUID_14_0_ECX_LIP,
  CPUID_7_0_EBX_INTEL_PT,
  CPUID_7_0_EBX_SGX,
  CPUID_EXT3_SVM,
  CPUID_EXT_XSAVE,
} from './cpuid-bits.js'
import { LEVEL_AUTO } from './env.js'
import { CPUID_XSTATE_XCR0_MASK, CPUID_XSTATE_XSS_MASK } from './ext-save-areas.js'
import { featureDependencies } from './feature-dependencies.js'
import { featureWordDescription } from './feature-names.js'
import * as fw from './feature-words.js'
import {
  INTEL_PT_ADDR_RANGES_NUM,
  INTEL_PT_ADDR_RANGES_NUM_MASK,
  INTEL_PT_CYCLE_BITMAP,
  INTEL_PT_MINIMAL_EBX,
  INTEL_PT_MINIMAL_ECX,
  INTEL_PT_MTC_BITMAP,
  INTEL_PT_PSB_BITMAP,
} from './intel-pt.js'

const ALL_ONES = (1n << 64n) - 1n

/** The accelerator's side of this CPU; null where there is none, and before the CPU has a machine. */
export function accelCpuOf(cpu: X86CPU): X86AccelCpu | null {
  const { system } = cpu as Partial<X86CPU>
  return x86AccelCpuOf(system?.accel)
}

/**
 * The bits of a word that are known to survive a migration.
 * @qemu target/i386/cpu.c x86_cpu_get_migratable_flags
 */
function x86CpuGetMigratableFlags(word: fw.FeatureWord): bigint {
  const info = fw.featureWordInfo[word]!
  // What has a name is thought through, so it may be migrated, unless it is said to be not.
  const named = info.names.reduce(
    (mask, name, bit) => (name === null ? mask : mask | (1n << BigInt(bit))),
    0n,
  )
  return info.migratable | (named & ~info.unmigratable)
}

/**
 * The bits of a word that the accelerator can give to this CPU. All of them where there is none to ask.
 * @qemu target/i386/cpu.c x86_cpu_get_supported_feature_word
 */
export function x86CpuGetSupportedFeatureWord(
  cpu: X86CPU,
  word: fw.FeatureWord,
  migratableOnly: boolean,
): bigint {
  const accel = accelCpuOf(cpu)
  if (accel === null) return ALL_ONES
  const info = fw.featureWordInfo[word]!
  const supported = info.cpuid
    ? BigInt(accel.supportedCpuid(cpu, info.cpuid.eax, info.cpuid.ecx ?? 0, info.cpuid.reg))
    : (accel.supportedMsrFeature?.(cpu, info.msr!) ?? 0n)
  return migratableOnly ? supported & x86CpuGetMigratableFlags(word) : supported
}

/**
 * Takes features away and notes that they were wanted. `prefix` starts one warning for each; null says nothing.
 * @qemu target/i386/cpu.c mark_unavailable_features
 */
function markUnavailableFeatures(
  cpu: X86CPU,
  word: fw.FeatureWord,
  mask: bigint,
  prefix: string | null,
): void {
  if (!cpu.forceFeatures) cpu.env.features[word] &= ~mask
  cpu.filteredFeatures[word] |= mask
  if (prefix === null) return
  const info = fw.featureWordInfo[word]!
  for (let bit = 0; bit < 64; bit++) {
    if (!((mask >> BigInt(bit)) & 1n)) continue
    const name = info.names[bit]
    warnReport(`${prefix}: ${featureWordDescription(info)}${name ? `.${name}` : ''} [bit ${bit}]`)
  }
}

type MinLevel = 'cpuidMinLevel' | 'cpuidMinXlevel' | 'cpuidMinXlevel2' | 'cpuidMinLevelFunc7'

/** @qemu target/i386/cpu.c x86_cpu_adjust_level */
function x86CpuAdjustLevel(cpu: X86CPU, min: MinLevel, value: number): void {
  cpu.env[min] = Math.max(cpu.env[min], value)
}

/**
 * Raises the least level so far that the leaf of `word` is there, if the word has a feature.
 * @qemu target/i386/cpu.c x86_cpu_adjust_feat_level
 */
function x86CpuAdjustFeatLevel(cpu: X86CPU, word: fw.FeatureWord): void {
  const { eax, ecx } = fw.featureWordInfo[word]!.cpuid!
  if (cpu.env.features[word] === 0n) return
  if (eax >= 0xc0000000) x86CpuAdjustLevel(cpu, 'cpuidMinXlevel2', eax)
  else if (eax >= 0x80000000) x86CpuAdjustLevel(cpu, 'cpuidMinXlevel', eax)
  else x86CpuAdjustLevel(cpu, 'cpuidMinLevel', eax)
  if (eax === 7) x86CpuAdjustLevel(cpu, 'cpuidMinLevelFunc7', ecx ?? 0)
}

/** The words whose leaves are counted in when levels are found automatically. */
const AUTO_LEVEL_WORDS = [
  fw.FEAT_1_EDX,
  fw.FEAT_1_ECX,
  fw.FEAT_6_EAX,
  fw.FEAT_7_0_ECX,
  fw.FEAT_7_1_EAX,
  fw.FEAT_8000_0001_EDX,
  fw.FEAT_8000_0001_ECX,
  fw.FEAT_8000_0007_EDX,
  fw.FEAT_8000_0008_EBX,
  fw.FEAT_C000_0001_EDX,
  fw.FEAT_SVM,
  fw.FEAT_XSAVE,
]

/** Finds the least levels that show every enabled feature. */
function adjustLevels(cpu: X86CPU): void {
  const { env } = cpu
  // Leaf 7 EBX has always raised the level by itself.
  x86CpuAdjustFeatLevel(cpu, fw.FEAT_7_0_EBX)
  if (!cpu.fullCpuidAutoLevel) return
  for (const word of AUTO_LEVEL_WORDS) x86CpuAdjustFeatLevel(cpu, word)

  if (env.features[fw.FEAT_7_0_EBX] & CPUID_7_0_EBX_INTEL_PT) {
    if (cpu.intelPtAutoLevel) {
      x86CpuAdjustLevel(cpu, 'cpuidMinLevel', 0x14)
    } else if (env.cpuidMinLevel < 0x14) {
      const advice = 'Intel PT need CPUID leaf 0x14, please set by "-cpu ...,intel-pt=on,min-level=0x14"'
      markUnavailableFeatures(cpu, fw.FEAT_7_0_EBX, CPUID_7_0_EBX_INTEL_PT, advice)
    }
  }
  // Intel tells several dies in leaf 0x1f; AMD's guests find all they need in leaf 0xb.
  if (env.nrDies > 1 && (isIntelCpu(env) || !cpu.vendorCpuidOnly))
    x86CpuAdjustLevel(cpu, 'cpuidMinLevel', 0x1f)
  if (env.features[fw.FEAT_8000_0001_ECX] & CPUID_EXT3_SVM)
    x86CpuAdjustLevel(cpu, 'cpuidMinXlevel', 0x8000000a)
  if (env.features[fw.FEAT_7_0_EBX] & CPUID_7_0_EBX_SGX) x86CpuAdjustLevel(cpu, 'cpuidMinLevel', 0x12)
}

/**
 * Works out the XSAVE components from the features that need them.
 * @qemu target/i386/cpu.c x86_cpu_enable_xsave_components
 * @differs does not ask the kernel for components that a process gets on request only (AMX)
 */
function x86CpuEnableXsaveComponents(cpu: X86CPU): void {
  const { features } = cpu.env
  let mask = 0n
  if (features[fw.FEAT_1_ECX] & CPUID_EXT_XSAVE) {
    cpu.extSaveAreas.forEach((esa, i) => {
      if (esa && features[esa.feature] & esa.bits) mask |= 1n << BigInt(i)
    })
    features[fw.FEAT_XSAVE_XSS_LO] = mask & CPUID_XSTATE_XSS_MASK
    features[fw.FEAT_XSAVE_XSS_HI] = mask >> 32n
  }
  features[fw.FEAT_XSAVE_XCR0_LO] = mask & CPUID_XSTATE_XCR0_MASK
  features[fw.FEAT_XSAVE_XCR0_HI] = mask >> 32n
}

/** Takes away features whose prerequisite is missing; a warning only where the user asked for them by name. */
function dropDependentFeatures(cpu: X86CPU): void {
  const { features, userFeatures } = cpu.env
  for (const { from, to } of featureDependencies) {
    if (features[from.word] & from.mask) continue
    const unavailable = features[to.word] & to.mask
    const why = 'This feature depends on other features that were not requested'
    markUnavailableFeatures(cpu, to.word, unavailable & userFeatures[to.word], why)
    features[to.word] &= ~unavailable
  }
}

/**
 * Turns the model and the options into the features that are wanted: `+feature` and `-feature`, everything the
 * accelerator has for `max` and `host`, dependencies, XSAVE components, levels. Filtering comes after it. Throws
 * UserError when a feature of `+` or `-` does not exist.
 * @qemu target/i386/cpu.c x86_cpu_expand_features
 */
export function x86CpuExpandFeatures(cpu: X86CPU): void {
  const { env } = cpu
  for (const name of cpu.plusFeatures) objectPropertySet(cpu, name, true)
  for (const name of cpu.minusFeatures) objectPropertySet(cpu, name, false)

  if (cpu.maxFeatures) {
    for (let word = 0; word < fw.FEATURE_WORD_COUNT; word++) {
      // What the user named stays as he has it.
      env.features[word] |=
        x86CpuGetSupportedFeatureWord(cpu, word, cpu.migratable) &
        ~env.userFeatures[word] &
        ~fw.featureWordInfo[word]!.noAutoenable
    }
  }
  dropDependentFeatures(cpu)
  const accel = accelCpuOf(cpu)?.name
  if ((accel !== 'kvm' && accel !== 'tcg') || !cpu.exposeKvm) env.features[fw.FEAT_KVM] = 0n
  x86CpuEnableXsaveComponents(cpu)
  adjustLevels(cpu)

  if (env.cpuidLevelFunc7 === LEVEL_AUTO) env.cpuidLevelFunc7 = env.cpuidMinLevelFunc7
  if (env.cpuidLevel === LEVEL_AUTO) env.cpuidLevel = env.cpuidMinLevel
  if (env.cpuidXlevel === LEVEL_AUTO) env.cpuidXlevel = env.cpuidMinXlevel
  if (env.cpuidXlevel2 === LEVEL_AUTO) env.cpuidXlevel2 = env.cpuidMinXlevel2

  accelCpuOf(cpu)?.hypervExpandFeatures?.(cpu)
}

/** Whether the accelerator can do all of Processor Trace that leaf 0x14 promises: it cannot be configured. */
function intelPtSupported(cpu: X86CPU, accel: X86AccelCpu): boolean {
  const eax0 = accel.supportedCpuid(cpu, 0x14, 0, 'eax')
  const ebx0 = accel.supportedCpuid(cpu, 0x14, 0, 'ebx')
  const ecx0 = accel.supportedCpuid(cpu, 0x14, 0, 'ecx')
  const eax1 = accel.supportedCpuid(cpu, 0x14, 1, 'eax')
  const ebx1 = accel.supportedCpuid(cpu, 0x14, 1, 'ebx')
  const psbAndCycle = INTEL_PT_PSB_BITMAP | INTEL_PT_CYCLE_BITMAP
  return (
    eax0 !== 0 &&
    (ebx0 & INTEL_PT_MINIMAL_EBX) === INTEL_PT_MINIMAL_EBX &&
    (ecx0 & INTEL_PT_MINIMAL_ECX) === INTEL_PT_MINIMAL_ECX &&
    (eax1 & INTEL_PT_MTC_BITMAP) === INTEL_PT_MTC_BITMAP &&
    (eax1 & INTEL_PT_ADDR_RANGES_NUM_MASK) >= INTEL_PT_ADDR_RANGES_NUM &&
    (ebx1 & psbAndCycle) === psbAndCycle &&
    (BigInt(ecx0) & CPUID_14_0_ECX_LIP) === (cpu.env.features[fw.FEAT_14_0_ECX] & CPUID_14_0_ECX_LIP)
  )
}

/** Components of XSAVE, which follow from the features of other words. */
const XSAVE_COMPONENT_WORDS: readonly fw.FeatureWord[] = [
  fw.FEAT_XSAVE_XCR0_LO,
  fw.FEAT_XSAVE_XCR0_HI,
  fw.FEAT_XSAVE_XSS_LO,
  fw.FEAT_XSAVE_XSS_HI,
]

/**
 * Takes away what the accelerator cannot do; `cpu.filteredFeatures` tells what that was. `verbose` warns of each.
 * @qemu target/i386/cpu.c x86_cpu_filter_features
 * @differs the translator's XSAVE components go with their features, without a word; QEMU's translator leaves them in leaf 0xd
 */
export function x86CpuFilterFeatures(cpu: X86CPU, verbose: boolean): void {
  const accel = accelCpuOf(cpu)
  const who = accel?.usesHostCpuid ? 'host' : (accel?.name.toUpperCase() ?? 'accelerator')
  const prefix = verbose ? `${who} doesn't support requested feature` : null

  for (let word = 0; word < fw.FEATURE_WORD_COUNT; word++) {
    const unavailable = cpu.env.features[word] & ~x86CpuGetSupportedFeatureWord(cpu, word, false)
    const named = accel?.name === 'tcg' && XSAVE_COMPONENT_WORDS.includes(word)
    markUnavailableFeatures(cpu, word, unavailable, named ? null : prefix)
  }
  if (cpu.env.features[fw.FEAT_7_0_EBX] & CPUID_7_0_EBX_INTEL_PT && accel?.name === 'kvm') {
    if (!intelPtSupported(cpu, accel)) {
      markUnavailableFeatures(cpu, fw.FEAT_7_0_EBX, CPUID_7_0_EBX_INTEL_PT, prefix)
    }
  }
}

/**
 * Whether filtering took anything away.
 * @qemu target/i386/cpu.c x86_cpu_have_filtered_features
 */
export function x86CpuHaveFilteredFeatures(cpu: X86CPU): boolean {
  return cpu.filteredFeatures.some((mask) => mask !== 0n)
}
