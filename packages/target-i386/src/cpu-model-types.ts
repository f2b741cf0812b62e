// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUCaches } from './cpuid-cache.js'

/** A property of a model's version, as it would stand on a command line. */
export interface PropValue {
  readonly prop: string
  readonly value: string
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
  /** Brand string, at most 48 characters. */
  readonly modelId: string
  /** The model's own caches; the legacy ones when absent. */
  readonly cacheInfo?: CPUCaches
  /** Version 1 without changes when absent. */
  readonly versions?: readonly X86CPUVersionDefinition[]
  /** Why it should not be used any more. */
  readonly deprecationNote?: string
}

/** The version of a model's plain name: the machine's choice, which is 1 so far. */
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
