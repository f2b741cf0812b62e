// SPDX-License-Identifier: GPL-2.0-or-later
//
// The x87: its stack, loads and stores, arithmetic and comparisons (SDM volume 1, chapter 8; QEMU's
// target/i386/tcg/fpu_helper.c).

import {
  A, B, CLS_INF, CLS_NORMAL, CLS_QNAN, CLS_SNAN, CLS_UNSUPPORTED, CLS_ZERO, compareParts, FLAG_DENORMAL, FLAG_DIVBYZERO,
  FLAG_INVALID, FLAG_OVERFLOW, FLAG_UNDERFLOW, flags, fromInt, invalid, isNan, pack32, pack64, pack80, Parts, raiseFlag, ROUND_ZERO, roundedUp, setFlags,
  setIndefinite, setRounding, toInt, TOP, unpack32, unpack64, unpack80, begin, FLAG_INEXACT, setRoundedUp,
} from './softfloat'
import { addParts, divParts, mulParts } from './softfloat-ops'
import { probeWrite } from '@dromaius/tcg/assembly/softmmu'
import { ENV_MMU_IDX } from '@dromaius/tcg/src/layout'
import { cr, faulted, ldu, linear, raise, stu } from './env'
import {
  high, isQuick, mantissa, narrow64, narrowInexact, narrowUp, quickArith, quickCompare, widen32, widen64, widenInt,
} from './x87-fast'
import * as x from '../src/tcg/x86-layout'

export const FSW_SF: u32 = 0x40, FSW_ES: u32 = 0x80, FSW_C0: u32 = 0x100, FSW_C1: u32 = 0x200, FSW_C2: u32 = 0x400, FSW_C3: u32 = 0x4000, FSW_B: u32 = 0x8000;
export const CONDITIONS: u32 = 0x4700;
const MEM_F32: u32 = 0, MEM_F64: u32 = 1, MEM_I16: u32 = 2, MEM_I32: u32 = 3, MEM_I64: u32 = 4;

@inline export function top(env: u32): u32 { return <u32>load<u64>(env, x.X_FPSTT); }
@inline export function setTop(env: u32, value: u32): void { store<u64>(env, <u64>(value & 7), x.X_FPSTT); }
@inline export function fpus(env: u32): u32 { return <u32>load<u64>(env, x.X_FPUS); }
@inline export function setFpus(env: u32, value: u32): void { store<u64>(env, <u64>(value & 0xffff), x.X_FPUS); }
@inline export function fpuc(env: u32): u32 { return <u32>load<u64>(env, x.X_FPUC); }
@inline function phys(env: u32, i: u32): u32 { return (top(env) + i) & 7; }
@inline export function stAddress(env: u32, i: u32): u32 { return env + x.X_FPREGS + phys(env, i) * 16; }
@inline function isEmpty(env: u32, i: u32): bool { return load<u8>(env + phys(env, i), x.X_FPTAGS) != 0; }
@inline function setEmpty(env: u32, i: u32, empty: u32): void { store<u8>(env + phys(env, i), <u8>empty, x.X_FPTAGS); }

export function precision(env: u32): i32 {
  let pc = (fpuc(env) >> 8) & 3;
  return pc == 0 ? 24 : pc == 2 ? 53 : 64;
}

/** The instruction leaves C1 as it is. */
let leaveC1: bool = false;
/** Whether the stack failed: the operation works with the indefinite, or not at all. */
export let stackFault: bool = false;

export function fpStart(env: u32): void {
  let control = fpuc(env);
  stackFault = false;
  leaveC1 = false;
  begin((control >> 10) & 3, false, false, (control & FLAG_UNDERFLOW) != 0, (control & FLAG_OVERFLOW) != 0);
}

/** An empty register was read, or (`over`) a full one would be lost. */
export function fault(env: u32, over: bool): void {
  stackFault = true;
  raiseFlag(FLAG_INVALID);
  setFpus(env, (fpus(env) & ~FSW_C1) | FSW_SF | (over ? FSW_C1 : 0));
}

/** Adds the exceptions to the status word. */
export function fpFinish(env: u32): void {
  let status = fpus(env);
  if (!stackFault && !leaveC1) status = (status & ~FSW_C1) | (roundedUp ? FSW_C1 : 0);
  status |= flags;
  if (status & ~fpuc(env) & 0x3f) status |= FSW_ES | FSW_B;
  setFpus(env, status);
}

/** An exception that has to be told before anything is written is not masked. */
export function stopped(env: u32): bool {
  return (flags & (FLAG_INVALID | FLAG_DENORMAL | FLAG_DIVBYZERO) & ~fpuc(env)) != 0;
}

export function readSt(env: u32, i: u32, p: Parts): void {
  if (isEmpty(env, i)) {
    fault(env, false);
    return setIndefinite(p);
  }
  let at = stAddress(env, i);
  unpack80(p, load<u64>(at), <u32>load<u16>(at, 8));
}

/** Rounds to `bits` and writes; nothing happens when an exception forbids it. */
export function writeSt(env: u32, i: u32, p: Parts, bits: i32): void {
  if (stopped(env)) return;
  let high = pack80(p, bits);
  let at = stAddress(env, i);
  store<u64>(at, p.cls == CLS_ZERO ? 0 : p.hi);
  store<u64>(at, high, 8);
  setEmpty(env, i, 0);
}

export function pop(env: u32): void {
  setEmpty(env, 0, 1);
  setTop(env, top(env) + 1);
}

/** Whether a push would lose a register. */
export function isFull(env: u32): bool { return load<u8>(env + ((top(env) - 1) & 7), x.X_FPTAGS) == 0; }

/** Makes room on the stack; the new top is written next. */
export function pushSt(env: u32, p: Parts): void {
  if (isFull(env)) {
    fault(env, true);
    setIndefinite(p);
  }
  if (stopped(env)) return;
  setTop(env, top(env) - 1);
  writeSt(env, 0, p, 64);
}

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

function compareToStatus(env: u32, quiet: bool): void {
  let result = compareFlags(quiet);
  setFpus(env, (fpus(env) & ~(CONDITIONS & ~FSW_C1)) | result);
}

/** Arithmetic of ST(0) with B or, for `to` and above, ST(to) with ST(0). Compares for operations 2 and 3. */
function operate(env: u32, op: u32, to: u32): void {
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

function unpackMemory(p: Parts, type: u32, value: u64): void {
  switch (type) {
    case MEM_F32: unpack32(p, <u32>value); break;
    case MEM_F64: unpack64(p, value); break;
    case MEM_I16: fromInt(p, <i64><i16>value); break;
    case MEM_I32: fromInt(p, <i64><i32>value); break;
    default: fromInt(p, <i64>value); break;
  }
}

/** What is in memory, into x87-fast.ts's `mantissa` and `high`; false if it is neither normal nor zero. */
function widen(type: u32, value: u64): bool {
  switch (type) {
    case MEM_F32: return widen32(<u32>value);
    case MEM_F64: return widen64(value);
    case MEM_I16: widenInt(<i64><i16>value); return true;
    case MEM_I32: widenInt(<i64><i32>value); return true;
    default: widenInt(<i64>value); return true;
  }
}

/** FADD m32fp and the like. `c`: the operation, and the operand's type from bit 8. */
export function helper_x87_arith_mem(env: u32, value: u64, c: u64, _: u64): u64 {
  if (isQuick(env) && !isEmpty(env, 0) && widen(<u32>c >> 8, value)) {
    let at = stAddress(env, 0);
    if (quickArith(env, <u32>c & 7, at, load<u64>(at), <u32>load<u64>(at, 8), mantissa, high)) return 0;
  }
  fpStart(env);
  readSt(env, 0, A);
  unpackMemory(B, <u32>c >> 8, value);
  if (stackFault) fromInt(B, 0);
  operate(env, <u32>c & 7, 0);
  return 0;
}

/** Pushes what needs no look at it, when the stack is not full. */
function pushQuickly(env: u32, mantissa: u64, high: u64): void {
  setTop(env, top(env) - 1);
  store<u64>(stAddress(env, 0), mantissa);
  store<u64>(stAddress(env, 0), high, 8);
  setEmpty(env, 0, 0);
  setFpus(env, fpus(env) & ~FSW_C1);
}

/** FLD and FILD. */
export function helper_x87_load(env: u32, value: u64, type: u64, _: u64): u64 {
  if (!isFull(env) && widen(<u32>type, value)) {
    pushQuickly(env, mantissa, high);
    return 0;
  }
  fpStart(env);
  unpackMemory(A, <u32>type, value);
  if (!isFull(env)) {
    if (A.cls == CLS_SNAN) {
      raiseFlag(FLAG_INVALID);
      A.cls = CLS_QNAN;
    }
    if (A.denormal) raiseFlag(FLAG_DENORMAL);
  }
  pushSt(env, A);
  fpFinish(env);
  return 0;
}

/** The value of FST, FIST and FISTTP by its type; what it raises stands in the flags. */
function storedValue(env: u32, type: u32): u64 {
  if (type == MEM_F64 && isQuick(env) && !isEmpty(env, 0)) {
    let at = stAddress(env, 0), value = narrow64(load<u64>(at), <u32>load<u64>(at, 8));
    if (value != 0) {
      if (narrowInexact) raiseFlag(FLAG_INEXACT);
      setRoundedUp(narrowUp);
      return value;
    }
  }
  readSt(env, 0, A);
  switch (type) {
    case MEM_F32:
    case MEM_F64: {
      if (A.cls == CLS_UNSUPPORTED) invalid(A);
      if (A.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
      // A denormal of 80 bits is no denormal operand here (SDM volume 2, FST).
      return type == MEM_F32 ? <u64>pack32(A) : pack64(A);
    }
    case MEM_I16: return <u64>toInt(A, 16);
    case MEM_I32: return <u64>toInt(A, 32);
    default: return <u64>toInt(A, 64);
  }
}

/** Whether all of an operand can be written; if not, the fault is pending. */
export function canWrite(env: u32, address: u64, size: u32): bool {
  return probeWrite(env, linear(env, address), size, load<u32>(env, ENV_MMU_IDX));
}

/**
 * FST, FIST and FISTTP. `c`: the type; bit 8 for truncation, bit 9 to pop. An exception that is not masked keeps the value
 * from being stored, overflow and underflow too (SDM volume 1, 8.5.4 and 8.5.5); a fault of memory leaves all as it was.
 */
export function helper_x87_fst(env: u32, address: u64, c: u64, _: u64): u64 {
  let status = fpus(env), type = <u32>c & 0xff;
  let size: u32 = type == MEM_I16 ? 2 : type == MEM_F32 || type == MEM_I32 ? 4 : 8;
  fpStart(env);
  if (c & 0x100) setRounding(ROUND_ZERO);
  let value = storedValue(env, type);
  let late = (flags & (FLAG_OVERFLOW | FLAG_UNDERFLOW) & ~fpuc(env)) != 0;
  let held = stopped(env) || late;
  if (held) canWrite(env, address, size);
  else stu(env, address, size, value);
  if (faulted(env)) {
    setFpus(env, status);
    return 0;
  }
  if (late) {
    setFlags(flags & ~FLAG_INEXACT);
    setRoundedUp(false);
  }
  fpFinish(env);
  if (c & 0x200 && !held) pop(env);
  return 0;
}

/** FLD m80fp: nothing is converted. */
export function helper_x87_load80(env: u32, address: u64, _: u64, __: u64): u64 {
  let mantissa = ldu(env, address, 8);
  if (faulted(env)) return 0;
  let high = ldu(env, address + 8, 2);
  if (faulted(env)) return 0;
  if (!isFull(env)) {
    pushQuickly(env, mantissa, high);
    return 0;
  }
  fpStart(env);
  pushSt(env, A);
  fpFinish(env);
  return 0;
}

/** FSTP m80fp. */
export function helper_x87_store80(env: u32, address: u64, _: u64, __: u64): u64 {
  if (!canWrite(env, address, 10)) return 0;
  fpStart(env);
  let mantissa: u64 = 0xc000000000000000, high: u64 = 0xffff;
  if (isEmpty(env, 0)) fault(env, false);
  else {
    mantissa = load<u64>(stAddress(env, 0));
    high = load<u16>(stAddress(env, 0), 8);
  }
  if (stopped(env)) {
    fpFinish(env);
    return 0;
  }
  stu(env, address, 8, mantissa);
  if (faulted(env)) return 0;
  stu(env, address + 8, 2, high);
  if (faulted(env)) return 0;
  fpFinish(env);
  pop(env);
  return 0;
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
  leaveC1 = true;
  fpFinish(env);
  if (!stopped(env) && c >> 1) pop(env);
  return (result & FSW_C3 ? x.CC_Z : 0) | (result & FSW_C2 ? x.CC_P : 0) | (result & FSW_C0 ? x.CC_C : 0);
}

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
  leaveC1 = c == 2;
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
