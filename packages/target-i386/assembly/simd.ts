// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packed instructions whose meaning does not fit in an expression (SDM volume 2). Operands are offsets in the CPU's block;
// what both have in common is generated into build/simd.ts.

import { probeWrite } from '@dromaius/tcg/assembly/softmmu'
import { ENV_MMU_IDX } from '@dromaius/tcg/src/layout'
import { faulted, stu } from './env'
import * as x from '../src/tcg/x86-layout'

/** PALIGNR on MMX registers. */
export function helper_palignr(env: u32, d: u64, s: u64, c: u64): u64 {
  let room = env + x.X_SSE_T1, n = <u32>c & 0xff;
  // The source may be the room for memory operands right before.
  let source = load<u64>(env + <u32>s), target = load<u64>(env + <u32>d);
  memory.fill(room, 0, 32);
  store<u64>(room, source);
  store<u64>(room, target, 8);
  store<u64>(env + <u32>d, n > 16 ? 0 : load<u64>(room + n));
  return 0;
}

function shuffle16(value: u64, order: u32): u64 {
  let result: u64 = 0;
  for (let i: u32 = 0; i < 4; i++) result |= ((value >> (((order >> (i * 2)) & 3) * 16)) & 0xffff) << (i * 16);
  return result;
}

/** PSHUFW. */
export function helper_shuffle16(env: u32, d: u64, s: u64, c: u64): u64 {
  store<u64>(env + <u32>d, shuffle16(load<u64>(env + <u32>s), <u32>c));
  return 0;
}

/** PMOVMSKB of an MMX register. */
export function helper_movmsk(env: u32, s: u64, b: u64, c: u64): u64 {
  return i8x16.bitmask(v128.load64_zero(env + <u32>s));
}

/** INSERTPS: the immediate `c`, its source lane zero for memory. */
export function helper_insertps(env: u32, d: u64, s: u64, c: u64): u64 {
  let value = load<u32>(env + <u32>s + ((<u32>c >> 6) & 3) * 4);
  store<u32>(env + <u32>d + ((<u32>c >> 4) & 3) * 4, value);
  for (let i: u32 = 0; i < 4; i++) if ((<u32>c >> i) & 1) store<u32>(env + <u32>d + i * 4, 0);
  return 0;
}

/** PHMINPOSUW. */
export function helper_phminposuw_xmm(env: u32, d: u64, s: u64, c: u64): u64 {
  let best: u32 = 0x10000, where: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    let value = <u32>load<u16>(env + <u32>s + i * 2);
    if (value < best) {
      best = value;
      where = i;
    }
  }
  store<u64>(env + <u32>d, best | (where << 16));
  store<u64>(env + <u32>d, 0, 8);
  return 0;
}

/** MPSADBW. */
export function helper_mpsadbw(env: u32, d: u64, s: u64, c: u64): u64 {
  let from = env + <u32>s + (<u32>c & 3) * 4, first = env + <u32>d + (<u32>c & 4), room = env + x.X_SSE_T1;
  for (let i: u32 = 0; i < 8; i++) {
    let sum: i32 = 0;
    for (let k: u32 = 0; k < 4; k++) sum += abs<i32>(<i32>load<u8>(first + i + k) - <i32>load<u8>(from + k));
    store<u16>(room + i * 2, <u16>sum);
  }
  v128.store(env + <u32>d, v128.load(room));
  return 0;
}

/** MASKMOVDQU, MASKMOVQ: bytes of `d` whose mask in `s` is negative, to `address`. `bytes` is in the upper half of `s`. */
export function helper_maskmov(env: u32, d: u64, s: u64, address: u64): u64 {
  let bytes = <u32>(s >> 32), mask = env + <u32>s;
  if (!probeWrite(env, address, bytes, load<u32>(env, ENV_MMU_IDX))) return 0;
  for (let i: u32 = 0; i < bytes; i++) {
    if (!(load<u8>(mask + i) & 0x80)) continue;
    stu(env, address + i, 1, load<u8>(env + <u32>d + i));
    if (faulted(env)) return 0;
  }
  return 0;
}

/** CRC32 of `bits` (a number of bits) of `value`: polynomial 0x11edc6f41, reflected. */
export function helper_crc32(env: u32, crc: u64, value: u64, bits: u64): u64 {
  let rest = <u32>crc;
  for (let i: u64 = 0; i < bits; i += 8) {
    rest ^= <u32>(value >> i) & 0xff;
    for (let k = 0; k < 8; k++) rest = (rest >> 1) ^ (rest & 1 ? 0x82f63b78 : 0);
  }
  return rest;
}
