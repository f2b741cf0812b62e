// SPDX-License-Identifier: GPL-2.0-or-later
//
// A region, which is a block and those that it leads to, as one function of WebAssembly: (address of the CPU's block) =>
// EXIT_*, or the address of the next block's bytecode. The target's globals live in locals from block to block; they are
// in the CPU's block wherever somebody else looks at them, and when the function is left.

import { type BlockOp, readBlock, readSlots, writtenSlot } from './block-ops.js'
import { O } from './ir.js'
import {
  ENV_EXIT_TB,
  ENV_ICOUNT_DECR,
  ENV_TLB,
  EXIT_REQUEST,
  TB_FUNCTION,
  TLB_ADDEND,
  TLB_BITS,
  TLB_CODE,
  TLB_ENTRY_BITS,
} from './layout.js'
import { I32, I64, VOID, W, WasmCode } from './wasm-code.js'
import { BlockCompiler } from './wasm-block.js'
import {
  ADDR,
  type CompilableBlock,
  type CompileTarget,
  ENTRY,
  ENV,
  EXIT_IP,
  FIRST_SLOT,
  HEADER,
  ICOUNT,
  IMPORT,
  MASK,
  TLB,
  TYPE_BLOCK,
} from './wasm-frame.js'
import { type Flow, structure } from './wasm-flow.js'
import { simd, V128 } from './wasm-simd.js'

/** A place that can be jumped to: nodes of the graph, an address of bytecode, or what only counts as a level. */
type Label = readonly number[] | number | 'cold' | 'tail' | 'level'

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

/** Compiles a region. */
export class RegionCompiler {
  readonly code = new WasmCode()
  readonly target: CompileTarget
  readonly blocks: readonly CompilableBlock[]
  readonly words: Uint32Array
  readonly #ops: readonly BlockOp[][]
  readonly #locals = new Map<number, number>()
  readonly #localTypes: number[] = []
  readonly #labels: Label[] = []
  /** What is kept in locals, a bit each: globals and vectors that the region uses. */
  readonly #kept: Kept[] = []
  /** The same by slot; a vector has two. */
  readonly #bySlot = new Map<number, Kept>()
  /** Those that may differ from the CPU's block where a block begins. */
  readonly #dirtyIn: number[]
  /** Globals that some block writes. */
  #written = 0
  readonly #byIp = new Map<number, number>()
  /** Number of a loop's header, where there are several. */
  readonly #headers = new Map<number, number>()

  /** @param words  the translator's memory */
  constructor(words: Uint32Array, blocks: readonly CompilableBlock[], target: CompileTarget) {
    this.words = words
    this.target = target
    this.blocks = blocks
    this.#ops = blocks.map(({ ip, size }) => readBlock(words, ip, size))
    blocks.forEach(({ ip }, i) => this.#byIp.set(ip, i))
    this.#dirtyIn = blocks.map(() => 0)
  }

  /** The function's body with its locals; null when a block has a jump backwards. */
  compile(): Uint8Array | null {
    if (this.#ops.some((ops) => ops.some(({ at, target }) => target !== 0 && target <= at))) return null
    const successors = this.#ops.map((ops, i) => this.#successors(ops, i))
    this.#useGlobals()
    this.#spreadDirty(successors)
    this.#function(structure(successors))
    const body = new WasmCode()
    body.u32(2 + this.#localTypes.length)
    body.u32(HEADER - ENV)
    body.byte(I32)
    body.u32(FIRST_SLOT - ADDR)
    body.byte(I64)
    for (const type of this.#localTypes) body.byte(1, type)
    body.append(this.code.bytes())
    body.byte(W.end)
    return body.bytes()
  }

  /** The block of the region that a way out is chained to, or -1. */
  chained(op: BlockOp): number {
    return this.#byIp.get(op.low) ?? -1
  }

  #successors(ops: readonly BlockOp[], block: number): number[] {
    const found = new Set<number>()
    for (const op of ops) {
      if (op.op === O.gotoTb0 || op.op === O.gotoTb1) found.add(this.chained(op))
      if (op.op === O.gotoPtr) for (const { to } of this.blocks[block]!.jumps ?? []) found.add(to)
    }
    found.delete(-1)
    return [...found]
  }

  /** Gives each global that occurs a local and a bit. */
  #useGlobals(): void {
    const used = new Set<number>()
    for (const ops of this.#ops) {
      for (const op of ops) {
        used.add(writtenSlot(op))
        for (const slot of readSlots(op)) used.add(slot)
        if (op.op === O.gotoPtr) used.add(this.target.pc)
      }
    }
    for (const slot of this.target.globals) if (used.has(slot)) this.#keep(slot, I64)
    for (const slot of this.target.vectors) if (used.has(slot) || used.has(slot + 8)) this.#keep(slot, V128)
  }

  #keep(slot: number, type: number): void {
    if (this.#kept.length === MASK_BITS) return
    const kept = { slot, bit: 1 << this.#kept.length, type }
    this.#kept.push(kept)
    this.#bySlot.set(slot, kept)
    if (type === V128) this.#bySlot.set(slot + 8, kept)
    this.local(slot, type)
  }

  #spreadDirty(successors: readonly (readonly number[])[]): void {
    const written = this.#ops.map((ops) => ops.reduce((mask, op) => mask | this.bit(writtenSlot(op)), 0))
    this.#written = written.reduce((mask, more) => mask | more, 0)
    const changed = [0]
    const seen = new Set(changed)
    for (let i = changed.pop(); i !== undefined; i = changed.pop()) {
      const out = this.#dirtyIn[i]! | written[i]!
      for (const next of successors[i]!) {
        const before = this.#dirtyIn[next]!
        this.#dirtyIn[next] = before | out
        if (seen.has(next) && this.#dirtyIn[next] === before) continue
        seen.add(next)
        changed.push(next)
      }
    }
  }

  /** Numbers the headers of loops that have several: jumps to them come before and in the loops. */
  #numberHeaders(flow: readonly Flow[]): void {
    for (const part of flow) {
      if (typeof part === 'number') continue
      const { headers, body } = part
      if (headers.length > 1) headers.forEach((header, i) => this.#headers.set(header, i))
      this.#numberHeaders(body)
    }
  }

  #function(flow: readonly Flow[]): void {
    const { code } = this
    this.#numberHeaders(flow)
    this.loadGlobals()
    code.op(W.local_get, ENV)
    code.memory(W.i32_load, ENV_ICOUNT_DECR)
    code.op(W.local_set, ICOUNT)
    this.#open(W.block, 'tail')
    this.#open(W.block, 'cold')
    this.#parts(flow, null)
    this.#close()
    this.#coldExit()
    this.#close()
    this.#tail()
  }

  /** Parts one after the other; `headers` are chosen from first. */
  #parts(parts: readonly Flow[], headers: readonly number[] | null): void {
    const heads = parts.map((part) => (typeof part === 'number' ? [part] : part.headers))
    // The first is fallen into.
    const first = headers === null ? 1 : 0
    for (let i = parts.length - 1; i >= first; i--) this.#open(W.block, heads[i]!)
    if (headers !== null) {
      this.code.op(W.local_get, HEADER)
      this.code.byte(W.br_table)
      this.code.u32(headers.length - 1)
      for (const header of headers)
        this.code.u32(this.#depth((label) => isNodes(label) && label.includes(header)))
    }
    parts.forEach((part, i) => {
      if (i >= first) this.#close()
      if (typeof part === 'number')
        new BlockCompiler(this, part, this.#ops[part]!, this.#dirtyIn[part]!).compile()
      else this.#loop(part)
    })
  }

  #loop({ headers, body }: Exclude<Flow, number>): void {
    this.#open(W.loop, headers)
    this.#parts(body, headers.length > 1 ? headers : null)
    this.#close()
  }

  #open(opcode: number, label: Label): void {
    this.code.byte(opcode, VOID)
    this.#labels.push(label)
  }

  #close(): void {
    this.code.byte(W.end)
    this.#labels.pop()
  }

  #depth(is: (label: Label) => boolean): number {
    for (let i = this.#labels.length - 1; i >= 0; i--)
      if (is(this.#labels[i]!)) return this.#labels.length - 1 - i
    throw new Error('A jump to a place that is not open')
  }

  /** What is emitted by `body` is done if the value on the stack is not 0. */
  if(body: () => void): void {
    this.#open(W.if, 'level')
    body()
    this.#close()
  }

  /** The same with a result of 64 bits, or none, and the other way. */
  ifElse(type: number, then: () => void, otherwise: () => void): void {
    this.code.byte(W.if, type)
    this.#labels.push('level')
    then()
    this.code.byte(W.else)
    otherwise()
    this.#close()
  }

  /** Opens a block of WebAssembly that ends where the block's operation at an address begins. */
  openLabel(address: number): void {
    this.#open(W.block, address)
  }

  closeLabel(): void {
    this.#close()
  }

  /** @param instruction  br or br_if */
  toLabel(instruction: number, address: number): void {
    this.code.op(
      instruction,
      this.#depth((label) => label === address),
    )
  }

  /** Goes on with a block of the region if the condition on the stack holds. */
  toBlockIf(block: number): void {
    const nodes = (label: Label): boolean => isNodes(label) && label.includes(block)
    const header = this.#headers.get(block)
    if (header === undefined) return this.code.op(W.br_if, this.#depth(nodes))
    this.if(() => {
      this.code.i32Const(header)
      this.code.op(W.local_set, HEADER)
      this.code.op(W.br, this.#depth(nodes))
    })
  }

  /** Local of a slot; a vector has another than the number in its first half. */
  local(slot: number, type = I64): number {
    const key = type === I64 ? slot : slot - SLOTS_END
    let local = this.#locals.get(key)
    if (local === undefined) {
      local = FIRST_SLOT + this.#localTypes.length
      this.#locals.set(key, local)
      this.#localTypes.push(type)
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

  /** Takes the globals from the CPU's block, and the TLB's address. */
  loadGlobals(): void {
    const { code } = this
    this.loadKept(-1)
    code.op(W.local_get, ENV)
    code.memory(W.i32_load, ENV_TLB)
    code.op(W.local_set, TLB)
  }

  /** Takes globals and vectors from the CPU's block. */
  loadKept(mask: number): void {
    const { code } = this
    for (const { slot, bit, type } of this.#kept) {
      if (!(mask & bit)) continue
      code.op(W.local_get, ENV)
      if (type === V128) code.vectorMemory(simd['v128.load']!, slot)
      else code.memory(W.i64_load, slot)
      code.op(W.local_set, this.local(slot, type))
    }
  }

  /** The slice may have been cut short by what was called. */
  loadBudget(): void {
    this.code.op(W.local_get, ENV)
    this.code.memory(W.i32_load, ENV_ICOUNT_DECR)
    this.code.op(W.local_set, ICOUNT)
  }

  /** Stores globals and vectors in the CPU's block. */
  storeGlobals(mask: number): void {
    for (const kept of this.#kept) if (mask & kept.bit) this.#storeKept(kept)
  }

  #storeKept({ slot, type }: Kept): void {
    const { code } = this
    code.op(W.local_get, ENV)
    code.op(W.local_get, this.local(slot, type))
    if (type === V128) code.vectorMemory(simd['v128.store']!, slot)
    else code.memory(W.i64_store, slot)
  }

  /** Stores a number of 32 bits in the CPU's block. */
  put32(offset: number, value: number): void {
    this.code.op(W.local_get, ENV)
    this.code.i32Const(value)
    this.code.memory(W.i32_store, offset)
  }

  return(status: number): void {
    this.code.i32Const(status)
    this.code.byte(W.return)
  }

  /** Leaves for what is pending at an operation; with 0 because the slice is over. */
  leaveCold(dirty: number, at: number): void {
    const { code } = this
    code.i32Const(dirty)
    code.op(W.local_set, MASK)
    code.i32Const(at)
    code.op(W.local_set, EXIT_IP)
    code.op(
      W.br,
      this.#depth((label) => label === 'cold'),
    )
  }

  /** Leaves for the block whose bytecode ENTRY has the address of. */
  leaveTail(): void {
    this.code.op(
      W.br,
      this.#depth((label) => label === 'tail'),
    )
  }

  /** The ways out that are seldom taken, in one place. */
  #coldExit(): void {
    const { code } = this
    for (const kept of this.#kept) {
      if (!(this.#written & kept.bit)) continue
      code.op(W.local_get, MASK)
      code.i32Const(kept.bit)
      code.byte(W.i32_and)
      this.if(() => this.#storeKept(kept))
    }
    code.op(W.local_get, EXIT_IP)
    code.byte(W.i32_eqz)
    this.if(() => this.return(EXIT_REQUEST))
    code.op(W.local_get, ENV)
    code.op(W.local_get, EXIT_IP)
    code.op(W.call, IMPORT.leave)
    code.byte(W.return)
  }

  /** Goes to the next block's function if it has one. */
  #tail(): void {
    const { code } = this
    code.op(W.local_get, ENTRY)
    code.memory(W.i32_load16_u, 0)
    code.i32Const(O.enterTb!)
    code.byte(W.i32_eq)
    this.if(() => {
      code.op(W.local_get, ENV)
      code.op(W.local_get, ENTRY)
      code.memory(W.i32_load, TB_FUNCTION)
      code.op(W.return_call_indirect, TYPE_BLOCK)
      code.byte(0)
    })
    code.op(W.local_get, ENTRY)
  }

  /** Takes a block's instructions from the slice, or ends it. */
  takeFromBudget(insns: number, id: number, dirty: number): void {
    const { code } = this
    code.op(W.local_get, ICOUNT)
    code.i32Const(insns)
    // Compared before it is subtracted: a small budget with the sign bit of a request would wrap round to a huge one.
    code.byte(W.i32_lt_s)
    this.if(() => {
      this.put32(ENV_EXIT_TB, id)
      this.leaveCold(dirty, 0)
    })
    code.op(W.local_get, ENV)
    code.op(W.local_get, ICOUNT)
    code.i32Const(insns)
    code.byte(W.i32_sub)
    code.op(W.local_tee, ICOUNT)
    code.memory(W.i32_store, ENV_ICOUNT_DECR)
  }

  /** Leaves on the stack the address of the TLB's entry for the address in ADDR. */
  tlbEntry(): void {
    const { code } = this
    code.op(W.local_get, ADDR)
    code.i64Const(7n)
    code.byte(W.i64_shr_u, W.i32_wrap_i64)
    code.i32Const(((1 << TLB_BITS) - 1) << TLB_ENTRY_BITS)
    code.byte(W.i32_and)
    code.op(W.local_get, TLB)
    code.byte(W.i32_add)
  }

  /** Leaves on the stack whether a page is the one that it was when the region was made. */
  pageIsThere({ linear, addend }: { readonly linear: bigint; readonly addend: number }): void {
    const { code } = this
    const entry = Number((linear >> 7n) & BigInt(((1 << TLB_BITS) - 1) << TLB_ENTRY_BITS))
    code.op(W.local_get, TLB)
    code.memory(W.i64_load, entry + TLB_CODE)
    code.i64Const(linear)
    code.byte(W.i64_eq)
    code.op(W.local_get, TLB)
    code.memory(W.i32_load, entry + TLB_ADDEND)
    code.i32Const(addend)
    code.byte(W.i32_eq, W.i32_and)
  }
}

function isNodes(label: Label): label is readonly number[] {
  return typeof label === 'object'
}
