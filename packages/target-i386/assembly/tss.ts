// SPDX-License-Identifier: GPL-2.0-or-later
//
// Task switches (SDM volume 3, 7.3).

import { ENV_PENDING, EXIT_EXCEPTION, EXIT_STOP } from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { computeEflags, loadEflags } from './cc'
import {
  cr, faulted, ldk, raise, raiseErr, reg, seg, segBase, segFlags, segLimit, segSelector, setReg, setSeg, stk, vm86,
} from './env'
import { writeDr7 } from './debug'
import { tlbFlush } from '@dromaius/tcg/assembly/softmmu'
import { loadPdptrs } from './mmu'
import {
  descBase, descLimit, dpl, e1, e2, loadSegCache, loadSegment, loadSegVm, setAccessed, setCpl, setEip, updateSegmentFlags,
} from './seg'

export const SWITCH_JMP: u32 = 0;
export const SWITCH_IRET: u32 = 1;
export const SWITCH_CALL: u32 = 2;

const TASK = memory.data(20 * 8);
@inline function task(i: u32): u32 { return <u32>load<u64>(<u32>TASK + (i << 3)); }
@inline function setTask(i: u32, value: u64): void { store<u64>(<u32>TASK + (i << 3), value); }

/** Marks the TSS busy or free in its descriptor. @qemu target/i386/tcg/seg_helper.c switch_tss_ra */
function setBusy(env: u32, selector: u32, busy: bool): void {
  let at = segBase(env + x.X_GDT) + (selector & 0xfff8) + 4;
  let word = <u32>ldk(env, at, 4);
  if (faulted(env)) return;
  stk(env, at, 4, busy ? word | x.DESC_TSS_BUSY : word & ~x.DESC_TSS_BUSY);
}

/** Loads a segment register of the new task. @qemu target/i386/tcg/seg_helper.c tss_load_seg */
function tssLoadSeg(env: u32, n: u32, selector: u32, level: u32): bool {
  let error = selector & 0xfffc;
  if (error == 0) {
    if (n == x.R_SS || n == x.R_CS) raiseErr(env, x.EXCP0A_TSS, error);
    else loadSegCache(env, n, selector, 0, 0, 0);
    return !faulted(env);
  }
  if (!loadSegment(env, selector)) {
    if (!faulted(env)) raiseErr(env, x.EXCP0A_TSS, error);
    return false;
  }
  let rpl = selector & 3, bad = !(e2 & x.DESC_S);
  if (!bad) {
    if (n == x.R_CS) bad = !(e2 & x.DESC_CS) || (e2 & x.DESC_C ? dpl() > rpl : dpl() != rpl);
    else if (n == x.R_SS) bad = (e2 & x.DESC_CS) != 0 || !(e2 & x.DESC_W) || dpl() != level || rpl != level;
    else {
      bad = (e2 & (x.DESC_CS | x.DESC_R)) == x.DESC_CS;
      let conforming = (e2 & (x.DESC_CS | x.DESC_C)) == (x.DESC_CS | x.DESC_C);
      if (!conforming && (dpl() < level || dpl() < rpl)) bad = true;
    }
  }
  if (bad) {
    raiseErr(env, x.EXCP0A_TSS, error);
    return false;
  }
  if (!(e2 & x.DESC_P)) {
    raiseErr(env, n == x.R_SS ? x.EXCP0C_STACK : x.EXCP0B_NOSEG, error);
    return false;
  }
  setAccessed(env, selector);
  if (faulted(env)) return false;
  loadSegCache(env, n, selector, descBase(), descLimit(), e2);
  return true;
}

/**
 * Switches to the task of a TSS or task gate. Ask `faulted`.
 * @param ext  1 when an event outside the program asks for it
 * @qemu target/i386/tcg/seg_helper.c switch_tss_ra
 */
export function switchTss(env: u32, selector: u32, source: u32, nextEip: u32, ext: u32): void {
  let bad = (selector & 0xfffc) | ext;
  let wrong: u32 = source == SWITCH_IRET ? x.EXCP0A_TSS : x.EXCP0D_GPF;
  if ((selector & 4) || !loadSegment(env, selector)) {
    if (!faulted(env)) raiseErr(env, wrong, bad);
    return;
  }
  let type = (e2 >> x.DESC_TYPE_SHIFT) & 0x1f;
  if (type == 5) {
    if (!(e2 & x.DESC_P)) {
      raiseErr(env, x.EXCP0B_NOSEG, bad);
      return;
    }
    selector = e1 >> 16;
    bad = (selector & 0xfffc) | ext;
    if ((selector & 4) || !loadSegment(env, selector)) {
      if (!faulted(env)) raiseErr(env, x.EXCP0D_GPF, bad);
      return;
    }
    type = (e2 >> x.DESC_TYPE_SHIFT) & 0x1f;
  }
  // Going back wants a busy TSS, going on a free one.
  if ((type & 0x15) != 1 || ((type & 2) != 0) != (source == SWITCH_IRET)) {
    raiseErr(env, wrong, bad);
    return;
  }
  if (!(e2 & x.DESC_P)) {
    raiseErr(env, x.EXCP0B_NOSEG, bad);
    return;
  }
  let wide = (type & 8) != 0;
  let limit = descLimit(), base: u64 = descBase(), flags = e2;
  if (limit < <u32>(wide ? 103 : 43)) {
    raiseErr(env, x.EXCP0A_TSS, bad);
    return;
  }
  // The new task: EIP, flags, eight registers, six segments, LDT, CR3.
  let size: u32 = wide ? 4 : 2;
  let first: u32 = wide ? 0x20 : 0x0e;
  for (let i: u32 = 0; i < 10; i++) {
    setTask(i, ldk(env, base + first + i * size, size));
    if (faulted(env)) return;
  }
  let segments: u32 = wide ? 6 : 4;
  for (let i: u32 = 0; i < 6; i++) {
    setTask(10 + i, i < segments ? ldk(env, base + (wide ? 0x48 + i * 4 : 0x22 + i * 2), 2) : 0);
    if (faulted(env)) return;
  }
  setTask(16, ldk(env, base + (wide ? 0x60 : 0x2a), 2));
  if (faulted(env)) return;
  setTask(17, wide ? ldk(env, base + 0x1c, 4) : 0);
  if (faulted(env)) return;
  let trap = wide ? (<u32>ldk(env, base + 0x64, 2) & 1) != 0 : false;
  if (faulted(env)) return;

  // Save the old task where it came from.
  let old = env + x.X_TR;
  let oldWide = ((segFlags(old) >> x.DESC_TYPE_SHIFT) & 8) != 0;
  let oldBase = segBase(old), oldSize: u32 = oldWide ? 4 : 2, oldFirst: u32 = oldWide ? 0x20 : 0x0e;
  let oldFlags = computeEflags(env);
  if (source == SWITCH_JMP || source == SWITCH_IRET) setBusy(env, segSelector(old), false);
  if (source == SWITCH_IRET) oldFlags &= ~x.NT_MASK;
  if (faulted(env)) return;
  stk(env, oldBase + oldFirst, oldSize, nextEip);
  stk(env, oldBase + oldFirst + oldSize, oldSize, oldFlags);
  for (let i: u32 = 0; i < 8; i++) stk(env, oldBase + oldFirst + (2 + i) * oldSize, oldSize, reg(env, i));
  for (let i: u32 = 0; i < <u32>(oldWide ? 6 : 4); i++) {
    stk(env, oldBase + (oldWide ? 0x48 + i * 4 : 0x22 + i * 2), 2, segSelector(seg(env, i)));
  }
  if (faulted(env)) return;
  if (source == SWITCH_CALL) {
    stk(env, base, 2, segSelector(old));
    setTask(1, task(1) | x.NT_MASK);
  }
  if (source != SWITCH_IRET) setBusy(env, selector, true);
  if (faulted(env)) return;

  store<u64>(env, cr(env, 0) | x.CR0_TS, x.X_CR);
  // Local breakpoints are the old task's (SDM volume 3, 18.2.4).
  writeDr7(env, load<u64>(env, x.X_DR + 56) & ~<u64>0x55);
  setSeg(old, selector, base, limit, flags | x.DESC_TSS_BUSY);
  debugNewTask = trap;
  loadTask(env, wide);
  // The faults are the new task's: its registers are in place, and nothing is to be restored.
  if (load<u32>(env, ENV_PENDING) == EXIT_EXCEPTION) store<u32>(env, EXIT_STOP, ENV_PENDING);
}

/** The T bit of the TSS that was switched to last. */
let debugNewTask: bool = false;

/** Raises #DB before the new task's first instruction if its TSS asks for it (SDM volume 3, 18.3.1.5). */
export function taskTrap(env: u32): void {
  if (faulted(env) || !debugNewTask) return;
  debugNewTask = false;
  store<u64>(env, load<u64>(env, x.X_DR + 48) | x.DR6_BT, x.X_DR + 48);
  raise(env, x.EXCP01_DB);
  store<u32>(env, EXIT_STOP, ENV_PENDING);
}

/** Loads the registers of the new task from `TASK`. */
function loadTask(env: u32, wide: bool): void {
  let badTables = false;
  if (wide && (cr(env, 0) & <u64>x.CR0_PG)) {
    store<u64>(env, task(17), x.X_CR + 24);
    if (cr(env, 4) & x.CR4_PAE) badTables = !loadPdptrs(env, task(17));
    tlbFlush(env);
  }
  setEip(env, task(0));
  let flagMask: u32 = x.TF_MASK | x.AC_MASK | x.ID_MASK | x.IF_MASK | x.IOPL_MASK | x.VM_MASK | x.RF_MASK | x.NT_MASK;
  if (!wide) flagMask &= 0xffff;
  loadEflags(env, task(1), flagMask);
  for (let i: u32 = 0; i < 8; i++) setReg(env, i, wide ? task(2 + i) : (reg(env, i) & 0xffff0000) | task(2 + i));
  if (vm86(env)) {
    for (let i: u32 = 0; i < 6; i++) loadSegVm(env, i, task(10 + i));
    setCpl(env, 3);
  } else {
    // The selectors first: a fault while their descriptors load leaves the new ones visible.
    setCpl(env, task(10 + x.R_CS) & 3);
    for (let i: u32 = 0; i < 6; i++) setSeg(seg(env, i), task(10 + i), 0, 0, 0);
    updateSegmentFlags(env);
  }
  if (badTables) {
    raiseErr(env, x.EXCP0D_GPF, 0);
    return;
  }
  let ldt = task(16);
  setSeg(env + x.X_LDT, ldt & ~4, 0, 0, 0);
  if ((ldt & 0xfffc) != 0) {
    if ((ldt & 4) || !loadSegment(env, ldt) || (e2 & x.DESC_S) || ((e2 >> x.DESC_TYPE_SHIFT) & 0xf) != 2 || !(e2 & x.DESC_P)) {
      if (!faulted(env)) raiseErr(env, x.EXCP0A_TSS, ldt & 0xfffc);
      return;
    }
    setSeg(env + x.X_LDT, ldt, descBase(), descLimit(), e2);
  }
  if (!vm86(env)) {
    let level = task(10 + x.R_CS) & 3;
    if (!tssLoadSeg(env, x.R_CS, task(10 + x.R_CS), level) || !tssLoadSeg(env, x.R_SS, task(10 + x.R_SS), level)) return;
    if (!tssLoadSeg(env, x.R_ES, task(10), level) || !tssLoadSeg(env, x.R_DS, task(10 + x.R_DS), level)) return;
    if (!tssLoadSeg(env, x.R_FS, task(10 + x.R_FS), level) || !tssLoadSeg(env, x.R_GS, task(10 + x.R_GS), level)) return;
  }
  if (task(0) > segLimit(seg(env, x.R_CS))) raiseErr(env, x.EXCP0D_GPF, 0);
}
