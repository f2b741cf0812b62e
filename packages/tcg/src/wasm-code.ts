// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// WebAssembly's binary format (WebAssembly core specification 2.0, chapter 5, and tail calls), as far as translated code needs it.

import { simd, SIMD_PREFIX } from './wasm-simd.js'

/** Types of values. */
export const I32 = 0x7f
export const I64 = 0x7e
/** A block without a result. */
export const VOID = 0x40

/** Instructions by name. */
export const W = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  return: 0x0f,
  call: 0x10,
  call_indirect: 0x11,
  return_call_indirect: 0x13,
  select: 0x1b,
  local_get: 0x20,
  local_set: 0x21,
  local_tee: 0x22,
  i32_load: 0x28,
  i64_load: 0x29,
  i32_load16_u: 0x2f,
  i64_load8_s: 0x30,
  i64_load8_u: 0x31,
  i64_load16_s: 0x32,
  i64_load16_u: 0x33,
  i64_load32_s: 0x34,
  i64_load32_u: 0x35,
  i32_store: 0x36,
  i64_store: 0x37,
  i64_store8: 0x3c,
  i64_store16: 0x3d,
  i64_store32: 0x3e,
  i32_const: 0x41,
  i64_const: 0x42,
  f32_const: 0x43,
  f64_const: 0x44,
  i32_eqz: 0x45,
  i32_eq: 0x46,
  i32_ne: 0x47,
  i32_lt_s: 0x48,
  i32_lt_u: 0x49,
  i32_gt_s: 0x4a,
  i32_gt_u: 0x4b,
  i32_le_s: 0x4c,
  i32_le_u: 0x4d,
  i32_ge_s: 0x4e,
  i32_ge_u: 0x4f,
  i64_eqz: 0x50,
  i64_eq: 0x51,
  i64_ne: 0x52,
  i64_lt_s: 0x53,
  i64_lt_u: 0x54,
  i64_gt_s: 0x55,
  i64_gt_u: 0x56,
  i64_le_s: 0x57,
  i64_le_u: 0x58,
  i64_ge_s: 0x59,
  i64_ge_u: 0x5a,
  f32_eq: 0x5b,
  f32_lt: 0x5d,
  f64_eq: 0x61,
  f64_lt: 0x63,
  i32_add: 0x6a,
  i32_sub: 0x6b,
  i32_mul: 0x6c,
  i32_and: 0x71,
  i32_or: 0x72,
  i32_xor: 0x73,
  i32_shl: 0x74,
  i32_shr_s: 0x75,
  i32_shr_u: 0x76,
  i32_rotl: 0x77,
  i32_rotr: 0x78,
  i64_clz: 0x79,
  i64_ctz: 0x7a,
  i64_popcnt: 0x7b,
  i64_add: 0x7c,
  i64_sub: 0x7d,
  i64_mul: 0x7e,
  i64_and: 0x83,
  i64_or: 0x84,
  i64_xor: 0x85,
  i64_shl: 0x86,
  i64_shr_s: 0x87,
  i64_shr_u: 0x88,
  i64_rotl: 0x89,
  i64_rotr: 0x8a,
  f32_sqrt: 0x91,
  f32_add: 0x92,
  f32_sub: 0x93,
  f32_mul: 0x94,
  f32_div: 0x95,
  f64_sqrt: 0x9f,
  f64_add: 0xa0,
  f64_sub: 0xa1,
  f64_mul: 0xa2,
  f64_div: 0xa3,
  i32_wrap_i64: 0xa7,
  i64_extend_i32_s: 0xac,
  i64_extend_i32_u: 0xad,
  f32_convert_i64_s: 0xb4,
  f32_demote_f64: 0xb6,
  f64_convert_i32_s: 0xb7,
  f64_convert_i64_s: 0xb9,
  f64_promote_f32: 0xbb,
  i32_reinterpret_f32: 0xbc,
  i64_reinterpret_f64: 0xbd,
  f32_reinterpret_i32: 0xbe,
  f64_reinterpret_i64: 0xbf,
  i32_extend8_s: 0xc0,
  i32_extend16_s: 0xc1,
  i64_extend8_s: 0xc2,
  i64_extend16_s: 0xc3,
  /** The first byte of i64.trunc_sat_f64_s and the second. */
  numeric: 0xfc,
  i64_trunc_sat_f64_s: 0x06,
} as const

/** Bytes of code, growing. */
export class WasmCode {
  #bytes = new Uint8Array(4096)
  #size = 0

  get size(): number {
    return this.#size
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  clear(): void {
    this.#size = 0
  }

  byte(...values: number[]): void {
    for (const value of values) this.#put(value)
  }

  #put(value: number): void {
    if (this.#size === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#size++] = value
  }

  #grow(more: number): void {
    const bigger = new Uint8Array(2 * (this.#bytes.length + more))
    bigger.set(this.#bytes)
    this.#bytes = bigger
  }

  append(bytes: Uint8Array): void {
    if (this.#size + bytes.length > this.#bytes.length) this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#size)
    this.#size += bytes.length
  }

  /** An unsigned number of 32 bits. */
  u32(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.#put((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.#put(rest)
  }

  /** A signed number of up to 64 bits. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value)
    for (;;) {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      if ((rest === 0n && !(low & 0x40)) || (rest === -1n && low & 0x40)) return this.#put(low)
      this.#put(low | 0x80)
    }
  }

  /** A signed number of 32 bits. */
  s32(value: number): void {
    let rest = value | 0
    for (;;) {
      const low = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return this.#put(low)
      this.#put(low | 0x80)
    }
  }

  i32Const(value: number): void {
    this.byte(W.i32_const)
    this.s32(value)
  }

  /** A constant of 64 bits by its halves. */
  i64Pair(low: number, high: number): void {
    if ((high | 0) !== (low | 0) >> 31) return this.i64Const((BigInt(high | 0) << 32n) | BigInt(low >>> 0))
    this.byte(W.i64_const)
    this.s32(low)
  }

  i64Const(value: bigint): void {
    this.byte(W.i64_const)
    this.s64(value)
  }

  f32Const(value: number): void {
    this.byte(W.f32_const, ...new Uint8Array(Float32Array.of(value).buffer))
  }

  f64Const(value: number): void {
    this.byte(W.f64_const, ...new Uint8Array(Float64Array.of(value).buffer))
  }

  /** A vector by its 16 bytes. */
  vectorConst(bytes: readonly number[]): void {
    this.#put(SIMD_PREFIX)
    this.u32(simd['v128.const']!)
    this.byte(...bytes)
  }

  /** An access of a vector in memory, as `memory`. */
  vectorMemory(instruction: number, offset: number): void {
    this.#put(SIMD_PREFIX)
    this.u32(instruction)
    this.#put(0)
    this.u32(offset)
  }

  /** An instruction with one index. */
  op(instruction: number, index: number): void {
    this.#put(instruction)
    this.u32(index)
  }

  /** A memory access; alignment is a hint that is not given. */
  memory(instruction: number, offset: number): void {
    this.#put(instruction)
    this.#put(0)
    this.u32(offset)
  }

  /** A section, or anything with its size before it. */
  sized(build: (inner: WasmCode) => void): void {
    const inner = new WasmCode()
    build(inner)
    this.u32(inner.size)
    this.append(inner.bytes())
  }

  /** A name. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text)
    this.u32(bytes.length)
    this.append(bytes)
  }
}
