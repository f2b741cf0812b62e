// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaBusRegisterInputIrqs, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { objectPropertyParse, resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, qemuAllocateIrqs, vmstateLoad, vmstateSave, type TimeSource } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { i8042SetupA20Line, TYPE_I8042 } from './i8042.js'

/** Time that only goes on when told. */
class ManualTime implements TimeSource {
  ns = 0n
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

function machine(props: Record<string, string> = {}) {
  const time = new ManualTime()
  const system = new SystemState({ timeSource: time })
  system.clocks.enableVirtual(true)
  const bus = isaBusNew(system)
  const levels = new Array<number>(16).fill(0)
  isaBusRegisterInputIrqs(
    bus,
    qemuAllocateIrqs((n, level) => (levels[n] = level), 16),
  )
  const kbd = TYPE_I8042.new()
  const a20: number[] = []
  i8042SetupA20Line(
    kbd,
    qemuAllocateIrq((_n, level) => a20.push(level), 0),
  )
  for (const [name, value] of Object.entries(props)) objectPropertyParse(kbd, name, value)
  isaRealize(kbd, bus)
  const command = (value: number): void => void addressSpaceStore(system.addressSpaceIo, 0x64, value, 1)
  const write = (value: number): void => void addressSpaceStore(system.addressSpaceIo, 0x60, value, 1)
  const status = (): number => addressSpaceLoad(system.addressSpaceIo, 0x64, 1)
  const read = (): number => addressSpaceLoad(system.addressSpaceIo, 0x60, 1)
  const elapse = (ns: bigint): void => {
    time.ns += ns
    system.clocks.virtual.runTimers()
  }
  return { system, bus, kbd, levels, a20, command, write, status, read, elapse }
}

describe('i8042', () => {
  it.each([0xfe, 0xf0, 0xf2, 0xfc])('command %i pulses the reset line', (value) => {
    const { command, system } = machine()
    command(value)
    expect(system.requests.reset).toBe('guest-reset')
  })

  it.each([0xff, 0xf1, 0xfd])('command %i pulses nothing', (value) => {
    const { command, system } = machine()
    command(value)
    expect(system.requests.reset).toBeNull()
  })

  it('self test answers 0x55 and sets the system flag', () => {
    const { command, read, status } = machine()
    expect(status() & 0x05).toBe(0)
    command(0xaa)
    expect(status() & 0x05).toBe(0x05)
    expect(read()).toBe(0x55)
    expect(status() & 0x01).toBe(0)
  })

  it('interface tests pass, the input port says unlocked', () => {
    const { command, read } = machine()
    const answer = (value: number): number => {
      command(value)
      return read()
    }
    expect([answer(0xab), answer(0xa9), answer(0xc0)]).toEqual([0x00, 0x00, 0x80])
  })

  it('the mode byte is kept, and switching interfaces off and on shows in it', () => {
    const { command, read, write } = machine()
    command(0x60)
    write(0x47)
    command(0xad)
    command(0xa7)
    command(0x20)
    expect(read()).toBe(0x77)
    command(0xae)
    command(0xa8)
    command(0x20)
    expect(read()).toBe(0x47)
  })

  it('a reply raises IRQ 1, what is put in for the mouse IRQ 12; reading takes them down', () => {
    const { command, levels, read, status, write } = machine()
    command(0xd2)
    write(0x1e)
    expect([levels[1], levels[12]]).toEqual([1, 0])
    expect(read()).toBe(0x1e)
    expect(levels[1]).toBe(0)
    command(0xd3)
    write(0x08)
    expect([levels[1], levels[12]]).toEqual([0, 1])
    expect(status() & 0x21).toBe(0x21)
    expect(read()).toBe(0x08)
    expect(levels[12]).toBe(0)
  })

  it('a byte waits for the one before it to be read; the controller comes before keyboard and mouse', () => {
    const { command, read, status, write } = machine()
    write(0xee)
    command(0xd4)
    write(0xf2)
    command(0xaa)
    expect(status() & 0x21).toBe(0x01)
    expect(read()).toBe(0xee)
    expect(read()).toBe(0x55)
    expect(status() & 0x21).toBe(0x21)
    expect([read(), read()]).toEqual([0xfa, 0x00])
    expect(status() & 0x21).toBe(0)
  })

  it('what a device has waits while its interface is off', () => {
    const { command, read, status, write } = machine()
    write(0xf2)
    expect(read()).toBe(0xfa)
    // The next byte is in the output buffer already.
    expect(read()).toBe(0xab)
    command(0xad)
    expect(status() & 0x01).toBe(1)
    write(0xee)
    expect(read()).toBe(0xee)
    command(0xad)
    expect(status() & 0x01).toBe(0)
  })

  it('reading an empty buffer gives the last byte again', () => {
    const { read, write } = machine()
    write(0xee)
    expect([read(), read(), read()]).toEqual([0xee, 0xee, 0xee])
  })

  it('with kbd-throttle the next byte of the keyboard comes after a millisecond', () => {
    const { elapse, read, status, write } = machine({ 'kbd-throttle': 'on' })
    write(0xf2)
    expect(read()).toBe(0xfa)
    expect(status() & 0x01).toBe(0)
    elapse(999_999n)
    expect(status() & 0x01).toBe(0)
    elapse(1n)
    expect(read()).toBe(0xab)
  })

  it('the A20 gate follows commands and the output port', () => {
    const { a20, command, read, write } = machine()
    command(0xdd)
    command(0xdf)
    command(0xd1)
    write(0xcd)
    expect(a20).toEqual([0, 1, 0])
    command(0xd0)
    expect(read() & 0x03).toBe(0x01)
  })

  it('bit 0 of the output port at 0 resets the machine', () => {
    const { command, system, write } = machine()
    command(0xd1)
    write(0xfe)
    expect(system.requests.reset).toBe('guest-reset')
  })

  it('a reset empties the buffer and takes the interrupt down', () => {
    const { bus, command, levels, status } = machine()
    command(0xaa)
    expect(levels[1]).toBe(1)
    resettableReset(bus, 'cold')
    expect([levels[1], status()]).toEqual([0, 0x18])
  })

  it('state saved between a command and its data byte goes on in another one', () => {
    const from = machine()
    from.command(0xaa)
    from.command(0x60)
    const saved = JSON.parse(JSON.stringify(vmstateSave(from.kbd.qomClass.vmsd!, from.kbd)))
    const to = machine()
    vmstateLoad(to.kbd.qomClass.vmsd!, to.kbd, saved)
    expect(vmstateSave(to.kbd.qomClass.vmsd!, to.kbd)).toEqual(saved)
    expect(to.read()).toBe(0x55)
    to.write(0x03)
    to.command(0x20)
    expect(to.read()).toBe(0x03)
  })

  it.each([
    [{ 'kbd-irq': '16' }, 'Maximum value for "kbd-irq" is: 15'],
    [{ 'mouse-irq': '99' }, 'Maximum value for "mouse-irq" is: 15'],
  ])('with %o is refused', (props, message) => {
    expect(() => machine(props)).toThrow(message)
  })

  it('property: any accesses of any size give bytes and can be saved and loaded', () => {
    const step = fc.record({
      kind: fc.constantFrom('store', 'load', 'time'),
      port: fc.integer({ min: 0x5e, max: 0x65 }),
      size: fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>,
      // Commands of controller, keyboard and mouse rather than anything.
      value: fc.oneof(
        fc.nat(0xffff_ffff),
        fc.integer({ min: 0xe0, max: 0xff }),
        fc.constantFrom(0x60, 0xd2, 0xd3, 0xd4),
      ),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('on', 'off'), (steps, throttle) => {
        const m = machine({ 'kbd-throttle': throttle })
        const { addressSpaceIo } = m.system
        for (const { kind, port, size, value } of steps) {
          if (kind === 'store') addressSpaceStore(addressSpaceIo, port, value, size)
          else if (kind === 'load')
            expect(addressSpaceLoad(addressSpaceIo, port, size)).toBeLessThan(2 ** (8 * size))
          else m.elapse(BigInt(value % 2_000_000))
          expect(m.kbd.ps2kbd.count).toBeLessThanOrEqual(19)
          expect(m.kbd.ps2mouse.count).toBeLessThanOrEqual(16)
        }
        const saved = vmstateSave(m.kbd.qomClass.vmsd!, m.kbd)
        const other = machine()
        vmstateLoad(other.kbd.qomClass.vmsd!, other.kbd, saved)
        expect(vmstateSave(other.kbd.qomClass.vmsd!, other.kbd)).toEqual(saved)
      }),
    )
  })

  it('state with a queue that contradicts itself is refused', () => {
    const { kbd, write } = machine()
    write(0xf2)
    const saved = JSON.parse(JSON.stringify(vmstateSave(kbd.qomClass.vmsd!, kbd)))
    for (const [field, value] of [
      ['count', 200],
      ['rptr', -1],
      ['wptr', 256],
      ['cwptr', 300],
      ['scancodeSet', 4],
    ] as const) {
      const broken = structuredClone(saved)
      broken.fields.ps2kbd.fields[field] = value
      expect(() => vmstateLoad(kbd.qomClass.vmsd!, machine().kbd, broken)).toThrow('PS/2')
    }
  })
})

/** Writes to a device as a driver does, and reads what it answers. */
function driver(props: Record<string, string> = {}) {
  const m = machine(props)
  const answer = (): number[] => {
    const bytes: number[] = []
    while (m.status() & 0x01) bytes.push(m.read())
    return bytes
  }
  const keyboard = (...bytes: number[]): number[] =>
    bytes.flatMap((byte) => {
      m.write(byte)
      return answer()
    })
  const mouse = (...bytes: number[]): number[] =>
    bytes.flatMap((byte) => {
      m.command(0xd4)
      m.write(byte)
      expect(m.status() & 0x21 || 0x21).toBe(0x21)
      return answer()
    })
  return { ...m, answer, keyboard, mouse }
}

describe('PS/2 keyboard', () => {
  it.each([
    ['reset', [0xff], [0xfa, 0xaa]],
    ['echo', [0xee], [0xee]],
    ['identify', [0xf2], [0xfa, 0xab, 0x83]],
    ['enable, disable', [0xf4, 0xf5, 0xf6], [0xfa, 0xfa, 0xfa]],
    ['lights', [0xed, 0x07], [0xfa, 0xfa]],
    ['repeat rate', [0xf3, 0x20], [0xfa, 0xfa]],
    [
      'scan code set: ask, set, ask',
      [0xf0, 0x00, 0xf0, 0x01, 0xf0, 0x00],
      [0xfa, 0xfa, 2, 0xfa, 0xfa, 0xfa, 0xfa, 1],
    ],
    ['no such scan code set', [0xf0, 0x04], [0xfa, 0xfe]],
    ['make and break of a key', [0xfc, 0x1c], [0xfa, 0xfa]],
    ['nothing, typematic for all keys', [0x00, 0xfa], [0xfa, 0xfa]],
    ['no such command', [0x05, 0xe1], [0xfe, 0xfe]],
  ])('%s', (_what, bytes, replies) => {
    expect(driver().keyboard(...bytes)).toEqual(replies)
  })

  it('answers in translated codes when the mode byte says so', () => {
    const { command, keyboard, write } = driver()
    command(0x60)
    write(0x45)
    expect(keyboard(0xf2, 0xf0, 0x00)).toEqual([0xfa, 0xab, 0x41, 0xfa, 0xfa, 0x41])
  })

  it('a new command makes the rest of the last reply void', () => {
    const { read, write, answer } = driver()
    write(0xf2)
    expect(read()).toBe(0xfa)
    write(0xee)
    expect(answer()).toEqual([0xee])
  })

  it('raises IRQ 1 for every byte', () => {
    const { levels, read, write } = machine()
    write(0xf2)
    for (const byte of [0xfa, 0xab, 0x83]) {
      expect(levels[1]).toBe(1)
      expect(read()).toBe(byte)
    }
    expect(levels[1]).toBe(0)
  })
})

describe('PS/2 mouse', () => {
  const WHEEL = [0xf3, 200, 0xf3, 100, 0xf3, 80]
  const FIVE_BUTTONS = [0xf3, 200, 0xf3, 200, 0xf3, 80]

  it.each([
    ['reset', [0xff], [0xfa, 0xaa, 0x00]],
    ['identify', [0xf2], [0xfa, 0x00]],
    ['defaults and status', [0xf6, 0xe9], [0xfa, 0xfa, 0x00, 0x02, 0x64]],
    [
      'enabled, remote, scale 2:1, resolution',
      [0xf4, 0xf0, 0xe7, 0xe8, 3, 0xe9],
      [...Array(5).fill(0xfa), 0xfa, 0x70, 3, 0],
    ],
    ['disabled, stream, scale 1:1', [0xf4, 0xf5, 0xea, 0xe6, 0xe9], [...Array(4).fill(0xfa), 0xfa, 0, 0, 0]],
    ['poll: it lies still', [0xeb], [0xfa, 0x08, 0x00, 0x00]],
    ['a wheel by knocks', [...WHEEL, 0xf2, 0xeb], [...Array(6).fill(0xfa), 0xfa, 3, 0xfa, 0x08, 0, 0, 0]],
    ['five buttons by knocks', [...FIVE_BUTTONS, 0xf2], [...Array(6).fill(0xfa), 0xfa, 4]],
    ['wrap sends back, and ends', [0xee, 0x12, 0xf2, 0xec, 0xf2], [0xfa, 0x12, 0xf2, 0xfa, 0xfa, 0]],
    ['reset ends wrap', [0xee, 0xff], [0xfa, 0xfa, 0xaa, 0]],
    ['no such command', [0x01], []],
  ])('%s', (_what, bytes, replies) => {
    expect(driver().mouse(...bytes)).toEqual(replies)
  })

  it('raises IRQ 12', () => {
    const { command, levels, write, read } = machine()
    command(0xd4)
    write(0xf2)
    expect([levels[1], levels[12]]).toEqual([0, 1])
    read()
    read()
    expect(levels[12]).toBe(0)
  })
})
