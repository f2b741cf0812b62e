// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sines, logarithms and the like (SDM volume 2). They are worked out in double precision: some 55 bits are right for moderate
// operands, where a processor has 64; outside a double's range, near 1 and near multiples of pi they are wrong.

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_QNAN, CLS_SNAN, CLS_ZERO, FLAG_DENORMAL, FLAG_INEXACT, FLAG_INVALID, fromInt, invalid, isNan, pack64, Parts,
  raiseFlag, setFlags, flags, unpack64,
} from './softfloat'
import { X_FPUS } from '../src/tcg/x86-layout'
import { fpFinish, fpStart, fpus, FSW_C2, pop, pushSt, readSt, stopped, writeSt } from './x87'

function toF64(p: Parts): f64 {
  let before = flags;
  let value = reinterpret<f64>(pack64(p));
  setFlags(before);
  return value;
}

function fromF64(p: Parts, value: f64): void {
  unpack64(p, reinterpret<u64>(value));
  p.denormal = 0;
}

/** A NaN operand comes out quiet; true if there was one. */
function nanOut(p: Parts): bool {
  if (!isNan(p)) return false;
  if (p.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
  p.cls = CLS_QNAN;
  return true;
}

/** FSIN, FCOS, FPTAN, FSINCOS. @param code  ModRM less 0xc0 */
function trigonometric(env: u32, code: u32): void {
  readSt(env, 0, A);
  let status = fpus(env) & ~FSW_C2;
  let nan = nanOut(A), push = code == 0x32 || code == 0x3b;
  if (!nan && A.cls == CLS_INF) {
    invalid(A);
    nan = true;
  }
  if (!nan && A.cls == CLS_NORMAL && A.exp >= 63) {
    store<u64>(env, <u64>(status | FSW_C2), X_FPUS);
    return;
  }
  store<u64>(env, <u64>status, X_FPUS);
  if (nan) {
    writeSt(env, 0, A, 64);
    if (push) pushSt(env, A);
    return;
  }
  if (A.denormal) raiseFlag(FLAG_DENORMAL);
  let zero = A.cls == CLS_ZERO, sign = A.sign, tiny = A.cls == CLS_NORMAL && A.exp < -40, value = toF64(A);
  if (!zero) raiseFlag(FLAG_INEXACT);
  let cosine: f64 = zero ? 1 : Math.cos(value);
  switch (code) {
    case 0x3e:
      if (!zero && !tiny) fromF64(A, Math.sin(value));
      writeSt(env, 0, A, 64);
      break;
    case 0x3f:
      fromF64(A, cosine);
      writeSt(env, 0, A, 64);
      break;
    case 0x32:
      if (!zero && !tiny) fromF64(A, Math.tan(value));
      writeSt(env, 0, A, 64);
      fromInt(A, 1);
      pushSt(env, A);
      break;
    default:
      if (!zero && !tiny) fromF64(A, Math.sin(value));
      A.sign = zero ? sign : A.sign;
      writeSt(env, 0, A, 64);
      fromF64(A, cosine);
      pushSt(env, A);
  }
}

/** FYL2X, FYL2XP1, FPATAN: two operands, the result takes their place. */
function ofTwo(env: u32, code: u32): void {
  readSt(env, 0, A);
  readSt(env, 1, B);
  if (isNan(A) || isNan(B)) {
    if (A.cls == CLS_SNAN || B.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
    if (!isNan(A)) memory.copy(changetype<usize>(A), changetype<usize>(B), 32);
    A.cls = CLS_QNAN;
  } else {
    if (A.denormal | B.denormal) raiseFlag(FLAG_DENORMAL);
    let a = toF64(A), b = toF64(B), r: f64;
    if (code == 0x31) r = b * Math.log2(a);
    else if (code == 0x39) r = b * (Math.log1p(a) * 1.4426950408889634);
    else r = Math.atan2(b, a);
    if (r != r) invalid(A);
    else {
      if (code == 0x31 && a == 0) raiseFlag(4);
      if (r != 0 && abs(r) != Infinity && !(code == 0x31 && a == 1)) raiseFlag(FLAG_INEXACT);
      fromF64(A, r);
    }
  }
  writeSt(env, 1, A, 64);
}

/** F2XM1, FYL2X, FPTAN, FPATAN, FYL2XP1, FSINCOS, FSIN, FCOS: D9 F0 to FF. */
export function helper_x87_transcendental(env: u32, code: u64, _: u64, __: u64): u64 {
  fpStart(env);
  switch (<u32>code) {
    case 0x30:
      readSt(env, 0, A);
      if (!nanOut(A) && A.cls != CLS_ZERO) {
        if (A.denormal) raiseFlag(FLAG_DENORMAL);
        if (A.cls != CLS_INF) raiseFlag(FLAG_INEXACT);
        if (A.cls != CLS_INF || A.sign) fromF64(A, Math.expm1(toF64(A) * 0.6931471805599453));
      }
      writeSt(env, 0, A, 64);
      break;
    case 0x31:
    case 0x33:
    case 0x39: {
      ofTwo(env, <u32>code);
      let halted = stopped(env);
      fpFinish(env);
      if (!halted) pop(env);
      return 0;
    }
    default: trigonometric(env, <u32>code); break;
  }
  fpFinish(env);
  return 0;
}
