// SPDX-License-Identifier: GPL-2.0-or-later
//
// Operations of the x87 that have an exact meaning: roots, remainders, scaling (SDM volume 2).

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_ZERO, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INEXACT, fromInt, invalid, isNan, raiseFlag,
  roundToIntegral, setIndefinite, TOP, ADJUSTMENT, FLAG_OVERFLOW, FLAG_UNDERFLOW, LEAST_80, MOST_80, overflowMasked, underflowMasked, setRoundedUp,
} from './softfloat'
import { remParts, sqrtParts } from './softfloat-ops'
import { propagate } from './x87-arith'
import {
  CONDITIONS, fault, fpFinish, fpStart, fpus, FSW_C0, FSW_C1, FSW_C2, FSW_C3, isFull, precision, readSt, setFpus, setTop,
  stackFault, stopped, top, writeSt,
} from './x87-stack'

/** FSQRT, FRNDINT, FSCALE, FXTRACT, FPREM, FPREM1: D9 F4 to FD. */
export function helper_x87_exact(env: u32, code: u64, _: u64, __: u64): u64 {
  fpStart(env);
  switch (<u32>code) {
    case 0x3a: // FSQRT
      readSt(env, 0, A);
      fromInt(B, 0);
      if (isNan(A)) propagate();
      else {
        if (A.denormal && !A.sign) raiseFlag(FLAG_DENORMAL);
        sqrtParts(A);
      }
      writeSt(env, 0, A, precision(env));
      break;
    case 0x3c: // FRNDINT
      readSt(env, 0, A);
      fromInt(B, 0);
      if (isNan(A)) propagate();
      else {
        if (A.denormal) raiseFlag(FLAG_DENORMAL);
        if (!stopped(env) && roundToIntegral(A)) raiseFlag(FLAG_INEXACT);
      }
      writeSt(env, 0, A, 64);
      break;
    case 0x3d: fscale(env); break;
    case 0x34: fxtract(env); break;
    case 0x38:
      fprem(env, false);
      return 0;
    case 0x35:
      fprem(env, true);
      return 0;
  }
  fpFinish(env);
  return 0;
}

/** A result that is beyond the range even with another exponent is infinite or zero (SDM volume 1, 8.5.4 and 8.5.5). */
function tooFar(): void {
  if (A.exp > MOST_80 + ADJUSTMENT && !overflowMasked) {
    raiseFlag(FLAG_OVERFLOW | FLAG_INEXACT);
    setRoundedUp(true);
    A.cls = CLS_INF;
    A.hi = TOP;
  } else if (A.exp < LEAST_80 - ADJUSTMENT && !underflowMasked) {
    raiseFlag(FLAG_UNDERFLOW | FLAG_INEXACT);
    A.cls = CLS_ZERO;
    A.hi = 0;
  }
}

function fscale(env: u32): void {
  readSt(env, 0, A);
  readSt(env, 1, B);
  if (stackFault) setIndefinite(A);
  else if (isNan(A) || isNan(B)) propagate();
  else if (B.cls == CLS_INF) {
    let sign = A.sign;
    if (B.sign ? A.cls == CLS_INF : A.cls == CLS_ZERO) invalid(A);
    else {
      if (A.denormal) raiseFlag(FLAG_DENORMAL);
      A.cls = B.sign ? CLS_ZERO : CLS_INF;
      A.hi = B.sign ? 0 : TOP;
      A.sign = sign;
    }
  } else {
    if (A.denormal | B.denormal) raiseFlag(FLAG_DENORMAL);
    if (A.cls == CLS_NORMAL && B.cls == CLS_NORMAL && B.exp >= 0) {
      let by: i32 = B.exp > 16 ? 0x10000 : <i32>(B.hi >> (63 - B.exp));
      A.exp += B.sign ? -by : by;
      if (!stopped(env)) tooFar();
    }
  }
  writeSt(env, 0, A, 64);
}

function fxtract(env: u32): void {
  readSt(env, 0, A);
  if (stackFault || isFull(env)) {
    fault(env, !stackFault);
    setIndefinite(A);
    writeSt(env, 0, A, 64);
    if (!stopped(env)) {
      setTop(env, top(env) - 1);
      writeSt(env, 0, A, 64);
    }
    return;
  }
  fromInt(B, 0);
  if (isNan(A)) {
    propagate();
    memory.copy(changetype<usize>(B), changetype<usize>(A), 32);
  } else if (A.cls == CLS_ZERO) {
    raiseFlag(FLAG_DIVBYZERO);
    B.cls = CLS_INF;
    B.sign = 1;
    B.hi = TOP;
  } else if (A.cls == CLS_INF) {
    memory.copy(changetype<usize>(B), changetype<usize>(A), 32);
    B.sign = 0;
  } else {
    if (A.denormal) raiseFlag(FLAG_DENORMAL);
    fromInt(B, <i64>A.exp);
    A.exp = 0;
  }
  if (stopped(env)) return;
  writeSt(env, 0, B, 64);
  setTop(env, top(env) - 1);
  writeSt(env, 0, A, 64);
}

function fprem(env: u32, nearest: bool): void {
  readSt(env, 0, A);
  readSt(env, 1, B);
  let status = fpus(env) & ~(FSW_C1 | FSW_C2);
  if (stackFault) setIndefinite(A);
  else if (isNan(A) || isNan(B)) propagate();
  else if (A.cls == CLS_INF || B.cls == CLS_ZERO) invalid(A);
  else {
    if (A.denormal | B.denormal) raiseFlag(FLAG_DENORMAL);
    if (!stopped(env)) status &= ~CONDITIONS;
    if (!stopped(env) && B.cls != CLS_INF && A.cls != CLS_ZERO) {
      let q = remParts(A, B, nearest);
      if (q & 8) status |= FSW_C2;
      else status |= (q & 4 ? FSW_C0 : 0) | (q & 2 ? FSW_C3 : 0) | (q & 1 ? FSW_C1 : 0);
    }
  }
  setFpus(env, status);
  let quotientBit = status & FSW_C1;
  writeSt(env, 0, A, 64);
  fpFinish(env);
  if (!stackFault) setFpus(env, (fpus(env) & ~FSW_C1) | quotientBit);
}
