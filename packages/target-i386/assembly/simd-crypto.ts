// SPDX-License-Identifier: GPL-2.0-or-later
//
// AES (FIPS 197) and carry-less multiplication (SDM volume 2, AESENC and PCLMULQDQ).

import * as x from '../src/tcg/x86-layout'

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
function times(a: u32, b: u32): u32 {
  let product: u32 = 0;
  for (; b != 0; b >>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return product & 0xff;
}

/** The S-box and its inverse, 256 bytes each, made when first asked for. */
const boxes = <u32>memory.data(512);
let made: bool = false;

function makeBoxes(): void {
  made = true;
  let p: u32 = 1, q: u32 = 1;
  do {
    // p runs through the powers of 3, q through their inverses.
    p = (p ^ (p << 1) ^ (p & 0x80 ? 0x11b : 0)) & 0xff;
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
    let value = (q ^ rotl<u8>(<u8>q, 1) ^ rotl<u8>(<u8>q, 2) ^ rotl<u8>(<u8>q, 3) ^ rotl<u8>(<u8>q, 4) ^ 0x63) & 0xff;
    store<u8>(boxes + p, <u8>value);
    store<u8>(boxes + 256 + value, <u8>p);
  } while (p != 1);
  store<u8>(boxes, 0x63);
  store<u8>(boxes + 256 + 0x63, 0);
}

function sub(byte: u32, inverse: bool): u32 {
  if (!made) makeBoxes();
  return load<u8>(boxes + (inverse ? 256 : 0) + byte);
}

/** Four bytes of a column, mixed. */
function mixed(column: u32, inverse: bool): u32 {
  let a = column & 0xff, b = (column >> 8) & 0xff, c = (column >> 16) & 0xff, d = column >> 24;
  let e: u32 = inverse ? 14 : 2, f: u32 = inverse ? 11 : 3, g: u32 = inverse ? 13 : 1, h: u32 = inverse ? 9 : 1;
  return (times(a, e) ^ times(b, f) ^ times(c, g) ^ times(d, h))
    | ((times(a, h) ^ times(b, e) ^ times(c, f) ^ times(d, g)) << 8)
    | ((times(a, g) ^ times(b, h) ^ times(c, e) ^ times(d, f)) << 16)
    | ((times(a, f) ^ times(b, g) ^ times(c, h) ^ times(d, e)) << 24);
}

/** AESENC (`c` 0), AESENCLAST (1), AESDEC (2), AESDECLAST (3). */
export function helper_aes_round(env: u32, d: u64, s: u64, c: u64): u64 {
  let inverse = (c & 2) != 0, at = env + <u32>d, room = env + x.X_SSE_T1;
  for (let column: u32 = 0; column < 4; column++) {
    for (let row: u32 = 0; row < 4; row++) {
      let from = (inverse ? column - row : column + row) & 3;
      store<u8>(room + column * 4 + row, <u8>sub(load<u8>(at + from * 4 + row), inverse));
    }
  }
  for (let column: u32 = 0; column < 16; column += 4) {
    let value = load<u32>(room + column);
    if (!(c & 1)) value = mixed(value, inverse);
    store<u32>(room + column, value ^ load<u32>(env + <u32>s + column));
  }
  v128.store(at, v128.load(room));
  return 0;
}

/** AESIMC. */
export function helper_aesimc_xmm(env: u32, d: u64, s: u64, c: u64): u64 {
  for (let i: u32 = 0; i < 16; i += 4) store<u32>(env + <u32>d + i, mixed(load<u32>(env + <u32>s + i), true));
  return 0;
}

function subWord(word: u32): u32 {
  return sub(word & 0xff, false) | (sub((word >> 8) & 0xff, false) << 8) | (sub((word >> 16) & 0xff, false) << 16) | (sub(word >> 24, false) << 24);
}

/** AESKEYGENASSIST. */
export function helper_aeskeygenassist(env: u32, d: u64, s: u64, c: u64): u64 {
  let one = subWord(load<u32>(env + <u32>s, 4)), three = subWord(load<u32>(env + <u32>s, 12)), to = env + <u32>d;
  store<u32>(to, one);
  store<u32>(to, rotr<u32>(one, 8) ^ <u32>c, 4);
  store<u32>(to, three, 8);
  store<u32>(to, rotr<u32>(three, 8) ^ <u32>c, 12);
  return 0;
}

/** PCLMULQDQ. */
export function helper_pclmulqdq(env: u32, d: u64, s: u64, c: u64): u64 {
  let a = load<u64>(env + <u32>d + (<u32>c & 1) * 8), b = load<u64>(env + <u32>s + ((<u32>c >> 4) & 1) * 8);
  let low: u64 = 0, high: u64 = 0;
  for (let i: u64 = 0; i < 64; i++) {
    if (!((b >> i) & 1)) continue;
    low ^= a << i;
    if (i) high ^= a >> (64 - i);
  }
  store<u64>(env + <u32>d, low);
  store<u64>(env + <u32>d, high, 8);
  return 0;
}
