// SPDX-License-Identifier: GPL-2.0-or-later
//
// Condition codes, computed when somebody asks (QEMU's target/i386/tcg/translate.c, gen_prepare_*).

import { ENV_BLOCK_TEMPS, O, type Operand, type TCGCond, tcgInvertCond } from '@dromaius/tcg'
import { type DisasContext, MO_32, MO_64, type Size } from './disas-context.js'
import * as x from './x86-layout.js'

/** First operand of the last subtraction; lives within a block. */
export const CC_SRCT = ENV_BLOCK_TEMPS

/** A condition to be tested. @qemu target/i386/tcg/translate.c CCPrepare */
export interface CCPrepare {
  cond: TCGCond
  width: 32 | 64
  a: Operand
  b: Operand
}

/** From here on the condition codes are those of `op`. @qemu target/i386/tcg/translate.c set_cc_op */
export function setCcOp(s: DisasContext, op: number): void {
  s.ccOp = op
  s.ccOpDirty = op !== x.CC_OP_DYNAMIC
}

/** Tells the register X_CC_OP what is known. @qemu target/i386/tcg/translate.c gen_update_cc_op */
export function genUpdateCcOp(s: DisasContext): void {
  if (!s.ccOpDirty) return
  s.ir.mov(x.X_CC_OP, s.const(s.ccOp))
  s.ccOpDirty = false
}

/** The first of the four kinds that `op` belongs to. */
function kindOf(op: number): number {
  return op < x.CC_OP_MULB || op >= x.CC_OP_CLR ? op : op - ((op - x.CC_OP_MULB) & 3)
}

function sizeOf(op: number): Size {
  return ((op - x.CC_OP_MULB) & 3) as Size
}

/** All condition codes, as a value. */
export function ccAll(s: DisasContext): Operand {
  if (s.ccOp === x.CC_OP_EFLAGS) return x.X_CC_SRC
  const { ir } = s
  const kind = kindOf(s.ccOp)
  const carries = kind === x.CC_OP_ADCB || kind === x.CC_OP_SBBB || kind === x.CC_OP_DYNAMIC
  let op: Operand = kind === x.CC_OP_DYNAMIC ? x.X_CC_OP : s.const(s.ccOp)
  if (carries) {
    const packed = s.temp()
    ir.emit(O.shl64!, packed, x.X_CC_SRC2, s.const(8))
    ir.emit(O.or64!, packed, packed, op)
    op = packed
  }
  const d = s.temp()
  ir.callPure(s.helper('cc_compute_all'), d, x.X_CC_DST, x.X_CC_SRC, op)
  return d
}

/** Puts all condition codes into CC_SRC. @qemu target/i386/tcg/translate.c gen_compute_eflags */
export function genComputeEflags(s: DisasContext): void {
  if (s.ccOp === x.CC_OP_EFLAGS) return
  s.ir.mov(x.X_CC_SRC, ccAll(s))
  setCcOp(s, x.CC_OP_EFLAGS)
}

function extended(s: DisasContext, value: Operand, size: Size, signed: boolean): Operand {
  return size >= MO_32 ? value : s.ext(value, size, signed)
}

const widthOf = (size: Size): 32 | 64 => (size === MO_64 ? 64 : 32)

function compare(
  s: DisasContext,
  cond: TCGCond,
  size: Size,
  a: Operand,
  b: Operand,
  signed: boolean,
): CCPrepare {
  return { cond, width: widthOf(size), a: extended(s, a, size, signed), b: extended(s, b, size, signed) }
}

function never(s: DisasContext): CCPrepare {
  return { cond: 'ne', width: 64, a: s.const(0), b: s.const(0) }
}

function bits(s: DisasContext, value: Operand, mask: number): CCPrepare {
  const masked = s.temp()
  s.ir.emit(O.and64!, masked, value, s.const(mask))
  return { cond: 'ne', width: 64, a: masked, b: s.const(0) }
}

/** @qemu target/i386/tcg/translate.c gen_prepare_eflags_c */
function prepareCarry(s: DisasContext): CCPrepare {
  const size = sizeOf(s.ccOp)
  switch (kindOf(s.ccOp)) {
    case x.CC_OP_SUBB:
      return compare(s, 'ltu', size, CC_SRCT, x.X_CC_SRC, false)
    case x.CC_OP_ADDB:
      return compare(s, 'ltu', size, x.X_CC_DST, x.X_CC_SRC, false)
    case x.CC_OP_LOGICB:
    case x.CC_OP_CLR:
      return never(s)
    case x.CC_OP_INCB:
    case x.CC_OP_DECB:
    case x.CC_OP_MULB:
      return { cond: 'ne', width: 64, a: x.X_CC_SRC, b: s.const(0) }
    case x.CC_OP_SHLB:
      return compare(s, 'lt', size, x.X_CC_SRC, s.const(0), true)
    case x.CC_OP_SARB:
      return bits(s, x.X_CC_SRC, 1)
    default:
      return bits(s, ccAll(s), x.CC_C)
  }
}

/** Conditions that the last operation's result alone decides. */
function isPlain(kind: number): boolean {
  return kind >= x.CC_OP_ADDB && kind < x.CC_OP_CLR
}

/** L and LE: SF differs from OF, or ZF. */
function signDiffers(s: DisasContext, mask: number): CCPrepare {
  const all = ccAll(s)
  const mixed = s.temp()
  s.ir.emit(O.shr64!, mixed, all, s.const(4))
  s.ir.emit(O.xor64!, mixed, mixed, all)
  return bits(s, mixed, mask)
}

/** A condition without its lowest bit, which inverts it. */
function prepareBase(s: DisasContext, code: number): CCPrepare {
  const kind = kindOf(s.ccOp)
  const size = sizeOf(s.ccOp)
  const zero = s.const(0)
  const isSub = kind === x.CC_OP_SUBB
  const isLogic = kind === x.CC_OP_LOGICB
  switch (code) {
    case 0: // O
      return isLogic ? never(s) : bits(s, ccAll(s), x.CC_O)
    case 1: // B
      return prepareCarry(s)
    case 2: // Z
      if (isPlain(kind)) return compare(s, 'eq', size, x.X_CC_DST, zero, false)
      return bits(s, ccAll(s), x.CC_Z)
    case 3: // BE
      if (isSub) return compare(s, 'leu', size, CC_SRCT, x.X_CC_SRC, false)
      if (isLogic) return compare(s, 'eq', size, x.X_CC_DST, zero, false)
      return bits(s, ccAll(s), x.CC_Z | x.CC_C)
    case 4: // S
      if (isPlain(kind)) return compare(s, 'lt', size, x.X_CC_DST, zero, true)
      return bits(s, ccAll(s), x.CC_S)
    case 5: // P
      return bits(s, ccAll(s), x.CC_P)
    case 6: // L
      if (isSub) return compare(s, 'lt', size, CC_SRCT, x.X_CC_SRC, true)
      if (isLogic) return compare(s, 'lt', size, x.X_CC_DST, zero, true)
      return signDiffers(s, x.CC_S)
    default: // LE
      if (isSub) return compare(s, 'le', size, CC_SRCT, x.X_CC_SRC, true)
      if (isLogic) return compare(s, 'le', size, x.X_CC_DST, zero, true)
      return signDiffers(s, x.CC_S | x.CC_Z)
  }
}

/**
 * The condition that the lowest four bits of a Jcc's opcode name (SDM volume 1, appendix B).
 * @qemu target/i386/tcg/translate.c gen_prepare_cc
 */
export function genPrepareCc(s: DisasContext, code: number): CCPrepare {
  const prepared = prepareBase(s, (code >> 1) & 7)
  return code & 1 ? { ...prepared, cond: tcgInvertCond(prepared.cond) } : prepared
}

/** A condition as 0 or 1. @qemu target/i386/tcg/translate.c gen_setcc1 */
export function genSetcc(s: DisasContext, code: number, d = s.temp()): Operand {
  const { cond, width, a, b } = genPrepareCc(s, code)
  s.ir.setcond(cond, width, d, a, b)
  return d
}

/** CF as 0 or 1. */
export function genCarry(s: DisasContext): Operand {
  return genSetcc(s, 2)
}
