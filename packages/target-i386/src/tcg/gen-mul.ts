// SPDX-License-Identifier: GPL-2.0-or-later
//
// Multiplication, division, decimal adjustment (QEMU's target/i386/tcg/translate.c).

import { O, type Operand } from '@dromaius/tcg'
import { genUpdateCcOp, setCcOp } from './cc.js'
import { type DisasContext, MO_16, MO_64, MO_8, type Size } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Puts a value and whether it overflowed into the flags of a multiplication. */
function mulFlags(s: DisasContext, size: Size, low: Operand, overflow: Operand): void {
  s.ir.mov(x.X_CC_DST, low)
  s.ir.mov(x.X_CC_SRC, overflow)
  setCcOp(s, x.CC_OP_MULB + size)
}

/** MUL and IMUL with one operand: the accumulator's double-width product. */
const mul =
  (signed: boolean): Generator =>
  (s) => {
    const { ir } = s
    const src = s.ops[0]!
    const { size } = src
    const ext = (value: Operand): Operand => s.ext(value, size, signed)
    const a = ext(s.reg64(0))
    const b = signed ? s.readS(src) : s.readZ(src)
    const product = s.temp()
    const overflow = s.temp()
    ir.emit(O.mul64!, product, a, b)
    if (size === MO_64) {
      const high = s.temp()
      ir.emit(O[signed ? 'mulsh64' : 'muluh64']!, high, a, b)
      if (signed) {
        ir.emit(O.sar64!, overflow, product, s.const(63))
        ir.setcond('ne', 64, overflow, overflow, high)
      } else ir.setcond('ne', 64, overflow, high, s.const(0))
      ir.mov(s.reg64(0), product)
      ir.mov(s.reg64(2), high)
    } else {
      ir.setcond('ne', 64, overflow, ext(product), product)
      const high = s.temp()
      if (size !== MO_8) ir.emit(O.shr64!, high, product, s.const(8 << size))
      s.writeReg(0, size === MO_8 ? MO_16 : size, product)
      if (size !== MO_8) s.writeReg(2, size, high)
    }
    mulFlags(s, size, product, overflow)
  }

/** IMUL with two or three operands. */
const imul: Generator = (s) => {
  const { ir } = s
  const dst = s.ops[0]!
  const { size } = dst
  const a = s.readS(s.ops[1]!)
  const b = s.ops[2] ? s.read(s.ops[2]) : s.readS(dst)
  const product = s.temp()
  const overflow = s.temp()
  ir.emit(O.mul64!, product, a, b)
  if (size === MO_64) {
    const high = s.temp()
    ir.emit(O.mulsh64!, high, a, b)
    ir.emit(O.sar64!, overflow, product, s.const(63))
    ir.setcond('ne', 64, overflow, overflow, high)
  } else ir.setcond('ne', 64, overflow, s.ext(product, size, true), product)
  s.write(dst, product)
  mulFlags(s, size, product, overflow)
}

/** Division is a helper's: it may raise an exception. */
const divide =
  (name: string): Generator =>
  (s) => {
    const src = s.ops[0]!
    s.call(`${name}${'bwlq'[src.size]}`, s.temp(), s.readZ(src))
  }

/** Decimal adjustment, by helpers that read and write the flags. */
const decimal =
  (helper: string, operand: number | null): Generator =>
  (s) => {
    genUpdateCcOp(s)
    s.call(helper, s.temp(), s.const(operand ?? 0))
    setCcOp(s, x.CC_OP_EFLAGS)
  }

const aamAad =
  (helper: string): Generator =>
  (s) => {
    s.call(helper, x.X_CC_DST, s.read(s.ops[0]!))
    setCcOp(s, x.CC_OP_LOGICB)
  }

export const mulGenerators: Readonly<Record<string, Generator>> = {
  mul: mul(false),
  imul: mul(true),
  imul2: imul,
  imul3: imul,
  div: divide('div'),
  idiv: divide('idiv'),
  daa: decimal('daa', 0),
  das: decimal('daa', 1),
  aaa: decimal('aaa', 0),
  aas: decimal('aaa', 1),
  aam: aamAad('aam'),
  aad: aamAad('aad'),
}
