// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { qdevConnectGpioOut, qdevGetGpioIn, resettableReset } from '@dromaius/qom'
import {
  qemuAllocateIrq,
  qemuSetIrq,
  type TimeSource,
  vmstateLoad,
  VMStateError,
  vmstateSave,
} from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_I8254 } from './i8254.js'
import { TYPE_PC_SPEAKER } from './pcspk.js'

const CONTROL = 0x43
const SPEAKER = 0x61
/** One count, ns. */
const COUNT_NS = 1e9 / 1_193_182

class TestTime implements TimeSource {
  ns = 0n
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

function machine() {
  const time = new TestTime()
  const system = new SystemState({ timeSource: time })
  system.clocks.enableVirtual(true)
  const bus = isaBusNew(system)
  const pit = TYPE_I8254.new()
  pit.iobase = 0x40
  isaRealize(pit, bus)
  const speaker = TYPE_PC_SPEAKER.new()
  speaker.pit = pit
  isaRealize(speaker, bus)
  const irq = { level: 0, rises: 0 }
  qdevConnectGpioOut(
    pit,
    0,
    qemuAllocateIrq((_n, level) => {
      if (level > irq.level) irq.rises++
      irq.level = level
    }, 0),
  )
  resettableReset(bus, 'cold')
  irq.rises = 0
  const write = (port: number, value: number): void =>
    void addressSpaceStore(system.addressSpaceIo, port, value, 1)
  const read = (port: number): number => addressSpaceLoad(system.addressSpaceIo, port, 1)
  /** Mode and count of a counter, low byte and high byte. */
  const program = (n: number, mode: number, count: number): void => {
    write(CONTROL, (n << 6) | 0x30 | (mode << 1))
    write(0x40 + n, count & 0xff)
    write(0x40 + n, count >> 8)
  }
  const count = (n: number): number => read(0x40 + n) | (read(0x40 + n) << 8)
  /** Time goes on by so many counts, in steps that the timer notices. */
  const advance = (counts: number): void => {
    const until = time.ns + BigInt(Math.ceil(counts * COUNT_NS))
    for (
      let next = system.clocks.virtual.deadlineNs();
      next !== null;
      next = system.clocks.virtual.deadlineNs()
    ) {
      if (time.ns + next > until) break
      time.ns += next
      system.clocks.virtual.runTimers()
    }
    time.ns = until
  }
  return { system, time, pit, irq, write, read, program, count, advance }
}

it('waits for nothing until it is programmed', () => {
  const m = machine()
  expect(m.system.clocks.virtual.deadlineNs()).toBeNull()
  m.advance(200_000)
  expect(m.irq.rises).toBe(0)
  m.program(0, 3, 0)
  expect(m.system.clocks.virtual.deadlineNs()).not.toBeNull()
})

describe('counters', () => {
  it('mode 0 counts down and over, and interrupts once', () => {
    const m = machine()
    m.program(0, 0, 1000)
    expect(m.irq.level).toBe(0)
    m.advance(400)
    expect(m.count(0)).toBe(600)
    m.advance(601)
    expect([m.irq.level, m.irq.rises]).toEqual([1, 1])
    m.advance(99)
    expect(m.count(0)).toBe(0x10000 - 100)
    m.advance(100_000)
    expect(m.irq.rises).toBe(1)
  })

  it.each([2, 3])('mode %i interrupts with each period', (mode) => {
    const m = machine()
    m.program(0, mode, 1000)
    m.irq.rises = 0
    m.advance(10_002)
    expect(m.irq.rises).toBe(10)
  })

  it.each([2, 3, 4])('mode %i interrupts even if the host is late each time', (mode) => {
    const m = machine()
    m.program(0, mode, 1000)
    m.irq.rises = 0
    for (let n = 0; n < 6; n++) {
      m.time.ns += 50_123_456n
      // What is due by now, however often that leads to something else that is due.
      for (let turn = 0; turn < 10; turn++) m.system.clocks.virtual.runTimers()
    }
    // A strobe is one; periods are far fewer than the 359 that there were.
    if (mode === 4) expect(m.irq.rises).toBe(1)
    else expect([m.irq.rises >= 3, m.irq.rises < 20]).toEqual([true, true])
  })

  it('mode 4 gives one pulse', () => {
    const m = machine()
    m.program(0, 4, 1000)
    m.advance(10_000)
    expect([m.irq.level, m.irq.rises]).toEqual([0, 1])
  })

  it('modes 6 and 7 are 2 and 3, and a count of 0 is 65536', () => {
    const m = machine()
    m.program(2, 7, 0)
    m.write(CONTROL, 0xe8)
    expect(m.read(0x42) & 0x0e).toBe(3 << 1)
    expect(m.pit.channels[2].count).toBe(0x10000)
  })

  it('only the low byte, or only the high byte', () => {
    const m = machine()
    m.write(CONTROL, 0x90)
    m.write(0x42, 0x34)
    expect([m.pit.channels[2].count, m.read(0x42), m.read(0x42)]).toEqual([0x34, 0x34, 0x34])
    m.write(CONTROL, 0xa0)
    m.write(0x42, 0x34)
    expect([m.pit.channels[2].count, m.read(0x42)]).toEqual([0x3400, 0x34])
  })
})

describe('latches', () => {
  it('a latched count stays until it has been read', () => {
    const m = machine()
    m.program(2, 0, 5000)
    m.write(CONTROL, 0x80)
    m.advance(1000)
    m.write(CONTROL, 0x80)
    expect(m.count(2)).toBe(5000)
    expect(m.count(2)).toBe(4000)
  })

  it('read-back gives the status first, then the count', () => {
    const m = machine()
    m.program(2, 0, 5000)
    m.write(CONTROL, 0xc8)
    expect(m.read(0x42)).toBe(0x30)
    m.advance(5001)
    m.write(CONTROL, 0xe8)
    expect(m.read(0x42)).toBe(0xb0)
    expect(m.read(CONTROL)).toBe(0)
  })
})

describe('the port of the speaker', () => {
  it('gate and data are kept, the refresh bit toggles, bit 5 is the output of counter 2', () => {
    const m = machine()
    m.write(SPEAKER, 0x03)
    m.program(2, 0, 1000)
    const first = m.read(SPEAKER)
    expect(first & 0x23).toBe(0x03)
    expect((m.read(SPEAKER) ^ first) & 0x10).toBe(0x10)
    m.advance(1001)
    expect(m.read(SPEAKER) & 0x20).toBe(0x20)
  })

  it('a rising gate starts mode 1 anew', () => {
    const m = machine()
    m.write(SPEAKER, 0)
    m.program(2, 1, 1000)
    m.advance(1500)
    m.write(SPEAKER, 1)
    expect(m.read(SPEAKER) & 0x20).toBe(0x20)
    m.advance(1001)
    expect(m.read(SPEAKER) & 0x20).toBe(0)
  })
})

it('the HPET takes interrupt 0 over and gives it back', () => {
  const m = machine()
  m.program(0, 2, 1000)
  const control = qdevGetGpioIn(m.pit, 0)
  qemuSetIrq(control, 0)
  m.irq.rises = 0
  m.advance(5000)
  expect(m.irq.rises).toBe(0)
  qemuSetIrq(control, 1)
  m.advance(5000)
  expect(m.irq.rises).toBeGreaterThan(3)
})

it('ticks that are long overdue are lost', () => {
  const m = machine()
  m.program(0, 2, 2)
  m.irq.rises = 0
  m.time.ns += 10_000_000_000n
  m.system.clocks.virtual.runTimers()
  expect(m.irq.rises).toBeLessThan(10)
})

it('a count of 0 in saved state is 65536', () => {
  const from = machine()
  from.program(0, 2, 1000)
  from.pit.channels[0].count = 0
  const to = machine()
  vmstateLoad(to.pit.qomClass.vmsd!, to.pit, vmstateSave(from.pit.qomClass.vmsd!, from.pit))
  to.advance(36)
  expect(to.count(0)).toBe(65_500)
})

it('any accesses leave counters within their widths', () => {
  const access = fc.tuple(
    fc.constantFrom(0x40, 0x41, 0x42, CONTROL, SPEAKER),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 2_000_000 }),
  )
  fc.assert(
    fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
      const m = machine()
      for (const [port, value, ns] of accesses) {
        m.write(port, value)
        m.time.ns += BigInt(ns)
        m.system.clocks.virtual.runTimers()
        expect(m.read(port)).toBeLessThan(256)
      }
      vmstateSave(m.pit.qomClass.vmsd!, m.pit)
    }),
    { numRuns: 150 },
  )
})

it('state that no machine ever saved is refused, or the timer goes on with it', () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))
  const time = fc.oneof(
    fc.bigInt({ min: 0n, max: 0xffff_ffff_ffffn }),
    fc.constantFrom(2n ** 62n, 2n ** 62n - 1n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n),
  )
  const spoilers = fc.array(fc.tuple(fc.nat(), number, time), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(spoilers, fc.nat(2), (spoiled, counter) => {
      const m = machine()
      const { vmsd } = m.pit.qomClass
      const before = vmstateSave(vmsd!, m.pit)
      const state = structuredClone(before) as never as {
        fields: { channels: { fields: Record<string, unknown> }[] }
      }
      const { fields } = state.fields.channels[counter]!
      for (const [pick, small, big] of spoiled) {
        const name = Object.keys(fields)[pick % Object.keys(fields).length]!
        fields[name] = typeof fields[name] === 'string' ? `0x${big.toString(16)}` : small
      }
      try {
        vmstateLoad(vmsd!, m.pit, state as never)
      } catch (error) {
        expect(error).toBeInstanceOf(VMStateError)
        expect(vmstateSave(vmsd!, m.pit)).toEqual(before)
        return
      }
      // Beyond MAX_LAG, too.
      for (const late of [1_000_000n, 20_000_000n, 1_000_000n, 20_000_000n]) {
        m.time.ns += late
        m.system.clocks.virtual.runTimers()
        for (const port of [0x40, 0x41, 0x42, SPEAKER]) m.read(port)
        m.write(CONTROL, 0xc0 | 0x0e)
      }
      vmstateSave(vmsd!, m.pit)
    }),
    { numRuns: 300 },
  )
})
