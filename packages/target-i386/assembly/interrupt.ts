// SPDX-License-Identifier: GPL-2.0-or-later
//
// Delivery of interrupts and exceptions (SDM volume 3, chapter 6).

import { EXIT_EXCEPTION, ENV_CAN_DO_IO, ENV_ERROR_CODE, ENV_EXCEPTION_INDEX, ENV_EXCEPTION_IS_INT, ENV_EXCEPTION_NEXT_PC, ENV_ICOUNT_DECR, ENV_INTERRUPT_WAITS, ENV_PENDING } from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { computeEflags } from './cc'
import {
  cpl, cr, eflagsRaw, faulted, hflags, isCanonical, ldk, lma, raiseErr, reg, seg, segBase, segFlags, segLimit, segSelector, setEflagsRaw, setHflags, setReg, stk, vm86,
} from './env'
import {
  descBase, descLimit, dpl, e1, e2, hasRoom, loadSegCache, loadSegment, setAccessed, setCpl, setEip, spMask,
} from './seg'
import { SWITCH_CALL, switchTss, taskTrap } from './tss'

const RSP = 4;

/** Has the loop look at interrupts before the next block, for this instruction may let one in that waits. */
export function lookAtInterrupts(env: u32): void {
  if (load<u32>(env, ENV_INTERRUPT_WAITS) == 0) return;
  store<u32>(env, load<u32>(env, ENV_ICOUNT_DECR) | 0x80000000, ENV_ICOUNT_DECR);
}

/** What is about to be pushed, 64 bits each. */
const FRAME = memory.data(128);
@inline function setFrame(i: u32, value: u64): void { store<u64>(<u32>FRAME + (i << 3), value); }
@inline function frame(i: u32): u64 { return load<u64>(<u32>FRAME + (i << 3)); }

/** Whether the exception pushes an error code. @qemu target/i386/tcg/seg_helper.c exception_has_error_code */
function hasErrorCode(vector: u32): bool {
  return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

let newSs: u32 = 0;
let newSp: u64 = 0;

/** The stack for a privilege level out of the TSS, into `newSs` and `newSp`; false when an exception is pending. @qemu target/i386/tcg/seg_helper.c get_ss_esp_from_tss */
export function stackFromTss(env: u32, level: u32): bool {
  let tr = env + x.X_TR;
  let wide = (segFlags(tr) >> x.DESC_TYPE_SHIFT) & 8;
  let offset: u32 = wide ? level * 8 + 4 : level * 4 + 2;
  if (offset + (wide ? 5 : 3) > segLimit(tr)) {
    raiseErr(env, x.EXCP0A_TSS, segSelector(tr) & 0xfffc);
    return false;
  }
  newSp = ldk(env, segBase(tr) + offset, wide ? 4 : 2);
  if (faulted(env)) return false;
  newSs = <u32>ldk(env, segBase(tr) + offset + (wide ? 4 : 2), 2);
  return !faulted(env);
}
export function tssSs(): u32 { return newSs; }
export function tssSp(): u64 { return newSp; }

/** The same in long mode: `n` counts RSP0..2, then, behind a gap, IST1..7 from 4 on; `ext` is EXT of error codes. @qemu target/i386/tcg/seg_helper.c get_rsp_from_tss */
export function rspFromTss(env: u32, n: u32, ext: u32): u64 {
  let tr = env + x.X_TR;
  let offset: u32 = 8 * n + 4;
  if (offset + 7 > segLimit(tr)) return raiseErr(env, x.EXCP0A_TSS, (segSelector(tr) & 0xfffc) | ext);
  let sp = ldk(env, segBase(tr) + offset, 8);
  if (!faulted(env) && !isCanonical(sp)) raiseErr(env, x.EXCP0C_STACK, ext);
  return sp;
}

/** Error code of a fault of the delivery itself: the vector's place in the IDT, and EXT. */
@inline function idtError(vector: u32, isInt: bool): u32 { return vector * 8 + 2 + (isInt ? 0 : 1); }

/** @qemu target/i386/tcg/seg_helper.c do_interrupt_real */
function doInterruptReal(env: u32, vector: u32, returnIp: u32): void {
  let idt = env + x.X_IDT;
  if (vector * 4 + 3 > segLimit(idt)) {
    raiseErr(env, x.EXCP0D_GPF, 0);
    return;
  }
  let entry = <u32>ldk(env, segBase(idt) + vector * 4, 4);
  if (faulted(env)) return;
  let stack = seg(env, x.R_SS), ss = segBase(stack);
  let sp = <u32>reg(env, RSP);
  if (!hasRoom(segLimit(stack), segFlags(stack) | x.DESC_P, sp, 0xffff, 2, 3)) {
    raiseErr(env, x.EXCP0C_STACK, 0);
    return;
  }
  setFrame(0, computeEflags(env));
  setFrame(1, segSelector(seg(env, x.R_CS)));
  setFrame(2, returnIp);
  for (let i: u32 = 0; i < 3; i++) {
    sp -= 2;
    stk(env, ss + (sp & 0xffff), 2, frame(i));
    if (faulted(env)) return;
  }
  setReg(env, RSP, (reg(env, RSP) & ~<u64>0xffff) | (sp & 0xffff));
  setEip(env, entry & 0xffff);
  let cs = seg(env, x.R_CS);
  store<u64>(cs, entry >> 16, x.X_SEG_SELECTOR);
  store<u64>(cs, (entry >> 16) << 4, x.X_SEG_BASE);
  setEflagsRaw(env, eflagsRaw(env) & ~(x.IF_MASK | x.TF_MASK | x.AC_MASK | x.RF_MASK));
}

/** @qemu target/i386/tcg/seg_helper.c do_interrupt_protected */
function doInterruptProtected(env: u32, vector: u32, isInt: bool, error: u32, returnIp: u32, isHw: bool): void {
  let pushError = !isInt && !isHw && hasErrorCode(vector);
  let idt = env + x.X_IDT;
  let failed = idtError(vector, isInt);
  if (vector * 8 + 7 > segLimit(idt)) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  let gate = ldk(env, segBase(idt) + vector * 8, 8);
  if (faulted(env)) return;
  let gateLow = <u32>gate, gateHigh = <u32>(gate >> 32);
  let type = (gateHigh >> x.DESC_TYPE_SHIFT) & 0x1f;
  if (type != 5 && type != 6 && type != 7 && type != 14 && type != 15) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  if (isInt && ((gateHigh >> x.DESC_DPL_SHIFT) & 3) < cpl(env)) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  if (!(gateHigh & x.DESC_P)) {
    raiseErr(env, x.EXCP0B_NOSEG, failed);
    return;
  }
  let ext: u32 = isInt ? 0 : 1;
  let selector = gateLow >> 16;
  if (type == 5) {
    switchTss(env, selector, SWITCH_CALL, returnIp, ext);
    if (faulted(env)) return;
    if (pushError) {
      let wide = (segFlags(env + x.X_TR) >> x.DESC_TYPE_SHIFT) & 8;
      let ss = seg(env, x.R_SS), mask = spMask(segFlags(ss));
      let sp = (reg(env, RSP) - (wide ? 4 : 2)) & mask;
      stk(env, segBase(ss) + sp, wide ? 4 : 2, error);
      if (faulted(env)) return;
      setReg(env, RSP, (reg(env, RSP) & ~mask) | sp);
    }
    taskTrap(env);
    return;
  }
  let offset = (gateHigh & 0xffff0000) | (gateLow & 0xffff);
  if (!(type & 8)) offset &= 0xffff;
  if ((selector & 0xfffc) == 0) {
    raiseErr(env, x.EXCP0D_GPF, ext);
    return;
  }
  if (!loadSegment(env, selector)) {
    if (!faulted(env)) raiseErr(env, x.EXCP0D_GPF, (selector & 0xfffc) | ext);
    return;
  }
  if (!(e2 & x.DESC_S) || !(e2 & x.DESC_CS) || dpl() > cpl(env)) {
    raiseErr(env, x.EXCP0D_GPF, (selector & 0xfffc) | ext);
    return;
  }
  if (!(e2 & x.DESC_P)) {
    raiseErr(env, x.EXCP0B_NOSEG, (selector & 0xfffc) | ext);
    return;
  }
  let csBase = descBase(), csLimit = descLimit(), csFlags = e2 | x.DESC_A;
  if (offset > csLimit) {
    raiseErr(env, x.EXCP0D_GPF, ext);
    return;
  }
  let level = dpl();
  let wasVm86 = vm86(env);
  let inner = !(e2 & x.DESC_C) && level < cpl(env);
  if (e2 & x.DESC_C) level = cpl(env);
  if (wasVm86 && level != 0) {
    raiseErr(env, x.EXCP0D_GPF, (selector & 0xfffc) | ext);
    return;
  }
  let ss: u32, ssBase: u64, ssLimit: u32 = 0, ssFlags: u32, sp: u64;
  if (inner) {
    setAccessed(env, selector);
    if (faulted(env) || !stackFromTss(env, level)) return;
    ss = newSs;
    sp = newSp;
    let bad = (ss & 0xfffc) | ext;
    if ((ss & 0xfffc) == 0 || (ss & 3) != level || !loadSegment(env, ss)) {
      if (!faulted(env)) raiseErr(env, x.EXCP0A_TSS, bad);
      return;
    }
    if (dpl() != level || !(e2 & x.DESC_S) || (e2 & x.DESC_CS) || !(e2 & x.DESC_W)) {
      raiseErr(env, x.EXCP0A_TSS, bad);
      return;
    }
    if (!(e2 & x.DESC_P)) {
      raiseErr(env, x.EXCP0C_STACK, bad);
      return;
    }
    setAccessed(env, ss);
    if (faulted(env)) return;
    ssBase = descBase();
    ssLimit = descLimit();
    ssFlags = e2;
  } else {
    if (wasVm86) {
      raiseErr(env, x.EXCP0D_GPF, selector & 0xfffc);
      return;
    }
    setAccessed(env, selector);
    if (faulted(env)) return;
    let s = seg(env, x.R_SS);
    ss = segSelector(s);
    ssBase = segBase(s);
    ssLimit = segLimit(s);
    ssFlags = segFlags(s);
    sp = reg(env, RSP);
  }
  let mask = spMask(ssFlags);
  let width: u32 = type & 8 ? 4 : 2;
  // A new stack is accessed with the new privilege level: all stores below are the CPU's own.
  let count: u32 = 0;
  if (inner) {
    if (wasVm86) {
      setFrame(count++, segSelector(seg(env, x.R_GS)));
      setFrame(count++, segSelector(seg(env, x.R_FS)));
      setFrame(count++, segSelector(seg(env, x.R_DS)));
      setFrame(count++, segSelector(seg(env, x.R_ES)));
    }
    setFrame(count++, segSelector(seg(env, x.R_SS)));
    setFrame(count++, <u32>reg(env, RSP));
  }
  setFrame(count++, computeEflags(env) | pushedRf);
  setFrame(count++, segSelector(seg(env, x.R_CS)));
  setFrame(count++, returnIp);
  if (pushError) setFrame(count++, error);
  if (!hasRoom(ssLimit, ssFlags, sp, mask, width, count)) {
    raiseErr(env, x.EXCP0C_STACK, (inner ? ss & 0xfffc : 0) | ext);
    return;
  }
  let top = sp;
  for (let i: u32 = 0; i < count; i++) {
    top -= width;
    stk(env, ssBase + (top & mask), width, frame(i));
    if (faulted(env)) return;
  }
  if (wasVm86) for (let n = x.R_ES; n <= x.R_GS; n++) if (n != x.R_CS && n != x.R_SS) loadSegCache(env, n, 0, 0, 0, 0);
  let flags = eflagsRaw(env) & ~(x.TF_MASK | x.VM_MASK | x.RF_MASK | x.NT_MASK);
  // An interrupt gate closes interrupts, a trap gate does not.
  if (!(type & 1)) flags &= ~x.IF_MASK;
  setEflagsRaw(env, flags);
  if (inner) {
    setCpl(env, level);
    loadSegCache(env, x.R_SS, (ss & ~3) | level, ssBase, ssLimit, ssFlags);
  }
  setReg(env, RSP, (mask == 0xffffffff ? 0 : reg(env, RSP) & ~mask) | (top & mask));
  setCpl(env, level);
  loadSegCache(env, x.R_CS, (selector & ~3) | level, csBase, csLimit, csFlags);
  setEip(env, offset);
}

/** @qemu target/i386/tcg/seg_helper.c do_interrupt64 */
function doInterrupt64(env: u32, vector: u32, isInt: bool, error: u32, returnIp: u64, isHw: bool): void {
  let pushError = !isInt && !isHw && hasErrorCode(vector);
  let idt = env + x.X_IDT;
  let failed = idtError(vector, isInt);
  if (vector * 16 + 15 > segLimit(idt)) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  let gate = ldk(env, segBase(idt) + vector * 16, 8);
  if (faulted(env)) return;
  let upper = ldk(env, segBase(idt) + vector * 16 + 8, 8);
  if (faulted(env)) return;
  let gateHigh = <u32>(gate >> 32);
  let type = (gateHigh >> x.DESC_TYPE_SHIFT) & 0x1f;
  if (type != 14 && type != 15) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  if (isInt && ((gateHigh >> x.DESC_DPL_SHIFT) & 3) < cpl(env)) {
    raiseErr(env, x.EXCP0D_GPF, failed);
    return;
  }
  if (!(gateHigh & x.DESC_P)) {
    raiseErr(env, x.EXCP0B_NOSEG, failed);
    return;
  }
  let ext: u32 = isInt ? 0 : 1;
  let selector = <u32>(gate >> 16) & 0xffff;
  let offset = (upper << 32) | (gateHigh & 0xffff0000) | (gate & 0xffff);
  let ist = gateHigh & 7;
  let bad = (selector & 0xfffc) | ext;
  if ((selector & 0xfffc) == 0 || !loadSegment(env, selector)) {
    if (!faulted(env)) raiseErr(env, x.EXCP0D_GPF, bad);
    return;
  }
  if (!(e2 & x.DESC_S) || !(e2 & x.DESC_CS) || dpl() > cpl(env) || !(e2 & x.DESC_L) || (e2 & x.DESC_B)) {
    raiseErr(env, x.EXCP0D_GPF, bad);
    return;
  }
  if (!(e2 & x.DESC_P)) {
    raiseErr(env, x.EXCP0B_NOSEG, bad);
    return;
  }
  let level = e2 & x.DESC_C ? cpl(env) : dpl();
  setAccessed(env, selector);
  if (faulted(env)) return;
  let base = descBase(), limit = descLimit(), flags = e2;
  let sp = reg(env, RSP);
  let inner = level < cpl(env);
  if (inner || ist != 0) {
    sp = rspFromTss(env, ist != 0 ? ist + 3 : level, ext);
    if (faulted(env)) return;
  }
  sp &= ~<u64>15;
  if (!isCanonical(offset) || !isCanonical(sp - 48) || !isCanonical(sp)) {
    raiseErr(env, isCanonical(offset) ? x.EXCP0C_STACK : x.EXCP0D_GPF, ext);
    return;
  }
  setFrame(0, segSelector(seg(env, x.R_SS)));
  setFrame(1, reg(env, RSP));
  setFrame(2, computeEflags(env) | pushedRf);
  setFrame(3, segSelector(seg(env, x.R_CS)));
  setFrame(4, returnIp);
  setFrame(5, error);
  for (let i: u32 = 0; i < <u32>(pushError ? 6 : 5); i++) {
    sp -= 8;
    stk(env, sp, 8, frame(i));
    if (faulted(env)) return;
  }
  let rflags = eflagsRaw(env) & ~(x.TF_MASK | x.VM_MASK | x.RF_MASK | x.NT_MASK);
  if (!(type & 1)) rflags &= ~x.IF_MASK;
  setEflagsRaw(env, rflags);
  setCpl(env, level);
  if (inner) loadSegCache(env, x.R_SS, level, 0, 0, level << x.DESC_DPL_SHIFT);
  setReg(env, RSP, sp);
  loadSegCache(env, x.R_CS, (selector & ~3) | level, base, limit, flags);
  setEip(env, offset);
}

function doInterruptOnce(env: u32, vector: u32, isInt: bool, error: u32, returnIp: u64, isHw: bool): void {
  if (!(cr(env, 0) & x.CR0_PE)) {
    doInterruptReal(env, vector, <u32>returnIp);
    return;
  }
  if (lma(env)) doInterrupt64(env, vector, isInt, error, returnIp, isHw);
  else doInterruptProtected(env, vector, isInt, error, <u32>returnIp, isHw);
}

/** 1 for a contributory exception, 2 for a page fault (SDM volume 3, table 6-5). */
function kindOf(vector: u32): u32 {
  if (vector == 0 || (vector >= 10 && vector <= 13)) return 1;
  return vector == 14 ? 2 : 0;
}

/**
 * Delivers the interrupt or exception; what goes wrong meanwhile ends in a double fault, and that in a triple fault.
 * @param isInt  an INT instruction asked for it: `returnIp` is behind it
 * @param isHw  an external interrupt
 * @returns true when it ended in a triple fault
 * @qemu target/i386/tcg/seg_helper.c do_interrupt_all
 */
export function doInterruptAll(env: u32, vector: u32, isInt: u32, error: u32, nextIp: u64, isHw: u32): u32 {
  // No block is being executed that a store to its code, or to a device, would have to stop before.
  store<u64>(env, 1, ENV_CAN_DO_IO);
  // A handler may have written what MWAIT would wait for.
  store<u64>(env, -1, x.X_MONITOR);
  let shutdown = deliverAll(env, vector, isInt, error, nextIp, isHw);
  store<u64>(env, 0, ENV_CAN_DO_IO);
  return shutdown;
}

/** RF as faults leave it on the stack: what comes back to them is not to meet its breakpoint again (SDM volume 3, 18.3.1.1). */
let pushedRf: u32 = 0;

/** Whether the vector is that of a fault, which comes back to its instruction; #DB has its own rules. */
function isFault(vector: u32): bool {
  return vector == 0 || (vector >= 5 && vector <= 7) || (vector >= 10 && vector <= 14) || vector == 16 || vector == 17 || vector == 19;
}

function deliverAll(env: u32, vector: u32, isInt: u32, error: u32, nextIp: u64, isHw: u32): u32 {
  let returnIp = isInt ? nextIp : load<u64>(env, x.X_EIP);
  let kind: u32 = isInt || isHw ? 0 : kindOf(vector);
  let doubleFault = !isInt && !isHw && vector == x.EXCP08_DBLE;
  if (vector == x.EXCP0E_PAGE && !isInt && !isHw) store<u64>(env, load<u64>(env, x.X_CR2_PENDING), x.X_CR + 16);
  while (true) {
    // The handler may use the debug registers (SDM volume 3, 18.2.4).
    if (vector == x.EXCP01_DB && isInt == 0) store<u64>(env, load<u64>(env, x.X_DR + 56) & ~<u64>x.DR7_GD, x.X_DR + 56);
    pushedRf = isInt == 0 && isHw == 0 && isFault(vector) ? x.RF_MASK : 0;
    doInterruptOnce(env, vector, isInt != 0, error, returnIp, isHw != 0);
    if (!faulted(env)) {
      setHflags(env, hflags(env) & ~x.HF_INHIBIT_IRQ);
      return 0;
    }
    store<u32>(env, 0, ENV_PENDING);
    if (doubleFault) return 1;
    let next = load<u32>(env, ENV_EXCEPTION_INDEX);
    let nextKind = kindOf(next);
    if (next == x.EXCP0E_PAGE) store<u64>(env, load<u64>(env, x.X_CR2_PENDING), x.X_CR + 16);
    if ((kind == 1 && nextKind == 1) || (kind == 2 && nextKind != 0)) {
      vector = x.EXCP08_DBLE;
      error = 0;
      doubleFault = true;
    } else {
      vector = next;
      error = load<u32>(env, ENV_ERROR_CODE);
      kind = nextKind;
    }
    // The instruction that was interrupted, or asked, is the one to come back to.
    returnIp = load<u64>(env, x.X_EIP);
    isInt = 0;
    isHw = 0;
  }
}

/** INT n, INT3, INTO: the loop delivers it. @qemu target/i386/tcg/excp_helper.c raise_interrupt */
export function helper_raise_interrupt(env: u32, vector: u64, next: u64, c: u64): u64 {
  raiseErr(env, <u32>vector, 0);
  store<u32>(env, 1, ENV_EXCEPTION_IS_INT);
  store<u64>(env, next, ENV_EXCEPTION_NEXT_PC);
  store<u32>(env, EXIT_EXCEPTION, ENV_PENDING);
  return 0;
}
