// SPDX-License-Identifier: GPL-2.0-or-later
import { isAmdCpu, isIntelCpu } from '../cpu.js'
import type { CPUX86State } from '../env.js'
import * as fw from '../feature-words.js'

/** Features that decide whether an instruction is there, with the CPUID bit of each: feature word and bit. */
export const insnFeatures = {
  fpu: [fw.FEAT_1_EDX, 0],
  mmx: [fw.FEAT_1_EDX, 23],
  fxsr: [fw.FEAT_1_EDX, 24],
  sse: [fw.FEAT_1_EDX, 25],
  sse2: [fw.FEAT_1_EDX, 26],
  sse3: [fw.FEAT_1_ECX, 0],
  pclmulqdq: [fw.FEAT_1_ECX, 1],
  monitor: [fw.FEAT_1_ECX, 3],
  ssse3: [fw.FEAT_1_ECX, 9],
  cx16: [fw.FEAT_1_ECX, 13],
  sse41: [fw.FEAT_1_ECX, 19],
  sse42: [fw.FEAT_1_ECX, 20],
  movbe: [fw.FEAT_1_ECX, 22],
  popcnt: [fw.FEAT_1_ECX, 23],
  aes: [fw.FEAT_1_ECX, 25],
  xsave: [fw.FEAT_1_ECX, 26],
  rdrand: [fw.FEAT_1_ECX, 30],
  rdpid: [fw.FEAT_7_0_ECX, 22],
  fsgsbase: [fw.FEAT_7_0_EBX, 0],
  bmi1: [fw.FEAT_7_0_EBX, 3],
  bmi2: [fw.FEAT_7_0_EBX, 8],
  invpcid: [fw.FEAT_7_0_EBX, 10],
  rdseed: [fw.FEAT_7_0_EBX, 18],
  adx: [fw.FEAT_7_0_EBX, 19],
  clflushopt: [fw.FEAT_7_0_EBX, 23],
  smap: [fw.FEAT_7_0_EBX, 20],
  rdtscp: [fw.FEAT_8000_0001_EDX, 27],
  abm: [fw.FEAT_8000_0001_ECX, 5],
  xsaveopt: [fw.FEAT_XSAVE, 0],
} as const satisfies Record<string, readonly [word: number, bit: number]>

export type InsnFeature = keyof typeof insnFeatures | 'intel' | 'amd'

/** Whether each instruction group is there. */
export type InsnFeatures = Readonly<Partial<Record<InsnFeature, boolean>>>

/** Those that a CPU's feature words show, and whose processor it is: a few instructions differ. */
export function insnFeaturesOf(env: CPUX86State): InsnFeatures {
  const shown = Object.entries(insnFeatures).map(([name, [word, bit]]) => [
    name,
    ((env.features[word]! >> BigInt(bit)) & 1n) !== 0n,
  ])
  return { ...Object.fromEntries(shown), intel: isIntelCpu(env), amd: isAmdCpu(env) } as InsnFeatures
}
