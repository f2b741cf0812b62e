// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { checkSize } from './hwaddr.js'
import type { MemoryRegionSection } from './memory-listener.js'
import type { MemoryRegion } from './memory-region.js'
import type { RAMBlock } from './ram-block.js'

/**
 * Runs a change of the tree in a transaction; `visible` says whether address spaces can look different after
 * it.
 */
function change(mr: MemoryRegion, visible: boolean, apply: () => void): void {
  const { topology } = mr
  topology.begin()
  try {
    apply()
    topology.updatePending ||= visible
  } finally {
    topology.commit()
  }
}

/**
 * @qemu softmmu/memory.c memory_region_update_container_subregions
 */
function insertSubregion(mr: MemoryRegion, subregion: MemoryRegion): void {
  const at = mr.subregions.findIndex((other) => subregion.priority >= other.priority)
  mr.subregions.splice(at < 0 ? mr.subregions.length : at, 0, subregion)
}

/** Throws unless `addr` is an offset in a container. */
function checkAddress(addr: number): void {
  assert(Number.isSafeInteger(addr) && addr >= 0, `Bad memory region address ${addr}`)
}

/**
 * Maps a region into a container at byte `offset`, with priority 0. It must not be mapped yet.
 * @qemu softmmu/memory.c memory_region_add_subregion
 */
export function memoryRegionAddSubregion(mr: MemoryRegion, offset: number, subregion: MemoryRegion): void {
  memoryRegionAddSubregionOverlap(mr, offset, subregion, 0)
}

/**
 * Maps a region into a container where others may lie; the highest priority is seen, and of equals the one
 * added last.
 * @qemu softmmu/memory.c memory_region_add_subregion_overlap
 */
export function memoryRegionAddSubregionOverlap(
  mr: MemoryRegion,
  offset: number,
  subregion: MemoryRegion,
  priority: number,
): void {
  checkAddress(offset)
  assert(!subregion.container, `Region ${subregion.name} is mapped already`)
  for (let up: MemoryRegion | null = mr; up; up = up.container) {
    assert(up !== subregion, `Region ${subregion.name} cannot contain itself`)
  }
  mr.topology.merge(subregion.topology)
  change(mr, mr.enabled && subregion.enabled, () => {
    subregion.container = mr
    subregion.addr = offset
    subregion.priority = priority
    insertSubregion(mr, subregion)
  })
}

/**
 * Takes a region out of its container.
 * @qemu softmmu/memory.c memory_region_del_subregion
 */
export function memoryRegionDelSubregion(mr: MemoryRegion, subregion: MemoryRegion): void {
  assert(subregion.container === mr, `Region ${subregion.name} is not in ${mr.name}`)
  change(mr, mr.enabled && subregion.enabled, () => {
    subregion.container = null
    mr.subregions.splice(mr.subregions.indexOf(subregion), 1)
  })
}

/**
 * Shows a region or hides it and all in it.
 * @qemu softmmu/memory.c memory_region_set_enabled
 */
export function memoryRegionSetEnabled(mr: MemoryRegion, enabled: boolean): void {
  if (enabled === mr.enabled) return
  change(mr, true, () => (mr.enabled = enabled))
}

/**
 * Moves a region in its container; it counts as added anew among those of its priority.
 * @qemu softmmu/memory.c memory_region_set_address
 */
export function memoryRegionSetAddress(mr: MemoryRegion, addr: number): void {
  checkAddress(addr)
  if (addr === mr.addr) return
  const { container } = mr
  change(mr, container !== null && container.enabled && mr.enabled, () => {
    mr.addr = addr
    if (!container) return
    container.subregions.splice(container.subregions.indexOf(mr), 1)
    insertSubregion(container, mr)
  })
}

/**
 * Changes a region's size in bytes; RAM cannot grow beyond its block.
 * @qemu softmmu/memory.c memory_region_set_size
 */
export function memoryRegionSetSize(mr: MemoryRegion, size: number): void {
  checkSize(size)
  assert(!mr.ramBlock || size <= mr.ramBlock.size, `Region ${mr.name} has less RAM than ${size} bytes`)
  if (size === mr.size) return
  change(mr, true, () => (mr.size = size))
}

/**
 * Changes which part of the other region an alias shows.
 * @qemu softmmu/memory.c memory_region_set_alias_offset
 */
export function memoryRegionSetAliasOffset(mr: MemoryRegion, offset: number): void {
  checkAddress(offset)
  assert(mr.alias, `Region ${mr.name} is no alias`)
  if (offset === mr.aliasOffset) return
  change(mr, mr.enabled, () => (mr.aliasOffset = offset))
}

/**
 * Forbids the guest to write, or allows it; for an alias, through the alias only.
 * @qemu softmmu/memory.c memory_region_set_readonly
 */
export function memoryRegionSetReadonly(mr: MemoryRegion, readonly: boolean): void {
  if (readonly === mr.readonly) return
  change(mr, mr.enabled, () => (mr.readonly = readonly))
}

/**
 * Marks memory that outlives the machine.
 * @qemu softmmu/memory.c memory_region_set_nonvolatile
 */
export function memoryRegionSetNonvolatile(mr: MemoryRegion, nonvolatile: boolean): void {
  if (nonvolatile === mr.nonvolatile) return
  change(mr, mr.enabled, () => (mr.nonvolatile = nonvolatile))
}

/**
 * Has a ROM device read like ROM, or through its device.
 * @qemu softmmu/memory.c memory_region_rom_device_set_romd
 */
export function memoryRegionRomDeviceSetRomd(mr: MemoryRegion, romdMode: boolean): void {
  if (romdMode === mr.romdMode) return
  change(mr, mr.enabled, () => (mr.romdMode = romdMode))
}

/**
 * True when the region is in a container.
 * @qemu softmmu/memory.c memory_region_is_mapped
 */
export function memoryRegionIsMapped(mr: MemoryRegion): boolean {
  return mr.container !== null
}

/**
 * The RAM of a region, through aliases, with the offset in it of the region's first byte. Null when it has
 * none.
 * @qemu softmmu/memory.c memory_region_get_ram_ptr
 */
export function memoryRegionGetRamBlock(mr: MemoryRegion): { block: RAMBlock; offset: number } | null {
  let offset = 0
  let target = mr
  for (; target.alias; target = target.alias) offset += target.aliasOffset
  return target.ramBlock ? { block: target.ramBlock, offset } : null
}

/**
 * What the guest sees at `size` bytes from byte `addr` of a region on: the first section that overlaps them,
 * cut to them.
 * Null when there is nothing, or when the region hangs in no address space.
 * @qemu softmmu/memory.c memory_region_find
 */
export function memoryRegionFind(mr: MemoryRegion, addr: number, size: number): MemoryRegionSection | null {
  let root = mr
  let start = addr
  for (; root.container; root = root.container) start += root.addr
  const as = mr.topology.addressSpaces.find((space) => space.root === root)
  if (!as) return null
  const fr = as.flatView.ranges[as.flatView.firstEndingAfter(start)]
  if (!fr || fr.start >= start + size) return null
  const from = Math.max(start, fr.start)
  return {
    ...as.sectionOf(fr),
    offsetWithinRegion: fr.offsetInRegion + (from - fr.start),
    offsetWithinAddressSpace: from,
    size: Math.min(start + size, fr.end) - from,
  }
}

/**
 * True when another region than the container itself answers at byte `addr` of it.
 * @qemu softmmu/memory.c memory_region_present
 */
export function memoryRegionPresent(container: MemoryRegion, addr: number): boolean {
  const section = memoryRegionFind(container, addr, 1)
  return section !== null && section.mr !== container
}
