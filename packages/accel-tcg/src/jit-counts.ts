// SPDX-License-Identifier: GPL-2.0-or-later

/** What is counted while a machine runs, where it costs next to nothing. Times in `ms`. */
export class JitCounts {
  /** CPUs' turns, with all that was done in them. */
  turns = 0
  /** From code to bytecode, the decoder's part included. */
  translation = 0
  /** The decoder's part; it is measured with `-d jit` alone. */
  decode = 0
  /** Instructions in all. */
  executed = 0
}
