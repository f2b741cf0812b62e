// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressSpaceMap,
  addressSpaceStore,
  addressSpaceUnmap,
  addressSpaceWrite,
} from './address-space-access.js'
import { AddressSpace } from './address-space.js'
import * as dirtyLog from './dirty-log.js'
import { DIRTY_MEMORY_BIT, DIRTY_PAGE_SIZE, DirtyMemory } from './dirty-memory.js'
import { memoryListenerRegister } from './memory-listener.js'
import { memoryRegionInitRam } from './memory-region-init.js'
import { memoryRegionAddSubregion } from './memory-region-tree.js'
import { MemoryRegion } from './memory-region.js'
import { heapRamAllocator } from './ram-allocator.js'
import { systemMemoryInit } from './system-memory.js'

const PAGES = 40

function setUp(): { as: AddressSpace; ram: MemoryRegion; log: string[] } {
  const system = systemMemoryInit()
  const as = new AddressSpace(system, 'memory')
  const ram = new MemoryRegion()
  memoryRegionInitRam(ram, null, 'ram', PAGES * DIRTY_PAGE_SIZE, heapRamAllocator)
  memoryRegionAddSubregion(system, 0x10_0000, ram)
  const log: string[] = []
  memoryListenerRegister(
    {
      name: 'test',
      priority: 0,
      logStart: (_section, old, mask) => log.push(`start ${old}->${mask}`),
      logStop: (_section, old, mask) => log.push(`stop ${old}->${mask}`),
      logSync: (section) => log.push(`sync ${section.mr.name}`),
      logClear: (section) => log.push(`clear ${section.offsetWithinRegion}+${section.size}`),
      logGlobalStart: () => log.push('global start'),
      logGlobalStop: () => log.push('global stop'),
    },
    as,
  )
  return { as, ram, log }
}

function dirtyPages(ram: MemoryRegion, client: 'vga' | 'migration'): number[] {
  const snapshot = dirtyLog.memoryRegionSnapshotAndClearDirty(ram, 0, PAGES * DIRTY_PAGE_SIZE, client)
  return Array.from({ length: PAGES }, (_, page) => page).filter((page) =>
    snapshot.getDirty(page * DIRTY_PAGE_SIZE, 1),
  )
}

describe('dirty logging', () => {
  it('for the display nests, and tells listeners of the first start and the last stop', () => {
    const { ram, log } = setUp()
    dirtyLog.memoryRegionSetLog(ram, true, 'vga')
    dirtyLog.memoryRegionSetLog(ram, true, 'vga')
    dirtyLog.memoryRegionSetLog(ram, false, 'vga')
    expect(log).toEqual(['start 0->1'])
    dirtyLog.memoryRegionSetLog(ram, false, 'vga')
    expect(log).toEqual(['start 0->1', 'stop 1->0'])
    expect(() => dirtyLog.memoryRegionSetLog(ram, false, 'vga')).toThrow(/more often/)
  })

  it('finds all pages at first, then those that were written since', () => {
    const { as, ram, log } = setUp()
    dirtyLog.memoryRegionSetLog(ram, true, 'vga')
    expect(dirtyPages(ram, 'vga')).toHaveLength(PAGES)
    expect(log).toContain('sync ram')
    expect(log).toContain(`clear 0+${PAGES * DIRTY_PAGE_SIZE}`)
    expect(dirtyPages(ram, 'vga')).toEqual([])
    addressSpaceStore(as, 0x10_0000 + 3 * DIRTY_PAGE_SIZE - 1, 0, 2)
    addressSpaceWrite(as, 0x10_0000 + 17 * DIRTY_PAGE_SIZE, new Uint8Array(DIRTY_PAGE_SIZE + 1))
    addressSpaceMap(as, 0x10_0000, 8, true)!.fill(1)
    addressSpaceUnmap(as, 0x10_0000, 8)
    dirtyLog.memoryRegionSetDirty(ram, 39 * DIRTY_PAGE_SIZE, 1)
    expect(dirtyPages(ram, 'vga')).toEqual([0, 2, 3, 17, 18, 39])
    expect(dirtyPages(ram, 'vga')).toEqual([])
  })

  it('for migration covers all RAM while it is on', () => {
    const { as, ram, log } = setUp()
    dirtyLog.memoryGlobalDirtyLogStart(as)
    dirtyPages(ram, 'migration')
    addressSpaceStore(as, 0x10_0000, 1, 1)
    dirtyLog.memoryGlobalDirtyLogSync(as)
    expect(dirtyPages(ram, 'migration')).toEqual([0])
    dirtyLog.memoryGlobalDirtyLogStop(as)
    addressSpaceStore(as, 0x10_0000, 1, 1)
    expect(dirtyPages(ram, 'migration')).toEqual([])
    const told = log.filter((line) => !line.startsWith('clear'))
    expect(told).toEqual([
      'global start',
      'start 0->4',
      'sync ram',
      'sync ram',
      'sync ram',
      'stop 4->0',
      'global stop',
    ])
  })
})

describe('listener that registers while migration logs', () => {
  it('is told so, and of each section that is logged', () => {
    const { as } = setUp()
    dirtyLog.memoryGlobalDirtyLogStart(as)
    const log: string[] = []
    const listener = {
      name: 'late',
      priority: 0,
      logGlobalStart: () => log.push('global start'),
      logStart: (_section: unknown, old: number, mask: number) => log.push(`start ${old}->${mask}`),
    }
    memoryListenerRegister(listener, as)
    expect(log).toEqual(['global start', 'start 0->4'])
  })
})

describe('DirtyMemory', () => {
  it('behaves as a set of pages, for a bitmap of the kernel too', () => {
    const range = fc.tuple(fc.nat(PAGES * DIRTY_PAGE_SIZE), fc.nat(5 * DIRTY_PAGE_SIZE))
    const command = fc.oneof(
      range.map((at) => ({ op: 'set' as const, at, bitmap: new Uint8Array() })),
      range.map((at) => ({ op: 'take' as const, at, bitmap: new Uint8Array() })),
      fc
        .tuple(range, fc.uint8Array({ maxLength: 7 }))
        .map(([at, bitmap]) => ({ op: 'bitmap' as const, at, bitmap })),
    )
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const dirty = new DirtyMemory(PAGES * DIRTY_PAGE_SIZE)
        dirty.snapshotAndClear(0, PAGES * DIRTY_PAGE_SIZE, 'vga')
        const model = new Set<number>()
        for (const { op, at, bitmap } of commands) {
          const [offset, length] = at
          const first = Math.floor(offset / DIRTY_PAGE_SIZE)
          const end = Math.min(length === 0 ? first : Math.ceil((offset + length) / DIRTY_PAGE_SIZE), PAGES)
          if (op === 'set') {
            dirty.set(offset, length, DIRTY_MEMORY_BIT.vga | DIRTY_MEMORY_BIT.code)
            for (let page = first; page < end; page++) model.add(page)
          } else if (op === 'bitmap') {
            dirty.setLeBitmap(bitmap, first * DIRTY_PAGE_SIZE, DIRTY_MEMORY_BIT.vga)
            for (let i = 0; i < bitmap.length * 8; i++) {
              if ((bitmap[i >> 3]! >> (i & 7)) & 1 && first + i < PAGES) model.add(first + i)
            }
          } else {
            const snapshot = dirty.snapshotAndClear(offset, length, 'vga')
            for (let page = first; page < end; page++) {
              expect(snapshot.getDirty(page * DIRTY_PAGE_SIZE, 1)).toBe(model.delete(page))
            }
          }
          for (let page = 0; page < PAGES; page++) {
            expect(dirty.get(page * DIRTY_PAGE_SIZE, DIRTY_PAGE_SIZE, 'vga')).toBe(model.has(page))
          }
        }
      }),
    )
  })
})
