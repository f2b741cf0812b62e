// SPDX-License-Identifier: GPL-2.0-or-later
import { KVM_PUT_RESET_STATE, KVM_PUT_RUNTIME_STATE } from '@dromaius/cpus'
import type { CPUX86State } from '../env.js'
import type { FeatureWord } from '../feature-words.js'

/** Never written together with the others: an MSR that is only read here and has its own moment to be written. */
export const MSR_PUT_NEVER = Number.POSITIVE_INFINITY

/** One MSR that goes between `env` and the vCPU. */
export interface KvmMsrRow {
  readonly index: number
  /** Lowest `KVM_PUT_*_STATE` level at which it is written. */
  readonly putLevel: number
  /** Whether it is written at all, by the present state; absent for always. */
  readonly putIf?: (env: CPUX86State) => boolean
  /** Present value in `env`, 64 bits. */
  read(env: CPUX86State): bigint
  /** Stores what the vCPU has; null for an MSR that is only ever written. */
  readonly write: ((env: CPUX86State, value: bigint) => void) | null
}

/** What decides which MSRs a vCPU has. */
export interface KvmMsrContext {
  /** MSRs that the host saves and restores. */
  readonly listed: ReadonlySet<number>
  /** Feature words, as in `env.features`. */
  readonly features: readonly bigint[]
  /** MCG_CAP; 0 for a CPU without machine checks. */
  readonly mcgCap: bigint
  readonly hasFeatureControl: boolean
  readonly hasMcgExtCtl: boolean
  /** Version of architectural performance monitoring, 0 for none, and its numbers of counters. */
  readonly pmuVersion: number
  readonly gpCounters: number
  readonly fixedCounters: number
  /** Physical address width, bits. */
  readonly physBits: number
  /** Whether mask bits above `physBits` are to look set in saved state. */
  readonly fillMtrrMask: boolean
  /** Whether the guest has performance monitoring. */
  readonly enablePmu: boolean
  /** Address range registers of Processor Trace. */
  readonly rtitAddrs: number
  readonly hyperv: KvmMsrHypervContext
}

/** What decides which of Microsoft's MSRs a vCPU has. */
export interface KvmMsrHypervContext {
  /** The guest sees Microsoft's interface. */
  readonly enabled: boolean
  /** Enlightenments that are on, a bit for each `HYPERV_FEAT_*`. */
  readonly features: bigint
  /** The machine's first CPU: it alone writes what belongs to the whole machine, or a hot-plugged CPU would clear it. */
  readonly firstCpu: boolean
  /** Number of the CPU, and whether the kernel lets it be set. */
  readonly vpIndex: number
  readonly vpIndexSettable: boolean
}

type FieldOf<T> = { [K in keyof CPUX86State]: CPUX86State[K] extends T ? K : never }[keyof CPUX86State]
type BigintField = FieldOf<bigint>

/** A row for a 64-bit field of `env`. */
export function row(index: number, name: BigintField, putLevel = KVM_PUT_RUNTIME_STATE): KvmMsrRow {
  return {
    index,
    putLevel,
    read: (env) => env[name],
    write: (env, value) => {
      env[name] = value
    },
  }
}

/** A row for a field of `env` that is kept as a number of 32 bits. */
export function narrowRow(index: number, name: 'smbase' | 'pkrs'): KvmMsrRow {
  return {
    index,
    putLevel: KVM_PUT_RUNTIME_STATE,
    read: (env) => BigInt(env[name]),
    write: (env, value) => {
      env[name] = Number(value & 0xffff_ffffn)
    },
  }
}

/** A row for element `i` of an array in `env`. */
export function elementRow(
  index: number,
  array: (env: CPUX86State) => bigint[],
  i: number,
  putLevel = KVM_PUT_RESET_STATE,
): KvmMsrRow {
  return {
    index,
    putLevel,
    read: (env) => array(env)[i],
    write: (env, value) => {
      array(env)[i] = value
    },
  }
}

/** Whether the guest has any of the features of `mask`. */
export function hasFeature(context: KvmMsrContext, word: FeatureWord, mask: bigint): boolean {
  return (context.features[word] & mask) !== 0n
}

/** A row for a value that does not come from `env` and is never read back. */
export function constantRow(index: number, value: bigint): KvmMsrRow {
  return { index, putLevel: KVM_PUT_RESET_STATE, read: () => value, write: null }
}
