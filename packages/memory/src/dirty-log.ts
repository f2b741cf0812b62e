// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { AddressSpace } from './address-space.js'
import { DIRTY_MEMORY_BIT, type DirtyBitmapSnapshot, type DirtyMemoryClient } from './dirty-memory.js'
import type { FlatRange } from './flat-view.js'
import type { MemoryListener } from './memory-listener.js'
import type { MemoryRegion } from './memory-region.js'
import type { MemoryTopology } from './memory-topology.js'
import type { RAMBlock } from './ram-block.js'

/**
 * Starts or stops logging of writes to a region for the display; calls nest.
 * @qemu softmmu/memory.c memory_region_set_log
 */
export function memoryRegionSetLog(mr: MemoryRegion, log: boolean, client: DirtyMemoryClient): void {
  assert(client === 'vga', 'Only the display logs single regions')
  const before = mr.vgaLoggingCount > 0
  mr.vgaLoggingCount += log ? 1 : -1
  assert(mr.vgaLoggingCount >= 0, `Logging of ${mr.name} was stopped more often than started`)
  if (before === mr.vgaLoggingCount > 0) return
  const { topology } = mr
  topology.begin()
  mr.dirtyLogMask ^= DIRTY_MEMORY_BIT[client]
  topology.updatePending ||= mr.enabled
  topology.commit()
}

function ramOf(mr: MemoryRegion): RAMBlock {
  assert(mr.ramBlock, `Region ${mr.name} has no RAM`)
  return mr.ramBlock
}

/**
 * Marks bytes of a RAM region as written, for the clients that log.
 * @qemu softmmu/memory.c memory_region_set_dirty
 */
export function memoryRegionSetDirty(mr: MemoryRegion, offset: number, size: number): void {
  ramOf(mr).dirty.set(offset, size, mr.getDirtyLogMask())
}

/** Calls back for the sections of listeners with a method: all that log, or those of one region. */
function forEachLogged(
  topology: MemoryTopology,
  mr: MemoryRegion | null,
  call: (listener: MemoryListener, as: AddressSpace, fr: FlatRange) => void,
): void {
  for (const as of topology.addressSpaces) {
    for (const listener of as.listeners) {
      for (const fr of as.flatView.ranges) {
        if (fr.dirtyLogMask !== 0 && (!mr || fr.mr === mr)) call(listener, as, fr)
      }
    }
  }
}

/**
 * @qemu softmmu/memory.c memory_region_sync_dirty_bitmap
 */
function syncDirtyBitmap(topology: MemoryTopology, mr: MemoryRegion | null): void {
  forEachLogged(topology, mr, (listener, as, fr) => listener.logSync?.(as.sectionOf(fr)))
}

/**
 * @qemu softmmu/memory.c memory_region_clear_dirty_bitmap
 */
function clearDirtyBitmap(mr: MemoryRegion, offset: number, size: number): void {
  forEachLogged(mr.topology, mr, (listener, as, fr) => {
    const from = Math.max(fr.offsetInRegion, offset)
    const to = Math.min(fr.offsetInRegion + fr.size, offset + size)
    if (from >= to) return
    listener.logClear?.({
      ...as.sectionOf(fr),
      offsetWithinRegion: from,
      offsetWithinAddressSpace: fr.start + (from - fr.offsetInRegion),
      size: to - from,
    })
  })
}

/**
 * Asks the accelerators for what the guest wrote, takes the client's dirty pages of a stretch of a RAM
 * region, and clears them.
 * The first call for a client finds all pages dirty.
 * @qemu softmmu/memory.c memory_region_snapshot_and_clear_dirty
 */
export function memoryRegionSnapshotAndClearDirty(
  mr: MemoryRegion,
  offset: number,
  size: number,
  client: DirtyMemoryClient,
): DirtyBitmapSnapshot {
  const block = ramOf(mr)
  syncDirtyBitmap(mr.topology, mr)
  const snapshot = block.dirty.snapshotAndClear(offset, size, client)
  clearDirtyBitmap(mr, offset, size)
  return snapshot
}

function refreshMigrationBit(topology: MemoryTopology, on: boolean): void {
  topology.begin()
  topology.globalDirtyLog = on
  topology.updatePending = true
  topology.commit()
}

/**
 * Starts logging of all RAM writes of a tree, for migration.
 * @qemu softmmu/memory.c memory_global_dirty_log_start
 */
export function memoryGlobalDirtyLogStart(as: AddressSpace): void {
  const { topology } = as
  if (topology.globalDirtyLog) return
  for (const listener of [...topology.listeners]) listener.logGlobalStart?.()
  refreshMigrationBit(topology, true)
}

/**
 * Ends what `memoryGlobalDirtyLogStart` began.
 * @qemu softmmu/memory.c memory_global_dirty_log_stop
 */
export function memoryGlobalDirtyLogStop(as: AddressSpace): void {
  const { topology } = as
  if (!topology.globalDirtyLog) return
  refreshMigrationBit(topology, false)
  for (const listener of [...topology.listeners].reverse()) listener.logGlobalStop?.()
}

/**
 * Brings all dirty bitmaps of a tree up to date.
 * @qemu softmmu/memory.c memory_global_dirty_log_sync
 */
export function memoryGlobalDirtyLogSync(as: AddressSpace): void {
  syncDirtyBitmap(as.topology, null)
}
