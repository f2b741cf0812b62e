// SPDX-License-Identifier: GPL-2.0-or-later
import { CONST_BASE, type IrOp, O, type Operand, type TCGContext } from './ir.js'
import { ENV_ARCH, ENV_BLOCK_TEMPS, ENV_TEMPS } from './layout.js'
import { KIND_BINARY, KIND_BRCOND, KIND_LOAD, KIND_STORE, KIND_UNARY, opKinds } from './opcodes.js'

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

  eliminateDead(ctx: TCGContext): void {
    this.#all(this.#insnTemps, false)
    this.#all(this.#blockTemps, false)
    this.#all(this.#registers, true)
    let kept = ctx.ops.length
    for (let i = ctx.ops.length - 1; i >= 0; i--) {
      const op = ctx.ops[i]!
      if (this.#visit(op)) ctx.ops[--kept] = op
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
    if (operand < CONST_BASE) this.#state[operand >> 3] = this.#classOf(operand).epoch * 2 + 1
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

  /** Looks at one operation; false when nobody needs it. */
  #visit(op: IrOp): boolean {
    switch (opKinds[op.op]) {
      case KIND_UNARY:
        return this.#pure(op, op.a)
      case KIND_BINARY:
        return this.#pure(op, op.b)
      case KIND_LOAD:
        this.#written(op.d)
        // It may fault: the registers must be those of the instruction's start.
        this.#all(this.#registers, true)
        this.#read(op.a)
        return true
      case KIND_STORE:
        this.#all(this.#registers, true)
        this.#read(op.a)
        this.#read(op.d)
        return true
      case KIND_BRCOND:
        this.#controlFlows()
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
      case O.br:
        this.#controlFlows()
        return true
      default:
        this.#all(this.#registers, true)
        return true
    }
  }

  /** What is live at the other end of a jump is not followed: everything is. */
  #controlFlows(): void {
    this.#all(this.#insnTemps, true)
    this.#all(this.#blockTemps, true)
    this.#all(this.#registers, true)
  }
}
