// SPDX-License-Identifier: GPL-2.0-or-later
import type { Readable } from 'node:stream'
import { qemuChrBeCanWrite, qemuChrBeWrite, type Chardev } from './char.js'

/**
 * Brings what a stream gives to a back end's front end, never more than that can take: the stream is paused while anything
 * is left over, so that the host keeps the rest.
 */
export class StreamInput {
  private readonly chr: Chardev
  private readonly stream: Readable
  private readonly onEnd: () => void
  private readonly filter: (bytes: Uint8Array) => Uint8Array
  /** Input that the front end had no room for; while there is some, the stream is paused. */
  private pending: Uint8Array = new Uint8Array(0)
  private ended = false
  private done = false

  /**
   * Begins to read. `onEnd` is called once, after the front end has taken the last byte or when there is nothing left to
   * take; `filter` sees the bytes as they come and returns those that are input.
   */
  constructor(
    chr: Chardev,
    stream: Readable,
    onEnd: () => void,
    filter: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
  ) {
    this.chr = chr
    this.stream = stream
    this.onEnd = onEnd
    this.filter = filter
    stream.on('data', this.onData)
    stream.on('end', this.onStreamEnd)
    stream.on('close', this.onStreamEnd)
    // A terminal that goes away reads EIO, a peer that goes away ECONNRESET: the end of the input, not a failure.
    stream.on('error', this.onStreamEnd)
  }

  private readonly onData = (chunk: Buffer | string): void => {
    const kept = this.filter(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    this.pending = this.pending.length === 0 ? Uint8Array.from(kept) : Buffer.concat([this.pending, kept])
    this.accept()
  }

  private readonly onStreamEnd = (): void => {
    this.ended = true
    this.accept()
  }

  /** Hands on what the front end has room for; reads no more from the host while anything is left. */
  accept(): void {
    if (this.done) return
    while (this.pending.length > 0) {
      const room = qemuChrBeCanWrite(this.chr)
      if (room <= 0) break
      const chunk = this.pending.subarray(0, room)
      this.pending = this.pending.subarray(chunk.length)
      qemuChrBeWrite(this.chr, chunk)
    }
    if (this.pending.length > 0) {
      this.stream.pause()
    } else if (this.ended) {
      this.stop()
      this.onEnd()
    } else {
      this.stream.resume()
    }
  }

  /** Reads no more and lets go of the stream, which may not keep the process alive. */
  stop(): void {
    if (this.done) return
    this.done = true
    this.stream.off('data', this.onData)
    this.stream.off('end', this.onStreamEnd)
    this.stream.off('close', this.onStreamEnd)
    this.stream.off('error', this.onStreamEnd)
    this.stream.pause()
  }
}
