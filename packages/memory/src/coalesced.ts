// SPDX-License-Identifier: GPL-2.0-or-later
import type { MemoryRegion } from './memory-region.js'

/**
 * Part of a region whose writes may be gathered and delivered late.
 * @qemu softmmu/memory.c CoalescedMemoryRange
 */
export interface CoalescedMemoryRange {
  /** Offset in the region, in bytes. */
  readonly offset: number
  /** Size in bytes. */
  readonly size: number
}

function notify(mr: MemoryRegion, range: CoalescedMemoryRange, add: boolean): void {
  for (const as of mr.topology.addressSpaces) {
    for (const fr of as.flatView.ranges) if (fr.mr === mr) as.notifyCoalesced(fr, range, add)
  }
}

/**
 * Lets writes to the whole region be delivered late.
 * @qemu softmmu/memory.c memory_region_set_coalescing
 */
export function memoryRegionSetCoalescing(mr: MemoryRegion): void {
  memoryRegionClearCoalescing(mr)
  memoryRegionAddCoalescing(mr, 0, mr.size)
}

/**
 * Lets writes to `size` bytes at `offset` be delivered late: before the next access to the region that cannot
 * wait, or before
 * the tree changes.
 * @qemu softmmu/memory.c memory_region_add_coalescing
 */
export function memoryRegionAddCoalescing(mr: MemoryRegion, offset: number, size: number): void {
  const range = { offset, size }
  mr.coalesced.push(range)
  notify(mr, range, true)
  mr.flushCoalescedMmio = true
}

/**
 * Ends late delivery for the region; what is on its way is delivered.
 * @qemu softmmu/memory.c memory_region_clear_coalescing
 */
export function memoryRegionClearCoalescing(mr: MemoryRegion): void {
  if (mr.coalesced.length === 0) return
  for (const as of mr.topology.addressSpaces) as.flushCoalesced()
  mr.flushCoalescedMmio = false
  for (let range = mr.coalesced.shift(); range; range = mr.coalesced.shift()) notify(mr, range, false)
}

/**
 * Has late writes (of any region) delivered before this region is touched.
 * @qemu softmmu/memory.c memory_region_set_flush_coalesced
 */
export function memoryRegionSetFlushCoalesced(mr: MemoryRegion): void {
  mr.flushCoalescedMmio = true
}
