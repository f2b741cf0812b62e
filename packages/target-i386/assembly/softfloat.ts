// SPDX-License-Identifier: GPL-2.0-or-later
//
// Binary floating point in software (IEEE 754-2008): numbers taken apart, rounded and packed again. Exceptions are collected
// in `flags`, whose bits are those of MXCSR and of the x87 status word.

export const FLAG_INVALID: u32 = 0x01, FLAG_DENORMAL: u32 = 0x02, FLAG_DIVBYZERO: u32 = 0x04;
export const FLAG_OVERFLOW: u32 = 0x08, FLAG_UNDERFLOW: u32 = 0x10, FLAG_INEXACT: u32 = 0x20;
/** Rounding as MXCSR.RC and FCW.RC have it. */
export const ROUND_NEAREST: u32 = 0, ROUND_DOWN: u32 = 1, ROUND_UP: u32 = 2, ROUND_ZERO: u32 = 3;
export const CLS_ZERO: u32 = 0, CLS_NORMAL: u32 = 1, CLS_INF: u32 = 2, CLS_QNAN: u32 = 3, CLS_SNAN: u32 = 4;
/** An encoding of the 80-bit format that no processor since the 80387 takes (SDM volume 1, 8.2.2). */
export const CLS_UNSUPPORTED: u32 = 5;

/** Exceptions of the operation under way. */
export let flags: u32 = 0;
/** Its mode: ROUND_*. */
export let rounding: u32 = 0;
/** Denormal operands are taken as zero, tiny results are made zero: MXCSR.DAZ and FTZ. */
export let daz: bool = false;
export let ftz: bool = false;
/** The underflow exception is masked. */
export let underflowMasked: bool = true;
/** So is overflow; it matters for results in the x87's registers only. */
export let overflowMasked: bool = true;

/** The last rounding went away from zero: C1 of the x87. */
export let roundedUp: bool = false;

/** Begins an operation. */
export function begin(mode: u32, zeroIn: bool, zeroOut: bool, underflow: bool, overflow: bool): void {
  flags = 0;
  roundedUp = false;
  rounding = mode;
  daz = zeroIn;
  ftz = zeroOut;
  underflowMasked = underflow;
  overflowMasked = overflow;
}
export function setRounding(mode: u32): void { rounding = mode; }
export function raiseFlag(flag: u32): void { flags |= flag; }
export function setFlags(value: u32): void { flags = value; }
export function setRoundedUp(value: bool): void { roundedUp = value; }

/** A number: (-1)^sign * hi.lo * 2^(exp - 63), where bit 63 of `hi` is set; for a NaN `hi` has its payload below that bit. */
@unmanaged
export class Parts {
  cls: u32;
  sign: u32;
  exp: i32;
  denormal: u32;
  hi: u64;
  lo: u64;
}
export const A: Parts = changetype<Parts>(memory.data(32, 8));
export const B: Parts = changetype<Parts>(memory.data(32, 8));

export const TOP: u64 = 0x8000000000000000;
const QUIET: u64 = 0x4000000000000000;
export function isNan(p: Parts): bool { return p.cls >= CLS_QNAN; }

export function setZero(p: Parts, sign: u32): void { p.cls = CLS_ZERO; p.sign = sign; p.hi = 0; p.lo = 0; p.exp = 0; p.denormal = 0; }
export function setInf(p: Parts, sign: u32): void { p.cls = CLS_INF; p.sign = sign; p.hi = TOP; p.lo = 0; p.exp = 0; p.denormal = 0; }
/** The NaN that invalid operations give: the "real indefinite". */
export function setIndefinite(p: Parts): void { p.cls = CLS_QNAN; p.sign = 1; p.hi = TOP | QUIET; p.lo = 0; p.denormal = 0; }
export function invalid(p: Parts): void { flags |= FLAG_INVALID; setIndefinite(p); }

/** @param frac  the fraction's bits from bit 62 down */
function unpack(p: Parts, sign: u32, e: i32, frac: u64, bias: i32, max: i32): void {
  p.sign = sign;
  p.lo = 0;
  p.denormal = 0;
  if (e == max) {
    p.hi = TOP | frac;
    p.cls = frac == 0 ? CLS_INF : frac & QUIET ? CLS_QNAN : CLS_SNAN;
  } else if (e != 0) {
    p.cls = CLS_NORMAL;
    p.hi = TOP | frac;
    p.exp = e - bias;
  } else if (frac == 0 || daz) setZero(p, sign);
  else {
    let shift = <i32>clz(frac);
    p.cls = CLS_NORMAL;
    p.denormal = 1;
    p.hi = frac << shift;
    p.exp = 1 - bias - shift;
  }
}

export function unpack32(p: Parts, bits: u32): void {
  unpack(p, bits >> 31, (bits >> 23) & 0xff, (<u64>(bits & 0x7fffff)) << 40, 127, 0xff);
}
export function unpack64(p: Parts, bits: u64): void {
  unpack(p, <u32>(bits >> 63), <i32>(bits >> 52) & 0x7ff, (bits & 0xfffffffffffff) << 11, 1023, 0x7ff);
}
export function unpack80(p: Parts, mantissa: u64, high: u32): void {
  let e: i32 = high & 0x7fff;
  p.sign = (high >> 15) & 1;
  p.lo = 0;
  p.denormal = 0;
  p.hi = mantissa;
  if (e == 0) {
    if (mantissa == 0) return setZero(p, p.sign);
    let shift = <i32>clz(mantissa);
    p.cls = CLS_NORMAL;
    p.denormal = 1;
    p.hi = mantissa << shift;
    p.exp = -16382 - shift;
  } else if (!(mantissa & TOP)) p.cls = CLS_UNSUPPORTED;
  else if (e == 0x7fff) p.cls = mantissa == TOP ? CLS_INF : mantissa & QUIET ? CLS_QNAN : CLS_SNAN;
  else {
    p.cls = CLS_NORMAL;
    p.exp = e - 16383;
  }
}

/** Shifts hi.lo right; what falls out stays as a one in the lowest bit. */
export function shiftRightJam(p: Parts, n: i32): void {
  if (n <= 0) return;
  if (n < 64) {
    let out = p.lo << (64 - n);
    p.lo = (p.hi << (64 - n)) | (p.lo >> n) | <u64>(out != 0);
    p.hi >>= n;
  } else if (n < 128) {
    let out = p.lo | (n > 64 ? p.hi << (128 - n) : 0);
    p.lo = (n > 64 ? p.hi >> (n - 64) : p.hi) | <u64>(out != 0);
    p.hi = 0;
  } else {
    p.lo = <u64>((p.hi | p.lo) != 0);
    p.hi = 0;
  }
}

/** Rounds to the upper `precision` bits; returns whether something was lost. A carry raises the exponent. */
function roundAt(p: Parts, precision: i32): bool {
  let unit: u64 = 1 << <u64>(64 - precision);
  let above: bool, tie: bool, inexact: bool;
  if (precision == 64) {
    inexact = p.lo != 0;
    above = p.lo > TOP;
    tie = p.lo == TOP;
  } else {
    let rest = p.hi & (unit - 1), half = unit >> 1;
    inexact = (rest | p.lo) != 0;
    above = rest > half || (rest == half && p.lo != 0);
    tie = rest == half && p.lo == 0;
  }
  let up: bool;
  switch (rounding) {
    case ROUND_NEAREST: up = above || (tie && (p.hi & unit) != 0); break;
    case ROUND_DOWN: up = inexact && p.sign != 0; break;
    case ROUND_UP: up = inexact && p.sign == 0; break;
    default: up = false;
  }
  p.hi &= ~(unit - 1);
  p.lo = 0;
  if (inexact) roundedUp = up;
  if (up) {
    p.hi += unit;
    if (p.hi < unit) {
      p.hi = TOP;
      p.exp++;
    }
  }
  return inexact;
}

/** Whether rounding carries into the next exponent. */
function roundsUpToNext(p: Parts, precision: i32): bool {
  let hi = p.hi, lo = p.lo, exp = p.exp;
  roundAt(p, precision);
  let carried = p.exp != exp;
  p.hi = hi;
  p.lo = lo;
  p.exp = exp;
  return carried;
}

/**
 * Rounds a normal number to a format: afterwards it is zero, normal, denormal (bit 63 of `hi` is clear, `exp` is `least`) or infinite.
 * @param least  exponent of the smallest normal number
 * @param most  that of the largest
 */
export function roundTo(p: Parts, precision: i32, least: i32, most: i32): void {
  if (p.exp < least) {
    let tiny = p.exp < least - 1 || !roundsUpToNext(p, precision);
    if (tiny && ftz && underflowMasked) {
      flags |= FLAG_UNDERFLOW | FLAG_INEXACT;
      return setZero(p, p.sign);
    }
    if (tiny && !underflowMasked && least != LEAST_80) {
      // No result: whether it is inexact is said of the number with any exponent (SDM volume 1, 4.9.1.5).
      flags |= roundAt(p, precision) ? FLAG_UNDERFLOW | FLAG_INEXACT : FLAG_UNDERFLOW;
      return;
    }
    shiftRightJam(p, least - p.exp);
    p.exp = least;
    let inexact = roundAt(p, precision);
    if (inexact) flags |= FLAG_INEXACT;
    if (tiny && (inexact || !underflowMasked)) flags |= FLAG_UNDERFLOW;
    if (p.hi == 0) setZero(p, p.sign);
    return;
  }
  if (roundAt(p, precision)) flags |= FLAG_INEXACT;
  if (p.exp <= most) return;
  flags |= FLAG_OVERFLOW;
  if (!overflowMasked && most != MOST_80) return;
  flags |= FLAG_INEXACT;
  let finite = rounding == ROUND_ZERO || (rounding == ROUND_DOWN && !p.sign) || (rounding == ROUND_UP && p.sign != 0);
  roundedUp = !finite;
  if (!finite) return setInf(p, p.sign);
  p.exp = most;
  p.hi = precision == 64 ? ~<u64>0 : ~((<u64>1 << <u64>(64 - precision)) - 1);
}

/** Packs into 32 bits, after rounding if it is a number. */
export function pack32(p: Parts): u32 {
  if (p.cls == CLS_NORMAL) roundTo(p, 24, -126, 127);
  let sign = p.sign << 31;
  switch (p.cls) {
    case CLS_ZERO: return sign;
    case CLS_NORMAL: return sign | (p.hi & TOP ? <u32>(p.exp + 127) << 23 : 0) | (<u32>(p.hi >> 40) & 0x7fffff);
    case CLS_INF: return sign | 0x7f800000;
    default: return sign | 0x7fc00000 | (<u32>(p.hi >> 40) & 0x7fffff);
  }
}
export function pack64(p: Parts): u64 {
  if (p.cls == CLS_NORMAL) roundTo(p, 53, -1022, 1023);
  let sign = <u64>p.sign << 63;
  switch (p.cls) {
    case CLS_ZERO: return sign;
    case CLS_NORMAL: return sign | (p.hi & TOP ? <u64>(p.exp + 1023) << 52 : 0) | ((p.hi >> 11) & 0xfffffffffffff);
    case CLS_INF: return sign | 0x7ff0000000000000;
    default: return sign | 0x7ff8000000000000 | ((p.hi >> 11) & 0xfffffffffffff);
  }
}
export const LEAST_80: i32 = -16382, MOST_80: i32 = 16383, ADJUSTMENT: i32 = 24576;

/** A result beyond the range of its exponent, when that is no masked exception, comes with another exponent (SDM volume 1, 8.5.4 and 8.5.5). */
function adjust(p: Parts, precision: i32): void {
  let next = p.exp + <i32>roundsUpToNext(p, precision);
  if (next < LEAST_80 && !underflowMasked) {
    flags |= FLAG_UNDERFLOW;
    p.exp += ADJUSTMENT;
  } else if (next > MOST_80 && !overflowMasked) {
    flags |= FLAG_OVERFLOW;
    p.exp -= ADJUSTMENT;
  }
}

/** The upper 16 bits of the 80-bit format; the lower 64 are `hi` then. @param precision  24, 53 or 64 */
export function pack80(p: Parts, precision: i32): u32 {
  if (p.cls == CLS_NORMAL) {
    if (!underflowMasked || !overflowMasked) adjust(p, precision);
    roundTo(p, precision, LEAST_80, MOST_80);
  }
  let sign = p.sign << 15;
  switch (p.cls) {
    case CLS_ZERO: return sign;
    case CLS_NORMAL: return sign | (p.hi & TOP ? <u32>(p.exp + 16383) : 0);
    default:
      if (p.cls != CLS_INF) p.hi |= TOP | QUIET;
      return sign | 0x7fff;
  }
}

/** Sign of `a - b`: -1, 0, 1, or 2 for unordered. Raises nothing. */
export function compareParts(a: Parts, b: Parts): i32 {
  if (isNan(a) || isNan(b)) return 2;
  if (a.cls == CLS_ZERO && b.cls == CLS_ZERO) return 0;
  if (a.cls == CLS_ZERO) return b.sign ? 1 : -1;
  if (b.cls == CLS_ZERO || a.sign != b.sign) return a.sign ? -1 : 1;
  let greater = a.sign ? -1 : 1;
  if (a.cls != b.cls) return a.cls == CLS_INF ? greater : -greater;
  if (a.cls == CLS_INF) return 0;
  if (a.exp != b.exp) return a.exp > b.exp ? greater : -greater;
  return a.hi == b.hi ? 0 : a.hi > b.hi ? greater : -greater;
}

/** From an integer. */
export function fromInt(p: Parts, value: i64): void {
  if (value == 0) return setZero(p, 0);
  let magnitude = value < 0 ? <u64>-value : <u64>value;
  let shift = <i32>clz(magnitude);
  p.cls = CLS_NORMAL;
  p.sign = <u32>(value < 0);
  p.hi = magnitude << shift;
  p.lo = 0;
  p.exp = 63 - shift;
  p.denormal = 0;
}

/** Rounds to an integral number, as a number still; returns whether it changed. */
export function roundToIntegral(p: Parts): bool {
  if (p.cls != CLS_NORMAL || p.exp >= 63) return false;
  let sign = p.sign;
  if (p.exp < 0) {
    shiftRightJam(p, -p.exp);
    p.exp = 0;
    // Half of a unit now stands at bit 62.
  }
  let lost: bool;
  if (p.exp == 0 && !(p.hi & TOP)) {
    let half = p.hi == QUIET && p.lo == 0, above = p.hi > QUIET || (p.hi == QUIET && p.lo != 0);
    let up = rounding == ROUND_NEAREST ? above && !half : rounding == ROUND_DOWN ? sign != 0 : rounding == ROUND_UP ? sign == 0 : false;
    lost = true;
    roundedUp = up;
    if (up) {
      p.hi = TOP;
      p.lo = 0;
    } else setZero(p, sign);
  } else lost = roundAt(p, p.exp + 1);
  return lost;
}

/** To an integer of 16, 32 or 64 bits by the current rounding; beyond its range the "integer indefinite" and an invalid operation. */
export function toInt(p: Parts, bits: i32): i64 {
  let indefinite: i64 = bits == 64 ? i64.MIN_VALUE : bits == 32 ? <i64>i32.MIN_VALUE : -32768;
  if (p.cls == CLS_ZERO) return 0;
  if (p.cls != CLS_NORMAL) {
    flags |= FLAG_INVALID;
    return indefinite;
  }
  let lost = roundToIntegral(p);
  if (p.cls == CLS_ZERO) {
    flags |= FLAG_INEXACT;
    return 0;
  }
  let fits = p.exp < bits - 1 || (p.exp == bits - 1 && p.sign != 0 && p.hi == TOP);
  if (!fits) {
    flags |= FLAG_INVALID;
    roundedUp = false;
    return indefinite;
  }
  if (lost) flags |= FLAG_INEXACT;
  let magnitude = p.hi >> (63 - p.exp);
  return p.sign ? -<i64>magnitude : <i64>magnitude;
}
