// SPDX-License-Identifier: GPL-2.0-or-later
//
// SYSCALL, SYSENTER and their ways back (QEMU's target/i386/tcg/seg_helper.c): code and stack are flat, and no table is read.

import * as x from '../src/tcg/x86-layout'
import { computeEflags, loadEflags } from './cc'
import { cpl, cr, eflagsRaw, hflags, isCanonical, lma, raise, raiseErr, reg, setEflagsRaw, setReg } from './env'
import { lookAtInterrupts } from './interrupt'
import { loadSegCache, setCpl, setEip } from './seg'

const RSP = 4;
const FLAT: u32 = x.DESC_G | x.DESC_P | x.DESC_S;

/** @qemu target/i386/tcg/sysemu/seg_helper.c helper_syscall */
export function helper_syscall(env: u32, next: u64, b: u64, c: u64): u64 {
  if (!(load<u64>(env, x.X_EFER) & x.EFER_SCE)) return raise(env, x.EXCP06_ILLOP);
  let star = load<u64>(env, x.X_STAR);
  let selector = <u32>(star >> 32) & 0xfffc, stack = <u32>(star >> 32) + 8;
  let wasWide = (hflags(env) & x.HF_CS64) != 0;
  let code: u32 = FLAT | x.DESC_CS | x.DESC_R | x.DESC_A;
  if (lma(env)) {
    setReg(env, 1, next);
    setReg(env, 11, computeEflags(env) & ~x.RF_MASK);
    setCpl(env, 0);
    loadSegCache(env, x.R_CS, selector, 0, 0xffffffff, code | x.DESC_L);
    loadSegCache(env, x.R_SS, stack, 0, 0xffffffff, FLAT | x.DESC_B | x.DESC_W | x.DESC_A);
    let mask = <u32>load<u64>(env, x.X_FMASK);
    let flags = computeEflags(env) & ~mask & ~x.RF_MASK;
    loadEflags(env, flags, ~0);
    setEip(env, load<u64>(env + (wasWide ? x.X_LSTAR : x.X_CSTAR)));
  } else {
    setReg(env, 1, next & 0xffffffff);
    setCpl(env, 0);
    loadSegCache(env, x.R_CS, selector, 0, 0xffffffff, code | x.DESC_B);
    loadSegCache(env, x.R_SS, stack, 0, 0xffffffff, FLAT | x.DESC_B | x.DESC_W | x.DESC_A);
    setEflagsRaw(env, eflagsRaw(env) & ~(x.IF_MASK | x.RF_MASK | x.VM_MASK));
    setEip(env, star & 0xffffffff);
  }
  return 0;
}

/** SYSRET; bit 0 of `what`: to 64-bit code, bit 1: on Intel's processors. @qemu target/i386/tcg/seg_helper.c helper_sysret */
export function helper_sysret(env: u32, what: u64, b: u64, c: u64): u64 {
  let wide = (what & 1) != 0;
  if (!(load<u64>(env, x.X_EFER) & x.EFER_SCE)) return raise(env, x.EXCP06_ILLOP);
  if (!(cr(env, 0) & x.CR0_PE) || cpl(env) != 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  let selector = <u32>(load<u64>(env, x.X_STAR) >> 48) & 0xffff;
  let code: u32 = FLAT | x.DESC_CS | x.DESC_R | x.DESC_A | (3 << x.DESC_DPL_SHIFT);
  let long = lma(env);
  // AMD's fetch from there, at level 3 (APM volume 3, SYSRET).
  if (what == 3 && long && !isCanonical(reg(env, 1))) return raiseErr(env, x.EXCP0D_GPF, 0);
  lookAtInterrupts(env);
  let rcx = reg(env, 1);
  if (long) loadEflags(env, <u32>reg(env, 11) & 0x3c7fd7, ~0);
  else setEflagsRaw(env, eflagsRaw(env) | x.IF_MASK);
  setCpl(env, 3);
  if (long && wide) loadSegCache(env, x.R_CS, (selector + 16) | 3, 0, 0xffffffff, code | x.DESC_L);
  else loadSegCache(env, x.R_CS, selector | 3, 0, 0xffffffff, code | x.DESC_B);
  setEip(env, long && wide ? rcx : rcx & 0xffffffff);
  loadSegCache(env, x.R_SS, (selector + 8) | 3, 0, 0xffffffff, FLAT | x.DESC_B | x.DESC_W | x.DESC_A | (3 << x.DESC_DPL_SHIFT));
  return 0;
}

/** @qemu target/i386/tcg/seg_helper.c helper_sysenter */
export function helper_sysenter(env: u32, a: u64, b: u64, c: u64): u64 {
  let cs = <u32>load<u64>(env, x.X_SYSENTER_CS);
  if ((cs & 0xfffc) == 0 || !(cr(env, 0) & x.CR0_PE)) return raiseErr(env, x.EXCP0D_GPF, 0);
  setEflagsRaw(env, eflagsRaw(env) & ~(x.VM_MASK | x.IF_MASK | x.RF_MASK));
  setCpl(env, 0);
  let code: u32 = FLAT | x.DESC_CS | x.DESC_R | x.DESC_A;
  loadSegCache(env, x.R_CS, cs & 0xfffc, 0, 0xffffffff, code | (lma(env) ? x.DESC_L : x.DESC_B));
  loadSegCache(env, x.R_SS, (cs + 8) & 0xfffc, 0, 0xffffffff, FLAT | x.DESC_B | x.DESC_W | x.DESC_A);
  let mask: u64 = lma(env) ? -1 : 0xffffffff;
  setReg(env, RSP, load<u64>(env, x.X_SYSENTER_ESP) & mask);
  setEip(env, load<u64>(env, x.X_SYSENTER_EIP) & mask);
  return 0;
}

/** @qemu target/i386/tcg/seg_helper.c helper_sysexit */
export function helper_sysexit(env: u32, wide: u64, b: u64, c: u64): u64 {
  let cs = <u32>load<u64>(env, x.X_SYSENTER_CS);
  if ((cs & 0xfffc) == 0 || !(cr(env, 0) & x.CR0_PE) || cpl(env) != 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  let rcx = reg(env, 1), rdx = reg(env, 2);
  if (wide && (!isCanonical(rcx) || !isCanonical(rdx))) return raiseErr(env, x.EXCP0D_GPF, 0);
  setCpl(env, 3);
  let base = (cs + (wide ? 32 : 16)) & 0xfffc;
  let user: u32 = 3 << x.DESC_DPL_SHIFT;
  loadSegCache(env, x.R_CS, base | 3, 0, 0xffffffff, FLAT | x.DESC_CS | x.DESC_R | x.DESC_A | user | (wide ? x.DESC_L : x.DESC_B));
  loadSegCache(env, x.R_SS, (base + 8) | 3, 0, 0xffffffff, FLAT | x.DESC_B | x.DESC_W | x.DESC_A | user);
  setReg(env, RSP, wide ? rcx : rcx & 0xffffffff);
  setEip(env, wide ? rdx : rdx & 0xffffffff);
  return 0;
}
