// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'

/** The value below which the share `q` (0 to 1) of the samples lies. @param {number[]} samples @param {number} q */
export function quantile(samples, q) {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}

/** @param {number[]} samples */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `median (min to max)`. @param {number[]} samples @param {number} digits  after the point */
export function spread(samples, digits = 1) {
  const text = (value) => value.toFixed(digits)
  return `${text(median(samples))} (${text(Math.min(...samples))} to ${text(Math.max(...samples))})`
}

/**
 * Median of the ratios of samples taken in the same turn: what disturbs a whole turn cancels out.
 * @param {number[]} samples @param {number[]} base
 */
export const pairedRatio = (samples, base) => median(samples.map((value, i) => value / base[i]))

/** Prints a Markdown table. @param {string[]} head @param {string[][]} rows */
export function printTable(head, rows) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'))
}

/** One line that says how quiet the machine was: processes that wanted to run in the last minute. */
export function printLoad() {
  console.log(`load average ${readFileSync('/proc/loadavg', 'latin1').split(' ')[0]}`)
}
