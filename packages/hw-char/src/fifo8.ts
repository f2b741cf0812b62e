// SPDX-License-Identifier: GPL-2.0-or-later
import { vmBytes, vmU32, type VMStateDescription } from '@dromaius/util'

/**
 * A queue of bytes of fixed capacity.
 * @qemu util/fifo8.c Fifo8
 */
export class Fifo8 {
  readonly data: Uint8Array
  /** Index of the oldest byte. */
  head = 0
  /** Bytes in the queue. */
  num = 0

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.data = new Uint8Array(capacity)
  }

  get isEmpty(): boolean {
    return this.num === 0
  }

  get isFull(): boolean {
    return this.num === this.data.length
  }

  /** Puts a byte at the end; the caller has seen that there is room. */
  push(byte: number): void {
    this.data[(this.head + this.num) % this.data.length] = byte
    this.num++
  }

  /** Takes out the oldest byte; the caller has seen that there is one. */
  pop(): number {
    const byte = this.data[this.head]!
    this.head = (this.head + 1) % this.data.length
    this.num--
    return byte
  }

  /** Empties the queue. */
  reset(): void {
    this.head = 0
    this.num = 0
  }
}

/** State of a queue of that capacity. @qemu util/fifo8.c vmstate_fifo8 */
export function vmstateFifo8(capacity: number): VMStateDescription<Fifo8> {
  return {
    name: 'Fifo8',
    version: 1,
    minimumVersion: 1,
    fields: [vmBytes('data', capacity), vmU32('head'), vmU32('num')],
    postLoad(fifo) {
      if (fifo.head >= capacity || fifo.num > capacity)
        throw new Error('Fifo8: count or index beyond the capacity')
    },
  }
}
