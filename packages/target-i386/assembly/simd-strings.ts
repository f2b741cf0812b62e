// SPDX-License-Identifier: GPL-2.0-or-later
//
// String comparisons of SSE4.2 (SDM volume 2, 4.1).

import { reg, setReg } from './env'
import * as x from '../src/tcg/x86-layout'

function element(at: u32, i: u32, mode: u32): i32 {
  switch (mode & 3) {
    case 0: return load<u8>(at + i);
    case 1: return load<u16>(at + i * 2);
    case 2: return load<i8>(at + i);
    default: return load<i16>(at + i * 2);
  }
}

/** Where a string ends by itself. */
function implicitLength(at: u32, mode: u32, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++) if (element(at, i, mode) == 0) return i;
  return count;
}

/** A length in a register, by its magnitude. */
function explicitLength(value: i64, count: u32): u32 {
  let size = value < 0 ? <u64>-value : <u64>value;
  return size > count ? count : <u32>size;
}

/** Intermediate result 1 (SDM volume 2, 4.1.6): the aggregation of comparisons. */
function aggregate(a: u32, b: u32, la: u32, lb: u32, mode: u32, count: u32): u32 {
  let result: u32 = 0;
  for (let j: u32 = 0; j < count; j++) {
    let bit: bool = false;
    switch ((mode >> 2) & 3) {
      case 0: // any element of a
        for (let i: u32 = 0; i < la && j < lb; i++) bit = bit || element(a, i, mode) == element(b, j, mode);
        break;
      case 1: // a range of a
        for (let i: u32 = 0; i + 1 < la && j < lb; i += 2) {
          let value = element(b, j, mode);
          bit = bit || (value >= element(a, i, mode) && value <= element(a, i + 1, mode));
        }
        break;
      case 2: // each with its like
        bit = j < la && j < lb ? element(a, j, mode) == element(b, j, mode) : j >= la && j >= lb;
        break;
      default: // a stands in b, from j on
        bit = true;
        for (let i: u32 = 0; i < la && i + j < count; i++) {
          if (i + j >= lb || element(a, i, mode) != element(b, i + j, mode)) bit = false;
        }
    }
    if (bit) result |= 1 << j;
  }
  return result;
}

/**
 * PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM: condition codes. `c`: the immediate, bit 8 for explicit lengths, bit 9 for a mask as
 * the result, bit 10 for lengths of 64 bits.
 */
export function helper_pcmpstr(env: u32, d: u64, s: u64, c: u64): u64 {
  let a = env + <u32>d, b = env + <u32>s, mode = <u32>c & 0x7f, count: u32 = mode & 1 ? 8 : 16;
  let la: u32, lb: u32;
  if (c & 0x100) {
    let rax = reg(env, 0), rdx = reg(env, 2), wide = (c & 0x400) != 0;
    la = explicitLength(wide ? <i64>rax : <i64><i32>rax, count);
    lb = explicitLength(wide ? <i64>rdx : <i64><i32>rdx, count);
  } else {
    la = implicitLength(a, mode, count);
    lb = implicitLength(b, mode, count);
  }
  let all: u32 = mode & 1 ? 0xff : 0xffff;
  let result = aggregate(a, b, la, lb, mode, count);
  if ((mode & 0x30) == 0x10) result ^= all;
  else if ((mode & 0x30) == 0x30) result ^= lb >= 32 ? all : all & ((1 << lb) - 1);
  result &= all;
  let codes: u64 = (result ? x.CC_C : 0) | (lb < count ? x.CC_Z : 0) | (la < count ? x.CC_S : 0) | (result & 1 ? x.CC_O : 0);
  if (!(c & 0x200)) {
    setReg(env, 1, result == 0 ? count : mode & 0x40 ? 31 - clz<u32>(result) : ctz<u32>(result));
    return codes;
  }
  let low: u64 = result, high: u64 = 0;
  if (mode & 0x40) {
    low = 0;
    for (let i: u32 = 0; i < count; i++) {
      if (!((result >> i) & 1)) continue;
      if (mode & 1) {
        if (i < 4) low |= <u64>0xffff << (i * 16);
        else high |= <u64>0xffff << ((i - 4) * 16);
      } else if (i < 8) low |= <u64>0xff << (i * 8);
      else high |= <u64>0xff << ((i - 8) * 8);
    }
  }
  store<u64>(env, low, x.X_XMM);
  store<u64>(env, high, x.X_XMM + 8);
  return codes;
}
