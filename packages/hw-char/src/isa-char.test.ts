// SPDX-License-Identifier: GPL-2.0-or-later
import {
  qemuChrBeCanWrite,
  qemuChrBeEvent,
  qemuChrBeWrite,
  qemuChrFeInit,
  qemuChrNew,
  TYPE_CHARDEV_RINGBUF,
  type RingBufChardev,
} from '@dromaius/chardev'
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaBusRegisterInputIrqs, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { objectPropertyParse, qdevUnrealize, resettableReset } from '@dromaius/qom'
import { qemuAllocateIrqs, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_ISA_DEBUGCON } from './debugcon.js'
import { TYPE_ISA_SERIAL } from './serial-isa.js'

function machine() {
  const system = new SystemState()
  const bus = isaBusNew(system)
  const levels = new Array<number>(16).fill(0)
  isaBusRegisterInputIrqs(
    bus,
    qemuAllocateIrqs((n, level) => (levels[n] = level), 16),
  )
  const serial = (props: Record<string, string>) => {
    const dev = TYPE_ISA_SERIAL.new()
    for (const [name, value] of Object.entries(props)) objectPropertyParse(dev, name, value)
    isaRealize(dev, bus)
    return dev
  }
  const ringbuf = (label: string) => qemuChrNew(label, 'ringbuf', { root: system.root }) as RingBufChardev
  const outb = (port: number, value: number): void =>
    void addressSpaceStore(system.addressSpaceIo, port, value, 1)
  const inb = (port: number): number => addressSpaceLoad(system.addressSpaceIo, port, 1)
  return { system, bus, levels, serial, ringbuf, outb, inb }
}

describe('isa-serial', () => {
  it('is COM1 to COM4 in order of creation, each with its ports and interrupt', () => {
    const { ringbuf, serial, outb, levels } = machine()
    const rings = [0, 1, 2, 3].map((i) => ringbuf(`serial${i}`))
    const devs = rings.map((_ring, i) => serial({ chardev: `serial${i}` }))
    expect(devs.map((dev) => [dev.iobase, dev.isairq])).toEqual([
      [0x3f8, 4],
      [0x2f8, 3],
      [0x3e8, 4],
      [0x2e8, 3],
    ])
    outb(0x2f8, 0x42)
    expect(rings.map((ring) => ring.readText())).toEqual(['', 'B', '', ''])
    outb(0x3f9, 0x01)
    qemuChrBeWrite(rings[0]!, Buffer.from('x'))
    expect([levels[3], levels[4]]).toEqual([0, 1])
  })

  it('goes where iobase and irq say', () => {
    const { ringbuf, serial, outb } = machine()
    const ring = ringbuf('c')
    serial({ chardev: 'c', iobase: '0x1000', irq: '7' })
    outb(0x1000, 0x41)
    expect(ring.readText()).toBe('A')
  })

  it.each([
    [{ chardev: 'zz' }, "Property 'isa-serial.chardev' can't find value 'zz'"],
    [{ chardev: 'c', index: '7' }, 'Max. supported number of ISA serial ports is 4.'],
    [{ chardev: 'c', irq: '16' }, 'Maximum value for "irq" is: 15'],
  ])('with %o is refused', (props, message) => {
    const { ringbuf, serial } = machine()
    ringbuf('c')
    expect(() => serial(props)).toThrow(message)
  })

  it('cannot share a back end, and gives it back when its ports are taken or it goes', () => {
    const { ringbuf, serial } = machine()
    ringbuf('c')
    ringbuf('d')
    const first = serial({ chardev: 'c' })
    expect(() => serial({ chardev: 'c' })).toThrow(
      "Property 'isa-serial.chardev' can't take value 'c': Device 'c' is in use",
    )
    expect(() => serial({ chardev: 'd', iobase: '0x3f8' })).toThrow("ioport 0x3f8-0x3ff in use by 'serial'")
    qdevUnrealize(first)
    serial({ chardev: 'c', iobase: '0x3f8' })
    serial({ chardev: 'd', iobase: '0x2f8' })
  })

  it('a reset and a saved state reach the UART', () => {
    const { bus, ringbuf, serial, outb, inb } = machine()
    ringbuf('c')
    const dev = serial({ chardev: 'c' })
    outb(0x3ff, 0x5a)
    const saved = vmstateSave(dev.qomClass.vmsd!, dev)
    resettableReset(bus, 'cold')
    expect(inb(0x3ff)).toBe(0)
    vmstateLoad(dev.qomClass.vmsd!, dev, saved)
    expect(inb(0x3ff)).toBe(0x5a)
  })
})

describe('isa-serial and isa-debugcon', () => {
  it('property: accesses of any size at and around their ports, and any input, are answered', () => {
    const step = fc.record({
      port: fc.oneof(fc.integer({ min: 0x3f5, max: 0x402 }), fc.integer({ min: 0xe6, max: 0xeb })),
      size: fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>,
      value: fc.option(fc.nat(0xffff_ffff)),
      input: fc.uint8Array({ maxLength: 5 }),
      event: fc.constantFrom('break', 'opened', 'closed', null),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { system, bus, ringbuf, serial, levels } = machine()
        const ring = ringbuf('s')
        serial({ chardev: 's' })
        ringbuf('d')
        const debugcon = TYPE_ISA_DEBUGCON.new()
        debugcon.chardev = 'd'
        isaRealize(debugcon, bus)
        for (const { port, size, value, input, event } of steps) {
          if (value !== null) addressSpaceStore(system.addressSpaceIo, port, value, size)
          else expect(addressSpaceLoad(system.addressSpaceIo, port, size)).toBeLessThan(2 ** (8 * size))
          if (input.length <= qemuChrBeCanWrite(ring)) qemuChrBeWrite(ring, input)
          if (event) qemuChrBeEvent(ring, event)
          expect([0, 1]).toContain(levels[4])
        }
      }),
    )
  })
})

describe('isa-debugcon', () => {
  it('sends every byte written to 0xe9, and reads 0xe9', () => {
    const { bus, outb, inb } = machine()
    const dev = TYPE_ISA_DEBUGCON.new()
    const ring = TYPE_CHARDEV_RINGBUF.new()
    qemuChrFeInit(dev.chr, ring)
    isaRealize(dev, bus)
    outb(0xe9, 0x21)
    expect(ring.readText()).toBe('!')
    expect(inb(0xe9)).toBe(0xe9)
  })

  it('takes another port and another value to read', () => {
    const { bus, ringbuf, outb, inb } = machine()
    const ring = ringbuf('debugcon')
    const dev = TYPE_ISA_DEBUGCON.new()
    for (const [name, value] of [
      ['iobase', '0x402'],
      ['readback', '0x55'],
      ['chardev', 'debugcon'],
    ] as const) {
      objectPropertyParse(dev, name, value)
    }
    isaRealize(dev, bus)
    outb(0x402, 0x3f)
    expect([ring.readText(), inb(0x402)]).toEqual(['?', 0x55])
    qdevUnrealize(dev)
    expect(inb(0x402)).toBe(0xff)
  })

  it('needs a back end', () => {
    const { bus } = machine()
    expect(() => isaRealize(TYPE_ISA_DEBUGCON.new(), bus)).toThrow(
      "Can't create debugcon device, empty char device",
    )
  })
})
