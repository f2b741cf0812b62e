// SPDX-License-Identifier: GPL-2.0-or-later
//
// Far jumps, calls and returns, and IRET (QEMU's target/i386/tcg/seg_helper.c).

import * as x from '../src/tcg/x86-layout'
import { loadEflags } from './cc'
import {
  cpl, cr, faulted, hflags, iopl, isCanonical, ldk, lma, raiseErr, reg, seg, segBase, segFlags, segLimit, segSelector, setReg, stk, vm86, ldu, stu,
} from './env'
import { lookAtInterrupts, rspFromTss, stackFromTss, tssSp, tssSs } from './interrupt'
import {
  codeSegmentError, descBase, descLimit, dpl, e1, e2, loadSegCache, loadSegment, loadSegVm, loadUpper, hasRoom, nestedTask, setAccessed, setCpl, setEip, spMask, stackRefuses, validateSeg,
} from './seg'
import { SWITCH_CALL, SWITCH_IRET, SWITCH_JMP, switchTss, taskTrap } from './tss'

const RSP = 4;

/** Stack pointer mask: all 64 bits in 64-bit code. */
@inline function stackMask(env: u32): u64 {
  return hflags(env) & x.HF_CS64 ? -1 : spMask(segFlags(seg(env, x.R_SS)));
}
@inline function setSp(env: u32, value: u64, mask: u64): void {
  setReg(env, RSP, mask == 0xffff ? (reg(env, RSP) & ~mask) | (value & mask) : value & mask);
}

/** Whether EIP would be beyond the segment, in real and virtual-8086 mode: #GP is pending then. The limit is the one that CS has. */
function beyondSegment(env: u32, offset: u64): bool {
  if (offset > segLimit(seg(env, x.R_CS))) raiseErr(env, x.EXCP0D_GPF, 0);
  return faulted(env);
}

/** What the program has on its stack; `ss` is the segment's base. Ask `faulted`. */
function popAt(env: u32, ss: u64, offset: u64, size: u32): u64 {
  return stackRefuses(env, offset, size, false) ? 0 : ldu(env, ss + offset, size);
}

/** A push of the program's; false when it faults. */
function pushAt(env: u32, ss: u64, offset: u64, size: u32, value: u64): bool {
  if (stackRefuses(env, offset, size, true)) return false;
  stu(env, ss + offset, size, value);
  return !faulted(env);
}

/** Real and virtual-8086 mode: loads CS as it is; its limit stays. */
function jumpReal(env: u32, selector: u32, offset: u64): u64 {
  loadSegVm(env, x.R_CS, selector);
  setEip(env, offset);
  return 0;
}

/** Whether the code segment in `e1`, `e2` cannot be entered at `offset`: the exception is pending then. */
function targetIsBad(env: u32, selector: u32, offset: u64): bool {
  let wide = lma(env) && (e2 & x.DESC_L) != 0;
  if (wide && (e2 & x.DESC_B) != 0) raiseErr(env, x.EXCP0D_GPF, selector & 0xfffc);
  else if (wide ? !isCanonical(offset) : offset > descLimit()) raiseErr(env, x.EXCP0D_GPF, 0);
  return faulted(env);
}

/** The code segment in `e1`, `e2` is entered at `offset`; false when that cannot be. */
function enterCode(env: u32, selector: u32, offset: u64, level: u32): bool {
  if (targetIsBad(env, selector, offset)) return false;
  setAccessed(env, selector);
  if (faulted(env)) return false;
  setCpl(env, level);
  loadSegCache(env, x.R_CS, (selector & 0xfffc) | level, descBase(), descLimit(), e2);
  setEip(env, offset);
  return true;
}

/** Far JMP. `what` is the operand size in bytes; EIP is where a task switch comes back to. @qemu target/i386/tcg/seg_helper.c helper_ljmp_protected */
export function helper_ljmp(env: u32, selector64: u64, offset: u64, next: u64): u64 {
  let selector = <u32>selector64 & 0xffff;
  if (!(cr(env, 0) & x.CR0_PE) || vm86(env)) return beyondSegment(env, offset) ? 0 : jumpReal(env, selector, offset);
  let error = selector & 0xfffc;
  if (error == 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  if (!loadSegment(env, selector)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, error);
  let level = cpl(env), rpl = selector & 3;
  if (e2 & x.DESC_S) {
    if (codeSegmentError(level, rpl)) return raiseErr(env, x.EXCP0D_GPF, error);
    if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
    enterCode(env, selector, offset, level);
    return 0;
  }
  let type = (e2 >> x.DESC_TYPE_SHIFT) & 0xf;
  if (dpl() < level || dpl() < rpl) return raiseErr(env, x.EXCP0D_GPF, error);
  if (lma(env) && type != 12) return raiseErr(env, x.EXCP0D_GPF, error);
  switch (type) {
    case 1:
    case 9:
    case 5:
      switchTss(env, selector, SWITCH_JMP, <u32>next, 0);
      taskTrap(env);
      return 0;
    case 4:
    case 12: {
      if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
      let target = e1 >> 16;
      let to: u64 = type == 12 ? (e1 & 0xffff) | (e2 & 0xffff0000) : e1 & 0xffff;
      if (lma(env)) {
        to |= loadUpper(env, selector);
        if (faulted(env)) return 0;
      }
      if ((target & 0xfffc) == 0) return raiseErr(env, x.EXCP0D_GPF, 0);
      if (!loadSegment(env, target)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
      if (!(e2 & x.DESC_CS) || !(e2 & x.DESC_S) || (e2 & x.DESC_C ? dpl() > level : dpl() != level)) {
        return raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
      }
      if (lma(env) && (!(e2 & x.DESC_L) || (e2 & x.DESC_B))) return raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
      if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, target & 0xfffc);
      enterCode(env, target, to, level);
      return 0;
    }
    default:
      return raiseErr(env, x.EXCP0D_GPF, error);
  }
}

/** Far CALL: `what` is the operand size in bytes in bits 3:0, above it where to return to. @qemu target/i386/tcg/seg_helper.c helper_lcall_protected */
export function helper_lcall(env: u32, target64: u64, offset: u64, what: u64): u64 {
  let selector = <u32>target64 & 0xffff;
  let size = <u32>(target64 >> 16) & 15;
  let next = what;
  let mask = stackMask(env);
  let ss = segBase(seg(env, x.R_SS));
  if (hflags(env) & x.HF_CS64) ss = 0;
  let sp = reg(env, RSP);
  let real = !(cr(env, 0) & x.CR0_PE) || vm86(env);
  let error = selector & 0xfffc;
  let level = cpl(env), rpl = selector & 3;
  if (!real) {
    if (error == 0) return raiseErr(env, x.EXCP0D_GPF, 0);
    if (!loadSegment(env, selector)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, error);
    if (!(e2 & x.DESC_S)) return callSystem(env, selector, next);
    if (codeSegmentError(level, rpl)) return raiseErr(env, x.EXCP0D_GPF, error);
    if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
    if (targetIsBad(env, selector, offset)) return 0;
  } else if (beyondSegment(env, offset)) return 0;
  sp -= size;
  if (!pushAt(env, ss, sp & mask, size, segSelector(seg(env, x.R_CS)))) return 0;
  sp -= size;
  if (!pushAt(env, ss, sp & mask, size, next)) return 0;
  if (real) {
    setSp(env, sp, mask);
    return jumpReal(env, selector, offset);
  }
  if (enterCode(env, selector, offset, level)) setSp(env, sp, mask);
  return 0;
}

/** CALL to a gate or a TSS, whose descriptor was read. */
function callSystem(env: u32, selector: u32, next: u64): u64 {
  let error = selector & 0xfffc, level = cpl(env);
  let type = (e2 >> x.DESC_TYPE_SHIFT) & 0xf;
  if (dpl() < level || dpl() < (selector & 3)) return raiseErr(env, x.EXCP0D_GPF, error);
  if (lma(env) && type != 12) return raiseErr(env, x.EXCP0D_GPF, error);
  if (type == 1 || type == 9 || type == 5) {
    switchTss(env, selector, SWITCH_CALL, <u32>next, 0);
    taskTrap(env);
    return 0;
  }
  if (type != 4 && type != 12) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
  let target = e1 >> 16, params = e2 & 0x1f;
  let to: u64 = type == 12 ? (e1 & 0xffff) | (e2 & 0xffff0000) : e1 & 0xffff;
  let size: u32 = type == 12 ? 4 : 2;
  if (lma(env)) {
    to |= loadUpper(env, selector);
    if (faulted(env)) return 0;
    params = 0;
    size = 8;
  }
  if ((target & 0xfffc) == 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  if (!loadSegment(env, target)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
  if (!(e2 & x.DESC_S) || !(e2 & x.DESC_CS) || dpl() > level) return raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
  if (lma(env) && (!(e2 & x.DESC_L) || (e2 & x.DESC_B))) return raiseErr(env, x.EXCP0D_GPF, target & 0xfffc);
  if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, target & 0xfffc);
  if (targetIsBad(env, target, to)) return 0;
  let code1 = descBase(), code2 = descLimit(), code3 = e2;
  let newLevel = e2 & x.DESC_C ? level : dpl();
  let inner = newLevel < level;
  let oldSs = segSelector(seg(env, x.R_SS)), oldSp = reg(env, RSP), oldBase = segBase(seg(env, x.R_SS)), oldMask = stackMask(env);
  let mask = oldMask, sp = oldSp, ss = oldSs, ssBase: u64 = hflags(env) & x.HF_CS64 ? 0 : oldBase, ssLimit: u32 = 0, ssFlags: u32 = 0;
  setAccessed(env, target);
  if (faulted(env)) return 0;
  if (inner) {
    if (lma(env)) {
      sp = rspFromTss(env, newLevel, 0);
      if (faulted(env)) return 0;
      ss = newLevel;
      ssBase = 0;
      ssFlags = newLevel << x.DESC_DPL_SHIFT;
      mask = -1;
    } else {
      if (!stackFromTss(env, newLevel)) return 0;
      ss = tssSs();
      sp = tssSp();
      if ((ss & 0xfffc) == 0 || (ss & 3) != newLevel || !loadSegment(env, ss)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0A_TSS, ss & 0xfffc);
      if (dpl() != newLevel || !(e2 & x.DESC_S) || (e2 & x.DESC_CS) || !(e2 & x.DESC_W)) return raiseErr(env, x.EXCP0A_TSS, ss & 0xfffc);
      if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0C_STACK, ss & 0xfffc);
      setAccessed(env, ss);
      if (faulted(env)) return 0;
      ssBase = descBase();
      ssLimit = descLimit();
      ssFlags = e2;
      mask = spMask(e2);
    }
    if (!lma(env) && !hasRoom(ssLimit, ssFlags, sp, mask, size, params + 4)) return raiseErr(env, x.EXCP0C_STACK, ss & 0xfffc);
    sp -= size;
    stk(env, ssBase + (sp & mask), size, oldSs);
    if (faulted(env)) return 0;
    sp -= size;
    stk(env, ssBase + (sp & mask), size, oldSp);
    if (faulted(env)) return 0;
    for (let i: u32 = params; i > 0; i--) {
      let value = popAt(env, oldBase, (oldSp + (i - 1) * size) & oldMask, size);
      if (faulted(env)) return 0;
      sp -= size;
      stk(env, ssBase + (sp & mask), size, value);
      if (faulted(env)) return 0;
    }
  }
  if (!inner && !lma(env) && !hasRoom(segLimit(seg(env, x.R_SS)), segFlags(seg(env, x.R_SS)), sp, mask, size, 2)) {
    return raiseErr(env, x.EXCP0C_STACK, 0);
  }
  sp -= size;
  stk(env, ssBase + (sp & mask), size, segSelector(seg(env, x.R_CS)));
  if (faulted(env)) return 0;
  sp -= size;
  stk(env, ssBase + (sp & mask), size, next);
  if (faulted(env)) return 0;
  if (inner) {
    setCpl(env, newLevel);
    loadSegCache(env, x.R_SS, (ss & 0xfffc) | newLevel, ssBase, ssLimit, ssFlags);
  }
  setCpl(env, newLevel);
  loadSegCache(env, x.R_CS, (target & 0xfffc) | newLevel, code1, code2, code3 | x.DESC_A);
  setSp(env, sp, mask);
  setEip(env, to);
  return 0;
}

/** Far RET and, with `iret`, IRET in protected mode. @qemu target/i386/tcg/seg_helper.c helper_ret_protected */
function returnProtected(env: u32, size: u32, iret: bool, extra: u64): u64 {
  let mask = stackMask(env);
  let ss = hflags(env) & x.HF_CS64 ? <u64>0 : segBase(seg(env, x.R_SS));
  let sp = reg(env, RSP);
  let level = cpl(env);
  let eip = popAt(env, ss, sp & mask, size);
  if (faulted(env)) return 0;
  sp += size;
  let cs = <u32>popAt(env, ss, sp & mask, size) & 0xffff;
  if (faulted(env)) return 0;
  sp += size;
  let flags: u32 = 0;
  if (iret) {
    flags = <u32>popAt(env, ss, sp & mask, size);
    if (faulted(env)) return 0;
    sp += size;
    if (size == 4 && (flags & x.VM_MASK) != 0 && level == 0 && !lma(env)) return returnToVm86(env, eip, cs, flags, ss, sp, mask);
  }
  let error = cs & 0xfffc, rpl = cs & 3;
  if (error == 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  if (!loadSegment(env, cs)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_S) || !(e2 & x.DESC_CS) || rpl < level || (e2 & x.DESC_C ? dpl() > rpl : dpl() != rpl)) return raiseErr(env, x.EXCP0D_GPF, error);
  if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0B_NOSEG, error);
  if (targetIsBad(env, cs, eip)) return 0;
  let csBase = descBase(), csLimit = descLimit(), csFlags = e2;
  let wide = lma(env) && (csFlags & x.DESC_L) != 0;
  sp += extra;
  let same = rpl == level && !(iret && (hflags(env) & x.HF_CS64) != 0);
  let newSs: u32 = 0, newSp: u64 = 0, ssBase: u64 = 0, ssLimit: u32 = 0, ssFlags: u32 = 0;
  setAccessed(env, cs);
  if (faulted(env)) return 0;
  if (!same) {
    newSp = popAt(env, ss, sp & mask, size);
    if (faulted(env)) return 0;
    newSs = <u32>popAt(env, ss, (sp + size) & mask, size) & 0xffff;
    if (faulted(env)) return 0;
    let bad = newSs & 0xfffc;
    if (bad == 0) {
      if (!wide || rpl == 3 || (newSs & 3) != rpl) return raiseErr(env, x.EXCP0D_GPF, 0);
      ssFlags = x.DESC_P | x.DESC_S | x.DESC_W | x.DESC_A | x.DESC_B | x.DESC_G | (rpl << x.DESC_DPL_SHIFT);
      ssLimit = 0xffffffff;
    } else {
      if ((newSs & 3) != rpl || !loadSegment(env, newSs)) return faulted(env) ? 0 : raiseErr(env, x.EXCP0D_GPF, bad);
      if (!(e2 & x.DESC_S) || (e2 & x.DESC_CS) || !(e2 & x.DESC_W) || dpl() != rpl) return raiseErr(env, x.EXCP0D_GPF, bad);
      if (!(e2 & x.DESC_P)) return raiseErr(env, x.EXCP0C_STACK, bad);
      setAccessed(env, newSs);
      if (faulted(env)) return 0;
      ssBase = descBase();
      ssLimit = descLimit();
      ssFlags = e2;
    }
  }
  let flagLevel = level, flagIopl = iopl(env);
  if (!same) {
    setCpl(env, rpl);
    loadSegCache(env, x.R_SS, newSs, ssBase, ssLimit, ssFlags);
    mask = wide ? -1 : spMask(ssFlags);
    sp = rpl == level && iret ? newSp : newSp + extra;
  }
  setCpl(env, rpl);
  loadSegCache(env, x.R_CS, cs, csBase, csLimit, csFlags | x.DESC_A);
  if (rpl > level) for (let n: u32 = x.R_ES; n <= <u32>x.R_GS; n++) if (n != x.R_CS && n != x.R_SS) validateSeg(env, n, rpl);
  setSp(env, sp, mask);
  setEip(env, eip);
  if (iret) {
    let flagMask: u32 = x.TF_MASK | x.AC_MASK | x.ID_MASK | x.RF_MASK | x.NT_MASK;
    if (flagLevel == 0) flagMask |= x.IOPL_MASK;
    if (flagLevel <= flagIopl) flagMask |= x.IF_MASK;
    if (size == 2) flagMask &= 0xffff;
    // RF is gone behind the next instruction, and means nothing to it without breakpoints: blocks need not know.
    if (!(hflags(env) & x.HF_BREAK)) flagMask &= ~x.RF_MASK;
    loadEflags(env, flags, flagMask);
  }
  return 0;
}

/** IRET to virtual-8086 mode. */
function returnToVm86(env: u32, eip: u64, cs: u32, flags: u32, ss: u64, sp: u64, mask: u64): u64 {
  if (eip > 0xffff) return raiseErr(env, x.EXCP0D_GPF, 0);
  let sp2 = popAt(env, ss, sp & mask, 4);
  if (faulted(env)) return 0;
  let selectors: u64 = 0, newSs: u32 = 0;
  newSs = <u32>popAt(env, ss, (sp + 4) & mask, 4) & 0xffff;
  if (faulted(env)) return 0;
  for (let i: u32 = 0; i < 4; i++) {
    selectors |= (popAt(env, ss, (sp + 8 + i * 4) & mask, 4) & 0xffff) << (16 * i);
    if (faulted(env)) return 0;
  }
  loadEflags(env, flags, x.TF_MASK | x.AC_MASK | x.ID_MASK | x.IF_MASK | x.IOPL_MASK | x.VM_MASK | x.NT_MASK | x.VIF_MASK | x.VIP_MASK);
  loadSegVm(env, x.R_CS, cs);
  setCpl(env, 3);
  loadSegVm(env, x.R_SS, newSs);
  loadSegVm(env, x.R_ES, <u32>selectors & 0xffff);
  loadSegVm(env, x.R_DS, <u32>(selectors >> 16) & 0xffff);
  loadSegVm(env, x.R_FS, <u32>(selectors >> 32) & 0xffff);
  loadSegVm(env, x.R_GS, <u32>(selectors >> 48) & 0xffff);
  setEip(env, eip);
  setReg(env, RSP, sp2);
  return 0;
}

/** Far RET; `size` of the operands and `extra` in bytes. @qemu target/i386/tcg/seg_helper.c helper_lret_protected */
export function helper_lret(env: u32, size64: u64, extra: u64, c: u64): u64 {
  let size = <u32>size64;
  if ((cr(env, 0) & x.CR0_PE) && !vm86(env)) return returnProtected(env, size, false, extra);
  let mask = stackMask(env), ss = segBase(seg(env, x.R_SS)), sp = reg(env, RSP);
  let eip = popAt(env, ss, sp & mask, size);
  if (faulted(env)) return 0;
  let cs = <u32>popAt(env, ss, (sp + size) & mask, size);
  if (faulted(env) || beyondSegment(env, eip)) return 0;
  setSp(env, sp + 2 * size + extra, mask);
  return jumpReal(env, cs, eip);
}

/** IRET: `size` in bytes, `next` behind it. @qemu target/i386/tcg/seg_helper.c helper_iret_protected */
export function helper_iret(env: u32, size64: u64, next: u64, c: u64): u64 {
  let size = <u32>size64;
  // Whatever becomes of the IRET, NMIs are let in again (SDM volume 3, 6.7.1).
  store<u64>(env, load<u64>(env, x.X_HFLAGS2) & ~<u64>x.HF2_NMI, x.X_HFLAGS2);
  lookAtInterrupts(env);
  if (vm86(env) && iopl(env) != 3) return raiseErr(env, x.EXCP0D_GPF, 0);
  if ((cr(env, 0) & x.CR0_PE) && !vm86(env)) {
    if (nestedTask(env)) {
      if (lma(env)) return raiseErr(env, x.EXCP0D_GPF, 0);
      let back = <u32>ldk(env, segBase(env + x.X_TR), 2);
      if (!faulted(env)) switchTss(env, back, SWITCH_IRET, <u32>next, 0);
      taskTrap(env);
      return 0;
    }
    return returnProtected(env, size, true, 0);
  }
  let mask = stackMask(env), ss = segBase(seg(env, x.R_SS)), sp = reg(env, RSP);
  let eip = popAt(env, ss, sp & mask, size);
  if (faulted(env)) return 0;
  let cs = <u32>popAt(env, ss, (sp + size) & mask, size);
  if (faulted(env)) return 0;
  let flags = <u32>popAt(env, ss, (sp + 2 * size) & mask, size);
  if (faulted(env) || beyondSegment(env, eip)) return 0;
  setSp(env, sp + 3 * size, mask);
  let flagMask: u32 = x.TF_MASK | x.AC_MASK | x.ID_MASK | x.IF_MASK | x.RF_MASK | x.NT_MASK;
  if (!vm86(env)) flagMask |= x.IOPL_MASK;
  if (size == 2) flagMask &= 0xffff;
  jumpReal(env, cs, eip);
  loadEflags(env, flags, flagMask);
  return 0;
}
