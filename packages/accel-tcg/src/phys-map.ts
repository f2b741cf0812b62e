// SPDX-License-Identifier: GPL-2.0-or-later
import type { MemoryListener, MemoryRegionSection, RAMBlock } from '@dromaius/memory'
import {
  PAGE_FLAGS,
  PAGE_LOGGED,
  PHYS_COUNT,
  PHYS_FLAG_ROM,
  PHYS_RANGE_END,
  PHYS_RANGE_FLAGS,
  PHYS_RANGE_HOST,
  PHYS_RANGE_SIZE,
  PHYS_RANGE_START,
  PHYS_RANGES,
  PHYS_RANGES_MAX,
  type TcgMemory,
} from '@dromaius/tcg'
import { TcgRamBacking } from './ram.js'

/** A stretch of guest-physical addresses that is RAM of the translator's memory. */
export interface PhysRange {
  readonly start: number
  readonly end: number
  /** Address in the translator's memory. */
  readonly host: number
  readonly rom: boolean
  readonly block: RAMBlock
  /** Offset in the block. */
  readonly offset: number
  /** Clients that log writes. */
  readonly logMask: number
}

/**
 * Tells the soft MMU where RAM is: follows the address space and writes the sorted ranges into the translator's memory.
 * @qemu softmmu/physmem.c tcg_commit
 */
export class PhysMap implements MemoryListener {
  readonly name = 'tcg'
  readonly priority = 0
  ranges: PhysRange[] = []
  readonly #memory: TcgMemory
  readonly #changed: () => void
  readonly #written: (host: number, length: number) => void
  #dirty = false

  /**
   * @param changed  after a change: every translation of addresses is void
   * @param written  somebody other than translated code wrote at an address of the translator's memory
   */
  constructor(memory: TcgMemory, changed: () => void, written: (host: number, length: number) => void) {
    this.#memory = memory
    this.#changed = changed
    this.#written = written
  }

  regionAdd(section: MemoryRegionSection): void {
    const range = this.#rangeOf(section)
    if (!range) return
    const { block } = range
    const { base } = block.backing as TcgRamBacking
    block.written ??= (offset, length) => this.#written(base + offset, length)
    this.ranges.push(range)
    this.#dirty = true
  }

  regionDel({ offsetWithinAddressSpace: start }: MemoryRegionSection): void {
    const kept = this.ranges.filter((range) => range.start !== start)
    if (kept.length !== this.ranges.length) this.#dirty = true
    this.ranges = kept
  }

  logStart(section: MemoryRegionSection, _old: number, mask: number): void {
    this.#setLog(section, mask)
  }

  logStop(section: MemoryRegionSection, _old: number, mask: number): void {
    this.#setLog(section, mask)
  }

  commit(): void {
    if (!this.#dirty) return
    this.#dirty = false
    this.#write()
    this.#changed()
  }

  #rangeOf(section: MemoryRegionSection): PhysRange | null {
    const { mr, offsetWithinAddressSpace: start, offsetWithinRegion: offset, size } = section
    const block = mr.ramBlock
    if (!block || !mr.readsDirectly() || !(block.backing instanceof TcgRamBacking)) return null
    // A ROM that takes writes as a device is read in place and written through the device.
    if (!mr.ram && !section.readonly && !mr.readonly) return null
    return {
      start,
      end: start + size,
      host: block.backing.base + offset,
      rom: section.readonly || mr.readonly,
      block,
      offset,
      logMask: mr.getDirtyLogMask(),
    }
  }

  #setLog(section: MemoryRegionSection, mask: number): void {
    const index = this.ranges.findIndex(({ start }) => start === section.offsetWithinAddressSpace)
    const range = this.ranges[index]
    if (!range) return
    this.ranges[index] = { ...range, logMask: mask }
    const { u8 } = this.#memory
    for (
      let page = range.host >>> 12;
      page < Math.ceil((range.host + range.end - range.start) / 4096);
      page++
    ) {
      if (mask !== 0) u8[PAGE_FLAGS + page]! |= PAGE_LOGGED
      else u8[PAGE_FLAGS + page]! &= ~PAGE_LOGGED
    }
    this.#dirty = true
  }

  #write(): void {
    const { view } = this.#memory
    const sorted = this.ranges.toSorted((a, b) => a.start - b.start).slice(0, PHYS_RANGES_MAX)
    sorted.forEach((range, i) => {
      const at = PHYS_RANGES + i * PHYS_RANGE_SIZE
      view.setBigUint64(at + PHYS_RANGE_START, BigInt(range.start), true)
      view.setBigUint64(at + PHYS_RANGE_END, BigInt(range.end), true)
      view.setUint32(at + PHYS_RANGE_HOST, range.host, true)
      view.setUint32(at + PHYS_RANGE_FLAGS, range.rom ? PHYS_FLAG_ROM : 0, true)
    })
    view.setUint32(PHYS_COUNT, sorted.length, true)
  }

  /** The range that an address of the translator's memory belongs to. */
  rangeAtHost(host: number): PhysRange | null {
    return (
      this.ranges.find((range) => host >= range.host && host < range.host + (range.end - range.start)) ?? null
    )
  }
}
