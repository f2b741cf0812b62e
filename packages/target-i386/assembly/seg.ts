// SPDX-License-Identifier: GPL-2.0-or-later
//
// Descriptors and segment registers (QEMU's target/i386/tcg/seg_helper.c; SDM volume 3, chapters 3 and 5).

import * as x from '../src/tcg/x86-layout'
import { ccNow, setCc } from './cc'
import {
  cpl, cr, eflagsRaw, faulted, hflags, isCanonical, ldk, lma, raiseErr, seg, segBase, segFlags, segLimit, segSelector, setHflags, setSeg, stk, vm86,
} from './env'

/** The descriptor that was read last: its two words. */
export let e1: u32 = 0;
export let e2: u32 = 0;

/** The words of an entry of the descriptor tables; false when it is beyond the table or a fault is pending. @qemu target/i386/tcg/seg_helper.c load_segment */
export function loadSegment(env: u32, selector: u32): bool {
  let table = env + (selector & 4 ? x.X_LDT : x.X_GDT);
  let index = selector & 0xfff8;
  if (index + 7 > segLimit(table)) return false;
  let entry = ldk(env, segBase(table) + index, 8);
  if (faulted(env)) return false;
  e1 = <u32>entry;
  e2 = <u32>(entry >> 32);
  return true;
}

/**
 * Bits 63:32 of the address in a 16-byte descriptor. The type field of its upper half is that of no descriptor, so that what is
 * meant for this one cannot be used as another (SDM volume 3, 5.8.3.1). Ask `faulted`.
 */
export function loadUpper(env: u32, selector: u32): u64 {
  let table = env + (selector & 4 ? x.X_LDT : x.X_GDT);
  let upper = ldk(env, segBase(table) + (selector & 0xfff8) + 8, 8);
  if (!faulted(env) && (upper >> 40) & 0x1f) raiseErr(env, x.EXCP0D_GPF, selector & 0xfffc);
  return upper << 32;
}

/** The base of LDT or TSS in the descriptor that was read, all 64 bits; ask `faulted`. */
function tableBase(env: u32, selector: u32): u64 {
  let base: u64 = descBase();
  if (!lma(env)) return base;
  base |= loadUpper(env, selector);
  if (!faulted(env) && !isCanonical(base)) raiseErr(env, x.EXCP0D_GPF, selector & 0xfffc);
  return base;
}

@inline export function descBase(): u32 { return (e1 >> 16) | ((e2 & 0xff) << 16) | (e2 & 0xff000000); }
export function descLimit(): u32 {
  let limit = (e1 & 0xffff) | (e2 & 0xf0000);
  return e2 & x.DESC_G ? (limit << 12) | 0xfff : limit;
}
@inline export function dpl(): u32 { return (e2 >> x.DESC_DPL_SHIFT) & 3; }

/** Whether no access by the segment needs a check: it reaches over 4 GiB, or in real mode over the 64 KiB of a 16-bit address. */
function isWhole(s: u32, real: bool): bool {
  let flags = segFlags(s);
  if (real) return segLimit(s) >= 0xffff && (flags & (x.DESC_CS | x.DESC_E)) != x.DESC_E;
  let kind = flags & (x.DESC_P | x.DESC_S | x.DESC_CS | x.DESC_E | x.DESC_W);
  return kind == (x.DESC_P | x.DESC_S | x.DESC_W) && segLimit(s) == 0xffffffff;
}

/** Whether an access from `first` to `last` lies within a segment of this limit (SDM volume 3, 5.3). */
function isWithin(limit: u32, flags: u32, first: u64, last: u64): bool {
  if ((flags & (x.DESC_CS | x.DESC_E)) != x.DESC_E) return last <= limit;
  return first > limit && last <= (flags & x.DESC_B ? 0xffffffff : 0xffff);
}

/** Whether an access of `bytes` bytes is not the segment's to make; #SS or #GP is pending then (SDM volume 3, 5.3 and 5.4). */
export function segmentRefuses(env: u32, n: u32, offset: u64, bytes: u64, write: bool): bool {
  let s = seg(env, n);
  let flags = segFlags(s);
  let ok = isWithin(segLimit(s), flags, offset, offset + bytes - 1);
  if ((cr(env, 0) & x.CR0_PE) && !vm86(env)) {
    // One that was loaded with the null selector is not present.
    if (!(flags & x.DESC_P)) ok = false;
    else if (flags & x.DESC_CS) ok = ok && !write && (flags & x.DESC_R) != 0;
    else if (write && !(flags & x.DESC_W)) ok = false;
  }
  if (!ok) raiseErr(env, n == x.R_SS ? x.EXCP0C_STACK : x.EXCP0D_GPF, 0);
  return !ok;
}

/** An access by the program: the segment's number, 8 for a write, from bit 4 on bytes. */
export function helper_check_segment(env: u32, offset: u64, what: u64, c: u64): u64 {
  segmentRefuses(env, <u32>what & 7, offset, what >> 4, (what & 8) != 0);
  return 0;
}

/** #AC for an address that has a bit of `mask`; the program has AC set. */
export function helper_check_alignment(env: u32, addr: u64, mask: u64, c: u64): u64 {
  return addr & mask ? raiseErr(env, x.EXCP11_ALGN, 0) : 0;
}

/** Whether the stack segment refuses an access that a helper makes; in 64-bit code it has no limit. */
export function stackRefuses(env: u32, offset: u64, bytes: u64, write: bool): bool {
  return !(hflags(env) & x.HF_CS64) && segmentRefuses(env, x.R_SS, offset, bytes, write);
}

/** Whether a stack has room for `count` pushes; one that could not be loaded in a task switch is used as it is. */
export function hasRoom(limit: u32, flags: u32, sp: u64, mask: u64, size: u32, count: u32): bool {
  if (!(flags & x.DESC_P)) return true;
  for (let i: u32 = 0; i < count; i++) {
    sp = (sp - size) & mask;
    if (!isWithin(limit, flags, sp, sp + size - 1)) return false;
  }
  return true;
}

/** Near branches and fetches: #GP(0) beyond the limit of the code segment (SDM volume 3, 5.3). */
export function helper_check_code(env: u32, offset: u64, b: u64, c: u64): u64 {
  return offset > segLimit(seg(env, x.R_CS)) ? raiseErr(env, x.EXCP0D_GPF, 0) : 0;
}

/** Brings CS32, SS32, CS64, ADDSEG, the flags of segments that need checks and, for SS, the privilege level up to date. @qemu target/i386/cpu.h cpu_x86_load_seg_cache */
export function updateSegmentFlags(env: u32): void {
  let h = hflags(env) & ~(x.HF_CS32 | x.HF_SS32 | x.HF_ADDSEG | x.HF_CS64 | x.HF_CS_LIMIT | x.HF_SEG_LIMIT | x.HF_FS_LIMIT);
  let cs = seg(env, x.R_CS), ss = seg(env, x.R_SS);
  if (lma(env) && segFlags(cs) & x.DESC_L) {
    h |= x.HF_CS32 | x.HF_SS32 | x.HF_CS64;
  } else {
    if (segFlags(cs) & x.DESC_B) h |= x.HF_CS32;
    if (segFlags(ss) & x.DESC_B) h |= x.HF_SS32;
    let flat16 = !(cr(env, 0) & x.CR0_PE) || vm86(env) || !(h & x.HF_CS32);
    if (flat16 || (segBase(seg(env, x.R_DS)) | segBase(seg(env, x.R_ES)) | segBase(ss)) != 0) h |= x.HF_ADDSEG;
    if (segLimit(cs) < (h & x.HF_CS32 ? 0xffffffff : 0xffff)) h |= x.HF_CS_LIMIT;
    let real = !(cr(env, 0) & x.CR0_PE) || vm86(env);
    if (!isWhole(ss, real) || !isWhole(seg(env, x.R_DS), real) || !isWhole(seg(env, x.R_ES), real)) h |= x.HF_SEG_LIMIT;
    if (!isWhole(seg(env, x.R_FS), real) || !isWhole(seg(env, x.R_GS), real)) h |= x.HF_FS_LIMIT;
  }
  setHflags(env, h);
}

/** Loads a segment register with its hidden part. @qemu target/i386/cpu.h cpu_x86_load_seg_cache */
export function loadSegCache(env: u32, n: u32, selector: u32, base: u64, limit: u32, flags: u32): void {
  setSeg(seg(env, n), selector & 0xffff, base, limit, flags);
  updateSegmentFlags(env);
}

/** Changes the privilege level. @qemu target/i386/cpu.h cpu_x86_load_seg_cache */
export function setCpl(env: u32, level: u32): void {
  setHflags(env, (hflags(env) & ~x.HF_CPL) | level);
}

/** As real mode and virtual-8086 mode load it. @qemu target/i386/tcg/seg_helper.c load_seg_vm */
export function loadSegVm(env: u32, n: u32, selector: u32): void {
  selector &= 0xffff;
  let flags = x.DESC_P | x.DESC_S | x.DESC_W | x.DESC_A;
  if (n == x.R_CS) flags |= x.DESC_CS | x.DESC_R;
  if (vm86(env)) {
    loadSegCache(env, n, selector, selector << 4, 0xffff, flags | (3 << x.DESC_DPL_SHIFT));
    return;
  }
  // Real mode keeps the limit and the attributes that are there (SDM volume 3, 9.9.2).
  store<u64>(seg(env, n), selector, x.X_SEG_SELECTOR);
  store<u64>(seg(env, n), selector << 4, x.X_SEG_BASE);
  updateSegmentFlags(env);
}

/** Loads a register from the descriptor in `e1` and `e2`. */
export function loadSegDescriptor(env: u32, n: u32, selector: u32): void {
  loadSegCache(env, n, selector, descBase(), descLimit(), e2);
}

/** Sets the accessed bit in memory. */
export function setAccessed(env: u32, selector: u32): void {
  if (e2 & x.DESC_A) return;
  let table = env + (selector & 4 ? x.X_LDT : x.X_GDT);
  e2 |= x.DESC_A;
  stk(env, segBase(table) + (selector & 0xfff8) + 4, 4, e2);
}

/** MOV and POP to a segment register in protected mode, LDS and its like. @qemu target/i386/tcg/seg_helper.c helper_load_seg */
export function helper_load_seg(env: u32, n64: u64, value: u64, c: u64): u64 {
  let n = <u32>n64, selector = <u32>value & 0xffff;
  if (!(cr(env, 0) & x.CR0_PE) || vm86(env)) {
    loadSegVm(env, n, selector);
    return 0;
  }
  let level = cpl(env);
  if ((selector & 0xfffc) == 0) {
    let flat64 = (hflags(env) & x.HF_CS64) != 0;
    if (n == x.R_SS && (!flat64 || level == 3 || (selector & 3) != level)) return raiseErr(env, x.EXCP0D_GPF, 0);
    // The null selector of SS keeps the level that SS.DPL stands for.
    loadSegCache(env, n, selector, 0, 0, n == x.R_SS ? x.DESC_B | (level << x.DESC_DPL_SHIFT) : 0);
    return 0;
  }
  let error = selector & 0xfffc;
  if (!loadSegment(env, selector)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_S)) return raiseErr(env, x.EXCP0D_GPF, error);
  let rpl = selector & 3;
  if (n == x.R_SS) {
    if ((e2 & x.DESC_CS) || !(e2 & x.DESC_W) || rpl != level || dpl() != level) return raiseErr(env, x.EXCP0D_GPF, error);
    if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0C_STACK, error);
  } else {
    if ((e2 & (x.DESC_CS | x.DESC_R)) == x.DESC_CS) return raiseErr(env, x.EXCP0D_GPF, error);
    let conforming = (e2 & (x.DESC_CS | x.DESC_C)) == (x.DESC_CS | x.DESC_C);
    if (!conforming && (dpl() < level || dpl() < rpl)) return raiseErr(env, x.EXCP0D_GPF, error);
    if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
  }
  setAccessed(env, selector);
  if (faulted(env)) return 0;
  loadSegDescriptor(env, n, selector);
  return 0;
}

/** @qemu target/i386/tcg/seg_helper.c helper_lldt */
export function helper_lldt(env: u32, value: u64, b: u64, c: u64): u64 {
  let selector = <u32>value & 0xffff;
  if ((selector & 0xfffc) == 0) {
    setSeg(env + x.X_LDT, selector, 0, 0, 0);
    return 0;
  }
  let error = selector & 0xfffc;
  if (selector & 4) return raiseErr(env, x.EXCP0D_GPF, error);
  let table = env + x.X_GDT;
  let size: u32 = lma(env) ? 15 : 7;
  if ((selector & 0xfff8) + size > segLimit(table)) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!loadSegment(env, selector)) return 0;
  if ((e2 & x.DESC_S) || ((e2 >> x.DESC_TYPE_SHIFT) & 0xf) != 2) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
  let base = tableBase(env, selector);
  if (faulted(env)) return 0;
  setSeg(env + x.X_LDT, selector, base, descLimit(), e2);
  return 0;
}

/** @qemu target/i386/tcg/seg_helper.c helper_ltr */
export function helper_ltr(env: u32, value: u64, b: u64, c: u64): u64 {
  let selector = <u32>value & 0xffff, error = selector & 0xfffc;
  if (error == 0 || selector & 4) return raiseErr(env, x.EXCP0D_GPF, error);
  let table = env + x.X_GDT;
  let size: u32 = lma(env) ? 15 : 7;
  if ((selector & 0xfff8) + size > segLimit(table)) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!loadSegment(env, selector)) return 0;
  let type = (e2 >> x.DESC_TYPE_SHIFT) & 0xf;
  if ((e2 & x.DESC_S) || (type != 1 && type != 9) || (lma(env) && type == 1)) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
  let base = tableBase(env, selector);
  if (faulted(env)) return 0;
  e2 |= x.DESC_TSS_BUSY;
  stk(env, segBase(table) + (selector & 0xfff8) + 4, 4, e2);
  if (faulted(env)) return 0;
  setSeg(env + x.X_TR, selector, base, descLimit(), e2);
  return 0;
}

/** Whether LAR or LSL (`limit`) may look at a descriptor of this type. */
function systemTypeIsVisible(env: u32, type: u32, limit: bool): bool {
  switch (type) {
    case 1:
    case 3:
      return !lma(env);
    case 2:
    case 9:
    case 11:
      return true;
    case 4:
    case 5:
      return !limit && !lma(env);
    case 12:
      return !limit;
    default:
      return false;
  }
}

/** LAR (`what` 0) and LSL (1): the value; ZF says whether it is one. @qemu target/i386/tcg/seg_helper.c helper_lar */
export function helper_lar_lsl(env: u32, value: u64, what: u64, old: u64): u64 {
  let selector = <u32>value & 0xffff;
  let flags = ccNow(env) & ~x.CC_Z;
  setCc(env, flags);
  if ((selector & 0xfffc) == 0 || !loadSegment(env, selector)) return old;
  let rpl = selector & 3, level = cpl(env);
  if (e2 & x.DESC_S) {
    if ((e2 & (x.DESC_CS | x.DESC_C)) != (x.DESC_CS | x.DESC_C) && (dpl() < level || dpl() < rpl)) return old;
  } else if (!systemTypeIsVisible(env, (e2 >> x.DESC_TYPE_SHIFT) & 0xf, what != 0) || dpl() < level || dpl() < rpl) return old;
  setCc(env, flags | x.CC_Z);
  return what ? descLimit() : e2 & 0x00f0ff00;
}

/** VERR (`write` 0) and VERW (1). @qemu target/i386/tcg/seg_helper.c helper_verr */
export function helper_verify(env: u32, value: u64, write: u64, c: u64): u64 {
  let selector = <u32>value & 0xffff;
  let flags = ccNow(env) & ~x.CC_Z;
  setCc(env, flags);
  if ((selector & 0xfffc) == 0 || !loadSegment(env, selector) || !(e2 & x.DESC_S)) return 0;
  let rpl = selector & 3, level = cpl(env);
  let ok: bool;
  if (write) ok = !(e2 & x.DESC_CS) && (e2 & x.DESC_W) != 0 && dpl() >= level && dpl() >= rpl;
  else if (e2 & x.DESC_CS) ok = (e2 & x.DESC_R) != 0 && ((e2 & x.DESC_C) != 0 || (dpl() >= level && dpl() >= rpl));
  else ok = dpl() >= level && dpl() >= rpl;
  if (ok) setCc(env, flags | x.CC_Z);
  return 0;
}

/** ARPL: the new selector; ZF says whether it changed. @qemu target/i386/tcg/translate.c disas_insn */
export function helper_arpl(env: u32, target: u64, source: u64, c: u64): u64 {
  let flags = ccNow(env) & ~x.CC_Z;
  if ((target & 3) < (source & 3)) {
    setCc(env, flags | x.CC_Z);
    return (target & ~<u64>3) | (source & 3);
  }
  setCc(env, flags);
  return target;
}

/** Stack pointer mask of a stack segment. @qemu target/i386/tcg/seg_helper.c get_sp_mask */
@inline export function spMask(flags: u32): u64 { return flags & x.DESC_B ? 0xffffffff : 0xffff; }

/** Checks and loads nothing: whether the code segment in `e1`, `e2` is a valid target for level `level` with `rpl`. */
export function codeSegmentError(level: u32, rpl: u32): bool {
  if (!(e2 & x.DESC_S) || !(e2 & x.DESC_CS)) return true;
  if (e2 & x.DESC_C) return dpl() > level;
  return rpl > level || dpl() != level;
}

/** Drops data segments that a less privileged program must not keep. @qemu target/i386/tcg/seg_helper.c validate_seg */
export function validateSeg(env: u32, n: u32, level: u32): void {
  let s = seg(env, n);
  let flags = segFlags(s);
  if ((n == x.R_FS || n == x.R_GS) && (segSelector(s) & 0xfffc) == 0) return;
  let conforming = (flags & (x.DESC_CS | x.DESC_C)) == (x.DESC_CS | x.DESC_C);
  if (!conforming && ((flags >> x.DESC_DPL_SHIFT) & 3) < level) loadSegCache(env, n, 0, segBase(s), segLimit(s), flags & ~x.DESC_P);
}

export function setEip(env: u32, value: u64): void { store<u64>(env, value, x.X_EIP); }
export function nestedTask(env: u32): bool { return (eflagsRaw(env) & x.NT_MASK) != 0; }
