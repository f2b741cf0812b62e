// SPDX-License-Identifier: GPL-2.0-or-later
import { foldConstant } from './fold.js'
import { callThird, CONST_BASE, type IrOp, O, type Operand, type TCGContext } from './ir.js'
import { ENV_ARCH, ENV_BLOCK_TEMPS, ENV_TEMPS } from './layout.js'
import { Liveness } from './liveness.js'
import { opDefs } from './opcodes.js'

const SLOTS = 0x1_0000 >> 3
const isConst = (operand: Operand): boolean => operand >= CONST_BASE
const isInsnTemp = (operand: Operand): boolean => operand >= ENV_TEMPS && operand < ENV_BLOCK_TEMPS
const kinds = opDefs.map(({ kind }) => kind)

/**
 * Improves blocks: operands become what they are copies of, constants are folded, results that nobody reads are left
 * out (of flags above all). One object serves all blocks of an accelerator, so that its tables are made once.
 */
export class Optimizer {
  /** For each slot the slot or constant that it is a copy of, valid while its stamp is `#epoch`. */
  readonly #copyOf = new Int32Array(SLOTS)
  readonly #copyStamp = new Uint32Array(SLOTS)
  /** The slots that are copies, to be looked through when one is overwritten. */
  #copies: number[] = []
  #epoch = 0
  readonly #liveness = new Liveness()

  /** @qemu tcg/tcg.c tcg_gen_code */
  run(ctx: TCGContext): void {
    this.#propagate(ctx)
    this.#liveness.eliminateDead(ctx)
  }

  #forgetAll(): void {
    this.#epoch++
    this.#copies = []
  }

  #resolve(operand: Operand): Operand {
    if (isConst(operand)) return operand
    const i = operand >> 3
    return this.#copyStamp[i] === this.#epoch ? this.#copyOf[i]! : operand
  }

  /** The slot changes: nothing is a copy of it any more. */
  #written(slot: number): void {
    this.#copyStamp[slot >> 3] = 0
    const copies = this.#copies
    for (let i = copies.length - 1; i >= 0; i--) {
      const copy = copies[i]!
      if (copy !== slot && this.#copyOf[copy >> 3] !== slot) continue
      this.#copyStamp[copy >> 3] = 0
      copies.splice(i, 1)
    }
  }

  #noteCopy(slot: number, source: Operand): void {
    if (slot === source) return
    this.#copyOf[slot >> 3] = source
    this.#copyStamp[slot >> 3] = this.#epoch
    this.#copies.push(slot)
  }

  /** An instruction's temporaries mean nothing to the next one. */
  #temporariesGone(): void {
    for (const copy of [...this.#copies]) {
      const source = this.#copyOf[copy >> 3]!
      if (isInsnTemp(copy) || isInsnTemp(source)) this.#written(copy)
    }
  }

  /** Registers may have changed behind our back; what is a copy of a constant in a temporary stays. */
  #registersWritten(): void {
    for (const copy of [...this.#copies]) {
      const source = this.#copyOf[copy >> 3]!
      if (copy >= ENV_ARCH || (!isConst(source) && source >= ENV_ARCH)) this.#written(copy)
    }
  }

  /** @qemu tcg/optimize.c tcg_optimize */
  #propagate(ctx: TCGContext): void {
    this.#forgetAll()
    for (const op of ctx.ops) {
      switch (kinds[op.op]) {
        case 'unary':
        case 'binary':
        case 'setcond':
          op.a = this.#resolve(op.a)
          op.b = this.#resolve(op.b)
          this.#simplify(ctx, op)
          this.#written(op.d)
          if (op.op === O.mov) this.#noteCopy(op.d, op.a)
          break
        case 'brcond':
          op.a = this.#resolve(op.a)
          op.b = this.#resolve(op.b)
          break
        case 'load':
          op.a = this.#resolve(op.a)
          this.#written(op.d)
          break
        case 'store':
          op.a = this.#resolve(op.a)
          op.d = this.#resolve(op.d)
          break
        default:
          this.#propagateControl(op)
      }
    }
  }

  #propagateControl(op: IrOp): void {
    switch (op.op) {
      case O.call:
      case O.callPure: {
        op.a = this.#resolve(op.a)
        op.b = this.#resolve(op.b)
        const third = callThird(op)
        op.c += this.#resolve(third) - third
        if (op.op === O.call) this.#registersWritten()
        this.#written(op.d)
        break
      }
      case O.movcond:
        op.a = this.#resolve(op.a)
        op.b = this.#resolve(op.b)
        op.c = this.#resolve(op.c)
        this.#written(op.d)
        break
      case O.insnStart:
        this.#temporariesGone()
        break
      case O.label:
        this.#forgetAll()
        break
    }
  }

  /** Folds constants and drops what changes nothing. */
  #simplify(ctx: TCGContext, op: IrOp): void {
    const { name, kind } = opDefs[op.op]!
    if (!isConst(op.a) && (kind === 'unary' || !isConst(op.b))) {
      if (
        op.a === op.b &&
        (op.op === O.xor64 || op.op === O.xor32 || op.op === O.sub64 || op.op === O.sub32)
      ) {
        this.#becomeMov(op, ctx.const(0))
      }
      return
    }
    if (isConst(op.a) && (kind === 'unary' || isConst(op.b))) {
      if (op.op === O.mov) return
      const b = kind === 'unary' ? 0n : ctx.constValue(op.b)
      const value = foldConstant(name, ctx.constValue(op.a), b)
      if (value !== null) this.#becomeMov(op, ctx.constBig(value))
      return
    }
    if (kind !== 'binary' || !isConst(op.b)) return
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
