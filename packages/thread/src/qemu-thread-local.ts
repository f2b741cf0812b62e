// SPDX-License-Identifier: GPL-2.0-or-later
import type { ThreadServer } from '@dromaius/native'
import type { QemuThread } from './qemu-thread.js'
import { atThreadEnd } from './thread-end.js'

/**
 * A value per thread.
 *
 * QEMU has no such type: it uses the compiler's `__thread` and exit notifiers
 */
export class QemuThreadLocal<T> {
  readonly #values = new WeakMap<QemuThread<ThreadServer>, { value: T }>()
  readonly #destructor: ((value: T) => void) | undefined

  /** @param destructor called with the value that a thread has at its end, after the thread's exit notifiers */
  constructor(destructor?: (value: T) => void) {
    this.#destructor = destructor
  }

  /** The thread's value; undefined if none was set. */
  get(thread: QemuThread<ThreadServer>): T | undefined {
    return this.#values.get(thread)?.value
  }

  /**
   * Sets the thread's value. The one before is not given to the destructor.
   *
   * @throws Error if the thread has ended
   */
  set(thread: QemuThread<ThreadServer>, value: T): void {
    const slot = this.#values.get(thread)
    if (slot !== undefined) {
      slot.value = value
      return
    }
    if (thread.ended) throw new Error(`Thread "${thread.name}" has ended`)
    const fresh = { value }
    this.#values.set(thread, fresh)
    atThreadEnd(thread, () => {
      this.#values.delete(thread)
      this.#destructor?.(fresh.value)
    })
  }
}
