// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MultibootFields, multibootFlat } from '../test/kernels.js'
import { multibootMemory } from './load-multiboot.js'
import { findMultibootHeader, parseMultiboot } from './multiboot.js'

const LIMIT = 0x8000000
const CODE = [1, 2, 3, 4]

describe('findMultibootHeader', () => {
  it('finds it on any multiple of four bytes in the first 8 KiB', () => {
    const header = multibootFlat([])
    expect(findMultibootHeader(header)).toBe(0)
    expect(findMultibootHeader(Buffer.concat([Buffer.alloc(4096), header]))).toBe(4096)
    expect(findMultibootHeader(Buffer.concat([Buffer.alloc(2), header]))).toBeNull()
    expect(findMultibootHeader(Buffer.concat([Buffer.alloc(8192), header]))).toBeNull()
  })

  it('tells of a checksum that is wrong, unless a right one follows', () => {
    const bad = multibootFlat([], { checksum: 1 })
    expect(findMultibootHeader(bad)).toBe('bad')
    expect(findMultibootHeader(Buffer.concat([bad, multibootFlat([])]))).toBe(32)
  })
})

describe('parseMultiboot with addresses', () => {
  const parse = (fields: MultibootFields) => parseMultiboot(multibootFlat(CODE, fields), 0, 'k', LIMIT)

  it('loads the whole file, and clears what is asked for behind it', () => {
    const image = parse({ bssEndAddr: 0x200000 + 64 })
    expect(image).toMatchObject({ loadAddr: 0x200000, entry: 0x200020, wantsVideo: false })
    expect(image.data).toHaveLength(64)
    expect([...image.data.subarray(32, 37)]).toEqual([1, 2, 3, 4, 0])
  })

  it('loads only up to load_end_addr', () => {
    expect(parse({ loadEndAddr: 0x200000 + 34 }).data).toHaveLength(34)
  })

  it.each<[string, MultibootFields, RegExp]>([
    ['load_addr behind the header', { headerAddr: 0x1ff000 }, /invalid load_addr/],
    ['a header_addr that the file has no room for', { headerAddr: 0x200100 }, /invalid header_addr/],
    ['load_end_addr before load_addr', { loadEndAddr: 0x1000 }, /invalid load_end_addr/],
    ['load_end_addr beyond the file', { loadEndAddr: 0x201000 }, /beyond the end of the file/],
    ['bss_end_addr within the file', { bssEndAddr: 0x200004 }, /invalid bss_end_addr/],
    ['4 GiB of zeros', { bssEndAddr: 0xffffffff }, /does not fit into RAM/],
    ['an address outside RAM', { loadAddr: 0xfff00000 }, /does not fit into RAM/],
    ['an entry outside', { entryAddr: 0x300000 }, /entry_addr outside the kernel/],
  ])('%s is refused', (_what, fields, message) => {
    expect(() => parse(fields)).toThrow(message)
  })

  it('property: any header gives a kernel within RAM or one UserError', () => {
    const word = fc.oneof(fc.integer({ min: 0x1ffff0, max: 0x200040 }), fc.nat(0xffffffff))
    fc.assert(
      fc.property(
        fc.record({ headerAddr: word, loadAddr: word, loadEndAddr: word, bssEndAddr: word, entryAddr: word }),
        (fields) => {
          try {
            const { loadAddr, data, entry } = parse(fields)
            expect(loadAddr + data.length).toBeLessThanOrEqual(LIMIT)
            expect(entry - loadAddr).toBeLessThan(data.length)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
          }
        },
      ),
    )
  })
})

describe('multibootMemory', () => {
  it('counts from 0 and from 1 MiB to the first hole', () => {
    const memmap = [
      { addr: 0, size: 0x9fc00, type: 1 },
      { addr: 0x9fc00, size: 0x60400, type: 2 },
      { addr: 0x100000, size: 0x700000, type: 1 },
      { addr: 0x800000, size: 0x100000, type: 1 },
      { addr: 0x1000000, size: 0x100000, type: 1 },
    ]
    expect(multibootMemory(memmap)).toEqual({ lower: 639, upper: 8192 })
  })
})
