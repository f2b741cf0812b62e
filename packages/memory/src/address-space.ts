// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { CoalescedMemoryRange } from './coalesced.js'
import { EMPTY_FLAT_VIEW, type FlatRange, type FlatView } from './flat-view.js'
import { MEMTX_OK, type MemTxResult } from './hwaddr.js'
import { ioeventfdCompare, type MemoryRegionIoeventfd } from './ioeventfd.js'
import { memoryListenerUnregister } from './memory-listener.js'
import type { IoeventfdSection, MemoryListener, MemoryRegionSection } from './memory-listener.js'
import type { MemoryRegion } from './memory-region.js'
import type { MemoryTopology } from './memory-topology.js'

type SectionCallback = (section: MemoryRegionSection, addr: number, length: number) => void

/**
 * What a CPU or a device sees of a tree of regions. It follows the tree, transaction by transaction, and
 * tells its listeners
 * what changed.
 * @qemu include/exec/memory.h AddressSpace
 */
export class AddressSpace {
  readonly name: string
  readonly root: MemoryRegion
  /** A region of the tree that is not seen, so that what lies below it is. */
  readonly except: MemoryRegion | null
  /** Who answers which address at present. */
  flatView: FlatView = EMPTY_FLAT_VIEW
  /** By ascending priority. @internal */
  readonly listeners: MemoryListener[] = []
  /** With absolute addresses, sorted. @internal */
  ioeventfds: readonly MemoryRegionIoeventfd[] = []
  /** Accesses that nobody answered, for the curious. */
  readonly unassigned = { reads: 0, writes: 0 }
  /** Outcome of the last `addressSpaceLoad` or `addressSpaceStore`. */
  lastResult: MemTxResult = MEMTX_OK
  private coalescedFlush: (() => void) | null = null
  private flushing = false

  constructor(root: MemoryRegion, name: string, except: MemoryRegion | null = null) {
    this.root = root
    this.name = name
    this.except = except
    this.topology.addressSpaces.push(this)
    this.flatView = this.topology.flatViewOf(this)
    this.updateIoeventfds()
  }

  /** Topology of the tree. @internal */
  get topology(): MemoryTopology {
    return this.root.topology
  }

  /** An accelerator signals eventfds by itself, so that writes need not look for them. @internal */
  get hasKernelEventfds(): boolean {
    return this.listeners.some((listener) => listener.eventfdAdd !== undefined)
  }

  /** Says how late writes are delivered (an accelerator's ring); null when there are none. */
  setCoalescedFlush(flush: (() => void) | null): void {
    this.coalescedFlush = flush
  }

  /**
   * Delivers late writes. Delivery goes through this address space, so it must not start itself again.
   * @qemu softmmu/physmem.c qemu_flush_coalesced_mmio_buffer
   */
  flushCoalesced(): void {
    if (!this.coalescedFlush || this.flushing) return
    this.flushing = true
    try {
      this.coalescedFlush()
    } finally {
      this.flushing = false
    }
  }

  /**
   * The section that a range stands for.
   * @internal
   * @qemu softmmu/memory.c section_from_flat_range
   */
  sectionOf(fr: FlatRange): MemoryRegionSection {
    return {
      mr: fr.mr,
      offsetWithinRegion: fr.offsetInRegion,
      offsetWithinAddressSpace: fr.start,
      size: fr.end - fr.start,
      readonly: fr.readonly,
      addressSpace: this,
      nonvolatile: fr.nonvolatile,
    }
  }

  /**
   * Takes a new view and tells the listeners.
   * @internal
   * @qemu softmmu/memory.c address_space_set_flatview
   */
  setFlatView(view: FlatView): void {
    const old = this.flatView
    if (old === view) return
    if (this.listeners.length > 0) {
      // Two passes: what goes must be gone before anything takes its place.
      this.updateTopologyPass(old, view, false)
      this.updateTopologyPass(old, view, true)
    }
    this.flatView = view
  }

  private ascending(call: (listener: MemoryListener) => void): void {
    for (const listener of [...this.listeners]) call(listener)
  }

  private descending(call: (listener: MemoryListener) => void): void {
    for (const listener of [...this.listeners].reverse()) call(listener)
  }

  /**
   * Goes through two views side by side and tells of removals or, when `adding`, of the rest.
   * @qemu softmmu/memory.c address_space_update_topology_pass
   */
  private updateTopologyPass(oldView: FlatView, newView: FlatView, adding: boolean): void {
    let iold = 0
    let inew = 0
    while (iold < oldView.ranges.length || inew < newView.ranges.length) {
      const frold = oldView.ranges[iold]
      const frnew = newView.ranges[inew]
      const unchanged = frold !== undefined && frnew !== undefined && frold.equals(frnew)
      if (frold && !unchanged && (!frnew || frold.start <= frnew.start)) {
        // In old but not in new, or in both with other attributes.
        if (!adding) this.removed(frold)
        iold++
      } else if (unchanged) {
        if (adding) this.unchanged(frold, frnew)
        iold++
        inew++
      } else {
        if (adding) this.added(frnew!)
        inew++
      }
    }
  }

  private removed(fr: FlatRange): void {
    this.forEachCoalesced(fr, (section, addr, length) => {
      this.descending((listener) => listener.coalescedIoDel?.(section, addr, length))
    })
    const section = this.sectionOf(fr)
    this.descending((listener) => listener.regionDel?.(section))
  }

  private added(fr: FlatRange): void {
    const section = this.sectionOf(fr)
    this.ascending((listener) => listener.regionAdd?.(section))
    this.forEachCoalesced(fr, (whole, addr, length) => {
      this.ascending((listener) => listener.coalescedIoAdd?.(whole, addr, length))
    })
  }

  private unchanged(frold: FlatRange, frnew: FlatRange): void {
    const section = this.sectionOf(frnew)
    const old = frold.dirtyLogMask
    const mask = frnew.dirtyLogMask
    this.ascending((listener) => listener.regionNop?.(section))
    if ((mask & ~old) !== 0) this.ascending((listener) => listener.logStart?.(section, old, mask))
    if ((old & ~mask) !== 0) this.descending((listener) => listener.logStop?.(section, old, mask))
  }

  /** Calls back for every late-write range that shows in `fr`, with its address and length. @internal */
  forEachCoalesced(fr: FlatRange, call: SectionCallback): void {
    for (const range of fr.mr.coalesced) this.clipCoalesced(fr, range, call)
  }

  private clipCoalesced(fr: FlatRange, range: CoalescedMemoryRange, call: SectionCallback): void {
    const start = Math.max(fr.start, fr.start - fr.offsetInRegion + range.offset)
    const end = Math.min(fr.end, fr.start - fr.offsetInRegion + range.offset + range.size)
    if (start < end) call(this.sectionOf(fr), start, end - start)
  }

  /**
   * Tells of one late-write range that came or went.
   * @internal
   * @qemu softmmu/memory.c flat_range_coalesced_io_notify
   */
  notifyCoalesced(fr: FlatRange, range: CoalescedMemoryRange, add: boolean): void {
    this.clipCoalesced(fr, range, (section, addr, length) => {
      if (add) this.ascending((listener) => listener.coalescedIoAdd?.(section, addr, length))
      else this.descending((listener) => listener.coalescedIoDel?.(section, addr, length))
    })
  }

  /** Where an eventfd of this space listens. @internal */
  ioeventfdSection(fd: MemoryRegionIoeventfd): IoeventfdSection {
    return { offsetWithinAddressSpace: fd.addr, size: fd.size, addressSpace: this }
  }

  /**
   * Gathers the eventfds that can be seen and tells what changed.
   * @internal
   * @qemu softmmu/memory.c address_space_update_ioeventfds
   */
  updateIoeventfds(): void {
    const fds: MemoryRegionIoeventfd[] = []
    for (const fr of this.flatView.ranges) {
      for (const fd of fr.mr.ioeventfds) {
        const addr = fr.start - fr.offsetInRegion + fd.addr
        if (addr < fr.end && addr + Math.max(fd.size, 1) > fr.start) fds.push({ ...fd, addr })
      }
    }
    fds.sort(ioeventfdCompare)
    const old = this.ioeventfds
    this.ioeventfds = fds
    this.addDelIoeventfds(fds, old)
  }

  /**
   * @qemu softmmu/memory.c address_space_add_del_ioeventfds
   */
  private addDelIoeventfds(
    fdsNew: readonly MemoryRegionIoeventfd[],
    fdsOld: readonly MemoryRegionIoeventfd[],
  ): void {
    let iold = 0
    let inew = 0
    while (iold < fdsOld.length || inew < fdsNew.length) {
      const fdold = fdsOld[iold]
      const fdnew = fdsNew[inew]
      const order = !fdold ? 1 : !fdnew ? -1 : ioeventfdCompare(fdold, fdnew)
      if (order < 0) {
        const section = this.ioeventfdSection(fdold!)
        this.ascending((l) => l.eventfdDel?.(section, fdold!.matchData, fdold!.data, fdold!.fd))
      } else if (order > 0) {
        const section = this.ioeventfdSection(fdnew!)
        this.descending((l) => l.eventfdAdd?.(section, fdnew!.matchData, fdnew!.data, fdnew!.fd))
      }
      if (order <= 0) iold++
      if (order >= 0) inew++
    }
  }
}

/**
 * Ends an address space: its listeners hear that everything goes, and it follows its tree no longer.
 * @qemu softmmu/memory.c address_space_destroy
 */
export function addressSpaceDestroy(as: AddressSpace): void {
  const { addressSpaces } = as.topology
  assert(addressSpaces.includes(as), `Address space ${as.name} was destroyed already`)
  for (const listener of [...as.listeners].reverse()) memoryListenerUnregister(listener, as)
  addressSpaces.splice(addressSpaces.indexOf(as), 1)
  as.flatView = EMPTY_FLAT_VIEW
  as.ioeventfds = []
}
