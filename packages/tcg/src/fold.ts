// SPDX-License-Identifier: GPL-2.0-or-later
//
// The value of an operation on constants. Tested against the interpreter, operation by operation.

import { conditions, type TCGCond } from './conditions.js'

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)
const u32 = (value: bigint): bigint => BigInt.asUintN(32, value)
const s64 = (value: bigint): bigint => BigInt.asIntN(64, value)
const s32 = (value: bigint): bigint => BigInt.asIntN(32, value)

type Fold = (a: bigint, b: bigint) => bigint

/** Whether a condition holds, for numbers with a sign or without. */
const relations: Readonly<Record<TCGCond, readonly [signed: boolean, (a: bigint, b: bigint) => boolean]>> = {
  eq: [false, (a, b) => a === b],
  ne: [false, (a, b) => a !== b],
  lt: [true, (a, b) => a < b],
  ge: [true, (a, b) => a >= b],
  le: [true, (a, b) => a <= b],
  gt: [true, (a, b) => a > b],
  ltu: [false, (a, b) => a < b],
  geu: [false, (a, b) => a >= b],
  leu: [false, (a, b) => a <= b],
  gtu: [false, (a, b) => a > b],
}

/** Comparisons, which give 0 or 1; a jump is taken for 1. */
const comparisons = conditions.flatMap((cond) =>
  [64, 32].flatMap((width): [string, Fold][] => {
    const [signed, holds] = relations[cond]
    const number = (value: bigint): bigint =>
      signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value)
    const fold: Fold = (a, b) => (holds(number(a), number(b)) ? 1n : 0n)
    return [
      [`setcond${width}_${cond}`, fold],
      [`brcond${width}_${cond}`, fold],
    ]
  }),
)

const folds: Readonly<Record<string, Fold>> = {
  ...Object.fromEntries(comparisons),
  mov: (a) => a,
  neg64: (a) => u64(-a),
  neg32: (a) => u32(-a),
  not64: (a) => u64(~a),
  not32: (a) => u32(~a),
  ext8u: (a) => a & 0xffn,
  ext8s: (a) => u64(BigInt.asIntN(8, a)),
  ext8s32: (a) => u32(BigInt.asIntN(8, a)),
  ext16u: (a) => a & 0xffffn,
  ext16s: (a) => u64(BigInt.asIntN(16, a)),
  ext16s32: (a) => u32(BigInt.asIntN(16, a)),
  ext32u: u32,
  ext32s: (a) => u64(s32(a)),
  extract8h: (a) => (a >> 8n) & 0xffn,
  add64: (a, b) => u64(a + b),
  add32: (a, b) => u32(a + b),
  sub64: (a, b) => u64(a - b),
  sub32: (a, b) => u32(a - b),
  and64: (a, b) => a & b,
  and32: (a, b) => u32(a & b),
  or64: (a, b) => a | b,
  or32: (a, b) => u32(a | b),
  xor64: (a, b) => a ^ b,
  xor32: (a, b) => u32(a ^ b),
  mul64: (a, b) => u64(a * b),
  mul32: (a, b) => u32(a * b),
  shl64: (a, b) => u64(a << (b & 63n)),
  shl32: (a, b) => u32(a << (b & 31n)),
  shr64: (a, b) => a >> (b & 63n),
  shr32: (a, b) => u32(a) >> (b & 31n),
  sar64: (a, b) => u64(s64(a) >> (b & 63n)),
  sar32: (a, b) => u32(s32(a) >> (b & 31n)),
  deposit8: (a, b) => (a & ~0xffn & (2n ** 64n - 1n)) | (b & 0xffn),
  deposit8h: (a, b) => (a & (2n ** 64n - 0xff01n)) | ((b & 0xffn) << 8n),
  deposit16: (a, b) => (a & (2n ** 64n - 0x10000n)) | (b & 0xffffn),
}

/**
 * What operation `name` gives for constants, 64 bits unsigned; null for an operation that is left to the back ends.
 * @qemu tcg/optimize.c do_constant_folding
 */
export function foldConstant(name: string, a: bigint, b: bigint): bigint | null {
  return folds[name]?.(a, b) ?? null
}
