// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { isaBusNew, isaBusRegisterInputIrqs, isaRealize } from '@dromaius/hw-core'
import {
  addressSpaceLoad,
  addressSpaceStore,
  heapRamAllocator,
  memoryRegionAddSubregion,
  memoryRegionInitIo,
  memoryRegionInitRam,
  type RamAllocator,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import { qdevUnrealize } from '@dromaius/qom'
import { qemuAllocateIrqs, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_PC_TESTDEV } from './pc-testdev.js'

function machine() {
  const system = new SystemState()
  const bus = isaBusNew(system)
  const levels = new Array<number>(16).fill(0)
  isaBusRegisterInputIrqs(
    bus,
    qemuAllocateIrqs((n, level) => (levels[n] = level), 16),
  )
  const forgotten: number[][] = []
  const allocator: RamAllocator = (name, size) => ({
    ...heapRamAllocator(name, size),
    reprotect: (...page) => forgotten.push(page),
  })
  const ram = TYPE_MEMORY_REGION.new()
  memoryRegionInitRam(ram, null, 'ram', 0x10000, allocator)
  memoryRegionAddSubregion(system.systemMemory, 0x100000, ram)
  const dev = TYPE_PC_TESTDEV.new()
  isaRealize(dev, bus)
  const out = (port: number, value: number, size: 1 | 2 | 4): void =>
    void addressSpaceStore(system.addressSpaceIo, port, value, size)
  const read = (port: number, size: 1 | 2 | 4): number => addressSpaceLoad(system.addressSpaceIo, port, size)
  return { system, bus, dev, levels, forgotten, out, read }
}

describe('pc-testdev', () => {
  it('port 0xe0 keeps what is written, in accesses of any size', () => {
    const { out, read } = machine()
    out(0xe0, 0x12345678, 4)
    expect([0, 1, 2, 3].map((n) => read(0xe0 + n, 1))).toEqual([0x78, 0x56, 0x34, 0x12])
    out(0xe2, 0xabcd, 2)
    expect(read(0xe0, 4)).toBe(0xabcd5678)
  })

  it('port 0xe8 is the same register byte by byte', () => {
    const { out, read } = machine()
    out(0xe8, 0x11223344, 4)
    expect(read(0xe0, 4)).toBe(0x11223344)
    expect(read(0xe9, 1)).toBe(0x33)
  })

  it('leaves port 0xe9 to a debug console, before it or after it', () => {
    const { out, read, system } = machine()
    const console = TYPE_MEMORY_REGION.new()
    memoryRegionInitIo(
      console,
      null,
      { read: () => 0xe9, write: () => undefined, endianness: 'little' },
      'c',
      1,
    )
    out(0xe0, 0x11223344, 4)
    expect(read(0xe9, 1)).toBe(0x33)
    memoryRegionAddSubregion(system.systemIo, 0xe9, console)
    expect([read(0xe8, 1), read(0xe9, 1), read(0xea, 1)]).toEqual([0x44, 0xe9, 0x22])
  })

  it('port 0x2000 + n is interrupt line n, and above 15 there is none', () => {
    const { levels, out } = machine()
    out(0x2005, 1, 1)
    out(0x200f, 0x80, 1)
    expect([levels[5], levels[15]]).toEqual([1, 1])
    out(0x2005, 0, 1)
    out(0x2017, 1, 1)
    expect([levels[5], levels.filter((level) => level === 1).length]).toEqual([0, 1])
  })

  it('port 0xe4 has the page of an address forgotten, where that is RAM', () => {
    const { forgotten, out } = machine()
    out(0xe4, 0x103abc, 4)
    out(0xe4, 0xff000000, 4)
    out(0xe4, 0x5000, 4)
    out(0xe4, 0x103000, 2)
    expect(forgotten).toEqual([[0x3000, 4096]])
  })

  it('memory at 0xff000000 is 64 KiB that the guest can use', () => {
    const { system } = machine()
    const { addressSpaceMemory: memory } = system
    addressSpaceStore(memory, 0xff00_0004, 0xdeadbeef, 4)
    addressSpaceStore(memory, 0xff00_ffff, 0x5a, 1)
    expect(addressSpaceLoad(memory, 0xff00_0006, 2)).toBe(0xdead)
    expect(addressSpaceLoad(memory, 0xff00_ffff, 1)).toBe(0x5a)
  })

  it('there is one of it, and what it had is free when it goes', () => {
    const { bus, dev, read } = machine()
    expect(() => isaRealize(TYPE_PC_TESTDEV.new(), bus)).toThrow('in use by')
    qdevUnrealize(dev)
    expect(read(0xe0, 1)).toBe(0xff)
    isaRealize(TYPE_PC_TESTDEV.new(), bus)
  })

  it('register and memory are its state', () => {
    const from = machine()
    from.out(0xe0, 0xcafe, 4)
    addressSpaceStore(from.system.addressSpaceMemory, 0xff00_0000, 7, 1)
    const saved = JSON.parse(JSON.stringify(vmstateSave(from.dev.qomClass.vmsd!, from.dev)))
    const to = machine()
    vmstateLoad(to.dev.qomClass.vmsd!, to.dev, saved)
    expect(to.read(0xe0, 4)).toBe(0xcafe)
    expect(addressSpaceLoad(to.system.addressSpaceMemory, 0xff00_0000, 1)).toBe(7)
  })

  it('property: any accesses of any size at any of its addresses are answered', () => {
    const size = fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>
    const port = fc.oneof(fc.integer({ min: 0xdd, max: 0xec }), fc.integer({ min: 0x1ffe, max: 0x2019 }))
    const access = fc.record({
      port,
      size,
      value: fc.nat(0xffff_ffff),
      write: fc.boolean(),
      memory: fc.nat(0x1_0002),
    })
    fc.assert(
      fc.property(fc.array(access), (accesses) => {
        const { system, out, read } = machine()
        for (const { port: at, size: bytes, value, write, memory } of accesses) {
          if (write) {
            out(at, value, bytes)
            addressSpaceStore(system.addressSpaceMemory, 0xff00_0000 + memory, value, bytes)
          } else {
            expect(read(at, bytes)).toBeLessThan(2 ** (8 * bytes))
            addressSpaceLoad(system.addressSpaceMemory, 0xff00_0000 + memory, bytes)
          }
        }
      }),
    )
  })
})
