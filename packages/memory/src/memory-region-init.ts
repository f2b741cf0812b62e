// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { QemuObject } from '@dromaius/qom'
import { HWADDR_LIMIT } from './hwaddr.js'
import { unassignedMemOps, type MemoryRegionOps } from './memory-region-ops.js'
import { memoryRegionInit, type MemoryRegion } from './memory-region.js'
import { RAMBlock, type RamAllocator } from './ram-block.js'

/**
 * Makes a region that a device answers. Without `ops` every access is refused.
 * @qemu softmmu/memory.c memory_region_init_io
 */
export function memoryRegionInitIo(
  mr: MemoryRegion,
  owner: QemuObject | null,
  ops: MemoryRegionOps | null,
  name: string,
  size: number,
): void {
  assert(size <= HWADDR_LIMIT, `Region ${name} is too large to answer accesses itself`)
  memoryRegionInit(mr, owner, name, size)
  mr.setOps(ops ?? unassignedMemOps)
  mr.terminates = true
}

/**
 * Makes a region of RAM. The allocator's errors (HostError) leave the region without a tree.
 * @qemu softmmu/memory.c memory_region_init_ram
 */
export function memoryRegionInitRam(
  mr: MemoryRegion,
  owner: QemuObject | null,
  name: string,
  size: number,
  allocator: RamAllocator,
): void {
  // The memory first: when there is none, nothing has to be taken back.
  memoryRegionInitRamFromBlock(mr, owner, name, new RAMBlock(name, allocator(name, size)))
}

/**
 * Makes a region of RAM that is there already. The region owns the block from now on.
 * @qemu softmmu/memory.c memory_region_init_ram_ptr
 */
export function memoryRegionInitRamFromBlock(
  mr: MemoryRegion,
  owner: QemuObject | null,
  name: string,
  block: RAMBlock,
): void {
  memoryRegionInit(mr, owner, name, block.size)
  mr.ram = true
  mr.terminates = true
  mr.ramBlock = block
}

/**
 * Makes a region of ROM: the guest's writes are refused, the host fills it through its RAM block.
 * @qemu softmmu/memory.c memory_region_init_rom
 */
export function memoryRegionInitRom(
  mr: MemoryRegion,
  owner: QemuObject | null,
  name: string,
  size: number,
  allocator: RamAllocator,
): void {
  memoryRegionInitRam(mr, owner, name, size, allocator)
  mr.readonly = true
}

/**
 * Makes a region that reads like ROM and whose writes go to a device (flash); in the other mode, reads do
 * too.
 * @qemu softmmu/memory.c memory_region_init_rom_device
 */
export function memoryRegionInitRomDevice(
  mr: MemoryRegion,
  owner: QemuObject | null,
  ops: MemoryRegionOps,
  name: string,
  size: number,
  allocator: RamAllocator,
): void {
  const block = new RAMBlock(name, allocator(name, size))
  memoryRegionInit(mr, owner, name, size)
  mr.setOps(ops)
  mr.terminates = true
  mr.romDevice = true
  mr.ramBlock = block
}

/**
 * Makes a region that shows `size` bytes of another from `offset` on; the other need not be mapped anywhere
 * else.
 * @qemu softmmu/memory.c memory_region_init_alias
 */
export function memoryRegionInitAlias(
  mr: MemoryRegion,
  owner: QemuObject | null,
  name: string,
  orig: MemoryRegion,
  offset: number,
  size: number,
): void {
  assert(Number.isSafeInteger(offset) && offset >= 0, `Bad alias offset ${offset}`)
  memoryRegionInit(mr, owner, name, size)
  mr.alias = orig
  mr.aliasOffset = offset
  mr.topology.merge(orig.topology)
}
