// SPDX-License-Identifier: GPL-2.0-or-later
import { foldConstant } from './fold.js'
import { CONST_BASE, type IrOp, O, type Operand, type TCGContext } from './ir.js'
import { ENV_ARCH, ENV_BLOCK_TEMPS, ENV_TEMPS } from './layout.js'
import { Liveness } from './liveness.js'
import {
  KIND_BINARY,
  KIND_BRCOND,
  KIND_LOAD,
  KIND_STORE,
  KIND_UNARY,
  KIND_VECTOR,
  opDefs,
  opKinds,
  VECTOR_A,
  VECTOR_D,
  vectorParts,
} from './opcodes.js'

const SLOTS = 0x1_0000 >> 3
const isConst = (operand: Operand): boolean => operand >= CONST_BASE

/** What a copy has to do with, by bits: it dies when one of these changes as a whole. */
const INSN_TEMPS = 1
const REGISTERS = 2

const classOf = (operand: Operand): number => {
  if (isConst(operand)) return 0
  if (operand >= ENV_ARCH) return REGISTERS
  return operand >= ENV_TEMPS && operand < ENV_BLOCK_TEMPS ? INSN_TEMPS : 0
}

/**
 * Improves blocks: operands become what they are copies of, constants are folded, what nobody gets to and results that nobody
 * reads are left out (of flags above all). One object serves all blocks of an accelerator, so that its tables are made once.
 */
export class Optimizer {
  /** Counts the changes of all blocks. */
  #now = 0
  /** For each slot the slot or constant that it became a copy of, when, and what the two have to do with. */
  readonly #copyOf = new Int32Array(SLOTS)
  readonly #copiedAt = new Float64Array(SLOTS)
  readonly #copyClass = new Uint8Array(SLOTS)
  /** When each slot was written last. */
  readonly #writtenAt = new Float64Array(SLOTS)
  /** By the bits of a copy's class: older ones are none any more. */
  readonly #validSince = new Float64Array(4)
  readonly #liveness = new Liveness()
  /** What follows is behind a jump that is always taken: nobody gets there but by a label. */
  #unreachable = false

  /** @qemu tcg/tcg.c tcg_gen_code */
  run(ctx: TCGContext): void {
    this.#propagate(ctx)
    this.#liveness.eliminateDead(ctx)
  }

  /** Copies that have to do with any of `bits` are none any more; for 0, no copy is. */
  #forget(bits: number): void {
    const now = ++this.#now
    for (let copyClass = 0; copyClass < 4; copyClass++) {
      if (bits === 0 || (copyClass & bits) !== 0) this.#validSince[copyClass] = now
    }
  }

  #resolve(operand: Operand): Operand {
    if (isConst(operand)) return operand
    const i = operand >> 3
    const since = this.#copiedAt[i]!
    if (since <= this.#validSince[this.#copyClass[i]!]!) return operand
    const source = this.#copyOf[i]!
    return isConst(source) || this.#writtenAt[source >> 3]! < since ? source : operand
  }

  /** The slot changes: it is no copy, and nothing is a copy of it any more. */
  #written(slot: number): void {
    this.#copiedAt[slot >> 3] = 0
    this.#writtenAt[slot >> 3] = ++this.#now
  }

  #noteCopy(slot: number, source: Operand): void {
    if (slot === source) return
    const i = slot >> 3
    this.#copyOf[i] = source
    this.#copyClass[i] = classOf(slot) | classOf(source)
    this.#copiedAt[i] = ++this.#now
  }

  /** @qemu tcg/optimize.c tcg_optimize */
  #propagate(ctx: TCGContext): void {
    this.#forget(0)
    this.#unreachable = false
    for (const op of ctx.ops) {
      if (this.#unreachable && op.op !== O.label && op.op !== O.insnStart) {
        op.op = -1
        continue
      }
      switch (opKinds[op.op]) {
        case KIND_UNARY:
        case KIND_BINARY:
          op.a = this.#resolve(op.a)
          op.b = this.#resolve(op.b)
          this.#simplify(ctx, op)
          this.#written(op.d)
          if (op.op === O.mov) this.#noteCopy(op.d, op.a)
          break
        case KIND_BRCOND:
          op.a = this.#resolve(op.a)
          op.b = this.#resolve(op.b)
          this.#foldBrcond(ctx, op)
          break
        case KIND_LOAD:
          op.a = this.#resolve(op.a)
          this.#written(op.d)
          if (vectorParts[op.op]! & VECTOR_D) this.#written(op.d + 8)
          break
        case KIND_STORE:
          op.a = this.#resolve(op.a)
          if (!(vectorParts[op.op]! & VECTOR_D)) op.d = this.#resolve(op.d)
          break
        case KIND_VECTOR:
          // Copies are known of slots, not of vectors.
          if (!(vectorParts[op.op]! & VECTOR_A)) op.a = this.#resolve(op.a)
          this.#written(op.d)
          if (vectorParts[op.op]! & VECTOR_D) this.#written(op.d + 8)
          break
        default:
          this.#propagateControl(op)
      }
    }
  }

  #propagateControl(op: IrOp): void {
    switch (op.op) {
      case O.insnStart:
        this.#forget(INSN_TEMPS)
        break
      case O.call:
        // Registers may change behind our back; what is a copy of a constant in a temporary stays.
        this.#resolveAll(op)
        this.#forget(REGISTERS)
        this.#written(op.d)
        break
      case O.callPure:
      case O.movcond:
        this.#resolveAll(op)
        this.#written(op.d)
        break
      case O.label:
        this.#forget(0)
        this.#unreachable = false
        break
      case O.br:
        this.#unreachable = true
        break
    }
  }

  /** A jump whose condition is known is taken always, or never. @qemu tcg/optimize.c fold_brcond */
  #foldBrcond(ctx: TCGContext, op: IrOp): void {
    const same = op.a === op.b
    if (!same && !(isConst(op.a) && isConst(op.b))) return
    // Whatever is compared with itself compares as 0 does.
    const a = same ? 0n : ctx.constValue(op.a)
    const b = same ? 0n : ctx.constValue(op.b)
    const taken = foldConstant(opDefs[op.op]!.name, a, b) === 1n
    op.op = taken ? O.br! : -1
    this.#unreachable = taken
  }

  #resolveAll(op: IrOp): void {
    op.a = this.#resolve(op.a)
    op.b = this.#resolve(op.b)
    op.c = this.#resolve(op.c)
  }

  /** Folds constants and drops what changes nothing. */
  #simplify(ctx: TCGContext, op: IrOp): void {
    if (op.op === O.mov) return
    const unary = opKinds[op.op] === KIND_UNARY
    if (!isConst(op.a) && (unary || !isConst(op.b))) {
      if (
        op.a === op.b &&
        (op.op === O.xor64 || op.op === O.xor32 || op.op === O.sub64 || op.op === O.sub32)
      ) {
        this.#becomeMov(op, ctx.const(0))
      }
      return
    }
    if (isConst(op.a) && (unary || isConst(op.b))) {
      const { name } = opDefs[op.op]!
      const value = foldConstant(name, ctx.constValue(op.a), unary ? 0n : ctx.constValue(op.b))
      if (value !== null) this.#becomeMov(op, ctx.constBig(value))
      return
    }
    if (unary || !isConst(op.b)) return
    const i = op.b - CONST_BASE
    if (ctx.constLow[i] !== 0 || ctx.constHigh[i] !== 0) return
    if (
      op.op === O.add64 ||
      op.op === O.or64 ||
      op.op === O.sub64 ||
      op.op === O.xor64 ||
      op.op === O.shl64
    ) {
      this.#becomeMov(op, op.a)
    } else if (op.op === O.and64 || op.op === O.and32) {
      this.#becomeMov(op, op.b)
    }
  }

  #becomeMov(op: IrOp, source: Operand): void {
    op.op = O.mov!
    op.a = source
    op.b = 0
  }
}
