// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floating point of SSE: which helper, in which form.

import { O } from '@dromaius/tcg'
import { setCcOp } from './cc.js'
import { MO_32, MO_64, type X86Operand } from './disas-context.js'
import {
  callPacked,
  checkOperands,
  enterMmx,
  finishMmx,
  generalSlot,
  immediateOf,
  packedSource,
  registerSlot,
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

const always =
  (code: number): (() => number) =>
  () =>
    code

function arithmetic(): [string, Generator][] {
  const operations = ['add', 'sub', 'mul', 'div', 'min', 'max', 'sqrt']
  return operations.flatMap((name, op) =>
    forms.map((form, n): [string, Generator] => [name + form, helper('sse_arith', always(op | (n << 8)))]),
  )
}

/** COMISS and the like. `code`: bit 0 for doubles, bit 1 for the unordered form. */
const comi =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    s.call('sse_comi', x.X_CC_SRC, s.const(registerSlot(dst)), s.const(packedSource(s, src)), s.const(code))
    setCcOp(s, x.CC_OP_EFLAGS)
  }

/** From a general register or memory. */
const fromInteger =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    s.call('cvt_si', s.temp(), s.const(registerSlot(dst)), s.readS(src), s.const(code))
  }

/** To a general register. `code`: bit 0 from a double, bit 1 truncated. */
const toInteger =
  (code: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    checkOperands(s)
    const value = s.temp()
    s.call('cvt_to_si', value, s.const(packedSource(s, src)), s.const(code | (dst.size === MO_64 ? 4 : 0)))
    s.ir.emit(dst.size === MO_32 ? O.ext32u! : O.mov!, generalSlot(s, dst), value)
  }

const predicates = Object.fromEntries(
  forms.map((form, n) => [`cmp${form}`, helper('sse_cmp', (imm) => (imm & 7) | (n << 8))]),
)
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
  haddps: helper('sse_pairs', always(0)),
  haddpd: helper('sse_pairs', always(1)),
  hsubps: helper('sse_pairs', always(2)),
  hsubpd: helper('sse_pairs', always(3)),
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
  cvtps2pd: helper('cvt_float', always(0)),
  cvtpd2ps: helper('cvt_float', always(1)),
  cvtss2sd: helper('cvt_float', always(2)),
  cvtsd2ss: helper('cvt_float', always(3)),
  cvtdq2ps: helper('cvt_dq', always(0)),
  cvtdq2pd: helper('cvt_dq', always(1)),
  cvtpi2ps: helper('cvt_dq', always(2)),
  cvtpi2pd: helper('cvt_dq', always(3)),
  cvtps2dq: helper('cvt_to_dq', always(0)),
  cvtpd2dq: helper('cvt_to_dq', always(1)),
  cvttps2dq: helper('cvt_to_dq', always(2)),
  cvttpd2dq: helper('cvt_to_dq', always(3)),
  cvtps2pi: helper('cvt_to_dq', always(4)),
  cvtpd2pi: helper('cvt_to_dq', always(5)),
  cvttps2pi: helper('cvt_to_dq', always(6)),
  cvttpd2pi: helper('cvt_to_dq', always(7)),
}
