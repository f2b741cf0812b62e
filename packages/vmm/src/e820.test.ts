// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { E820_RAM, E820_RESERVED, E820Table } from './e820.js'

describe('E820Table', () => {
  it('a reserved range cuts a hole into RAM', () => {
    const table = new E820Table()

    table.add(0, 0x100000, E820_RAM)
    table.add(0x9fc00, 0x400, E820_RESERVED)

    expect(table.entries).toEqual([
      { addr: 0, size: 0x9fc00, type: E820_RAM },
      { addr: 0x9fc00, size: 0x400, type: E820_RESERVED },
      { addr: 0xa0000, size: 0x60000, type: E820_RAM },
    ])
  })

  it('any ranges give a sorted map in which every byte has the type that came last', () => {
    const range = fc.record({
      addr: fc.nat(50),
      size: fc.integer({ min: 1, max: 20 }),
      type: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const table = new E820Table()
        const model = new Array<number>(80).fill(0)
        for (const { addr, size, type } of ranges) {
          table.add(addr, size, type)
          model.fill(type, addr, addr + size)
        }

        const seen = new Array<number>(80).fill(0)
        let end = 0
        for (const { addr, size, type } of table.entries) {
          expect(addr).toBeGreaterThanOrEqual(end)
          expect(size).toBeGreaterThan(0)
          end = addr + size
          seen.fill(type, addr, end)
        }
        expect(seen).toEqual(model)
      }),
    )
  })
})
