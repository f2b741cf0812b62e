// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floating point of SSE to SSE4.1 (SDM volume 1, 11.5; QEMU's target/i386/ops_sse.h). A result that WebAssembly's own
// arithmetic surely gives with the same flags is taken from there: round to nearest, inexact already sticky, operands and
// result normal. Everything else is done in software.

import {
  A, B, begin, CLS_SNAN, compareParts, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INEXACT, FLAG_INVALID, flags, fromInt, isNan, pack32, pack64, Parts, raiseFlag,
  ROUND_ZERO, roundToIntegral, setFlags, setRounding, toInt, unpack32, unpack64, CLS_NORMAL, daz,
} from './softfloat'
import { addParts, divParts, mulParts, sqrtParts } from './softfloat-ops'
import { cr, raise } from './env'
import * as x from '../src/tcg/x86-layout'

const ADD: u32 = 0, SUB: u32 = 1, MUL: u32 = 2, DIV: u32 = 3, MIN: u32 = 4, MAX: u32 = 5, SQRT: u32 = 6;
const PD: u32 = 1, SS: u32 = 2, SD: u32 = 3;

const MXCSR_DAZ: u32 = 1 << 6, MXCSR_PE: u32 = 1 << 5, MXCSR_OM: u32 = 1 << 10, MXCSR_UM: u32 = 1 << 11, MXCSR_PM: u32 = 1 << 12, MXCSR_FTZ: u32 = 1 << 15;
/** Exceptions that are found before the computation. */
const BEFORE: u32 = FLAG_INVALID | FLAG_DENORMAL | FLAG_DIVBYZERO;
/** Rounds to nearest, with the inexact flag set and its exception masked. */
let fast: bool = false;

function start(env: u32): void {
  let mxcsr = <u32>load<u64>(env, x.X_MXCSR);
  begin((mxcsr >> 13) & 3, (mxcsr & MXCSR_DAZ) != 0, (mxcsr & MXCSR_FTZ) != 0, (mxcsr & MXCSR_UM) != 0, (mxcsr & MXCSR_OM) != 0);
  fast = (mxcsr & (0x6000 | MXCSR_PE | MXCSR_PM)) == (MXCSR_PE | MXCSR_PM);
}

/** Adds the flags to MXCSR; false: an exception was raised and nothing may be written (SDM volume 1, 11.5.2). */
function finish(env: u32): bool {
  if (flags == 0) return true;
  let mxcsr = <u32>load<u64>(env, x.X_MXCSR), open = ~(mxcsr >> 7), told = flags;
  // What is found before the computation goes before what is found after it (SDM volume 1, 11.5.3).
  if (flags & BEFORE & open) told &= BEFORE;
  store<u64>(env, mxcsr | told, x.X_MXCSR);
  if ((told & open) == 0) return true;
  raise(env, cr(env, 4) & x.CR4_OSXMMEXCPT ? x.EXCP13_XM : x.EXCP06_ILLOP);
  return false;
}

function markDenormal(a: Parts, b: Parts): void {
  if (a.denormal | b.denormal) raiseFlag(FLAG_DENORMAL);
}

@inline function plain32(bits: u32): bool { let e = (bits >> 23) & 0xff; return e != 0xff && (e != 0 || (bits << 1) == 0); }
@inline function plain64(bits: u64): bool { let e = (bits >> 52) & 0x7ff; return e != 0x7ff && (e != 0 || (bits << 1) == 0); }

/** What both widths do with numbers taken apart; the result is in A. */
function arith(op: u32): void {
  let before = flags;
  setFlags(0);
  let denormal = (A.denormal | B.denormal) != 0;
  switch (op) {
    case ADD: addParts(A, B, false); break;
    case SUB: addParts(A, B, true); break;
    case MUL: mulParts(A, B); break;
    case DIV: divParts(A, B); break;
  }
  // An invalid operation and a division by zero go before denormal operands (SDM volume 1, table 4-12).
  if (denormal && !(flags & (FLAG_INVALID | FLAG_DIVBYZERO))) raiseFlag(FLAG_DENORMAL);
  raiseFlag(before);
}

function minMax(op: u32): bool {
  if (isNan(A) || isNan(B)) {
    raiseFlag(FLAG_INVALID);
    return false;
  }
  markDenormal(A, B);
  return compareParts(A, B) == (op == MIN ? -1 : 1);
}

/** The NaN that comes out: the first operand if it is one, else the second (SDM volume 1, table 4-7). */
function nan32(a: u32, b: u32): u32 {
  if (A.cls == CLS_SNAN || B.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
  return (isNan(A) ? a : b) | 0x400000;
}
function nan64(a: u64, b: u64): u64 {
  if (A.cls == CLS_SNAN || B.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
  return (isNan(A) ? a : b) | 0x8000000000000;
}
@inline function zeroed32(bits: u32): u32 { return daz && !(bits & 0x7f800000) ? bits & 0x80000000 : bits; }
@inline function zeroed64(bits: u64): u64 { return daz && !(bits & 0x7ff0000000000000) ? bits & 0x8000000000000000 : bits; }

function arith32(op: u32, a: u32, b: u32): u32 {
  if (fast && plain32(b) && plain32(a) && op < SQRT) {
    let x = reinterpret<f32>(a), y = reinterpret<f32>(b), r: f32 = 0;
    switch (op) {
      case ADD: r = x + y; break;
      case SUB: r = x - y; break;
      case MUL: r = x * y; break;
      case DIV: r = y == 0 ? <f32>0 : x / y; break;
      case MIN: return x < y ? a : b;
      case MAX: return x > y ? a : b;
    }
    let size = abs<f32>(r);
    if ((size > 1.17549435e-38 && size < Infinity) || (size == 0 && (op < MUL || (x == 0 && (op == MUL || y != 0)) || (op == MUL && y == 0)))) return reinterpret<u32>(r);
  }
  unpack32(B, b);
  if (op == SQRT) {
    if (isNan(B)) {
      A.cls = 0;
      return nan32(a, b);
    }
    if (B.denormal && !B.sign) raiseFlag(FLAG_DENORMAL);
    sqrtParts(B);
    return pack32(B);
  }
  unpack32(A, a);
  if (op >= MIN) return minMax(op) ? zeroed32(a) : zeroed32(b);
  if (isNan(A) || isNan(B)) return nan32(a, b);
  arith(op);
  return pack32(A);
}

function arith64(op: u32, a: u64, b: u64): u64 {
  if (fast && plain64(b) && plain64(a) && op < SQRT) {
    let x = reinterpret<f64>(a), y = reinterpret<f64>(b), r: f64 = 0;
    switch (op) {
      case ADD: r = x + y; break;
      case SUB: r = x - y; break;
      case MUL: r = x * y; break;
      case DIV: r = y == 0 ? 0 : x / y; break;
      case MIN: return x < y ? a : b;
      case MAX: return x > y ? a : b;
    }
    let size = abs<f64>(r);
    if ((size > 2.2250738585072014e-308 && size < Infinity) || (size == 0 && (op < MUL || (x == 0 && (op == MUL || y != 0)) || (op == MUL && y == 0)))) return reinterpret<u64>(r);
  }
  unpack64(B, b);
  if (op == SQRT) {
    if (fast && B.cls == CLS_NORMAL && !B.sign && !B.denormal) return reinterpret<u64>(Math.sqrt(reinterpret<f64>(b)));
    if (isNan(B)) {
      A.cls = 0;
      return nan64(a, b);
    }
    if (B.denormal && !B.sign) raiseFlag(FLAG_DENORMAL);
    sqrtParts(B);
    return pack64(B);
  }
  unpack64(A, a);
  if (op >= MIN) return minMax(op) ? zeroed64(a) : zeroed64(b);
  if (isNan(A) || isNan(B)) return nan64(a, b);
  arith(op);
  return pack64(A);
}

/** Where results wait until it is sure that no exception is raised. */
const result = <u32>memory.data(16, 16);

@inline function keep(env: u32, d: u32, bytes: u32): u64 {
  if (finish(env)) memory.copy(env + d, result, bytes);
  return 0;
}

/** Arithmetic: `c` is the operation and, from bit 8, the form (PS, PD, SS, SD). */
export function helper_sse_arith(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let op = <u32>c & 0xff, to = env + <u32>d, from = env + <u32>s;
  switch (<u32>c >> 8) {
    case SD: {
      let value = arith64(op, load<u64>(to), load<u64>(from));
      if (finish(env)) store<u64>(to, value);
      return 0;
    }
    case SS: {
      let value = arith32(op, load<u32>(to), load<u32>(from));
      if (finish(env)) store<u32>(to, value);
      return 0;
    }
    case PD:
      for (let i: u32 = 0; i < 16; i += 8) store<u64>(result + i, arith64(op, load<u64>(to + i), load<u64>(from + i)));
      return keep(env, <u32>d, 16);
    default:
      for (let i: u32 = 0; i < 16; i += 4) store<u32>(result + i, arith32(op, load<u32>(to + i), load<u32>(from + i)));
      return keep(env, <u32>d, 16);
  }
}

/** Whether a comparison holds: 0 equal, 1 less, 2 less or equal, 3 unordered, and from 4 on their contraries. */
function predicate(p: u32): bool {
  let nan = isNan(A) || isNan(B);
  if (A.cls == CLS_SNAN || B.cls == CLS_SNAN || (nan && (p & 3) - 1 < 2)) raiseFlag(FLAG_INVALID);
  if (!nan) markDenormal(A, B);
  let order = compareParts(A, B);
  let holds: bool;
  switch (p & 3) {
    case 0: holds = order == 0; break;
    case 1: holds = order == -1; break;
    case 2: holds = order == -1 || order == 0; break;
    default: holds = order == 2;
  }
  return holds != ((p & 4) != 0);
}

/** CMPPS and the like: `c` is the predicate and the form. */
export function helper_sse_cmp(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let p = <u32>c & 7, form = <u32>c >> 8, to = env + <u32>d, from = env + <u32>s;
  if (form & 1) {
    let bytes: u32 = form == SD ? 8 : 16;
    for (let i: u32 = 0; i < bytes; i += 8) {
      unpack64(A, load<u64>(to + i));
      unpack64(B, load<u64>(from + i));
      store<u64>(result + i, predicate(p) ? -1 : 0);
    }
    return keep(env, <u32>d, bytes);
  }
  let bytes: u32 = form == SS ? 4 : 16;
  for (let i: u32 = 0; i < bytes; i += 4) {
    unpack32(A, load<u32>(to + i));
    unpack32(B, load<u32>(from + i));
    store<u32>(result + i, predicate(p) ? -1 : 0);
  }
  return keep(env, <u32>d, bytes);
}

/** COMISS, COMISD, UCOMISS, UCOMISD: condition codes. `c`: bit 0 for doubles, bit 1 for the unordered form. */
export function helper_sse_comi(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  if (c & 1) {
    unpack64(A, load<u64>(env + <u32>d));
    unpack64(B, load<u64>(env + <u32>s));
  } else {
    unpack32(A, load<u32>(env + <u32>d));
    unpack32(B, load<u32>(env + <u32>s));
  }
  let order = compareParts(A, B);
  if (order == 2) {
    if (!(c & 2) || A.cls == CLS_SNAN || B.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
  } else markDenormal(A, B);
  finish(env);
  return order == 2 ? x.CC_Z | x.CC_P | x.CC_C : order == 0 ? x.CC_Z : order < 0 ? x.CC_C : 0;
}

/** HADD, HSUB, ADDSUB. `c`: bit 0 for doubles, bits 1 and 2: 0 HADD, 1 HSUB, 2 ADDSUB. */
export function helper_sse_pairs(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let to = env + <u32>d, from = env + <u32>s, kind = (<u32>c >> 1) & 3;
  if (c & 1) {
    if (kind == 2) {
      store<u64>(result, arith64(SUB, load<u64>(to), load<u64>(from)));
      store<u64>(result, arith64(ADD, load<u64>(to, 8), load<u64>(from, 8)), 8);
    } else {
      store<u64>(result, arith64(kind, load<u64>(to), load<u64>(to, 8)));
      store<u64>(result, arith64(kind, load<u64>(from), load<u64>(from, 8)), 8);
    }
    return keep(env, <u32>d, 16);
  }
  for (let i: u32 = 0; i < 4; i++) {
    if (kind == 2) store<u32>(result + i * 4, arith32(i & 1 ? ADD : SUB, load<u32>(to + i * 4), load<u32>(from + i * 4)));
    else {
      let pair = (i < 2 ? to : from) + (i & 1) * 8;
      store<u32>(result + i * 4, arith32(kind, load<u32>(pair), load<u32>(pair, 4)));
    }
  }
  return keep(env, <u32>d, 16);
}

/** Ends a step of a dot product; false: it goes no further, since an exception was raised (SDM volume 2, DPPS). */
function step(env: u32): bool {
  if (!finish(env)) return false;
  setFlags(0);
  return true;
}

/** DPPS, DPPD. `c`: the immediate, and bit 8 for doubles. */
export function helper_sse_dp(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let to = env + <u32>d, from = env + <u32>s;
  if (c & 0x100) {
    let first = c & 0x10 ? arith64(MUL, load<u64>(to), load<u64>(from)) : 0;
    let second = c & 0x20 ? arith64(MUL, load<u64>(to, 8), load<u64>(from, 8)) : 0;
    if (!step(env)) return 0;
    let sum = arith64(ADD, first, second);
    store<u64>(result, c & 1 ? sum : 0);
    store<u64>(result, c & 2 ? sum : 0, 8);
    return keep(env, <u32>d, 16);
  }
  for (let i: u32 = 0; i < 4; i++) {
    store<u32>(result + i * 4, c & (<u64>0x10 << i) ? arith32(MUL, load<u32>(to + i * 4), load<u32>(from + i * 4)) : 0);
  }
  if (!step(env)) return 0;
  let low = arith32(ADD, load<u32>(result), load<u32>(result, 4)), high = arith32(ADD, load<u32>(result, 8), load<u32>(result, 12));
  if (!step(env)) return 0;
  let sum = arith32(ADD, low, high);
  for (let i: u32 = 0; i < 4; i++) store<u32>(result + i * 4, c & (<u64>1 << i) ? sum : 0);
  return keep(env, <u32>d, 16);
}

/** The approximations RCPPS and RSQRTPS: here the nearest number, within their error bound of 1.5 * 2^-12. `c`: bit 0 scalar, bit 1 RSQRT. */
export function helper_sse_approx(env: u32, d: u64, s: u64, c: u64): u64 {
  let bytes: u32 = c & 1 ? 4 : 16;
  for (let i: u32 = 0; i < bytes; i += 4) {
    let bits = load<u32>(env + <u32>s + i);
    if (!(bits & 0x7f800000)) bits &= 0x80000000;
    let value = reinterpret<f32>(bits);
    let r: f32 = value != value ? reinterpret<f32>(bits | 0x400000)
      : c & 2 ? (value < 0 ? reinterpret<f32>(0xffc00000) : value == 0 ? <f32>1 / value : <f32>(1 / Math.sqrt(<f64>value))) : <f32>1 / value;
    let out = reinterpret<u32>(r);
    if (!(out & 0x7f800000)) out &= 0x80000000;
    store<u32>(env + <u32>d + i, out);
  }
  return 0;
}

/** ROUNDPS and the like. `c`: the immediate, and from bit 8 the form (SDM volume 2, ROUNDPD). */
export function helper_sse_round(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  if (!(c & 4)) setRounding(<u32>c & 3);
  let form = (<u32>c >> 8) & 3, step: u32 = form & 1 ? 8 : 4, bytes: u32 = form < SS ? 16 : step;
  for (let i: u32 = 0; i < bytes; i += step) {
    let at = env + <u32>s + i;
    if (form & 1) unpack64(A, load<u64>(at));
    else unpack32(A, load<u32>(at));
    if (A.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
    if (roundToIntegral(A) && !(c & 8)) raiseFlag(FLAG_INEXACT);
    if (form & 1) store<u64>(result + i, pack64(A));
    else store<u32>(result + i, pack32(A));
  }
  return keep(env, <u32>d, bytes);
}

/** CVTSI2SS, CVTSI2SD: `s` is the integer. `c`: bit 0 for a double. */
export function helper_cvt_si(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  fromInt(A, <i64>s);
  if (c & 1) {
    let value = pack64(A);
    if (finish(env)) store<u64>(env + <u32>d, value);
  } else {
    let value = pack32(A);
    if (finish(env)) store<u32>(env + <u32>d, value);
  }
  return 0;
}

/** To an integer. `c`: bit 0 from a double, bit 1 truncated, bit 2 to 64 bits. */
export function helper_cvt_to_si(env: u32, s: u64, c: u64, _: u64): u64 {
  start(env);
  if (c & 2) setRounding(ROUND_ZERO);
  if (c & 1) unpack64(A, load<u64>(env + <u32>s));
  else unpack32(A, load<u32>(env + <u32>s));
  let value = toInt(A, c & 4 ? 64 : 32);
  finish(env);
  return c & 4 ? <u64>value : <u64><u32>value;
}

/** Between singles and doubles. `c`: bit 0 from doubles, bit 1 scalar. */
export function helper_cvt_float(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let from = env + <u32>s, count: u32 = c & 2 ? 1 : 2;
  for (let i: u32 = 0; i < count; i++) {
    if (c & 1) unpack64(A, load<u64>(from + i * 8));
    else unpack32(A, load<u32>(from + i * 4));
    if (A.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
    if (A.cls == CLS_NORMAL && A.denormal) raiseFlag(FLAG_DENORMAL);
    if (c & 1) store<u32>(result + i * 4, pack32(A));
    else store<u64>(result + i * 8, pack64(A));
  }
  let bytes: u32 = c & 1 ? (c & 2 ? 4 : 16) : c & 2 ? 8 : 16;
  if ((c & 3) == 1) store<u64>(result, 0, 8);
  return keep(env, <u32>d, bytes);
}

/** Packed doublewords to floating point. `c`: bit 0 to doubles; bit 1: two of them only, of an MMX operand. */
export function helper_cvt_dq(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  let count: u32 = c & 3 ? 2 : 4;
  for (let i: u32 = 0; i < count; i++) {
    fromInt(A, <i64>load<i32>(env + <u32>s + i * 4));
    if (c & 1) store<u64>(result + i * 8, pack64(A));
    else store<u32>(result + i * 4, pack32(A));
  }
  return keep(env, <u32>d, c & 1 ? 16 : count * 4);
}

/** Packed floating point to doublewords. `c`: bit 0 from doubles, bit 1 truncated, bit 2: to an MMX register. */
export function helper_cvt_to_dq(env: u32, d: u64, s: u64, c: u64): u64 {
  start(env);
  if (c & 2) setRounding(ROUND_ZERO);
  let count: u32 = c & 5 ? 2 : 4;
  for (let i: u32 = 0; i < count; i++) {
    if (c & 1) unpack64(A, load<u64>(env + <u32>s + i * 8));
    else unpack32(A, load<u32>(env + <u32>s + i * 4));
    store<i32>(result + i * 4, <i32>toInt(A, 32));
  }
  if ((c & 5) == 1) store<u64>(result, 0, 8);
  return keep(env, <u32>d, c & 4 ? 8 : 16);
}

/** LDMXCSR: reserved bits raise #GP. */
export function helper_ldmxcsr(env: u32, value: u64, b: u64, c: u64): u64 {
  if (<u32>value & 0xffff0000) return raise(env, x.EXCP0D_GPF);
  store<u64>(env, <u64><u32>value, x.X_MXCSR);
  return 0;
}
