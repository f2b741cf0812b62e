// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers in titles are sections of the IA-PC HPET specification 1.0a.

import { SystemState } from '@dromaius/cpus'
import { sysbusConnectIrq, sysbusMmioMap, sysbusRealize, systemBusNew } from '@dromaius/hw-core'
import {
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceStore,
  addressSpaceStore64,
  memoryRegionAddSubregion,
  memoryRegionInitIo,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import { qdevConnectGpioOut, qdevGetGpioIn, resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, qemuSetIrq, type TimeSource, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HPET_BASE, TYPE_HPET } from './hpet.js'

const CAPABILITIES = 0x00
const CONFIG = 0x10
const STATUS = 0x20
const COUNTER = 0xf0
const config = (n: number): number => 0x100 + 0x20 * n
const comparator = (n: number): number => 0x108 + 0x20 * n
const route = (n: number): number => 0x110 + 0x20 * n

/** Bits of a timer's configuration. */
const LEVEL = 1 << 1
const ENABLE = 1 << 2
const PERIODIC = 1 << 3
const SETVAL = 1 << 6
const MODE_32 = 1 << 8
const FSB = 1 << 14
const onLine = (n: number): number => n << 9

/** Lines 20 to 23. */
const LINES = 0xf0_0000
const MESSAGES = 0x1000_0000
const TICK = 10n

class TestTime implements TimeSource {
  ns = 5n
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

function machine(options: { timers?: number; msi?: boolean } = {}) {
  const time = new TestTime()
  const system = new SystemState({ timeSource: time })
  system.clocks.enableVirtual(true)
  const bus = systemBusNew(system)
  const hpet = TYPE_HPET.new()
  hpet.intcap = LINES
  hpet.numTimers = options.timers ?? 3
  hpet.msi = options.msi ?? false
  sysbusRealize(hpet, bus)
  sysbusMmioMap(hpet, 0, HPET_BASE)
  const lines = hpet.irqs.map(() => ({ level: 0, rises: 0 }))
  lines.forEach((one, n) =>
    sysbusConnectIrq(
      hpet,
      n,
      qemuAllocateIrq((_n, level) => {
        if (level > one.level) one.rises++
        one.level = level
      }, n),
    ),
  )
  const pit = { enabled: -1 }
  qdevConnectGpioOut(
    hpet,
    0,
    qemuAllocateIrq((_n, level) => void (pit.enabled = level), 0),
  )
  const messages: number[][] = []
  const region = TYPE_MEMORY_REGION.new()
  const write = (addr: number, value: number): void => void messages.push([MESSAGES + addr, value])
  memoryRegionInitIo(region, hpet, { read: () => 0, write, endianness: 'little' }, 'messages', 0x1000)
  memoryRegionAddSubregion(system.systemMemory, MESSAGES, region)
  resettableReset(bus, 'cold')
  const memory = system.addressSpaceMemory
  return {
    hpet,
    system,
    time,
    bus,
    lines,
    pit,
    messages,
    read: (reg: number) => addressSpaceLoad64(memory, HPET_BASE + reg),
    write: (reg: number, value: bigint | number) =>
      void addressSpaceStore64(memory, HPET_BASE + reg, BigInt.asUintN(64, BigInt(value))),
    read32: (reg: number) => addressSpaceLoad(memory, HPET_BASE + reg, 4),
    write32: (reg: number, value: number) => void addressSpaceStore(memory, HPET_BASE + reg, value, 4),
    /** Time goes on by so many ticks, in steps that the timers notice. */
    advance(ticks: number | bigint) {
      const until = time.ns + BigInt(ticks) * TICK
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

describe('registers', () => {
  it('2.3.4: capabilities say 100 MHz, 64 bits, legacy replacement, and how many timers', () => {
    expect(machine().read(CAPABILITIES)).toBe(0x0098_9680_8086_a201n)
    expect(machine({ timers: 32 }).read32(CAPABILITIES)).toBe(0x8086_bf01)
  })

  it('2.3.4: they cannot be written', () => {
    const m = machine()
    m.write(CAPABILITIES, -1n)
    expect(m.read(CAPABILITIES)).toBe(0x0098_9680_8086_a201n)
  })

  it('2.3.5: of the configuration there are two bits', () => {
    const m = machine()
    m.write(CONFIG, -1n)
    expect(m.read(CONFIG)).toBe(3n)
  })

  it('2.3.7: the counter stands still until it is switched on, and can be written only then', () => {
    const m = machine()
    m.advance(1000)
    expect(m.read(COUNTER)).toBe(0n)
    m.write(COUNTER, 0x1_0000_0005n)
    m.write(CONFIG, 1)
    m.write(COUNTER, 7)
    m.advance(20)
    expect(m.read(COUNTER)).toBe(0x1_0000_0019n)
    m.write(CONFIG, 0)
    m.advance(20)
    expect(m.read(COUNTER)).toBe(0x1_0000_0019n)
  })

  it('2.3.7: it can be read and written in halves', () => {
    const m = machine()
    m.write32(COUNTER, 0x1111_1111)
    m.write32(COUNTER + 4, 0x2222_2222)
    expect([m.read32(COUNTER), m.read32(COUNTER + 4)]).toEqual([0x1111_1111, 0x2222_2222])
    expect(m.read(COUNTER)).toBe(0x2222_2222_1111_1111n)
  })

  it('2.3.7: after 2^64 - 1 comes 0', () => {
    const m = machine()
    m.write(COUNTER, -10n)
    m.write(CONFIG, 1)
    m.advance(11)
    expect(m.read(COUNTER)).toBe(1n)
  })

  it('2.3.8: a timer can be periodic, has 64 bits, and begins on the first of its lines', () => {
    const m = machine()
    expect(m.read(config(0))).toBe(0x00f0_0000_0000_2830n)
    expect(m.read(comparator(0))).toBe(0xffff_ffff_ffff_ffffn)
  })

  it('2.3.8: read-only bits stay, and a line that there is not is not taken', () => {
    const m = machine()
    m.write(config(1), -1n)
    expect(m.read(config(1))).toBe(0x00f0_0000_0000_297en)
    m.write(config(1), onLine(22))
    expect(m.read(config(1))).toBe(0x00f0_0000_0000_2c30n)
  })

  it('2.3.8: registers of timers that do not exist are nothing', () => {
    const m = machine()
    m.write(comparator(3), 5)
    expect([m.read(config(3)), m.read(comparator(3)), m.read(config(23))]).toEqual([0n, 0n, 0n])
  })

  it('2.3.9.2: the comparator is cut to 32 bits in 32-bit mode', () => {
    const m = machine()
    m.write(config(0), MODE_32)
    expect(m.read(comparator(0))).toBe(0xffff_ffffn)
    m.write(comparator(0), 0x1234_5678_9abc_def0n)
    expect(m.read(comparator(0))).toBe(0x9abc_def0n)
    m.write32(comparator(0) + 4, 1)
    expect(m.read(comparator(0))).toBe(0x9abc_def0n)
  })
})

describe('2.3.9.2.1: one-shot', () => {
  it('an edge-triggered timer pulses its line once, at its tick', () => {
    const m = machine()
    m.write(config(0), ENABLE | onLine(21))
    m.write(comparator(0), 100)
    m.write(CONFIG, 1)
    m.advance(99)
    expect(m.lines[21]).toEqual({ level: 0, rises: 0 })
    m.advance(1)
    expect(m.lines[21]).toEqual({ level: 0, rises: 1 })
    m.advance(10_000)
    expect([m.lines[21]!.rises, m.read(STATUS)]).toEqual([1, 0n])
  })

  it('a level-triggered timer holds its line until its status is cleared by writing 1', () => {
    const m = machine()
    m.write(config(1), ENABLE | LEVEL | onLine(20))
    m.write(comparator(1), 100)
    m.write(CONFIG, 1)
    m.advance(150)
    expect([m.lines[20]!.level, m.read(STATUS)]).toEqual([1, 2n])
    m.write(STATUS, 5)
    expect(m.lines[20]!.level).toBe(1)
    m.write(STATUS, 2)
    expect([m.lines[20]!.level, m.read(STATUS)]).toEqual([0, 0n])
  })

  it('2.3.8: off, it works and notes a level, but interrupts only when it is on', () => {
    const m = machine()
    m.write(config(0), LEVEL)
    m.write(comparator(0), 100)
    m.write(CONFIG, 1)
    m.advance(150)
    expect([m.lines[20]!.level, m.read(STATUS)]).toEqual([0, 1n])
    m.write(config(0), LEVEL | ENABLE)
    expect(m.lines[20]!.level).toBe(1)
    m.write(CONFIG, 0)
    expect(m.lines[20]!.level).toBe(0)
  })

  it('a held level moves with its line, and goes with the level mode', () => {
    const m = machine()
    m.write(config(0), LEVEL | ENABLE)
    m.write(comparator(0), 1)
    m.write(CONFIG, 1)
    m.advance(2)
    m.write(config(0), LEVEL | ENABLE | onLine(23))
    expect([m.lines[20]!.level, m.lines[23]!.level]).toEqual([0, 1])
    m.write(config(0), ENABLE | onLine(23))
    expect([m.lines[23]!.level, m.read(STATUS)]).toEqual([0, 0n])
  })

  it('a comparator that the counter has passed matches at once, once', () => {
    const m = machine()
    m.write(CONFIG, 1)
    m.advance(1000)
    m.write(config(0), ENABLE)
    m.write(comparator(0), 900)
    m.advance(1)
    expect(m.lines[20]!.rises).toBe(1)
    m.write(CONFIG, 0)
    m.write(CONFIG, 1)
    m.advance(1000)
    expect(m.lines[20]!.rises).toBe(1)
  })

  it('a comparator that is ahead when the counter starts matches, however late the host sets its timer', () => {
    const m = machine()
    m.write(config(0), ENABLE)
    m.write(comparator(0), 100)
    // Each reading of the clock is a millisecond later than the one before.
    m.time.monotonicNs = () => (m.time.ns += 1_000_000n)
    m.write(CONFIG, 1)
    m.system.clocks.virtual.runTimers()
    expect(m.lines[20]!.rises).toBe(1)
  })

  it('in 32-bit mode there is an interrupt when the counter turns over, too', () => {
    const m = machine()
    m.write(COUNTER, 0xffff_ff00)
    m.write(config(0), ENABLE | MODE_32)
    m.write(comparator(0), 0x100)
    m.write(CONFIG, 1)
    m.advance(0xff)
    expect(m.lines[20]!.rises).toBe(0)
    m.advance(1)
    expect(m.lines[20]!.rises).toBe(1)
    m.advance(0xff)
    expect(m.lines[20]!.rises).toBe(1)
    m.advance(1)
    expect(m.lines[20]!.rises).toBe(2)
  })

  it('in 32-bit mode a comparator behind the counter waits until it comes around', () => {
    const m = machine()
    m.write(COUNTER, 1000)
    m.write(config(0), ENABLE | MODE_32)
    m.write(comparator(0), 999)
    m.write(CONFIG, 1)
    m.advance(0xffff_fc00)
    expect(m.lines[20]!.rises).toBe(0)
    m.advance(1023)
    expect(m.lines[20]!.rises).toBe(2)
  })
})

describe('2.3.9.2.2: periodic', () => {
  it('what is written to the comparator is the period, and it adds up', () => {
    const m = machine()
    m.write(config(0), ENABLE | PERIODIC | SETVAL)
    m.write(comparator(0), 5000)
    m.write(comparator(0), 2000)
    m.write(CONFIG, 1)
    m.advance(4999)
    expect(m.lines[20]!.rises).toBe(0)
    m.advance(1)
    expect([m.lines[20]!.rises, m.read(comparator(0))]).toEqual([1, 7000n])
    m.advance(20_000)
    expect([m.lines[20]!.rises, m.read(comparator(0))]).toEqual([11, 27_000n])
  })

  it('Tn_VAL_SET_CNF holds for one write, and reads as 0 then', () => {
    const m = machine()
    m.write(config(0), PERIODIC | SETVAL)
    expect(m.read(config(0)) & BigInt(SETVAL)).toBe(BigInt(SETVAL))
    m.write(comparator(0), 5000)
    expect([m.read(config(0)) & BigInt(SETVAL), m.read(comparator(0))]).toEqual([0n, 5000n])
    m.write(comparator(0), 2000)
    expect(m.read(comparator(0))).toBe(5000n)
  })

  it('in 32-bit mode it goes on when the counter turns over', () => {
    const m = machine()
    m.write(COUNTER, 0xffff_f000)
    m.write(config(0), ENABLE | PERIODIC | SETVAL | MODE_32)
    m.write(comparator(0), 0xffff_f800)
    m.write(comparator(0), 0x1000)
    m.write(CONFIG, 1)
    m.advance(0x800)
    expect([m.lines[20]!.rises, m.read(comparator(0))]).toEqual([1, 0x800n])
    m.advance(0x1000)
    expect([m.lines[20]!.rises, m.read(comparator(0))]).toEqual([2, 0x1800n])
  })

  it('periods that nobody could keep up with are one interrupt', () => {
    const m = machine()
    m.write(config(0), ENABLE | PERIODIC | SETVAL)
    m.write(comparator(0), 1)
    m.write(comparator(0), 1)
    m.write(CONFIG, 1)
    m.advance(100_000)
    // 1 ms: at most one in 10 µs.
    expect(m.lines[20]!.rises).toBeLessThanOrEqual(101)
    expect(m.read(comparator(0)) - m.read(COUNTER)).toBeLessThanOrEqual(1n)
  })

  it('a period of 0 matches once', () => {
    const m = machine()
    m.write(config(0), ENABLE | PERIODIC | SETVAL)
    m.write(comparator(0), 0)
    m.write(CONFIG, 1)
    m.advance(1000)
    expect(m.lines[20]!.rises).toBe(1)
  })
})

describe('2.3.5: legacy replacement', () => {
  it('timers 0 and 1 have lines 0 and 8, and the 8254 is switched off', () => {
    const m = machine()
    expect(m.pit.enabled).toBe(1)
    for (const n of [0, 1, 2]) {
      m.write(config(n), ENABLE)
      m.write(comparator(n), 100 * (n + 1))
    }
    m.write(CONFIG, 3)
    expect(m.pit.enabled).toBe(0)
    m.advance(1000)
    expect([0, 8, 20].map((n) => m.lines[n]!.rises)).toEqual([1, 1, 1])
    m.write(CONFIG, 1)
    expect(m.pit.enabled).toBe(1)
  })

  it('the 8254 and the real-time clock come through without it, and not with it', () => {
    const m = machine()
    const [pit, rtc] = [qdevGetGpioIn(m.hpet, 0), qdevGetGpioIn(m.hpet, 1)]
    const levels = (): number[] => [m.lines[0]!.level, m.lines[8]!.level]
    qemuSetIrq(pit, 1)
    qemuSetIrq(rtc, 1)
    expect(levels()).toEqual([1, 1])
    m.write(CONFIG, 2)
    expect(levels()).toEqual([0, 0])
    qemuSetIrq(pit, 0)
    qemuSetIrq(pit, 1)
    expect(levels()).toEqual([0, 0])
    m.write(CONFIG, 0)
    expect(levels()).toEqual([0, 1])
  })
})

describe('2.3.10: interrupts as messages', () => {
  it('are not there unless the board has them', () => {
    const m = machine()
    m.write(config(0), FSB)
    m.write(route(0), -1n)
    expect([m.read(config(0)) & BigInt(FSB), m.read(route(0))]).toEqual([0n, 0n])
  })

  it('store the value at the address', () => {
    const m = machine({ msi: true })
    m.write(config(0), ENABLE | FSB)
    m.write(route(0), (BigInt(MESSAGES + 0x40) << 32n) | 0x4321n)
    m.write(comparator(0), 100)
    m.write(CONFIG, 1)
    m.advance(200)
    expect(m.messages).toEqual([[MESSAGES + 0x40, 0x4321]])
    expect(m.lines.every(({ rises }) => rises === 0)).toBe(true)
  })
})

describe('reset and saved state', () => {
  it('a reset stops the counter and the timers, lowers the lines and gives the 8254 its interrupt back', () => {
    const m = machine()
    m.write(config(0), ENABLE | LEVEL)
    m.write(comparator(0), 10)
    m.write(CONFIG, 3)
    m.write(config(2), ENABLE | LEVEL)
    m.write(comparator(2), 10)
    m.advance(20)
    expect(m.lines[20]!.level).toBe(1)
    resettableReset(m.bus, 'cold')
    expect(m.system.clocks.virtual.deadlineNs()).toBeNull()
    expect([CONFIG, STATUS, COUNTER, config(0)].map(m.read)).toEqual([0n, 0n, 0n, 0x00f0_0000_0000_2830n])
    expect([m.lines[20]!.level, m.pit.enabled]).toEqual([0, 1])
  })

  it('counter, comparators and what they wait for come back', () => {
    const from = machine()
    from.write(config(0), ENABLE | PERIODIC | SETVAL | onLine(22))
    from.write(comparator(0), 3000)
    from.write(comparator(0), 3000)
    from.write(CONFIG, 1)
    from.advance(4000)
    const to = machine()
    to.time.ns = from.time.ns

    vmstateLoad(TYPE_HPET.class().vmsd!, to.hpet, vmstateSave(TYPE_HPET.class().vmsd!, from.hpet))

    expect([to.read(COUNTER), to.read(comparator(0))]).toEqual([4000n, 6000n])
    to.advance(2000)
    expect([to.lines[22]!.rises, to.read(comparator(0))]).toEqual([1, 9000n])
  })

  it.each<
    [string, (state: Record<string, unknown> & { timer: { fields: Record<string, unknown> }[] }) => void]
  >([
    ['configuration bits', (s) => (s.config = '0x4')],
    ['status of a timer', (s) => (s.isr = '0x8')],
    ['capabilities', (s) => (s.timer[0]!.fields.config = '0x30')],
    ['a period', (s) => (s.timer[0]!.fields.period = '0x8000000000000000')],
    ['a line', (s) => (s.timer[0]!.fields.config = '0xf0000000000230')],
    ['messages', (s) => (s.timer[0]!.fields.config = '0xf0000000004030')],
    ['an enabled timer 10', (s) => (s.timer[10]!.fields.config = '0xf0000000000034')],
    ['a waiting timer 10', (s) => (s.timer[10]!.fields.timer = '0x1')],
    ['a wide comparator', (s) => (s.timer[0]!.fields.config = '0xf0000000002930')],
  ])('%s that no guest can have is refused, and the device is as it was', (_what, spoil) => {
    const m = machine()
    const { vmsd } = TYPE_HPET.class()
    const saved = vmstateSave(vmsd!, m.hpet)
    const spoiled = structuredClone(saved) as { fields: Parameters<typeof spoil>[0] }
    spoil(spoiled.fields)

    expect(() => vmstateLoad(vmsd!, m.hpet, spoiled as never)).toThrow(/hpet: refused/)
    expect(vmstateSave(vmsd!, m.hpet)).toEqual(saved)
  })
})

it('whatever a guest writes, registers hold what they can, time does not stand still and the state can be saved', () => {
  const access = fc.record({
    reg: fc.integer({ min: 0, max: 0x3ff }),
    size: fc.constantFrom<1 | 2 | 4 | 8>(1, 2, 4, 8),
    value: fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 0x7fffn })),
    ticks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
  })
  fc.assert(
    fc.property(fc.boolean(), fc.array(access, { maxLength: 60 }), (msi, accesses) => {
      const m = machine({ msi })
      const memory = m.system.addressSpaceMemory
      m.write(CONFIG, 1)
      for (const { reg, size, value, ticks } of accesses) {
        if (size === 8) addressSpaceStore64(memory, HPET_BASE + reg, value)
        else addressSpaceStore(memory, HPET_BASE + reg, Number(value & 0xffff_ffffn), size)
        m.advance(ticks)
        for (const n of [0, 1, 2]) {
          expect(m.read(config(n)) & ~0x7f4en).toBe(0x00f0_0000_0000_0030n | (msi ? 0x8000n : 0n))
          expect((LINES >> Number((m.read(config(n)) >> 9n) & 31n)) & 1).toBe(1)
        }
        expect(m.read(STATUS) < 8n).toBe(true)
      }
      const { vmsd } = TYPE_HPET.class()
      const saved = vmstateSave(vmsd!, m.hpet)
      vmstateLoad(vmsd!, m.hpet, saved)
      expect(vmstateSave(vmsd!, m.hpet)).toEqual(saved)
    }),
    { numRuns: 100 },
  )
})
