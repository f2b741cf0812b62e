// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'

/**
 * A bottom half: work that is put off to the next turn of the event loop, once however often it was
 * scheduled.
 * A callback may schedule itself again; that runs in a later turn, so it cannot starve the loop.
 * @qemu util/async.c QEMUBH
 */
export class QEMUBH {
  /** For traces and debuggers. */
  readonly name: string
  private readonly cb: () => void
  private immediate: NodeJS.Immediate | null = null
  private deleted = false

  constructor(cb: () => void, name: string) {
    this.cb = cb
    this.name = name
  }

  /** True between `schedule()` and the run. */
  get scheduled(): boolean {
    return this.immediate !== null
  }

  /**
   * Asks for one run in the next turn. Throws on a deleted one.
   * @qemu util/async.c qemu_bh_schedule
   */
  schedule(): void {
    assert(!this.deleted, `Bottom half ${this.name} was deleted`)
    this.immediate ??= setImmediate(() => {
      this.immediate = null
      this.cb()
    })
  }

  /**
   * Takes the request back; without one it does nothing.
   * @qemu util/async.c qemu_bh_cancel
   */
  cancel(): void {
    if (this.immediate) clearImmediate(this.immediate)
    this.immediate = null
  }

  /**
   * Cancels for good.
   * @qemu util/async.c qemu_bh_delete
   */
  delete(): void {
    this.cancel()
    this.deleted = true
  }
}
