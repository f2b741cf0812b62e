// SPDX-License-Identifier: GPL-2.0-or-later
import { conditions, type TCGCond } from './conditions.js'
import { ENV_BLOCK_TEMPS, ENV_TEMPS, ENV_TEMPS_END } from './layout.js'
import { opDefs, opNumber, VECTOR_TWO, vectorParts } from './opcodes.js'

/**
 * What an operation reads or writes: the offset of a slot in the CPU's block (below 0x10000), or a constant of the
 * block that is being built (`CONST_BASE` and up).
 */
export type Operand = number

/** First operand number that stands for a constant. */
export const CONST_BASE = 0x1_0000
/** The last slots belong to the encoder, for constants that need one. */
export const ENV_SCRATCH = ENV_TEMPS_END - 4 * 8

/** Numbers of operations by name. */
export const O = opNumber

const byCondition = (kind: string): Readonly<Record<TCGCond, number>> =>
  Object.fromEntries(conditions.map((cond) => [cond, O[`${kind}_${cond}`]!])) as Record<TCGCond, number>
const setcond32 = byCondition('setcond32')
const setcond64 = byCondition('setcond64')
const brcond32 = byCondition('brcond32')
const brcond64 = byCondition('brcond64')

/** Place of a jump within a block. */
export type Label = number

/**
 * One operation of a block. All of its fields are integers of 32 bits: an address in one would make V8 box that field of
 * every operation.
 */
export interface IrOp {
  /** Number of the operation; -1 once it was removed. */
  op: number
  /** Result; for a store the value; for a jump the label; where an instruction or a way out is, a constant. */
  d: Operand
  a: Operand
  b: Operand
  /** Third argument of a call; second value of movcond; displacement of a memory access; first half of a shuffle's order. */
  c: Operand
  /** Place in the table of a call's helper; second half of a shuffle's order. */
  helper: number
}

/**
 * A block that is being built: operations in order, and their constants.
 * @qemu include/tcg/tcg.h TCGContext
 */
export class TCGContext {
  readonly ops: IrOp[] = []
  readonly constLow: number[] = []
  readonly constHigh: number[] = []
  labels = 0
  #nextTemp = ENV_TEMPS

  /** Starts a new block. @qemu tcg/tcg.c tcg_func_start */
  start(): void {
    this.ops.length = 0
    this.constLow.length = 0
    this.constHigh.length = 0
    this.labels = 0
    this.#nextTemp = ENV_TEMPS
  }

  /** A temporary; it lives until the next instruction starts. @qemu tcg/tcg.c tcg_temp_new_internal */
  temp(): Operand {
    const slot = this.#nextTemp
    this.#nextTemp += 8
    if (slot >= ENV_BLOCK_TEMPS) throw new Error('An instruction needs too many temporaries')
    return slot
  }

  /** A temporary for a vector: two slots. @qemu tcg/tcg.c tcg_temp_new_vec */
  vectorTemp(): Operand {
    const slot = this.temp()
    this.temp()
    return slot
  }

  /** What `body` takes of temporaries is free again behind it, so that a long instruction may repeat a step. */
  withTemps(body: () => void): void {
    const first = this.#nextTemp
    body()
    this.#nextTemp = first
  }

  /** A constant: an integer between -2^53 and 2^53, as 64 bits. */
  const(value: number): Operand {
    return this.constPair(value | 0, Math.floor(value / 2 ** 32) | 0)
  }

  /** A constant of any 64 bits. */
  constBig(value: bigint): Operand {
    return this.constPair(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  /** A constant by its halves, 32 bits each. */
  constPair(low: number, high: number): Operand {
    // An integer of 32 bits may still be a boxed number; `| 0` keeps the arrays free of those.
    this.constLow.push(low | 0)
    this.constHigh.push(high | 0)
    return CONST_BASE + this.constLow.length - 1
  }

  /** The value of a constant that is between -2^53 and 2^53. */
  constNumber(operand: Operand): number {
    const i = operand - CONST_BASE
    return this.constHigh[i]! * 2 ** 32 + (this.constLow[i]! >>> 0)
  }

  /** The value of a constant, 64 bits unsigned. */
  constValue(operand: Operand): bigint {
    const i = operand - CONST_BASE
    return (BigInt(this.constHigh[i]! >>> 0) << 32n) | BigInt(this.constLow[i]! >>> 0)
  }

  emit(op: number, d: Operand = 0, a: Operand = 0, b: Operand = 0, c: Operand = 0, helper = 0): void {
    this.ops.push({ op, d, a, b, c, helper })
  }

  mov(d: Operand, a: Operand): void {
    if (d !== a) this.emit(O.mov!, d, a)
  }

  setcond(cond: TCGCond, width: 32 | 64, d: Operand, a: Operand, b: Operand): void {
    this.emit((width === 32 ? setcond32 : setcond64)[cond], d, a, b)
  }

  brcond(cond: TCGCond, width: 32 | 64, a: Operand, b: Operand, label: Label): void {
    this.emit((width === 32 ? brcond32 : brcond64)[cond], label, a, b)
  }

  /** `d = condition != 0 ? then : other` */
  movcond(d: Operand, condition: Operand, then: Operand, other: Operand): void {
    this.emit(O.movcond!, d, condition, then, other)
  }

  /** Calls a helper, which may read and write every register and raise exceptions. @param helper its place in the table */
  call(helper: number, d: Operand, a: Operand = 0, b: Operand = 0, c: Operand = 0): void {
    this.emit(O.call!, d, a, b, c, helper)
  }

  /** Calls a helper that does nothing but compute. */
  callPure(helper: number, d: Operand, a: Operand = 0, b: Operand = 0, c: Operand = 0): void {
    this.emit(O.callPure!, d, a, b, c, helper)
  }

  /**
   * `d` = bytes of `a` and `b`.
   * @param order  16 numbers: 0 to 15 for a byte of `a`, 16 to 31 for one of `b`, -1 for zero
   */
  shuffle(d: Operand, a: Operand, b: Operand, order: readonly number[]): void {
    const word = (first: number): number =>
      order.slice(first, first + 4).reduceRight((rest, n) => (rest << 8) | (n & 0xff), 0)
    this.emit(O.vshuffle!, d, a, b, this.constPair(word(0), word(4)), this.constPair(word(8), word(12)))
  }

  newLabel(): Label {
    return this.labels++
  }

  setLabel(label: Label): void {
    this.emit(O.label!, label)
  }

  br(label: Label): void {
    this.emit(O.br!, label)
  }

  /**
   * An instruction starts. Temporaries of the one before are gone.
   * @param pc  its address relative to the code segment's base
   * @param word  what the target wants back when the instruction raises an exception
   * @qemu include/tcg/tcg-op.h tcg_gen_insn_start
   */
  insnStart(pc: number, word: number): void {
    this.#nextTemp = ENV_TEMPS
    this.emit(O.insnStart!, this.const(pc), word)
  }

  /**
   * Leaves the block by one of the two ways that can be chained.
   * @param pc  where it leads, relative to the code segment's base
   * @qemu tcg/tcg-op.c tcg_gen_goto_tb
   */
  gotoTb(way: 0 | 1, pc: number): void {
    this.emit(way === 0 ? O.gotoTb0! : O.gotoTb1!, this.const(pc))
  }
}

/** A block as text, one operation per line, for tests and `-d op`. @qemu tcg/tcg.c tcg_dump_ops */
export function tcgDumpOps(ctx: TCGContext, nameOf: (slot: number) => string = slotName): string {
  const show = (operand: Operand): string =>
    operand >= CONST_BASE ? `$0x${ctx.constValue(operand).toString(16)}` : nameOf(operand)
  const lines: string[] = []
  for (const op of ctx.ops) {
    if (op.op < 0) continue
    const { name, kind } = opDefs[op.op]!
    switch (kind) {
      case 'unary':
        lines.push(`${name} ${show(op.d)}, ${show(op.a)}`)
        break
      case 'binary':
      case 'setcond':
        lines.push(`${name} ${show(op.d)}, ${show(op.a)}, ${show(op.b)}`)
        break
      case 'brcond':
        lines.push(`${name} ${show(op.a)}, ${show(op.b)}, L${op.d}`)
        break
      case 'vector':
        lines.push(vectorText(name, op, show))
        break
      case 'load':
      case 'store':
        lines.push(`${name} ${show(op.d)}, [${show(op.a)}${op.c === 0 ? '' : ` + ${op.c}`}]`)
        break
      default:
        lines.push(controlText(ctx, name, op, show))
    }
  }
  return lines.join('\n')
}

function vectorText(name: string, op: IrOp, show: (operand: Operand) => string): string {
  const two = (vectorParts[op.op]! & VECTOR_TWO) !== 0
  const order = op.op === O.vshuffle ? `, ${show(op.helper)}:${show(op.c)}` : ''
  return `${name} ${show(op.d)}, ${show(op.a)}${two ? `, ${show(op.b)}` : ''}${order}`
}

function controlText(ctx: TCGContext, name: string, op: IrOp, show: (operand: Operand) => string): string {
  switch (name) {
    case 'label':
      return `L${op.d}:`
    case 'br':
      return `br L${op.d}`
    case 'insnStart':
      return `-- 0x${ctx.constNumber(op.d).toString(16)}`.replace('0x-', '-0x')
    case 'movcond':
      return `movcond ${show(op.d)}, ${show(op.a)}, ${show(op.b)}, ${show(op.c)}`
    case 'call':
    case 'callPure':
      return `${name} ${show(op.d)}, #${op.helper}, ${show(op.a)}, ${show(op.b)}, ${show(op.c)}`
    case 'exitTb':
      return `exitTb ${op.d}`
    default:
      return name
  }
}

function slotName(slot: number): string {
  return slot >= ENV_TEMPS && slot < ENV_TEMPS_END
    ? `t${(slot - ENV_TEMPS) / 8}`
    : `env+0x${slot.toString(16)}`
}
