// SPDX-License-Identifier: GPL-2.0-or-later

/** Where clocks take their time and their wake-ups from; tests put their own in. */
export interface TimeSource {
  /** Monotonic time in `ns`. */
  monotonicNs(): bigint
  /** Wall-clock time in `ns` since 1970, UTC. */
  hostNs(): bigint
  /**
   * Calls `cb` once, `ms` milliseconds from now or later (0: in the next turn), and returns what cancels
   * that.
   */
  wakeAfter(ms: number, cb: () => void): () => void
}

/**
 * The process's own time. Its wake-ups have a grain of 1 ms and do not keep the process alive, but for one in the next turn:
 * Node's event loop goes to sleep over an immediate that holds nothing, and wakes when something else happens.
 */
export const nodeTimeSource: TimeSource = {
  monotonicNs: () => process.hrtime.bigint(),
  // Not performance.timeOrigin + now(): that does not follow when somebody sets the host's clock.
  hostNs: () => BigInt(Date.now()) * 1_000_000n,
  wakeAfter(ms, cb) {
    if (ms === 0) {
      const immediate = setImmediate(cb)
      return () => clearImmediate(immediate)
    }
    const timeout = setTimeout(cb, ms).unref()
    return () => clearTimeout(timeout)
  },
}
