// SPDX-License-Identifier: GPL-2.0-or-later
import { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { SerialWaiters, type SerialMatch, type WaitForOptions } from './serial-wait.js'

/** Bytes of output that wait for a reader before the guest has to wait. */
const READ_QUEUE = 64 * 1024

/** Bytes of output that are kept for a reader who may come yet, and characters that are kept for searches. */
const KEPT = 1024 * 1024

/**
 * A serial port seen from outside the guest: what the guest sends can be read, what is written is its input. Node's streams,
 * with {@link SerialStream.waitFor} for conversations.
 *
 * Once something reads (a `data` handler, a pipe, an iterator), no byte is lost: a reader that is slow slows the guest down.
 * While nothing does, the latest MiB is kept, and the guest never waits.
 */
export class SerialStream extends Duplex {
  readonly #acceptInput: () => void
  readonly #decoder = new StringDecoder('utf8')
  readonly #waiters = new SerialWaiters(KEPT)
  /** Output that no reader has asked for yet. */
  #output: Uint8Array[] = []
  #outputLength = 0
  /** The reader wants more than there was. */
  #wanted = false
  #ended = false
  /** Input that the guest has not taken yet, with what tells its writer. */
  #input: { bytes: Uint8Array; done: () => void }[] = []
  readonly #watches = new Set<() => void>()

  /** @internal */
  constructor(owner: { acceptInput: () => void }) {
    super()
    this.#acceptInput = owner.acceptInput
    // Later writes are then nobody's, and no error: whoever types cannot know of the end.
    this.once('end', () => this.destroy())
  }

  /** The guest's output so far as text (UTF-8): all of it, or the latest million characters. */
  get log(): string {
    return this.#waiters.log
  }

  /**
   * Waits until the guest has sent a text, or something that a regular expression matches. Each call looks at what came
   * behind the last match, so that two calls in a row for the same prompt wait for two prompts.
   *
   * Rejects with a {@link SerialWaitError}, which shows the latest lines, after `timeout` ms or when the machine ends first;
   * with the signal's reason when `signal` is aborted.
   */
  waitFor(wanted: string | RegExp, options: WaitForOptions = {}): Promise<SerialMatch> {
    return this.#waiters.waitFor(wanted, options)
  }

  /** Whether the guest may send more. @internal */
  get hasRoom(): boolean {
    return !this.#hasReader || this.#outputLength < READ_QUEUE
  }

  /** Whether anything has begun to read; a paused reader is one. */
  get #hasReader(): boolean {
    return this.readableFlowing !== null || this.#wanted
  }

  /** Takes output of the guest; returns how many bytes. @internal */
  pushOutput(bytes: Uint8Array): number {
    if (this.#ended) return bytes.length
    // Whoever has destroyed the stream reads no more.
    if (this.destroyed) {
      this.#waiters.add(this.#decoder.write(Buffer.from(bytes)))
      return bytes.length
    }
    const taken = this.#hasReader ? Math.min(bytes.length, READ_QUEUE - this.#outputLength) : bytes.length
    if (taken <= 0) return 0
    // Copied, also out of a Buffer, whose own slice does not.
    const piece = Uint8Array.from(bytes.subarray(0, taken))
    this.#waiters.add(this.#decoder.write(Buffer.from(piece.buffer)))
    this.#output.push(piece)
    this.#outputLength += taken
    if (this.#wanted) this.#flush()
    else this.#forget()
    return taken
  }

  /** Calls `cb` once when there is room again; returns what cancels it. @internal */
  whenRoom(cb: () => void): () => void {
    if (this.hasRoom) setImmediate(cb)
    else this.#watches.add(cb)
    return () => this.#watches.delete(cb)
  }

  /** Takes out input for the guest, at most `length` bytes. @internal */
  takeInput(length: number): Uint8Array {
    const first = this.#input[0]
    if (!first) return new Uint8Array(0)
    const bytes = first.bytes.subarray(0, length)
    first.bytes = first.bytes.subarray(bytes.length)
    if (first.bytes.length === 0) {
      this.#input.shift()
      // Later: the writer's next bytes must not come before these.
      setImmediate(first.done)
    }
    return bytes
  }

  /** The machine is gone: the reader gets the rest and the end, writers are told. @internal */
  machineEnded(): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiters.end()
    if (this.#wanted) this.#flush()
    for (const { done } of this.#input) setImmediate(done)
    this.#input = []
  }

  override _read(): void {
    this.#wanted = true
    this.#flush()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#ended || chunk.length === 0) {
      done()
      return
    }
    this.#input.push({ bytes: chunk, done })
    this.#acceptInput()
  }

  /** Hands the reader what there is. */
  #flush(): void {
    while (this.#wanted && this.#output.length > 0) {
      const piece = this.#output.shift()!
      this.#outputLength -= piece.length
      this.#wanted = this.push(piece)
    }
    if (this.#wanted && this.#ended) {
      this.#wanted = false
      this.push(null)
    }
    if (!this.hasRoom) return
    const watches = [...this.#watches]
    this.#watches.clear()
    for (const cb of watches) setImmediate(cb)
  }

  /** Without a reader the oldest output makes way. */
  #forget(): void {
    if (this.#hasReader) return
    while (this.#outputLength > KEPT) this.#outputLength -= this.#output.shift()!.length
  }
}
