// SPDX-License-Identifier: GPL-2.0-or-later
import { HWADDR_LIMIT } from './hwaddr.js'
import type { MemoryRegion } from './memory-region.js'

/**
 * A stretch of addresses that one region answers.
 * @qemu softmmu/memory.c FlatRange
 */
export class FlatRange {
  readonly mr: MemoryRegion
  /** Address of the first byte. */
  readonly start: number
  /** Address behind the last byte. */
  end: number
  /** Offset in the region of the first byte. */
  readonly offsetInRegion: number
  /** Clients that log writes, bits as in `DIRTY_MEMORY_BIT`. */
  readonly dirtyLogMask: number
  readonly romdMode: boolean
  readonly readonly: boolean
  readonly nonvolatile: boolean

  constructor(
    mr: MemoryRegion,
    start: number,
    end: number,
    offset: number,
    readonly: boolean,
    nonvolatile: boolean,
  ) {
    this.mr = mr
    this.start = start
    this.end = end
    this.offsetInRegion = offset
    this.dirtyLogMask = mr.getDirtyLogMask()
    this.romdMode = mr.romdMode
    this.readonly = readonly
    this.nonvolatile = nonvolatile
  }

  get size(): number {
    return this.end - this.start
  }

  /**
   * Same place and kind; logging may differ.
   * @qemu softmmu/memory.c flatrange_equal
   */
  equals(other: FlatRange): boolean {
    return this.start === other.start && this.end === other.end && this.continues(other)
  }

  /**
   * @qemu softmmu/memory.c can_merge
   */
  canMerge(next: FlatRange): boolean {
    return this.end === next.start && this.dirtyLogMask === next.dirtyLogMask && this.continues(next)
  }

  /** Same region at the same distance, in the same mode. */
  private continues(other: FlatRange): boolean {
    return (
      this.mr === other.mr &&
      this.start - this.offsetInRegion === other.start - other.offsetInRegion &&
      this.romdMode === other.romdMode &&
      this.readonly === other.readonly &&
      this.nonvolatile === other.nonvolatile
    )
  }
}

/**
 * Who answers which address: disjoint ranges by ascending address. A view never changes; a changed tree gets
 * a new one.
 * @qemu include/exec/memory.h FlatView
 */
export class FlatView {
  /** Region that was rendered; null when nothing is visible. */
  readonly root: MemoryRegion | null
  readonly ranges: readonly FlatRange[]
  /** Range of the last lookup that found one; accesses come in runs. */
  private last: FlatRange | null = null

  constructor(root: MemoryRegion | null, ranges: readonly FlatRange[]) {
    this.root = root
    this.ranges = ranges
  }

  /** The range that contains an address, null when nobody answers it. Allocates nothing. */
  lookup(addr: number): FlatRange | null {
    const last = this.last
    if (last !== null && addr >= last.start && addr < last.end) return last
    const ranges = this.ranges
    let low = 0
    let high = ranges.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const fr = ranges[middle]!
      if (addr < fr.start) high = middle - 1
      else if (addr >= fr.end) low = middle + 1
      else return (this.last = fr)
    }
    return null
  }

  /** Index of the first range that ends behind an address; the number of ranges when none does. */
  firstEndingAfter(addr: number): number {
    let low = 0
    let high = this.ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.ranges[middle]!.end <= addr) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The view of everybody who sees nothing. */
export const EMPTY_FLAT_VIEW = new FlatView(null, [])

/**
 * The region whose rendering shows all that `root` shows: through aliases and containers that add nothing.
 * Null when nothing
 * is visible. Roots with the same answer share a view.
 * @qemu softmmu/memory.c memory_region_get_flatview_root
 */
export function getFlatviewRoot(root: MemoryRegion): MemoryRegion | null {
  let mr = root
  while (mr.enabled) {
    if (mr.alias) {
      if (mr.aliasOffset !== 0 || mr.size < mr.alias.size || mr.readonly || mr.nonvolatile) return mr
      mr = mr.alias
      continue
    }
    if (mr.terminates) return mr
    const visible = mr.subregions.filter((child) => child.enabled)
    if (visible.length === 0) return null
    const only = visible.length === 1 ? visible[0]! : null
    if (!only || only.addr !== 0 || mr.size < only.size || mr.readonly || mr.nonvolatile) return mr
    mr = only
  }
  return null
}

/**
 * Renders a tree into a view, without the region `except`.
 * @qemu softmmu/memory.c generate_memory_topology
 */
export function renderFlatView(root: MemoryRegion, except: MemoryRegion | null = null): FlatView {
  const ranges: FlatRange[] = []
  // The root's own address is where its container has it, which is none of this view's business.
  renderMemoryRegion(ranges, root, except, -root.addr, 0, HWADDR_LIMIT, false, false)
  return new FlatView(root, simplify(ranges))
}

/**
 * Renders a region below what is in `ranges` already. `base` is the address of its container's first byte
 * (negative when an
 * alias shows only what lies further on); `[clipStart, clipEnd)` is what may be seen of it.
 * @qemu softmmu/memory.c render_memory_region
 */
function renderMemoryRegion(
  ranges: FlatRange[],
  mr: MemoryRegion,
  except: MemoryRegion | null,
  base: number,
  clipStart: number,
  clipEnd: number,
  parentReadonly: boolean,
  parentNonvolatile: boolean,
): void {
  if (!mr.enabled || mr === except) return
  const start = base + mr.addr
  // Beyond this, plain numbers are no longer exact; no address that anybody can reach is there.
  if (start < -HWADDR_LIMIT || start >= HWADDR_LIMIT) return
  const readonly = parentReadonly || mr.readonly
  const nonvolatile = parentNonvolatile || mr.nonvolatile
  const from = Math.max(start, clipStart)
  const to = Math.min(start + mr.size, clipEnd)
  if (from >= to) return

  if (mr.alias) {
    const aliasBase = start - mr.alias.addr - mr.aliasOffset
    renderMemoryRegion(ranges, mr.alias, except, aliasBase, from, to, readonly, nonvolatile)
    return
  }
  // Subregions stand in descending order of priority: what comes first hides what comes after.
  for (const subregion of mr.subregions) {
    renderMemoryRegion(ranges, subregion, except, start, from, to, readonly, nonvolatile)
  }
  if (mr.terminates) fillGaps(ranges, mr, start, from, to, readonly, nonvolatile)
}

/** Puts the region itself into the gaps that `ranges` leaves in `[from, to)`. */
function fillGaps(
  ranges: FlatRange[],
  mr: MemoryRegion,
  start: number,
  from: number,
  to: number,
  readonly: boolean,
  nonvolatile: boolean,
): void {
  let at = from
  let i = 0
  for (; i < ranges.length && at < to; i++) {
    const other = ranges[i]!
    if (at >= other.end) continue
    if (at < other.start) {
      const gapEnd = Math.min(to, other.start)
      ranges.splice(i, 0, new FlatRange(mr, at, gapEnd, at - start, readonly, nonvolatile))
      at = gapEnd
      continue
    }
    at = Math.min(to, other.end)
  }
  if (at < to) ranges.splice(i, 0, new FlatRange(mr, at, to, at - start, readonly, nonvolatile))
}

/**
 * Joins neighbours that continue each other.
 * @qemu softmmu/memory.c flatview_simplify
 */
function simplify(ranges: FlatRange[]): FlatRange[] {
  const joined: FlatRange[] = []
  for (const fr of ranges) {
    const last = joined.at(-1)
    if (last?.canMerge(fr)) last.end = fr.end
    else joined.push(fr)
  }
  return joined
}
