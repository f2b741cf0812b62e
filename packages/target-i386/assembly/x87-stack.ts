// SPDX-License-Identifier: GPL-2.0-or-later
//
// The x87's stack of registers, its control and status words, and what an instruction does with them before and after its own
// work (SDM volume 1, 8.1; QEMU's target/i386/tcg/fpu_helper.c).

import {
  begin, CLS_ZERO, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INVALID, FLAG_OVERFLOW, FLAG_UNDERFLOW, flags, pack80, Parts,
  raiseFlag, roundedUp, setIndefinite, unpack80,
} from './softfloat'
import * as x from '../src/tcg/x86-layout'

export const FSW_SF: u32 = 0x40, FSW_ES: u32 = 0x80, FSW_C0: u32 = 0x100, FSW_C1: u32 = 0x200, FSW_C2: u32 = 0x400, FSW_C3: u32 = 0x4000, FSW_B: u32 = 0x8000;
export const CONDITIONS: u32 = 0x4700;

@inline export function top(env: u32): u32 { return <u32>load<u64>(env, x.X_FPSTT); }
@inline export function setTop(env: u32, value: u32): void { store<u64>(env, <u64>(value & 7), x.X_FPSTT); }
@inline export function fpus(env: u32): u32 { return <u32>load<u64>(env, x.X_FPUS); }
@inline export function setFpus(env: u32, value: u32): void { store<u64>(env, <u64>(value & 0xffff), x.X_FPUS); }
@inline export function fpuc(env: u32): u32 { return <u32>load<u64>(env, x.X_FPUC); }
@inline function phys(env: u32, i: u32): u32 { return (top(env) + i) & 7; }
@inline export function stAddress(env: u32, i: u32): u32 { return env + x.X_FPREGS + phys(env, i) * 16; }
@inline export function isEmpty(env: u32, i: u32): bool { return load<u8>(env + phys(env, i), x.X_FPTAGS) != 0; }
@inline export function setEmpty(env: u32, i: u32, empty: u32): void { store<u8>(env + phys(env, i), <u8>empty, x.X_FPTAGS); }

export function precision(env: u32): i32 {
  let pc = (fpuc(env) >> 8) & 3;
  return pc == 0 ? 24 : pc == 2 ? 53 : 64;
}

/** The instruction leaves C1 as it is. */
let leaveC1: bool = false;
export function setLeaveC1(value: bool): void { leaveC1 = value; }
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

/** Pushes what needs no look at it, when the stack is not full. */
export function pushQuickly(env: u32, mantissa: u64, high: u64): void {
  setTop(env, top(env) - 1);
  store<u64>(stAddress(env, 0), mantissa);
  store<u64>(stAddress(env, 0), high, 8);
  setEmpty(env, 0, 0);
  setFpus(env, fpus(env) & ~FSW_C1);
}
