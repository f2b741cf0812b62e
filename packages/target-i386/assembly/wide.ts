// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers taken apart with significands of 128 bits, which the x87's transcendental functions work with: products and quotients
// are right but for some units of the last bit, so that rounded to 64 bits they are nearly always the nearest number.

import { mulUnsignedHigh } from '@dromaius/tcg/assembly/softmmu'
import { CLS_NORMAL, CLS_ZERO, Parts, shiftRightJam } from './softfloat'
import { normalize } from './softfloat-ops'

/** Room for values on the way. */
export const C: Parts = changetype<Parts>(memory.data(32, 8));
export const D: Parts = changetype<Parts>(memory.data(32, 8));
export const E: Parts = changetype<Parts>(memory.data(32, 8));
export const F: Parts = changetype<Parts>(memory.data(32, 8));

export function copyParts(to: Parts, from: Parts): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), 32);
}

/** A constant of build/x87-tables.ts. */
export function setWide(p: Parts, table: usize, exp: i32): void {
  p.cls = CLS_NORMAL;
  p.sign = 0;
  p.exp = exp;
  p.denormal = 0;
  p.hi = load<u64>(table);
  p.lo = load<u64>(table, 8);
}

/** Upper 128 bits of the last product. */
let hi: u64 = 0, lo: u64 = 0;

/** Less than three units too small, since the lowest digits are left out. */
function mulHigh(ah: u64, al: u64, bh: u64, bl: u64): void {
  let low = ah * bh, a = mulUnsignedHigh(ah, bl), b = mulUnsignedHigh(al, bh);
  let first = low + a, second = first + b;
  hi = mulUnsignedHigh(ah, bh) + <u64>(first < low) + <u64>(second < first);
  lo = second;
}

/** a * b, neither of them zero. */
export function mulWide(a: Parts, b: Parts): void {
  mulHigh(a.hi, a.lo, b.hi, b.lo);
  a.hi = hi;
  a.lo = lo;
  a.sign ^= b.sign;
  a.exp += b.exp + 1;
  normalize(a);
}

/** a / b, neither of them zero. */
export function divWide(a: Parts, b: Parts): void {
  let rh = a.hi, rl = a.lo, qh: u64 = 0, ql: u64 = 0, carry: bool = false;
  a.exp -= b.exp;
  a.sign ^= b.sign;
  if (rh < b.hi || (rh == b.hi && rl < b.lo)) {
    carry = true;
    rh = (rh << 1) | (rl >> 63);
    rl <<= 1;
    a.exp--;
  }
  for (let i = 0; i < 128; i++) {
    qh = (qh << 1) | (ql >> 63);
    ql <<= 1;
    if (carry || rh > b.hi || (rh == b.hi && rl >= b.lo)) {
      rh = rh - b.hi - <u64>(rl < b.lo);
      rl -= b.lo;
      ql |= 1;
    }
    carry = (rh >> 63) != 0;
    rh = (rh << 1) | (rl >> 63);
    rl <<= 1;
  }
  a.hi = qh;
  a.lo = ql;
}

/**
 * p becomes c(0) + p (c(1) + p (c(2) + ...)), where 0 < p < 1; with `alternating` c(0) - p (c(1) - p (...)), which is always below
 * c(0). Coefficients of 127 bits behind the point are `stride` apart; there are `most` of them.
 */
export function series(p: Parts, table: usize, stride: usize, most: i32, alternating: bool): void {
  let zeros = -1 - p.exp;
  shiftRightJam(p, zeros);
  // As many terms as change the last bit.
  let terms = zeros < 2 ? most : 127 / zeros + 2;
  let at = table + <usize>(min(terms, most) - 1) * stride;
  hi = load<u64>(at);
  lo = load<u64>(at, 8);
  while (at != table) {
    at -= stride;
    mulHigh(hi, lo, p.hi, p.lo);
    let ch = load<u64>(at), cl = load<u64>(at, 8);
    if (alternating) {
      hi = ch - hi - <u64>(cl <= lo);
      lo = cl - lo - 1;
    } else {
      lo += cl;
      hi += ch + <u64>(lo < cl);
    }
  }
  p.hi = hi;
  p.lo = lo;
  p.exp = 0;
  normalize(p);
}

/** An irrational result: whatever its bits are, it is no number of 64 bits. */
export function inexact(p: Parts): void {
  if (p.cls != CLS_ZERO) p.lo |= 1;
}
