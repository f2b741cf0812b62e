// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUCaches } from './cpuid-cache.js'
import type { FeatureBits } from './feature-names.js'

/** A property of a model's version, as it would stand on a command line. */
export interface PropValue {
  readonly prop: string
  readonly value: string
}

/** Properties from text such as `hle=off stepping=1`, and a brand string if that changes too. */
export function propValues(text: string, modelId?: string): PropValue[] {
  const props = text.split(' ').flatMap((part) => {
    const [prop, value] = part.split('=')
    return prop !== undefined && value !== undefined ? [{ prop, value }] : []
  })
  return modelId === undefined ? props : [...props, { prop: 'model-id', value: modelId }]
}

/**
 * One version of a model: what changes against the version before it.
 * @qemu target/i386/cpu.c X86CPUVersionDefinition
 */
export interface X86CPUVersionDefinition {
  /** From 1 on, ascending. */
  readonly version: number
  /** Another name for exactly this version, such as `Haswell-noTSX`. */
  readonly alias?: string
  /** What is special about it, for `-cpu help`. */
  readonly note?: string
  readonly props?: readonly PropValue[]
}

/**
 * A CPU model.
 * @qemu target/i386/cpu.c X86CPUDefinition
 */
export interface X86CPUDefinition {
  readonly name: string
  /** Least maximum basic leaf. */
  readonly level: number
  /** Least maximum extended leaf. */
  readonly xlevel: number
  /** 12 characters. */
  readonly vendor: string
  readonly family: number
  readonly model: number
  readonly stepping: number
  /** Names of features (see feature-words.ts), separated by white space. */
  readonly features: string
  /** Features whose bits have no names. */
  readonly unnamedFeatures?: readonly FeatureBits[]
  /** Brand string, at most 48 characters. */
  readonly modelId: string
  /** The model's own caches; the legacy ones when absent. */
  readonly cacheInfo?: CPUCaches
  /** Version 1 without changes when absent. */
  readonly versions?: readonly X86CPUVersionDefinition[]
  /** Why it should not be used any more. */
  readonly deprecationNote?: string
}

/** The newest version of a model: what some machines choose for plain names. */
export const CPU_VERSION_LATEST = -1
/** The version of a model's plain name: the machine's choice. */
export const CPU_VERSION_AUTO = -2

/**
 * A model at one version: what a CPU type stands for.
 * @qemu target/i386/cpu-qom.h X86CPUModel
 */
export interface X86CPUModel {
  readonly cpudef: X86CPUDefinition
  /** A version of the definition, or `CPU_VERSION_AUTO`. */
  readonly version: number
  readonly note?: string
  /** Another name for a versioned model. */
  readonly isAlias: boolean
}
