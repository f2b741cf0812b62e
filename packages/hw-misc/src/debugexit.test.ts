// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaRealize } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { objectPropertyParse, qdevUnrealize } from '@dromaius/qom'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_ISA_DEBUG_EXIT } from './debugexit.js'

function machine(props: Record<string, string> = {}) {
  const system = new SystemState()
  const dev = TYPE_ISA_DEBUG_EXIT.new()
  for (const [name, value] of Object.entries(props)) objectPropertyParse(dev, name, value)
  isaRealize(dev, isaBusNew(system))
  return { system, dev }
}

describe('isa-debug-exit', () => {
  it.each([
    [0x00, 1],
    [0x10, 33],
    [0x7f, 255],
    [0xff, 255],
  ])('writing %i asks for a shutdown with exit code %i', (value, exitCode) => {
    const { system } = machine()
    addressSpaceStore(system.addressSpaceIo, 0x501, value, 1)
    expect(system.requests).toMatchObject({ shutdown: 'guest-shutdown', shutdownExitCode: exitCode })
  })

  it('reading gives 0 and ends nothing', () => {
    const { system } = machine()
    expect(addressSpaceLoad(system.addressSpaceIo, 0x501, 1)).toBe(0)
    expect(system.requests.shutdown).toBeNull()
  })

  it('takes other ports, and gives them back', () => {
    const { system, dev } = machine({ iobase: '0xf4', iosize: '4' })
    addressSpaceStore(system.addressSpaceIo, 0xf4, 3, 4)
    expect(system.requests.shutdownExitCode).toBe(7)
    qdevUnrealize(dev)
    expect(addressSpaceLoad(system.addressSpaceIo, 0xf4, 1)).toBe(0xff)
  })

  it('property: accesses of any size at and around its ports are answered, and an exit code is odd', () => {
    const access = fc.record({
      port: fc.integer({ min: 0x4fe, max: 0x504 }),
      size: fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>,
      value: fc.option(fc.nat(0xffff_ffff)),
    })
    fc.assert(
      fc.property(fc.array(access), (accesses) => {
        const { system } = machine()
        for (const { port, size, value } of accesses) {
          if (value !== null) addressSpaceStore(system.addressSpaceIo, port, value, size)
          else expect(addressSpaceLoad(system.addressSpaceIo, port, size)).toBeLessThan(2 ** (8 * size))
        }
        if (system.requests.shutdown !== null) expect(system.requests.shutdownExitCode & 1).toBe(1)
      }),
    )
  })
})
