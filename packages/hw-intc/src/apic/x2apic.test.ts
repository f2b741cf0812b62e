// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuX86Cpuid } from '@dromaius/target-i386'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ApicMachine, enabledMachine as machine } from '../../fixtures/apic-machine.js'

const ID = 0x20
const TPR = 0x80
const SVR = 0xf0

describe('IA32_APIC_BASE (11.4.4, 11.12.5)', () => {
  const OFF = 0xfee0_0100n
  const XAPIC = 0xfee0_0900n
  const X2APIC = 0xfee0_0d00n
  const INVALID = 0xfee0_0500n

  it.each([
    ['xAPIC to x2APIC', XAPIC, X2APIC, true],
    ['xAPIC to off', XAPIC, OFF, true],
    ['xAPIC to the invalid mode', XAPIC, INVALID, false],
    ['x2APIC to xAPIC', X2APIC, XAPIC, false],
    ['x2APIC to off', X2APIC, OFF, true],
    ['off to xAPIC', OFF, XAPIC, true],
    ['off to x2APIC', OFF, X2APIC, false],
    ['off to the invalid mode', OFF, INVALID, false],
  ])('%s', (_title, from, to, allowed) => {
    const m = machine()
    m.as(0, () => m.apic().writeBase(from))
    expect(m.as(0, () => m.apic().writeBase(to))).toBe(allowed)
    expect(m.apic().apicbase).toBe(allowed ? to : from)
  })

  it('reserved bits are refused', () => {
    const m = machine()
    for (const bit of [0n, 7n, 9n, 52n, 63n]) expect(m.apic().writeBase(XAPIC | (1n << bit))).toBe(false)
  })

  it('off, registers and the CPUID bit are gone; on again it is as after a reset', () => {
    const m = machine()
    const apicBit = (): number => (cpuX86Cpuid(m.cpus[0]!, 1, 0).edx >>> 9) & 1
    m.write(TPR, 0x30)
    m.as(0, () => m.apic().writeBase(OFF))
    expect([m.read(TPR), apicBit()]).toEqual([0xffff_ffff, 0])
    m.as(0, () => m.apic().writeBase(XAPIC))
    expect([m.read(TPR), m.read(SVR), apicBit()]).toEqual([0, 0xff, 1])
  })
})

describe('x2APIC (11.12)', () => {
  function x2machine(cpus: number): ApicMachine {
    const m = machine(cpus)
    for (let n = 0; n < cpus; n++) m.as(n, () => m.apic(n).writeBase(m.apic(n).apicbase | 0x400n))
    return m
  }
  const rd = (m: ApicMachine, msr: number, n = 0): bigint | null => m.as(n, () => m.apic(n).readMsr(msr))
  const wr = (m: ApicMachine, msr: number, value: bigint, n = 0): boolean =>
    m.as(n, () => m.apic(n).writeMsr(msr, value))

  it('registers are MSRs, and not in memory any more', () => {
    const m = x2machine(18)
    expect(rd(m, 0x802, 17)).toBe(17n)
    expect(rd(m, 0x80d, 17)).toBe(0x1_0002n)
    expect(rd(m, 0x803)).toBe(0x5_0014n)
    expect(m.read(ID)).toBe(0xffff_ffff)
    m.write(TPR, 0x20)
    expect(rd(m, 0x808)).toBe(0n)
  })

  it('in xAPIC mode there are no such MSRs', () => {
    const m = machine()
    expect(rd(m, 0x802)).toBe(null)
    expect(wr(m, 0x808, 0n)).toBe(false)
  })

  it('what cannot be read or written raises #GP', () => {
    const m = x2machine(1)
    for (const msr of [0x800, 0x801, 0x809, 0x80b, 0x80c, 0x80e, 0x829, 0x831, 0x83f, 0x8ff])
      expect([msr, rd(m, msr)]).toEqual([msr, null])
    for (const msr of [0x802, 0x803, 0x80a, 0x80d, 0x80e, 0x810, 0x831, 0x839])
      expect(wr(m, msr, 0n)).toBe(false)
    for (const [msr, value] of [
      [0x808, 0x100n],
      [0x80b, 1n],
      [0x80f, 0x200n],
      [0x828, 1n],
      [0x830, 0x1000n],
      [0x832, 0x8_0000n],
      [0x83e, 4n],
      [0x838, 1n << 32n],
      [0x83f, 0x100n],
    ] as const)
      expect([msr, wr(m, msr, value)]).toEqual([msr, false])
  })

  it('one write sends a command, with a destination of 32 bits', () => {
    const m = x2machine(3)
    expect(wr(m, 0x830, (2n << 32n) | 0x40n)).toBe(true)
    expect(rd(m, 0x830)).toBe((2n << 32n) | 0x40n)
    expect(rd(m, 0x822, 2)).toBe(1n)
    expect(wr(m, 0x830, (0xffff_ffffn << 32n) | 0x41n)).toBe(true)
    expect([rd(m, 0x822, 0), rd(m, 0x822, 1), rd(m, 0x822, 2)]).toEqual([2n, 2n, 3n])
  })

  it('logical destinations: 16 CPUs to a cluster', () => {
    const m = x2machine(18)
    wr(m, 0x830, (0x1_0003n << 32n) | 0x840n)
    const hit = m.cpus.flatMap((_, n) => (rd(m, 0x822, n) ? [n] : []))
    expect(hit).toEqual([16, 17])
  })

  it('SELF IPI interrupts this CPU', () => {
    const m = x2machine(2)
    expect(wr(m, 0x83f, 0x40n)).toBe(true)
    expect([rd(m, 0x822, 0), rd(m, 0x822, 1)]).toEqual([1n, 0n])
  })

  it('INIT leaves the mode', () => {
    const m = x2machine(1)
    m.apic().initReset()
    expect(rd(m, 0x80f)).toBe(0xffn)
  })
})

it('any MSRs in x2APIC mode are taken or refused', () => {
  const msr = fc.tuple(fc.integer({ min: 0x800, max: 0x8ff }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  fc.assert(
    fc.property(fc.array(msr, { maxLength: 60 }), (writes) => {
      const m = machine(2)
      for (let n = 0; n < 2; n++) m.as(n, () => m.apic(n).writeBase(m.apic(n).apicbase | 0x400n))
      for (const [index, value] of writes) {
        for (const small of [value, value & 0x1_08ffn]) {
          expect(m.as(0, () => m.apic().writeMsr(index, small))).toBeTypeOf('boolean')
        }
        const read = m.as(0, () => m.apic().readMsr(index))
        if (read !== null) expect(BigInt.asUintN(64, read)).toBe(read)
      }
    }),
    { numRuns: 150 },
  )
})
