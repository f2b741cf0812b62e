// SPDX-License-Identifier: GPL-2.0-or-later
import {
  createCommandServer,
  getThreadAffinity,
  setThreadAffinity,
  type CommandServer,
  type ThreadMode,
  type ThreadServer,
} from '@dromaius/native'
import { takeThreadEnd } from './thread-end.js'

/** Called when a thread has ended. */
export type QemuThreadNotifier = (thread: QemuThread<ThreadServer>) => void

/** The thread whose body is running right now, in its synchronous part. */
// eslint-disable-next-line dromaius/no-module-let -- an isolate runs one body at a time, whichever machine's it is
let self: QemuThread<ThreadServer> | undefined

/**
 * An OS thread with a body in TypeScript.
 *
 * The body runs in the isolate, which is the big lock; what blocks runs on the OS thread while the body awaits it and
 * everybody else goes on. Operations of one thread are carried out one after the other, as a thread would.
 *
 * @typeParam S the native side: by default the one that carries out the primitives' operations
 * @typeParam T what the body returns
 * @qemu include/qemu/thread-posix.h QemuThread
 */
export class QemuThread<S extends ThreadServer = CommandServer, T = unknown> {
  /** The name as it was given; Linux keeps, and `ps -T` shows, its first 15 bytes. */
  readonly name: string
  /**
   * The OS thread's id, as `ps -T` shows it. Another thread may get it after the end of this one.
   *
   * @qemu util/oslib-posix.c qemu_get_thread_id
   * @differs any thread's id, not only the caller's
   */
  readonly id: number
  /** Whether the thread is to be joined. */
  readonly mode: ThreadMode
  /** The OS thread's native side. */
  readonly server: S
  readonly #finished: Promise<T>
  readonly #notifiers: QemuThreadNotifier[] = []
  #joined = false
  #ended = false

  /** Use `qemuThreadCreate`. */
  constructor(
    name: string,
    startRoutine: (thread: QemuThread<S>) => T | Promise<T>,
    mode: ThreadMode,
    server: S,
  ) {
    this.name = name
    this.id = server.tid
    this.mode = mode
    this.server = server
    let body: T | Promise<T>
    try {
      body = this.enter(() => startRoutine(this))
    } catch (error) {
      this.#abort()
      throw error
    }
    this.#finished = this.#finish(body)
    // Nobody may come to join before the body failed; a detached thread's failure is for nobody but the process.
    if (mode === 'joinable') this.#finished.catch(() => {})
  }

  /** Whether the OS thread is gone. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Waits until the body has settled and the OS thread is gone, without blocking the isolate.
   *
   * @returns the body's value
   * @throws what the body threw; else the first error of an exit notifier. At once (not as a rejection) if the thread
   * is detached, was joined before, or is the caller
   * @qemu util/qemu-thread-posix.c qemu_thread_join
   * @differs the OS thread's resources go when the body has settled, joined or not: only the result waits
   */
  join(): Promise<T> {
    if (this.mode === 'detached') throw new Error(`Thread "${this.name}" is detached and cannot be joined`)
    if (this.#joined) throw new Error(`Thread "${this.name}" was joined before`)
    if (qemuThreadIsSelf(this)) throw new Error(`Thread "${this.name}" cannot join itself`)
    this.#joined = true
    return this.#finished
  }

  /**
   * Adds a function to be called when the thread has ended; the one added last comes first.
   *
   * @qemu util/qemu-thread-posix.c qemu_thread_atexit_add
   * @differs QEMU calls it on the ending thread; ours is called in the isolate once that thread is gone
   */
  atexit(notifier: QemuThreadNotifier): void {
    this.#assertAlive()
    this.#notifiers.push(notifier)
  }

  /**
   * Takes a notifier off again; one that was not added is no error.
   *
   * @qemu util/qemu-thread-posix.c qemu_thread_atexit_remove
   */
  atexitRemove(notifier: QemuThreadNotifier): void {
    const index = this.#notifiers.lastIndexOf(notifier)
    if (index >= 0) this.#notifiers.splice(index, 1)
  }

  /**
   * Allows the thread to run on these host CPUs only.
   *
   * @throws HostError `qemu_thread_set_affinity`, `EINVAL` if the host has none of them
   * @qemu util/qemu-thread-posix.c qemu_thread_set_affinity
   */
  setAffinity(cpus: readonly number[]): void {
    this.#assertAlive()
    setThreadAffinity(this.id, cpus)
  }

  /**
   * The host CPUs that the thread may run on, in rising order.
   *
   * @qemu util/qemu-thread-posix.c qemu_thread_get_affinity
   */
  getAffinity(): number[] {
    this.#assertAlive()
    return getThreadAffinity(this.id)
  }

  /**
   * Calls `fn` as this thread: `qemuThreadGetSelf` answers this thread until `fn` returns. The start of a body is
   * called so; after an await a body that wants to be known as itself does it again.
   */
  enter<R>(fn: () => R): R {
    const outer = self
    self = this
    try {
      return fn()
    } finally {
      self = outer
    }
  }

  async #finish(body: T | Promise<T>): Promise<T> {
    let value: T
    try {
      value = await body
    } catch (error) {
      // The body's own error says more than one of a notifier.
      await this.#end().catch(() => {})
      throw error
    }
    await this.#end()
    return value
  }

  async #end(): Promise<void> {
    await new Promise<void>((resolve) => this.server.stop(resolve))
    this.#ended = true
    this.#runNotifiers()
  }

  /** The body failed before its first await: the thread is not handed out, so it is ended here if it can be. */
  #abort(): void {
    if (this.server.stopSync?.() !== true) this.server.stop(() => {})
    this.#ended = true
    try {
      this.#runNotifiers()
    } catch {
      // The body's own error says more than one of a notifier.
    }
  }

  #runNotifiers(): void {
    const errors: unknown[] = []
    const attempt = (action: () => void): void => {
      try {
        action()
      } catch (error) {
        errors.push(error)
      }
    }
    for (let notifier = this.#notifiers.pop(); notifier !== undefined; notifier = this.#notifiers.pop()) {
      const call = notifier
      attempt(() => call(this))
    }
    takeThreadEnd(this).forEach(attempt)
    if (errors.length > 0) throw errors[0]
  }

  #assertAlive(): void {
    if (this.#ended) throw new Error(`Thread "${this.name}" has ended`)
  }
}

/**
 * Creates an OS thread and starts its body.
 *
 * When it returns, the OS thread exists and carries its name, and the body has run to its first await. On Linux it blocks
 * every signal but SIGSEGV, SIGFPE and SIGILL.
 *
 * @param name what `ps -T` shows, such as `CPU 0/KVM`: cut to 15 bytes on Linux; on Windows the thread's description
 * @param startRoutine the body; the thread ends when it has settled
 * @param mode a joinable thread hands its result to `join`; a detached one's failure is an unhandled rejection
 * @throws HostError `qemu_thread_create` (`EAGAIN`: no more threads); what the body threw before its first await: no
 * thread is left behind then
 * @qemu util/qemu-thread-posix.c qemu_thread_create
 * @differs the start routine's argument is whatever it closes over
 */
export function qemuThreadCreate<T>(
  name: string,
  startRoutine: (thread: QemuThread) => T | Promise<T>,
  mode: ThreadMode,
): QemuThread<CommandServer, T>
/**
 * The same with a native side of the caller's own.
 *
 * @param createServer makes the native side; the default one carries out the primitives' operations
 */
export function qemuThreadCreate<T, S extends ThreadServer>(
  name: string,
  startRoutine: (thread: QemuThread<S>) => T | Promise<T>,
  mode: ThreadMode,
  createServer: (name: string, mode: ThreadMode) => S,
): QemuThread<S, T>
export function qemuThreadCreate<T>(
  name: string,
  startRoutine: (thread: QemuThread<never>) => T | Promise<T>,
  mode: ThreadMode,
  createServer: (name: string, mode: ThreadMode) => ThreadServer = createCommandServer,
): QemuThread<ThreadServer, T> {
  // The overloads tie the body's thread to the server that createServer makes.
  const body = startRoutine as (thread: QemuThread<ThreadServer>) => T | Promise<T>
  return new QemuThread<ThreadServer, T>(name, body, mode, createServer(name, mode))
}

/**
 * The thread whose body is running: known from the body's start, or from `QemuThread.enter`, to the next await.
 *
 * @qemu util/qemu-thread-posix.c qemu_thread_get_self
 * @differs all bodies share one isolate, so after an await nobody knows whose turn it is: pass the thread on
 */
export const qemuThreadGetSelf = (): QemuThread<ThreadServer> | undefined => self

/**
 * Whether `thread` is the one whose body is running, within the limits of `qemuThreadGetSelf`.
 *
 * @qemu util/qemu-thread-posix.c qemu_thread_is_self
 */
export const qemuThreadIsSelf = (thread: QemuThread<ThreadServer>): boolean => self === thread
