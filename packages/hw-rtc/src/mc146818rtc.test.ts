// SPDX-License-Identifier: GPL-2.0-or-later
import { apicReportIrqDelivered, SystemState } from '@dromaius/cpus'
import { isaBusNew, isaBusRegisterInputIrqs, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { objectPropertyParse, resettableReset } from '@dromaius/qom'
import { qemuAllocateIrqs, vmstateLoad, vmstateSave, type TimeSource } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configureRtc } from './configure-rtc.js'
import { rtcGetMemory, rtcSetMemory, TYPE_MC146818_RTC } from './mc146818rtc.js'
import { rtcBaseOffset } from './rtc-time.js'

const SECOND = 1_000_000_000n
/** Saturday 2006-06-17 16:01:21.25 UTC. */
const START = BigInt(Date.UTC(2006, 5, 17, 16, 1, 21)) * 1_000_000n + SECOND / 4n

/** Time that only goes on when told. */
class ManualTime implements TimeSource {
  ns = START
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

function machine(props: Record<string, string> = {}, rtcOption = '') {
  const time = new ManualTime()
  const system = new SystemState({ timeSource: time })
  configureRtc(system, rtcOption)
  const bus = isaBusNew(system)
  /** `pending`: the interrupt controller holds an interrupt that the guest has not served; another one is lost then. */
  const line = { level: 0, raised: 0, pending: false, delivered: 0 }
  isaBusRegisterInputIrqs(
    bus,
    qemuAllocateIrqs((n, level) => {
      if (n !== 8) return
      if (level && !line.level) line.raised++
      if (level) {
        apicReportIrqDelivered(system, line.pending ? 0 : 1)
        if (!line.pending) line.delivered++
        line.pending = true
      }
      line.level = level
    }, 16),
  )
  const rtc = TYPE_MC146818_RTC.new()
  for (const [name, value] of Object.entries({ base_year: '2000', ...props }))
    objectPropertyParse(rtc, name, value)
  isaRealize(rtc, bus)
  const outb = (port: number, value: number): void =>
    void addressSpaceStore(system.addressSpaceIo, port, value, 1)
  const read = (index: number): number => {
    outb(0x70, index)
    return addressSpaceLoad(system.addressSpaceIo, 0x71, 1)
  }
  const write = (index: number, value: number): void => {
    outb(0x70, index)
    outb(0x71, value)
  }
  /** Lets time pass in steps that miss no timer. */
  const elapse = (ns: bigint): void => {
    const end = time.ns + ns
    for (;;) {
      const deadline = system.clocks.host.deadlineNs()
      if (deadline === null || time.ns + deadline > end) break
      time.ns += deadline
      system.clocks.host.runTimers()
    }
    time.ns = end
  }
  /** Year, month, day, hours, minutes, seconds, as the registers show them. */
  const date = (): number[] => [9, 8, 7, 4, 2, 0].map(read)
  return { system, bus, rtc, line, read, write, elapse, date, time }
}

describe('MC146818 time', () => {
  it("starts with the host's time in BCD, 24 hours, with day of week and century", () => {
    const { date, read } = machine()
    expect(date()).toEqual([0x06, 0x06, 0x17, 0x16, 0x01, 0x21])
    expect(read(6)).toBe(7)
    expect(read(0x32)).toBe(0x20)
    expect([0x0a, 0x0b, 0x0c, 0x0d].map(read)).toEqual([0x26, 0x02, 0x00, 0x80])
  })

  it('the PS/2 century byte is the same one', () => {
    expect(machine().read(0x37)).toBe(0x20)
  })

  it('goes on, over the end of the minute', () => {
    const { date, elapse } = machine()
    elapse(38n * SECOND)
    expect(date().slice(4)).toEqual([0x01, 0x59])
    elapse(SECOND)
    expect(date().slice(4)).toEqual([0x02, 0x00])
  })

  it('shows binary and 12 hours when register B says so', () => {
    const { date, write, elapse } = machine()
    write(0x0b, 0x04)
    elapse(SECOND)
    expect(date()).toEqual([6, 6, 17, 0x84, 1, 22])
  })

  it('is set by the guest under SET, and goes on from there', () => {
    const { date, elapse, write } = machine()
    write(0x0b, 0x82)
    const set: [number, number][] = [
      [9, 0x31],
      [8, 0x12],
      [7, 0x31],
      [4, 0x23],
      [2, 0x59],
      [0, 0x59],
      [0x32, 0x19],
    ]
    for (const [reg, value] of set) write(reg, value)
    elapse(5n * SECOND)
    expect(date()).toEqual([0x31, 0x12, 0x31, 0x23, 0x59, 0x59])
    write(0x0b, 0x02)
    elapse(SECOND)
    expect(date()).toEqual([0x32, 0x01, 0x01, 0x00, 0x00, 0x00])
  })

  it('stands still while the divider is in reset, and starts half a second before an update', () => {
    const { date, elapse, write } = machine()
    write(0x0a, 0x76)
    elapse(10n * SECOND)
    expect(date()[5]).toBe(0x21)
    write(0x0a, 0x26)
    elapse(SECOND / 2n - 1n)
    expect(date()[5]).toBe(0x21)
    elapse(1n)
    expect(date()[5]).toBe(0x22)
  })

  it('UIP is set in the last 244 us of a second', () => {
    const { elapse, read } = machine()
    elapse((3n * SECOND) / 4n - 245_000n)
    expect(read(0x0a)).toBe(0x26)
    elapse(2_000n)
    expect(read(0x0a)).toBe(0xa6)
    elapse(243_000n)
    expect(read(0x0a)).toBe(0x26)
  })

  it.each([
    ['2024-02-29', [0x24, 0x02, 0x29, 0x00, 0x00, 0x00]],
    ['1999-12-31T23:59:58', [0x99, 0x12, 0x31, 0x23, 0x59, 0x58]],
  ])('base=%s starts there', (base, expected) => {
    expect(machine({}, `base=${base}`).date()).toEqual(expected)
  })

  it.each(['rt', 'vm'])('clock=%s starts with the date of the host all the same', (clock) => {
    expect(machine({}, `clock=${clock}`).date()).toEqual([0x06, 0x06, 0x17, 0x16, 0x01, 0x21])
  })

  it('clock=vm stands still while the machine is stopped', () => {
    const { date, system, time } = machine({}, 'clock=vm')
    time.ns += 5n * SECOND
    expect(date()[5]).toBe(0x21)
    system.clocks.enableVirtual(true)
    time.ns += 5n * SECOND
    expect(date()[5]).toBe(0x26)
  })

  it('a base that is no date is refused', () => {
    expect(() => rtcBaseOffset('tomorrow', START)).toThrow(
      "Valid formats: '2006-06-17T16:01:21' or '2006-06-17'",
    )
  })
})

describe('MC146818 interrupts', () => {
  it('update-ended comes every second, and reading C takes the line down', () => {
    const { elapse, line, read, write } = machine()
    read(0x0c)
    write(0x0b, 0x12)
    elapse(SECOND)
    expect(line.level).toBe(1)
    expect(read(0x0c) & 0x90).toBe(0x90)
    expect(line.level).toBe(0)
    expect(read(0x0c)).toBe(0)
    elapse(SECOND)
    expect(line.raised).toBe(2)
  })

  it('alarm comes at its time', () => {
    const { elapse, line, read, write } = machine()
    write(1, 0x30)
    write(3, 0x01)
    write(5, 0x16)
    read(0x0c)
    write(0x0b, 0x22)
    elapse(8n * SECOND)
    expect(line.level).toBe(0)
    elapse(SECOND)
    expect(line.level).toBe(1)
    expect(read(0x0c) & 0xa0).toBe(0xa0)
  })

  it('an alarm with "any" hours and minutes comes once a minute', () => {
    const { elapse, line, read, write } = machine()
    write(1, 0x05)
    write(3, 0xff)
    write(5, 0xff)
    read(0x0c)
    write(0x0b, 0x22)
    for (let i = 0; i < 180; i++) {
      elapse(SECOND)
      if (line.level) read(0x0c)
    }
    expect(line.raised).toBe(3)
  })

  it('periodic at rate 6 comes 1024 times a second', () => {
    const { elapse, line, read, write } = machine()
    write(0x0b, 0x42)
    elapse(SECOND / 1024n + 2n * 30518n)
    expect(line.level).toBe(1)
    expect(read(0x0c) & 0xc0).toBe(0xc0)
    let count = 0
    for (let i = 0; i < 512; i++) {
      elapse(SECOND / 1024n)
      if (read(0x0c) & 0x40) count++
    }
    expect(count).toBeGreaterThanOrEqual(511)
    write(0x0b, 0x02)
    read(0x0c)
    elapse(SECOND)
    expect(read(0x0c) & 0x40).toBe(0)
  })
})

describe('MC146818 lost ticks', () => {
  const TICK = SECOND / 1024n

  /** Periodic interrupts at 1024 Hz, ten of which the guest is asleep for; then it serves all that come. */
  function sleepThroughTen(policy: string) {
    const m = machine({ lost_tick_policy: policy })
    m.write(0x0b, 0x42)
    m.elapse(TICK * 10n + TICK / 2n)
    const serve = (): void => {
      m.line.pending = false
      m.read(0x0c)
    }
    return { ...m, serve }
  }

  it('are lost with lost_tick_policy=discard', () => {
    const { line, serve, rtc } = sleepThroughTen('discard')
    expect([line.delivered, rtc.irqCoalesced]).toEqual([1, 0])
    serve()
    expect(line.delivered).toBe(1)
  })

  it('are delivered on acknowledgement with slew, until the guest is up to date', () => {
    const { line, serve, rtc } = sleepThroughTen('slew')
    expect([line.delivered, rtc.irqCoalesced]).toEqual([1, 9])
    for (let i = 0; i < 9; i++) serve()
    expect([line.delivered, rtc.irqCoalesced]).toEqual([10, 0])
    serve()
    expect(line.delivered).toBe(10)
  })

  it('a guest that does not read C gets them by a timer that is up to eight times as fast', () => {
    const { line, rtc, elapse } = sleepThroughTen('slew')
    line.pending = false
    elapse(TICK / 2n)
    expect(line.delivered).toBe(2)
    line.pending = false
    elapse(TICK / 4n)
    expect(line.delivered).toBe(3)
    expect(rtc.irqCoalesced).toBeLessThan(9)
  })

  it('of the shortest period do not keep time from going on', () => {
    const { rtc, write, elapse, time } = sleepThroughTen('slew')
    // 8192 Hz: less than eight ticks of the 32768 Hz clock.
    write(0x0a, 0x23)
    expect(rtc.irqCoalesced).toBeGreaterThan(7)
    const before = time.ns
    elapse(TICK)
    expect(time.ns - before).toBe(TICK)
  })

  it('are time, not number: at half the rate there are half as many', () => {
    const { rtc, write } = sleepThroughTen('slew')
    write(0x0a, 0x27)
    expect(rtc.irqCoalesced).toBe(4)
  })

  it('are forgotten when the guest switches the interrupt off, and by a reset', () => {
    const { rtc, write, bus } = sleepThroughTen('slew')
    write(0x0b, 0x02)
    expect(rtc.irqCoalesced).toBe(0)
    const other = sleepThroughTen('slew')
    resettableReset(other.bus, 'cold')
    expect([other.rtc.irqCoalesced, other.rtc.coalescedTimer.pending()]).toEqual([0, false])
    resettableReset(bus, 'cold')
  })

  it('of a host that slept for minutes are counted in one go', () => {
    const { rtc, time, system } = sleepThroughTen('slew')
    time.ns += 100n * SECOND
    system.clocks.host.runTimers()
    expect(rtc.irqCoalesced).toBeGreaterThan(102_300)
    expect(rtc.irqCoalesced).toBeLessThan(102_500)
  })

  it('are part of the saved state', () => {
    const { rtc, serve } = sleepThroughTen('slew')
    serve()
    const saved = JSON.parse(JSON.stringify(vmstateSave(rtc.qomClass.vmsd!, rtc)))
    const to = machine({ lost_tick_policy: 'slew' })
    vmstateLoad(to.rtc.qomClass.vmsd!, to.rtc, saved)
    expect([to.rtc.irqCoalesced, to.rtc.irqReinjectOnAckCount]).toEqual([8, 1])
    expect(to.rtc.coalescedTimer.pending()).toBe(true)
  })
})

describe('MC146818 RAM and state', () => {
  it('the board and the guest share the RAM', () => {
    const { read, rtc, write } = machine()
    rtcSetMemory(rtc, 0x15, 0x80)
    expect(read(0x15)).toBe(0x80)
    write(0x40, 0x99)
    expect(rtcGetMemory(rtc, 0x40)).toBe(0x99)
  })

  it('C and D cannot be written, the index port reads all ones, bit 7 is not part of the index', () => {
    const { read, system, write } = machine()
    write(0x0c, 0xff)
    write(0x0d, 0x00)
    expect([read(0x0c), read(0x0d), read(0x8d)]).toEqual([0, 0x80, 0x80])
    expect(addressSpaceLoad(system.addressSpaceIo, 0x70, 1)).toBe(0xff)
  })

  it('a reset stops interrupts and keeps time and RAM', () => {
    const { bus, date, line, read, write, elapse } = machine()
    write(0x0b, 0x62)
    write(0x40, 0x77)
    write(0x0f, 0x05)
    elapse(SECOND)
    resettableReset(bus, 'cold')
    expect(line.level).toBe(0)
    expect([read(0x0b), read(0x40), read(0x0f)]).toEqual([0x02, 0x77, 0])
    expect(date()[5]).toBe(0x22)
  })

  it('state saved with timers running goes on in another machine', () => {
    const from = machine()
    from.write(0x0b, 0x52)
    from.write(0x40, 0x12)
    from.elapse(SECOND / 3n)
    from.read(0x0c)
    const saved = JSON.parse(JSON.stringify(vmstateSave(from.rtc.qomClass.vmsd!, from.rtc)))
    const to = machine()
    to.time.ns = from.time.ns
    vmstateLoad(to.rtc.qomClass.vmsd!, to.rtc, saved)
    expect(vmstateSave(to.rtc.qomClass.vmsd!, to.rtc)).toEqual(saved)
    to.elapse(SECOND)
    expect(to.line.level).toBe(1)
    expect(to.read(0x0c)).toBe(0xd0)
    expect(to.read(0x40)).toBe(0x12)
  })

  it('property: any accesses over any time give bytes, end, and can be saved', () => {
    const step = fc.record({
      index: fc.oneof(fc.nat(0x0f), fc.nat(0x7f)),
      value: fc.option(fc.nat(255)),
      ns: fc.oneof(fc.constant(0n), fc.bigInt(0n, 3n * SECOND)),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom('discard', 'slew'), (steps, policy) => {
        const { elapse, read, rtc, time, write, system } = machine({ lost_tick_policy: policy })
        for (const { index, value, ns } of steps) {
          if (value === null) expect(read(index)).toBeLessThanOrEqual(0xff)
          else write(index, value)
          // Periodic interrupts at 8 kHz over seconds would take the test too long.
          if (ns < SECOND / 50n) elapse(ns)
          else {
            time.ns += ns
            system.clocks.host.runTimers()
          }
        }
        vmstateSave(rtc.qomClass.vmsd!, rtc)
      }),
    )
  })

  it('property: accesses of any size at and around its ports are answered', () => {
    const access = fc.record({
      port: fc.integer({ min: 0x6d, max: 0x72 }),
      size: fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>,
      value: fc.option(fc.nat(0xffff_ffff)),
    })
    fc.assert(
      fc.property(fc.array(access), (accesses) => {
        const { system, line } = machine()
        for (const { port, size, value } of accesses) {
          if (value !== null) addressSpaceStore(system.addressSpaceIo, port, value, size)
          else expect(addressSpaceLoad(system.addressSpaceIo, port, size)).toBeLessThan(2 ** (8 * size))
          expect([0, 1]).toContain(line.level)
        }
      }),
    )
  })
})
