// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { port92SetupA20Line, TYPE_PORT92 } from './port92.js'

function machine() {
  const system = new SystemState()
  const bus = isaBusNew(system)
  const dev = TYPE_PORT92.new()
  const a20: number[] = []
  port92SetupA20Line(
    dev,
    qemuAllocateIrq((_n, level) => a20.push(level), 0),
  )
  isaRealize(dev, bus)
  const write = (value: number): void => void addressSpaceStore(system.addressSpaceIo, 0x92, value, 1)
  const read = (): number => addressSpaceLoad(system.addressSpaceIo, 0x92, 1)
  return { system, bus, dev, a20, read, write }
}

describe('port 92', () => {
  it('bit 1 is the A20 gate', () => {
    const { a20, read, write } = machine()
    write(0x02)
    write(0x00)
    expect(a20).toEqual([1, 0])
    expect(read()).toBe(0)
  })

  it('bit 0 resets when it goes from 0 to 1', () => {
    const { read, system, write } = machine()
    write(0x01)
    expect(system.requests.reset).toBe('guest-reset')
    system.requests.reset = null
    write(0x03)
    expect(system.requests.reset).toBeNull()
    expect(read()).toBe(0x03)
  })

  it('a reset clears bit 0 alone', () => {
    const { bus, read, write } = machine()
    write(0xff)
    resettableReset(bus, 'cold')
    expect(read()).toBe(0xfe)
  })

  it('its byte is its state', () => {
    const from = machine()
    from.write(0xa2)
    const to = machine()
    vmstateLoad(to.dev.qomClass.vmsd!, to.dev, vmstateSave(from.dev.qomClass.vmsd!, from.dev))
    expect(to.read()).toBe(0xa2)
  })

  it('property: accesses of any size at and around its port are answered', () => {
    const access = fc.record({
      port: fc.integer({ min: 0x8f, max: 0x93 }),
      size: fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>,
      value: fc.option(fc.nat(0xffff_ffff)),
    })
    fc.assert(
      fc.property(fc.array(access), (accesses) => {
        const { system, a20 } = machine()
        for (const { port, size, value } of accesses) {
          if (value !== null) addressSpaceStore(system.addressSpaceIo, port, value, size)
          else expect(addressSpaceLoad(system.addressSpaceIo, port, size)).toBeLessThan(2 ** (8 * size))
        }
        expect(a20.every((level) => level === 0 || level === 1)).toBe(true)
      }),
    )
  })
})
