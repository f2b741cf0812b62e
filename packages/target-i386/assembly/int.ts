// SPDX-License-Identifier: GPL-2.0-or-later
//
// Integer instructions that are too long for the intermediate representation (QEMU's target/i386/tcg/int_helper.c).

import * as x from '../src/tcg/x86-layout'
import { ccNow, setCc } from './cc'
import { faulted, ldu, raise, reg, setReg, stu } from './env'

const RAX = 0, RCX = 1, RDX = 2, RBX = 3;

function setLow(env: u32, n: u32, value: u64, mask: u64): void {
  setReg(env, n, (reg(env, n) & ~mask) | (value & mask));
}

/** @qemu target/i386/tcg/int_helper.c helper_divb_AL */
export function helper_divb(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = <u32>reg(env, RAX) & 0xffff, den = <u32>divisor & 0xff;
  if (den == 0) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q > 0xff) return raise(env, x.EXCP00_DIVZ);
  setLow(env, RAX, q | ((num % den) << 8), 0xffff);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_idivb_AL */
export function helper_idivb(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = <i32>(<i16>reg(env, RAX)), den = <i32>(<i8>divisor);
  if (den == 0) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q != <i32>(<i8>q)) return raise(env, x.EXCP00_DIVZ);
  setLow(env, RAX, (q & 0xff) | (((num % den) & 0xff) << 8), 0xffff);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_divw_AX */
export function helper_divw(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = (<u32>reg(env, RAX) & 0xffff) | ((<u32>reg(env, RDX) & 0xffff) << 16), den = <u32>divisor & 0xffff;
  if (den == 0) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q > 0xffff) return raise(env, x.EXCP00_DIVZ);
  setLow(env, RAX, q, 0xffff);
  setLow(env, RDX, num % den, 0xffff);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_idivw_AX */
export function helper_idivw(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = <i64><i32>((<u32>reg(env, RAX) & 0xffff) | ((<u32>reg(env, RDX) & 0xffff) << 16)), den = <i64><i16>divisor;
  if (den == 0) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q != <i64><i16>q) return raise(env, x.EXCP00_DIVZ);
  setLow(env, RAX, q, 0xffff);
  setLow(env, RDX, num % den, 0xffff);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_divl_EAX */
export function helper_divl(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = (reg(env, RAX) & 0xffffffff) | (reg(env, RDX) << 32), den = divisor & 0xffffffff;
  if (den == 0) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q > 0xffffffff) return raise(env, x.EXCP00_DIVZ);
  setReg(env, RAX, q);
  setReg(env, RDX, num % den);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_idivl_EAX */
export function helper_idivl(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let num = <i64>((reg(env, RAX) & 0xffffffff) | (reg(env, RDX) << 32)), den = <i64><i32>divisor;
  if (den == 0 || (den == -1 && num == i64.MIN_VALUE)) return raise(env, x.EXCP00_DIVZ);
  let q = num / den;
  if (q != <i64><i32>q) return raise(env, x.EXCP00_DIVZ);
  setReg(env, RAX, <u64>q & 0xffffffff);
  setReg(env, RDX, <u64>(num % den) & 0xffffffff);
  return 0;
}

let quotient: u64 = 0, remainder: u64 = 0;

/** 128 by 64 bits, into `quotient` and `remainder`; false on overflow. @qemu util/host-utils.c divu128 */
function div128(high: u64, low: u64, den: u64): bool {
  if (den == 0 || high >= den) return false;
  if (high == 0) {
    quotient = low / den;
    remainder = low % den;
    return true;
  }
  for (let i = 0; i < 64; i++) {
    let carry = <i64>high < 0;
    high = (high << 1) | (low >> 63);
    low <<= 1;
    if (carry || high >= den) {
      high -= den;
      low |= 1;
    }
  }
  quotient = low;
  remainder = high;
  return true;
}

/** @qemu target/i386/tcg/int_helper.c helper_divq_EAX */
export function helper_divq(env: u32, divisor: u64, b: u64, c: u64): u64 {
  if (!div128(reg(env, RDX), reg(env, RAX), divisor)) return raise(env, x.EXCP00_DIVZ);
  setReg(env, RAX, quotient);
  setReg(env, RDX, remainder);
  return 0;
}

/** @qemu target/i386/tcg/int_helper.c helper_idivq_EAX */
export function helper_idivq(env: u32, divisor: u64, b: u64, c: u64): u64 {
  let high = reg(env, RDX), low = reg(env, RAX);
  let negative = <i64>high < 0, denNegative = <i64>divisor < 0;
  if (negative) {
    low = 0 - low;
    high = ~high + (low == 0 ? 1 : 0);
  }
  if (!div128(high, low, denNegative ? 0 - divisor : divisor)) return raise(env, x.EXCP00_DIVZ);
  let sign = negative != denNegative;
  if (sign ? quotient > 0x8000000000000000 : <i64>quotient < 0) return raise(env, x.EXCP00_DIVZ);
  setReg(env, RAX, sign ? 0 - quotient : quotient);
  setReg(env, RDX, negative ? 0 - remainder : remainder);
  return 0;
}

/** Rotates through carry: RCL. `what` is the width in bits, plus 128 for RCR. @qemu target/i386/shift_helper_template.h helper_rcl */
export function helper_rotate_carry(env: u32, value: u64, count: u64, what: u64): u64 {
  let bits = what & 127;
  let right = (what & 128) != 0;
  let n = <u32>count & (bits == 64 ? 63 : 31);
  n = <u32>(<u64>n % (bits + 1));
  let flags = ccNow(env);
  if (n == 0) {
    setCc(env, flags);
    return value;
  }
  let mask: u64 = bits == 64 ? -1 : ((<u64>1 << bits) - 1);
  let carry: u64 = flags & x.CC_C ? 1 : 0;
  let result = value & mask;
  for (let i: u32 = 0; i < n; i++) {
    if (right) {
      let out = result & 1;
      result = (result >> 1) | (carry << (bits - 1));
      carry = out;
    } else {
      let out = (result >> (bits - 1)) & 1;
      result = ((result << 1) | carry) & mask;
      carry = out;
    }
  }
  flags &= ~(x.CC_C | x.CC_O);
  let top = (result >> (bits - 1)) & 1;
  if (carry) flags |= x.CC_C;
  if (right ? top ^ ((result >> (bits - 2)) & 1) : top ^ carry) flags |= x.CC_O;
  setCc(env, flags);
  return result;
}

/** @qemu target/i386/tcg/int_helper.c helper_aam */
export function helper_aam(env: u32, base: u64, b: u64, c: u64): u64 {
  if (base == 0) return raise(env, x.EXCP00_DIVZ);
  let al = reg(env, RAX) & 0xff;
  setLow(env, RAX, (al % base) | ((al / base) << 8), 0xffff);
  return al % base;
}

/** @qemu target/i386/tcg/int_helper.c helper_aad */
export function helper_aad(env: u32, base: u64, b: u64, c: u64): u64 {
  let ax = reg(env, RAX);
  let al = ((ax & 0xff) + ((ax >> 8) & 0xff) * base) & 0xff;
  setLow(env, RAX, al, 0xffff);
  return al;
}

@inline function zsp(value: u32): u32 {
  value &= 0xff;
  return (value == 0 ? x.CC_Z : 0) | (value & x.CC_S) | (popcnt<u32>(value) & 1 ? 0 : x.CC_P);
}

/** AAA and, with `subtract`, AAS. @qemu target/i386/tcg/int_helper.c helper_aaa */
export function helper_aaa(env: u32, subtract: u64, b: u64, c: u64): u64 {
  let flags = ccNow(env);
  let ax = <u32>reg(env, RAX) & 0xffff;
  if ((ax & 0xf) > 9 || flags & x.CC_A) {
    ax = subtract ? ax - 0x106 : ax + 0x106;
    flags |= x.CC_C | x.CC_A;
  } else flags &= ~(x.CC_C | x.CC_A);
  ax &= 0xff0f;
  setLow(env, RAX, ax, 0xffff);
  setCc(env, (flags & (x.CC_C | x.CC_A)) | zsp(ax));
  return 0;
}

/** DAA and, with `subtract`, DAS (SDM volume 2). @qemu target/i386/tcg/int_helper.c helper_daa */
export function helper_daa(env: u32, subtract: u64, b: u64, c: u64): u64 {
  let old = ccNow(env);
  let al = <u32>reg(env, RAX) & 0xff, result = al, flags: u32 = 0;
  if ((al & 0xf) > 9 || old & x.CC_A) {
    if (subtract && al < 6) flags |= x.CC_C;
    result = subtract ? result - 6 : result + 6;
    flags |= x.CC_A | (old & x.CC_C);
  }
  if (al > 0x99 || old & x.CC_C) {
    result = subtract ? result - 0x60 : result + 0x60;
    flags |= x.CC_C;
  }
  setLow(env, RAX, result, 0xff);
  setCc(env, flags | zsp(result));
  return 0;
}

/** CMPXCHG8B on memory. @qemu target/i386/tcg/mem_helper.c helper_cmpxchg8b */
export function helper_cmpxchg8b(env: u32, addr: u64, b: u64, c: u64): u64 {
  let flags = ccNow(env);
  let old = ldu(env, addr, 8);
  if (faulted(env)) return 0;
  let expected = (reg(env, RAX) & 0xffffffff) | (reg(env, RDX) << 32);
  let equal = old == expected;
  // What is there is written back when it differs: a page that cannot be written faults either way.
  stu(env, addr, 8, equal ? (reg(env, RBX) & 0xffffffff) | (reg(env, RCX) << 32) : old);
  if (faulted(env)) return 0;
  if (!equal) {
    setReg(env, RAX, old & 0xffffffff);
    setReg(env, RDX, old >> 32);
  }
  setCc(env, equal ? flags | x.CC_Z : flags & ~x.CC_Z);
  return 0;
}

/** CMPXCHG16B on memory. @qemu target/i386/tcg/mem_helper.c helper_cmpxchg16b */
export function helper_cmpxchg16b(env: u32, addr: u64, b: u64, c: u64): u64 {
  if (addr & 15) return raise(env, x.EXCP0D_GPF);
  let flags = ccNow(env);
  let low = ldu(env, addr, 8);
  if (faulted(env)) return 0;
  let high = ldu(env, addr + 8, 8);
  if (faulted(env)) return 0;
  let equal = low == reg(env, RAX) && high == reg(env, RDX);
  stu(env, addr, 8, equal ? reg(env, RBX) : low);
  if (faulted(env)) return 0;
  stu(env, addr + 8, 8, equal ? reg(env, RCX) : high);
  if (!equal) {
    setReg(env, RAX, low);
    setReg(env, RDX, high);
  }
  setCc(env, equal ? flags | x.CC_Z : flags & ~x.CC_Z);
  return 0;
}

/** BOUND: `size` bytes per bound. @qemu target/i386/tcg/mem_helper.c helper_boundw */
export function helper_bound(env: u32, addr: u64, value: u64, size: u64): u64 {
  let low = ldu(env, addr, <u32>size);
  if (faulted(env)) return 0;
  let high = ldu(env, addr + size, <u32>size);
  if (faulted(env)) return 0;
  let outside = size == 2
    ? <i16>value < <i16>low || <i16>value > <i16>high
    : <i32>value < <i32>low || <i32>value > <i32>high;
  return outside ? raise(env, x.EXCP05_BOUND) : 0;
}

/** CRC32 of the lowest `bits` bits of `value`. @qemu target/i386/ops_sse.h helper_crc32 */
export function helper_crc32(env: u32, crc: u64, value: u64, bits: u64): u64 {
  let result = <u32>crc;
  for (let i: u64 = 0; i < bits; i++) {
    let bit = (result ^ <u32>(value >> i)) & 1;
    result = (result >> 1) ^ (bit ? 0x82f63b78 : 0);
  }
  return result;
}

/** PDEP: the lowest bits of `a` go where `selector` has ones. @qemu target/i386/tcg/int_helper.c helper_pdep */
export function helper_pdep(env: u32, a: u64, selector: u64, c: u64): u64 {
  let result: u64 = 0;
  for (; selector != 0; a >>= 1) {
    let lowest = selector & (0 - selector);
    if (a & 1) result |= lowest;
    selector ^= lowest;
  }
  return result;
}

/** PEXT: the bits of `a` where `selector` has ones come together. @qemu target/i386/tcg/int_helper.c helper_pext */
export function helper_pext(env: u32, a: u64, selector: u64, c: u64): u64 {
  let result: u64 = 0, place: u64 = 1;
  for (; selector != 0; place <<= 1) {
    let lowest = selector & (0 - selector);
    if (a & lowest) result |= place;
    selector ^= lowest;
  }
  return result;
}
