// SPDX-License-Identifier: GPL-2.0-or-later
//
// Condition codes out of the last operation's operands (QEMU's target/i386/tcg/cc_helper.c).

import * as x from '../src/tcg/x86-layout'
import { eflagsRaw, setEflagsRaw } from './env'

/** PF of the lowest byte. */
@inline function parity(value: u64): u32 { return popcnt<u32>(<u32>value & 0xff) & 1 ? 0 : x.CC_P; }

/**
 * All condition codes of an operation with a result of `bits` bits.
 * @qemu target/i386/tcg/cc_helper_template.h compute_all_add
 */
function computeWidth(op: u32, dst: u64, src: u64, src2: u64, bits: u32): u32 {
  let mask: u64 = bits == 64 ? -1 : ((<u64>1 << bits) - 1);
  let sign: u64 = <u64>1 << (bits - 1);
  dst &= mask;
  src &= mask;
  let flags = parity(dst);
  if (dst == 0) flags |= x.CC_Z;
  if (dst & sign) flags |= x.CC_S;
  let other: u64;
  switch (op) {
    case x.CC_OP_MULB:
      if (src) flags |= x.CC_C | x.CC_O;
      return flags;
    case x.CC_OP_ADDB:
      other = (dst - src) & mask;
      if (dst < src) flags |= x.CC_C;
      flags |= <u32>(dst ^ src ^ other) & x.CC_A;
      if (~(src ^ other) & (other ^ dst) & sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_ADCB:
      other = (dst - src - src2) & mask;
      if (src2 ? dst <= src : dst < src) flags |= x.CC_C;
      flags |= <u32>(dst ^ src ^ other) & x.CC_A;
      if (~(src ^ other) & (other ^ dst) & sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_SUBB:
      other = (dst + src) & mask;
      if (other < src) flags |= x.CC_C;
      flags |= <u32>(dst ^ src ^ other) & x.CC_A;
      if ((other ^ src) & (other ^ dst) & sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_SBBB:
      other = (dst + src + src2) & mask;
      if (src2 ? other <= src : other < src) flags |= x.CC_C;
      flags |= <u32>(dst ^ src ^ other) & x.CC_A;
      if ((other ^ src) & (other ^ dst) & sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_INCB:
      flags |= <u32>src & x.CC_C;
      if ((dst & 0xf) == 0) flags |= x.CC_A;
      if (dst == sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_DECB:
      flags |= <u32>src & x.CC_C;
      if ((dst & 0xf) == 0xf) flags |= x.CC_A;
      if (dst == sign - 1) flags |= x.CC_O;
      return flags;
    case x.CC_OP_SHLB:
      if (src & sign) flags |= x.CC_C;
      if ((src ^ dst) & sign) flags |= x.CC_O;
      return flags;
    case x.CC_OP_SARB:
      flags |= <u32>src & x.CC_C;
      if ((src ^ dst) & sign) flags |= x.CC_O;
      return flags;
    default: // CC_OP_LOGICB
      return flags;
  }
}

/** @qemu target/i386/tcg/cc_helper.c cpu_cc_compute_all */
export function ccCompute(op: u32, dst: u64, src: u64, src2: u64): u32 {
  if (op == x.CC_OP_EFLAGS) return <u32>src & x.CC_ALL;
  if (op == x.CC_OP_CLR) return x.CC_Z | x.CC_P;
  let width = (op - x.CC_OP_MULB) & 3;
  return computeWidth(op - width, dst, src, src2, 8 << width);
}

/** Condition codes of what stands in the registers. */
export function ccNow(env: u32): u32 {
  return ccCompute(<u32>load<u64>(env, x.X_CC_OP), load<u64>(env, x.X_CC_DST), load<u64>(env, x.X_CC_SRC), load<u64>(env, x.X_CC_SRC2));
}

/** RFLAGS, whole. @qemu target/i386/cpu.h cpu_compute_eflags */
export function computeEflags(env: u32): u32 {
  return eflagsRaw(env) | ccNow(env) | (<i64>load<u64>(env, x.X_DF) < 0 ? x.DF_MASK : 0) | 2;
}

/** Takes over the bits of RFLAGS in `mask`; condition codes and DF always. @qemu target/i386/tcg/misc_helper.c cpu_load_eflags */
export function loadEflags(env: u32, value: u32, mask: u32): void {
  store<u64>(env, value & x.CC_ALL, x.X_CC_SRC);
  store<u64>(env, x.CC_OP_EFLAGS, x.X_CC_OP);
  store<u64>(env, value & x.DF_MASK ? -1 : 1, x.X_DF);
  mask &= ~(x.CC_ALL | x.DF_MASK);
  setEflagsRaw(env, (eflagsRaw(env) & ~mask & ~(x.CC_ALL | x.DF_MASK)) | (value & mask) | 2);
}

/** Sets the condition codes as an instruction computes them as a whole. */
export function setCc(env: u32, flags: u32): void {
  store<u64>(env, flags, x.X_CC_SRC);
  store<u64>(env, x.CC_OP_EFLAGS, x.X_CC_OP);
}

/** Condition codes of an operation: `op` in the lowest byte, src2 above it. @qemu target/i386/tcg/cc_helper.c helper_cc_compute_all */
export function helper_cc_compute_all(env: u32, dst: u64, src: u64, op: u64): u64 {
  return ccCompute(<u32>op & 0xff, dst, src, op >> 8);
}

/** @qemu target/i386/tcg/cc_helper.c helper_read_eflags */
export function helper_read_eflags(env: u32, a: u64, b: u64, c: u64): u64 { return computeEflags(env); }

/** @qemu target/i386/tcg/cc_helper.c helper_write_eflags */
export function helper_write_eflags(env: u32, value: u64, mask: u64, c: u64): u64 {
  loadEflags(env, <u32>value, <u32>mask);
  return 0;
}
