// SPDX-License-Identifier: GPL-2.0-or-later

/** Who wants to know of written pages: the display, the translator, migration. */
export type DirtyMemoryClient = 'vga' | 'code' | 'migration'

/**
 * Bit of each client in a dirty log mask, in QEMU's order.
 * @qemu include/exec/ramlist.h DIRTY_MEMORY_VGA
 */
export const DIRTY_MEMORY_BIT: Readonly<Record<DirtyMemoryClient, number>> = { vga: 1, code: 2, migration: 4 }

/** Clients in the order of their bits. */
const CLIENTS: readonly DirtyMemoryClient[] = ['vga', 'code', 'migration']

/** Bytes per bit of a dirty bitmap. */
export const DIRTY_PAGE_SIZE = 4096

/** Pages of a stretch of memory that were dirty when it was taken. */
export class DirtyBitmapSnapshot {
  private readonly bits: Uint8Array
  private readonly firstPage: number

  /** `bits` has one bit per page from `firstPage` on, least significant first. */
  constructor(bits: Uint8Array, firstPage: number) {
    this.bits = bits
    this.firstPage = firstPage
  }

  /** True when any page of the byte range was dirty; what lies outside the snapshot was not. */
  getDirty(offset: number, length: number): boolean {
    if (length <= 0) return false
    const last = Math.floor((offset + length - 1) / DIRTY_PAGE_SIZE) - this.firstPage
    for (let page = Math.floor(offset / DIRTY_PAGE_SIZE) - this.firstPage; page <= last; page++) {
      if (page >= 0 && ((this.bits[page >>> 3] ?? 0) & (1 << (page & 7))) !== 0) return true
    }
    return false
  }
}

/**
 * Dirty pages of one RAM block, a bitmap per client. A client's bitmap comes to life, all pages dirty, when
 * it is first asked
 * for; until then writes cost the client nothing.
 * @qemu include/exec/ram_addr.h cpu_physical_memory_set_dirty_range
 */
export class DirtyMemory {
  private readonly pages: number
  private readonly bitmaps: (Uint8Array | null)[] = [null, null, null]

  /** `size` of the block in bytes. */
  constructor(size: number) {
    this.pages = Math.ceil(size / DIRTY_PAGE_SIZE)
  }

  private bitmap(client: DirtyMemoryClient): Uint8Array {
    return (this.bitmaps[CLIENTS.indexOf(client)] ??= new Uint8Array(Math.ceil(this.pages / 8)).fill(0xff))
  }

  /** Marks the pages of a byte range for the clients in `mask`; the part beyond the block is left out. */
  set(offset: number, length: number, mask: number): void {
    if (length <= 0) return
    const first = Math.floor(offset / DIRTY_PAGE_SIZE)
    const last = Math.min(Math.floor((offset + length - 1) / DIRTY_PAGE_SIZE), this.pages - 1)
    for (let i = 0; i < CLIENTS.length; i++) {
      const bits = this.bitmaps[i]
      if (!bits || (mask & (1 << i)) === 0) continue
      for (let page = first; page <= last; page++) bits[page >>> 3]! |= 1 << (page & 7)
    }
  }

  /**
   * Marks the pages whose bits are set in a bitmap as KVM_GET_DIRTY_LOG gives it (least significant bit
   * first), the first
   * bit standing for the page at byte `offset`. Bits beyond the block are left out.
   * @qemu include/exec/ram_addr.h cpu_physical_memory_set_dirty_lebitmap
   */
  setLeBitmap(bitmap: Uint8Array, offset: number, mask: number): void {
    const first = Math.floor(offset / DIRTY_PAGE_SIZE)
    const count = Math.min(bitmap.length * 8, this.pages - first)
    for (let i = 0; i < count; i++) {
      // Most of a log is zero bytes.
      if ((i & 7) === 0 && bitmap[i >>> 3] === 0) i += 7
      else if ((bitmap[i >>> 3]! & (1 << (i & 7))) !== 0) this.set((first + i) * DIRTY_PAGE_SIZE, 1, mask)
    }
  }

  /** True when any page of the byte range is dirty for the client. */
  get(offset: number, length: number, client: DirtyMemoryClient): boolean {
    return new DirtyBitmapSnapshot(this.bitmap(client), 0).getDirty(offset, this.clip(offset, length))
  }

  /** Copies the client's bits of the byte range and clears them. */
  snapshotAndClear(offset: number, length: number, client: DirtyMemoryClient): DirtyBitmapSnapshot {
    const bits = this.bitmap(client)
    const first = Math.floor(offset / DIRTY_PAGE_SIZE)
    const clipped = this.clip(offset, length)
    const end = clipped === 0 ? first : Math.ceil((offset + clipped) / DIRTY_PAGE_SIZE)
    const copy = new Uint8Array(Math.ceil((end - first) / 8))
    for (let page = first; page < end; page++) {
      const bit = 1 << (page & 7)
      if ((bits[page >>> 3]! & bit) === 0) continue
      copy[(page - first) >>> 3]! |= 1 << ((page - first) & 7)
      bits[page >>> 3]! &= ~bit
    }
    return new DirtyBitmapSnapshot(copy, first)
  }

  private clip(offset: number, length: number): number {
    return Math.max(Math.min(length, this.pages * DIRTY_PAGE_SIZE - offset), 0)
  }
}
