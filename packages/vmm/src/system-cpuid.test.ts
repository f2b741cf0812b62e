// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUID as a guest sees it, beside QEMU's translator: the same but for a list, bit by bit.

import { featureWordInfo } from '@dromaius/target-i386'
import { describe, expect, it } from 'vitest'
import { whyNoQemu } from '../test/ends.js'
import { cpuidDifferences } from '../test/system-differences/cpuid-difference.js'
import { type Cases, underOurs, underQemu } from '../test/system-guests.js'

const registers = ['eax', 'ebx', 'ecx', 'edx'] as const
type Registers = Record<(typeof registers)[number], number>

/** What a register holds when a case begins; the log has it only when it has changed. */
const atStart: Registers = { eax: 0x11, ebx: 0x44, ecx: 0x22, edx: 0x33 }

function registersOf(lines: string): Registers {
  const one = (name: keyof Registers): number => {
    const value = new RegExp(` ${name.slice(1)}=([0-9a-f]+)`).exec(lines)?.[1]
    return value === undefined ? atStart[name] : parseInt(value, 16)
  }
  return { eax: one('eax'), ebx: one('ebx'), ecx: one('ecx'), edx: one('edx') }
}

/** The names of a feature word's bits, null for a register that is none. */
function namesOf(leaf: number, subleaf: number, register: string): readonly (string | null)[] | null {
  const word = featureWordInfo.find(
    ({ cpuid }) =>
      cpuid?.eax === leaf && cpuid.reg.toLowerCase() === register && (cpuid.ecx ?? subleaf) === subleaf,
  )
  return word?.names ?? null
}

/** Names of the bits that one has and the other has not; of a register without names the whole value. */
function beyond(names: readonly (string | null)[] | null, own: number, other: number): string {
  if (names === null) return `0x${own.toString(16)}`
  const bits = Array.from({ length: 32 }, (_, bit) => bit).filter(
    (bit) => (own >>> bit) & 1 && !((other >>> bit) & 1),
  )
  return bits.map((bit) => names[bit] ?? `bit ${bit}`).join(' ')
}

function differencesOf(ours: Cases, qemu: Cases) {
  return [...ours].flatMap(([name, lines]) => {
    const number = BigInt(`0x${name.slice('cpuid '.length)}`)
    const [leaf, subleaf] = [Number(number & 0xffff_ffffn), Number(number >> 32n)]
    const [own, other] = [registersOf(lines), registersOf(qemu.get(name)!)]
    return registers
      .filter((register) => own[register] !== other[register])
      .map((register) => {
        const names = namesOf(leaf, subleaf, register)
        return {
          where: `${leaf.toString(16)}.${subleaf} ${register}`,
          ours: beyond(names, own[register], other[register]),
          qemu: beyond(names, other[register], own[register]),
        }
      })
  })
}

const whyNot = whyNoQemu()

describe(`CPUID beside QEMU's translator${whyNot}`, () => {
  it.skipIf(whyNot !== '').each(['qemu64', 'max'] as const)(
    '-cpu %s shows what it shows there, but for the bits listed',
    async (cpu) => {
      const ours = await underOurs('cpuid', cpu)
      const qemu = underQemu('cpuid', cpu)

      expect([...ours.keys()]).toEqual([...qemu.keys()])
      expect(ours.size).toBeGreaterThanOrEqual(45)
      expect(differencesOf(ours, qemu)).toEqual(
        cpuidDifferences[cpu].map(({ reason: _, ...difference }) => difference),
      )
    },
    180_000,
  )
})
