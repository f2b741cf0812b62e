// SPDX-License-Identifier: GPL-2.0-or-later
//
// String instructions (QEMU's target/i386/tcg/translate.c, gen_repz and its like).

import { O, type Operand } from '@dromaius/tcg'
import { CC_SRCT, genPrepareCc, genUpdateCcOp, setCcOp } from './cc.js'
import {
  type Address,
  type DisasContext,
  MO_16,
  MO_32,
  PREFIX_REPNZ,
  PREFIX_REPZ,
  type Size,
} from './disas-context.js'
import type { Generator } from './generator.js'
import { genGotoTb, genJmpIm, nextPc } from './gen-control.js'
import * as x from './x86-layout.js'

const RCX = 1
const RSI = 6
const RDI = 7

function source(s: DisasContext): Address {
  return s.inSegment({ base: s.reg64(RSI), disp: 0 }, x.R_DS)
}

/** ES cannot be overridden. */
function target(s: DisasContext): Address {
  return s.inSegment({ base: s.reg64(RDI), disp: 0 }, x.R_ES, -1)
}

/** Moves an index register by DF times the size. */
function advance(s: DisasContext, register: number, size: Size): void {
  const step = s.temp()
  s.ir.emit(O.shl64!, step, x.X_DF, s.const(size))
  s.ir.emit(O.add64!, step, step, s.reg64(register))
  s.writeReg(register, s.aflag, step)
}

const sizeOf = (s: DisasContext): Size => s.ops[0]!.size

function movs(s: DisasContext): void {
  const size = sizeOf(s)
  s.store(size, target(s), s.load(size, source(s)))
  advance(s, RSI, size)
  advance(s, RDI, size)
}

function stos(s: DisasContext): void {
  s.store(sizeOf(s), target(s), s.reg64(0))
  advance(s, RDI, sizeOf(s))
}

function lods(s: DisasContext): void {
  s.writeReg(0, sizeOf(s), s.load(sizeOf(s), source(s)), true)
  advance(s, RSI, sizeOf(s))
}

function compare(s: DisasContext, a: Operand, b: Operand, size: Size): void {
  s.ir.mov(CC_SRCT, a)
  s.ir.emit(s.wide('sub', size), x.X_CC_DST, a, b)
  s.ir.mov(x.X_CC_SRC, b)
  setCcOp(s, x.CC_OP_SUBB + size)
}

function cmps(s: DisasContext): void {
  const size = sizeOf(s)
  const b = s.load(size, target(s))
  const a = s.load(size, source(s))
  compare(s, a, b, size)
  advance(s, RSI, size)
  advance(s, RDI, size)
}

function scas(s: DisasContext): void {
  const size = sizeOf(s)
  compare(s, s.reg64(0), s.load(size, target(s)), size)
  advance(s, RDI, size)
}

/** Ports have no qword. */
const portSize = (s: DisasContext): Size => Math.min(sizeOf(s), MO_32) as Size

function port(s: DisasContext): Operand {
  return s.ext(s.reg64(2), MO_16, false)
}

/** INS: the store must work before the port is read, so what is there is written back first. */
function ins(s: DisasContext): void {
  const size = portSize(s)
  const at = target(s)
  s.call('check_io', s.temp(), port(s), s.const(1 << size))
  s.checkAccess(at, 1 << size, true)
  s.call('probe_write', s.temp(), s.flat(at), s.const(1 << size))
  const value = s.temp()
  s.call('in', value, port(s), s.const(1 << size))
  s.store(size, at, value)
  advance(s, RDI, size)
}

function outs(s: DisasContext): void {
  const size = portSize(s)
  s.call('check_io', s.temp(), port(s), s.const(1 << size))
  const value = s.load(size, source(s))
  s.call('out', s.temp(), port(s), s.const(1 << size), value)
  advance(s, RSI, size)
}

/** One round, then the instruction again; each is a block of its own. @qemu target/i386/tcg/translate.c gen_repz */
function repeat(s: DisasContext, round: (s: DisasContext) => void, compares: boolean): void {
  const { ir } = s
  genUpdateCcOp(s)
  const done = ir.newLabel()
  ir.brcond('eq', 64, s.ext(s.reg64(RCX), s.aflag, false), s.const(0), done)
  round(s)
  const less = s.temp()
  ir.emit(O.sub64!, less, s.reg64(RCX), s.const(1))
  s.writeReg(RCX, s.aflag, less)
  genUpdateCcOp(s)
  if (compares) {
    const { cond, width, a, b } = genPrepareCc(s, s.prefix & PREFIX_REPZ ? 5 : 4)
    ir.brcond(cond, width, a, b, done)
  }
  ir.brcond('eq', 64, s.ext(s.reg64(RCX), s.aflag, false), s.const(0), done)
  s.repeats = true
  genGotoTb(s, 0, s.pcInsn)
  s.repeats = false
  ir.setLabel(done)
  s.ccOp = x.CC_OP_DYNAMIC
  s.ccOpDirty = false
  genGotoTb(s, 1, nextPc(s))
}

/** Many rounds by a helper, then the instruction again if any are left. */
function repeatFast(s: DisasContext, helper: string): void {
  genUpdateCcOp(s)
  const segment = (s.override >= 0 ? s.override : x.R_DS) + 1
  const what = (1 << sizeOf(s)) | ((1 << s.aflag) << 4) | (segment << 8)
  const finished = s.temp()
  s.call(helper, finished, s.const(what))
  const done = s.ir.newLabel()
  s.ir.brcond('ne', 64, finished, s.const(0), done)
  genGotoTb(s, 0, s.pcInsn)
  s.ir.setLabel(done)
  genGotoTb(s, 1, nextPc(s))
}

/** Whether each access has to be looked at; within the 64 KiB of a 16-bit address the helper does it itself. */
function checksEach(s: DisasContext): boolean {
  if (s.alignment) return true
  if (s.code64) return false
  const real = !s.pe || s.vm86
  if (real && s.aflag !== MO_16) return true
  return s.override === x.R_CS || s.isLimited(x.R_ES) || s.isLimited(s.override >= 0 ? s.override : x.R_DS)
}

const string =
  (round: (s: DisasContext) => void, compares = false, helper: string | null = null): Generator =>
  (s) => {
    if (!(s.prefix & (PREFIX_REPZ | PREFIX_REPNZ))) {
      round(s)
      return
    }
    if (helper !== null && !s.tf && !s.breaks && !checksEach(s)) repeatFast(s, helper)
    else repeat(s, round, compares)
  }

/** String instructions on ports end their block in any case. */
const portString =
  (round: (s: DisasContext) => void): Generator =>
  (s) => {
    if (s.prefix & (PREFIX_REPZ | PREFIX_REPNZ)) repeat(s, round, false)
    else {
      round(s)
      genJmpIm(s, nextPc(s))
    }
  }

export const stringGenerators: Readonly<Record<string, Generator>> = {
  movs: string(movs, false, 'rep_movs'),
  stos: string(stos, false, 'rep_stos'),
  lods: string(lods),
  cmps: string(cmps, true),
  scas: string(scas, true),
  ins: portString(ins),
  outs: portString(outs),
}
