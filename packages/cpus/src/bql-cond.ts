// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * A condition variable whose mutex is the big lock, that is the isolate itself: waiting for it is an `await`,
 * which gives the lock up, and whoever is resumed holds it again.
 *
 * As with every condition variable the waiter looks at its condition again: much may have happened in between.
 * @qemu include/qemu/thread.h QemuCond
 * @differs waiters are promises of one isolate; OS threads wait for a QemuCond of the thread package
 */
export class BqlCond {
  #waiters: (() => void)[] = []

  /** Gives the big lock up until the condition is signalled. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** Wakes the waiter that has waited longest. */
  signal(): void {
    this.#waiters.shift()?.()
  }

  /** Wakes all waiters, in the order in which they came. */
  broadcast(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
