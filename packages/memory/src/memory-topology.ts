// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { AddressSpace } from './address-space.js'
import { EMPTY_FLAT_VIEW, getFlatviewRoot, renderFlatView, type FlatView } from './flat-view.js'
import type { MemoryListener } from './memory-listener.js'
import type { MemoryRegion } from './memory-region.js'

/**
 * What QEMU keeps in globals of its memory core: the open transaction, the address spaces, listeners and flat
 * views of all
 * regions that hang together by containment or alias. A region starts alone; joining two regions joins their
 * topologies,
 * open transactions included, so that two machines in one process never share one.
 * @qemu softmmu/memory.c memory_region_transaction_depth
 * @differs one per connected group of regions, not one per process
 */
export class MemoryTopology {
  /** Open transactions. */
  depth = 0
  updatePending = false
  ioeventfdUpdatePending = false
  /** Dirty logging for migration is on. */
  globalDirtyLog = false
  addressSpaces: AddressSpace[] = []
  /** Of all address spaces, by ascending priority. */
  listeners: MemoryListener[] = []
  private readonly flatViews = new Map<MemoryRegion, FlatView>()
  private mergedInto: MemoryTopology | null = null

  /** The topology that this one has become part of, itself when of none. */
  current(): MemoryTopology {
    if (!this.mergedInto) return this
    this.mergedInto = this.mergedInto.current()
    return this.mergedInto
  }

  /** Makes one of two topologies; `other` is taken in. */
  merge(other: MemoryTopology): void {
    const into = this.current()
    const from = other.current()
    if (into === from) return
    into.depth += from.depth
    into.updatePending ||= from.updatePending
    into.ioeventfdUpdatePending ||= from.ioeventfdUpdatePending
    into.globalDirtyLog ||= from.globalDirtyLog
    into.addressSpaces.push(...from.addressSpaces)
    for (const listener of from.listeners) insertListener(into.listeners, listener)
    from.mergedInto = into
    from.addressSpaces = []
    from.listeners = []
    from.flatViews.clear()
  }

  /**
   * @qemu softmmu/memory.c memory_region_transaction_begin
   */
  begin(): void {
    for (const as of this.addressSpaces) as.flushCoalesced()
    this.depth++
  }

  /**
   * @qemu softmmu/memory.c memory_region_transaction_commit
   */
  commit(): void {
    assert(this.depth > 0, 'Memory transaction committed without begin')
    if (--this.depth > 0) return
    if (this.updatePending) {
      this.updatePending = false
      this.ioeventfdUpdatePending = false
      this.flatViews.clear()
      // Copies: a listener may register or remove listeners.
      for (const listener of [...this.listeners]) listener.begin?.()
      for (const as of [...this.addressSpaces]) {
        as.setFlatView(this.flatViewOf(as))
        as.updateIoeventfds()
      }
      for (const listener of [...this.listeners]) listener.commit?.()
    } else if (this.ioeventfdUpdatePending) {
      this.ioeventfdUpdatePending = false
      for (const as of [...this.addressSpaces]) as.updateIoeventfds()
    }
  }

  /** What an address space sees now; spaces with the same content share it. */
  flatViewOf({ root, except }: AddressSpace): FlatView {
    if (except) return renderFlatView(root, except)
    const viewRoot = getFlatviewRoot(root)
    if (!viewRoot) return EMPTY_FLAT_VIEW
    let view = this.flatViews.get(viewRoot)
    if (!view) {
      view = renderFlatView(viewRoot)
      this.flatViews.set(viewRoot, view)
    }
    return view
  }
}

/** Inserts behind the listeners with the same priority. */
export function insertListener(listeners: MemoryListener[], listener: MemoryListener): void {
  const at = listeners.findIndex((other) => listener.priority < other.priority)
  listeners.splice(at < 0 ? listeners.length : at, 0, listener)
}

/**
 * Opens a transaction: changes of the tree reach the address spaces and listeners when the outermost one is
 * committed.
 * `target` is any region or address space of the tree that is going to change.
 * @qemu softmmu/memory.c memory_region_transaction_begin
 */
export function memoryRegionTransactionBegin(target: MemoryRegion | AddressSpace): void {
  target.topology.begin()
}

/**
 * Closes a transaction; the outermost one brings address spaces and listeners up to date.
 * @qemu softmmu/memory.c memory_region_transaction_commit
 */
export function memoryRegionTransactionCommit(target: MemoryRegion | AddressSpace): void {
  target.topology.commit()
}
