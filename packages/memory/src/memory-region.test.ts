// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { objectGetCanonicalPath, objectPropertyGet, objectRootNew, objectUnparent } from '@dromaius/qom'
import { describe, expect, it } from 'vitest'
import { addressSpaceStore, addressSpaceStore64 } from './address-space-access.js'
import { AddressSpace } from './address-space.js'
import { HWADDR_SPACE_SIZE, MEMTX_OK } from './hwaddr.js'
import { memoryRegionAddEventfd } from './ioeventfd.js'
import * as init from './memory-region-init.js'
import type { MemoryRegionOps } from './memory-region-ops.js'
import * as tree from './memory-region-tree.js'
import { MemoryRegion, memoryRegionInit, TYPE_MEMORY_REGION } from './memory-region.js'
import { heapRamAllocator } from './ram-allocator.js'
import { systemMemoryInit } from './system-memory.js'

const ops: MemoryRegionOps = { read: () => 0, write: () => undefined, endianness: 'little' }

describe('MemoryRegion in the composition tree', () => {
  it('is a numbered child of its owner, with path syntax in its name escaped', () => {
    const root = objectRootNew()
    const one = new MemoryRegion()
    const two = new MemoryRegion()
    memoryRegionInit(one, root, 'bus', 16)
    init.memoryRegionInitIo(two, root, ops, 'a/b', 16)
    expect(objectGetCanonicalPath(one)).toBe('/bus[0]')
    expect(objectGetCanonicalPath(two)).toBe('/a\\x2fb[0]')
    expect(TYPE_MEMORY_REGION.is(one)).toBe(true)
  })

  it('shows its place as properties', () => {
    const root = objectRootNew()
    const bus = new MemoryRegion()
    memoryRegionInit(bus, root, 'bus', HWADDR_SPACE_SIZE)
    const dev = new MemoryRegion()
    init.memoryRegionInitIo(dev, root, ops, 'dev', 16)
    tree.memoryRegionAddSubregionOverlap(bus, 0x100, dev, 2)
    expect(objectPropertyGet(dev, 'addr')).toBe(0x100n)
    expect(objectPropertyGet(dev, 'size')).toBe(16n)
    expect(objectPropertyGet(dev, 'priority')).toBe(2)
    expect(objectPropertyGet(dev, 'container')).toBe('/bus[0]')
    expect(objectPropertyGet(bus, 'size')).toBe(0xffff_ffff_ffff_ffffn)
  })

  it('that ends leaves the tree and frees its RAM', () => {
    const root = objectRootNew()
    const system = systemMemoryInit()
    const as = new AddressSpace(system, 'memory')
    const ram = new MemoryRegion()
    init.memoryRegionInitRam(ram, root, 'ram', 4096, heapRamAllocator)
    tree.memoryRegionAddSubregion(system, 0, ram)
    const block = ram.ramBlock!
    objectUnparent(ram)
    expect(as.flatView.ranges).toEqual([])
    expect(tree.memoryRegionIsMapped(ram)).toBe(false)
    expect(() => block.load(0, 1)).toThrow()
  })
})

describe('MemoryRegion', () => {
  it('mapped twice, into itself or at a bad place is a mistake', () => {
    const system = systemMemoryInit()
    const dev = new MemoryRegion()
    init.memoryRegionInitIo(dev, null, ops, 'dev', 16)
    tree.memoryRegionAddSubregion(system, 0, dev)
    expect(() => tree.memoryRegionAddSubregion(system, 32, dev)).toThrow(/mapped already/)
    expect(() => tree.memoryRegionAddSubregion(dev, 0, system)).toThrow(/cannot contain itself/)
    expect(() => tree.memoryRegionSetAddress(dev, -1)).toThrow(/Bad memory region address/)
    expect(() => tree.memoryRegionSetAddress(dev, 2 ** 54)).toThrow(/Bad memory region address/)
    expect(() => tree.memoryRegionSetSize(dev, NaN)).toThrow(/Bad memory region size/)
    expect(() => tree.memoryRegionDelSubregion(dev, system)).toThrow(/not in dev/)
  })

  it('whose functions take 8 bytes must have them', () => {
    const wide = { ...ops, impl: { maxAccessSize: 8 } }
    expect(() => init.memoryRegionInitIo(new MemoryRegion(), null, wide, 'wide', 8)).toThrow(
      /read64 and write64/,
    )
  })

  it('that shows RAM through aliases gives the block and the offset in it', () => {
    const ram = new MemoryRegion()
    init.memoryRegionInitRam(ram, null, 'ram', 0x4000, heapRamAllocator)
    const half = new MemoryRegion()
    init.memoryRegionInitAlias(half, null, 'half', ram, 0x2000, 0x2000)
    const quarter = new MemoryRegion()
    init.memoryRegionInitAlias(quarter, null, 'quarter', half, 0x1000, 0x1000)
    expect(tree.memoryRegionGetRamBlock(quarter)).toEqual({ block: ram.ramBlock, offset: 0x3000 })
    expect(tree.memoryRegionGetRamBlock(systemMemoryInit())).toBeNull()
  })

  it('signals an eventfd itself when no accelerator does', () => {
    const path = join(tmpdir(), `dromaius-eventfd-${process.pid}`)
    const fd = openSync(path, 'w')
    try {
      const writes: number[] = []
      const dev = new MemoryRegion()
      const record = { ...ops, write: (_addr: number, value: number) => void writes.push(value) }
      init.memoryRegionInitIo(dev, null, record, 'dev', 64)
      const as = new AddressSpace(dev, 'memory')
      memoryRegionAddEventfd(dev, 0, 4, true, 7n, fd)
      memoryRegionAddEventfd(dev, 8, 0, false, 0n, fd)
      expect(addressSpaceStore(as, 0, 7, 4)).toBe(MEMTX_OK)
      addressSpaceStore(as, 8, 1, 2)
      expect(writes).toEqual([])
      // Another value, another size, another address: the device gets them.
      addressSpaceStore(as, 0, 8, 4)
      addressSpaceStore(as, 0, 7, 2)
      addressSpaceStore64(as, 16, 5n)
      expect(writes).toEqual([8, 7, 5, 0])
      expect(readFileSync(path)).toEqual(Buffer.from('01000000000000000100000000000000', 'hex'))
    } finally {
      closeSync(fd)
      rmSync(path)
    }
  })
})
