// SPDX-License-Identifier: GPL-2.0-or-later
import { CONST_BASE, type IrOp, O, type Operand, type TCGContext } from './ir.js'
import { ENV_ARCH, ENV_BLOCK_TEMPS, ENV_TEMPS } from './layout.js'
import {
  KIND_BINARY,
  KIND_BRCOND,
  KIND_LOAD,
  KIND_STORE,
  KIND_UNARY,
  KIND_VECTOR,
  opKinds,
  VECTOR_A,
  VECTOR_B,
  VECTOR_D,
  VECTOR_TWO,
  vectorParts,
} from './opcodes.js'

/** Slots that begin and end to live together: temporaries of an instruction, those of a block, registers. */
interface SlotClass {
  /** Counts the points at which all of them change at once. */
  epoch: number
  /** Whether a slot lives of which nothing is known since that point. */
  live: boolean
}

/**
 * Goes through a block backwards and leaves out what computes a value that nobody reads. Registers are read by
 * everything that may raise an exception or leave the block.
 * @qemu tcg/tcg.c liveness_pass_1
 */
export class Liveness {
  /** For each slot: the epoch of its class at which it was last looked at, times two, plus one when it lives. */
  readonly #state = new Float64Array(0x1_0000 >> 3)
  readonly #insnTemps: SlotClass = { epoch: 1, live: false }
  readonly #blockTemps: SlotClass = { epoch: 1, live: false }
  readonly #registers: SlotClass = { epoch: 1, live: true }
  /** Temporaries are read between here and the block's end. */
  #tempsRead = false
  /** By label: whether temporaries are read between it and the block's end. */
  readonly #readBehind: boolean[] = []

  eliminateDead(ctx: TCGContext): void {
    this.#all(this.#insnTemps, false)
    this.#all(this.#blockTemps, false)
    this.#all(this.#registers, true)
    this.#tempsRead = false
    this.#readBehind.length = 0
    let kept = ctx.ops.length
    for (let i = ctx.ops.length - 1; i >= 0; i--) {
      const op = ctx.ops[i]!
      // A jump to what is behind it is none.
      const next = ctx.ops[kept]
      if (op.op === O.br && next?.op === O.label && next.d === op.d) continue
      if (op.op === O.mov && i > 0 && this.#computedThere(ctx.ops[i - 1]!, op)) continue
      if (op.op >= 0 && this.#visit(op)) ctx.ops[--kept] = op
    }
    ctx.ops.splice(0, kept)
  }

  #classOf(slot: number): SlotClass {
    if (slot >= ENV_ARCH || slot < ENV_TEMPS) return this.#registers
    return slot >= ENV_BLOCK_TEMPS ? this.#blockTemps : this.#insnTemps
  }

  #all(slots: SlotClass, live: boolean): void {
    slots.epoch++
    slots.live = live
  }

  #isLive(slot: number): boolean {
    const slots = this.#classOf(slot)
    const state = this.#state[slot >> 3]!
    return state >= slots.epoch * 2 ? state % 2 === 1 : slots.live
  }

  #written(slot: number): void {
    this.#state[slot >> 3] = this.#classOf(slot).epoch * 2
  }

  #read(operand: Operand): void {
    if (operand >= CONST_BASE) return
    const slots = this.#classOf(operand)
    if (slots !== this.#registers) this.#tempsRead = true
    this.#state[operand >> 3] = slots.epoch * 2 + 1
  }

  /** What is computed into a temporary, only to be moved to `d`, is computed into `d`: true, and the mov can go. */
  #computedThere(before: IrOp, { d, a }: IrOp): boolean {
    if (before.d !== a || a >= CONST_BASE || this.#classOf(a) === this.#registers) return false
    const kind = opKinds[before.op]
    // A load of a vector has a second half.
    const loads = kind === KIND_LOAD && !(vectorParts[before.op]! & VECTOR_D)
    const computes = kind === KIND_UNARY || kind === KIND_BINARY || loads || before.op === O.movcond
    if (!computes || this.#isLive(a) || !this.#isLive(d)) return false
    before.d = d
    return true
  }

  /** An operation that computes `d` and does nothing else; false when it can go. */
  #pure(op: IrOp, third: Operand): boolean {
    if (!this.#isLive(op.d) || (op.op === O.mov && op.d === op.a)) return false
    this.#written(op.d)
    this.#read(op.a)
    this.#read(op.b)
    this.#read(third)
    return true
  }

  /** The same for an operation on vectors. */
  #pureVector(op: IrOp): boolean {
    const parts = vectorParts[op.op]!
    const wide = (parts & VECTOR_D) !== 0
    if (!this.#isLive(op.d) && !(wide && this.#isLive(op.d + 8))) return false
    this.#written(op.d)
    if (wide) this.#written(op.d + 8)
    this.#read(op.a)
    if (parts & VECTOR_A) this.#read(op.a + 8)
    if (parts & VECTOR_TWO) this.#read(op.b)
    if (parts & VECTOR_B) this.#read(op.b + 8)
    return true
  }

  /** Looks at one operation; false when nobody needs it. */
  #visit(op: IrOp): boolean {
    switch (opKinds[op.op]) {
      case KIND_UNARY:
        return this.#pure(op, op.a)
      case KIND_BINARY:
        return this.#pure(op, op.b)
      case KIND_VECTOR:
        return this.#pureVector(op)
      case KIND_LOAD:
        this.#written(op.d)
        if (vectorParts[op.op]! & VECTOR_D) this.#written(op.d + 8)
        // It may fault: the registers must be those of the instruction's start.
        this.#all(this.#registers, true)
        this.#read(op.a)
        return true
      case KIND_STORE:
        this.#all(this.#registers, true)
        this.#read(op.a)
        this.#read(op.d)
        if (vectorParts[op.op]! & VECTOR_D) this.#read(op.d + 8)
        return true
      case KIND_BRCOND:
        this.#all(this.#registers, true)
        // Which temporaries are read there is not followed, but often there is only the block's end.
        if (this.#readBehind[op.d] !== false) this.#allTemps(true)
        this.#read(op.a)
        this.#read(op.b)
        return true
      default:
        return this.#visitControl(op)
    }
  }

  #visitControl(op: IrOp): boolean {
    switch (op.op) {
      case O.movcond:
      case O.callPure:
        return this.#pure(op, op.c)
      case O.call:
        this.#written(op.d)
        this.#all(this.#registers, true)
        this.#read(op.a)
        this.#read(op.b)
        this.#read(op.c)
        return true
      case O.insnStart:
        this.#all(this.#insnTemps, false)
        return true
      case O.label:
        this.#all(this.#registers, true)
        this.#readBehind[op.d] = this.#tempsRead
        return true
      case O.br:
        this.#all(this.#registers, true)
        this.#allTemps(this.#readBehind[op.d] !== false)
        return true
      default:
        this.#all(this.#registers, true)
        return true
    }
  }

  #allTemps(live: boolean): void {
    this.#all(this.#insnTemps, live)
    this.#all(this.#blockTemps, live)
  }
}
