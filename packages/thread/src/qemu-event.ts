// SPDX-License-Identifier: GPL-2.0-or-later
import { openEvent, type NativeEvent } from '@dromaius/native'
import type { QemuThread } from './qemu-thread.js'

/**
 * A flag that OS threads wait for: once set it lets everybody through until it is reset.
 *
 * @qemu include/qemu/thread-posix.h QemuEvent
 */
export class QemuEvent {
  readonly #native: NativeEvent

  /**
   * @param init whether it is set from the start; of no meaning with a handle
   * @qemu util/qemu-thread-posix.c qemu_event_init
   */
  constructor(init: boolean, handle?: bigint) {
    this.#native = openEvent(init, handle)
  }

  /** The event that another isolate made. Throws as `QemuMutex.fromHandle`. */
  static fromHandle(handle: bigint): QemuEvent {
    return new QemuEvent(false, handle)
  }

  /** Names it in the whole process: pass it to a Worker, and keep this object until the Worker opened it. */
  get handle(): bigint {
    return this.#native.handle
  }

  /**
   * Sleeps on the given thread until the event is set.
   *
   * @qemu util/qemu-thread-posix.c qemu_event_wait
   */
  wait(thread: QemuThread): Promise<void> {
    return this.#native.wait(thread.server)
  }

  /**
   * Sets the event and wakes everybody.
   *
   * @qemu util/qemu-thread-posix.c qemu_event_set
   */
  set(): void {
    this.#native.set()
  }

  /** @qemu util/qemu-thread-posix.c qemu_event_reset */
  reset(): void {
    this.#native.reset()
  }

  /**
   * Gives this isolate's reference back. Those who wait keep it alive.
   *
   * @qemu util/qemu-thread-posix.c qemu_event_destroy
   */
  destroy(): void {
    this.#native.destroy()
  }
}
