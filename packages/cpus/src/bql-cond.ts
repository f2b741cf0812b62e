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

  /**
   * Gives the big lock up until the condition is signalled.
   * @qemu softmmu/cpus.c qemu_cond_wait_iothread
   * @was qemu_cond_wait
   * @differs awaited; there is no mutex to name, since the lock that it gives up is the isolate
   */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /**
   * Wakes the waiter that has waited longest.
   * @qemu util/qemu-thread-posix.c qemu_cond_signal
   * @differs resumes a function of this isolate, not an OS thread
   */
  signal(): void {
    this.#waiters.shift()?.()
  }

  /**
   * Wakes all waiters, in the order in which they came.
   * @qemu util/qemu-thread-posix.c qemu_cond_broadcast
   * @differs resumes functions of this isolate, not OS threads
   */
  broadcast(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
