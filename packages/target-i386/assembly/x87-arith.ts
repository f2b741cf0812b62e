// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic and comparisons of the x87 (SDM volume 1, 8.3.3, 8.3.6 and 8.5; QEMU's target/i386/tcg/fpu_helper.c).

import {
  A, B, CLS_QNAN, CLS_SNAN, CLS_UNSUPPORTED, CLS_ZERO, compareParts, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INVALID, flags,
  invalid, isNan, raiseFlag, setIndefinite, TOP,
} from './softfloat'
import { addParts, divParts, mulParts } from './softfloat-ops'
import { isQuick, quickArith, quickCompare } from './x87-fast'
import {
  CONDITIONS, fpFinish, fpStart, fpus, FSW_C0, FSW_C1, FSW_C2, FSW_C3, isEmpty, pop, precision, readSt, setFpus, setLeaveC1,
  stackFault, stAddress, stopped, writeSt,
} from './x87-stack'
import * as x from '../src/tcg/x86-layout'

/** The NaN that comes out of two operands: SDM volume 1, table 4-7. The result is in A. */
export function propagate(): void {
  if (A.cls == CLS_UNSUPPORTED || B.cls == CLS_UNSUPPORTED) return invalid(A);
  let signalling = A.cls == CLS_SNAN || B.cls == CLS_SNAN;
  if (signalling) raiseFlag(FLAG_INVALID);
  let useB: bool;
  if (!isNan(A)) useB = true;
  else if (!isNan(B)) useB = false;
  else if (A.cls != B.cls) useB = A.cls == CLS_SNAN;
  else {
    let a = A.hi & ~TOP, b = B.hi & ~TOP;
    useB = a == b ? A.sign > B.sign : b > a;
  }
  if (useB) memory.copy(changetype<usize>(A), changetype<usize>(B), 32);
  A.cls = CLS_QNAN;
}

/** Operation /r of D8: A op B, into A. 0 add, 1 multiply, 4 subtract, 5 subtract reversed, 6 divide, 7 divide reversed. */
function arith(op: u32): void {
  if (isNan(A) || isNan(B)) return propagate();
  let denormal = (A.denormal | B.denormal) != 0;
  switch (op) {
    case 0: addParts(A, B, false); break;
    case 1: mulParts(A, B); break;
    case 4: addParts(A, B, true); break;
    case 5: addParts(A, B, true); if (A.cls != CLS_QNAN && !(A.cls == CLS_ZERO)) A.sign ^= 1; break;
    case 6: divParts(A, B); break;
  }
  if (denormal && !(flags & (FLAG_INVALID | FLAG_DIVBYZERO))) raiseFlag(FLAG_DENORMAL);
}

function swapParts(): void {
  let spare = <u32>memory.data(32, 8);
  memory.copy(spare, changetype<usize>(A), 32);
  memory.copy(changetype<usize>(A), changetype<usize>(B), 32);
  memory.copy(changetype<usize>(B), spare, 32);
}

/** C3, C2, C0 of a comparison of A and B. @param quiet  only a signalling NaN is invalid */
function compareFlags(quiet: bool): u32 {
  if (isNan(A) || isNan(B)) {
    if (!quiet || A.cls >= CLS_SNAN || B.cls >= CLS_SNAN) raiseFlag(FLAG_INVALID);
    return FSW_C3 | FSW_C2 | FSW_C0;
  }
  if (A.denormal | B.denormal) raiseFlag(FLAG_DENORMAL);
  let order = compareParts(A, B);
  return order == 0 ? FSW_C3 : order < 0 ? FSW_C0 : 0;
}

export function compareToStatus(env: u32, quiet: bool): void {
  let result = compareFlags(quiet);
  setFpus(env, (fpus(env) & ~(CONDITIONS & ~FSW_C1)) | result);
}

/** Arithmetic of ST(0) with B or, for `to` and above, ST(to) with ST(0). Compares for operations 2 and 3. */
export function operate(env: u32, op: u32, to: u32): void {
  if ((op & 6) == 2) {
    compareToStatus(env, false);
    fpFinish(env);
    if (op == 3 && !stopped(env)) pop(env);
    return;
  }
  if (op == 5 || op == 7) {
    swapParts();
    op--;
  }
  arith(op);
  writeSt(env, to, A, precision(env));
  fpFinish(env);
}

/** FADD ST(0),ST(i) and the like. `c`: operation; bit 3: into ST(i); bit 4: and pop. */
export function helper_x87_arith(env: u32, i: u64, c: u64, _: u64): u64 {
  let op = <u32>c & 7, n = <u32>i;
  if (isQuick(env) && !isEmpty(env, 0) && !isEmpty(env, n)) {
    let a = stAddress(env, 0), b = stAddress(env, n);
    if (quickArith(env, op, c & 8 ? b : a, load<u64>(a), <u32>load<u64>(a, 8), load<u64>(b), <u32>load<u64>(b, 8))) {
      if (c & 16) pop(env);
      return 0;
    }
  }
  fpStart(env);
  readSt(env, 0, A);
  readSt(env, n, B);
  if (stackFault) {
    setIndefinite(A);
    B.cls = CLS_ZERO;
  }
  operate(env, op, c & 8 ? n : 0);
  if (c & 16 && !stopped(env)) pop(env);
  return 0;
}

/** C3 and C0 for ST(0) and ST(i); ~0 if they are no normal numbers. */
function compareQuickly(env: u32, i: u32): u32 {
  if (isEmpty(env, 0) || isEmpty(env, i)) return ~0;
  let a = stAddress(env, 0), b = stAddress(env, i);
  return quickCompare(load<u64>(a), <u32>load<u64>(a, 8), load<u64>(b), <u32>load<u64>(b, 8));
}

/** FCOM and FUCOM. `c`: bit 0 for the unordered form, pops from bit 1. */
export function helper_x87_com(env: u32, i: u64, c: u64, _: u64): u64 {
  let quick = compareQuickly(env, <u32>i);
  if (quick != ~0) {
    setFpus(env, (fpus(env) & ~CONDITIONS) | quick);
    for (let pops = <u32>c >> 1; pops > 0; pops--) pop(env);
    return 0;
  }
  fpStart(env);
  readSt(env, 0, A);
  readSt(env, <u32>i, B);
  compareToStatus(env, (c & 1) != 0);
  fpFinish(env);
  if (stopped(env)) return 0;
  for (let pops = <u32>c >> 1; pops > 0; pops--) pop(env);
  return 0;
}

/** FCOMI, FUCOMI: condition codes of RFLAGS. */
export function helper_x87_comi(env: u32, i: u64, c: u64, _: u64): u64 {
  let quick = compareQuickly(env, <u32>i);
  if (quick != ~0) {
    if (c >> 1) pop(env);
    return (quick & FSW_C3 ? x.CC_Z : 0) | (quick & FSW_C0 ? x.CC_C : 0);
  }
  fpStart(env);
  readSt(env, 0, A);
  readSt(env, <u32>i, B);
  let result = compareFlags((c & 1) != 0);
  setLeaveC1(true);
  fpFinish(env);
  if (!stopped(env) && c >> 1) pop(env);
  return (result & FSW_C3 ? x.CC_Z : 0) | (result & FSW_C2 ? x.CC_P : 0) | (result & FSW_C0 ? x.CC_C : 0);
}
