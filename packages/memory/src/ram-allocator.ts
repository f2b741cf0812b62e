// SPDX-License-Identifier: GPL-2.0-or-later
import { GuestRam } from '@dromaius/native'
import type { RamAllocator } from './ram-block.js'

/** Where {@link nativeRamAllocator} takes memory from. */
export type NativeRamOptions =
  | {
      /** Private memory of this process, or a memfd that other processes can map. */
      readonly kind: 'anonymous' | 'memfd'
    }
  | {
      /** A file; its content is the memory's. */
      readonly kind: 'file'
      readonly path: string
      /** Writes reach the file; otherwise they stay in this process. */
      readonly share?: boolean
    }

/**
 * Memory that KVM can map: anonymous, memfd or a file. The allocator throws HostError when the host refuses.
 */
export function nativeRamAllocator(options: NativeRamOptions): RamAllocator {
  switch (options.kind) {
    case 'anonymous':
      return (_name, size) => GuestRam.anonymous(size)
    case 'memfd':
      return (name, size) => GuestRam.memfd(name, size)
    case 'file':
      return (_name, size) => GuestRam.file(options.path, size, { share: options.share ?? false })
  }
}

/**
 * Memory on the JavaScript heap, for tests and for machines without a kernel accelerator. It has no host
 * address; freeing
 * it empties the windows that were given out.
 */
export const heapRamAllocator: RamAllocator = (_name, size) => {
  /** Bytes per array: typed arrays end at 4 GiB in Node 20, and small arrays are made lazily. */
  const chunkSize = 2 ** 30
  const chunks: (ArrayBuffer | undefined)[] = []
  let freed = false
  return {
    size,
    hostAddress: 0n,
    window(offset, length) {
      const index = Math.floor(offset / chunkSize)
      const start = offset - index * chunkSize
      if (freed || offset < 0 || offset + length > size || start + length > chunkSize) {
        throw new RangeError(`No window of ${length} bytes at ${offset} in ${size} bytes of RAM`)
      }
      const chunk = (chunks[index] ??= new ArrayBuffer(Math.min(chunkSize, size - index * chunkSize)))
      return new Uint8Array(chunk, start, length)
    },
    free() {
      freed = true
      // Transferring leaves the buffer detached, so that late accesses through a window fail.
      for (const chunk of chunks) if (chunk) structuredClone(chunk, { transfer: [chunk] })
    },
  }
}
