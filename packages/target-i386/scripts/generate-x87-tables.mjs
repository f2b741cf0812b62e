// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Constants of the x87's transcendental functions as integers of 128 bits, worked out with 64 bits more: coefficients of power
 * series, arc tangents, pi, logarithms.
 */

const GUARD = 64n
const ONE = 1n << (128n + GUARD)

/** The sum of term(0), term(1)... until they vanish. @param {(n: bigint) => bigint} term */
function sum(term) {
  let total = 0n
  for (let n = 0n; ; n++) {
    const next = term(n)
    if (next === 0n) return total
    total += next
  }
}
/** atan(p / q) for p < q, with 192 bits behind the point. @param {bigint} p @param {bigint} q */
const atan = (p, q) =>
  sum((n) => ((n % 2n ? -ONE : ONE) * p ** (2n * n + 1n)) / (q ** (2n * n + 1n) * (2n * n + 1n)))
/** Machin's formula. */
const pi = 4n * (4n * atan(1n, 5n) - atan(1n, 239n))
/** ln 2 = 2 artanh(1/3). */
const ln2 = 2n * sum((n) => ONE / (3n ** (2n * n + 1n) * (2n * n + 1n)))
/** @param {bigint} n @returns {bigint} */
const factorial = (n) => (n < 2n ? 1n : n * factorial(n - 1n))

/** The upper 128 bits of a number with 192 bits behind the point, rounded. @param {bigint} value */
function significand(value) {
  const extra = BigInt(value.toString(2).length) - 128n
  return (value + (1n << (extra - 1n))) >> extra
}

/** A coefficient with 127 bits behind the point. @param {bigint} divisor */
const coefficient = (divisor) => ((1n << 128n) / divisor + 1n) >> 1n
/** Two words, the upper one first. @param {bigint} value */
const words = (value) =>
  [value >> 64n, value & 0xffff_ffff_ffff_ffffn].map((word) => `0x${word.toString(16)}`).join(', ')
/** @param {string} name @param {string} what @param {bigint[]} values */
const table = (name, what, values) =>
  `/** ${what} */\nexport const ${name} = <usize>memory.data<u64>([\n${values.map((value) => `  ${words(value)},\n`).join('')}], 16);\n`
/** @param {number} n */
const upTo = (n) => Array.from({ length: n }, (_, i) => BigInt(i))

/** The constants' source. */
export const x87TablesSource = `// SPDX-License-Identifier: GPL-2.0-or-later
// Written by scripts/generate-x87-tables.mjs: numbers of 128 bits, upper word first.

${table(
  'FACTORIALS',
  '1/n!, with 127 bits behind the point.',
  upTo(34).map((n) => coefficient(factorial(n))),
)}
${table(
  'ODD',
  '1/(2n + 1), with 127 bits behind the point.',
  upTo(27).map((n) => coefficient(2n * n + 1n)),
)}
${table(
  'ARCTANGENTS',
  'Significands of atan(n/8) for n from 1 to 8.',
  upTo(8).map((n) => significand(n === 7n ? pi / 4n : atan(n + 1n, 8n))),
)}
${table('PI', "Pi's significand.", [significand(pi)])}
${table('LN2', 'That of the natural logarithm of 2.', [significand(ln2)])}
${table('LOG2E', 'That of its reciprocal.', [significand((ONE * ONE) / ln2)])}`
