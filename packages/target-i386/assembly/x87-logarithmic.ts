// SPDX-License-Identifier: GPL-2.0-or-later
//
// F2XM1, FYL2X and FYL2XP1 (SDM volume 2). Where the manual leaves a result undefined it is what processors were seen to give:
// the operand. They call every number that comes out of these inexact, a logarithm of a power of two as well.

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_ZERO, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INEXACT, FLAG_INVALID, FLAG_UNDERFLOW, flags, fromInt, invalid,
  isNan, Parts, raiseFlag, setInf, setZero, TOP,
} from './softfloat'
import { addParts } from './softfloat-ops'
import { FACTORIALS, LN2, LOG2E, ODD } from '../build/x87-tables'
import { propagate } from './x87-arith'
import { C, copyParts, D, divWide, E, F, inexact, mulWide, series, setWide } from './wide'

/** The square root of 2, to half of a significand. */
const SQRT2: u64 = 0xb504f333f9de6484;
/** sqrt(2) - 1 and 1 - 1/sqrt(2): between them a logarithm needs no power of two. */
const UP: u64 = 0xd413cccfe7799211, DOWN: u64 = 0x95f619980c4336f7;
const EXP_TERMS = 33, LOG_TERMS = 27;

/** 2^x - 1 of A. */
export function f2xm1(): void {
  fromInt(B, 0);
  if (isNan(A)) return propagate();
  if (A.cls == CLS_ZERO) return;
  if (A.cls == CLS_INF) {
    if (A.sign) fromInt(A, -1);
    return;
  }
  if (A.denormal) raiseFlag(FLAG_DENORMAL);
  raiseFlag(FLAG_INEXACT);
  if (A.exp >= 0) {
    // -1 gives -1/2.
    if (A.exp == 0 && A.hi == TOP && A.sign) A.exp = -1;
    return;
  }
  setWide(D, LN2, -1);
  mulWide(A, D);
  copyParts(C, A);
  C.sign = 0;
  // (e^y - 1) / y
  series(C, FACTORIALS + 16, 16, EXP_TERMS, A.sign != 0);
  mulWide(A, C);
  inexact(A);
}

/** The logarithm of (1 + t) / (1 - t) to base 2, of t = a / b in `a`; |t| is below 3/16. */
function logOfRatio(a: Parts, b: Parts): void {
  divWide(a, b);
  copyParts(D, a);
  mulWide(D, a);
  series(D, ODD, 16, LOG_TERMS, false);
  mulWide(a, D);
  setWide(D, LOG2E, 1);
  mulWide(a, D);
}

/** The logarithm to base 2 of a positive number; returns whether it is an integer. */
function log2(p: Parts): bool {
  let whole = p.exp;
  p.exp = 0;
  if (p.hi > SQRT2) {
    p.exp = -1;
    whole++;
  }
  copyParts(E, p);
  fromInt(D, 1);
  addParts(p, D, true);
  if (p.cls == CLS_ZERO) {
    fromInt(p, <i64>whole);
    return true;
  }
  fromInt(D, 1);
  addParts(E, D, false);
  logOfRatio(p, E);
  if (whole != 0) {
    fromInt(D, <i64>whole);
    addParts(p, D, false);
  }
  return false;
}

/** The logarithm of 1 + p to base 2; returns whether it is an integer. */
function log2OfSum(p: Parts): bool {
  if (p.exp < -2 || (p.exp == -2 && p.hi <= (p.sign ? DOWN : UP))) {
    fromInt(E, 2);
    copyParts(D, p);
    addParts(E, D, false);
    logOfRatio(p, E);
    return false;
  }
  fromInt(D, 1);
  addParts(p, D, false);
  return log2(p);
}

/** The special cases of log(A) * B, where the logarithm's sign is `negative`; false if there is something to work out. */
function special(negative: u32): bool {
  let sign = B.sign ^ negative;
  if (A.cls == CLS_NORMAL && B.cls == CLS_NORMAL) return false;
  if (B.cls == CLS_ZERO) setZero(A, sign);
  else setInf(A, sign);
  return true;
}

/** What both have in common: A is an operand of the logarithm, not a NaN. */
function multiply(sum: bool): void {
  copyParts(F, B);
  let exact = sum ? log2OfSum(A) : log2(A);
  if (A.cls != CLS_ZERO) mulWide(A, F);
  if (!exact) return inexact(A);
  raiseFlag(FLAG_INEXACT);
  if (A.exp < -16382) raiseFlag(FLAG_UNDERFLOW);
}

function markDenormal(denormal: u32): void {
  if (denormal && !(flags & (FLAG_INVALID | FLAG_DIVBYZERO))) raiseFlag(FLAG_DENORMAL);
}

/** B * log2(A), in A. */
export function fyl2x(): void {
  if (isNan(A) || isNan(B)) return propagate();
  let denormal = A.denormal | B.denormal, one = A.cls == CLS_NORMAL && A.exp == 0 && A.hi == TOP;
  if (A.cls == CLS_ZERO) {
    if (B.cls == CLS_ZERO) return invalid(A);
    if (B.cls != CLS_INF) raiseFlag(FLAG_DIVBYZERO);
    setInf(A, B.sign ^ 1);
  } else if (A.sign) return invalid(A);
  else if (A.cls == CLS_INF) {
    if (B.cls == CLS_ZERO) return invalid(A);
    setInf(A, B.sign);
  } else if (one) {
    if (B.cls == CLS_INF) return invalid(A);
    setZero(A, B.sign);
  } else if (!special(<u32>(A.exp < 0))) multiply(false);
  markDenormal(denormal);
}

/** B * log2(A + 1), in A. */
export function fyl2xp1(): void {
  if (isNan(A) || isNan(B)) return propagate();
  let denormal = A.denormal | B.denormal, sign = A.sign ^ B.sign;
  if (A.cls == CLS_INF) {
    if (A.sign || B.cls == CLS_ZERO) return invalid(A);
    setInf(A, sign);
  } else if (A.cls == CLS_ZERO) {
    if (B.cls == CLS_INF) return invalid(A);
    setZero(A, sign);
  } else if (!special(A.sign)) {
    // There is no logarithm of 1 + A.
    if (A.sign && A.exp >= 0) raiseFlag(FLAG_INEXACT);
    else multiply(true);
  }
  markDenormal(denormal);
}
