// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as access from './address-space-access.js'
import { AddressSpace } from './address-space.js'
import { HWADDR_LIMIT, MEMTX_DECODE_ERROR, MEMTX_OK } from './hwaddr.js'
import * as init from './memory-region-init.js'
import * as tree from './memory-region-tree.js'
import { MemoryRegion } from './memory-region.js'
import { heapRamAllocator } from './ram-allocator.js'
import { systemIoInit, systemMemoryInit } from './system-memory.js'

const GiB = 2 ** 30

function machine(): { system: MemoryRegion; as: AddressSpace } {
  const system = systemMemoryInit()
  return { system, as: new AddressSpace(system, 'memory') }
}

function ramAt(system: MemoryRegion, addr: number, size: number, name = 'ram'): MemoryRegion {
  const ram = new MemoryRegion()
  init.memoryRegionInitRam(ram, null, name, size, heapRamAllocator)
  tree.memoryRegionAddSubregion(system, addr, ram)
  return ram
}

describe('access to RAM', () => {
  it('reads back what was written, by any mix of sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(60), fc.constantFrom(1 as const, 2 as const, 4 as const), fc.nat()), {
          maxLength: 20,
        }),
        (stores) => {
          const { system, as } = machine()
          ramAt(system, 0, 64)
          const model = new Uint8Array(68)
          const view = new DataView(model.buffer)
          for (const [addr, size, value] of stores) {
            expect(access.addressSpaceStore(as, addr, value, size)).toBe(MEMTX_OK)
            if (size === 4) view.setUint32(addr, value, true)
            else if (size === 2) view.setUint16(addr, value, true)
            else view.setUint8(addr, value)
          }
          const bytes = new Uint8Array(64)
          expect(access.addressSpaceRead(as, 0, bytes)).toBe(MEMTX_OK)
          expect(bytes).toEqual(model.subarray(0, 64))
          expect(access.addressSpaceLoad(as, 10, 4)).toBe(view.getUint32(10, true))
          expect(access.addressSpaceLoad64(as, 3)).toBe(view.getBigUint64(3, true))
        },
      ),
    )
  })

  it('that straddles two windows of a large block works', () => {
    const { system, as } = machine()
    ramAt(system, 0, 2 * GiB)
    const addr = GiB - 3
    expect(access.addressSpaceStore(as, addr, 0xa1b2_c3d4, 4)).toBe(MEMTX_OK)
    expect(access.addressSpaceLoad(as, addr, 4)).toBe(0xa1b2_c3d4)
    access.addressSpaceWrite(as, addr, new Uint8Array([1, 2, 3, 4, 5, 6]))
    const bytes = new Uint8Array(6)
    access.addressSpaceRead(as, addr, bytes)
    expect(Array.from(bytes)).toEqual([1, 2, 3, 4, 5, 6])
    expect(access.addressSpaceLoad(as, GiB, 1)).toBe(4)
    expect(access.addressSpaceMap(as, addr, 100)).toHaveLength(3)
  })

  it('above 4 GiB reaches the block behind the PCI hole', () => {
    const { system, as } = machine()
    const ram = new MemoryRegion()
    init.memoryRegionInitRam(ram, null, 'ram', 5 * GiB, heapRamAllocator)
    const parts = [
      ['ram-below-4g', 0, 3 * GiB, 0],
      ['ram-above-4g', 3 * GiB, 2 * GiB, 4 * GiB],
    ] as const
    for (const [name, offset, size, addr] of parts) {
      const part = new MemoryRegion()
      init.memoryRegionInitAlias(part, null, name, ram, offset, size)
      tree.memoryRegionAddSubregion(system, addr, part)
    }
    access.addressSpaceStore(as, 4 * GiB + 8, 0xfeed, 2)
    expect(ram.ramBlock!.load(3 * GiB + 8, 2)).toBe(0xfeed)
    // The last bytes below the hole are RAM, the next ones nobody's.
    expect(access.addressSpaceStore(as, 3 * GiB - 2, 0x1234_5678, 4)).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceLoad(as, 3 * GiB - 2, 4)).toBe(0x5678)
  })

  it('of a freed block throws instead of reading what is there now', () => {
    const { system, as } = machine()
    const ram = ramAt(system, 0, 4096)
    access.addressSpaceStore(as, 0, 1, 1)
    ram.ramBlock!.free()
    expect(() => access.addressSpaceLoad(as, 0, 1)).toThrow()
  })

  it('mapped in place is the RAM itself, and null where there is none', () => {
    const { system, as } = machine()
    ramAt(system, 0x1000, 0x1000)
    const bytes = access.addressSpaceMap(as, 0x1ff0, 64, true)!
    expect(bytes).toHaveLength(16)
    bytes[0] = 0x5a
    expect(access.addressSpaceLoad(as, 0x1ff0, 1)).toBe(0x5a)
    expect(access.addressSpaceMap(as, 0x2000, 16)).toBeNull()
    expect(access.addressSpaceMap(as, HWADDR_LIMIT, 16)).toBeNull()
    expect(access.addressSpaceMap(as, 0x1000, 0)).toBeNull()
  })
})

describe('ROM', () => {
  it('refuses the guest and takes what a loader writes', () => {
    const { system, as } = machine()
    const rom = new MemoryRegion()
    init.memoryRegionInitRom(rom, null, 'bios', 4096, heapRamAllocator)
    tree.memoryRegionAddSubregion(system, 0xf000, rom)
    access.addressSpaceWriteRom(as, 0xeffe, new Uint8Array([1, 2, 3, 4]))
    expect(access.addressSpaceStore(as, 0xf000, 0, 4)).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceWrite(as, 0xf000, new Uint8Array(8))).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceLoad(as, 0xf000, 2)).toBe(0x0403)
    expect(access.addressSpaceMap(as, 0xf000, 4, true)).toBeNull()
    expect(access.addressSpaceMap(as, 0xf000, 4)).toHaveLength(4)
  })

  it('through a read-only alias leaves the RAM behind it writable elsewhere', () => {
    const { system, as } = machine()
    const ram = ramAt(system, 0, 4096)
    const shadow = new MemoryRegion()
    init.memoryRegionInitAlias(shadow, null, 'pam-rom', ram, 0, 4096)
    tree.memoryRegionSetReadonly(shadow, true)
    tree.memoryRegionAddSubregion(system, 0x1_0000, shadow)
    expect(access.addressSpaceStore(as, 0, 7, 1)).toBe(MEMTX_OK)
    expect(access.addressSpaceStore(as, 0x1_0000, 9, 1)).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceLoad(as, 0x1_0000, 1)).toBe(7)
    tree.memoryRegionSetReadonly(shadow, false)
    expect(access.addressSpaceStore(as, 0x1_0000, 9, 1)).toBe(MEMTX_OK)
  })

  it('device reads like ROM in ROM mode and through its device otherwise; writes always reach the device', () => {
    const { system, as } = machine()
    const writes: number[] = []
    const flash = new MemoryRegion()
    const ops = {
      read: () => 0x80,
      write: (_addr: number, value: number) => void writes.push(value),
      endianness: 'little' as const,
    }
    init.memoryRegionInitRomDevice(flash, null, ops, 'flash', 4096, heapRamAllocator)
    flash.ramBlock!.store(0, 0x42, 1)
    tree.memoryRegionAddSubregion(system, 0, flash)
    access.addressSpaceStore(as, 0, 0x20, 1)
    expect(access.addressSpaceLoad(as, 0, 1)).toBe(0x42)
    tree.memoryRegionRomDeviceSetRomd(flash, false)
    expect(access.addressSpaceLoad(as, 0, 1)).toBe(0x80)
    expect(access.addressSpaceMap(as, 0, 1)).toBeNull()
    expect(writes).toEqual([0x20])
  })
})

describe('addresses that nobody answers', () => {
  it('in memory read 0 with a decode error', () => {
    const { as } = machine()
    expect(access.addressSpaceLoad(as, 0x1234, 4)).toBe(0)
    expect(as.lastResult).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceStore(as, 0x1234, 1, 4)).toBe(MEMTX_DECODE_ERROR)
    expect(as.unassigned).toEqual({ reads: 1, writes: 1 })
  })

  it('among ports read all ones without an error', () => {
    const as = new AddressSpace(systemIoInit(), 'I/O')
    expect([1, 2, 4].map((n) => access.addressSpaceLoad(as, 0x80, n as 1 | 2 | 4))).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ])
    expect(access.addressSpaceStore(as, 0x80, 1, 1)).toBe(MEMTX_OK)
  })

  it('are passed over at once, however long the transfer', () => {
    const { system, as } = machine()
    ramAt(system, 2 ** 40, 4096).ramBlock!.store(0, 0x77, 1)
    const bytes = new Uint8Array(64 * 2 ** 20).fill(1)
    expect(access.addressSpaceRead(as, 2 ** 40 - bytes.length + 1, bytes)).toBe(MEMTX_DECODE_ERROR)
    expect(bytes[0]).toBe(0)
    expect(bytes.at(-1)).toBe(0x77)
    expect(as.unassigned.reads).toBe(1)
  })

  it('at the end of all addresses harm nothing', () => {
    const { as } = machine()
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2 ** 64, noNaN: true }).map(Math.floor),
        fc.nat(64),
        (addr, length) => {
          expect(access.addressSpaceRead(as, addr, new Uint8Array(length))).toBe(
            length > 0 ? MEMTX_DECODE_ERROR : MEMTX_OK,
          )
          expect(access.addressSpaceWrite(as, addr, new Uint8Array(length))).toBe(
            length > 0 ? MEMTX_DECODE_ERROR : MEMTX_OK,
          )
          expect(access.addressSpaceLoad(as, addr, 4)).toBe(0)
          expect(access.addressSpaceMap(as, addr, length)).toBeNull()
        },
      ),
    )
  })
})

describe('random layouts', () => {
  it('read the bytes that each address holds by itself', () => {
    const part = fc.record({
      addr: fc.nat(40),
      size: fc.integer({ min: 1, max: 16 }),
      ram: fc.boolean(),
      priority: fc.nat(2),
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.nat(60), fc.nat(24), (parts, addr, length) => {
        const { system, as } = machine()
        for (const [i, { addr: at, size, ram, priority }] of parts.entries()) {
          const mr = new MemoryRegion()
          if (ram) {
            init.memoryRegionInitRam(mr, null, `ram${i}`, size, heapRamAllocator)
            for (let j = 0; j < size; j++) mr.ramBlock!.store(j, 0x80 + i * 16 + j, 1)
          } else {
            const read = (offset: number): number => (i * 16 + offset) & 0x7f
            const impl = { maxAccessSize: 1 }
            const valid = { maxAccessSize: 1 }
            init.memoryRegionInitIo(
              mr,
              null,
              { read, write: () => undefined, endianness: 'little', impl, valid },
              `io${i}`,
              size,
            )
          }
          tree.memoryRegionAddSubregionOverlap(system, at, mr, priority)
        }
        const bytes = new Uint8Array(length)
        access.addressSpaceRead(as, addr, bytes)
        const expected = Array.from(bytes, (_, i) => access.addressSpaceLoad(as, addr + i, 1))
        expect(Array.from(bytes)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })
})
