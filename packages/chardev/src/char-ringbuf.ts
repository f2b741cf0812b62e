// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { Chardev, TYPE_CHARDEV } from './char.js'

/** Bytes kept when no size is given. */
const RINGBUF_DEFAULT_SIZE = 65536

/**
 * Keeps the guest's latest output in memory, for tests and for programs that run a machine inside them.
 * @qemu chardev/char-ringbuf.c RingBufChardev
 */
export class RingBufChardev extends Chardev {
  private cbuf = new Uint8Array(RINGBUF_DEFAULT_SIZE)
  /** Bytes put in and taken out since the start; their difference is at most the size. */
  private prod = 0
  private cons = 0
  private readonly listeners = new Set<(bytes: Uint8Array) => void>()

  /**
   * Sets the size in bytes, a power of two, and empties the buffer.
   * @throws UserError if it is not one
   * @qemu chardev/char-ringbuf.c qemu_chr_open_ringbuf
   */
  open(size = RINGBUF_DEFAULT_SIZE): void {
    if (!(Number.isSafeInteger(size) && size > 0 && size <= 2 ** 30 && Number.isInteger(Math.log2(size)))) {
      throw new UserError('size of ringbuf chardev must be power of two')
    }
    this.cbuf = new Uint8Array(size)
    this.prod = this.cons = 0
  }

  /**
   * Takes everything; the oldest bytes make way.
   * @qemu chardev/char-ringbuf.c ringbuf_chr_write
   */
  override chrWrite(bytes: Uint8Array): number {
    for (const byte of bytes) this.cbuf[this.prod++ % this.cbuf.length] = byte
    this.cons = Math.max(this.cons, this.prod - this.cbuf.length)
    for (const listener of this.listeners) listener(bytes)
    return bytes.length
  }

  /** Calls `listener` with every piece of output as it comes, before it can be overwritten; returns what ends that. */
  onOutput(listener: (bytes: Uint8Array) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Takes out the oldest bytes, at most `length`.
   * @qemu chardev/char-ringbuf.c ringbuf_chr_read
   */
  read(length = this.cbuf.length): Uint8Array {
    const count = Math.min(length, this.prod - this.cons)
    return Uint8Array.from({ length: count }, () => this.cbuf[this.cons++ % this.cbuf.length]!)
  }

  /** Takes out everything as text, each byte a character of the same code. */
  readText(): string {
    return Buffer.from(this.read()).toString('latin1')
  }
}

export const TYPE_CHARDEV_RINGBUF = typeRegister<RingBufChardev>({
  name: 'chardev-ringbuf',
  parent: TYPE_CHARDEV,
  instance: RingBufChardev,
})
