// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic on numbers taken apart. Results come in `a`, unrounded, with at least 64 bits below the precision and a sticky
// bit at the end. Operands are no NaNs, unless a function says so.

import { mulUnsignedHigh } from '@dromaius/tcg/assembly/softmmu'
import {
  CLS_INF, CLS_NORMAL, CLS_ZERO, FLAG_DIVBYZERO, invalid, Parts, raiseFlag, ROUND_DOWN, rounding, setInf, setZero, shiftRightJam, TOP,
} from './softfloat'

function copy(to: Parts, from: Parts): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), 32);
}

/** Shifts the significand to the top; it is not zero. */
export function normalize(p: Parts): void {
  if (p.hi == 0) {
    p.hi = p.lo;
    p.lo = 0;
    p.exp -= 64;
  }
  let shift = <i32>clz(p.hi);
  if (shift == 0) return;
  p.hi = (p.hi << shift) | (p.lo >> (64 - shift));
  p.lo <<= shift;
  p.exp -= shift;
}

/** a + b, or with `negate` a - b. Changes b. */
export function addParts(a: Parts, b: Parts, negate: bool): void {
  if (negate) b.sign ^= 1;
  if (a.cls == CLS_INF) {
    if (b.cls == CLS_INF && a.sign != b.sign) invalid(a);
    return;
  }
  if (b.cls == CLS_INF) return copy(a, b);
  if (a.cls == CLS_ZERO) {
    if (b.cls != CLS_ZERO) return copy(a, b);
    if (a.sign != b.sign) a.sign = <u32>(rounding == ROUND_DOWN);
    return;
  }
  if (b.cls == CLS_ZERO) return;
  let distance = a.exp - b.exp;
  if (distance >= 0) shiftRightJam(b, distance);
  else {
    shiftRightJam(a, -distance);
    a.exp = b.exp;
  }
  if (a.sign == b.sign) {
    let lo = a.lo + b.lo;
    let carry = <u64>(lo < a.lo);
    let hi = a.hi + b.hi;
    let over = hi < a.hi;
    hi += carry;
    over = over || (carry != 0 && hi == 0);
    a.hi = hi;
    a.lo = lo;
    if (over) {
      a.lo = (a.lo >> 1) | (a.hi << 63) | (a.lo & 1);
      a.hi = (a.hi >> 1) | TOP;
      a.exp++;
    }
    return;
  }
  let swap = a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
  let xh = swap ? b.hi : a.hi, xl = swap ? b.lo : a.lo, yh = swap ? a.hi : b.hi, yl = swap ? a.lo : b.lo;
  if (swap) a.sign = b.sign;
  a.lo = xl - yl;
  a.hi = xh - yh - <u64>(xl < yl);
  if ((a.hi | a.lo) == 0) return setZero(a, <u32>(rounding == ROUND_DOWN));
  normalize(a);
}

export function mulParts(a: Parts, b: Parts): void {
  let sign = a.sign ^ b.sign;
  if (a.cls == CLS_INF || b.cls == CLS_INF) {
    if (a.cls == CLS_ZERO || b.cls == CLS_ZERO) return invalid(a);
    return setInf(a, sign);
  }
  if (a.cls == CLS_ZERO || b.cls == CLS_ZERO) return setZero(a, sign);
  let low = a.hi * b.hi;
  a.hi = mulUnsignedHigh(a.hi, b.hi);
  a.lo = low;
  a.sign = sign;
  a.exp += b.exp + 1;
  normalize(a);
}

/** Remainder of the last `divide`. */
export let divisionRest: u64 = 0;

/** hi:lo / d, where hi < d and bit 63 of d is set (Knuth, TAOCP volume 2, 4.3.1, algorithm D with digits of 32 bits). */
export function divide(hi: u64, lo: u64, d: u64): u64 {
  let dh = d >> 32, dl = d & 0xffffffff;
  let q1 = hi / dh, r = hi - q1 * dh;
  let next = lo >> 32;
  while (q1 >> 32 || q1 * dl > ((r << 32) | next)) {
    q1--;
    r += dh;
    if (r >> 32) break;
  }
  let rest = ((hi << 32) | next) - q1 * d;
  let q0 = rest / dh;
  r = rest - q0 * dh;
  next = lo & 0xffffffff;
  while (q0 >> 32 || q0 * dl > ((r << 32) | next)) {
    q0--;
    r += dh;
    if (r >> 32) break;
  }
  divisionRest = ((rest << 32) | next) - q0 * d;
  return (q1 << 32) | (q0 & 0xffffffff);
}

export function divParts(a: Parts, b: Parts): void {
  let sign = a.sign ^ b.sign;
  if (a.cls == CLS_INF) {
    if (b.cls == CLS_INF) return invalid(a);
    return setInf(a, sign);
  }
  if (b.cls == CLS_INF) return setZero(a, sign);
  if (b.cls == CLS_ZERO) {
    if (a.cls == CLS_ZERO) return invalid(a);
    raiseFlag(FLAG_DIVBYZERO);
    return setInf(a, sign);
  }
  if (a.cls == CLS_ZERO) return setZero(a, sign);
  let hi = a.hi, lo: u64 = 0;
  a.exp -= b.exp;
  if (hi >= b.hi) {
    lo = hi << 63;
    hi >>= 1;
  } else a.exp--;
  a.sign = sign;
  a.hi = divide(hi, lo, b.hi);
  let second = divide(divisionRest, 0, b.hi);
  a.lo = second | <u64>(divisionRest != 0);
}

export function sqrtParts(a: Parts): void {
  if (a.cls == CLS_ZERO) return;
  if (a.sign) return invalid(a);
  if (a.cls == CLS_INF) return;
  // The number as an integer of 128 bits whose exponent is even.
  let hi = a.hi, lo: u64 = 0;
  if (!(a.exp & 1)) {
    lo = hi << 63;
    hi >>= 1;
  }
  let root: u64 = 0, rh: u64 = 0, rl: u64 = 0;
  for (let i = 0; i < 64; i++) {
    rh = (rh << 2) | (rl >> 62);
    rl = (rl << 2) | (hi >> 62);
    hi = (hi << 2) | (lo >> 62);
    lo <<= 2;
    let th = root >> 62, tl = (root << 2) | 1;
    root <<= 1;
    if (rh > th || (rh == th && rl >= tl)) {
      rh = rh - th - <u64>(rl < tl);
      rl -= tl;
      root |= 1;
    }
  }
  a.exp >>= 1;
  a.hi = root;
  // (root + 1/2)^2 is root^2 + root + 1/4: there are no ties.
  a.lo = (rh | rl) == 0 ? 0 : rh != 0 || rl > root ? TOP | 1 : 1;
}

/**
 * The remainder of a / b in `a`; returns the quotient's lowest 3 bits, with bit 3 set when the division goes on. The quotient is
 * truncated, or with `nearest` the nearest integer. Numbers only (SDM volume 2, FPREM and FPREM1).
 */
export function remParts(a: Parts, b: Parts, nearest: bool): u32 {
  if (a.cls == CLS_ZERO || a.exp < b.exp - 1) return 0;
  let distance = a.exp - b.exp;
  let steps = distance;
  let partial = distance >= 64;
  if (partial) steps = 32 + (distance & 31);
  let rest = a.hi, quotient: u64 = 0, carry: bool = false;
  let sign = a.sign;
  if (distance < 0) {
    // |a| is below |b|: only the nearest quotient can be one.
    if (!nearest) return 0;
    let half = a.hi > b.hi;
    if (!half) return 0;
    // a - b, where b has one bit more.
    shiftRightJam(a, 1);
    a.exp++;
    let hi = b.hi - a.hi - <u64>(a.lo != 0);
    a.lo = -a.lo;
    a.hi = hi;
    a.sign = sign ^ 1;
    normalize(a);
    return 1;
  }
  for (let i = 0; ; i++) {
    quotient <<= 1;
    if (carry || rest >= b.hi) {
      rest -= b.hi;
      quotient |= 1;
    }
    carry = false;
    if (i == steps) break;
    carry = (rest & TOP) != 0;
    rest <<= 1;
  }
  a.exp = partial ? b.exp + distance - steps : b.exp;
  if (nearest && !partial) {
    let twice = rest << 1;
    let over = (rest & TOP) != 0;
    if (over || twice > b.hi || (twice == b.hi && quotient & 1)) {
      rest = b.hi - rest;
      quotient++;
      sign ^= 1;
    }
  }
  if (rest == 0) setZero(a, a.sign);
  else {
    a.hi = rest;
    a.lo = 0;
    a.sign = sign;
    a.cls = CLS_NORMAL;
    normalize(a);
  }
  return <u32>(quotient & 7) | (partial ? 8 : 0);
}
