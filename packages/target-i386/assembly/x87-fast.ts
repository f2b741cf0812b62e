// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the x87 does nearly always: arithmetic of normal numbers with normal results, rounded to the nearest of 64 bits with the
// inexact exception masked. Everything else is left to x87.ts, which gives the same results.

import { mulUnsignedHigh } from '@dromaius/tcg/assembly/softmmu'
import { FLAG_INEXACT, TOP } from './softfloat'
import { divide, divisionRest } from './softfloat-ops'
import * as x from '../src/tcg/x86-layout'

const C1: u64 = 0x200;
/** Of the control word: precision, rounding, the inexact exception's mask. */
const MODE: u64 = 0xf20, NEAREST_64: u64 = 0x320;
const BIAS: i32 = 16383;

/** Exponents of normal numbers: 1 to 7ffe. */
@inline function isNormal(high: u32): bool { return ((high + 1) & 0x7ffe) != 0; }

/** A number that was taken out of another format. */
export let mantissa: u64 = 0;
export let high: u32 = 0;

@inline export function isQuick(env: u32): bool { return (load<u64>(env, x.X_FPUC) & MODE) == NEAREST_64; }

/** A double or single into `mantissa` and `high`; false if it is neither normal nor zero. */
export function widen64(bits: u64): bool {
  let e = <u32>(bits >> 52) & 0x7ff, sign = <u32>(bits >> 48) & 0x8000;
  if (((e + 1) & 0x7fe) == 0) {
    mantissa = 0;
    high = sign;
    return (bits << 1) == 0;
  }
  mantissa = TOP | (bits << 11);
  high = sign | (e + (BIAS - 1023));
  return true;
}
export function widen32(bits: u32): bool {
  let e = (bits >> 23) & 0xff, sign = (bits >> 16) & 0x8000;
  if (((e + 1) & 0xfe) == 0) {
    mantissa = 0;
    high = sign;
    return (bits << 1) == 0;
  }
  mantissa = TOP | (<u64>bits << 40);
  high = sign | (e + (BIAS - 127));
  return true;
}
export function widenInt(value: i64): void {
  mantissa = 0;
  high = 0;
  if (value == 0) return;
  let size = value < 0 ? <u64>-value : <u64>value, shift = clz(size);
  mantissa = size << shift;
  high = (value < 0 ? 0x8000 : 0) | <u32>(BIAS + 63 - <i32>shift);
}

/** Rounds hi.lo, stores it and says how in the status word; false, with nothing done, beyond the range of normal numbers. */
@inline function finish(env: u32, at: u32, sign: u32, e: i32, hi: u64, lo: u64): bool {
  let up = lo > TOP || (lo == TOP && (hi & 1) != 0);
  if (up) {
    hi++;
    if (hi == 0) {
      hi = TOP;
      e++;
    }
  }
  if (<u32>(e - 1) >= 0x7ffe) return false;
  store<u64>(at, hi);
  store<u64>(at, <u64>(sign | <u32>e), 8);
  let status = load<u64>(env, x.X_FPUS) & ~C1;
  store<u64>(env, status | (up ? C1 : 0) | (lo != 0 ? <u64>FLAG_INEXACT : 0), x.X_FPUS);
  return true;
}

function add(env: u32, at: u32, ma: u64, ha: u32, mb: u64, hb: u32): bool {
  let ea: i32 = ha & 0x7fff, eb: i32 = hb & 0x7fff;
  if (ea < eb || (ea == eb && ma < mb)) {
    let m = ma, h = ha;
    ma = mb;
    ha = hb;
    mb = m;
    hb = h;
    m = ea;
    ea = eb;
    eb = <i32>m;
  }
  let distance = ea - eb, hi: u64 = 0, lo: u64 = 0;
  if (distance == 0) hi = mb;
  else if (distance < 64) {
    hi = mb >> distance;
    lo = mb << (64 - distance);
  } else if (distance == 64) lo = mb;
  else lo = distance < 128 ? (mb >> (distance - 64)) | <u64>((mb << (128 - distance)) != 0) : 1;
  if (((ha ^ hb) & 0x8000) == 0) {
    hi += ma;
    if (hi < ma) {
      lo = (hi << 63) | (lo >> 1) | (lo & 1);
      hi = (hi >> 1) | TOP;
      ea++;
    }
  } else {
    hi = ma - hi - <u64>(lo != 0);
    lo = -lo;
    if (!(hi & TOP)) {
      if (hi == 0) return false;
      let shift = <i32>clz(hi);
      hi = (hi << shift) | (lo >> (64 - shift));
      lo <<= shift;
      ea -= shift;
    }
  }
  return finish(env, at, ha & 0x8000, ea, hi, lo);
}

function multiply(env: u32, at: u32, ma: u64, ha: u32, mb: u64, hb: u32): bool {
  let e = <i32>(ha & 0x7fff) + <i32>(hb & 0x7fff) - BIAS + 1;
  let hi = mulUnsignedHigh(ma, mb), lo = ma * mb;
  if (!(hi & TOP)) {
    hi = (hi << 1) | (lo >> 63);
    lo <<= 1;
    e--;
  }
  return finish(env, at, (ha ^ hb) & 0x8000, e, hi, lo);
}

function quotient(env: u32, at: u32, ma: u64, ha: u32, mb: u64, hb: u32): bool {
  let e = <i32>(ha & 0x7fff) - <i32>(hb & 0x7fff) + BIAS, lo: u64 = 0;
  if (ma >= mb) {
    lo = ma << 63;
    ma >>= 1;
  } else e--;
  let hi = divide(ma, lo, mb), rest = divisionRest;
  // A rest of one half does not occur: the quotient would have 65 bits, and its product with the divisor as many.
  return finish(env, at, (ha ^ hb) & 0x8000, e, hi, rest == 0 ? 0 : rest > (mb - 1) >> 1 ? TOP | 1 : 1);
}

/**
 * Operation /r of D8 of two numbers, to register `at`; comparisons are none of it.
 * @returns whether it was done
 */
export function quickArith(env: u32, op: u32, at: u32, ma: u64, ha: u32, mb: u64, hb: u32): bool {
  if (!isNormal(ha) || !isNormal(hb) || !(ma & mb & TOP)) return false;
  switch (op) {
    case 0: return add(env, at, ma, ha, mb, hb);
    case 1: return multiply(env, at, ma, ha, mb, hb);
    case 4: return add(env, at, ma, ha, mb, hb ^ 0x8000);
    case 5: return add(env, at, mb, hb, ma, ha ^ 0x8000);
    case 6: return quotient(env, at, ma, ha, mb, hb);
    case 7: return quotient(env, at, mb, hb, ma, ha);
    default: return false;
  }
}

/** The last result of `narrow64` was rounded: up, or at all. */
export let narrowUp: bool = false, narrowInexact: bool = false;

/** A normal number whose double is normal, by quick rules; 0 if it is none. */
export function narrow64(m: u64, h: u32): u64 {
  let e = <i32>(h & 0x7fff) - (BIAS - 1023), rest = m & 0x7ff;
  // The largest ones may round to infinity.
  if (!(m & TOP) || e <= 0 || e >= 0x7fe) return 0;
  let bits = (<u64>(h & 0x8000) << 48) | (<u64>e << 52) | ((m >> 11) & 0xfffffffffffff);
  narrowInexact = rest != 0;
  narrowUp = rest > 0x400 || (rest == 0x400 && (m & 0x800) != 0);
  return bits + <u64>narrowUp;
}

/** Of normal numbers: C3 and C0 as a comparison has them, ~0 for others. */
export function quickCompare(ma: u64, ha: u32, mb: u64, hb: u32): u32 {
  if (!isNormal(ha) || !isNormal(hb) || !(ma & mb & TOP)) return ~0;
  if ((ha ^ hb) & 0x8000) return ha & 0x8000 ? 0x100 : 0;
  if (ha == hb && ma == mb) return 0x4000;
  let less = ha < hb || (ha == hb && ma < mb);
  return less != ((ha & 0x8000) != 0) ? 0x100 : 0;
}
