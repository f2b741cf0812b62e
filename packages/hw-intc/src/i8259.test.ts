// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { picReadIrq } from '@dromaius/target-i386'
import { qemuAllocateIrq, qemuSetIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { i8259Init, TYPE_I8259 } from './i8259.js'
import { picSetFirmwareState } from './i8259-common.js'

const MASTER = 0x20
const SLAVE = 0xa0
const EOI = 0x20

/** The pair of a PC, as a BIOS leaves it but with every input open: vectors 0x20 and 0x28. */
function machine({ icw4 = 0x01 } = {}) {
  const system = new SystemState()
  const bus = isaBusNew(system)
  const out = { level: 0 }
  const lines = i8259Init(
    bus,
    qemuAllocateIrq((_n, level) => {
      out.level = level
    }, 0),
  )
  resettableReset(bus, 'cold')
  const write = (port: number, value: number): void =>
    void addressSpaceStore(system.addressSpaceIo, port, value, 1)
  const read = (port: number): number => addressSpaceLoad(system.addressSpaceIo, port, 1)
  for (const [port, base, cascade] of [
    [MASTER, 0x20, 4],
    [SLAVE, 0x28, 2],
  ] as const) {
    write(port, 0x11)
    for (const icw of [base, cascade, icw4]) write(port + 1, icw)
  }
  const line = (n: number, level: number): void => qemuSetIrq(lines[n]!, level)
  const pulse = (n: number): void => {
    line(n, 1)
    line(n, 0)
  }
  const chips = bus.children.map((dev) => TYPE_I8259.cast(dev))
  return { system, bus, out, write, read, line, pulse, chips, acknowledge: () => picReadIrq(system) }
}

describe('requests and acknowledgement', () => {
  it('an edge raises the line until it is acknowledged, and its vector is base plus input', () => {
    const m = machine()
    m.pulse(5)
    expect(m.out.level).toBe(1)
    expect(m.read(MASTER)).toBe(1 << 5)
    expect(m.acknowledge()).toBe(0x25)
    expect(m.out.level).toBe(0)
    m.write(MASTER, 0x0b)
    expect(m.read(MASTER)).toBe(1 << 5)
  })

  it('the second controller comes through input 2 of the first', () => {
    const m = machine()
    m.pulse(12)
    expect(m.acknowledge()).toBe(0x2c)
    m.write(MASTER, 0x0b)
    m.write(SLAVE, 0x0b)
    expect([m.read(MASTER), m.read(SLAVE)]).toEqual([1 << 2, 1 << 4])
  })

  it('masked inputs wait', () => {
    const m = machine()
    m.write(MASTER + 1, 0x20)
    m.pulse(5)
    expect([m.out.level, m.read(MASTER + 1)]).toEqual([0, 0x20])
    m.write(MASTER + 1, 0)
    expect(m.acknowledge()).toBe(0x25)
  })

  it('nothing to acknowledge is input 7', () => {
    const m = machine()
    expect(m.acknowledge()).toBe(0x27)
    m.write(MASTER, 0x0b)
    expect(m.read(MASTER)).toBe(0)
  })

  it('level-triggered inputs (ELCR) last as long as their level; some inputs cannot be', () => {
    const m = machine()
    m.write(0x4d0, 0xff)
    m.write(0x4d1, 0xff)
    expect([m.read(0x4d0), m.read(0x4d1)]).toEqual([0xf8, 0xde])
    m.line(5, 1)
    expect(m.acknowledge()).toBe(0x25)
    m.write(MASTER, EOI)
    expect(m.out.level).toBe(1)
    m.line(5, 0)
    expect(m.out.level).toBe(0)
  })
})

describe('priorities', () => {
  it('input 0 goes first, and lower ones wait for its end', () => {
    const m = machine()
    m.pulse(4)
    m.pulse(3)
    expect(m.acknowledge()).toBe(0x23)
    expect(m.out.level).toBe(0)
    m.pulse(1)
    expect(m.acknowledge()).toBe(0x21)
    m.write(MASTER, EOI)
    m.write(MASTER, EOI)
    expect(m.acknowledge()).toBe(0x24)
  })

  it('a specific end, and rotation', () => {
    const m = machine()
    m.pulse(3)
    m.acknowledge()
    m.write(MASTER, 0x63)
    m.write(MASTER, 0xc3)
    m.pulse(3)
    m.pulse(4)
    expect(m.acknowledge()).toBe(0x24)
    m.write(MASTER, 0xe4)
    m.pulse(4)
    expect(m.acknowledge()).toBe(0x23)
  })

  it('automatic end of interrupt leaves nothing in service', () => {
    const m = machine({ icw4: 0x03 })
    m.pulse(3)
    m.acknowledge()
    m.write(MASTER, 0x0b)
    expect(m.read(MASTER)).toBe(0)
  })

  it('with automatic ends, all that the second controller has gets through', () => {
    const m = machine({ icw4: 0x03 })
    m.pulse(10)
    m.pulse(12)
    expect([m.acknowledge(), m.out.level]).toEqual([0x2a, 1])
    expect([m.acknowledge(), m.out.level]).toEqual([0x2c, 0])
  })

  it('special mask mode lets through what waits already', () => {
    const m = machine()
    m.pulse(3)
    m.acknowledge()
    m.pulse(5)
    m.write(MASTER + 1, 1 << 3)
    expect(m.out.level).toBe(0)
    m.write(MASTER, 0x68)
    expect(m.out.level).toBe(1)
    m.write(MASTER, 0x48)
    expect(m.out.level).toBe(0)
  })

  it('special mask mode lets lower ones through while one that is masked is in service', () => {
    const m = machine()
    m.pulse(3)
    m.acknowledge()
    m.write(MASTER + 1, 1 << 3)
    m.write(MASTER, 0x68)
    m.pulse(5)
    expect(m.acknowledge()).toBe(0x25)
  })

  it('a poll acknowledges', () => {
    const m = machine()
    m.pulse(5)
    m.write(MASTER, 0x0c)
    expect(m.read(MASTER)).toBe(0x85)
    m.write(MASTER, 0x0c)
    expect(m.read(MASTER)).toBe(0)
  })
})

it('a firmware leaves vectors 0x08 and 0x70, and all but the second controller masked', () => {
  const m = machine()
  for (const chip of m.chips) picSetFirmwareState(chip)
  expect([m.read(MASTER + 1), m.read(SLAVE + 1)]).toEqual([0xfb, 0xff])
  m.write(MASTER + 1, 0)
  m.pulse(0)
  expect(m.acknowledge()).toBe(0x08)
})

it('loaded state raises the line again', () => {
  const m = machine()
  m.pulse(12)
  const saved = m.chips.map((chip) => vmstateSave(chip.qomClass.vmsd!, chip))
  const other = machine()
  other.chips.forEach((chip, n) => vmstateLoad(chip.qomClass.vmsd!, chip, saved[n]!))
  expect(other.out.level).toBe(1)
  expect(other.acknowledge()).toBe(0x2c)
})

it('any accesses leave registers of eight bits, and vectors within the bases', () => {
  const access = fc.tuple(
    fc.constantFrom(MASTER, MASTER + 1, SLAVE, SLAVE + 1, 0x4d0, 0x4d1),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 15 }),
  )
  fc.assert(
    fc.property(fc.array(access, { maxLength: 80 }), (accesses) => {
      const m = machine()
      for (const [port, value, n] of accesses) {
        m.write(port, value)
        expect(m.read(port)).toBeLessThan(256)
        m.line(n, value & 1)
        const vector = m.acknowledge()
        expect(m.chips.some((chip) => vector >> 3 === chip.irqBase >> 3)).toBe(true)
      }
      for (const chip of m.chips) vmstateSave(chip.qomClass.vmsd!, chip)
    }),
    { numRuns: 150 },
  )
})
