// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic, logic, multiplication, bits (QEMU's target/i386/tcg/translate.c).

import { O, type Operand } from '@dromaius/tcg'
import {
  ccAll,
  CC_SRCT,
  genCarry,
  genComputeEflags,
  genPrepareCc,
  genSetcc,
  genUpdateCcOp,
  setCcOp,
} from './cc.js'
import { type DisasContext, MO_32, MO_64, MO_8, PREFIX_LOCK, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Stores a result and the flags of an addition or logic operation; the store may fault, so flags come after it. */
function finish(s: DisasContext, dst: X86Operand, result: Operand, source: Operand | null, op: number): void {
  const { ir } = s
  if (dst.kind === 'mem') {
    s.write(dst, result)
    if (source !== null) ir.mov(x.X_CC_SRC, source)
  } else {
    // The source may be the register that changes.
    if (source !== null) ir.mov(x.X_CC_SRC, source)
    s.write(dst, result, true)
  }
  ir.mov(x.X_CC_DST, result)
  setCcOp(s, op + dst.size)
}

/**
 * `dst = dst op b` with its flags. All of a register's bits change for a dword or qword, so the result goes there at once.
 * @param source  what CC_SRC becomes; null for none
 */
function compute(
  s: DisasContext,
  name: string,
  dst: X86Operand,
  b: Operand,
  source: Operand | null,
  op: number,
): void {
  const { ir } = s
  if (dst.kind === 'reg' && dst.size >= MO_32) {
    const slot = s.reg64(dst.reg)
    // The source may be the register that changes.
    if (source !== null) ir.mov(x.X_CC_SRC, source)
    ir.emit(s.wide(name, dst.size), slot, slot, b)
    ir.mov(x.X_CC_DST, slot)
    setCcOp(s, op + dst.size)
    return
  }
  const result = s.temp()
  ir.emit(s.wide(name, dst.size), result, s.read(dst), b)
  finish(s, dst, result, source, op)
}

const add: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const b = s.read(src)
  compute(s, 'add', dst, b, b, x.CC_OP_ADDB)
}

const adc: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const carry = genCarry(s)
  const b = s.read(src)
  const result = s.temp()
  s.ir.emit(s.wide('add', dst.size), result, s.read(dst), b)
  s.ir.emit(s.wide('add', dst.size), result, result, carry)
  finish(s, dst, result, b, x.CC_OP_ADCB)
  s.ir.mov(x.X_CC_SRC2, carry)
}

const sbb: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const carry = genCarry(s)
  const b = s.read(src)
  const result = s.temp()
  s.ir.emit(s.wide('sub', dst.size), result, s.read(dst), b)
  s.ir.emit(s.wide('sub', dst.size), result, result, carry)
  finish(s, dst, result, b, x.CC_OP_SBBB)
  s.ir.mov(x.X_CC_SRC2, carry)
}

const sub: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const b = s.read(src)
  if (dst.kind === 'reg' && dst.size >= MO_32) {
    s.ir.mov(CC_SRCT, s.reg64(dst.reg))
    compute(s, 'sub', dst, b, b, x.CC_OP_SUBB)
    return
  }
  const a = s.read(dst)
  const result = s.temp()
  s.ir.emit(s.wide('sub', dst.size), result, a, b)
  s.ir.mov(CC_SRCT, a)
  finish(s, dst, result, b, x.CC_OP_SUBB)
}

const cmp: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const b = s.read(src)
  const a = s.read(dst)
  s.ir.mov(CC_SRCT, a)
  s.ir.emit(s.wide('sub', dst.size), x.X_CC_DST, a, b)
  s.ir.mov(x.X_CC_SRC, b)
  setCcOp(s, x.CC_OP_SUBB + dst.size)
}

const logic =
  (name: string): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    compute(s, name, dst, s.read(src), null, x.CC_OP_LOGICB)
  }

const test: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const b = s.read(src)
  s.ir.emit(s.wide('and', dst.size), x.X_CC_DST, s.read(dst), b)
  setCcOp(s, x.CC_OP_LOGICB + dst.size)
}

const incDec =
  (name: 'add' | 'sub', op: number): Generator =>
  (s) => {
    const dst = s.ops[0]!
    compute(s, name, dst, s.const(1), genCarry(s), op)
  }

const neg: Generator = (s) => {
  const dst = s.ops[0]!
  const value = s.temp()
  s.ir.mov(value, s.read(dst))
  const result = s.temp()
  s.ir.emit(s.wide('neg', dst.size), result, value)
  s.ir.mov(CC_SRCT, s.const(0))
  finish(s, dst, result, value, x.CC_OP_SUBB)
}

const not: Generator = (s) => {
  const dst = s.ops[0]!
  const result = s.temp()
  s.ir.emit(s.wide('not', dst.size), result, s.read(dst))
  s.write(dst, result, true)
}

const alu: Readonly<Record<string, Generator>> = {
  add,
  or: logic('or'),
  adc,
  sbb,
  and: logic('and'),
  sub,
  xor: logic('xor'),
  cmp,
}
const grp1Names = Object.keys(alu)

const cmpxchg: Generator = (s) => {
  const { ir } = s
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const { size } = dst
  const old = s.temp()
  ir.mov(old, s.readZ(dst))
  const expected = s.temp()
  ir.mov(expected, s.ext(s.reg64(0), size, false))
  const equal = s.temp()
  ir.setcond('eq', 64, equal, old, expected)
  const value = s.temp()
  // Memory is written either way, a register only when they are equal: then its upper half changes too.
  const wide = dst.kind === 'reg' && size === MO_32
  ir.movcond(value, equal, wide ? s.readZ(src) : s.read(src), wide ? s.reg64(dst.reg) : old)
  s.write(dst, value, wide)
  // The accumulator changes only when they differ; its upper half too.
  const accumulator = s.temp()
  if (size === MO_32 || size === MO_64) {
    ir.movcond(s.reg64(0), equal, s.reg64(0), old)
  } else {
    ir.emit(size === MO_8 ? O.deposit8! : O.deposit16!, accumulator, s.reg64(0), old)
    ir.movcond(s.reg64(0), equal, s.reg64(0), accumulator)
  }
  ir.mov(CC_SRCT, expected)
  ir.mov(x.X_CC_SRC, old)
  ir.emit(O.sub64!, x.X_CC_DST, expected, old)
  setCcOp(s, x.CC_OP_SUBB + size)
}

const xadd: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const old = s.temp()
  s.ir.mov(old, s.read(dst))
  const addend = s.temp()
  s.ir.mov(addend, s.read(src))
  const sum = s.temp()
  s.ir.emit(s.wide('add', dst.size), sum, old, addend)
  if (dst.kind === 'mem') {
    s.write(dst, sum)
    s.write(src, old)
  } else {
    s.write(src, old)
    s.write(dst, sum, true)
  }
  s.ir.mov(x.X_CC_SRC, addend)
  s.ir.mov(x.X_CC_DST, sum)
  setCcOp(s, x.CC_OP_ADDB + dst.size)
}

const cmpxchg8b: Generator = (s) => {
  const wide = s.dflag === MO_64
  if (wide && !s.features.cx16) s.illegal()
  genUpdateCcOp(s)
  s.insnFlags |= x.INSN_RMW
  s.checkAccess(s.address(), wide ? 16 : 8, true)
  s.call(wide ? 'cmpxchg16b' : 'cmpxchg8b', s.temp(), s.flat(s.address()))
  setCcOp(s, x.CC_OP_EFLAGS)
}

const cmov: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const value = s.readZ(src)
  const condition = genSetcc(s, s.opcode)
  const result = s.temp()
  s.ir.movcond(result, condition, value, s.read(dst))
  s.write(dst, result)
}

const setcc: Generator = (s) => {
  const result = s.temp()
  const { cond, width, a, b } = genPrepareCc(s, s.opcode)
  s.ir.setcond(cond, width, result, a, b)
  s.write(s.ops[0]!, result)
}

const carryFlag =
  (how: 'clear' | 'set' | 'complement'): Generator =>
  (s) => {
    genComputeEflags(s)
    const op = how === 'clear' ? 'and64' : how === 'set' ? 'or64' : 'xor64'
    const mask = how === 'clear' ? x.CC_ALL & ~x.CC_C : x.CC_C
    s.ir.emit(O[op]!, x.X_CC_SRC, x.X_CC_SRC, s.const(mask))
  }

const sahf: Generator = (s) => {
  const { ir } = s
  const all = ccAll(s)
  const overflow = s.temp()
  ir.emit(O.and64!, overflow, all, s.const(x.CC_O))
  const ah = s.temp()
  ir.emit(O.extract8h!, ah, s.reg64(0))
  ir.emit(O.and64!, ah, ah, s.const(x.CC_S | x.CC_Z | x.CC_A | x.CC_P | x.CC_C))
  ir.emit(O.or64!, x.X_CC_SRC, ah, overflow)
  setCcOp(s, x.CC_OP_EFLAGS)
}

const lahf: Generator = (s) => {
  const flags = s.temp()
  s.ir.emit(O.or64!, flags, ccAll(s), s.const(2))
  s.ir.emit(O.deposit8h!, s.reg64(0), s.reg64(0), flags)
}

export const aluGenerators: Readonly<Record<string, Generator>> = {
  ...alu,
  grp1: (s) => {
    const name = grp1Names[(s.modrm >> 3) & 7]!
    // A comparison writes nothing that could be locked.
    if (name === 'cmp' && s.prefix & PREFIX_LOCK) s.illegal()
    alu[name]!(s)
  },
  test,
  inc: incDec('add', x.CC_OP_INCB),
  dec: incDec('sub', x.CC_OP_DECB),
  neg,
  not,
  cmpxchg,
  cmpxchg8b,
  xadd,
  cmov,
  setcc,
  clc: carryFlag('clear'),
  stc: carryFlag('set'),
  cmc: carryFlag('complement'),
  sahf,
  lahf,
}
