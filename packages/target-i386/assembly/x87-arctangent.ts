// SPDX-License-Identifier: GPL-2.0-or-later
//
// FPATAN (SDM volume 2, with its table of special cases).

import { A, B, CLS_INF, CLS_ZERO, FLAG_DENORMAL, fromInt, isNan, Parts, raiseFlag, setZero } from './softfloat'
import { addParts } from './softfloat-ops'
import { ARCTANGENTS, ODD, PI } from '../build/x87-tables'
import { propagate } from './x87-arith'
import { C, copyParts, D, divWide, E, F, inexact, mulWide, series, setWide } from './wide'

const TERMS = 27;

/** The arc tangent of the ratio of positive numbers, at most 1; the result is in `p`. Changes q. */
function arctangent(p: Parts, q: Parts): void {
  // The nearest n/8 = c: atan(p/q) = atan(c) + atan((p - cq)/(q + cp)), whose last ratio is 1/16 at most.
  let distance = p.exp - q.exp, n: i64 = 0;
  if (distance > -6) n = <i64>(<f64>p.hi / <f64>q.hi * <f64>(64 >> -distance) * 0.125 + 0.5);
  if (n != 0) {
    copyParts(E, p);
    fromInt(C, n);
    mulWide(E, C);
    mulWide(C, q);
    p.exp += 3;
    addParts(p, C, true);
    q.exp += 3;
    addParts(q, E, false);
  }
  if (p.cls != CLS_ZERO) {
    divWide(p, q);
    copyParts(E, p);
    mulWide(E, p);
    series(E, ODD, 16, TERMS, true);
    mulWide(p, E);
  }
  if (n == 0) return;
  // Exponents of atan(1/8) to atan(8/8).
  setWide(E, ARCTANGENTS + <usize>(n - 1) * 16, n == 1 ? -4 : n == 2 ? -3 : n < 5 ? -2 : -1);
  addParts(p, E, false);
}

/** p = pi * 2^exp - p. */
function fromPi(p: Parts, exp: i32): void {
  setWide(D, PI, exp + 1);
  p.sign = 1;
  addParts(p, D, false);
}

/** Of B / A, by their quadrant. The result is in A. */
export function fpatan(): void {
  if (isNan(A) || isNan(B)) return propagate();
  if (A.denormal | B.denormal) raiseFlag(FLAG_DENORMAL);
  let sign = B.sign, left = A.sign != 0, known = B.cls == CLS_ZERO || A.cls == CLS_INF;
  A.sign = 0;
  B.sign = 0;
  if (A.cls == CLS_INF && B.cls == CLS_INF) setWide(A, PI, -1);
  else if (known) setZero(A, 0);
  else if (A.cls == CLS_ZERO || B.cls == CLS_INF) setWide(A, PI, 0);
  else if (B.exp > A.exp || (B.exp == A.exp && B.hi > A.hi)) {
    arctangent(A, B);
    fromPi(A, -1);
  } else {
    copyParts(F, A);
    copyParts(A, B);
    arctangent(A, F);
  }
  if (left) fromPi(A, 0);
  A.sign = sign;
  inexact(A);
}
