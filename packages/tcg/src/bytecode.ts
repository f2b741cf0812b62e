// SPDX-License-Identifier: GPL-2.0-or-later
import { CONST_BASE, ENV_SCRATCH, type IrOp, O, type Operand, type TCGContext } from './ir.js'
import {
  KIND_BINARY,
  KIND_BRCOND,
  KIND_LOAD,
  KIND_STORE,
  KIND_UNARY,
  KIND_VECTOR,
  OP_IMMEDIATE,
  opKinds,
} from './opcodes.js'

/** An instruction of a block. */
export interface InsnStart {
  /** Which one, from 0. */
  readonly index: number
  /** Address relative to the code segment's base. */
  readonly pc: number
  /** The target's word. */
  readonly word: number
}

/**
 * Where the instructions of a block begin, three integers each: byte offset in the block's bytecode, address less that of
 * the first one, the target's word. There are hundreds of thousands, so they are no objects.
 */
export type InsnStarts = readonly number[]
const INSN_FIELDS = 3

/**
 * The instruction that bytecode belongs to.
 * @param first  address of the first instruction
 * @param offset  of the bytecode, in bytes
 * @qemu accel/tcg/translate-all.c cpu_unwind_data_from_tb
 */
export function insnAt(insns: InsnStarts, first: number, offset: number): InsnStart {
  let at = insns.length - INSN_FIELDS
  while (at > 0 && insns[at]! > offset) at -= INSN_FIELDS
  return { index: at / INSN_FIELDS, pc: first + insns[at + 1]!, word: insns[at + 2]! }
}

/** A way out of a block that can be chained to the next one. */
export interface ChainSite {
  /** Where it leads, relative to the code segment's base. */
  readonly pc: number
  /** Byte offset in the bytecode of the word for the next block's address. */
  readonly offset: number
}

/** A block's bytecode. */
export interface Bytecode {
  /** Bytes. */
  readonly size: number
  /** Address of the first instruction, relative to the code segment's base. */
  readonly pc: number
  readonly insns: InsnStarts
  /** The two ways that can be chained, null where there is none. */
  readonly chains: readonly (ChainSite | null)[]
}

/** Bytes of the longest operation: constants for three operands and the operation itself. */
const LONGEST_OP = 4 * 16 + 16

/** More bytes than `ctx` can need. */
export function bytecodeBound(ctx: TCGContext): number {
  return ctx.ops.length * LONGEST_OP
}

/**
 * Writes a block as bytecode for the interpreter: 64-bit words `op:16 d:16 a:16 b:16`, some followed by a second one.
 * @qemu tcg/tci/tcg-target.c.inc tcg_out_op
 */
export class BytecodeWriter {
  #words = new Uint32Array(0)
  /** Index of the next 32-bit word. */
  #at = 0
  #scratch = ENV_SCRATCH
  #ctx!: TCGContext
  readonly #labels: number[] = []
  #jumps: { at: number; label: number }[] = []
  #pc = 0
  #insns: number[] = []
  #chains: (ChainSite | null)[] = [null, null]

  /**
   * Writes the block to `buffer` from byte `address` on. There must be `bytecodeBound` bytes.
   * @param tb  number of the block
   * @param icount  instructions in it
   */
  write(ctx: TCGContext, buffer: ArrayBuffer, address: number, tb: number, icount: number): Bytecode {
    this.#ctx = ctx
    this.#words = new Uint32Array(buffer, address, bytecodeBound(ctx) >> 2)
    this.#at = 0
    this.#labels.length = 0
    this.#jumps = []
    this.#insns = []
    this.#chains = [null, null]
    for (const op of ctx.ops) this.#writeOp(op, tb, icount)
    for (const { at, label } of this.#jumps) {
      const distance = (this.#labels[label]! - at) >> 1
      if (distance < -0x8000 || distance > 0x7fff) throw new Error('A jump within a block is too long')
      this.#words[at] = (this.#words[at]! & 0xffff) | (distance << 16)
    }
    return { size: this.#at * 4, pc: this.#pc, insns: this.#insns, chains: this.#chains }
  }

  #word(op: number, d: number, a: number, b: number): void {
    this.#words[this.#at++] = op | (d << 16)
    this.#words[this.#at++] = (a & 0xffff) | (b << 16)
  }

  #constant(operand: Operand): void {
    const i = operand - CONST_BASE
    this.#words[this.#at++] = this.#ctx.constLow[i]!
    this.#words[this.#at++] = this.#ctx.constHigh[i]!
  }

  /** The slot that holds an operand; a constant is put into one. */
  #slot(operand: Operand): number {
    if (operand < CONST_BASE) return operand
    const slot = this.#scratch
    this.#scratch += 8
    this.#word(O.movi!, slot, 0, 0)
    this.#constant(operand)
    return slot
  }

  #writeOp(op: IrOp, tb: number, icount: number): void {
    this.#scratch = ENV_SCRATCH
    switch (opKinds[op.op]) {
      case KIND_UNARY:
        if (op.op === O.mov && op.a >= CONST_BASE) {
          this.#word(O.movi!, op.d, 0, 0)
          this.#constant(op.a)
        } else this.#word(op.op, op.d, this.#slot(op.a), 0)
        break
      case KIND_BINARY: {
        const a = this.#slot(op.a)
        if (op.b >= CONST_BASE) {
          this.#word(op.op + OP_IMMEDIATE, op.d, a, 0)
          this.#constant(op.b)
        } else this.#word(op.op, op.d, a, op.b)
        break
      }
      case KIND_BRCOND: {
        const a = this.#slot(op.a)
        this.#jumps.push({ at: this.#at, label: op.d })
        if (op.b >= CONST_BASE) {
          this.#word(op.op + OP_IMMEDIATE, 0, a, 0)
          this.#constant(op.b)
        } else this.#word(op.op, 0, a, op.b)
        break
      }
      case KIND_LOAD:
      case KIND_STORE: {
        const d = this.#slot(op.d)
        this.#word(op.op, d, this.#slot(op.a), op.c)
        break
      }
      case KIND_VECTOR:
        this.#writeVector(op)
        break
      default:
        this.#writeControl(op, tb, icount)
    }
  }

  #writeVector(op: IrOp): void {
    // A constant in place of a vector is none: only a slot's 64 bits are.
    const a = this.#slot(op.a)
    if (op.op === O.vshuffle) {
      this.#word(op.op, op.d, a, op.b)
      this.#constant(op.c)
      this.#constant(op.helper)
    } else if (op.b >= CONST_BASE) {
      this.#word(op.op + OP_IMMEDIATE, op.d, a, 0)
      this.#constant(op.b)
    } else this.#word(op.op, op.d, a, op.b)
  }

  #insnStart(pc: number, word: number): void {
    if (this.#insns.length === 0) this.#pc = pc
    this.#insns.push(this.#at * 4, pc - this.#pc, word)
  }

  #writeControl(op: IrOp, tb: number, icount: number): void {
    switch (op.op) {
      case O.movcond: {
        const a = this.#slot(op.a)
        const b = this.#slot(op.b)
        const c = this.#slot(op.c)
        this.#word(op.op, op.d, a, b)
        this.#words[this.#at++] = c
        this.#words[this.#at++] = 0
        break
      }
      case O.call:
      case O.callPure: {
        const a = this.#slot(op.a)
        const b = this.#slot(op.b)
        const c = this.#slot(op.c)
        this.#word(op.op, op.d, op.helper, 0)
        this.#words[this.#at++] = a | (b << 16)
        this.#words[this.#at++] = c
        break
      }
      case O.label:
        this.#labels[op.d] = this.#at
        break
      case O.br:
        this.#jumps.push({ at: this.#at, label: op.d })
        this.#word(op.op, 0, 0, 0)
        break
      case O.insnStart:
        this.#insnStart(this.#ctx.constNumber(op.d), op.a)
        break
      case O.tbStart:
        this.#words[this.#at++] = op.op | (icount << 16)
        this.#words[this.#at++] = tb
        // Executions so far.
        this.#words[this.#at++] = 0
        this.#words[this.#at++] = 0
        break
      case O.gotoTb0:
      case O.gotoTb1:
        this.#chains[op.op === O.gotoTb0 ? 0 : 1] = {
          pc: this.#ctx.constNumber(op.d),
          offset: (this.#at + 2) * 4,
        }
        this.#words[this.#at++] = op.op
        this.#words[this.#at++] = tb
        this.#words[this.#at++] = 0
        this.#words[this.#at++] = 0
        break
      default:
        this.#word(op.op, op.d, 0, 0)
    }
  }
}
