// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers in titles are sections of ACPI 6.5.

import { SystemState } from '@dromaius/cpus'
import { sysbusConnectIrq, sysbusRealize, systemBusNew } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, type TimeSource, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_ACPI_PM } from './acpi-pm.js'

const STATUS = 0x600
const ENABLE = 0x602
const CONTROL = 0x604
const TIMER = 0x608
const FREQUENCY = 3_579_545n
/** TMR_STS and TMR_EN. */
const TMR = 1
const SECOND = 1_000_000_000n

class TestTime implements TimeSource {
  ns = 0n
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

function machine(timerBits = 24) {
  const time = new TestTime()
  const system = new SystemState({ timeSource: time })
  system.clocks.enableVirtual(true)
  const bus = systemBusNew(system)
  const pm = TYPE_ACPI_PM.new()
  pm.timerBits = timerBits
  sysbusRealize(pm, bus)
  const sci = { level: 0, rises: 0 }
  sysbusConnectIrq(
    pm,
    0,
    qemuAllocateIrq((_n, level) => {
      if (level > sci.level) sci.rises++
      sci.level = level
    }, 0),
  )
  resettableReset(bus, 'cold')
  const io = system.addressSpaceIo
  return {
    pm,
    bus,
    system,
    time,
    sci,
    read: (port: number, size: 1 | 2 | 4 = 2) => addressSpaceLoad(io, port, size),
    write: (port: number, value: number, size: 1 | 2 | 4 = 2) =>
      void addressSpaceStore(io, port, value, size),
    /** Time goes on to when the timer has counted so much since the start. */
    advanceTo(count: bigint) {
      const until = (count * SECOND) / FREQUENCY + 1n
      const { virtual } = system.clocks
      for (let next = virtual.deadlineNs(); next !== null; next = virtual.deadlineNs()) {
        if (time.ns + next > until) break
        time.ns += next
        virtual.runTimers()
      }
      time.ns = until
    },
  }
}

describe('4.8.2.1: power management timer', () => {
  it('counts 3,579,545 times a second, and cannot be written', () => {
    const m = machine()
    m.time.ns = SECOND
    expect(m.read(TIMER, 4)).toBe(3_579_545)
    m.write(TIMER, 0, 4)
    expect(m.read(TIMER, 4)).toBe(3_579_545)
  })

  it.each([
    [24, 0xff_ffff],
    [32, 0xffff_ffff],
  ])('with %i bits it begins anew after %i', (bits, last) => {
    const m = machine(bits)
    m.advanceTo(BigInt(last))
    expect(m.read(TIMER, 4)).toBe(last)
    m.advanceTo(BigInt(last) + 1n)
    expect(m.read(TIMER, 4)).toBe(0)
  })

  it('can be read by byte', () => {
    const m = machine()
    m.advanceTo(0x123456n)
    expect([m.read(TIMER, 1), m.read(TIMER, 2)]).toEqual([0x56, 0x3456])
  })

  it('has 24 or 32 bits only', () => {
    expect(() => machine(16)).toThrow("Parameter 'timer-bits' expects 24 or 32, not 16")
  })
})

describe('4.8.3.1: PM1 events', () => {
  it.each([24, 32])(
    'TMR_STS is set whenever the highest of %i bits changes, and cleared by writing 1',
    (bits) => {
      const m = machine(bits)
      const half = 1n << BigInt(bits - 1)
      m.advanceTo(half - 2n)
      expect(m.read(STATUS)).toBe(0)
      for (const changes of [1n, 2n, 3n]) {
        m.advanceTo(changes * half)
        expect(m.read(STATUS)).toBe(TMR)
        m.write(STATUS, 0)
        expect(m.read(STATUS)).toBe(TMR)
        m.write(STATUS, TMR)
        expect(m.read(STATUS)).toBe(0)
      }
    },
  )

  it('with TMR_EN the SCI is up from the overflow until the status is cleared', () => {
    const m = machine()
    m.write(ENABLE, TMR)
    m.advanceTo(0x7f_ffffn)
    expect(m.sci.level).toBe(0)
    m.advanceTo(0x80_0001n)
    expect(m.sci).toEqual({ level: 1, rises: 1 })
    m.write(STATUS, TMR)
    expect(m.sci.level).toBe(0)
    m.advanceTo(0x100_0001n)
    expect(m.sci).toEqual({ level: 1, rises: 2 })
  })

  it('enabled after the overflow, it interrupts at once; disabled, no more', () => {
    const m = machine()
    m.advanceTo(0x80_0001n)
    expect(m.sci.level).toBe(0)
    m.write(ENABLE, TMR)
    expect(m.sci.level).toBe(1)
    m.write(ENABLE, 0)
    expect(m.sci.level).toBe(0)
    expect(m.system.clocks.virtual.deadlineNs()).toBeNull()
  })

  it('enable has the bits of the timer, the global lock, the buttons and the clock', () => {
    const m = machine()
    m.write(ENABLE, 0xffff)
    expect(m.read(ENABLE)).toBe(0x0721)
  })
})

describe('4.8.3.2: PM1 control', () => {
  it('SCI_EN is 1 always, SLP_EN reads as 0', () => {
    const m = machine()
    expect(m.read(CONTROL)).toBe(1)
    m.write(CONTROL, (1 << 10) | (1 << 13))
    expect(m.read(CONTROL)).toBe((1 << 10) | 1)
    expect(m.system.requests.shutdown).toBeNull()
  })

  it.each([5, 0])('SLP_TYP %i with SLP_EN powers off', (type) => {
    const m = machine()
    m.write(CONTROL, type << 10)
    expect(m.system.requests.shutdown).toBeNull()
    m.write(CONTROL, (type << 10) | (1 << 13))
    expect(m.system.requests.shutdown).toBe('guest-shutdown')
  })
})

describe('reset and saved state', () => {
  it('a reset clears status and enable, and takes the SCI back', () => {
    const m = machine()
    m.write(ENABLE, TMR)
    m.advanceTo(0x80_0001n)
    resettableReset(m.bus, 'cold')
    expect([m.sci.level, m.read(STATUS), m.read(ENABLE)]).toEqual([0, 0, 0])
    expect(m.system.clocks.virtual.deadlineNs()).toBeNull()
  })

  it('an overflow that was waited for is waited for after a load', () => {
    const from = machine()
    from.write(ENABLE, TMR)
    const { vmsd } = TYPE_ACPI_PM.class()
    const to = machine()
    vmstateLoad(vmsd!, to.pm, vmstateSave(vmsd!, from.pm))
    to.advanceTo(0x80_0001n)
    expect(to.sci.level).toBe(1)
  })

  it.each([
    ['sts', 2],
    ['en', 0x8000],
    ['cnt', 0x2001],
    ['cnt', 0],
    ['overflowTime', '0x8000000000000000'],
    ['overflowTime', '0x7fffffffffffffff'],
  ])('%s of %s is refused', (field, value) => {
    const m = machine()
    const { vmsd } = TYPE_ACPI_PM.class()
    const saved = vmstateSave(vmsd!, m.pm) as { fields: Record<string, unknown> }
    const spoiled = { ...saved, fields: { ...saved.fields, [field]: value } }
    expect(() => vmstateLoad(vmsd!, m.pm, spoiled as never)).toThrow(/acpi-pm: refused/)
    expect(vmstateSave(vmsd!, m.pm)).toEqual(saved)
  })
})

it('whatever a guest writes, the SCI is up just when an enabled status is set', () => {
  const access = fc.record({
    port: fc.integer({ min: 0x600, max: 0x60b }),
    size: fc.constantFrom<1 | 2 | 4>(1, 2, 4),
    value: fc.nat(0xffff_ffff),
    gone: fc.bigInt({ min: 0n, max: 0x50_0000n }),
  })
  fc.assert(
    fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
      const m = machine()
      let count = 0n
      for (const { port, size, value, gone } of accesses) {
        m.write(port, value, size)
        count += gone
        m.advanceTo(count)
        // The timer's own time is a tick long.
        const { overflowTime } = m.pm
        if (count === overflowTime) continue
        expect(m.sci.level).toBe(m.read(STATUS) & m.read(ENABLE) & TMR)
        expect(m.read(CONTROL) & ~0x1c02).toBe(1)
      }
      const { vmsd } = TYPE_ACPI_PM.class()
      const saved = vmstateSave(vmsd!, m.pm)
      vmstateLoad(vmsd!, m.pm, saved)
      expect(vmstateSave(vmsd!, m.pm)).toEqual(saved)
    }),
    { numRuns: 100 },
  )
})
