// SPDX-License-Identifier: GPL-2.0-or-later
//
// FSIN, FCOS, FSINCOS and FPTAN (SDM volume 2). Operands are reduced as processors reduce them: by a pi of 66 bits (SDM volume
// 1, 8.3.8), so that near multiples of pi results are those of a slightly different angle, everywhere the same one.

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_ZERO, FLAG_DENORMAL, fromInt, invalid, isNan, Parts, raiseFlag, roundedUp, setIndefinite, setRoundedUp,
} from './softfloat'
import { normalize } from './softfloat-ops'
import { FACTORIALS } from '../build/x87-tables'
import { propagate } from './x87-arith'
import { fault, fpus, FSW_C2, isFull, pushSt, readSt, setFpus, setTop, stackFault, stopped, top, writeSt } from './x87-stack'
import { C, copyParts, D, divWide, inexact, mulWide, series } from './wide'

export const FPTAN: u32 = 0x32, FSINCOS: u32 = 0x3b, FSIN: u32 = 0x3e, FCOS: u32 = 0x3f;

/** Pi/2 in units of 2^-65: 66 bits. */
const HALF_PI_HI: u64 = 3, HALF_PI_LO: u64 = 0x243f6a8885a308d3;
/** Between coefficients of every second power. */
const SECOND: usize = 32;
const TERMS = 17;
/** Below 2^-60 the next term of a tangent is hardly above the last bit. */
const TINY: i32 = -60;

/** p less the nearest multiple of pi/2; returns the multiple's lowest two bits. The sign is that of the rest of |p|. */
function reduce(p: Parts): u32 {
  p.sign = 0;
  if (p.exp < -1) return 0;
  let hi: u64 = 0, lo = p.hi, quotient: u32 = 0;
  for (let i = p.exp + 2; i > 0; i--) {
    hi = (hi << 1) | (lo >> 63);
    lo <<= 1;
    quotient <<= 1;
    if (hi > HALF_PI_HI || (hi == HALF_PI_HI && lo >= HALF_PI_LO)) {
      hi = hi - HALF_PI_HI - <u64>(lo < HALF_PI_LO);
      lo -= HALF_PI_LO;
      quotient |= 1;
    }
  }
  let twice = (hi << 1) | (lo >> 63);
  if (twice > HALF_PI_HI || (twice == HALF_PI_HI && (lo << 1) > HALF_PI_LO)) {
    hi = HALF_PI_HI - hi - <u64>(HALF_PI_LO < lo);
    lo = HALF_PI_LO - lo;
    p.sign = 1;
    quotient++;
  }
  p.hi = hi;
  p.lo = lo;
  p.exp = 127 - 65;
  normalize(p);
  return quotient & 3;
}

/** The sine of `r`, which pi/4 bounds. */
function sine(to: Parts, r: Parts): void {
  copyParts(to, r);
  mulWide(to, r);
  series(to, FACTORIALS + 16, SECOND, TERMS, true);
  mulWide(to, r);
}

function cosine(to: Parts, r: Parts): void {
  copyParts(to, r);
  mulWide(to, r);
  series(to, FACTORIALS, SECOND, TERMS, true);
}

/** The sine of what `reduce` took apart, or with one quadrant more the cosine. */
function sineOf(to: Parts, r: Parts, quadrant: u32): void {
  if (quadrant & 1) cosine(to, r);
  else sine(to, r);
  to.sign ^= (quadrant >> 1) & 1;
  inexact(to);
}

function tangentOf(to: Parts, r: Parts, quadrant: u32): void {
  if (r.exp < TINY) {
    // The tangent is hardly above r, and the cotangent hardly below 1/r.
    if (quadrant & 1) {
      fromInt(to, 1);
      divWide(to, r);
      to.hi -= <u64>(to.lo == 0);
      to.lo -= 1;
      normalize(to);
    } else copyParts(to, r);
  } else if (quadrant & 1) {
    cosine(to, r);
    sine(D, r);
    divWide(to, D);
  } else {
    sine(to, r);
    cosine(D, r);
    divWide(to, D);
  }
  to.sign ^= quadrant & 1;
  inexact(to);
}

/** Both operands of the stack's top are the same NaN; also after a stack fault. */
function both(env: u32, push: bool): void {
  writeSt(env, 0, A, 64);
  if (!push || stopped(env)) return;
  setTop(env, top(env) - 1);
  writeSt(env, 0, A, 64);
}

/** @param code  ModRM less 0xc0 */
export function trigonometric(env: u32, code: u32): void {
  let push = code == FPTAN || code == FSINCOS;
  readSt(env, 0, A);
  if (!stackFault && push && isFull(env)) fault(env, true);
  setFpus(env, fpus(env) & ~FSW_C2);
  fromInt(B, 0);
  if (stackFault) setIndefinite(A);
  else if (isNan(A)) propagate();
  else if (A.cls == CLS_INF) invalid(A);
  if (isNan(A)) return both(env, push);
  if (A.cls == CLS_NORMAL && A.exp >= 63) return setFpus(env, fpus(env) | FSW_C2);
  if (A.denormal) raiseFlag(FLAG_DENORMAL);
  if (stopped(env)) return;
  let sign = A.sign, quadrant: u32 = 0;
  copyParts(C, A);
  if (A.cls == CLS_ZERO) {
    if (code == FCOS) fromInt(A, 1);
    fromInt(B, 1);
  } else {
    quadrant = reduce(C);
    if (code == FCOS) {
      sineOf(A, C, quadrant + 1);
    } else {
      if (code == FPTAN) tangentOf(A, C, quadrant);
      else sineOf(A, C, quadrant);
      A.sign ^= sign;
    }
    if (code == FSINCOS) sineOf(B, C, quadrant + 1);
    else fromInt(B, 1);
  }
  writeSt(env, 0, A, 64);
  if (!push) return;
  // C1 tells how the first result was rounded.
  let up = roundedUp;
  pushSt(env, B);
  setRoundedUp(up);
}
