// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the x87 does with its registers alone: signs, classes, constants, moves, control (SDM volume 1, 8.3.4, 8.3.5 and 8.3.11;
// QEMU's target/i386/tcg/fpu_helper.c).

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_UNSUPPORTED, CLS_ZERO, flags, fromInt, pack80, roundedUp, setFlags, setIndefinite, unpack80,
} from './softfloat'
import { cr, raise } from './env'
import { compareToStatus } from './x87-arith'
import {
  CONDITIONS, fault, fpFinish, fpStart, fpus, FSW_C0, FSW_C1, FSW_C2, FSW_C3, FSW_ES, isEmpty, isFull, pop, pushQuickly,
  pushSt, readSt, setEmpty, setFpus, setLeaveC1, setTop, stackFault, stAddress, stopped, top, writeSt,
} from './x87-stack'
import * as x from '../src/tcg/x86-layout'

/** FTST. */
function ftst(env: u32): void {
  readSt(env, 0, A);
  fromInt(B, 0);
  compareToStatus(env, false);
}

/** FXAM (SDM volume 2, table 3-42). */
function fxam(env: u32): void {
  let at = stAddress(env, 0), status = fpus(env) & ~CONDITIONS;
  unpack80(A, load<u64>(at), <u32>load<u16>(at, 8));
  if (load<u16>(at, 8) & 0x8000) status |= FSW_C1;
  if (isEmpty(env, 0)) status |= FSW_C3 | FSW_C0;
  else if (A.cls == CLS_ZERO) status |= FSW_C3;
  else if (A.cls == CLS_INF) status |= FSW_C2 | FSW_C0;
  else if (A.cls == CLS_NORMAL) status |= A.denormal ? FSW_C3 | FSW_C2 : FSW_C2;
  else if (A.cls != CLS_UNSUPPORTED) status |= FSW_C0;
  setFpus(env, status);
}

/** A sign is changed whatever the number is. */
function changeSign(env: u32, andMask: u32, xorMask: u32): void {
  if (isEmpty(env, 0)) {
    fault(env, false);
    setIndefinite(A);
    writeSt(env, 0, A, 64);
    return;
  }
  let at = stAddress(env, 0);
  store<u64>(at, <u64>((<u32>load<u16>(at, 8) & andMask) ^ xorMask), 8);
}

/** Mantissas of log2(10), log2(e), pi, log10(2), ln(2) with a word more, and their exponents. */
function constant(env: u32, which: u32): void {
  fromInt(A, <i64>(which == 0));
  if (which > 0 && which < 6) {
    A.cls = CLS_NORMAL;
    A.sign = 0;
    A.denormal = 0;
    switch (which) {
      case 1: A.hi = 0xd49a784bcd1b8afe; A.lo = 0x492bf6ff4dafdb4d; A.exp = 1; break;
      case 2: A.hi = 0xb8aa3b295c17f0bb; A.lo = 0xbe87fed0691d3e89; A.exp = 0; break;
      case 3: A.hi = 0xc90fdaa22168c234; A.lo = 0xc4c6628b80dc1cd1; A.exp = 1; break;
      case 4: A.hi = 0x9a209a84fbcff798; A.lo = 0x8f8959ac0b7c9178; A.exp = -2; break;
      case 5: A.hi = 0xb17217f7d1cf79ab; A.lo = 0xc9e3b39803f2f6af; A.exp = -1; break;
    }
  }
  // Constants raise no inexact exception (SDM volume 2, FLD1).
  pack80(A, 64);
  setFlags(0);
  pushSt(env, A);
}

/** FCHS, FABS, FTST, FXAM and the constants: D9 E0 to EE. */
export function helper_x87_d9e(env: u32, code: u64, _: u64, __: u64): u64 {
  fpStart(env);
  switch (<u32>code) {
    case 0: changeSign(env, 0xffff, 0x8000); break;
    case 1: changeSign(env, 0x7fff, 0); break;
    case 4: ftst(env); break;
    case 5:
      fxam(env);
      return 0;
    default: constant(env, <u32>code - 8); break;
  }
  let up = roundedUp;
  if (<u32>code >= 8 && up && !stackFault) {
    setFpus(env, fpus(env) & ~FSW_C1);
    setFpus(env, fpus(env) | flags);
    return 0;
  }
  fpFinish(env);
  return 0;
}

/** FLD ST(i). */
export function helper_x87_fld(env: u32, i: u64, _: u64, __: u64): u64 {
  let at = stAddress(env, <u32>i), empty = isEmpty(env, <u32>i);
  if (!isFull(env) && !empty) {
    pushQuickly(env, load<u64>(at), load<u64>(at, 8));
    return 0;
  }
  fpStart(env);
  fault(env, !empty);
  setIndefinite(A);
  if (!stopped(env)) {
    setTop(env, top(env) - 1);
    writeSt(env, 0, A, 64);
  }
  fpFinish(env);
  return 0;
}

/** Fills an empty register with the indefinite, for what moves registers. */
function fill(env: u32, i: u32): void {
  if (!isEmpty(env, i)) return;
  fault(env, false);
  setIndefinite(A);
  writeSt(env, i, A, 64);
}

function exchange(a: u32, b: u32): void {
  let mantissa = load<u64>(a), high = load<u64>(a, 8);
  store<u64>(a, load<u64>(b));
  store<u64>(a, load<u64>(b, 8), 8);
  store<u64>(b, mantissa);
  store<u64>(b, high, 8);
}

/** FXCH. */
export function helper_x87_fxch(env: u32, i: u64, _: u64, __: u64): u64 {
  if (!isEmpty(env, 0) && !isEmpty(env, <u32>i)) {
    exchange(stAddress(env, 0), stAddress(env, <u32>i));
    setFpus(env, fpus(env) & ~FSW_C1);
    return 0;
  }
  fpStart(env);
  fill(env, 0);
  fill(env, <u32>i);
  if (!stopped(env)) exchange(stAddress(env, 0), stAddress(env, <u32>i));
  fpFinish(env);
  return 0;
}

/**
 * FST ST(i), FSTP ST(i), and FCMOVcc for a condition that holds. `c`: 0 FST, 1 FSTP, 2 FCMOV, 3 the other encoding of FSTP (D9 D8),
 * which only pops an empty register.
 */
export function helper_x87_move(env: u32, i: u64, c: u64, condition: u64): u64 {
  let from: u32 = c == 2 ? <u32>i : 0, to: u32 = c == 2 ? 0 : <u32>i;
  if (c < 2 && !isEmpty(env, 0)) {
    let at = stAddress(env, 0), there = stAddress(env, to);
    store<u64>(there, load<u64>(at));
    store<u64>(there, load<u64>(at, 8), 8);
    setEmpty(env, to, 0);
    setFpus(env, fpus(env) & ~FSW_C1);
    if (c) pop(env);
    return 0;
  }
  fpStart(env);
  let tag = isEmpty(env, from);
  if (c != 3 && (tag || (c == 2 && isEmpty(env, 0)))) {
    fault(env, false);
    setIndefinite(A);
    writeSt(env, to, A, 64);
  } else if (!tag && (c != 2 || condition != 0)) {
    store<u64>(stAddress(env, to), load<u64>(stAddress(env, from)));
    store<u64>(stAddress(env, to), load<u64>(stAddress(env, from), 8), 8);
    setEmpty(env, to, 0);
  }
  setLeaveC1(c == 2);
  let halted = stopped(env);
  fpFinish(env);
  if (c & 1 && !halted) pop(env);
  return 0;
}

/** FFREE, FINCSTP, FDECSTP, FNCLEX. `c`: 0 to 3, 4 for FFREEP. */
export function helper_x87_control(env: u32, c: u64, i: u64, _: u64): u64 {
  switch (<u32>c) {
    case 0: setEmpty(env, <u32>i, 1); setFpus(env, fpus(env) & ~FSW_C1); break;
    case 1: setTop(env, top(env) + 1); setFpus(env, fpus(env) & ~FSW_C1); break;
    case 2: setTop(env, top(env) - 1); setFpus(env, fpus(env) & ~FSW_C1); break;
    case 3: setFpus(env, fpus(env) & 0x7f00); break;
    default:
      setEmpty(env, <u32>i, 1);
      pop(env);
      setFpus(env, fpus(env) & ~FSW_C1);
  }
  return 0;
}

/** An exception that is pending is raised before the next instruction that waits (SDM volume 1, 8.7). */
export function helper_x87_wait(env: u32, _: u64, __: u64, ___: u64): u64 {
  if (!(fpus(env) & FSW_ES) || !(cr(env, 0) & x.CR0_NE)) return 0;
  return raise(env, x.EXCP10_COPR);
}
