// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest'
import {
  FEAT_1_ECX,
  FEAT_1_EDX,
  FEAT_8000_0001_ECX,
  FEAT_8000_0001_EDX,
  featureWordInfo,
} from '../feature-words.js'
import { tcgFeatures } from './tcg-features.js'

/** What the x86-64 psABI's level x86-64-v2 asks for, with the baseline below it. */
const v2: Readonly<Record<number, string>> = {
  [FEAT_1_EDX]: 'fpu cx8 cmov mmx fxsr sse sse2',
  [FEAT_1_ECX]: 'cx16 popcnt pni sse4.1 sse4.2 ssse3',
  [FEAT_8000_0001_EDX]: 'syscall lm',
  [FEAT_8000_0001_ECX]: 'lahf-lm',
}

it('x86-64-v2 is complete', () => {
  for (const [word, names] of Object.entries(v2)) {
    const bits = featureWordInfo[Number(word)]!.names
    const missing = names
      .split(' ')
      .filter((name) => !((tcgFeatures[Number(word)]! >> BigInt(bits.indexOf(name))) & 1n))
    expect(missing).toEqual([])
  }
})
