// SPDX-License-Identifier: GPL-2.0-or-later
//
// What MMX and SSE instructions have in common: when they are there, their operands, and those that are one helper each.

import { O, type Operand } from '@dromaius/tcg'
import { DecodeError, type DisasContext, MO_128, MO_32, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** An SSE instruction: #UD or #NM if it cannot be executed now (SDM volume 3, 13.1). */
export function checkSse(s: DisasContext): void {
  if (s.flags & x.HF_EM || !(s.flags & x.HF_OSFXSR)) s.illegal()
  if (s.flags & x.HF_TS) throw new DecodeError(x.EXCP07_PREX)
}

/** An exception of the x87 that is pending is raised before an instruction that waits (SDM volume 1, 8.7). */
export function genX87Wait(s: DisasContext): void {
  const { ir } = s
  const summary = s.temp()
  const none = ir.newLabel()
  ir.emit(O.and64!, summary, x.X_FPUS, s.const(0x80))
  ir.brcond('eq', 64, summary, s.const(0), none)
  s.call('x87_wait', s.temp())
  ir.setLabel(none)
}

/** An MMX instruction. */
export function checkMmx(s: DisasContext): void {
  if (s.flags & x.HF_EM) s.illegal()
  if (s.flags & x.HF_TS) throw new DecodeError(x.EXCP07_PREX)
  genX87Wait(s)
}

/** MMX registers lie over those of the x87: the top of its stack is 0 then and nothing is empty (SDM volume 1, 9.5.1). */
export function enterMmx(s: DisasContext): void {
  s.ir.mov(x.X_FPSTT, s.const(0))
  s.ir.mov(x.X_FPTAGS, s.const(0))
}

/** The instruction's checks, by the operands that it has. */
export function checkOperands(s: DisasContext): void {
  if (s.ops.some(({ kind }) => kind === 'mmx') && !s.ops.some(({ kind }) => kind === 'xmm')) checkMmx(s)
  else {
    checkSse(s)
    if (s.ops.some(({ kind }) => kind === 'mmx')) genX87Wait(s)
  }
}

/** Slot of a register's low half. */
export function registerSlot(op: X86Operand): Operand {
  if (op.kind === 'xmm') return x.X_XMM + op.reg * x.X_XMM_SIZE
  if (op.kind === 'mmx') return x.X_FPREGS + op.reg * 16
  throw new Error('Not a register of MMX or SSE')
}

/** The slot from which on a source operand stands: its register, or the room that memory is loaded into. */
export function packedSource(s: DisasContext, op: X86Operand): Operand {
  if (op.kind !== 'mem') return registerSlot(op)
  if (op.size === MO_128) s.loadVector(s.address(), x.X_SSE_T0)
  else s.load(op.size, s.address(), x.X_SSE_T0)
  return x.X_SSE_T0
}

/** A write to an MMX register sets the exponent of the x87 register to ones. */
export function finishMmx(s: DisasContext, dst: X86Operand): void {
  if (!s.ops.some(({ kind }) => kind === 'mmx')) return
  enterMmx(s)
  if (dst.kind === 'mmx') s.ir.mov(registerSlot(dst) + 8, s.const(0xffff))
}

/** Slot of a general register. */
export function generalSlot(s: DisasContext, op: X86Operand): Operand {
  if (op.kind !== 'reg') throw new Error('Not a general register')
  return s.reg64(op.reg)
}

/** An immediate byte. */
export function immediateOf(op: X86Operand | undefined): number {
  if (op?.kind !== 'imm') throw new Error('Not an immediate')
  return op.value & 0xff
}

/** Calls a helper with the offsets of destination and source. */
export function callPacked(s: DisasContext, name: string, dst: Operand, src: Operand, c = 0): void {
  s.call(name, s.temp(), s.const(dst), s.const(src), s.const(c))
}

/** A packed operation that is the helper of its name; shifts by an immediate have the count as their source. */
export const packedGenerator: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  checkOperands(s)
  let from: Operand = x.X_SSE_T0
  // Unpacking low halves, MMX's form reads no more than it takes.
  const narrow = dst.kind === 'mmx' && s.row.name.startsWith('punpckl')
  if (src.kind === 'imm') s.ir.mov(from, s.const(immediateOf(src)))
  else if (narrow && src.kind === 'mem') s.load(MO_32, s.address(), from)
  else from = packedSource(s, src)
  callPacked(s, `${s.row.name}_${dst.kind}`, registerSlot(dst), from)
  finishMmx(s, dst)
}

/** The exceptions' and rounding's part of MXCSR that decides, and what it is while results are plain: nearest, inexact masked and raised before. */
const MXCSR_MODE = 0x7020
const MXCSR_PLAIN = 0x1020

/** 1 if WebAssembly's arithmetic surely gives the result and raises nothing new; goes on with the numbers concerned. */
export function plainMode(s: DisasContext): Operand {
  const mode = s.temp()
  s.ir.emit(O.and64!, mode, x.X_MXCSR, s.const(MXCSR_MODE))
  s.ir.setcond('eq', 64, mode, mode, s.const(MXCSR_PLAIN))
  return mode
}

/** The result goes into the register, if `plain` says so; otherwise the helper does it all. */
export function resultOrHelper(
  s: DisasContext,
  plain: Operand,
  result: () => void,
  instead: () => void,
): void {
  const { ir } = s
  const [otherwise, done] = [ir.newLabel(), ir.newLabel()]
  ir.brcond('eq', 64, plain, s.const(0), otherwise)
  result()
  ir.br(done)
  ir.setLabel(otherwise)
  instead()
  ir.setLabel(done)
}
