// SPDX-License-Identifier: GPL-2.0-or-later
//
// Operations on vectors within a compiled block.

import type { BlockOp } from './block-ops.js'
import { O } from './ir.js'
import { ENV_EXIT_IP, ENV_TEMPS, ENV_TEMPS_END, ENV_VECTOR } from './layout.js'
import { opDefs, VECTOR_A, VECTOR_B, VECTOR_D, vectorParts } from './opcodes.js'
import { VOID, W } from './wasm-code.js'
import { ADDR, ENV, IMPORT, VECTOR } from './wasm-frame.js'
import type { RegionCompiler } from './wasm-region.js'
import { simd, SIMD_PREFIX, V128 } from './wasm-simd.js'
import { WasmVectorExpr } from './wasm-vector-expr.js'

const exprs = opDefs.map(({ kind, expr }) =>
  kind === 'vector' && expr !== '' ? new WasmVectorExpr(expr) : null,
)

/** What a block does for its vectors. */
export interface VectorHost {
  get(slot: number): void
  set(slot: number): void
  /** Leaves where RAM at ADDR stands. */
  host(): void
  leaveIfPending(at: number): void
}

/** Emits the operations on vectors of a block. */
export class VectorCompiler {
  readonly #region: RegionCompiler
  readonly #block: VectorHost

  constructor(region: RegionCompiler, block: VectorHost) {
    this.#region = region
    this.#block = block
  }

  /** Whether a vector lives in a local. */
  #isLocal(slot: number): boolean {
    return (slot >= ENV_TEMPS && slot < ENV_TEMPS_END) || this.#region.globals.bit(slot) !== 0
  }

  /** Leaves half a vector that lives in a local on the stack. */
  getHalf(slot: number): void {
    const { code } = this.#region
    const vector = this.#region.globals.vectorOf(slot)
    code.op(W.local_get, this.#region.globals.local(vector, V128))
    code.byte(SIMD_PREFIX)
    code.u32(simd['i64x2.extract_lane']!)
    code.byte((slot - vector) >> 3)
  }

  /** Takes the 64 bits on the stack into half a vector that lives in a local. */
  setHalf(slot: number, scratch: number): void {
    const { code } = this.#region
    const vector = this.#region.globals.vectorOf(slot)
    const local = this.#region.globals.local(vector, V128)
    code.op(W.local_set, scratch)
    code.op(W.local_get, local)
    code.op(W.local_get, scratch)
    code.byte(SIMD_PREFIX)
    code.u32(simd['i64x2.replace_lane']!)
    code.byte((slot - vector) >> 3)
    code.op(W.local_set, local)
  }

  /** Leaves a vector on the stack. */
  get(slot: number): void {
    const { code } = this.#region
    if (this.#isLocal(slot)) return code.op(W.local_get, this.#region.globals.local(slot, V128))
    code.op(W.local_get, ENV)
    code.vectorMemory(simd['v128.load']!, slot)
  }

  /** Takes the vector on the stack. */
  set(slot: number): void {
    const { code } = this.#region
    if (this.#isLocal(slot)) return code.op(W.local_set, this.#region.globals.local(slot, V128))
    const room = this.#region.globals.local(VECTOR, V128)
    code.op(W.local_set, room)
    code.op(W.local_get, ENV)
    code.op(W.local_get, room)
    code.vectorMemory(simd['v128.store']!, slot)
  }

  compute(op: BlockOp): void {
    if (op.op === O.vshuffle) this.#shuffle(op)
    else this.#value(op)
    if (vectorParts[op.op]! & VECTOR_D) this.set(op.d)
    else this.#block.set(op.d)
  }

  #value({ op, immediate, a, b, low, high }: BlockOp): void {
    const { code } = this.#region
    const parts = vectorParts[op]!
    exprs[op]!.emit(code, (name) => {
      if (name === 'b' && immediate) code.i64Pair(low, high)
      else if (parts & (name === 'a' ? VECTOR_A : VECTOR_B)) this.get(name === 'a' ? a : b)
      else this.#block.get(name === 'a' ? a : b)
    })
  }

  /** Bytes of two vectors; where zeros are among them, of the first one only. */
  #shuffle({ a, b, order: words }: BlockOp): void {
    const { code } = this.#region
    const order = Array.from({ length: 16 }, (_, i) => (words![i >> 2]! >> ((i & 3) * 8)) & 0xff)
    this.get(a)
    if (order.every((n) => n < 32)) {
      this.get(b)
      code.byte(SIMD_PREFIX)
      code.u32(simd['i8x16.shuffle']!)
      return code.byte(...order)
    }
    code.vectorConst(order)
    code.byte(SIMD_PREFIX)
    code.u32(simd['i8x16.swizzle']!)
    if (order.every((n) => n < 16 || n > 31)) return
    this.get(b)
    code.vectorConst(order.map((n) => (n - 16) & 0xff))
    code.byte(SIMD_PREFIX)
    code.u32(simd['i8x16.swizzle']!)
    code.byte(SIMD_PREFIX)
    code.u32(simd['v128.or']!)
  }

  /** A load whose entry of the TLB has been compared. */
  load({ at, d, def: { aligned } }: BlockOp): void {
    const region = this.#region
    const { code } = region
    region.nesting.ifElse(
      V128,
      () => {
        this.#block.host()
        code.vectorMemory(simd['v128.load']!, 0)
      },
      () => {
        code.op(W.local_get, ENV)
        code.op(W.local_get, ADDR)
        code.i32Const(aligned ? 1 : 0)
        code.op(W.call, IMPORT.loadSlow128)
        this.#block.leaveIfPending(at)
        code.op(W.local_get, ENV)
        code.vectorMemory(simd['v128.load']!, ENV_VECTOR)
      },
    )
    this.set(d)
  }

  /** A store whose entry of the TLB has been compared. */
  store({ at, d, def: { aligned } }: BlockOp): void {
    const region = this.#region
    const { code } = region
    region.nesting.ifElse(
      VOID,
      () => {
        this.#block.host()
        this.get(d)
        code.vectorMemory(simd['v128.store']!, 0)
      },
      () => {
        // It may change the block that it is in: which one that is, is told by the address.
        region.put32(ENV_EXIT_IP, at)
        code.op(W.local_get, ENV)
        this.get(d)
        code.vectorMemory(simd['v128.store']!, ENV_VECTOR)
        code.op(W.local_get, ENV)
        code.op(W.local_get, ADDR)
        code.i32Const(aligned ? 1 : 0)
        code.op(W.call, IMPORT.storeSlow128)
        this.#block.leaveIfPending(at)
      },
    )
  }
}
