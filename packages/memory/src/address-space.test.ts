// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { addressSpaceStore } from './address-space-access.js'
import { AddressSpace, addressSpaceDestroy } from './address-space.js'
import * as coalesced from './coalesced.js'
import { MEMTX_OK } from './hwaddr.js'
import { memoryRegionAddEventfd, memoryRegionDelEventfd } from './ioeventfd.js'
import { memoryListenerRegister, memoryListenerUnregister, type MemoryListener } from './memory-listener.js'
import * as init from './memory-region-init.js'
import * as tree from './memory-region-tree.js'
import { MemoryRegion } from './memory-region.js'
import { memoryRegionTransactionBegin, memoryRegionTransactionCommit } from './memory-topology.js'
import { systemMemoryInit } from './system-memory.js'

/** A listener that writes down all it is told. */
function recorder(log: string[], name = 'a', priority = 0): MemoryListener {
  return {
    name,
    priority,
    begin: () => log.push(`${name} begin`),
    commit: () => log.push(`${name} commit`),
    regionAdd: (s) => log.push(`${name} add ${s.mr.name}@${s.offsetWithinAddressSpace}+${s.size}`),
    regionDel: (s) => log.push(`${name} del ${s.mr.name}@${s.offsetWithinAddressSpace}+${s.size}`),
    regionNop: (s) => log.push(`${name} nop ${s.mr.name}`),
    eventfdAdd: (s, match, data, fd) =>
      log.push(`${name} eventfd add ${s.offsetWithinAddressSpace}+${s.size} ${match ? data : '*'} ${fd}`),
    eventfdDel: (s, _match, _data, fd) => log.push(`${name} eventfd del ${s.offsetWithinAddressSpace} ${fd}`),
    coalescedIoAdd: (_s, addr, length) => log.push(`${name} coalesced add ${addr}+${length}`),
    coalescedIoDel: (_s, addr, length) => log.push(`${name} coalesced del ${addr}+${length}`),
  }
}

function io(name: string, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  init.memoryRegionInitIo(
    mr,
    null,
    { read: () => 0, write: () => undefined, endianness: 'little' },
    name,
    size,
  )
  return mr
}

function machine(): { system: MemoryRegion; as: AddressSpace; log: string[] } {
  const system = systemMemoryInit()
  return { system, as: new AddressSpace(system, 'memory'), log: [] }
}

/** Takes what was logged so far. */
function taken(log: string[]): string[] {
  return log.splice(0)
}

describe('memory listener', () => {
  it('that registers hears what is there, and one that goes hears it leave', () => {
    const { system, as, log } = machine()
    const dev = io('dev', 16)
    coalesced.memoryRegionAddCoalescing(dev, 0, 4)
    memoryRegionAddEventfd(dev, 8, 4, false, 0n, 5)
    tree.memoryRegionAddSubregion(system, 32, dev)
    const listener = recorder(log)
    memoryListenerRegister(listener, as)
    expect(taken(log)).toEqual([
      'a begin',
      'a add dev@32+16',
      'a eventfd add 40+4 * 5',
      'a coalesced add 32+4',
      'a commit',
    ])
    memoryListenerUnregister(listener, as)
    memoryListenerUnregister(listener, as)
    expect(taken(log)).toEqual([
      'a begin',
      'a eventfd del 40 5',
      'a coalesced del 32+4',
      'a del dev@32+16',
      'a commit',
    ])
    tree.memoryRegionDelSubregion(system, dev)
    expect(log).toEqual([])
  })

  it('hears additions in ascending, removals in descending order of priority, all removals first', () => {
    const { system, as, log } = machine()
    const dev = io('dev', 16)
    const other = io('other', 16)
    tree.memoryRegionAddSubregion(system, 0, dev)
    tree.memoryRegionAddSubregion(system, 64, other)
    memoryListenerRegister(recorder(log, 'high', 10), as)
    memoryListenerRegister(recorder(log, 'low', 0), as)
    taken(log)
    tree.memoryRegionSetAddress(dev, 128)
    expect(log).toEqual([
      'low begin',
      'high begin',
      'high del dev@0+16',
      'low del dev@0+16',
      'low nop other',
      'high nop other',
      'low add dev@128+16',
      'high add dev@128+16',
      'low commit',
      'high commit',
    ])
  })

  it('hears of a region that is cut by another as removal and addition of the parts', () => {
    const { system, as, log } = machine()
    tree.memoryRegionAddSubregion(system, 0, io('dev', 16))
    memoryListenerRegister(recorder(log), as)
    taken(log)
    tree.memoryRegionAddSubregionOverlap(system, 4, io('hole', 4), 1)
    expect(log).toEqual([
      'a begin',
      'a del dev@0+16',
      'a add dev@0+4',
      'a add hole@4+4',
      'a add dev@8+8',
      'a commit',
    ])
  })
})

describe('memory transaction', () => {
  it('that is nested tells listeners once, when the outermost is committed', () => {
    const { system, as, log } = machine()
    memoryListenerRegister(recorder(log), as)
    taken(log)
    memoryRegionTransactionBegin(as)
    memoryRegionTransactionBegin(system)
    tree.memoryRegionAddSubregion(system, 0, io('a', 16))
    const b = io('b', 16)
    tree.memoryRegionAddSubregion(system, 16, b)
    tree.memoryRegionDelSubregion(system, b)
    memoryRegionTransactionCommit(system)
    expect(log).toEqual([])
    expect(as.flatView.ranges).toHaveLength(0)
    memoryRegionTransactionCommit(as)
    expect(log).toEqual(['a begin', 'a add a@0+16', 'a commit'])
  })

  it('that was begun on a region before it joined the tree holds the tree back', () => {
    const { system, as, log } = machine()
    memoryListenerRegister(recorder(log), as)
    taken(log)
    const dev = io('dev', 16)
    memoryRegionTransactionBegin(dev)
    tree.memoryRegionAddSubregion(system, 0, dev)
    expect(log).toEqual([])
    memoryRegionTransactionCommit(system)
    expect(log).toHaveLength(3)
  })

  it('without a change tells nobody, and of one machine nobody of another', () => {
    const one = machine()
    const two = machine()
    memoryListenerRegister(recorder(one.log), one.as)
    memoryListenerRegister(recorder(two.log), two.as)
    taken(one.log)
    taken(two.log)
    memoryRegionTransactionBegin(one.as)
    memoryRegionTransactionCommit(one.as)
    tree.memoryRegionAddSubregion(one.system, 0, io('dev', 16))
    expect(one.log).toHaveLength(3)
    expect(two.log).toEqual([])
    expect(() => memoryRegionTransactionCommit(two.as)).toThrow(/without begin/)
  })
})

describe('ioeventfd', () => {
  it('comes and goes with its region, at absolute addresses', () => {
    const { system, as, log } = machine()
    memoryListenerRegister(recorder(log), as)
    taken(log)
    const dev = io('dev', 16)
    tree.memoryRegionAddSubregion(system, 100, dev)
    taken(log)
    memoryRegionAddEventfd(dev, 4, 2, true, 7n, 5)
    memoryRegionAddEventfd(dev, 0, 0, false, 0n, 6)
    expect(taken(log)).toEqual(['a eventfd add 104+2 7 5', 'a eventfd add 100+0 * 6'])
    tree.memoryRegionSetAddress(dev, 200)
    expect(taken(log).filter((line) => line.includes('eventfd'))).toEqual([
      'a eventfd del 100 6',
      'a eventfd del 104 5',
      'a eventfd add 200+0 * 6',
      'a eventfd add 204+2 7 5',
    ])
    memoryRegionDelEventfd(dev, 4, 2, true, 7n, 5)
    expect(taken(log)).toEqual(['a eventfd del 204 5'])
    expect(() => memoryRegionDelEventfd(dev, 4, 2, true, 7n, 5)).toThrow(/no such eventfd/)
  })

  it('several changes in a transaction are told as their difference', () => {
    const { system, as, log } = machine()
    const dev = io('dev', 16)
    tree.memoryRegionAddSubregion(system, 0, dev)
    memoryRegionAddEventfd(dev, 0, 1, true, 1n, 5)
    memoryListenerRegister(recorder(log), as)
    taken(log)
    memoryRegionTransactionBegin(dev)
    memoryRegionAddEventfd(dev, 0, 1, true, 2n, 6)
    memoryRegionDelEventfd(dev, 0, 1, true, 1n, 5)
    memoryRegionAddEventfd(dev, 8, 1, true, 3n, 7)
    memoryRegionDelEventfd(dev, 8, 1, true, 3n, 7)
    memoryRegionTransactionCommit(dev)
    expect(log).toEqual(['a eventfd del 0 5', 'a eventfd add 0+1 2 6'])
  })

  it('of a region that no space shows is told to nobody', () => {
    const { system, as, log } = machine()
    const dev = io('dev', 16)
    tree.memoryRegionAddSubregion(system, 0, dev)
    tree.memoryRegionAddSubregionOverlap(system, 0, io('cover', 16), 1)
    memoryListenerRegister(recorder(log), as)
    taken(log)
    memoryRegionAddEventfd(dev, 0, 1, false, 0n, 5)
    expect(log).toEqual([])
  })
})

describe('coalesced ranges', () => {
  it('are told as far as they are seen', () => {
    const { system, as, log } = machine()
    const dev = io('dev', 64)
    tree.memoryRegionAddSubregion(system, 0, dev)
    tree.memoryRegionAddSubregionOverlap(system, 16, io('hole', 16), 1)
    memoryListenerRegister(recorder(log), as)
    taken(log)
    coalesced.memoryRegionAddCoalescing(dev, 8, 32)
    expect(taken(log)).toEqual(['a coalesced add 8+8', 'a coalesced add 32+8'])
    coalesced.memoryRegionClearCoalescing(dev)
    expect(taken(log)).toEqual(['a coalesced del 8+8', 'a coalesced del 32+8'])
    coalesced.memoryRegionSetCoalescing(dev)
    expect(taken(log)).toEqual(['a coalesced add 0+16', 'a coalesced add 32+32'])
  })

  it('are delivered before the region is touched and before the tree changes, and delivery does not start itself', () => {
    const { system, as } = machine()
    const dev = io('dev', 16)
    tree.memoryRegionAddSubregion(system, 0, dev)
    coalesced.memoryRegionAddCoalescing(dev, 0, 16)
    let flushes = 0
    as.setCoalescedFlush(() => {
      flushes++
      addressSpaceStore(as, 4, 1, 4)
    })
    expect(addressSpaceStore(as, 0, 1, 4)).toBe(MEMTX_OK)
    expect(flushes).toBe(1)
    tree.memoryRegionAddSubregion(system, 64, io('plain', 16))
    expect(flushes).toBe(2)
    addressSpaceStore(as, 64, 1, 4)
    expect(flushes).toBe(2)
  })
})

describe('memoryRegionFind', () => {
  it('gives the first section that overlaps, cut to what was asked', () => {
    const { system } = machine()
    const bus = new MemoryRegion()
    init.memoryRegionInitIo(bus, null, null, 'bus', 64)
    tree.memoryRegionAddSubregion(system, 1000, bus)
    tree.memoryRegionAddSubregion(bus, 8, io('dev', 8))
    const found = tree.memoryRegionFind(bus, 4, 6)!
    expect([found.mr.name, found.offsetWithinAddressSpace, found.size]).toEqual(['bus', 1004, 4])
    const dev = tree.memoryRegionFind(bus, 10, 100)!
    expect([dev.mr.name, dev.offsetWithinRegion, dev.size]).toEqual(['dev', 2, 6])
    expect(tree.memoryRegionFind(system, 0, 1000)).toBeNull()
    expect(tree.memoryRegionFind(io('loose', 8), 0, 8)).toBeNull()
    expect(tree.memoryRegionPresent(bus, 8)).toBe(true)
    expect(tree.memoryRegionPresent(bus, 0)).toBe(false)
  })
})

describe('AddressSpace', () => {
  it('that leaves a region out shows what lies below it, before and after the tree changes', () => {
    const { system } = machine()
    const over = io('over', 16)
    tree.memoryRegionAddSubregion(system, 0, io('dev', 32))
    tree.memoryRegionAddSubregionOverlap(system, 8, over, 1)
    const below = new AddressSpace(system, 'below', over)
    const seen = (): string[] =>
      below.flatView.ranges.map(({ mr, start, end }) => `${mr.name}@${start}-${end}`)
    expect(seen()).toEqual(['dev@0-32'])
    tree.memoryRegionAddSubregionOverlap(system, 4, io('late', 8), 2)
    expect(seen()).toEqual(['dev@0-4', 'late@4-12', 'dev@12-32'])
    addressSpaceDestroy(below)
  })

  it('that is destroyed tells its listeners and follows the tree no longer', () => {
    const { system, as, log } = machine()
    tree.memoryRegionAddSubregion(system, 0, io('dev', 16))
    memoryListenerRegister(recorder(log), as)
    taken(log)
    addressSpaceDestroy(as)
    expect(log).toEqual(['a begin', 'a del dev@0+16', 'a commit'])
    tree.memoryRegionAddSubregion(system, 16, io('late', 16))
    expect(as.flatView.ranges).toEqual([])
    expect(log).toHaveLength(3)
    expect(() => addressSpaceDestroy(as)).toThrow(/destroyed already/)
  })
})
