// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packed instructions whose meaning does not fit in an expression (SDM volume 2). Operands are offsets in the CPU's block;
// what both have in common is generated into build/simd.ts.

import { probeWrite } from '@dromaius/tcg/assembly/softmmu'
import { ENV_MMU_IDX } from '@dromaius/tcg/src/layout'
import { faulted, stu } from './env'
import * as x from '../src/tcg/x86-layout'

/** PSLLDQ (bit 8 of `c` clear) and PSRLDQ by bytes. */
export function helper_psdq(env: u32, d: u64, c: u64, _: u64): u64 {
  let at = env + <u32>d, room = env + x.X_SSE_T1, n = <u32>c & 0xff;
  if (n > 16) n = 16;
  memory.fill(room, 0, 48);
  v128.store(room + 16, v128.load(at));
  v128.store(at, c & 0x100 ? v128.load(room + 16 + n) : v128.load(room + 16 - n));
  return 0;
}

/** PALIGNR on 16 bytes or, with bit 8 of `c`, on 8. */
export function helper_palignr(env: u32, d: u64, s: u64, c: u64): u64 {
  let room = env + x.X_SSE_T1, n = <u32>c & 0xff, half = (c & 0x100) != 0;
  // The source may be the room for memory operands right before.
  let source = v128.load(env + <u32>s), target = v128.load(env + <u32>d);
  memory.fill(room, 0, 64);
  v128.store(room, source);
  if (half) {
    store<u64>(room, i64x2.extract_lane(target, 0), 8);
    store<u64>(room, 0, 16);
    store<u64>(env + <u32>d, n > 16 ? 0 : load<u64>(room + n));
  } else {
    v128.store(room + 16, target);
    v128.store(env + <u32>d, n > 32 ? i32x4.splat(0) : v128.load(room + n));
  }
  return 0;
}

/** PSHUFD and SHUFPS: `c` is the immediate; with bit 8 the lower half comes from the destination. */
export function helper_shuffle32(env: u32, d: u64, s: u64, c: u64): u64 {
  let to = env + <u32>d, from = env + <u32>s, first = c & 0x100 ? to : from, order = <u32>c;
  let w0 = load<u32>(first + (order & 3) * 4), w1 = load<u32>(first + ((order >> 2) & 3) * 4);
  let w2 = load<u32>(from + ((order >> 4) & 3) * 4), w3 = load<u32>(from + ((order >> 6) & 3) * 4);
  store<u64>(to, <u64>w0 | (<u64>w1 << 32));
  store<u64>(to, <u64>w2 | (<u64>w3 << 32), 8);
  return 0;
}

/** SHUFPD. */
export function helper_shufpd(env: u32, d: u64, s: u64, c: u64): u64 {
  let to = env + <u32>d;
  let low = load<u64>(to + (<u32>c & 1) * 8), high = load<u64>(env + <u32>s + ((<u32>c >> 1) & 1) * 8);
  store<u64>(to, low);
  store<u64>(to, high, 8);
  return 0;
}

function shuffle16(value: u64, order: u32): u64 {
  let result: u64 = 0;
  for (let i: u32 = 0; i < 4; i++) result |= ((value >> (((order >> (i * 2)) & 3) * 16)) & 0xffff) << (i * 16);
  return result;
}

/** PSHUFLW, PSHUFHW, PSHUFW: bit 8 of `c` for the high half, bit 9 for MMX. */
export function helper_shuffle16(env: u32, d: u64, s: u64, c: u64): u64 {
  let to = env + <u32>d, low = load<u64>(env + <u32>s), high = load<u64>(env + <u32>s, 8), order = <u32>c & 0xff;
  if (c & 0x100) high = shuffle16(high, order);
  else low = shuffle16(low, order);
  store<u64>(to, low);
  if (!(c & 0x200)) store<u64>(to, high, 8);
  return 0;
}

/** PMOVMSKB (`c` 0, 1 for MMX), MOVMSKPS (2), MOVMSKPD (3). */
export function helper_movmsk(env: u32, s: u64, c: u64, _: u64): u64 {
  let value = v128.load(env + <u32>s);
  switch (<u32>c) {
    case 0: return i8x16.bitmask(value);
    case 1: return i8x16.bitmask(value) & 0xff;
    case 2: return i32x4.bitmask(value);
    default: return i64x2.bitmask(value);
  }
}

/** PTEST: condition codes. */
export function helper_ptest(env: u32, d: u64, s: u64, _: u64): u64 {
  let a = v128.load(env + <u32>d), b = v128.load(env + <u32>s);
  return (v128.any_true(v128.and(a, b)) ? 0 : x.CC_Z) | (v128.any_true(v128.andnot(b, a)) ? 0 : x.CC_C);
}

/** BLENDPS, BLENDPD, PBLENDW: bit i of `c` picks lane i of the source; lanes of 1 << (c >> 8) bytes. */
export function helper_blend(env: u32, d: u64, s: u64, c: u64): u64 {
  let size = <u32>1 << (<u32>c >> 8);
  for (let i: u32 = 0; i < 16; i += size) {
    if ((<u32>c >> (i / size)) & 1) memory.copy(env + <u32>d + i, env + <u32>s + i, size);
  }
  return 0;
}

/** PBLENDVB, BLENDVPS, BLENDVPD by the signs in XMM0: `c` is 0, 2 or 3. */
export function helper_blendv(env: u32, d: u64, s: u64, c: u64): u64 {
  let mask = v128.load(env + x.X_XMM), at = env + <u32>d;
  mask = c == 0 ? i8x16.shr_s(mask, 7) : c == 2 ? i32x4.shr_s(mask, 31) : i64x2.shr_s(mask, 63);
  v128.store(at, v128.bitselect(v128.load(env + <u32>s), v128.load(at), mask));
  return 0;
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
