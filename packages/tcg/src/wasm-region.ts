// SPDX-License-Identifier: GPL-2.0-or-later
//
// A region, which is a block and those that it leads to, as one function of WebAssembly: (address of the CPU's block) =>
// EXIT_*, or the address of the next block's bytecode. The target's globals live in locals from block to block; they are
// in the CPU's block wherever somebody else looks at them, and when the function is left.

import type { BlockOp } from './block-ops.js'
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
import { BlockCompiler } from './wasm-block.js'
import { I32, I64, W, WasmCode } from './wasm-code.js'
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
import { RegionGlobals } from './wasm-globals.js'
import { Nesting } from './wasm-nesting.js'

/** Compiles a region. */
export class RegionCompiler {
  readonly code = new WasmCode()
  readonly nesting = new Nesting(this.code)
  readonly target: CompileTarget
  readonly blocks: readonly CompilableBlock[]
  readonly globals: RegionGlobals
  readonly #successors: readonly (readonly number[])[]
  readonly #helperOf: (helper: number) => number
  readonly #byIp = new Map<number, number>()
  /** Number of a loop's header, where there are several. */
  readonly #headers = new Map<number, number>()

  /** @param helperOf  the index of the function that a helper's number stands for */
  constructor(
    blocks: readonly CompilableBlock[],
    target: CompileTarget,
    helperOf: (helper: number) => number,
  ) {
    this.target = target
    this.blocks = blocks
    this.#helperOf = helperOf
    blocks.forEach(({ ip }, i) => this.#byIp.set(ip, i))
    this.#successors = blocks.map((block) => this.#successorsOf(block))
    this.globals = new RegionGlobals(
      this.code,
      target,
      blocks.map(({ ops }) => ops),
      this.#successors,
    )
  }

  /** The function's body with its locals; null when a block has a jump backwards. */
  compile(): Uint8Array | null {
    if (this.blocks.some(({ ops }) => ops.some(({ at, target }) => target !== 0 && target <= at))) return null
    this.#function(structure(this.#successors))
    const body = new WasmCode()
    body.u32(2 + this.globals.localTypes.length)
    body.u32(HEADER - ENV)
    body.byte(I32)
    body.u32(FIRST_SLOT - ADDR)
    body.byte(I64)
    for (const type of this.globals.localTypes) body.byte(1, type)
    body.append(this.code.bytes())
    body.byte(W.end)
    return body.bytes()
  }

  /** The block of the region that a way out is chained to, or -1. */
  chained(op: BlockOp): number {
    return this.#byIp.get(op.low) ?? -1
  }

  #successorsOf({ ops, jumps = [] }: CompilableBlock): number[] {
    const found = new Set<number>()
    for (const op of ops) {
      if (op.op === O.gotoTb0 || op.op === O.gotoTb1) found.add(this.chained(op))
      if (op.op === O.gotoPtr) for (const { to } of jumps) found.add(to)
    }
    found.delete(-1)
    return [...found]
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
    this.nesting.open(W.block, 'tail')
    this.nesting.open(W.block, 'cold')
    this.#parts(flow, null)
    this.nesting.close()
    this.#coldExit()
    this.nesting.close()
    this.#tail()
  }

  /** Parts one after the other; `headers` are chosen from first. */
  #parts(parts: readonly Flow[], headers: readonly number[] | null): void {
    const heads = parts.map((part) => (typeof part === 'number' ? [part] : part.headers))
    // The first is fallen into.
    const first = headers === null ? 1 : 0
    for (let i = parts.length - 1; i >= first; i--) this.nesting.open(W.block, heads[i]!)
    if (headers !== null) {
      this.code.op(W.local_get, HEADER)
      this.code.byte(W.br_table)
      this.code.u32(headers.length - 1)
      for (const header of headers) this.code.u32(this.nesting.depthOfNode(header))
    }
    parts.forEach((part, i) => {
      if (i >= first) this.nesting.close()
      if (typeof part === 'number')
        new BlockCompiler(this, this.blocks[part]!, this.globals.dirtyIn[part]!).compile()
      else this.#loop(part)
    })
  }

  #loop({ headers, body }: Exclude<Flow, number>): void {
    this.nesting.open(W.loop, headers)
    this.#parts(body, headers.length > 1 ? headers : null)
    this.nesting.close()
  }

  /** Goes on with a block of the region if the condition on the stack holds. */
  toBlockIf(block: number): void {
    const header = this.#headers.get(block)
    if (header === undefined) return this.code.op(W.br_if, this.nesting.depthOfNode(block))
    this.nesting.if(() => {
      this.code.i32Const(header)
      this.code.op(W.local_set, HEADER)
      this.code.op(W.br, this.nesting.depthOfNode(block))
    })
  }

  /** Takes the globals from the CPU's block, and the TLB's address. */
  loadGlobals(): void {
    this.globals.load(-1)
    this.code.op(W.local_get, ENV)
    this.code.memory(W.i32_load, ENV_TLB)
    this.code.op(W.local_set, TLB)
  }

  /** The slice may have been cut short by what was called. */
  loadBudget(): void {
    this.code.op(W.local_get, ENV)
    this.code.memory(W.i32_load, ENV_ICOUNT_DECR)
    this.code.op(W.local_set, ICOUNT)
  }

  /** Stores a number of 32 bits in the CPU's block. */
  put32(offset: number, value: number): void {
    this.code.op(W.local_get, ENV)
    this.code.i32Const(value)
    this.code.memory(W.i32_store, offset)
  }

  /** Calls a helper; its arguments are on the stack. */
  call(helper: number): void {
    this.code.op(W.call, this.#helperOf(helper))
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
    code.op(W.br, this.nesting.depthOf('cold'))
  }

  /** Leaves for the block whose bytecode ENTRY has the address of. */
  leaveTail(): void {
    this.code.op(W.br, this.nesting.depthOf('tail'))
  }

  /** The ways out that are seldom taken, in one place. */
  #coldExit(): void {
    const { code } = this
    this.globals.storeMasked((body) => this.nesting.if(body))
    code.op(W.local_get, EXIT_IP)
    code.byte(W.i32_eqz)
    this.nesting.if(() => this.return(EXIT_REQUEST))
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
    this.nesting.if(() => {
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
    this.nesting.if(() => {
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
