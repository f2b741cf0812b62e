// SPDX-License-Identifier: GPL-2.0-or-later
import { addon } from './addon.js'

/** Longest window in bytes: Node 20's typed arrays end at 4 GiB, and offsets stay positive in 32 bits. */
export const GUEST_RAM_WINDOW_MAX = 2 ** 31

/** Bytes from one window that is kept to the next. */
const STRIDE = 2 ** 30

/**
 * Memory of the host that backs guest RAM.
 *
 * JavaScript sees it through windows. They belong to the memory: `free` detaches them, so that a window
 * kept too long has length 0 instead of reaching memory that is gone.
 */
export class GuestRam {
  #id: number
  #freed = false
  readonly #windows = new Map<string, Uint8Array>()

  private constructor(
    id: number,
    /** Bytes. */
    readonly size: number,
    /** The descriptor behind it, or -1. */
    readonly fd: number,
  ) {
    this.#id = id
  }

  /** Private anonymous memory, as QEMU's default. */
  static anonymous(size: number): GuestRam {
    return new GuestRam(addon.ramMapAnonymous(size), size, -1)
  }

  /** Shared memory behind a memfd that other processes can map. */
  static memfd(name: string, size: number): GuestRam {
    return GuestRam.#fromFd(addon.memfdCreate(name, size), size, true)
  }

  /**
   * A file of at least `size` bytes.
   *
   * @param share  whether the guest's writes go to the file; otherwise they stay private
   */
  static file(path: string, size: number, { share = false } = {}): GuestRam {
    return GuestRam.#fromFd(addon.openRamFile(path), size, share)
  }

  static #fromFd(fd: number, size: number, share: boolean): GuestRam {
    try {
      return new GuestRam(addon.ramMapFd(fd, size, share), size, fd)
    } catch (error) {
      addon.closeFd(fd)
      throw error
    }
  }

  /** Where the memory stands in this process, for KVM's memory slots. */
  get hostAddress(): bigint {
    return addon.memoryAddress(this.#id)
  }

  /** The bytes `offset` to `offset + length`. Throws a RangeError beyond the end or above 2 GiB, an Error after `free`. */
  window(offset: number, length: number): Uint8Array {
    if (this.#freed) throw new Error('Guest RAM was freed')
    if (!(length <= GUEST_RAM_WINDOW_MAX)) throw new RangeError('A window of guest RAM is at most 2 GiB')
    // Overlapping stretches of 2 GiB, one every GiB, hold nearly every window: their number is bounded by the
    // memory's size, whatever stretches are asked for.
    const base = Math.floor(offset / STRIDE) * STRIDE
    const stretch = Math.min(GUEST_RAM_WINDOW_MAX, this.size - base)
    const whole = Number.isInteger(offset) && Number.isInteger(length)
    if (whole && offset >= 0 && length >= 0 && offset + length <= base + stretch) {
      return this.#mapped(base, stretch).subarray(offset - base, offset - base + length)
    }
    return this.#mapped(offset, length)
  }

  #mapped(offset: number, length: number): Uint8Array {
    const key = `${offset}+${length}`
    let window = this.#windows.get(key)
    if (window === undefined) {
      window = new Uint8Array(addon.memoryWindow(this.#id, offset, length))
      this.#windows.set(key, window)
    }
    return window
  }

  /**
   * Takes access to whole pages away and gives it back: what the kernel keeps about them for a guest is thrown away. Throws a
   * RangeError beyond the end.
   */
  reprotect(offset: number, length: number): void {
    if (this.#freed) throw new Error('Guest RAM was freed')
    addon.memoryReprotect(this.#id, offset, length)
  }

  /** Detaches every window and gives the memory back. The VM that used it must be closed before. */
  free(): void {
    if (this.#freed) return
    this.#freed = true
    this.#windows.clear()
    addon.memoryRelease(this.#id)
    if (this.fd >= 0) addon.closeFd(this.fd)
  }
}
