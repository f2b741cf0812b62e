// SPDX-License-Identifier: GPL-2.0-or-later
//
// One block's bytecode as a function of WebAssembly: (address of the CPU's block) => EXIT_*, or the address of the next block's
// bytecode. Values that are read more than once live in locals; what a helper or a fault may see is written through, so that
// registers are right wherever the block is left.

import {
  ENV_EXIT_IP,
  ENV_EXIT_TB,
  ENV_ICOUNT_DECR,
  ENV_PENDING,
  ENV_TEMPS,
  ENV_TEMPS_END,
  ENV_TLB,
  EXIT_CHAIN0,
  EXIT_LOOKUP,
  EXIT_REQUEST,
  TLB_ADDEND,
  TLB_BITS,
  TLB_ENTRY_BITS,
  TLB_READ,
  TLB_WRITE,
} from './layout.js'
import { OP_IMMEDIATE, opDefs } from './opcodes.js'
import { I32, I64, VOID, W, type WasmCode } from './wasm-code.js'
import { type ExprImports, WasmExpr } from './wasm-expr.js'

/** Imported functions, by their index. */
export const IMPORT = {
  loadSlow: 0,
  storeSlow: 1,
  leave: 2,
  lookupTbPtr: 3,
  mulUnsignedHigh: 4,
  mulSignedHigh: 5,
} as const
/** Index of the type of helpers. */
const TYPE_HELPER = 1

const PAGE_MASK = ~0xfffn
const TLB_INDEX_MASK = ((1 << TLB_BITS) - 1) << TLB_ENTRY_BITS

/* Locals: the parameter, then those of 32 bits, then those of 64. */
const ENV = 0
const TLB = 1
const ENTRY = 2
const ADDR = 3
const SCRATCH = 4
const FIRST_SLOT = 5

const exprs = opDefs.map(({ kind, expr }) =>
  ['unary', 'binary', 'setcond', 'brcond'].includes(kind) ? new WasmExpr(expr) : null,
)
const exprImports: ExprImports = {
  mulUnsignedHigh: IMPORT.mulUnsignedHigh,
  mulSignedHigh: IMPORT.mulSignedHigh,
  scratch: SCRATCH,
}

const loads: Readonly<Record<string, number>> = {
  ld8u: W.i64_load8_u,
  ld8s: W.i64_load8_s,
  ld16u: W.i64_load16_u,
  ld16s: W.i64_load16_s,
  ld32u: W.i64_load32_u,
  ld32s: W.i64_load32_s,
  ld64: W.i64_load,
}
const stores: Readonly<Record<number, number>> = {
  1: W.i64_store8,
  2: W.i64_store16,
  4: W.i64_store32,
  8: W.i64_store,
}

/** Operations that have a second word always. */
const twoWords = new Set(['movi', 'movcond', 'call', 'callPure', 'tbStart', 'enterTb', 'gotoTb0', 'gotoTb1'])

const isTemp = (slot: number): boolean => slot >= ENV_TEMPS && slot < ENV_TEMPS_END

/** Compiles one block. */
export class BlockCompiler {
  readonly #words: Uint32Array
  readonly #start: number
  readonly #end: number
  readonly #code: WasmCode
  /** Local of each slot, and slots whose local holds the value. */
  readonly #locals = new Map<number, number>()
  readonly #known = new Set<number>()
  /** Places that are jumped to, in order; each ends a block of WebAssembly. */
  #labels: number[] = []

  /**
   * @param words  the translator's memory
   * @param ip  address of the bytecode
   * @param size  its bytes
   */
  constructor(words: Uint32Array, ip: number, size: number, code: WasmCode) {
    this.#words = words
    this.#start = ip
    this.#end = ip + size
    this.#code = code
  }

  /** Appends the function's body; false, with nothing appended that counts, for a block with a jump backwards. */
  compile(): boolean {
    if (!this.#findLabels()) return false
    const body = this.#code
    for (let i = this.#labels.length; i > 0; i--) body.byte(W.block, VOID)
    for (let at = this.#start; at < this.#end;) {
      while (this.#labels[0] === at) {
        this.#labels.shift()
        this.#known.clear()
        body.byte(W.end)
      }
      at += this.#operation(at)
    }
    // Whatever way out there is has been taken.
    body.i32Const(EXIT_LOOKUP)
    return true
  }

  /** How many locals of 64 bits there are, with the two that have no slot. */
  get locals(): number {
    return FIRST_SLOT - ADDR + this.#locals.size
  }

  #word(at: number): number {
    return this.#words[at >> 2]!
  }

  /** Bytes of an operation, and where it jumps to, or 0. */
  #shape(at: number): { size: number; target: number } {
    const low = this.#word(at)
    const op = low & 0xffff
    const immediate = op >= OP_IMMEDIATE
    const { kind, name } = opDefs[immediate ? op - OP_IMMEDIATE : op]!
    const target = kind === 'brcond' || name === 'br' ? at + ((low >> 16) << 3) : 0
    return { size: immediate || twoWords.has(name) ? 16 : 8, target }
  }

  #findLabels(): boolean {
    const found = new Set<number>()
    for (let at = this.#start; at < this.#end;) {
      const { size, target } = this.#shape(at)
      if (target !== 0) {
        if (target <= at) return false
        found.add(target)
      }
      at += size
    }
    this.#labels = [...found].sort((a, b) => a - b)
    return true
  }

  /** Depth of the block that ends at `target`. */
  #depth(target: number): number {
    return this.#labels.indexOf(target)
  }

  #local(slot: number): number {
    let local = this.#locals.get(slot)
    if (local === undefined) {
      local = FIRST_SLOT + this.#locals.size
      this.#locals.set(slot, local)
    }
    return local
  }

  /** Leaves a slot's value on the stack. */
  #get(slot: number): void {
    const code = this.#code
    const local = this.#local(slot)
    // A temporary is a local alone.
    if (this.#known.has(slot) || isTemp(slot)) return code.op(W.local_get, local)
    code.op(W.local_get, ENV)
    code.memory(W.i64_load, slot)
    code.op(W.local_tee, local)
    this.#known.add(slot)
  }

  /** Takes the value on the stack into a slot. */
  #set(slot: number): void {
    const code = this.#code
    const local = this.#local(slot)
    code.op(W.local_set, local)
    this.#known.add(slot)
    if (isTemp(slot)) return
    code.op(W.local_get, ENV)
    code.op(W.local_get, local)
    code.memory(W.i64_store, slot)
  }

  /** Stores a number of 32 bits in the CPU's block. */
  #put32(offset: number, value: number): void {
    this.#code.op(W.local_get, ENV)
    this.#code.i32Const(value)
    this.#code.memory(W.i32_store, offset)
  }

  #loadTlb(): void {
    this.#code.op(W.local_get, ENV)
    this.#code.memory(W.i32_load, ENV_TLB)
    this.#code.op(W.local_set, TLB)
  }

  #return(status: number): void {
    this.#code.i32Const(status)
    this.#code.byte(W.return)
  }

  /** Leaves for what is pending, if anything is. */
  #leaveIfPending(at: number): void {
    const code = this.#code
    code.op(W.local_get, ENV)
    code.memory(W.i32_load, ENV_PENDING)
    code.byte(W.if, VOID)
    code.op(W.local_get, ENV)
    code.i32Const(at)
    code.op(W.call, IMPORT.leave)
    code.byte(W.return, W.end)
  }

  #constant(at: number): void {
    const value = (BigInt(this.#word(at + 12)) << 32n) | BigInt(this.#word(at + 8))
    this.#code.i64Const(BigInt.asIntN(64, value))
  }

  /** Emits one operation; its bytes. */
  #operation(at: number): number {
    const low = this.#word(at)
    const high = this.#word(at + 4)
    const op = low & 0xffff
    const immediate = op >= OP_IMMEDIATE
    const def = opDefs[immediate ? op - OP_IMMEDIATE : op]!
    const d = low >>> 16
    const a = high & 0xffff
    const b = high >>> 16
    const { size, target } = this.#shape(at)
    const code = this.#code
    const value = (): void =>
      exprs[immediate ? op - OP_IMMEDIATE : op]!.emit(
        code,
        (name) => {
          if (name === 'b' && immediate) this.#constant(at)
          else this.#get(name === 'a' ? a : b)
        },
        exprImports,
      )
    switch (def.kind) {
      case 'unary':
      case 'binary':
        value()
        this.#set(d)
        break
      case 'setcond':
        value()
        code.byte(W.i64_extend_i32_u)
        this.#set(d)
        break
      case 'brcond':
        value()
        code.op(W.br_if, this.#depth(target))
        break
      case 'load':
      case 'store':
        this.#access(at, def.name, def.size, d, a, high >> 16)
        break
      case 'control':
        this.#control(at, def.name, d, a, b, target)
    }
    return size
  }

  /** A guest access: the TLB's fast path, and the function for all else. */
  #access(at: number, name: string, size: number, d: number, a: number, displacement: number): void {
    const code = this.#code
    const store = name.startsWith('st')
    // What is read here is known on both ways.
    this.#get(a)
    if (displacement !== 0) {
      code.i64Const(BigInt(displacement))
      code.byte(W.i64_add)
    }
    code.op(W.local_set, ADDR)
    if (store) {
      this.#get(d)
      code.op(W.local_set, SCRATCH)
    }
    code.op(W.local_get, ADDR)
    if (size > 1) {
      code.i64Const(BigInt(size - 1))
      code.byte(W.i64_add)
    }
    code.i64Const(PAGE_MASK)
    code.byte(W.i64_and)
    code.op(W.local_get, ADDR)
    code.i64Const(7n)
    code.byte(W.i64_shr_u, W.i32_wrap_i64)
    code.i32Const(TLB_INDEX_MASK)
    code.byte(W.i32_and)
    code.op(W.local_get, TLB)
    code.byte(W.i32_add)
    code.op(W.local_tee, ENTRY)
    code.memory(W.i64_load, store ? TLB_WRITE : TLB_READ)
    code.byte(W.i64_eq, W.if, store ? VOID : I64)
    code.op(W.local_get, ADDR)
    code.byte(W.i32_wrap_i64)
    code.op(W.local_get, ENTRY)
    code.memory(W.i32_load, TLB_ADDEND)
    code.byte(W.i32_add)
    if (store) {
      code.op(W.local_get, SCRATCH)
      code.memory(stores[size]!, 0)
    } else code.memory(loads[name]!, 0)
    code.byte(W.else)
    // A store may change the block that it is in: which one that is, is told by the address.
    if (store) this.#put32(ENV_EXIT_IP, at)
    code.op(W.local_get, ENV)
    code.op(W.local_get, ADDR)
    code.i32Const(size)
    if (store) {
      code.op(W.local_get, SCRATCH)
      code.op(W.call, IMPORT.storeSlow)
      this.#leaveIfPending(at)
      code.byte(W.end)
      return
    }
    code.op(W.call, IMPORT.loadSlow)
    if (name === 'ld8s') code.byte(W.i64_extend8_s)
    if (name === 'ld16s') code.byte(W.i64_extend16_s)
    if (name === 'ld32s') code.byte(W.i32_wrap_i64, W.i64_extend_i32_s)
    this.#leaveIfPending(at)
    code.byte(W.end)
    this.#set(d)
  }

  #call(at: number, d: number, helper: number, pure: boolean): void {
    const code = this.#code
    const operands = this.#word(at + 8)
    if (!pure) this.#put32(ENV_EXIT_IP, at)
    code.op(W.local_get, ENV)
    this.#get(operands & 0xffff)
    this.#get(operands >>> 16)
    this.#get(this.#word(at + 12) & 0xffff)
    code.i32Const(helper)
    code.byte(W.call_indirect)
    code.u32(TYPE_HELPER)
    code.byte(0)
    if (!pure) {
      // It may have changed any register, and must not be followed by anything if it raised an exception.
      code.op(W.local_set, SCRATCH)
      this.#known.clear()
      this.#leaveIfPending(at)
      this.#loadTlb()
      code.op(W.local_get, SCRATCH)
    }
    this.#set(d)
  }

  #control(at: number, name: string, d: number, a: number, b: number, target: number): void {
    const code = this.#code
    switch (name) {
      case 'movi':
        this.#constant(at)
        return this.#set(d)
      case 'movcond':
        this.#get(b)
        this.#get(this.#word(at + 8) & 0xffff)
        this.#get(a)
        code.byte(W.i64_eqz, W.i32_eqz, W.select)
        return this.#set(d)
      case 'call':
      case 'callPure':
        return this.#call(at, d, a, name === 'callPure')
      case 'br':
        return code.op(W.br, this.#depth(target))
      case 'tbStart':
      case 'enterTb':
        return this.#begin(at)
      case 'gotoTb0':
      case 'gotoTb1':
        return this.#goto(at, name === 'gotoTb0' ? 0 : 1)
      case 'gotoPtr':
        code.op(W.local_get, ENV)
        code.op(W.call, IMPORT.lookupTbPtr)
        code.op(W.local_tee, ENTRY)
        code.i32Const(EXIT_LOOKUP)
        code.op(W.local_get, ENTRY)
        return code.byte(W.select, W.return)
      case 'exitTb':
        return this.#return(d)
      default:
        throw new Error(`Operation ${name} is not for compiled blocks`)
    }
  }

  /** Takes the block's instructions from the slice, or ends it. */
  #begin(at: number): void {
    const code = this.#code
    const insns = this.#word(at) >>> 16
    code.op(W.local_get, ENV)
    code.memory(W.i32_load, ENV_ICOUNT_DECR)
    code.op(W.local_tee, ENTRY)
    code.i32Const(insns)
    // Compared before it is subtracted: a small budget with the sign bit of a request would wrap round to a huge one.
    code.byte(W.i32_lt_s, W.if, VOID)
    this.#put32(ENV_EXIT_TB, this.#word(at + 4))
    this.#return(EXIT_REQUEST)
    code.byte(W.end)
    code.op(W.local_get, ENV)
    code.op(W.local_get, ENTRY)
    code.i32Const(insns)
    code.byte(W.i32_sub)
    code.memory(W.i32_store, ENV_ICOUNT_DECR)
    this.#loadTlb()
  }

  /** To the block that is chained, or out to have one chained. */
  #goto(at: number, way: number): void {
    const code = this.#code
    code.i32Const(0)
    code.memory(W.i32_load, at + 8)
    code.op(W.local_tee, ENTRY)
    code.byte(W.i32_eqz, W.if, VOID)
    this.#put32(ENV_EXIT_TB, this.#word(at + 4))
    this.#return(EXIT_CHAIN0 + way)
    code.byte(W.end)
    code.op(W.local_get, ENTRY)
    code.byte(W.return)
  }
}

/** Types of the functions' locals: three of 32 bits are there always, the parameter among them. */
export function declareLocals(code: WasmCode, wide: number): void {
  code.u32(2)
  code.u32(ADDR - TLB)
  code.byte(I32)
  code.u32(wide)
  code.byte(I64)
}
