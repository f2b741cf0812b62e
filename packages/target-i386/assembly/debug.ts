// SPDX-License-Identifier: GPL-2.0-or-later
//
// The guest's own breakpoints (SDM volume 3, 18.2). While one is enabled, blocks hold one instruction each: breakpoints on
// code are looked for before it, and those on data and ports, which it may have touched, behind it.

import { tlbFlush } from '@dromaius/tcg/assembly/softmmu'
import {
  ENV_DEBUG_COUNT, ENV_DEBUG_HITS, ENV_DEBUGS, ENV_EXCEPTION_IS_INT, ENV_WATCH_SIZE,
} from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { cr, eflagsRaw, hflags, raise, setHflags, stop } from './env'

const EXECUTE: u32 = 0;
const WRITE: u32 = 1;
const PORT: u32 = 2;

@inline function dr(env: u32, n: u32): u64 { return load<u64>(env + (n << 3), x.X_DR); }
@inline function enabled(env: u32, n: u32): bool { return ((dr(env, 7) >> (2 * n)) & 3) != 0; }
@inline function kind(env: u32, n: u32): u32 { return <u32>(dr(env, 7) >> (16 + 4 * n)) & 3; }
/** Bytes: 1, 2, 8, 4. */
function length(env: u32, n: u32): u32 {
  let code = <u32>(dr(env, 7) >> (18 + 4 * n)) & 3;
  return code == 2 ? 8 : code + 1;
}

/**
 * Tells the translator and the soft MMU which breakpoints there are. Called whenever a debug register changes.
 * @qemu target/i386/tcg/sysemu/bpt_helper.c cpu_x86_update_dr7
 */
export function updateBreakpoints(env: u32): void {
  let any = false;
  let count: u32 = 0, old = load<u32>(env, ENV_DEBUG_COUNT);
  for (let n: u32 = 0; n < 4; n++) {
    if (!enabled(env, n)) continue;
    any = true;
    let what = kind(env, n);
    if (what == EXECUTE || what == PORT) continue;
    let at = env + ENV_DEBUGS + count * ENV_WATCH_SIZE, bytes = length(env, n);
    store<u64>(at, dr(env, n) & ~<u64>(bytes - 1));
    store<u32>(at, bytes | (n << 8), 8);
    store<u32>(at, what == WRITE ? 2 : 3, 12);
    count++;
  }
  store<u32>(env, count, ENV_DEBUG_COUNT);
  setHflags(env, any ? hflags(env) | x.HF_BREAK : hflags(env) & ~x.HF_BREAK);
  if (count != 0 || old != 0) tlbFlush(env);
}

/** @qemu target/i386/tcg/sysemu/bpt_helper.c cpu_x86_update_dr7 */
export function writeDr7(env: u32, value: u64): void {
  if (value == dr(env, 7)) return;
  store<u64>(env, value, x.X_DR + 56);
  updateBreakpoints(env);
}

/** Notes in DR6 which breakpoints were hit (its bits 3:0), and why else. */
function report(env: u32, hits: u64, why: u64): void {
  store<u64>(env, (dr(env, 6) & ~<u64>15) | hits | why, x.X_DR + 48);
}

/** The instruction at the linear address is about to be executed: #DB, a fault, if a breakpoint is there. @qemu target/i386/tcg/sysemu/bpt_helper.c check_hw_breakpoints */
export function helper_ibreak(env: u32, pc: u64, b: u64, c: u64): u64 {
  let hits: u64 = 0;
  for (let n: u32 = 0; n < 4; n++) {
    if (enabled(env, n) && kind(env, n) == EXECUTE && dr(env, n) == pc) hits |= 1 << n;
  }
  if (hits == 0) return 0;
  report(env, hits, 0);
  return raise(env, x.EXCP01_DB);
}

/** Notes that a port with a breakpoint is accessed. @qemu target/i386/tcg/sysemu/bpt_helper.c helper_bpt_io */
export function checkPort(env: u32, port: u32, size: u32): void {
  if (!(hflags(env) & x.HF_BREAK) || !(cr(env, 4) & x.CR4_DE)) return;
  for (let n: u32 = 0; n < 4; n++) {
    if (!enabled(env, n) || kind(env, n) != PORT) continue;
    let bytes = length(env, n), at = <u32>dr(env, n) & ~(bytes - 1);
    if (at < port + size && port < at + bytes) store<u32>(env, load<u32>(env, ENV_DEBUG_HITS) | (1 << n), ENV_DEBUG_HITS);
  }
}

/** The end of an instruction: #DB, a trap, for single steps (`step`) and what was hit meanwhile. @qemu target/i386/tcg/bpt_helper.c helper_single_step */
export function helper_single_step(env: u32, step: u64, b: u64, c: u64): u64 {
  let hits = <u64>load<u32>(env, ENV_DEBUG_HITS);
  if (!step && hits == 0) return 0;
  store<u32>(env, 0, ENV_DEBUG_HITS);
  report(env, hits, step ? x.DR6_BS : 0);
  store<u32>(env, 0, ENV_EXCEPTION_IS_INT);
  return stop(env, x.EXCP01_DB);
}

/** The same, going by the TF that the instruction has left: SYSCALL and SYSRET. @qemu target/i386/tcg/bpt_helper.c helper_rechecking_single_step */
export function helper_rechecking_single_step(env: u32, a: u64, b: u64, c: u64): u64 {
  return helper_single_step(env, eflagsRaw(env) & x.TF_MASK ? 1 : 0, 0, 0);
}

/** INT1: #DB, a trap, with the next instruction's address in EIP. @qemu target/i386/tcg/translate.c gen_exception */
export function helper_icebp(env: u32, next: u64, b: u64, c: u64): u64 {
  store<u64>(env, next, x.X_EIP);
  store<u32>(env, 0, ENV_EXCEPTION_IS_INT);
  return stop(env, x.EXCP01_DB);
}

/** Number of a debug register, DR4 and DR5 standing for DR6 and DR7; -1 when an exception was raised. */
function debugRegister(env: u32, n: u64): i32 {
  if (n == 4 || n == 5) {
    if (cr(env, 4) & x.CR4_DE) {
      raise(env, x.EXCP06_ILLOP);
      return -1;
    }
    n += 2;
  }
  if (dr(env, 7) & x.DR7_GD) {
    store<u64>(env, dr(env, 6) | x.DR6_BD, x.X_DR + 48);
    raise(env, x.EXCP01_DB);
    return -1;
  }
  return <i32>n;
}

/** @qemu target/i386/tcg/sysemu/bpt_helper.c helper_get_dr */
export function helper_get_dr(env: u32, n: u64, b: u64, c: u64): u64 {
  let number = debugRegister(env, n);
  return number < 0 ? 0 : dr(env, <u32>number);
}

/** @qemu target/i386/tcg/sysemu/bpt_helper.c helper_set_dr */
export function helper_set_dr(env: u32, n: u64, value: u64, c: u64): u64 {
  let number = debugRegister(env, n);
  if (number < 0) return 0;
  if (number >= 6 && value >> 32) return raise(env, x.EXCP0D_GPF);
  if (number == 7) {
    writeDr7(env, (value & ~<u64>0xd000) | 0x400);
    return 0;
  }
  if (number == 6) value = (value & ~<u64>0x1000) | 0xffff0ff0;
  store<u64>(env + (<u32>number << 3), value, x.X_DR);
  if (number < 4) updateBreakpoints(env);
  return 0;
}
