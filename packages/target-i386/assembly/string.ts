// SPDX-License-Identifier: GPL-2.0-or-later
//
// Repeated string instructions. A call does a bounded number of rounds, so that interrupts are seen in between; the
// registers are right after each round, so that a fault or an interrupt finds the instruction as the manual has it.

import { tlbEntry } from '@dromaius/tcg/assembly/softmmu'
import {
  ACCESS_READ, ACCESS_WRITE, ENV_BULK_LEFT, ENV_ICOUNT_DECR, ENV_MMU_IDX, ENV_WATCH_COUNT, TLB_ADDEND,
} from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { faulted, ldu, reg, seg, segBase, setReg, stu } from './env'
import { segmentRefuses } from './seg'

const RAX = 0, RCX = 1, RSI = 6, RDI = 7;
/** Rounds of one call at most. So many are done whatever is in the TLB: instructions are counted by calls. */
const ROUNDS: u64 = 4096;

/** Bits of `what` after the operand size in bytes (bits 3:0): address size in bytes, segment of the source plus one. */
@inline function addressMask(what: u64): u64 {
  let size = (what >> 4) & 15;
  return size == 8 ? -1 : size == 4 ? 0xffffffff : 0xffff;
}

@inline function putIndex(env: u32, n: u32, mask: u64, value: u64): void {
  if (mask == 0xffff) setReg(env, n, (reg(env, n) & ~<u64>0xffff) | (value & mask));
  else setReg(env, n, value & mask);
}

@inline function segmentBase(env: u32, n: u32): u64 {
  return (<u32>load<u64>(env, x.X_HFLAGS) & x.HF_CS64) != 0 && n < <u32>x.R_FS ? 0 : segBase(seg(env, n));
}

/** Host address of guest memory that can be accessed in place, 0 where each access has to be looked at. */
function direct(env: u32, addr: u64, access: u32): u32 {
  if (load<u32>(env, ENV_WATCH_COUNT) != 0) return 0;
  let entry = tlbEntry(env, addr, load<u32>(env, ENV_MMU_IDX));
  return load<u64>(entry + access * 8) == (addr & ~<u64>0xfff) ? <u32>addr + load<u32>(entry, TLB_ADDEND) : 0;
}

/** Rounds until either pointer would leave its page or the index register would wrap; forward only. */
function roundsInPage(addr: u64, index: u64, mask: u64, size: u64, limit: u64): u64 {
  let rounds = (0x1000 - (addr & 0xfff)) / size;
  if (rounds > limit) rounds = limit;
  let wrap = mask - index < 0x1000 ? (mask - index) / size : rounds;
  return wrap < rounds ? wrap : rounds;
}

/** Takes what a call has moved from the slice, which counts instructions: one call moves as much as thousands of them. */
function bulk(env: u32, bytes: u64): void {
  let left = load<i32>(env, ENV_BULK_LEFT) - <i32>bytes;
  store<i32>(env, left, ENV_BULK_LEFT);
  if (left <= 0) store<u32>(env, load<u32>(env, ENV_ICOUNT_DECR) | 0x80000000, ENV_ICOUNT_DECR);
}

/** REP MOVS; true when RCX has come to zero. @qemu target/i386/tcg/translate.c gen_repz */
export function helper_rep_movs(env: u32, what: u64, b: u64, c: u64): u64 {
  let size = what & 15, mask = addressMask(what);
  let source = segmentBase(env, <u32>(what >> 8) - 1), target = segmentBase(env, x.R_ES);
  let step = load<u64>(env, x.X_DF) * size;
  let wide: u64 = <u32>load<u64>(env, x.X_HFLAGS) & x.HF_CS64 ? -1 : 0xffffffff;
  let done: u64 = 0;
  while (done < ROUNDS) {
    let count = reg(env, RCX) & mask;
    if (count == 0) break;
    let left = ROUNDS - done < count ? ROUNDS - done : count;
    let si = reg(env, RSI) & mask, di = reg(env, RDI) & mask;
    let from = (source + si) & wide, to = (target + di) & wide;
    let rounds: u64 = 0, fromHost: u32 = 0, toHost: u32 = 0;
    if (<i64>step > 0) {
      rounds = roundsInPage(from, si, mask, size, roundsInPage(to, di, mask, size, left));
      if (rounds > 1) {
        fromHost = direct(env, from, ACCESS_READ);
        toHost = direct(env, to, ACCESS_WRITE);
      }
    }
    let bytes = <u32>(rounds * size);
    // Overlapping moves that go up repeat what they have written: those go one by one.
    if (fromHost != 0 && toHost != 0 && (toHost <= fromHost || toHost >= fromHost + bytes)) {
      memory.copy(toHost, fromHost, bytes);
    } else {
      rounds = 1;
      if (mask == 0xffff && (segmentRefuses(env, <u32>(what >> 8) - 1, si, size, false) || segmentRefuses(env, x.R_ES, di, size, true))) return 0;
      let value = ldu(env, from, <u32>size);
      if (faulted(env)) return 0;
      stu(env, to, <u32>size, value);
      if (faulted(env)) return 0;
    }
    putIndex(env, RSI, mask, si + step * rounds);
    putIndex(env, RDI, mask, di + step * rounds);
    putIndex(env, RCX, mask, count - rounds);
    done += rounds;
  }
  bulk(env, done * size);
  return (reg(env, RCX) & mask) == 0 ? 1 : 0;
}

/** REP STOS. @qemu target/i386/tcg/translate.c gen_repz */
export function helper_rep_stos(env: u32, what: u64, b: u64, c: u64): u64 {
  let size = what & 15, mask = addressMask(what);
  let target = segmentBase(env, x.R_ES);
  let step = load<u64>(env, x.X_DF) * size;
  let wide: u64 = <u32>load<u64>(env, x.X_HFLAGS) & x.HF_CS64 ? -1 : 0xffffffff;
  let value = reg(env, RAX);
  let done: u64 = 0;
  while (done < ROUNDS) {
    let count = reg(env, RCX) & mask;
    if (count == 0) break;
    let left = ROUNDS - done < count ? ROUNDS - done : count;
    let di = reg(env, RDI) & mask;
    let to = (target + di) & wide;
    let rounds = <i64>step > 0 ? roundsInPage(to, di, mask, size, left) : 0;
    let host = rounds > 1 ? direct(env, to, ACCESS_WRITE) : 0;
    if (host != 0) fill(host, value, <u32>size, <u32>rounds);
    else {
      rounds = 1;
      if (mask == 0xffff && segmentRefuses(env, x.R_ES, di, size, true)) return 0;
      stu(env, to, <u32>size, value);
      if (faulted(env)) return 0;
    }
    putIndex(env, RDI, mask, di + step * rounds);
    putIndex(env, RCX, mask, count - rounds);
    done += rounds;
  }
  bulk(env, done * size);
  return (reg(env, RCX) & mask) == 0 ? 1 : 0;
}

function fill(host: u32, value: u64, size: u32, rounds: u32): void {
  if (size == 1) memory.fill(host, <u8>value, rounds);
  else if (size == 2) for (let i: u32 = 0; i < rounds; i++) store<u16>(host + (i << 1), <u16>value);
  else if (size == 4) for (let i: u32 = 0; i < rounds; i++) store<u32>(host + (i << 2), <u32>value);
  else for (let i: u32 = 0; i < rounds; i++) store<u64>(host + (i << 3), value);
}
