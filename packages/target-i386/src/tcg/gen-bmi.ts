// SPDX-License-Identifier: GPL-2.0-or-later
//
// BMI1, BMI2, LZCNT, TZCNT and ADX (SDM volume 2; QEMU's target/i386/tcg/translate.c).

import { O, type Operand } from '@dromaius/tcg'
import { genComputeEflags, setCcOp } from './cc.js'
import { type DisasContext, MO_32, MO_64, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Shifts of condition codes in RFLAGS. */
const ZF_SHIFT = 6
const SF_SHIFT = 7
const OF_SHIFT = 11

const bitsOf = (op: X86Operand): number => 8 << op.size

/** `a op b`, in 64 bits. */
function binary(s: DisasContext, name: string, a: Operand, b: Operand): Operand {
  const d = s.temp()
  s.ir.emit(O[name]!, d, a, b)
  return d
}

function isZero(s: DisasContext, value: Operand): Operand {
  const d = s.temp()
  s.ir.setcond('eq', 64, d, value, s.const(0))
  return d
}

/** CF as given, ZF and SF of a result that is zero-extended, all else zero. */
function setFlags(s: DisasContext, result: Operand, bits: number, carry: Operand): void {
  const zero = binary(s, 'shl64', isZero(s, result), s.const(ZF_SHIFT))
  const sign = binary(s, 'shl64', binary(s, 'shr64', result, s.const(bits - 1)), s.const(SF_SHIFT))
  const both = binary(s, 'or64', zero, sign)
  s.ir.emit(O.or64!, x.X_CC_SRC, both, carry)
  setCcOp(s, x.CC_OP_EFLAGS)
}

const andn: Generator = (s) => {
  const [dst, inverted, src] = s.ops as [X86Operand, X86Operand, X86Operand]
  const not = s.temp()
  s.ir.emit(O.not64!, not, s.readZ(inverted))
  const result = binary(s, 'and64', not, s.readZ(src))
  s.ir.mov(x.X_CC_DST, result)
  s.write(dst, result, true)
  setCcOp(s, x.CC_OP_LOGICB + dst.size)
}

/** BLSR, BLSMSK, BLSI: the source with the source less one, or negated. @param carryIfZero  CF is set for zero, else for all but it */
const lowest =
  (name: 'and64' | 'xor64', negated: boolean, carryIfZero: boolean): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const value = s.temp()
    s.ir.mov(value, s.readZ(src))
    const other = negated ? binary(s, 'sub64', s.const(0), value) : binary(s, 'sub64', value, s.const(1))
    const result = s.ext(binary(s, name, value, other), dst.size, false)
    s.write(dst, result, true)
    const zero = isZero(s, value)
    setFlags(s, result, bitsOf(dst), carryIfZero ? zero : binary(s, 'xor64', zero, s.const(1)))
  }

/** A mask of so many bits: all for 64 and more. */
function mask(s: DisasContext, count: Operand): Operand {
  const ones = binary(s, 'sub64', binary(s, 'shl64', s.const(1), count), s.const(1))
  const within = s.temp()
  s.ir.setcond('ltu', 64, within, count, s.const(64))
  const d = s.temp()
  s.ir.movcond(d, within, ones, s.ir.constBig((1n << 64n) - 1n))
  return d
}

const bzhi: Generator = (s) => {
  const [dst, src, by] = s.ops as [X86Operand, X86Operand, X86Operand]
  const bits = bitsOf(dst)
  const index = binary(s, 'and64', s.read(by), s.const(0xff))
  const result = binary(s, 'and64', s.readZ(src), mask(s, index))
  const carry = s.temp()
  s.ir.setcond('gtu', 64, carry, index, s.const(bits - 1))
  s.write(dst, result, true)
  setFlags(s, result, bits, carry)
}

const bextr: Generator = (s) => {
  const [dst, src, control] = s.ops as [X86Operand, X86Operand, X86Operand]
  const word = s.temp()
  s.ir.mov(word, s.read(control))
  const start = binary(s, 'and64', word, s.const(0xff))
  const length = binary(s, 'and64', binary(s, 'shr64', word, s.const(8)), s.const(0xff))
  const shifted = binary(s, 'shr64', s.readZ(src), start)
  const within = s.temp()
  s.ir.setcond('ltu', 64, within, start, s.const(64))
  const rest = s.temp()
  s.ir.movcond(rest, within, shifted, s.const(0))
  const result = binary(s, 'and64', rest, mask(s, length))
  s.write(dst, result, true)
  setFlags(s, result, bitsOf(dst), s.const(0))
}

const deposit =
  (helper: 'pdep' | 'pext'): Generator =>
  (s) => {
    const [dst, src, selector] = s.ops as [X86Operand, X86Operand, X86Operand]
    const result = s.temp()
    s.ir.callPure(s.helper(helper), result, s.readZ(src), s.readZ(selector), s.const(0))
    s.write(dst, result, true)
  }

/** The upper half last: it stays when both go into one register. */
const mulx: Generator = (s) => {
  const [high, low, src] = s.ops as [X86Operand, X86Operand, X86Operand]
  const a = s.ext(s.reg64(2), src.size, false)
  const b = s.readZ(src)
  const product = binary(s, 'mul64', a, b)
  const upper = src.size === MO_64 ? binary(s, 'muluh64', a, b) : binary(s, 'shr64', product, s.const(32))
  s.write(low, product)
  s.write(high, upper)
}

const shift =
  (name: 'shl' | 'shr' | 'sar' | 'rotr'): Generator =>
  (s) => {
    const [dst, src, by] = s.ops as [X86Operand, X86Operand, X86Operand]
    const limit = bitsOf(dst) - 1
    const count =
      by.kind === 'imm' ? s.const(by.value & limit) : binary(s, 'and64', s.read(by), s.const(limit))
    const result = s.temp()
    s.ir.emit(s.wide(name, dst.size), result, s.read(src), count)
    s.write(dst, result, true)
  }

/** TZCNT and LZCNT: the width for zero, with CF; ZF when the count is zero. */
const count =
  (leading: boolean): Generator =>
  (s) => {
    const { ir } = s
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const bits = bitsOf(dst)
    const value = s.temp()
    ir.mov(value, s.readZ(src))
    const found = s.temp()
    ir.emit(O[leading ? 'clz64' : 'ctz64']!, found, value)
    if (leading && bits < 64) ir.emit(O.sub64!, found, found, s.const(64 - bits))
    const result = s.temp()
    ir.movcond(result, value, found, s.const(bits))
    s.write(dst, result, dst.size === MO_32)
    const zero = binary(s, 'shl64', isZero(s, result), s.const(ZF_SHIFT))
    ir.emit(O.or64!, x.X_CC_SRC, zero, isZero(s, value))
    setCcOp(s, x.CC_OP_EFLAGS)
  }

/** ADCX and ADOX: an addition that takes its carry from one flag, and changes that one alone. */
const addWith =
  (flag: number): Generator =>
  (s) => {
    const { ir } = s
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const b = s.temp()
    ir.mov(b, s.readZ(src))
    const a = s.temp()
    ir.mov(a, s.readZ(dst))
    genComputeEflags(s)
    const carry = binary(s, 'and64', binary(s, 'shr64', x.X_CC_SRC, s.const(flag)), s.const(1))
    const sum = binary(s, 'add64', a, b)
    const total = binary(s, 'add64', sum, carry)
    let out: Operand
    if (dst.size === MO_64) {
      const first = s.temp()
      ir.setcond('ltu', 64, first, sum, a)
      const second = s.temp()
      ir.setcond('ltu', 64, second, total, sum)
      out = binary(s, 'or64', first, second)
    } else out = binary(s, 'shr64', total, s.const(32))
    s.write(dst, total)
    const rest = binary(s, 'and64', x.X_CC_SRC, s.const(x.CC_ALL & ~(1 << flag)))
    ir.emit(O.or64!, x.X_CC_SRC, rest, binary(s, 'shl64', out, s.const(flag)))
  }

const rdpid: Generator = (s) => s.writeReg(s.rm, s.code64 ? MO_64 : MO_32, x.X_TSC_AUX)

export const bmiGenerators: Readonly<Record<string, Generator>> = {
  andn,
  blsr: lowest('and64', false, true),
  blsmsk: lowest('xor64', false, true),
  blsi: lowest('and64', true, false),
  bzhi,
  bextr,
  pdep: deposit('pdep'),
  pext: deposit('pext'),
  mulx,
  shlx: shift('shl'),
  shrx: shift('shr'),
  sarx: shift('sar'),
  rorx: shift('rotr'),
  tzcnt: count(false),
  lzcnt: count(true),
  adcx: addWith(0),
  adox: addWith(OF_SHIFT),
  rdpid,
}
