// SPDX-License-Identifier: GPL-2.0-or-later
import { addon } from './addon.js'

/** Whether a thread is waited for at its end, or goes by itself. */
export type ThreadMode = 'joinable' | 'detached'

/** The OS thread behind a `QemuThread`, whatever kind of commands it takes. */
export interface ThreadServer {
  /** The thread's id, as `ps -T` shows it. */
  readonly tid: number
  /**
   * Lets the thread end once it has done what it was given before; never blocks.
   *
   * @param onEnd called once, when the thread is gone (a joinable one is joined by then)
   */
  stop(onEnd: () => void): void
  /**
   * Ends the thread before it returns, if that needs no waiting for work.
   *
   * @returns false if the thread could not be ended so: `stop` is still to be called
   */
  stopSync?(): boolean
}

/** An OS thread that runs blocking operations of the primitives below, one after the other. */
export interface CommandServer extends ThreadServer {
  /** Whether an operation is under way on the thread. */
  readonly busy: boolean
  stopSync(): boolean
}

/** What the native primitives have in common. */
export interface NativePrimitive {
  /** Names the primitive in the whole process, for another isolate to take hold of it; never used twice. */
  readonly handle: bigint
  /** Gives the reference back; the primitive goes with its last one. Every later call throws. */
  destroy(): void
}

/** A mutex, recursive or not, owned by OS threads. */
export interface NativeMutex extends NativePrimitive {
  lock(server: CommandServer): Promise<void>
  tryLock(server: CommandServer): boolean
  unlock(server: CommandServer): void
}

/** A condition variable. Timeouts are in milliseconds, 0 to 2147483647, of the monotonic clock. */
export interface NativeCond extends NativePrimitive {
  wait(mutex: NativeMutex, server: CommandServer): Promise<void>
  timedwait(mutex: NativeMutex, ms: number, server: CommandServer): Promise<boolean>
  signal(): void
  broadcast(): void
}

/** A counting semaphore. */
export interface NativeSemaphore extends NativePrimitive {
  wait(server: CommandServer): Promise<void>
  timedwait(ms: number, server: CommandServer): Promise<boolean>
  post(): void
}

/** A flag that threads wait for. */
export interface NativeEvent extends NativePrimitive {
  wait(server: CommandServer): Promise<void>
  set(): void
  reset(): void
}

/** The object `thread` on the addon: src/thread_bindings.cc and src/thread_sync_bindings.cc. */
export interface ThreadBindings {
  CommandServer: new (name: string, detached: 0 | 1) => CommandServer
  Mutex: new (handle: bigint | undefined, recursive: boolean) => NativeMutex
  Cond: new (handle?: bigint) => NativeCond
  Semaphore: new (handle: bigint | undefined, init: number) => NativeSemaphore
  Event: new (handle: bigint | undefined, init: boolean) => NativeEvent
  setAffinity(tid: number, cpus: readonly number[]): void
  getAffinity(tid: number): number[]
}

const bindings = addon.thread

/**
 * Starts an OS thread that carries out primitives' operations. When it returns, the thread exists with its name and id.
 *
 * @param name what `ps -T` shows, cut to 15 bytes (Linux); the thread's description, whole (Windows)
 * @throws HostError `qemu_thread_create`, such as `EAGAIN`
 */
export const createCommandServer = (name: string, mode: ThreadMode): CommandServer =>
  new bindings.CommandServer(name, mode === 'detached' ? 1 : 0)

/** A new mutex, or with a handle another reference to a living one. */
export const openMutex = (recursive: boolean, handle?: bigint): NativeMutex =>
  new bindings.Mutex(handle, recursive)

/** A new condition variable, or another reference to a living one. */
export const openCond = (handle?: bigint): NativeCond => new bindings.Cond(handle)

/** A new semaphore with the count `init`, or another reference to a living one. */
export const openSemaphore = (init: number, handle?: bigint): NativeSemaphore =>
  new bindings.Semaphore(handle, init)

/** A new event, or another reference to a living one. */
export const openEvent = (init: boolean, handle?: bigint): NativeEvent => new bindings.Event(handle, init)

/**
 * Allows a thread of this process to run on the given host CPUs only.
 *
 * @param tid the thread's id
 * @throws HostError `qemu_thread_set_affinity`: `EINVAL` if the host has none of these CPUs, `ESRCH` if the thread ended
 */
export const setThreadAffinity = (tid: number, cpus: readonly number[]): void =>
  bindings.setAffinity(tid, cpus)

/** The host CPUs that a thread may run on, in rising order. */
export const getThreadAffinity = (tid: number): number[] => bindings.getAffinity(tid)
