// SPDX-License-Identifier: GPL-2.0-or-later
//
// Moves and the stack (QEMU's target/i386/tcg/translate.c).

import { O, type Operand } from '@dromaius/tcg'
import {
  type Address,
  type DisasContext,
  MO_16,
  MO_32,
  MO_64,
  MO_8,
  type Size,
  type X86Operand,
} from './disas-context.js'
import type { Generator } from './generator.js'
import { genCarry, genUpdateCcOp } from './cc.js'
import * as x from './x86-layout.js'

const RSP = 4
const RBP = 5

/** Width of the stack pointer. */
export function stackSize(s: DisasContext): Size {
  return s.code64 ? MO_64 : s.ss32 ? MO_32 : MO_16
}

/** A linear address on the stack, from an offset that need not be truncated yet. */
export function onStack(s: DisasContext, pointer: Operand, disp = 0): Address {
  s.insnFlags |= x.INSN_STACK
  if (s.code64) return s.displaced(pointer, disp)
  const saved = s.aflag
  s.aflag = stackSize(s)
  const address = s.inSegment(s.displaced(pointer, disp), x.R_SS, -1)
  s.aflag = saved
  return address
}

/** Moves the stack pointer by a constant. @qemu target/i386/tcg/translate.c gen_stack_update */
export function moveStack(s: DisasContext, by: number): void {
  const size = stackSize(s)
  const rsp = s.reg64(RSP)
  if (size === MO_16) {
    const sum = s.temp()
    s.ir.emit(O.add64!, sum, rsp, s.const(by))
    s.writeReg(RSP, MO_16, sum)
  } else s.ir.emit(s.wide('add', size), rsp, rsp, s.const(by))
}

/** @qemu target/i386/tcg/translate.c gen_push_v */
export function push(s: DisasContext, value: Operand, size: Size = s.dflag): void {
  const bytes = 1 << size
  s.store(size, onStack(s, s.reg64(RSP), -bytes), value)
  moveStack(s, -bytes)
}

/** Loads what is on top of the stack; `moveStack` takes it off. @qemu target/i386/tcg/translate.c gen_pop_T0 */
export function top(s: DisasContext, size: Size = s.dflag): Operand {
  return s.load(size, onStack(s, s.reg64(RSP)))
}

const mov: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  // A load can go to its register at once: when it faults nothing has changed.
  if (dst.kind === 'reg' && dst.size >= MO_32 && src.kind === 'mem')
    s.load(dst.size, s.address(), s.reg64(dst.reg))
  else if (dst.kind === 'reg' && dst.size === MO_32 && src.kind === 'imm')
    s.ir.mov(s.reg64(dst.reg), s.const(src.value >>> 0))
  else s.write(dst, s.read(src))
}

const xchg: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const a = s.temp()
  s.ir.mov(a, s.read(dst))
  const b = s.temp()
  s.ir.mov(b, s.read(src))
  s.write(dst, b)
  s.write(src, a)
}

const lea: Generator = (s) => {
  const [dst] = s.ops as [X86Operand]
  let value = s.flat(s.effective())
  if (s.aflag !== MO_64) value = s.ext(value, s.aflag, false)
  s.write(dst, value)
}

const extend =
  (signed: boolean): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    s.write(dst, signed ? s.readS(src) : s.readZ(src), !signed)
  }

const movsxd: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  s.write(dst, dst.size === MO_64 ? s.readS(src) : s.read(src))
}

const cbw: Generator = (s) => {
  const half = (s.dflag - 1) as Size
  s.writeReg(0, s.dflag, s.ext(s.reg64(0), half, true))
}

const cwd: Generator = (s) => {
  const sign = s.temp()
  s.ir.emit(O.sar64!, sign, s.ext(s.reg64(0), s.dflag, true), s.const(63))
  s.writeReg(2, s.dflag, sign)
}

const xlat: Generator = (s) => {
  const offset = s.temp()
  s.ir.emit(O.add64!, offset, s.reg64(3), s.ext(s.reg64(0), MO_8, false))
  s.writeReg(0, MO_8, s.load(MO_8, s.inSegment({ base: offset, disp: 0 }, x.R_DS)))
}

const pushOperand: Generator = (s) => {
  const src = s.ops[0]!
  push(s, s.read(src))
}

const popOperand: Generator = (s) => {
  const dst = s.ops[0]!
  const value = top(s)
  if (dst.kind === 'reg') {
    moveStack(s, 1 << s.dflag)
    s.write(dst, value, true)
    return
  }
  // The address is worked out with the stack pointer as it is after the pop (SDM volume 2, POP).
  if (s.memBase === RSP) s.memDisp += 1 << s.dflag
  s.write(dst, value)
  s.insnFlags &= ~x.INSN_RMW
  moveStack(s, 1 << s.dflag)
}

const pusha: Generator = (s) => {
  const bytes = 1 << s.dflag
  for (let n = 0; n < 8; n++) s.store(s.dflag, onStack(s, s.reg64(RSP), -bytes * (n + 1)), s.reg64(n))
  moveStack(s, -8 * bytes)
}

const popa: Generator = (s) => {
  const bytes = 1 << s.dflag
  const values = Array.from({ length: 8 }, (_, n) =>
    n === 3 ? null : s.load(s.dflag, onStack(s, s.reg64(RSP), bytes * n)),
  )
  values.forEach((value, n) => {
    if (value !== null) s.writeReg(7 - n, s.dflag, value, true)
  })
  moveStack(s, 8 * bytes)
}

/** ENTER (SDM volume 2). @qemu target/i386/tcg/translate.c gen_enter */
const enter: Generator = (s) => {
  s.insnFlags |= x.INSN_SS
  const { ir } = s
  const [size, nesting] = s.ops.map((op) => (op.kind === 'imm' ? op.value : 0)) as [number, number]
  const level = nesting & 31
  const bytes = 1 << s.dflag
  const rsp = s.reg64(RSP)
  s.store(s.dflag, onStack(s, rsp, -bytes), s.reg64(RBP))
  const frame = s.temp()
  ir.emit(O.sub64!, frame, rsp, s.const(bytes))
  for (let i = 1; i < level; i++) {
    ir.withTemps(() => {
      const value = s.load(s.dflag, onStack(s, s.reg64(RBP), -bytes * i))
      s.store(s.dflag, onStack(s, rsp, -bytes * (i + 1)), value)
    })
  }
  if (level > 0) s.store(s.dflag, onStack(s, rsp, -bytes * (level + 1)), frame)
  // The page of the new stack pointer must be one that can be written (SDM volume 2, ENTER).
  const last = onStack(s, rsp, -(size + bytes * (level + 1)))
  s.checkAccess(last, bytes, true)
  s.call('probe_write', s.temp(), s.flat(last), s.const(bytes))
  moveStack(s, -(size + bytes * (level + 1)))
  s.writeReg(RBP, s.dflag, frame)
}

/** LEAVE. @qemu target/i386/tcg/translate.c gen_leave */
const leave: Generator = (s) => {
  s.insnFlags |= x.INSN_SS
  const value = s.load(s.dflag, onStack(s, s.reg64(RBP)))
  const stack = s.temp()
  s.ir.emit(O.add64!, stack, s.reg64(RBP), s.const(1 << s.dflag))
  s.writeReg(RSP, stackSize(s), stack)
  s.writeReg(RBP, s.dflag, value, true)
}

/** PUSHF: not VM and RF. */
const pushf: Generator = (s) => {
  if (s.vm86 && s.iopl !== 3) return s.generalProtection()
  genUpdateCcOp(s)
  const flags = s.temp()
  s.call('read_eflags', flags)
  s.ir.emit(O.and64!, flags, flags, s.const(0xfcffff))
  push(s, flags)
}

/** POPF: what may change depends on the privilege level. */
const popf: Generator = (s) => {
  if (s.vm86 && s.iopl !== 3) return s.generalProtection()
  let mask = x.TF_MASK | x.AC_MASK | x.ID_MASK | x.NT_MASK | x.RF_MASK
  if (s.cpl === 0 && !s.vm86) mask |= x.IOPL_MASK
  if (s.cpl <= s.iopl) mask |= x.IF_MASK
  if (s.dflag === MO_16) mask &= 0xffff
  const value = s.temp()
  s.ir.mov(value, top(s))
  // RF is always cleared.
  s.ir.emit(O.and64!, value, value, s.const(0x3fffff & ~x.RF_MASK))
  moveStack(s, 1 << s.dflag)
  genUpdateCcOp(s)
  s.call('write_eflags', s.temp(), value, s.const(mask))
  s.ccOp = x.CC_OP_DYNAMIC
  s.ccOpDirty = false
}

const salc: Generator = (s) => {
  const carry = s.temp()
  s.ir.emit(O.neg64!, carry, genCarry(s))
  s.writeReg(0, MO_8, carry)
}

export const moveGenerators: Readonly<Record<string, Generator>> = {
  mov,
  xchg,
  lea,
  movzx: extend(false),
  movsx: extend(true),
  movsxd,
  cbw,
  cwd,
  xlat,
  push: pushOperand,
  pop: popOperand,
  pusha,
  popa,
  enter,
  leave,
  pushf,
  popf,
  salc,
}
