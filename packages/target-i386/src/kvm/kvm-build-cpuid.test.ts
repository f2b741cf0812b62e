// SPDX-License-Identifier: GPL-2.0-or-later
import {
  KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
  KVM_CPUID_FLAG_STATEFUL_FUNC,
  KVM_CPUID_FLAG_STATE_READ_NEXT,
} from '@dromaius/native'
import { describe, expect, it } from 'vitest'
import { type CpuidFunction, KVM_MAX_CPUID_ENTRIES, kvmX86BuildCpuid } from './kvm-build-cpuid.js'
import type { KvmCpuidEntry } from './kvm-cpuid.js'

type Leaves = Record<string, [eax: number, ebx: number, ecx: number, edx: number]>

/** A CPUID that answers from a table with keys "leaf.subleaf" in hexadecimal, zero elsewhere. */
function cpuidOf(leaves: Leaves): CpuidFunction {
  return (func, index) => {
    const [eax, ebx, ecx, edx] = leaves[`${func.toString(16)}.${index.toString(16)}`] ?? [0, 0, 0, 0]
    return { eax, ebx, ecx, edx }
  }
}

function build(leaves: Leaves, topology = { nrDies: 1, xlevel2: 0 }): KvmCpuidEntry[] {
  const entries: KvmCpuidEntry[] = []
  kvmX86BuildCpuid(entries, cpuidOf(leaves), topology)
  return entries
}

const names = (entries: KvmCpuidEntry[]): string[] =>
  entries.map((entry) => `${entry.function.toString(16)}.${entry.index.toString(16)}`)

describe('kvmX86BuildCpuid', () => {
  it('leaves up to both limits appear in order, all-zero ones do not', () => {
    const entries = build({
      '0.0': [3, 1, 2, 3],
      '1.0': [0x663, 0, 0, 0],
      '80000000.0': [0x8000_0002, 0, 0, 0],
      '80000002.0': [1, 0, 0, 0],
      '80000003.0': [1, 0, 0, 0],
    })
    expect(names(entries)).toEqual(['0.0', '1.0', '2.0', '80000000.0', '80000002.0'])
  })

  it('leaf 2 is read as often as its low byte says', () => {
    const entries = build({ '0.0': [2, 0, 0, 0], '2.0': [3, 0, 0, 0], '80000000.0': [0x8000_0000, 0, 0, 0] })
    const leaf2 = entries.filter((entry) => entry.function === 2)
    expect(leaf2.map((entry) => entry.flags)).toEqual([
      KVM_CPUID_FLAG_STATEFUL_FUNC | KVM_CPUID_FLAG_STATE_READ_NEXT,
      KVM_CPUID_FLAG_STATEFUL_FUNC,
      KVM_CPUID_FLAG_STATEFUL_FUNC,
    ])
  })

  it('leaf 4 ends with the first subleaf without cache', () => {
    const entries = build({ '0.0': [4, 0, 0, 0], '4.0': [1, 0, 0, 0], '4.1': [2, 0, 0, 0] })
    const leaf4 = entries.filter((entry) => entry.function === 4)
    expect(names(leaf4)).toEqual(['4.0', '4.1', '4.2'])
    expect(leaf4.every((entry) => entry.flags === KVM_CPUID_FLAG_SIGNIFCANT_INDEX)).toBe(true)
  })

  it('leaf 7 has as many subleaves as subleaf 0 says', () => {
    const entries = build({ '0.0': [7, 0, 0, 0], '7.0': [1, 5, 0, 0] })
    expect(names(entries.filter((entry) => entry.function === 7))).toEqual(['7.0', '7.1'])
  })

  it('leaf 0xb ends with the first level of type 0', () => {
    const entries = build({
      '0.0': [0xb, 0, 0, 0],
      'b.0': [1, 1, 0x100, 0],
      'b.1': [4, 4, 0x201, 0],
      'b.2': [0, 0, 2, 0],
    })
    expect(names(entries.filter((entry) => entry.function === 0xb))).toEqual(['b.0', 'b.1', 'b.2'])
  })

  it('leaf 0xd has every component that takes space, holes left out', () => {
    const entries = build({
      '0.0': [0xd, 0, 0, 0],
      'd.0': [7, 0, 0, 0],
      'd.2': [256, 576, 0, 0],
      'd.9': [8, 2688, 0, 0],
    })
    expect(names(entries.filter((entry) => entry.function === 0xd))).toEqual(['d.0', 'd.2', 'd.9'])
  })

  it.each([
    [1, []],
    [2, ['1f.0', '1f.1']],
  ])('leaf 0x1f with %i dies has subleaves %j', (nrDies, expected) => {
    const leaves: Leaves = { '0.0': [0x1f, 0, 0, 0], '1f.0': [1, 1, 0x100, 0], '1f.1': [0, 0, 1, 0] }
    const entries = build(leaves, { nrDies, xlevel2: 0 })
    expect(names(entries.filter((entry) => entry.function === 0x1f))).toEqual(expected)
  })

  it('leaf 0x8000001d ends with the first subleaf without cache', () => {
    const entries = build({ '80000000.0': [0x8000_001d, 0, 0, 0], '8000001d.0': [0x121, 0, 0, 0] })
    const leaf = entries.filter((entry) => entry.function === 0x8000_001d)
    expect(names(leaf)).toEqual(['8000001d.0', '8000001d.1'])
  })

  it("Centaur's leaves appear when the model has them", () => {
    const leaves: Leaves = { 'c0000000.0': [0xc000_0001, 0, 0, 0] }
    expect(names(build(leaves))).toEqual([])
    expect(names(build(leaves, { nrDies: 1, xlevel2: 0xc000_0001 }))).toEqual(['c0000000.0', 'c0000001.0'])
  })

  it('more leaves than KVM takes throw a RangeError', () => {
    const many: CpuidFunction = () => ({ eax: KVM_MAX_CPUID_ENTRIES + 1, ebx: 1, ecx: 0, edx: 0 })
    expect(() => kvmX86BuildCpuid([], many, { nrDies: 1, xlevel2: 0 })).toThrow(RangeError)
  })
})
