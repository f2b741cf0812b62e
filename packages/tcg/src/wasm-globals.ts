// SPDX-License-Identifier: GPL-2.0-or-later
import { type BlockOp, readSlots, writtenSlot } from './block-ops.js'
import { O } from './ir.js'
import { I64, W, type WasmCode } from './wasm-code.js'
import { type CompileTarget, ENV, FIRST_SLOT, MASK } from './wasm-frame.js'
import { simd, V128 } from './wasm-simd.js'

/** First number that is no slot. */
const SLOTS_END = 0x1_0000
/** Bits of a mask. */
const MASK_BITS = 32

/** A global or vector that lives in a local. */
interface Kept {
  readonly slot: number
  readonly bit: number
  /** I64 or V128. */
  readonly type: number
}

/**
 * The target's globals and vectors within a region: each that occurs has a local and a bit. They are in the CPU's block wherever somebody
 * else looks at them, and when the function is left; those that may differ from it are told by their bits.
 */
export class RegionGlobals {
  readonly #code: WasmCode
  readonly #locals = new Map<number, number>()
  /** Their types. */
  readonly localTypes: number[] = []
  readonly #kept: Kept[] = []
  /** The same by slot; a vector has two. */
  readonly #bySlot = new Map<number, Kept>()
  /** Globals that may differ where a block begins. */
  readonly dirtyIn: readonly number[]
  /** Globals that some block writes. */
  readonly #written: number

  /** @param ops  of each block @param successors  of each block */
  constructor(
    code: WasmCode,
    target: CompileTarget,
    ops: readonly (readonly BlockOp[])[],
    successors: readonly (readonly number[])[],
  ) {
    this.#code = code
    this.#choose(target, ops)
    const written = ops.map((list) => list.reduce((mask, op) => mask | this.bit(writtenSlot(op)), 0))
    this.#written = written.reduce((mask, more) => mask | more, 0)
    this.dirtyIn = spread(written, successors)
  }

  #choose(target: CompileTarget, ops: readonly (readonly BlockOp[])[]): void {
    const used = new Set<number>()
    for (const op of ops.flat()) {
      used.add(writtenSlot(op))
      for (const slot of readSlots(op)) used.add(slot)
      if (op.op === O.gotoPtr) used.add(target.pc)
    }
    for (const slot of target.globals) if (used.has(slot)) this.#keep(slot, I64)
    for (const slot of target.vectors) if (used.has(slot) || used.has(slot + 8)) this.#keep(slot, V128)
  }

  #keep(slot: number, type: number): void {
    if (this.#kept.length === MASK_BITS) return
    const kept = { slot, bit: 1 << this.#kept.length, type }
    this.#kept.push(kept)
    this.#bySlot.set(slot, kept)
    if (type === V128) this.#bySlot.set(slot + 8, kept)
    this.local(slot, type)
  }

  /** Local of a slot; a vector has another than the number in its first half. */
  local(slot: number, type = I64): number {
    const key = type === I64 ? slot : slot - SLOTS_END
    let local = this.#locals.get(key)
    if (local === undefined) {
      local = FIRST_SLOT + this.localTypes.length
      this.#locals.set(key, local)
      this.localTypes.push(type)
    }
    return local
  }

  /** The bit of a global of this region, or of the vector that a slot is a part of; 0 for any other slot. */
  bit(slot: number): number {
    return this.#bySlot.get(slot)?.bit ?? 0
  }

  /** The first slot of the vector in a local that a slot is a part of, or -1. */
  vectorOf(slot: number): number {
    const kept = this.#bySlot.get(slot)
    return kept?.type === V128 ? kept.slot : -1
  }

  /** Takes those of a mask from the CPU's block. */
  load(mask: number): void {
    const code = this.#code
    for (const { slot, bit, type } of this.#kept) {
      if (!(mask & bit)) continue
      code.op(W.local_get, ENV)
      if (type === V128) code.vectorMemory(simd['v128.load']!, slot)
      else code.memory(W.i64_load, slot)
      code.op(W.local_set, this.local(slot, type))
    }
  }

  /** Stores those of a mask in the CPU's block. */
  store(mask: number): void {
    for (const kept of this.#kept) if (mask & kept.bit) this.#storeOne(kept)
  }

  /** Stores those that MASK has when the code is executed. */
  storeMasked(when: (body: () => void) => void): void {
    for (const kept of this.#kept) {
      if (!(this.#written & kept.bit)) continue
      this.#code.op(W.local_get, MASK)
      this.#code.i32Const(kept.bit)
      this.#code.byte(W.i32_and)
      when(() => this.#storeOne(kept))
    }
  }

  #storeOne({ slot, type }: Kept): void {
    const code = this.#code
    code.op(W.local_get, ENV)
    code.op(W.local_get, this.local(slot, type))
    if (type === V128) code.vectorMemory(simd['v128.store']!, slot)
    else code.memory(W.i64_store, slot)
  }
}

/** What may have been written on some way from node 0 to a node, by what each node writes. */
function spread(written: readonly number[], successors: readonly (readonly number[])[]): number[] {
  const into = written.map(() => 0)
  const changed = [0]
  const seen = new Set(changed)
  for (let i = changed.pop(); i !== undefined; i = changed.pop()) {
    const out = into[i]! | written[i]!
    for (const next of successors[i]!) {
      const before = into[next]!
      into[next] = before | out
      if (seen.has(next) && into[next] === before) continue
      seen.add(next)
      changed.push(next)
    }
  }
  return into
}
