// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaBusRegisterInputIrqs, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, qemuAllocateIrqs, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { i8042SetupA20Line, TYPE_I8042 } from './i8042.js'

function machine() {
  const system = new SystemState()
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
  isaRealize(kbd, bus)
  const command = (value: number): void => void addressSpaceStore(system.addressSpaceIo, 0x64, value, 1)
  const write = (value: number): void => void addressSpaceStore(system.addressSpaceIo, 0x60, value, 1)
  const status = (): number => addressSpaceLoad(system.addressSpaceIo, 0x64, 1)
  const read = (): number => addressSpaceLoad(system.addressSpaceIo, 0x60, 1)
  return { system, bus, kbd, levels, a20, command, write, status, read }
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

  it('a keyboard or mouse that is not there times out', () => {
    const { command, read, status, write } = machine()
    write(0xff)
    expect(status() & 0x61).toBe(0x41)
    expect(read()).toBe(0xfe)
    expect(status() & 0x61).toBe(0)
    command(0xd4)
    write(0xff)
    expect(status() & 0x61).toBe(0x61)
    expect(read()).toBe(0xfe)
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

  it('property: any accesses give bytes and can be saved', () => {
    const step = fc.tuple(fc.constantFrom('command', 'write', 'read', 'status'), fc.nat(255))
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const m = machine()
        for (const [kind, value] of steps) {
          if (kind === 'command') m.command(value)
          else if (kind === 'write') m.write(value)
          else expect(kind === 'read' ? m.read() : m.status()).toBeLessThanOrEqual(0xff)
        }
        vmstateSave(m.kbd.qomClass.vmsd!, m.kbd)
      }),
    )
  })
})
