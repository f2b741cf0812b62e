// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Memory regions, address spaces, flat views, listeners and RAM blocks.
 * @packageDocumentation
 */
export {
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceMap,
  addressSpaceRead,
  addressSpaceStore,
  addressSpaceStore64,
  addressSpaceUnmap,
  addressSpaceWrite,
  addressSpaceWriteRom,
} from './address-space-access.js'
export { AddressSpace, addressSpaceDestroy } from './address-space.js'
export {
  memoryRegionAddCoalescing,
  memoryRegionClearCoalescing,
  memoryRegionSetCoalescing,
  memoryRegionSetFlushCoalesced,
} from './coalesced.js'
export type { CoalescedMemoryRange } from './coalesced.js'
export {
  memoryGlobalDirtyLogStart,
  memoryGlobalDirtyLogStop,
  memoryGlobalDirtyLogSync,
  memoryRegionSetDirty,
  memoryRegionSetLog,
  memoryRegionSnapshotAndClearDirty,
} from './dirty-log.js'
export { DIRTY_MEMORY_BIT, DIRTY_PAGE_SIZE, DirtyBitmapSnapshot, DirtyMemory } from './dirty-memory.js'
export type { DirtyMemoryClient } from './dirty-memory.js'
export { FlatRange, FlatView } from './flat-view.js'
export { HWADDR_LIMIT, HWADDR_SPACE_SIZE, MEMTX_DECODE_ERROR, MEMTX_ERROR, MEMTX_OK } from './hwaddr.js'
export type { MemTxResult } from './hwaddr.js'
export { memoryRegionAddEventfd, memoryRegionDelEventfd } from './ioeventfd.js'
export type { MemoryRegionIoeventfd } from './ioeventfd.js'
export { memoryListenerRegister, memoryListenerUnregister } from './memory-listener.js'
export type { IoeventfdSection, MemoryListener, MemoryRegionSection } from './memory-listener.js'
export {
  memoryRegionInitAlias,
  memoryRegionInitIo,
  memoryRegionInitRam,
  memoryRegionInitRamFromBlock,
  memoryRegionInitRom,
  memoryRegionInitRomDevice,
} from './memory-region-init.js'
export { unassignedIoOps, unassignedMemOps } from './memory-region-ops.js'
export type { AccessRules, AccessSize, ImplementedRules, MemoryRegionOps } from './memory-region-ops.js'
export {
  memoryRegionAddSubregion,
  memoryRegionAddSubregionOverlap,
  memoryRegionDelSubregion,
  memoryRegionFind,
  memoryRegionGetRamBlock,
  memoryRegionIsMapped,
  memoryRegionPresent,
  memoryRegionRomDeviceSetRomd,
  memoryRegionSetAddress,
  memoryRegionSetAliasOffset,
  memoryRegionSetEnabled,
  memoryRegionSetNonvolatile,
  memoryRegionSetReadonly,
  memoryRegionSetSize,
} from './memory-region-tree.js'
export { MemoryRegion, memoryRegionInit, TYPE_MEMORY_REGION } from './memory-region.js'
export { memoryRegionTransactionBegin, memoryRegionTransactionCommit } from './memory-topology.js'
export type { MemoryTopology } from './memory-topology.js'
export { mtreeInfo, type MtreeOptions } from './mtree.js'
export { heapRamAllocator, nativeRamAllocator, type NativeRamOptions } from './ram-allocator.js'
export { RAMBlock, type RamAllocator, type RamBacking } from './ram-block.js'
export { systemIoInit, systemMemoryInit } from './system-memory.js'
