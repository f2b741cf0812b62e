// SPDX-License-Identifier: GPL-2.0-or-later
import { openSemaphore, type NativeSemaphore } from '@dromaius/native'
import type { QemuThread } from './qemu-thread.js'

/**
 * A counting semaphore of OS threads.
 *
 * @qemu include/qemu/thread-posix.h QemuSemaphore
 */
export class QemuSemaphore {
  readonly #native: NativeSemaphore

  /**
   * @param init the count, 0 to 2147483647; of no meaning with a handle
   * @qemu util/qemu-thread-posix.c qemu_sem_init
   */
  constructor(init: number, handle?: bigint) {
    this.#native = openSemaphore(init, handle)
  }

  /** The semaphore that another isolate made. Throws as `QemuMutex.fromHandle`. */
  static fromHandle(handle: bigint): QemuSemaphore {
    return new QemuSemaphore(0, handle)
  }

  /** Names it in the whole process: pass it to a Worker, and keep this object until the Worker opened it. */
  get handle(): bigint {
    return this.#native.handle
  }

  /**
   * Sleeps on the given thread until the count is above 0, and takes one off.
   *
   * @qemu util/qemu-thread-posix.c qemu_sem_wait
   */
  wait(thread: QemuThread): Promise<void> {
    return this.#native.wait(thread.server)
  }

  /**
   * The same, for at most `ms` milliseconds (0 to 2147483647) of the monotonic clock; 0 only tries.
   *
   * @returns false if the time ran out
   * @qemu util/qemu-thread-posix.c qemu_sem_timedwait
   * @differs QEMU returns 0 and -1
   */
  timedwait(ms: number, thread: QemuThread): Promise<boolean> {
    return this.#native.timedwait(ms, thread.server)
  }

  /**
   * Adds one, which lets one waiter go on.
   *
   * @throws HostError `EOVERFLOW` at 4294967295
   * @qemu util/qemu-thread-posix.c qemu_sem_post
   */
  post(): void {
    this.#native.post()
  }

  /**
   * Gives this isolate's reference back. Those who wait keep it alive.
   *
   * @qemu util/qemu-thread-posix.c qemu_sem_destroy
   */
  destroy(): void {
    this.#native.destroy()
  }
}
