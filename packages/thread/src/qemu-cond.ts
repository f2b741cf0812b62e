// SPDX-License-Identifier: GPL-2.0-or-later
import { openCond, type NativeCond } from '@dromaius/native'
import type { QemuMutex } from './qemu-mutex.js'
import type { QemuThread } from './qemu-thread.js'

/**
 * A condition variable of OS threads. As everywhere, a wait may end for no reason: look at the condition again.
 *
 * @qemu include/qemu/thread-posix.h QemuCond
 */
export class QemuCond {
  readonly #native: NativeCond

  /** @qemu util/qemu-thread-posix.c qemu_cond_init */
  constructor(handle?: bigint) {
    this.#native = openCond(handle)
  }

  /** The condition variable that another isolate made. Throws as `QemuMutex.fromHandle`. */
  static fromHandle(handle: bigint): QemuCond {
    return new QemuCond(handle)
  }

  /** Names it in the whole process: pass it to a Worker, and keep this object until the Worker opened it. */
  get handle(): bigint {
    return this.#native.handle
  }

  /**
   * Gives the mutex up on the given thread, sleeps until it is woken, and takes the mutex again.
   *
   * @throws HostError (as a rejection) `EPERM` if the thread does not hold the mutex
   * @qemu util/qemu-thread-posix.c qemu_cond_wait_impl
   * @was qemu_cond_wait
   */
  wait(mutex: QemuMutex, thread: QemuThread): Promise<void> {
    return this.#native.wait(mutex.native, thread.server)
  }

  /**
   * The same, for at most `ms` milliseconds (0 to 2147483647) of the monotonic clock. The mutex is held afterwards
   * either way.
   *
   * @returns false if the time ran out
   * @qemu util/qemu-thread-posix.c qemu_cond_timedwait_impl
   */
  timedwait(mutex: QemuMutex, ms: number, thread: QemuThread): Promise<boolean> {
    return this.#native.timedwait(mutex.native, ms, thread.server)
  }

  /**
   * Wakes one waiter, if there is any. To miss nobody, change the condition while some thread holds the mutex.
   *
   * @qemu util/qemu-thread-posix.c qemu_cond_signal
   */
  signal(): void {
    this.#native.signal()
  }

  /**
   * Wakes every waiter.
   *
   * @qemu util/qemu-thread-posix.c qemu_cond_broadcast
   */
  broadcast(): void {
    this.#native.broadcast()
  }

  /**
   * Gives this isolate's reference back. Those who wait keep it alive.
   *
   * @qemu util/qemu-thread-posix.c qemu_cond_destroy
   */
  destroy(): void {
    this.#native.destroy()
  }
}
