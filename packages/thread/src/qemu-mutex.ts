// SPDX-License-Identifier: GPL-2.0-or-later
import { openMutex, type NativeMutex } from '@dromaius/native'
import type { QemuThread } from './qemu-thread.js'

/** What both kinds of mutex do. An OS thread owns the mutex, so every call names the thread that makes it. */
abstract class MutexBase {
  /** The native side. */
  readonly native: NativeMutex

  constructor(native: NativeMutex) {
    this.native = native
  }

  /** Names the mutex in the whole process: pass it to a Worker, and keep this object until the Worker opened it. */
  get handle(): bigint {
    return this.native.handle
  }

  /**
   * Takes the mutex on the given thread; the isolate goes on meanwhile.
   *
   * @throws HostError (as a rejection) `EDEADLK` if the thread holds a mutex that is not recursive
   * @qemu util/qemu-thread-posix.c qemu_mutex_lock_impl
   * @differs QEMU aborts
   */
  lock(thread: QemuThread): Promise<void> {
    return this.native.lock(thread.server)
  }

  /**
   * Takes the mutex on the given thread if it is free.
   *
   * @returns whether it was
   * @throws Error if the thread is carrying out an operation
   * @qemu util/qemu-thread-posix.c qemu_mutex_trylock_impl
   */
  tryLock(thread: QemuThread): boolean {
    return this.native.tryLock(thread.server)
  }

  /**
   * Gives the mutex up, on the thread that holds it.
   *
   * @throws HostError `EPERM` if the thread does not hold it; Error if the thread is carrying out an operation
   * @qemu util/qemu-thread-posix.c qemu_mutex_unlock_impl
   */
  unlock(thread: QemuThread): void {
    this.native.unlock(thread.server)
  }

  /**
   * Holds the mutex on the given thread while `fn` runs, and until what it returns has settled.
   *
   * @qemu include/qemu/lockable.h WITH_QEMU_LOCK_GUARD
   */
  async withLock<R>(thread: QemuThread, fn: () => R | Promise<R>): Promise<R> {
    await this.lock(thread)
    try {
      return await fn()
    } finally {
      this.unlock(thread)
    }
  }

  /**
   * Gives this isolate's reference back; the mutex goes with the last one.
   *
   * @throws HostError `EBUSY` if this is the last one and the mutex is locked
   * @qemu util/qemu-thread-posix.c qemu_mutex_destroy
   */
  destroy(): void {
    this.native.destroy()
  }
}

/**
 * A mutex of OS threads.
 *
 * @qemu include/qemu/thread-posix.h QemuMutex
 */
export class QemuMutex extends MutexBase {
  /** @qemu util/qemu-thread-posix.c qemu_mutex_init */
  constructor(handle?: bigint) {
    super(openMutex(false, handle))
  }

  /**
   * The mutex that another isolate made.
   *
   * @throws Error if its last reference is gone; TypeError if the handle is that of something else
   */
  static fromHandle(handle: bigint): QemuMutex {
    return new QemuMutex(handle)
  }
}

/**
 * A mutex that its holder may take again; it is free when it was given up as often.
 *
 * @qemu include/qemu/thread-posix.h QemuRecMutex
 */
export class QemuRecMutex extends MutexBase {
  /** @qemu util/qemu-thread-posix.c qemu_rec_mutex_init */
  constructor(handle?: bigint) {
    super(openMutex(true, handle))
  }

  /** The recursive mutex that another isolate made. Throws as `QemuMutex.fromHandle`. */
  static fromHandle(handle: bigint): QemuRecMutex {
    return new QemuRecMutex(handle)
  }
}
