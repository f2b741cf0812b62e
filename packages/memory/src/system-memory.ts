// SPDX-License-Identifier: GPL-2.0-or-later
import { HWADDR_SPACE_SIZE } from './hwaddr.js'
import { memoryRegionInitIo } from './memory-region-init.js'
import { unassignedIoOps } from './memory-region-ops.js'
import { MemoryRegion, memoryRegionInit } from './memory-region.js'

/** Ports that the x86 architecture has. */
const IO_PORTS = 0x1_0000

/**
 * Makes the container of a machine's memory, `system`.
 * @qemu softmmu/physmem.c memory_map_init
 */
export function systemMemoryInit(): MemoryRegion {
  const systemMemory = new MemoryRegion()
  memoryRegionInit(systemMemory, null, 'system', HWADDR_SPACE_SIZE)
  return systemMemory
}

/**
 * Makes the container of a machine's ports, `io`. A port that nobody answers reads as all ones.
 * @qemu softmmu/physmem.c memory_map_init
 */
export function systemIoInit(): MemoryRegion {
  const systemIo = new MemoryRegion()
  memoryRegionInitIo(systemIo, null, unassignedIoOps, 'io', IO_PORTS)
  return systemIo
}
