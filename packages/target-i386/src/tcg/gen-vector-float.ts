// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packed floating point as operations on vectors, where WebAssembly's arithmetic surely gives the result and no exception is
// raised that MXCSR does not know of (QEMU's hardfloat: fpu/softfloat.c); otherwise a helper does all of it.

import { O, type Operand } from '@dromaius/tcg'
import type { DisasContext, X86Operand } from './disas-context.js'
import { callPacked, checkSse, immediateOf, plainMode, registerSlot, resultOrHelper } from './gen-packed.js'
import { lanes, vectorSource } from './gen-vector.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Width of a lane. */
type Width = 32 | 64

/** Emits what computes the result; gives where it is and what is 1 if it counts, or null if it always does. */
type FloatBody = (
  s: DisasContext,
  a: Operand,
  b: Operand,
  imm: number,
) => readonly [result: Operand, plain: Operand | null]

/** A generator with the helper that stands in for it. */
const packed =
  (body: FloatBody, helper: string, code: (imm: number) => number): Generator =>
  (s) => {
    const [dst, src, immediate] = s.ops as [X86Operand, X86Operand, X86Operand?]
    checkSse(s)
    const to = registerSlot(dst)
    const from = vectorSource(s, src)
    const imm = immediate ? immediateOf(immediate) : 0
    const [result, plain] = body(s, to, from, imm)
    const write = (): void => s.ir.emit(O.vmov!, to, result)
    if (plain === null) return write()
    resultOrHelper(s, plain, write, () => {
      // A temporary has no place in memory.
      if (src.kind === 'mem') s.ir.emit(O.vmov!, x.X_SSE_T0, from)
      callPacked(s, helper, to, src.kind === 'mem' ? x.X_SSE_T0 : from, code(imm))
    })
  }

/** Adds a condition to those that are in `plain`, if there are any. */
function also(s: DisasContext, plain: Operand | null, name: string, a: Operand, b: Operand = 0): Operand {
  const holds = s.temp()
  s.ir.emit(O[name]!, holds, a, b)
  if (plain !== null) s.ir.emit(O.and64!, holds, holds, plain)
  return holds
}

/** ADDPS and the like. A sum is zero or small only if that is exact; a product of zero is, and zero divided. */
const arithmetic =
  (name: 'add' | 'sub' | 'mul' | 'div', width: Width): FloatBody =>
  (s, a, b) => {
    const { ir } = s
    const result = ir.vectorTemp()
    ir.emit(O[`vf${name}${width}`]!, result, a, b)
    const plain = also(s, plainMode(s), `vallNumbers${width}`, a, b)
    if (name === 'add' || name === 'sub') return [result, also(s, plain, `vallFinite${width}`, result)]
    const exact = ir.vectorTemp()
    ir.emit(O[`vfzero${width}`]!, exact, a)
    if (name === 'mul') {
      const other = ir.vectorTemp()
      ir.emit(O[`vfzero${width}`]!, other, b)
      ir.emit(O.vor!, exact, exact, other)
    }
    return [result, also(s, plain, `vallNormal${width}`, result, exact)]
  }

const squareRoot =
  (width: Width): FloatBody =>
  (s, _a, b) => {
    const result = s.ir.vectorTemp()
    s.ir.emit(O[`vfsqrt${width}`]!, result, b)
    const plain = also(s, plainMode(s), `vallNumbers${width}`, b, b)
    return [result, also(s, plain, `vallFinite${width}`, result)]
  }

/** MINPS and MAXPS. */
const choice =
  (name: 'min' | 'max', width: Width): FloatBody =>
  (s, a, b) => {
    const result = s.ir.vectorTemp()
    s.ir.emit(O[`vf${name}${width}`]!, result, a, b)
    return [result, also(s, null, `vallNumbers${width}`, a, b)]
  }

const relations = ['eq', 'lt', 'le'] as const

/** CMPPS: equal, less, less or equal, unordered, and from 4 on their contraries. */
const comparison =
  (width: Width): FloatBody =>
  (s, a, b, imm) => {
    const { ir } = s
    const result = ir.vectorTemp()
    const relation = relations[imm & 3]
    // Of numbers none are unordered.
    if (relation === undefined) ir.emit(O.vzero!, result, s.const(0))
    else ir.emit(O[`vf${relation}${width}`]!, result, a, b)
    if (imm & 4) ir.emit(O.vnot!, result, result)
    return [result, also(s, null, `vallNumbers${width}`, a, b)]
  }

/** HADDPS and the like: the sums of neighbours. */
const pairs = (name: 'add' | 'sub', width: Width): FloatBody => {
  const even = lanes(width / 8, (n) => 2 * n)
  const odd = lanes(width / 8, (n) => 2 * n + 1)
  const sums = arithmetic(name, width)
  return (s, a, b, imm) => {
    const [first, second] = [s.ir.vectorTemp(), s.ir.vectorTemp()]
    s.ir.shuffle(first, a, b, even)
    s.ir.shuffle(second, a, b, odd)
    return sums(s, first, second, imm)
  }
}

/** Of integers; of 32 bits all are doubles, and singles only after rounding. */
const fromIntegers =
  (width: Width): FloatBody =>
  (s, _a, b) => {
    const result = s.ir.vectorTemp()
    s.ir.emit(O[`vint32ToF${width}`]!, result, b)
    return [result, width === 64 ? null : plainMode(s)]
  }

const toIntegers =
  (width: Width, truncates: boolean): FloatBody =>
  (s, _a, b) => {
    const { ir } = s
    const [number, result] = [ir.vectorTemp(), ir.vectorTemp()]
    ir.emit(O[truncates ? 'vmov' : `vfround${width}`]!, number, b)
    ir.emit(O[`vf${width}ToInt32`]!, result, number)
    return [result, also(s, plainMode(s), `vallInt32${width}`, number)]
  }

const widen: FloatBody = (s, _a, b) => {
  const { ir } = s
  const [result, zero] = [ir.vectorTemp(), ir.vectorTemp()]
  ir.emit(O.vf32ToF64!, result, b)
  ir.emit(O.vfzero64!, zero, result)
  return [result, also(s, null, 'vallSingle', result, zero)]
}

const narrow: FloatBody = (s, _a, b) => {
  const { ir } = s
  const [result, back, zero] = [ir.vectorTemp(), ir.vectorTemp(), ir.vectorTemp()]
  ir.emit(O.vf64ToF32!, result, b)
  ir.emit(O.vf32ToF64!, back, result)
  ir.emit(O.vfzero64!, zero, b)
  return [result, also(s, plainMode(s), 'vallSingle', back, zero)]
}

const always =
  (code: number): (() => number) =>
  () =>
    code

/** Numbers of the operations and of the forms in the helpers. */
const operations = ['add', 'sub', 'mul', 'div', 'min', 'max', 'sqrt'] as const
const forms: readonly (readonly [name: 'ps' | 'pd', width: Width])[] = [
  ['ps', 32],
  ['pd', 64],
]

function ofForms(): [string, Generator][] {
  return forms.flatMap(([form, width], n): [string, Generator][] => [
    ...operations.map((name, op): [string, Generator] => {
      const body =
        name === 'sqrt'
          ? squareRoot(width)
          : name === 'min' || name === 'max'
            ? choice(name, width)
            : arithmetic(name, width)
      return [name + form, packed(body, 'sse_arith', always(op | (n << 8)))]
    }),
    [`cmp${form}`, packed(comparison(width), 'sse_cmp', (imm) => (imm & 7) | (n << 8))],
    [`hadd${form}`, packed(pairs('add', width), 'sse_pairs', always(n))],
    [`hsub${form}`, packed(pairs('sub', width), 'sse_pairs', always(n | 2))],
  ])
}

export const vectorFloatGenerators: Readonly<Record<string, Generator>> = {
  ...Object.fromEntries(ofForms()),
  cvtdq2ps: packed(fromIntegers(32), 'cvt_dq', always(0)),
  cvtdq2pd: packed(fromIntegers(64), 'cvt_dq', always(1)),
  cvtps2dq: packed(toIntegers(32, false), 'cvt_to_dq', always(0)),
  cvtpd2dq: packed(toIntegers(64, false), 'cvt_to_dq', always(1)),
  cvttps2dq: packed(toIntegers(32, true), 'cvt_to_dq', always(2)),
  cvttpd2dq: packed(toIntegers(64, true), 'cvt_to_dq', always(3)),
  cvtps2pd: packed(widen, 'cvt_float', always(0)),
  cvtpd2ps: packed(narrow, 'cvt_float', always(1)),
}
