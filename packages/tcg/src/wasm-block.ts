// SPDX-License-Identifier: GPL-2.0-or-later
//
// The operations of one block within the function of its region.

import type { BlockOp } from './block-ops.js'
import { O } from './ir.js'
import {
  ENV_EXIT_IP,
  ENV_EXIT_TB,
  ENV_JMP_CACHE,
  ENV_PENDING,
  ENV_TEMPS,
  ENV_TEMPS_END,
  EXIT_CHAIN0,
  EXIT_LOOKUP,
  JMP_CACHE_BITS,
  JMP_CACHE_CS_BASE,
  JMP_CACHE_ENTRY,
  JMP_CACHE_FLAGS,
  JMP_CACHE_IP,
  JMP_CACHE_PC,
  TB_DEAD,
  TLB_ADDEND,
  TLB_READ,
  TLB_WRITE,
} from './layout.js'
import { opDefs } from './opcodes.js'
import { I64, VOID, W } from './wasm-code.js'
import { type ExprImports, WasmExpr } from './wasm-expr.js'
import { ADDR, type BlockState, type CompilableBlock, ENTRY, ENV, IMPORT, SCRATCH } from './wasm-frame.js'
import type { RegionCompiler } from './wasm-region.js'
import { VectorCompiler } from './wasm-vector.js'

const PAGE_MASK = ~0xfffn

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

const isTemp = (slot: number): boolean => slot >= ENV_TEMPS && slot < ENV_TEMPS_END

/** Emits one block. */
export class BlockCompiler {
  readonly #region: RegionCompiler
  readonly #block: CompilableBlock
  readonly #vectors: VectorCompiler
  /** Globals that may differ from what is in the CPU's block, here and at the places that are jumped to. */
  #dirty: number
  readonly #dirtyAt = new Map<number, number>()
  /** The lower half of the constant that was put into a slot last. */
  readonly #constants = new Map<number, number>()
  /** Nothing has changed what tells blocks apart. */
  #stateKept = true

  /** @param dirty  globals that may differ where the block begins */
  constructor(region: RegionCompiler, block: CompilableBlock, dirty: number) {
    this.#region = region
    this.#block = block
    this.#dirty = dirty
    this.#vectors = new VectorCompiler(region, {
      get: (slot) => this.#get(slot),
      set: (slot) => this.#set(slot),
      host: () => this.#host(),
      leaveIfPending: (at) => this.#leaveIfPending(at),
    })
  }

  compile(): void {
    const { code, nesting } = this.#region
    const { ops } = this.#block
    const labels = [...new Set(ops.map(({ target }) => target))].filter(Boolean).sort((a, b) => b - a)
    for (const label of labels) nesting.open(W.block, label)
    for (const op of ops) {
      while (labels.at(-1) === op.at) {
        this.#dirty |= this.#dirtyAt.get(labels.pop()!) ?? 0
        nesting.close()
      }
      this.#operation(op)
    }
    // Nothing is behind a block's last operation but labels that nobody falls into.
    for (; labels.length > 0; labels.pop()) nesting.close()
    code.byte(W.unreachable)
  }

  /** Leaves a slot's value on the stack. */
  #get(slot: number): void {
    const { code, globals } = this.#region
    if (globals.vectorOf(slot) >= 0) return this.#vectors.getHalf(slot)
    if (isTemp(slot) || globals.bit(slot) !== 0) return code.op(W.local_get, this.#region.globals.local(slot))
    code.op(W.local_get, ENV)
    code.memory(W.i64_load, slot)
  }

  /** Takes the value on the stack into a slot. */
  #set(slot: number): void {
    const { code } = this.#region
    const bit = this.#region.globals.bit(slot)
    this.#dirty |= bit
    if (this.#region.globals.vectorOf(slot) >= 0) return this.#vectors.setHalf(slot, SCRATCH)
    if (isTemp(slot) || bit !== 0) return code.op(W.local_set, this.#region.globals.local(slot))
    if (this.#region.target.state.has(slot)) this.#stateKept = false
    code.op(W.local_set, SCRATCH)
    code.op(W.local_get, ENV)
    code.op(W.local_get, SCRATCH)
    code.memory(W.i64_store, slot)
  }

  /** A vector was written, if the result is one. */
  #written({ d }: BlockOp): void {
    this.#dirty |= this.#region.globals.bit(d)
  }

  #value({ def, op, immediate, a, b, low, high }: BlockOp): void {
    const { code } = this.#region
    exprs[op]!.emit(
      code,
      (name) => {
        if (name === 'b' && immediate) code.i64Pair(low, high)
        else this.#get(name === 'a' ? a : b)
      },
      exprImports,
    )
    if (def.kind === 'setcond') code.byte(W.i64_extend_i32_u)
  }

  #operation(op: BlockOp): void {
    switch (op.def.kind) {
      case 'unary':
      case 'binary':
      case 'setcond':
        this.#value(op)
        return this.#set(op.d)
      case 'brcond':
        this.#value(op)
        return this.#jump(W.br_if, op.target)
      case 'load':
        return this.#load(op)
      case 'store':
        return this.#store(op)
      case 'vector':
        this.#vectors.compute(op)
        return this.#written(op)
      case 'control':
        return this.#control(op)
    }
  }

  #jump(instruction: number, target: number): void {
    this.#dirtyAt.set(target, (this.#dirtyAt.get(target) ?? 0) | this.#dirty)
    this.#region.code.op(instruction, this.#region.nesting.depthOf(target))
  }

  /** Leaves on the stack whether an access, whose address goes to ADDR, is to RAM and known to the TLB. */
  #lookup({ a, b, def: { size, aligned } }: BlockOp, column: number): void {
    const { code } = this.#region
    const displacement = (b << 16) >> 16
    this.#get(a)
    if (displacement !== 0) {
      code.i64Const(BigInt(displacement))
      code.byte(W.i64_add)
    }
    code.op(W.local_tee, ADDR)
    if (size > 1 && !aligned) {
      code.i64Const(BigInt(size - 1))
      code.byte(W.i64_add)
    }
    code.i64Const(aligned ? PAGE_MASK | BigInt(size - 1) : PAGE_MASK)
    code.byte(W.i64_and)
    this.#region.tlbEntry()
    code.op(W.local_tee, ENTRY)
    code.memory(W.i64_load, column)
    code.byte(W.i64_eq)
  }

  /** Leaves on the stack where RAM at ADDR stands. */
  #host(): void {
    const { code } = this.#region
    code.op(W.local_get, ADDR)
    code.byte(W.i32_wrap_i64)
    code.op(W.local_get, ENTRY)
    code.memory(W.i32_load, TLB_ADDEND)
    code.byte(W.i32_add)
  }

  #load(op: BlockOp): void {
    const region = this.#region
    const { code } = region
    const { name, size } = op.def
    this.#lookup(op, TLB_READ)
    if (size === 16) {
      this.#vectors.load(op)
      return this.#written(op)
    }
    region.nesting.ifElse(
      I64,
      () => {
        this.#host()
        code.memory(loads[name]!, 0)
      },
      () => {
        code.op(W.local_get, ENV)
        code.op(W.local_get, ADDR)
        code.i32Const(size)
        code.op(W.call, IMPORT.loadSlow)
        if (name === 'ld8s') code.byte(W.i64_extend8_s)
        if (name === 'ld16s') code.byte(W.i64_extend16_s)
        if (name === 'ld32s') code.byte(W.i32_wrap_i64, W.i64_extend_i32_s)
        this.#leaveIfPending(op.at)
      },
    )
    this.#set(op.d)
  }

  #store(op: BlockOp): void {
    const region = this.#region
    const { code } = region
    const { size } = op.def
    this.#lookup(op, TLB_WRITE)
    if (size === 16) return this.#vectors.store(op)
    region.nesting.ifElse(
      VOID,
      () => {
        this.#host()
        this.#get(op.d)
        code.memory(stores[size]!, 0)
      },
      () => {
        // A store may change the block that it is in: which one that is, is told by the address.
        region.put32(ENV_EXIT_IP, op.at)
        code.op(W.local_get, ENV)
        code.op(W.local_get, ADDR)
        code.i32Const(size)
        this.#get(op.d)
        code.op(W.call, IMPORT.storeSlow)
        this.#leaveIfPending(op.at)
      },
    )
  }

  /** Leaves for what is pending, if anything is. */
  #leaveIfPending(at: number): void {
    const region = this.#region
    region.code.op(W.local_get, ENV)
    region.code.memory(W.i32_load, ENV_PENDING)
    region.nesting.if(() => region.leaveCold(this.#dirty, at))
  }

  #call({ at, op, d, a: helper, low, high }: BlockOp): void {
    const region = this.#region
    const { code } = region
    const pure = op === O.callPure
    const keepsGlobals = pure || region.target.noGlobals.has(helper)
    if (!pure) region.put32(ENV_EXIT_IP, at)
    const vectors = region.target.onVectors.has(helper)
      ? this.#named(low & 0xffff) | this.#named(low >>> 16)
      : 0
    if (!keepsGlobals) {
      region.globals.store(this.#dirty)
      this.#dirty = 0
      this.#stateKept = false
    } else {
      region.globals.store(this.#dirty & vectors)
      this.#dirty &= ~vectors
    }
    code.op(W.local_get, ENV)
    this.#get(low & 0xffff)
    this.#get(low >>> 16)
    this.#get(high & 0xffff)
    region.call(helper)
    if (!pure) {
      // Nothing follows if it raised an exception.
      code.op(W.local_set, SCRATCH)
      this.#leaveIfPending(at)
      if (!keepsGlobals) {
        region.loadGlobals()
        region.loadBudget()
      } else region.globals.load(vectors)
      code.op(W.local_get, SCRATCH)
    }
    this.#set(d)
  }

  /** The bit of the vector whose offset an argument is, a constant that was put into a slot right before the call. */
  #named(slot: number): number {
    return this.#region.globals.bit(this.#constants.get(slot) ?? -1)
  }

  #control(op: BlockOp): void {
    const region = this.#region
    const { code } = region
    switch (op.op) {
      case O.movi:
        this.#constants.set(op.d, op.low)
        code.i64Pair(op.low, op.high)
        return this.#set(op.d)
      case O.movcond:
        this.#get(op.b)
        this.#get(op.low & 0xffff)
        this.#get(op.a)
        code.byte(W.i64_eqz, W.i32_eqz, W.select)
        return this.#set(op.d)
      case O.call:
      case O.callPure:
        return this.#call(op)
      case O.br:
        return this.#jump(W.br, op.target)
      case O.tbStart:
      case O.enterTb:
        return region.takeFromBudget(op.d, op.a | (op.b << 16), this.#dirty)
      case O.gotoTb0:
      case O.gotoTb1:
        return this.#goto(op, op.op === O.gotoTb0 ? 0 : 1)
      case O.gotoPtr:
        return this.#gotoPtr()
      case O.exitTb:
        region.globals.store(this.#dirty)
        return region.return(op.d)
      default:
        throw new Error(`Operation ${op.def.name} is not for compiled blocks`)
    }
  }

  /** To the block that is chained, or out to have one chained. */
  #goto(op: BlockOp, way: number): void {
    const region = this.#region
    const { code } = region
    code.i32Const(0)
    code.memory(W.i32_load, op.at + 8)
    code.op(W.local_tee, ENTRY)
    const inside = region.chained(op)
    if (inside >= 0) {
      // It may have been thrown away since.
      code.i32Const(region.blocks[inside]!.ip)
      code.byte(W.i32_eq)
      region.toBlockIf(inside)
      code.op(W.local_get, ENTRY)
    }
    region.globals.store(this.#dirty)
    code.byte(W.i32_eqz)
    region.nesting.if(() => {
      region.put32(ENV_EXIT_TB, op.a | (op.b << 16))
      region.return(EXIT_CHAIN0 + way)
    })
    region.leaveTail()
  }

  /** To the block at the computed address. */
  #gotoPtr(): void {
    const region = this.#region
    const { code } = region
    const { state, jumps = [] } = this.#block
    if (state && this.#stateKept) {
      for (const { pc, to, page } of jumps) {
        code.op(W.local_get, region.globals.local(region.target.pc))
        code.i64Const(pc)
        code.byte(W.i64_eq)
        region.nesting.if(() => {
          code.i32Const(0)
          code.memory(W.i32_load16_u, region.blocks[to]!.ip)
          code.i32Const(TB_DEAD)
          code.byte(W.i32_ne)
          if (page) {
            region.pageIsThere(page)
            code.byte(W.i32_and)
          }
          region.toBlockIf(to)
        })
      }
    }
    region.globals.store(this.#dirty)
    if (state && this.#stateKept) this.#jmpCache(state)
    else {
      code.op(W.local_get, ENV)
      code.op(W.call, IMPORT.lookupTbPtr)
    }
    code.op(W.local_tee, ENTRY)
    code.byte(W.i32_eqz)
    region.nesting.if(() => region.return(EXIT_LOOKUP))
    region.leaveTail()
  }

  /** Leaves on the stack what the cache of blocks has for the next instruction: an address of bytecode, or 0. */
  #jmpCache({ csBase, bits, flags }: BlockState): void {
    const region = this.#region
    const { code } = region
    code.op(W.local_get, region.globals.local(region.target.pc))
    if (csBase !== 0n) {
      code.i64Const(csBase)
      code.byte(W.i64_add)
    }
    if (bits === 32) {
      code.i64Const(0xffff_ffffn)
      code.byte(W.i64_and)
    }
    code.op(W.local_tee, ADDR)
    code.op(W.local_get, ADDR)
    code.i64Const(BigInt(JMP_CACHE_BITS))
    code.byte(W.i64_shr_u, W.i64_xor, W.i32_wrap_i64)
    code.i32Const((1 << JMP_CACHE_BITS) - 1)
    code.byte(W.i32_and)
    code.i32Const(JMP_CACHE_ENTRY)
    code.byte(W.i32_mul)
    code.op(W.local_get, ENV)
    code.byte(W.i32_add)
    code.op(W.local_tee, ENTRY)
    code.memory(W.i64_load, ENV_JMP_CACHE + JMP_CACHE_PC)
    code.op(W.local_get, ADDR)
    code.byte(W.i64_eq)
    code.op(W.local_get, ENTRY)
    code.memory(W.i64_load, ENV_JMP_CACHE + JMP_CACHE_CS_BASE)
    code.i64Const(csBase)
    code.byte(W.i64_eq, W.i32_and)
    code.op(W.local_get, ENTRY)
    code.memory(W.i32_load, ENV_JMP_CACHE + JMP_CACHE_FLAGS)
    code.i32Const(flags)
    code.byte(W.i32_eq, W.i32_and)
    // The entry's address is multiplied by whether it is the right one: a load from 0 gives 0.
    code.op(W.local_get, ENTRY)
    code.memory(W.i32_load, ENV_JMP_CACHE + JMP_CACHE_IP)
    code.byte(W.i32_mul)
  }
}
