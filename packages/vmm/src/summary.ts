// SPDX-License-Identifier: GPL-2.0-or-later

/** What a run has to tell when it is over. Times are the host's monotonic time in `ns`. */
export interface RunFigures {
  /** When guest code was entered for the first time; null if it never was. */
  readonly firstRunNs: bigint | null
  readonly endNs: bigint
  /** Exits from guest code by reason; none under an accelerator that has no such thing. */
  readonly exits: ReadonlyMap<string, number>
  /** Instructions that the guest executed; null where they are not counted. */
  readonly instructions: number | null
}

const seconds = (ns: bigint): string => `${(Number(ns) / 1e9).toFixed(2)} s`
const milliseconds = (ns: bigint): string => `${Math.round(Number(ns) / 1e6)} ms`
// Not toLocaleString: its first use loads ICU's data.
const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** The figures with what only the command knows. */
export interface CommandFigures extends RunFigures {
  /** When the command began its work. */
  readonly startNs: bigint
}

/** The lines that end a run: how long the guest waited for its first instruction, how long it ran, why it came out. */
export function summaryLines({ startNs, firstRunNs, endNs, exits, instructions }: CommandFigures): string[] {
  if (firstRunNs === null) return ['no guest instruction was executed']
  const total = [...exits.values()].reduce((sum, count) => sum + count, 0)
  const reasons = [...exits].map(([reason, count]) => `${reason} ${thousands(count)}`).join(', ')
  return [
    `first guest instruction after ${milliseconds(firstRunNs - startNs)}, ran ${seconds(endNs - firstRunNs)}`,
    ...(exits.size > 0 ? [`exits: ${thousands(total)} (${reasons})`] : []),
    ...(instructions === null ? [] : [`instructions: ${thousands(instructions)}`]),
  ]
}
