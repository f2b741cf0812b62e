// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { DirtyMemory } from './dirty-memory.js'

/** Memory of the host that a RAM block stands on; the accelerator chooses which. */
export interface RamBacking {
  /** Size in bytes. */
  readonly size: number
  /** Address of the first byte in this process, 0n when the memory has none that may be handed out. */
  readonly hostAddress: bigint
  /** A view of at most 2 GiB. Throws RangeError beyond the end. */
  window(offset: number, length: number): Uint8Array
  /** Throws away what the host keeps about whole pages for a guest; absent where it keeps nothing. */
  reprotect?(offset: number, length: number): void
  /** Detaches every window, then gives the memory back. */
  free(): void
  /** Called, when it is set, after windows that were given out have become useless. */
  onMoved?: (() => void) | null
}

/** Makes the backing of a named block of `size` bytes. Throws HostError when there is not enough. */
export type RamAllocator = (name: string, size: number) => RamBacking

/** Bytes per cached window; a power of two below the 2 GiB that a backing gives. */
const WINDOW_SIZE = 2 ** 30

/**
 * A named piece of guest memory with its dirty bitmaps. It is read and written through cached windows; an
 * access that
 * straddles two works. Once freed, every access throws.
 * @qemu include/exec/ramblock.h RAMBlock
 */
export class RAMBlock {
  readonly name: string
  /** Size in bytes. */
  readonly size: number
  readonly backing: RamBacking
  readonly dirty: DirtyMemory
  private readonly windows: (DataView | undefined)[]
  private freed = false
  /** Told of every write that does not come from translated code: the offset and length in bytes. */
  written: ((offset: number, length: number) => void) | null = null

  constructor(name: string, backing: RamBacking) {
    this.name = name
    this.size = backing.size
    this.backing = backing
    this.dirty = new DirtyMemory(backing.size)
    backing.onMoved = () => this.windows.fill(undefined)
    this.windows = new Array<DataView | undefined>(Math.ceil(backing.size / WINDOW_SIZE)).fill(undefined)
  }

  private window(index: number): DataView {
    const cached = this.windows[index]
    if (cached) return cached
    if (this.freed) throw new Error('Guest RAM was freed')
    const start = index * WINDOW_SIZE
    const bytes = this.backing.window(start, Math.min(WINDOW_SIZE, this.size - start))
    return (this.windows[index] = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  /** The bytes from `offset` on, in place: up to `length` of them, fewer at the end of a window. */
  bytesAt(offset: number, length: number): Uint8Array {
    assert(offset >= 0 && offset < this.size, `RAM block ${this.name} has no offset ${offset}`)
    const index = Math.floor(offset / WINDOW_SIZE)
    const view = this.window(index)
    const inWindow = offset - index * WINDOW_SIZE
    return new Uint8Array(
      view.buffer,
      view.byteOffset + inWindow,
      Math.min(length, view.byteLength - inWindow),
    )
  }

  /** Fills `target` with the bytes from `offset` on. */
  read(offset: number, target: Uint8Array): void {
    for (let done = 0; done < target.length;) {
      const bytes = this.bytesAt(offset + done, target.length - done)
      target.set(bytes, done)
      done += bytes.length
    }
  }

  /** Puts `source` at `offset`. The caller marks the pages dirty. */
  write(offset: number, source: Uint8Array): void {
    for (let done = 0; done < source.length;) {
      const bytes = this.bytesAt(offset + done, source.length - done)
      bytes.set(source.subarray(done, done + bytes.length))
      done += bytes.length
    }
  }

  /** Reads 1, 2 or 4 bytes, little-endian. */
  load(offset: number, size: number): number {
    const index = Math.floor(offset / WINDOW_SIZE)
    const view = this.window(index)
    const inWindow = offset - index * WINDOW_SIZE
    if (inWindow + size > view.byteLength) return this.loadStraddling(offset, size)
    if (size === 4) return view.getUint32(inWindow, true)
    return size === 2 ? view.getUint16(inWindow, true) : view.getUint8(inWindow)
  }

  private loadStraddling(offset: number, size: number): number {
    let value = 0
    for (let i = 0; i < size; i++) value |= this.load(offset + i, 1) << (8 * i)
    return value >>> 0
  }

  /** Writes 1, 2 or 4 bytes, little-endian. The caller marks the pages dirty. */
  store(offset: number, value: number, size: number): void {
    const index = Math.floor(offset / WINDOW_SIZE)
    const view = this.window(index)
    const inWindow = offset - index * WINDOW_SIZE
    if (inWindow + size > view.byteLength) this.storeStraddling(offset, value, size)
    else if (size === 4) view.setUint32(inWindow, value, true)
    else if (size === 2) view.setUint16(inWindow, value, true)
    else view.setUint8(inWindow, value)
  }

  private storeStraddling(offset: number, value: number, size: number): void {
    for (let i = 0; i < size; i++) this.store(offset + i, (value >>> (8 * i)) & 0xff, 1)
  }

  /**
   * Gives the memory back. Every later access throws an Error that says so; a window that was taken before is empty.
   * @qemu softmmu/physmem.c qemu_ram_free
   */
  free(): void {
    this.freed = true
    this.windows.fill(undefined)
    this.backing.free()
  }
}
