// SPDX-License-Identifier: GPL-2.0-or-later
import { x86ExtSaveAreas } from './ext-save-areas.js'
import {
  FEATURE_WORD_COUNT,
  FEAT_XSAVE_XCR0_HI,
  FEAT_XSAVE_XCR0_LO,
  type FeatureWord,
  type FeatureWordInfo,
  featureWordInfo,
} from './feature-words.js'

/** The bits behind one feature name: all in one word. */
export interface FeatureBits {
  readonly word: FeatureWord
  /** One bit, of `kvmclock` two. */
  readonly mask: bigint
}

function collect(): Map<string, FeatureBits> {
  const bits = new Map<string, FeatureBits>()
  featureWordInfo.forEach((info, word) => {
    info.names.forEach((name, bit) => {
      if (name === null) return
      const known = bits.get(name)
      bits.set(name, { word, mask: (known?.mask ?? 0n) | (1n << BigInt(bit)) })
    })
  })
  return bits
}

/** Every feature by name, in the order of the words. */
export const featureBitsByName: ReadonlyMap<string, FeatureBits> = collect()

/** The feature words with exactly the features of `names` (separated by white space). Throws Error on a wrong name. */
export function featureWordsOf(names: string): bigint[] {
  const words = new Array<bigint>(FEATURE_WORD_COUNT).fill(0n)
  for (const name of names.split(/\s+/).filter((part) => part !== '')) {
    const feature = featureBitsByName.get(name)
    if (!feature) throw new Error(`CPU model names a feature '${name}' that does not exist`)
    words[feature.word] |= feature.mask
  }
  return words
}

/**
 * Where a feature word is found, as warnings name it: `CPUID.01H:ECX` or `MSR(10AH)`.
 * @qemu target/i386/cpu.c feature_word_description
 */
export function featureWordDescription(info: FeatureWordInfo): string {
  const hex = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0')
  return info.cpuid
    ? `CPUID.${hex(info.cpuid.eax)}H:${info.cpuid.reg.toUpperCase()}`
    : `MSR(${hex(info.msr!)}H)`
}

/** Number of the lowest bit that is set. */
function lowestBit(mask: bigint): number {
  let n = 0
  while (!((mask >> BigInt(n)) & 1n)) n++
  return n
}

/**
 * The property name of a bit, null for one without. An XSAVE component is called by the feature that it belongs to.
 * @qemu target/i386/cpu.c x86_cpu_feature_name
 */
export function x86CpuFeatureName(word: FeatureWord, bit: number): string | null {
  if (word === FEAT_XSAVE_XCR0_LO || word === FEAT_XSAVE_XCR0_HI) {
    const esa = x86ExtSaveAreas[word === FEAT_XSAVE_XCR0_HI ? bit + 32 : bit]
    if (esa) return featureWordInfo[esa.feature]!.names[lowestBit(esa.bits)] ?? null
  }
  return featureWordInfo[word]!.names[bit] ?? null
}

/**
 * The names of all bits that are set in `words`.
 * @qemu target/i386/cpu.c x86_cpu_list_feature_names
 */
export function x86CpuListFeatureNames(words: readonly bigint[]): string[] {
  const names: string[] = []
  words.forEach((mask, word) => {
    for (let bit = 0; bit < 64; bit++) {
      if (!((mask >> BigInt(bit)) & 1n)) continue
      const name = x86CpuFeatureName(word, bit)
      if (name !== null) names.push(name)
    }
  })
  return names
}
