// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { AddressSpace } from './address-space.js'
import type { MemoryRegion } from './memory-region.js'
import { insertListener } from './memory-topology.js'

/**
 * A stretch of an address space that one region answers.
 * @qemu include/exec/memory.h MemoryRegionSection
 */
export interface MemoryRegionSection {
  readonly mr: MemoryRegion
  /** Offset in the region, in bytes, of the section's first byte. */
  readonly offsetWithinRegion: number
  /** Address of the section's first byte. */
  readonly offsetWithinAddressSpace: number
  /** Size in bytes. */
  readonly size: number
  /** The guest cannot write here, though the region itself may be writable. */
  readonly readonly: boolean
  readonly addressSpace: AddressSpace
  readonly nonvolatile?: boolean
}

/**
 * Follows what changes in an address space. Additions are told in ascending order of priority, removals in
 * descending order.
 * Masks of dirty log clients are as in `DIRTY_MEMORY_BIT`.
 * @qemu include/exec/memory.h MemoryListener
 */
export interface MemoryListener {
  readonly name: string
  readonly priority: number
  /** A commit starts. */
  begin?(): void
  /** A commit ends. */
  commit?(): void
  regionAdd?(section: MemoryRegionSection): void
  regionDel?(section: MemoryRegionSection): void
  /** A section stays as it was. */
  regionNop?(section: MemoryRegionSection): void
  logStart?(section: MemoryRegionSection, old: number, mask: number): void
  logStop?(section: MemoryRegionSection, old: number, mask: number): void
  /** Bring the dirty bitmap of the section's RAM block up to date. */
  logSync?(section: MemoryRegionSection): void
  /** Bits of the section were taken and cleared. */
  logClear?(section: MemoryRegionSection): void
  logGlobalStart?(): void
  logGlobalStop?(): void
  /** Writes of `section.size` bytes (0: any) there signal `fd`; with `matchData` only those of `data`. */
  eventfdAdd?(section: IoeventfdSection, matchData: boolean, data: bigint, fd: number): void
  eventfdDel?(section: IoeventfdSection, matchData: boolean, data: bigint, fd: number): void
  /** Writes to `length` bytes at address `addr` may be gathered and delivered late. */
  coalescedIoAdd?(section: MemoryRegionSection, addr: number, length: number): void
  coalescedIoDel?(section: MemoryRegionSection, addr: number, length: number): void
}

/** Where an eventfd listens. */
export interface IoeventfdSection {
  readonly offsetWithinAddressSpace: number
  /** Size in bytes of the write, 0 for any. */
  readonly size: number
  readonly addressSpace: AddressSpace
}

/**
 * Starts telling a listener about an address space, with what there is already.
 * @qemu softmmu/memory.c memory_listener_register
 */
export function memoryListenerRegister(listener: MemoryListener, as: AddressSpace): void {
  assert(!as.topology.listeners.includes(listener), `Memory listener ${listener.name} is registered already`)
  insertListener(as.topology.listeners, listener)
  insertListener(as.listeners, listener)
  listener.begin?.()
  if (as.topology.globalDirtyLog) listener.logGlobalStart?.()
  for (const fr of as.flatView.ranges) {
    const section = as.sectionOf(fr)
    listener.regionAdd?.(section)
    if (fr.dirtyLogMask !== 0) listener.logStart?.(section, 0, fr.dirtyLogMask)
  }
  // QEMU's accelerators register before any eventfd is there; ours may come later.
  for (const fd of as.ioeventfds) listener.eventfdAdd?.(as.ioeventfdSection(fd), fd.matchData, fd.data, fd.fd)
  for (const fr of as.flatView.ranges) {
    as.forEachCoalesced(fr, (section, addr, length) => listener.coalescedIoAdd?.(section, addr, length))
  }
  listener.commit?.()
}

/**
 * Tells a listener that everything goes away, and nothing after that. Does nothing when it is not registered
 * there.
 * @qemu softmmu/memory.c memory_listener_unregister
 */
export function memoryListenerUnregister(listener: MemoryListener, as: AddressSpace): void {
  if (!as.listeners.includes(listener)) return
  listener.begin?.()
  for (const fd of as.ioeventfds) listener.eventfdDel?.(as.ioeventfdSection(fd), fd.matchData, fd.data, fd.fd)
  for (const fr of as.flatView.ranges) {
    const section = as.sectionOf(fr)
    as.forEachCoalesced(fr, (whole, addr, length) => listener.coalescedIoDel?.(whole, addr, length))
    if (fr.dirtyLogMask !== 0) listener.logStop?.(section, fr.dirtyLogMask, 0)
    listener.regionDel?.(section)
  }
  listener.commit?.()
  as.listeners.splice(as.listeners.indexOf(listener), 1)
  const all = as.topology.listeners
  all.splice(all.indexOf(listener), 1)
}
