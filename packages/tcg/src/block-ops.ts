// SPDX-License-Identifier: GPL-2.0-or-later
//
// A block's bytecode taken apart again, for the back end that compiles it.

import { O } from './ir.js'
import { OP_IMMEDIATE, type OpDef, opDefs, VECTOR_TWO, vectorParts } from './opcodes.js'

/** An operation of bytecode. */
export interface BlockOp {
  /** Its address. */
  readonly at: number
  readonly def: OpDef
  /** Number of the operation without its form. */
  readonly op: number
  /** The last operand is the constant `low`, `high`. */
  readonly immediate: boolean
  /** Result; of a store the value; of tbStart the instructions. */
  readonly d: number
  readonly a: number
  readonly b: number
  /** The second word. */
  readonly low: number
  readonly high: number
  /** The order of a shuffle: 16 bytes, the first in bits 7:0 of the first number. */
  readonly order: Uint32Array | null
  /** Address that it jumps to within the block, or 0. */
  readonly target: number
}

/** Operations that have a second word always. */
const twoWords = new Set(
  ['movi', 'movcond', 'call', 'callPure', 'tbStart', 'enterTb', 'gotoTb0', 'gotoTb1', 'vshuffle'].map(
    (name) => O[name]!,
  ),
)

/**
 * The operations of the bytecode from `ip` on.
 * @param words  the translator's memory
 */
export function readBlock(words: Uint32Array, ip: number, size: number): BlockOp[] {
  const ops: BlockOp[] = []
  for (let at = ip; at < ip + size;) {
    const first = words[at >> 2]!
    const second = words[(at >> 2) + 1]!
    const code = first & 0xffff
    const immediate = code >= OP_IMMEDIATE
    const op = immediate ? code - OP_IMMEDIATE : code
    const def = opDefs[op]!
    const wide = immediate || twoWords.has(op)
    const jumps = def.kind === 'brcond' || op === O.br
    ops.push({
      at,
      def,
      op,
      immediate,
      d: first >>> 16,
      a: second & 0xffff,
      b: second >>> 16,
      low: wide ? words[(at >> 2) + 2]! : 0,
      high: wide ? words[(at >> 2) + 3]! : 0,
      order: op === O.vshuffle ? words.slice((at >> 2) + 2, (at >> 2) + 6) : null,
      target: jumps ? at + ((first >> 16) << 3) : 0,
    })
    at += op === O.vshuffle ? 24 : wide ? 16 : 8
  }
  return ops
}

/** The slot that an operation writes, of a vector the first one; or -1. */
export function writtenSlot({ def, op, d }: BlockOp): number {
  if (def.kind === 'store' || def.kind === 'brcond') return -1
  if (def.kind !== 'control') return d
  return op === O.movi || op === O.movcond || op === O.call || op === O.callPure ? d : -1
}

/** The slots that an operation reads, of a vector the first one. */
export function readSlots({ def, op, d, a, b, low, high, immediate }: BlockOp): number[] {
  switch (def.kind) {
    case 'unary':
    case 'load':
      return [a]
    case 'store':
      return [a, d]
    case 'vector':
      return vectorParts[op]! & VECTOR_TWO && !immediate ? [a, b] : [a]
    case 'control':
      if (op === O.movcond) return [a, b, low & 0xffff]
      if (op === O.call || op === O.callPure) return [low & 0xffff, low >>> 16, high & 0xffff]
      return []
    default:
      return immediate ? [a] : [a, b]
  }
}
