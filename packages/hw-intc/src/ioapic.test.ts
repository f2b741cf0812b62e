// SPDX-License-Identifier: GPL-2.0-or-later
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { qdevGetGpioIn } from '@dromaius/qom'
import { setIsaPic } from '@dromaius/target-i386'
import { qemuSetIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApicMachine, IOAPIC_BASE } from '../fixtures/apic-machine.js'
import { IOAPIC_NUM_PINS } from './ioapic-common.js'

const EOI = 0xb0
const SVR = 0xf0
const MASKED = 1 << 16
const LEVEL = 1 << 15
const REMOTE_IRR = 1 << 14
const LOGICAL = 1 << 11
/** Lower and upper half of an input's entry, behind the window. */
const low = (pin: number): number => 0x10 + 2 * pin
const high = (pin: number): number => 0x11 + 2 * pin

/** Two CPUs whose APICs are on. */
function machine() {
  const m = new ApicMachine(2)
  for (const n of [0, 1]) m.write(SVR, 0x1ff, n)
  const line = (pin: number, level: number): void => qemuSetIrq(qdevGetGpioIn(m.ioapic, pin), level)
  return { m, line }
}

describe('registers (82093AA, 3.1 and 3.2)', () => {
  it('after reset every input is masked', () => {
    const { m } = machine()
    for (let pin = 0; pin < IOAPIC_NUM_PINS; pin++)
      expect([m.ioRead(low(pin)), m.ioRead(high(pin))]).toEqual([MASKED, 0])
  })

  it('24 inputs, version 0x20; id and arbitration id have four bits', () => {
    const { m } = machine()
    expect(m.ioRead(1)).toBe(0x17_0020)
    m.ioWrite(0, 0xffff_ffff)
    expect([m.ioRead(0), m.ioRead(2)]).toEqual([0x0f00_0000, 0x0f00_0000])
  })

  it('the register select is read back, and the window shows 0 where nothing is', () => {
    const { m } = machine()
    expect(m.ioRead(0x40)).toBe(0)
    expect(addressSpaceLoad(m.system.addressSpaceMemory, IOAPIC_BASE, 4)).toBe(0x40)
  })

  it('delivery status, remote IRR and reserved bits cannot be written', () => {
    const { m } = machine()
    m.ioWrite(low(5), 0xffff_ffff)
    m.ioWrite(high(5), 0xffff_ffff)
    expect(m.ioRead(low(5))).toBe(0x1_afff)
    expect(m.ioRead(high(5))).toBe(0xff00_0000)
  })
})

describe('edge-triggered inputs', () => {
  it('each rise is an interrupt', () => {
    const { m, line } = machine()
    m.ioWrite(low(4), 0x44)
    line(4, 1)
    expect(m.acknowledge()).toBe(0x44)
    m.write(EOI, 0)
    expect(m.acknowledge()).toBe(-1)
    line(4, 0)
    line(4, 1)
    expect(m.acknowledge()).toBe(0x44)
  })

  it('masked they forget', () => {
    const { m, line } = machine()
    line(4, 1)
    m.ioWrite(low(4), 0x44)
    expect(m.acknowledge()).toBe(-1)
  })

  it('interrupt 0 is on input 2', () => {
    const { m, line } = machine()
    m.ioWrite(low(2), 0x30)
    line(0, 1)
    expect(m.acknowledge()).toBe(0x30)
  })
})

describe('level-triggered inputs', () => {
  it('interrupt again at the EOI as long as they are active', () => {
    const { m, line } = machine()
    m.ioWrite(low(9), LEVEL | 0x49)
    line(9, 1)
    expect(m.acknowledge()).toBe(0x49)
    expect(m.ioRead(low(9)) & REMOTE_IRR).toBe(REMOTE_IRR)
    m.write(EOI, 0)
    expect(m.acknowledge()).toBe(0x49)
    line(9, 0)
    m.write(EOI, 0)
    expect(m.acknowledge()).toBe(-1)
    expect(m.ioRead(low(9)) & REMOTE_IRR).toBe(0)
  })

  it('remember while they are masked', () => {
    const { m, line } = machine()
    m.ioWrite(low(9), LEVEL | MASKED | 0x49)
    line(9, 1)
    m.ioWrite(low(9), LEVEL | 0x49)
    expect(m.acknowledge()).toBe(0x49)
  })

  it('the EOI register ends them too', () => {
    const { m, line } = machine()
    m.ioWrite(low(9), LEVEL | 0x49)
    line(9, 1)
    line(9, 0)
    addressSpaceStore(m.system.addressSpaceMemory, IOAPIC_BASE + 0x40, 0x49, 4)
    expect(m.ioRead(low(9)) & REMOTE_IRR).toBe(0)
  })

  it('made edge-triggered and back, the remote IRR is gone: Linux ends interrupts so', () => {
    const { m, line } = machine()
    m.ioWrite(low(9), LEVEL | 0x49)
    line(9, 1)
    m.ioWrite(low(9), MASKED | 0x49)
    m.ioWrite(low(9), MASKED | LEVEL | 0x49)
    expect(m.ioRead(low(9)) & REMOTE_IRR).toBe(0)
  })

  it('a storm is slowed down', () => {
    const { m, line } = machine()
    m.ioWrite(low(9), LEVEL | 0x49)
    line(9, 1)
    let count = 0
    while (m.acknowledge() === 0x49) {
      m.write(EOI, 0)
      count++
    }
    expect(count).toBe(10_000)
    m.advance(10_000_000n)
    expect(m.acknowledge()).toBe(0x49)
  })
})

describe('destinations and delivery modes', () => {
  it('a CPU by its id, or by its logical id', () => {
    const { m, line } = machine()
    m.ioWrite(high(4), 1 << 24)
    m.ioWrite(low(4), 0x44)
    line(4, 1)
    expect([m.acknowledge(0), m.acknowledge(1)]).toEqual([-1, 0x44])
    m.write(0xd0, 2 << 24, 0)
    m.ioWrite(high(5), 2 << 24)
    m.ioWrite(low(5), LOGICAL | 0x55)
    line(5, 1)
    expect([m.acknowledge(0), m.acknowledge(1)]).toEqual([0x55, -1])
  })

  it('the first CPU by its id is no store to its registers', () => {
    const { m, line } = machine()
    m.ioWrite(low(4), 0x44)
    m.as(1, () => line(4, 1))
    expect(m.acknowledge(0)).toBe(0x44)
  })

  it('ExtINT has the vector of the 8259s', () => {
    const { m, line } = machine()
    let asked = 0
    setIsaPic(m.system, () => {
      asked++
      return 0x38
    })
    m.ioWrite(low(0), MASKED | 0x700)
    m.ioWrite(low(2), 0x700)
    line(0, 1)
    expect(asked).toBe(0)
    expect(m.acknowledge()).toBe(0x38)
    expect([asked, m.acknowledge()]).toEqual([1, -1])
  })

  it('ExtINT asks for no EOI, whatever the priority of the task', () => {
    const { m, line } = machine()
    setIsaPic(m.system, () => 0x38)
    m.write(0x80, 0xff)
    m.ioWrite(low(4), 0x700)
    line(4, 1)
    expect(m.acknowledge()).toBe(0x38)
    // In service there is nothing.
    for (let reg = 0x100; reg < 0x180; reg += 0x10) expect(m.read(reg)).toBe(0)
  })

  it('a request of the 8259s that waits is saved', () => {
    const { m, line } = machine()
    setIsaPic(m.system, () => 0x38)
    m.ioWrite(low(4), 0x700)
    line(4, 1)
    const { vmsd } = m.apic().qomClass
    const saved = vmstateSave(vmsd!, m.apic())
    m.acknowledge()
    vmstateLoad(vmsd!, m.apic(), saved)
    expect(m.acknowledge()).toBe(0x38)
  })
})

it('any accesses leave the redirection table within its bits', () => {
  const access = fc.tuple(
    fc.constantFrom(0, 0x10, 0x40, 0x20),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(1 as const, 2 as const, 4 as const),
    fc.integer({ min: 0, max: 23 }),
  )
  fc.assert(
    fc.property(fc.array(access, { maxLength: 80 }), (accesses) => {
      const { m, line } = machine()
      const as = m.system.addressSpaceMemory
      for (const [offset, value, size, pin] of accesses) {
        addressSpaceStore(as, IOAPIC_BASE + offset, offset === 0 ? value & 0x3f : value, size)
        addressSpaceLoad(as, IOAPIC_BASE + offset, size)
        line(pin, value & 1)
      }
      for (const entry of m.ioapic.ioredtbl) {
        expect(entry & ~0xff00_0000_0001_ffffn).toBe(0n)
        if (!(entry & BigInt(LEVEL))) expect(entry & BigInt(REMOTE_IRR)).toBe(0n)
      }
      vmstateSave(m.ioapic.qomClass.vmsd!, m.ioapic)
    }),
    { numRuns: 150 },
  )
})
