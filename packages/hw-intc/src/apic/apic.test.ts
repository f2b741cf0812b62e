// SPDX-License-Identifier: GPL-2.0-or-later
import { CPU_INTERRUPT_HARD, CPU_INTERRUPT_INIT, CPU_INTERRUPT_NMI, CPU_INTERRUPT_SIPI } from '@dromaius/cpus'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { qemuSetIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { APIC_BASE, ApicMachine, enabledMachine as machine } from '../../fixtures/apic-machine.js'
import { x86AllocateCpuIrq } from './pic-line.js'

const ID = 0x20
const VERSION = 0x30
const TPR = 0x80
const PPR = 0xa0
const EOI = 0xb0
const LDR = 0xd0
const DFR = 0xe0
const SVR = 0xf0
const ISR = 0x100
const TMR = 0x180
const IRR = 0x200
const ESR = 0x280
const ICR = 0x300
const ICR2 = 0x310
const LVT_TIMER = 0x320
const LVT_LINT0 = 0x350
const LVT_LINT1 = 0x360
const LVT_ERROR = 0x370
const INITIAL_COUNT = 0x380
const CURRENT_COUNT = 0x390
const DIVIDE = 0x3e0
const MASKED = 0x1_0000

/** Sends a fixed interrupt to CPU 0 itself. */
const selfIpi = (m: ApicMachine, vector: number): void => m.write(ICR, (1 << 18) | vector)

describe('after reset (SDM volume 3, 11.4.7.1)', () => {
  it('registers have their values', () => {
    const m = new ApicMachine(2)
    expect(m.read(ID, 1)).toBe(1 << 24)
    expect(m.read(VERSION)).toBe(0x5_0014)
    expect(m.read(SVR)).toBe(0xff)
    expect(m.read(DFR)).toBe(0xffff_ffff)
    for (const offset of [TPR, PPR, LDR, ISR, TMR, IRR, ESR, ICR, ICR2, INITIAL_COUNT, CURRENT_COUNT, DIVIDE])
      expect(m.read(offset)).toBe(0)
    for (let lvt = LVT_TIMER; lvt <= LVT_ERROR; lvt += 0x10) expect(m.read(lvt)).toBe(MASKED)
  })

  it('each CPU sees its own registers at the same address', () => {
    const m = machine(2)
    m.write(TPR, 0x30, 0)
    m.write(TPR, 0x50, 1)
    expect([m.read(TPR, 0), m.read(TPR, 1)]).toEqual([0x30, 0x50])
  })

  it('a device that reads there finds nothing', () => {
    const m = machine()
    expect(addressSpaceLoad(m.system.addressSpaceMemory, APIC_BASE + ID, 4)).toBe(0xffff_ffff)
  })
})

describe('priorities (11.8.3)', () => {
  it('the highest vector goes first, and the others wait for its EOI', () => {
    const m = machine()
    selfIpi(m, 0x41)
    selfIpi(m, 0x61)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).not.toBe(0)
    expect(m.acknowledge()).toBe(0x61)
    expect(m.read(ISR + 0x30)).toBe(1 << 1)
    expect(m.read(PPR)).toBe(0x60)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).toBe(0)
    m.write(EOI, 0)
    expect(m.read(PPR)).toBe(0)
    expect(m.acknowledge()).toBe(0x41)
  })

  it('a higher class interrupts a lower one', () => {
    const m = machine()
    selfIpi(m, 0x41)
    expect(m.acknowledge()).toBe(0x41)
    selfIpi(m, 0x4f)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).toBe(0)
    selfIpi(m, 0x51)
    expect(m.acknowledge()).toBe(0x51)
  })

  it('the task priority holds its class and those below back; CR8 is its upper half', () => {
    const m = machine()
    m.write(TPR, 0x45)
    expect([m.read(PPR), m.apic().getTpr()]).toEqual([0x45, 4])
    selfIpi(m, 0x4f)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).toBe(0)
    m.as(0, () => m.apic().setTpr(3))
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).not.toBe(0)
    expect(m.acknowledge()).toBe(0x4f)
  })

  it('one that became too low to take is a spurious interrupt', () => {
    const m = machine()
    m.write(SVR, 0x1ef)
    selfIpi(m, 0x40)
    m.apic().tpr = 0x50
    expect(m.acknowledge()).toBe(0xef)
    expect(m.read(IRR + 0x20)).toBe(1)
  })
})

describe('switched off by software (11.4.7.2)', () => {
  it('masks the local vector table, and takes no interrupt with a vector', () => {
    const m = machine()
    m.write(LVT_LINT0, 0x700)
    m.write(SVR, 0xff)
    expect(m.read(LVT_LINT0)).toBe(MASKED | 0x700)
    m.write(LVT_LINT0, 0x700)
    expect(m.read(LVT_LINT0)).toBe(MASKED | 0x700)
    selfIpi(m, 0x40)
    expect(m.read(IRR + 0x20)).toBe(0)
  })

  it('switched on again the table stays masked until software opens it', () => {
    const m = machine()
    m.write(LVT_LINT0, 0x700)
    m.write(SVR, 0xff)
    m.write(SVR, 0x1ff)
    expect(m.read(LVT_LINT0)).toBe(MASKED | 0x700)
    m.write(LVT_LINT0, 0x700)
    expect(m.read(LVT_LINT0)).toBe(0x700)
  })

  it('what was requested before is handled still, and NMI and INIT are taken', () => {
    const m = machine(2)
    selfIpi(m, 0x40)
    m.write(SVR, 0xff)
    expect(m.acknowledge()).toBe(0x40)
    m.write(ICR2, 0, 1)
    m.write(ICR, 0x400, 1)
    m.write(ICR, 0x4500, 1)
    const { interruptRequest } = m.cpus[0]!
    expect(interruptRequest & (CPU_INTERRUPT_NMI | CPU_INTERRUPT_INIT)).toBe(
      CPU_INTERRUPT_NMI | CPU_INTERRUPT_INIT,
    )
  })
})

describe('interrupt commands (11.6)', () => {
  const pending = (m: ApicMachine): number[] => m.cpus.map((_, n) => m.read(IRR + 0x20, n))

  it('shorthands: self, all, all but self', () => {
    for (const [shorthand, expected] of [
      [1, [0, 1, 0]],
      [2, [1, 1, 1]],
      [3, [1, 0, 1]],
    ] as const) {
      const m = machine(3)
      m.write(ICR, (shorthand << 18) | 0x40, 1)
      expect(pending(m)).toEqual(expected)
    }
  })

  it('physical destinations, and 0xff for all', () => {
    const m = machine(3)
    m.write(ICR2, 2 << 24)
    m.write(ICR, 0x40)
    expect(pending(m)).toEqual([0, 0, 1])
    m.write(ICR2, 0xff << 24)
    m.write(ICR, 0x41)
    expect(pending(m)).toEqual([2, 2, 3])
  })

  it('logical destinations: a bit each in the flat model', () => {
    const m = machine(3)
    for (let n = 0; n < 3; n++) m.write(LDR, 1 << (24 + n), n)
    m.write(ICR2, 0b101 << 24)
    m.write(ICR, 0x840)
    expect(pending(m)).toEqual([1, 0, 1])
  })

  it('logical destinations: cluster and bit in the cluster model', () => {
    const m = machine(3)
    for (const [n, id] of [0x11, 0x12, 0x21].entries()) {
      m.write(DFR, 0x0fff_ffff, n)
      m.write(LDR, id << 24, n)
    }
    m.write(ICR2, 0x13 << 24)
    m.write(ICR, 0x840)
    expect(pending(m)).toEqual([1, 1, 0])
    m.write(ICR2, 0x21 << 24)
    m.write(ICR, 0x841)
    expect(pending(m)).toEqual([1, 1, 2])
  })

  it('lowest priority goes to the CPU that has the least to do', () => {
    const m = machine(3)
    m.write(TPR, 0x50, 0)
    m.write(TPR, 0x20, 1)
    m.write(TPR, 0x30, 2)
    m.write(ICR2, 0xff << 24)
    m.write(ICR, 0x140)
    expect(pending(m)).toEqual([0, 1, 0])
  })

  it('NMI, INIT and start-up', () => {
    const m = machine(2)
    m.apic(1).waitForSipi = 0
    m.write(ICR2, 1 << 24)
    m.write(ICR, 0x400)
    expect(m.cpus[1]!.interruptRequest).toBe(CPU_INTERRUPT_NMI)
    m.cpus[1]!.interruptRequest = 0
    m.write(ICR, 0x4500)
    expect(m.cpus[1]!.interruptRequest).toBe(CPU_INTERRUPT_INIT)
    m.write(ICR, 0x8500)
    m.write(ICR, 0x46_12)
    expect(m.cpus[1]!.interruptRequest).toBe(CPU_INTERRUPT_INIT | CPU_INTERRUPT_SIPI)
    m.apic(1).initReset()
    m.apic(1).sipi()
    expect(m.cpus[1]!.env.segs[1].base).toBe(0x12000n)
    expect(m.cpus[1]!.halted).toBe(false)
  })

  it('a CPU that waits for its start-up takes no NMI, and one that runs no start-up', () => {
    const m = machine(2)
    m.write(ICR, (3 << 18) | 0x400)
    expect(m.cpus[1]!.interruptRequest & CPU_INTERRUPT_NMI).toBe(0)
    const before = m.cpus[0]!.env.segs[1].base
    m.apic(0).sipi()
    expect(m.cpus[0]!.env.segs[1].base).toBe(before)
  })

  it('the delivery status is always idle', () => {
    const m = machine()
    m.write(ICR, (1 << 18) | 0x1000 | 0x40)
    expect(m.read(ICR)).toBe((1 << 18) | 0x40)
  })

  it('SMI does nothing', () => {
    const m = machine(2)
    const before = m.cpus.map((cpu) => cpu.interruptRequest)
    m.write(ICR, (2 << 18) | 0x200)
    expect(m.cpus.map((cpu) => cpu.interruptRequest)).toEqual(before)
  })
})

describe('errors (11.5.3)', () => {
  it('are seen when the register has been written, and interrupt', () => {
    const m = machine()
    m.write(LVT_ERROR, 0x42)
    selfIpi(m, 0x0f)
    expect(m.read(ESR)).toBe(0)
    expect(m.acknowledge()).toBe(0x42)
    m.write(ESR, 0)
    expect(m.read(ESR)).toBe(1 << 5)
    m.write(ESR, 0)
    expect(m.read(ESR)).toBe(0)
  })

  it('a received vector below 16, and a register that does not exist', () => {
    const m = machine()
    addressSpaceStore(m.system.addressSpaceMemory, APIC_BASE, 0x05, 4)
    m.write(0x3f0, 0)
    m.write(ESR, 0)
    expect(m.read(ESR)).toBe((1 << 6) | (1 << 7))
    expect(m.read(IRR)).toBe(0)
  })

  it('an illegal vector for the error interrupt itself does not go round in circles', () => {
    const m = machine()
    m.write(LVT_ERROR, 0x05)
    m.read(0x3f0)
    m.write(ESR, 0)
    expect(m.read(ESR)).toBe((1 << 6) | (1 << 7))
  })

  it('are kept over a save', () => {
    const m = machine()
    m.read(0x3f0)
    const saved = vmstateSave(m.apic().qomClass.vmsd!, m.apic())
    const other = machine()
    vmstateLoad(other.apic().qomClass.vmsd!, other.apic(), saved)
    other.write(ESR, 0)
    expect(other.read(ESR)).toBe(1 << 7)
  })
})

describe('the 8259s (8.1 of the MultiProcessor specification)', () => {
  it('get through LINT0 as ExtINT, and go before interrupts of the APIC', () => {
    const m = machine()
    const line = x86AllocateCpuIrq(m.system)
    qemuSetIrq(line, 1)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).toBe(0)
    m.write(LVT_LINT0, 0x700)
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).not.toBe(0)
    selfIpi(m, 0x40)
    expect(m.acknowledge()).toBe(-1)
    expect(m.apic().acceptPicIntr()).toBe(true)
    m.as(0, () => qemuSetIrq(line, 0))
    expect(m.acknowledge()).toBe(0x40)
  })

  it('a fixed interrupt of LINT0 has its vector; LINT1 is an NMI when somebody wires it so', () => {
    const m = machine()
    const line = x86AllocateCpuIrq(m.system)
    m.write(LVT_LINT0, 0x45)
    m.as(0, () => qemuSetIrq(line, 1))
    expect(m.acknowledge()).toBe(0x45)
    m.write(LVT_LINT1, 0x400)
    expect(m.read(LVT_LINT1)).toBe(0x400)
  })

  it('get through an APIC that is off', () => {
    const m = machine()
    const line = x86AllocateCpuIrq(m.system)
    expect(m.as(0, () => m.apic().writeBase(0xfee0_0100n))).toBe(true)
    m.as(0, () => qemuSetIrq(line, 1))
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).not.toBe(0)
    m.as(0, () => qemuSetIrq(line, 0))
    expect(m.cpus[0]!.interruptRequest & CPU_INTERRUPT_HARD).toBe(0)
  })
})

describe('what a guest may do', () => {
  const access = fc.record({
    n: fc.integer({ min: 0, max: 2 }),
    offset: fc.integer({ min: 0, max: 0x1040 }),
    value: fc.integer({ min: 0, max: 0xffff_ffff }),
    size: fc.constantFrom(1 as const, 2 as const, 4 as const),
    wait: fc.integer({ min: 0, max: 100_000 }),
  })

  it('any accesses leave registers within their widths', () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
        const m = machine(3)
        const as = m.system.addressSpaceMemory
        for (const { n, offset, value, size, wait } of accesses) {
          m.as(n, () => addressSpaceStore(as, APIC_BASE + offset, value, size))
          m.as(n, () => addressSpaceLoad(as, APIC_BASE + offset, size))
          m.advance(BigInt(wait))
          m.acknowledge(n)
        }
        for (const cpu of m.cpus) {
          const s = m.apic(cpu.cpuIndex)
          expect(s.irr[0]! & 0xffff).toBe(0)
          expect(s.isr[0]! & 0xffff).toBe(0)
          // Throws where a field holds more than its width.
          vmstateSave(s.qomClass.vmsd!, s)
        }
      }),
      { numRuns: 150 },
    )
  })
})
