// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of x87, MMX and SSE as a whole: FNINIT, environments, FXSAVE, XSAVE (SDM volume 1, 8.1, 10.5 and 13).

import { faulted, hflags, ldu, raise, stu, cr, cpl } from './env'
import { CLS_NORMAL, A, CLS_ZERO, unpack80, fromInt, roundToIntegral, FLAG_INVALID, FLAG_INEXACT, raiseFlag, TOP } from './softfloat'
import { canWrite } from './x87-memory'
import { fpFinish, fpStart, fpuc, fpus, FSW_B, FSW_ES, pop, pushSt, readSt, setFpus, stopped } from './x87-stack'
import * as x from '../src/tcg/x86-layout'

/** Whether all of an area can be read, that no part of it is taken when another one faults; the fault is pending. */
function canRead(env: u32, at: u64, size: u32): bool {
  ldu(env, at, 1);
  if (!faulted(env)) ldu(env, at + size - 1, 1);
  return !faulted(env);
}

@inline function slot(env: u32, offset: u32): u64 { return load<u64>(env + offset); }
@inline function setSlot(env: u32, offset: u32, value: u64): void { store<u64>(env + offset, value); }

function statusWord(env: u32): u32 {
  return (fpus(env) & ~0x3800) | (<u32>slot(env, x.X_FPSTT) << 11);
}

function setStatusWord(env: u32, value: u32): void {
  setSlot(env, x.X_FPSTT, (value >> 11) & 7);
  setFpus(env, value & ~0x3800);
  updateSummary(env);
}

/** ES and B say whether an exception is set that is not masked. */
function updateSummary(env: u32): void {
  let status = fpus(env) & ~(FSW_ES | FSW_B);
  setFpus(env, status & ~fpuc(env) & 0x3f ? status | FSW_ES | FSW_B : status);
}

export function helper_x87_fldcw(env: u32, value: u64, b: u64, c: u64): u64 {
  setSlot(env, x.X_FPUC, (value & 0x1f7f) | 0x40);
  updateSummary(env);
  return 0;
}

export function helper_x87_fnstsw(env: u32, a: u64, b: u64, c: u64): u64 { return statusWord(env); }

export function helper_x87_fninit(env: u32, a: u64, b: u64, c: u64): u64 {
  setSlot(env, x.X_FPUC, 0x37f);
  setSlot(env, x.X_FPUS, 0);
  setSlot(env, x.X_FPSTT, 0);
  setSlot(env, x.X_FPTAGS, 0x0101010101010101);
  setSlot(env, x.X_FPIP, 0);
  setSlot(env, x.X_FPDP, 0);
  setSlot(env, x.X_FPOP, 0);
  return 0;
}

/** Tags of 2 bits: 0 valid, 1 zero, 2 special, 3 empty. */
function tagWord(env: u32): u32 {
  let tags: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    let tag: u32 = 3;
    if (!load<u8>(env + i, x.X_FPTAGS)) {
      let mantissa = slot(env, x.X_FPREGS + i * 16), e = <u32>slot(env, x.X_FPREGS + i * 16 + 8) & 0x7fff;
      tag = e == 0 && mantissa == 0 ? 1 : e == 0 || e == 0x7fff || !(mantissa & TOP) ? 2 : 0;
    }
    tags |= tag << (i * 2);
  }
  return tags;
}

function storeEnvironment(env: u32, at: u64, wide: bool): bool {
  let size: u32 = wide ? 4 : 2, fill: u64 = wide ? 0xffff0000 : 0, ip = slot(env, x.X_FPIP), dp = slot(env, x.X_FPDP);
  let real = !(hflags(env) & x.HF_PE) || (<u32>slot(env, x.X_EFLAGS) & x.VM_MASK) != 0;
  let values = memory.data(56, 8);
  store<u64>(values, fill | fpuc(env));
  store<u64>(values, fill | statusWord(env), 8);
  store<u64>(values, fill | tagWord(env), 16);
  store<u64>(values, ip, 24);
  store<u64>(values, real ? ((ip >> 4) & (wide ? 0xffff000 : 0xf000)) | slot(env, x.X_FPOP) : wide ? slot(env, x.X_FPOP) << 16 : 0, 32);
  store<u64>(values, dp, 40);
  store<u64>(values, real ? (dp >> 4) & (wide ? 0xffff000 : 0xf000) : wide ? 0xffff0000 : 0, 48);
  for (let i: u32 = 0; i < 7; i++) {
    stu(env, at + i * size, size, load<u64>(values + i * 8));
    if (faulted(env)) return false;
  }
  return true;
}

/** FNSTENV. `wide`: 28 bytes, else 14. All exceptions are masked then. */
export function helper_x87_fnstenv(env: u32, at: u64, wide: u64, c: u64): u64 {
  if (!canWrite(env, at, wide ? 28 : 14)) return 0;
  if (!storeEnvironment(env, at, wide != 0)) return 0;
  setSlot(env, x.X_FPUC, fpuc(env) | 0x3f);
  updateSummary(env);
  return 0;
}

function loadEnvironment(env: u32, at: u64, wide: bool): bool {
  let size: u32 = wide ? 4 : 2;
  let values = memory.data(56, 8);
  for (let i: u32 = 0; i < 7; i++) {
    store<u64>(values + i * 8, ldu(env, at + i * size, size));
    if (faulted(env)) return false;
  }
  setSlot(env, x.X_FPUC, (load<u64>(values) & 0x1f7f) | 0x40);
  let tags = load<u32>(values, 16);
  for (let i: u32 = 0; i < 8; i++) store<u8>(env + i, <u8>(((tags >> (i * 2)) & 3) == 3), x.X_FPTAGS);
  setSlot(env, x.X_FPIP, load<u64>(values, 24));
  setSlot(env, x.X_FPDP, load<u64>(values, 40));
  if (wide) setSlot(env, x.X_FPOP, (load<u64>(values, 32) >> 16) & 0x7ff);
  setStatusWord(env, load<u32>(values, 8) & 0xffff);
  return true;
}

/** FLDENV. */
export function helper_x87_fldenv(env: u32, at: u64, wide: u64, c: u64): u64 {
  loadEnvironment(env, at, wide != 0);
  return 0;
}

/** FNSAVE: the environment and the stack from its top on, then FNINIT. */
export function helper_x87_fnsave(env: u32, at: u64, wide: u64, c: u64): u64 {
  if (!canWrite(env, at, wide ? 108 : 94)) return 0;
  if (!storeEnvironment(env, at, wide != 0)) return 0;
  at += wide ? 28 : 14;
  for (let i: u32 = 0; i < 8; i++) {
    let from = x.X_FPREGS + ((<u32>slot(env, x.X_FPSTT) + i) & 7) * 16;
    stu(env, at, 8, slot(env, from));
    if (faulted(env)) return 0;
    stu(env, at + 8, 2, slot(env, from + 8));
    if (faulted(env)) return 0;
    at += 10;
  }
  return helper_x87_fninit(env, 0, 0, 0);
}

/** FRSTOR. */
export function helper_x87_frstor(env: u32, at: u64, wide: u64, c: u64): u64 {
  if (!canRead(env, at, wide ? 108 : 94)) return 0;
  let regs = at + (wide ? 28 : 14);
  if (!loadEnvironment(env, at, wide != 0)) return 0;
  for (let i: u32 = 0; i < 8; i++) {
    let to = x.X_FPREGS + ((<u32>slot(env, x.X_FPSTT) + i) & 7) * 16;
    let mantissa = ldu(env, regs, 8);
    if (faulted(env)) return 0;
    let high = ldu(env, regs + 8, 2);
    if (faulted(env)) return 0;
    setSlot(env, to, mantissa);
    setSlot(env, to + 8, high);
    regs += 10;
  }
  return 0;
}

/** FBSTP's digits. @qemu target/i386/tcg/fpu_helper.c helper_fbst_ST0 */
export function helper_x87_fbstp(env: u32, at: u64, b: u64, c: u64): u64 {
  if (!canWrite(env, at, 10)) return 0;
  fpStart(env);
  readSt(env, 0, A);
  let low: u64 = 0, high: u64 = 0xffff;
  let bad = A.cls > CLS_NORMAL;
  if (!bad) {
    let lost = roundToIntegral(A);
    let magnitude: u64 = A.cls == CLS_ZERO ? 0 : A.exp > 59 ? u64.MAX_VALUE : A.hi >> (63 - A.exp);
    bad = magnitude > 999999999999999999;
    if (!bad) {
      if (lost) raiseFlag(FLAG_INEXACT);
      for (let i = 0; i < 16; i++) {
        low |= (magnitude % 10) << (i * 4);
        magnitude /= 10;
      }
      high = (magnitude % 10) | ((magnitude / 10) << 4) | (<u64>A.sign << 15);
    }
  }
  if (bad) {
    raiseFlag(FLAG_INVALID);
    low = 0xc000000000000000;
  }
  if (!stopped(env)) {
    stu(env, at, 8, low);
    if (faulted(env)) return 0;
    stu(env, at + 8, 2, high);
    if (faulted(env)) return 0;
  }
  let halted = stopped(env);
  fpFinish(env);
  if (!halted) pop(env);
  return 0;
}

/** FBLD. */
export function helper_x87_fbld(env: u32, at: u64, b: u64, c: u64): u64 {
  let low = ldu(env, at, 8);
  if (faulted(env)) return 0;
  let high = ldu(env, at + 8, 2);
  if (faulted(env)) return 0;
  let value: u64 = (high >> 4 & 15) * 10 + (high & 15);
  for (let i = 15; i >= 0; i--) value = value * 10 + ((low >> (i * 4)) & 15);
  fpStart(env);
  fromInt(A, value);
  A.sign = <u32>(high >> 15) & 1;
  pushSt(env, A);
  fpFinish(env);
  return 0;
}

/** The legacy area's x87 part: 160 bytes. `rexW` gives pointers of 64 bits. */
function saveX87(env: u32, at: u64, rexW: bool): bool {
  let abridged: u64 = 0;
  for (let i: u32 = 0; i < 8; i++) abridged |= <u64>(load<u8>(env + i, x.X_FPTAGS) == 0) << i;
  stu(env, at, 8, <u64>fpuc(env) | (<u64>statusWord(env) << 16) | (abridged << 32) | (slot(env, x.X_FPOP) << 48));
  if (faulted(env)) return false;
  let mask: u64 = rexW ? -1 : 0xffffffff;
  stu(env, at + 8, 8, slot(env, x.X_FPIP) & mask);
  if (faulted(env)) return false;
  stu(env, at + 16, 8, slot(env, x.X_FPDP) & mask);
  for (let i: u32 = 0; i < 8 && !faulted(env); i++) {
    let from = x.X_FPREGS + ((<u32>slot(env, x.X_FPSTT) + i) & 7) * 16;
    stu(env, at + 32 + i * 16, 8, slot(env, from));
    if (faulted(env)) return false;
    stu(env, at + 40 + i * 16, 8, slot(env, from + 8) & 0xffff);
  }
  return !faulted(env);
}

function loadX87(env: u32, at: u64, rexW: bool): bool {
  let head = ldu(env, at, 8);
  if (faulted(env)) return false;
  let ip = ldu(env, at + 8, 8), dp: u64 = 0;
  if (!faulted(env)) dp = ldu(env, at + 16, 8);
  if (faulted(env)) return false;
  let top = <u32>(head >> 27) & 7;
  for (let i: u32 = 0; i < 8; i++) {
    let to = x.X_FPREGS + ((top + i) & 7) * 16;
    let mantissa = ldu(env, at + 32 + i * 16, 8);
    if (faulted(env)) return false;
    let high = ldu(env, at + 40 + i * 16, 2);
    if (faulted(env)) return false;
    setSlot(env, to, mantissa);
    setSlot(env, to + 8, high);
    store<u8>(env + i, <u8>(((head >> 32) >> i) & 1) ^ 1, x.X_FPTAGS);
  }
  let mask: u64 = rexW ? -1 : 0xffffffff;
  setSlot(env, x.X_FPIP, ip & mask);
  setSlot(env, x.X_FPDP, dp & mask);
  setSlot(env, x.X_FPOP, (head >> 48) & 0x7ff);
  setSlot(env, x.X_FPUC, (head & 0x1f7f) | 0x40);
  setStatusWord(env, <u32>(head >> 16) & 0xffff);
  return true;
}

/** How many XMM registers there are. */
@inline function xmmCount(env: u32): u32 { return hflags(env) & x.HF_CS64 ? 16 : 8; }

function saveXmm(env: u32, at: u64): bool {
  for (let i: u32 = 0; i < xmmCount(env) * 2; i++) {
    stu(env, at + 160 + i * 8, 8, slot(env, x.X_XMM + (i >> 1) * x.X_XMM_SIZE + (i & 1) * 8));
    if (faulted(env)) return false;
  }
  return true;
}

function loadXmm(env: u32, at: u64): bool {
  for (let i: u32 = 0; i < xmmCount(env) * 2; i++) {
    let value = ldu(env, at + 160 + i * 8, 8);
    if (faulted(env)) return false;
    setSlot(env, x.X_XMM + (i >> 1) * x.X_XMM_SIZE + (i & 1) * 8, value);
  }
  return true;
}

function saveMxcsr(env: u32, at: u64): bool {
  stu(env, at + 24, 8, slot(env, x.X_MXCSR) | 0xffff00000000);
  return !faulted(env);
}

/** Bytes that are accessed: the legacy area, and that with XSAVE's header. */
const FXSAVE_BYTES: u32 = 512, XSAVE_BYTES: u32 = 576;

/** FXSAVE, FXSAVE64. */
export function helper_fxsave(env: u32, at: u64, rexW: u64, c: u64): u64 {
  if (at & 15) return raise(env, x.EXCP0D_GPF);
  if (!canWrite(env, at, FXSAVE_BYTES)) return 0;
  if (!saveX87(env, at, rexW != 0)) return 0;
  if (cr(env, 4) & x.CR4_OSFXSR && saveMxcsr(env, at)) saveXmm(env, at);
  return 0;
}

/** FXRSTOR. */
export function helper_fxrstor(env: u32, at: u64, rexW: u64, c: u64): u64 {
  if (at & 15) return raise(env, x.EXCP0D_GPF);
  if (!canRead(env, at, FXSAVE_BYTES)) return 0;
  let mxcsr = <u32>ldu(env, at + 24, 4);
  if (faulted(env)) return 0;
  let sse = (cr(env, 4) & x.CR4_OSFXSR) != 0;
  if (sse && mxcsr & 0xffff0000) return raise(env, x.EXCP0D_GPF);
  if (!loadX87(env, at, rexW != 0)) return 0;
  if (!sse) return 0;
  setSlot(env, x.X_MXCSR, mxcsr);
  loadXmm(env, at);
  return 0;
}

/** Whether a component of XSAVE is in its initial state. */
function x87IsInitial(env: u32): bool {
  if (fpuc(env) != 0x37f || fpus(env) != 0 || slot(env, x.X_FPSTT) != 0 || slot(env, x.X_FPTAGS) != 0x0101010101010101) return false;
  for (let i: u32 = 0; i < 16; i++) if (slot(env, x.X_FPREGS + i * 8) != 0) return false;
  return slot(env, x.X_FPIP) == 0 && slot(env, x.X_FPDP) == 0 && slot(env, x.X_FPOP) == 0;
}
function xmmIsInitial(env: u32): bool {
  for (let i: u32 = 0; i < xmmCount(env) * 2; i++) if (slot(env, x.X_XMM + (i >> 1) * x.X_XMM_SIZE + (i & 1) * 8) != 0) return false;
  return true;
}

/** XSAVE and, with `optimized`, XSAVEOPT: components 0 and 1. */
export function helper_xsave(env: u32, at: u64, mask: u64, c: u64): u64 {
  if (at & 63) return raise(env, x.EXCP0D_GPF);
  if (!canWrite(env, at, XSAVE_BYTES)) return 0;
  let wanted = mask & slot(env, x.X_XCR0);
  let inUse: u64 = (x87IsInitial(env) ? 0 : 1) | (xmmIsInitial(env) ? 0 : 2);
  let saved = c & 2 ? wanted & inUse : wanted;
  if (saved & 1 && !saveX87(env, at, (c & 1) != 0)) return 0;
  if (wanted & 2 && !saveMxcsr(env, at)) return 0;
  if (saved & 2 && !saveXmm(env, at)) return 0;
  let header = ldu(env, at + 512, 8);
  if (faulted(env)) return 0;
  stu(env, at + 512, 8, (header & ~wanted) | (inUse & wanted));
  return 0;
}

/** XRSTOR, of the standard form. */
export function helper_xrstor(env: u32, at: u64, mask: u64, rexW: u64): u64 {
  if (at & 63) return raise(env, x.EXCP0D_GPF);
  if (!canRead(env, at, XSAVE_BYTES)) return 0;
  let wanted = mask & slot(env, x.X_XCR0);
  let header = ldu(env, at + 512, 8);
  if (faulted(env)) return 0;
  let compact = ldu(env, at + 520, 8);
  if (faulted(env)) return 0;
  let rest = ldu(env, at + 528, 8);
  if (faulted(env)) return 0;
  if (compact != 0 || rest != 0 || header & ~slot(env, x.X_XCR0)) return raise(env, x.EXCP0D_GPF);
  if (wanted & 2) {
    let mxcsr = <u32>ldu(env, at + 24, 4);
    if (faulted(env)) return 0;
    if (mxcsr & 0xffff0000) return raise(env, x.EXCP0D_GPF);
    setSlot(env, x.X_MXCSR, mxcsr);
    if (header & 2) {
      if (!loadXmm(env, at)) return 0;
    } else for (let i: u32 = 0; i < xmmCount(env) * 2; i++) setSlot(env, x.X_XMM + (i >> 1) * x.X_XMM_SIZE + (i & 1) * 8, 0);
  }
  if (wanted & 1) {
    if (header & 1) loadX87(env, at, rexW != 0);
    else {
      helper_x87_fninit(env, 0, 0, 0);
      for (let i: u32 = 0; i < 16; i++) setSlot(env, x.X_FPREGS + i * 8, 0);
    }
  }
  return 0;
}

/** XGETBV and XSETBV. */
export function helper_xgetbv(env: u32, index: u64, b: u64, c: u64): u64 {
  if (<u32>index != 0) return raise(env, x.EXCP0D_GPF);
  return slot(env, x.X_XCR0);
}
export function helper_xsetbv(env: u32, index: u64, value: u64, c: u64): u64 {
  if (cpl(env) != 0 || <u32>index != 0 || !(value & 1) || value & ~<u64>3) return raise(env, x.EXCP0D_GPF);
  setSlot(env, x.X_XCR0, value);
  return 0;
}
