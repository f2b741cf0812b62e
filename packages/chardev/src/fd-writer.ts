// SPDX-License-Identifier: GPL-2.0-or-later
import { writeSync } from 'node:fs'
import { errorReport, strerror } from '@dromaius/util'

/** Bytes that may wait, for a slow reader or for the end of the turn, before {@link FdWriter.write} takes no more. */
const QUEUE_CAPACITY = 4096

/** Shortest and longest pause in `ms` between two tries to write to a full pipe; each try that brings nothing doubles it. */
const RETRY_MIN_MS = 1
const RETRY_MAX_MS = 16

/** How long in `ms` the end of the process waits for a reader that takes nothing at all. */
const EXIT_PATIENCE_MS = 5000

/** How long in `ms` a writer that cannot be told to wait holds up the machine. */
const DRAIN_PATIENCE_MS = 100

/** Writers of this process whose queue is not empty, for its end. */
const waiting = new Set<FdWriter>()
const exitHook = { installed: false }

/** Sleeps without giving up the thread; only for the end of the process, when no event loop runs any more. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/**
 * Writes bytes in order to a descriptor that may be non-blocking and may go away, with a bounded queue. The first of a turn of
 * the event loop are written at once, those that follow in it together at its end: a serial port sends one byte at a time. What
 * the host refuses (disk full, device error) is counted and reported once; the guest goes on.
 */
export class FdWriter {
  readonly fd: number
  /** Bytes that the host did not take. */
  lostBytes = 0
  /** The reader is gone (EPIPE); everything since is lost. */
  closed = false
  /** What waits: `queued` bytes from `start` on. */
  private readonly queue = new Uint8Array(QUEUE_CAPACITY)
  private start = 0
  private queued = 0
  /** Something was written in this turn already. */
  private wroteInTurn = false
  /** The host had no room; there is a timer for the next try. */
  private full = false
  private retryMs = RETRY_MIN_MS
  private timer: NodeJS.Timeout | null = null
  private reported = false
  private readonly name: string
  private readonly onClosed: () => void
  private readonly watches = new Set<() => void>()

  /** `name` stands in reports; `onClosed` is called once, in a later turn, when the reader has gone. */
  constructor(fd: number, name: string, onClosed: () => void = () => {}) {
    this.fd = fd
    this.name = name
    this.onClosed = onClosed
  }

  /** Bytes that wait for the reader. */
  get queuedBytes(): number {
    return this.queued
  }

  /** Takes as many bytes as the host and the queue have room for; returns the count. */
  write(bytes: Uint8Array): number {
    // A queue that only waits for the end of the turn makes way.
    if (!this.full && this.queued + bytes.length > QUEUE_CAPACITY) this.drain()
    if (this.queued > 0 || (this.wroteInTurn && bytes.length < QUEUE_CAPACITY)) return this.enqueue(bytes)
    const written = this.tryWrite(bytes)
    this.beginTurn()
    if (written === bytes.length) return written
    this.full = true
    this.arm()
    return written + this.enqueue(bytes.subarray(written))
  }

  /** Calls `cb` once, in a later turn, when the queue has room; returns what cancels it. */
  addWatch(cb: () => void): () => void {
    this.watches.add(cb)
    this.arm()
    return () => this.watches.delete(cb)
  }

  /** Writes out the queue, waiting for a slow reader while it takes something at least every five seconds. */
  flushSync(patienceMs = EXIT_PATIENCE_MS): void {
    let idle = 0
    while (this.queued > 0 && idle < patienceMs) {
      if (this.drain()) {
        idle = 0
      } else {
        sleepSync(RETRY_MIN_MS)
        idle += RETRY_MIN_MS
      }
    }
    if (this.queued > 0) this.drop(this.queued)
    this.discard()
  }

  /** Waits until the queue has room, at most a tenth of a second while nothing is taken; false if it is still full. */
  drainSync(): boolean {
    for (let idle = 0; this.queued >= QUEUE_CAPACITY && idle < DRAIN_PATIENCE_MS; idle += RETRY_MIN_MS) {
      if (!this.drain()) sleepSync(RETRY_MIN_MS)
    }
    return this.queued < QUEUE_CAPACITY
  }

  /** Throws away what is queued, and waits no more. */
  discard(): void {
    this.queued = 0
    this.full = false
    waiting.delete(this)
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  private enqueue(bytes: Uint8Array): number {
    const room = Math.min(bytes.length, QUEUE_CAPACITY - this.queued)
    if (room > 0) {
      if (this.start + this.queued + room > QUEUE_CAPACITY) {
        this.queue.copyWithin(0, this.start, this.start + this.queued)
        this.start = 0
      }
      this.queue.set(bytes.subarray(0, room), this.start + this.queued)
      this.queued += room
      waiting.add(this)
      if (!exitHook.installed) {
        exitHook.installed = true
        process.on('exit', () => waiting.forEach((writer) => writer.flushSync()))
      }
    }
    return room
  }

  /** From now on bytes are gathered, until the turn ends. */
  private beginTurn(): void {
    if (this.wroteInTurn) return
    this.wroteInTurn = true
    setImmediate(() => {
      this.wroteInTurn = false
      if (!this.full) this.drain()
    })
  }

  private arm(): void {
    this.timer ??= setTimeout(() => this.tick(), this.retryMs)
  }

  private tick(): void {
    this.timer = null
    this.retryMs = this.drain() ? RETRY_MIN_MS : Math.min(this.retryMs * 2, RETRY_MAX_MS)
    if (this.queued < QUEUE_CAPACITY) {
      const watches = [...this.watches]
      this.watches.clear()
      for (const cb of watches) cb()
    }
  }

  /** Writes from the queue what the host takes; true when anything went. If some is left, there will be another try. */
  private drain(): boolean {
    const written = this.tryWrite(this.queue.subarray(this.start, this.start + this.queued))
    this.start += written
    this.queued -= written
    this.full = this.queued > 0
    if (this.full) {
      this.arm()
    } else {
      this.start = 0
      waiting.delete(this)
    }
    return written > 0
  }

  /** Returns how many bytes are done with: written, or lost to an error that waiting does not cure. */
  private tryWrite(bytes: Uint8Array): number {
    let done = 0
    while (done < bytes.length) {
      if (this.closed) {
        this.lostBytes += bytes.length - done
        return bytes.length
      }
      try {
        done += writeSync(this.fd, bytes, done, bytes.length - done)
      } catch (error) {
        const { code, errno } = error as NodeJS.ErrnoException
        if (code === 'EINTR') continue
        if (code === 'EAGAIN') return done
        if (code === 'EPIPE') {
          this.closed = true
          setImmediate(this.onClosed)
          continue
        }
        this.drop(bytes.length - done, errno)
        return bytes.length
      }
    }
    return done
  }

  private drop(count: number, errno?: number): void {
    this.lostBytes += count
    if (this.reported) return
    this.reported = true
    const why = errno === undefined ? 'the reader takes nothing' : strerror(errno)
    errorReport(`${this.name}: Output is being lost: ${why}`)
  }
}
