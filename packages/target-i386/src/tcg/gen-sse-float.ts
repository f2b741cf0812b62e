// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floating point of SSE: which helper, in which form.

import { O, type Operand } from '@dromaius/tcg'
import { setCcOp } from './cc.js'
import { type DisasContext, MO_32, MO_64, type X86Operand } from './disas-context.js'
import {
  callPacked,
  checkOperands,
  enterMmx,
  finishMmx,
  generalSlot,
  immediateOf,
  packedSource,
  plainMode,
  registerSlot,
  resultOrHelper,
} from './gen-packed.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** The four forms, by their numbers in the helpers. */
const forms = ['ps', 'pd', 'ss', 'sd'] as const

/** An instruction whose helper takes destination, source and a number that may depend on the immediate. */
const helper =
  (name: string, code: (imm: number) => number): Generator =>
  (s) => {
    const [dst, src, imm] = s.ops as [X86Operand, X86Operand, X86Operand?]
    checkOperands(s)
    const from = packedSource(s, src)
    // An exception does not take back that the registers are MMX's.
    if (dst.kind === 'mmx' || src.kind === 'mmx') enterMmx(s)
    callPacked(s, name, registerSlot(dst), from, code(imm ? immediateOf(imm) : 0))
    finishMmx(s, dst)
  }

/** Writes the element of a register that a scalar operation works on. */
function writeElement(s: DisasContext, to: Operand, width: number, value: Operand): void {
  if (width === 64) return s.ir.mov(to, value)
  const rest = s.temp()
  s.ir.emit(O.and64!, rest, to, s.const(-(2 ** 32)))
  s.ir.emit(O.or64!, to, rest, value)
}

/**
 * ADDSD and the like: two normal numbers, or zeros, whose result is normal, are computed at once (QEMU's hardfloat: fpu/softfloat.c).
 * @param op  number of the operation in the helper
 */
const scalarArithmetic =
  (name: string, op: number, form: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const width = form === 3 ? 64 : 32
    const [a, b] = [registerSlot(dst), packedSource(s, src)]
    const { ir } = s
    const plain = plainMode(s)
    const value = s.temp()
    if (name === 'sqrt') ir.emit(O[`fsqrt${width}`]!, value, b)
    else {
      ir.emit(O[`ifNumber${width}`]!, plain, plain, a)
      ir.emit(O[`f${name}${width}`]!, value, a, b)
    }
    ir.emit(O[`ifNumber${width}`]!, plain, plain, b)
    // A sum is zero only if that is exact.
    ir.emit(O[`${name === 'add' || name === 'sub' ? 'ifNumber' : 'ifNormal'}${width}`]!, plain, plain, value)
    resultOrHelper(
      s,
      plain,
      () => writeElement(s, a, width, value),
      () => callPacked(s, 'sse_arith', a, b, op | (form << 8)),
    )
  }

const always =
  (code: number): (() => number) =>
  () =>
    code

/** 1 if both operands are ordinary numbers, so that comparing them raises nothing. */
function bothNumbers(s: DisasContext, width: number, a: Operand, b: Operand): Operand {
  const plain = s.temp()
  s.ir.emit(O[`ifNumber${width}`]!, plain, s.const(1), a)
  s.ir.emit(O[`ifNumber${width}`]!, plain, plain, b)
  return plain
}

/** MINSD and the like: the first operand if it is the less (greater) one, else the second. */
const scalarChoice =
  (name: string, op: number, form: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const width = form === 3 ? 64 : 32
    const [a, b] = [registerSlot(dst), packedSource(s, src)]
    const { ir } = s
    const value = s.temp()
    if (name === 'min') ir.emit(O[`flt${width}`]!, value, a, b)
    else ir.emit(O[`flt${width}`]!, value, b, a)
    ir.movcond(value, value, a, b)
    if (width === 32) ir.emit(O.ext32u!, value, value)
    resultOrHelper(
      s,
      bothNumbers(s, width, a, b),
      () => writeElement(s, a, width, value),
      () => callPacked(s, 'sse_arith', a, b, op | (form << 8)),
    )
  }

/** CMPSS and CMPSD: equal, less, less or equal, unordered, and from 4 on their contraries. */
const scalarComparison =
  (form: number): Generator =>
  (s) => {
    const [dst, src, imm] = s.ops as [X86Operand, X86Operand, X86Operand]
    checkOperands(s)
    const width = form === 3 ? 64 : 32
    const predicate = immediateOf(imm) & 7
    const relation = predicate & 3
    const [a, b] = [registerSlot(dst), packedSource(s, src)]
    const { ir } = s
    const value = s.temp()
    // Of numbers none are unordered, and what is not greater is less or equal.
    if (relation === 3) ir.mov(value, s.const(0))
    else if (relation === 2) ir.emit(O[`flt${width}`]!, value, b, a)
    else ir.emit(O[`${relation === 0 ? 'feq' : 'flt'}${width}`]!, value, a, b)
    if (((predicate & 4) !== 0) !== (relation === 2)) ir.emit(O.sub64!, value, value, s.const(1))
    else ir.emit(O.neg64!, value, value)
    if (width === 32) ir.emit(O.ext32u!, value, value)
    resultOrHelper(
      s,
      bothNumbers(s, width, a, b),
      () => writeElement(s, a, width, value),
      () => callPacked(s, 'sse_cmp', a, b, predicate | (form << 8)),
    )
  }

/** The numbers of the operations in the helper are their places here; the packed forms are in gen-vector-float.ts. */
const operations = ['add', 'sub', 'mul', 'div', 'min', 'max', 'sqrt']
const scalarForms = [
  ['ss', 2],
  ['sd', 3],
] as const

function arithmetic(): [string, Generator][] {
  return operations.flatMap((name, op) =>
    scalarForms.map(([form, n]): [string, Generator] => [
      name + form,
      (name === 'min' || name === 'max' ? scalarChoice : scalarArithmetic)(name, op, n),
    ]),
  )
}

/** COMISS and the like. `code`: bit 0 for doubles, bit 1 for the unordered form. */
const comi =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const width = code & 1 ? 64 : 32
    const [a, b] = [registerSlot(dst), packedSource(s, src)]
    const { ir } = s
    resultOrHelper(
      s,
      bothNumbers(s, width, a, b),
      () => {
        const [equal, less] = [s.temp(), s.temp()]
        ir.emit(O[`feq${width}`]!, equal, a, b)
        ir.emit(O.shl64!, equal, equal, s.const(6))
        ir.emit(O[`flt${width}`]!, less, a, b)
        ir.emit(O.or64!, x.X_CC_SRC, equal, less)
      },
      () => s.call('sse_comi', x.X_CC_SRC, s.const(a), s.const(b), s.const(code)),
    )
    setCcOp(s, x.CC_OP_EFLAGS)
  }

/** From a general register or memory. */
const fromInteger =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const { ir } = s
    const [to, from] = [registerSlot(dst), s.readS(src)]
    // All of 32 bits are doubles.
    if (code === 1 && src.size !== MO_64) return ir.emit(O.int32ToF64!, to, from)
    const value = s.temp()
    ir.emit(code === 1 ? O.int64ToF64! : O.int64ToF32!, value, from)
    resultOrHelper(
      s,
      plainMode(s),
      () => writeElement(s, to, code === 1 ? 64 : 32, value),
      () => s.call('cvt_si', s.temp(), s.const(to), from, s.const(code)),
    )
  }

/** CVTSS2SD and CVTSD2SS, as `scalarArithmetic` does it. */
const convertScalar =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const narrow = (code & 1) !== 0
    const [to, from] = [registerSlot(dst), packedSource(s, src)]
    const plain = narrow ? plainMode(s) : s.temp()
    const value = s.temp()
    s.ir.emit(O[narrow ? 'ifNumber64' : 'ifNumber32']!, plain, narrow ? plain : s.const(1), from)
    s.ir.emit(O[narrow ? 'f64ToF32' : 'f32ToF64']!, value, from)
    if (narrow) s.ir.emit(O.ifNormal32!, plain, plain, value)
    resultOrHelper(
      s,
      plain,
      () => writeElement(s, to, narrow ? 32 : 64, value),
      () => callPacked(s, 'cvt_float', to, from, code),
    )
  }

/** To an integer by truncation: at once if it has a place there and either is exact or nothing new is raised. */
function truncate(
  s: DisasContext,
  value: Operand,
  from: Operand,
  code: number,
  size: number,
  instead: () => void,
): void {
  const { ir } = s
  const plain = plainMode(s)
  const [number, back] = [s.temp(), s.temp()]
  ir.emit(code & 1 ? O.mov! : O.f32ToF64!, number, from)
  ir.emit(O.f64ToInt64!, value, number)
  ir.emit(O.int64ToF64!, back, value)
  ir.emit(O.feq64!, back, back, number)
  ir.emit(O.or64!, plain, plain, back)
  ir.emit(O.ifNumber64!, plain, plain, number)
  if (size === MO_32) {
    ir.emit(O.ext32s!, back, value)
    ir.setcond('eq', 64, back, back, value)
  } else {
    // Neither of the two ends, which stand for all that lies beyond.
    ir.emit(O.add64!, back, value, ir.constPair(1, 0x8000_0000 | 0))
    ir.setcond('gtu', 64, back, back, s.const(1))
  }
  ir.emit(O.and64!, plain, plain, back)
  resultOrHelper(s, plain, () => undefined, instead)
}

/** To a general register. `code`: bit 0 from a double, bit 1 truncated. */
const toInteger =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const { ir } = s
    const from = packedSource(s, src)
    const value = s.temp()
    const instead = (): void =>
      s.call('cvt_to_si', value, s.const(from), s.const(code | (dst.size === MO_64 ? 4 : 0)))
    if (code & 2) truncate(s, value, from, code, dst.size, instead)
    else instead()
    ir.emit(dst.size === MO_32 ? O.ext32u! : O.mov!, generalSlot(s, dst), value)
  }

const predicates = Object.fromEntries(scalarForms.map(([form, n]) => [`cmp${form}`, scalarComparison(n)]))
const rounds = Object.fromEntries(
  forms.map((form, n) => [`round${form}`, helper('sse_round', (imm) => (imm & 15) | (n << 8))]),
)

export const sseFloatGenerators: Readonly<Record<string, Generator>> = {
  ...Object.fromEntries(arithmetic()),
  ...predicates,
  ...rounds,
  comiss: comi(0),
  comisd: comi(1),
  ucomiss: comi(2),
  ucomisd: comi(3),
  addsubps: helper('sse_pairs', always(4)),
  addsubpd: helper('sse_pairs', always(5)),
  dpps: helper('sse_dp', (imm) => imm),
  dppd: helper('sse_dp', (imm) => imm | 0x100),
  rcpps: helper('sse_approx', always(0)),
  rcpss: helper('sse_approx', always(1)),
  rsqrtps: helper('sse_approx', always(2)),
  rsqrtss: helper('sse_approx', always(3)),
  cvtsi2ss: fromInteger(0),
  cvtsi2sd: fromInteger(1),
  cvtss2si: toInteger(0),
  cvtsd2si: toInteger(1),
  cvttss2si: toInteger(2),
  cvttsd2si: toInteger(3),
  cvtss2sd: convertScalar(2),
  cvtsd2ss: convertScalar(3),
  cvtpi2ps: helper('cvt_dq', always(2)),
  cvtpi2pd: helper('cvt_dq', always(3)),
  cvtps2pi: helper('cvt_to_dq', always(4)),
  cvtpd2pi: helper('cvt_to_dq', always(5)),
  cvttps2pi: helper('cvt_to_dq', always(6)),
  cvttpd2pi: helper('cvt_to_dq', always(7)),
}
