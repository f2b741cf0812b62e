// SPDX-License-Identifier: GPL-2.0-or-later
//
// The x87 (opcodes D8 to DF) and the instructions that save and restore its state and that of SSE (SDM volume 2, appendix
// A.5: escape opcodes).

import { O, type Operand } from '@dromaius/tcg'
import { genComputeEflags, setCcOp } from './cc.js'
import { DecodeError, type DisasContext, MO_16, MO_32, MO_64, type Size } from './disas-context.js'
import { genX87Wait } from './gen-packed.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Operand types of the helpers. */
const F32 = 0
const F64 = 1
const I16 = 2
const I32 = 3
const I64 = 4
const sizes: readonly Size[] = [MO_32, MO_64, MO_16, MO_32, MO_64]

/** #NM when there is no x87, or it belongs to another task. */
function checkX87(s: DisasContext): void {
  if (s.flags & (x.HF_EM | x.HF_TS)) throw new DecodeError(x.EXCP07_PREX)
}

/** Notes the instruction for those that save the environment. */
function genPointers(s: DisasContext, address: Operand | null): void {
  s.ir.mov(x.X_FPIP, s.const(s.pcInsn))
  s.ir.mov(x.X_FPOP, s.const(((s.opcode & 7) << 8) | s.modrm))
  if (address !== null) s.ir.mov(x.X_FPDP, address)
}

function genLoad(s: DisasContext, type: number): void {
  s.call('x87_load', s.temp(), s.load(sizes[type]!, s.address()), s.const(type))
}

function genStore(s: DisasContext, type: number, pop: boolean, truncate = false): void {
  s.checkAccess(s.address(), 1 << sizes[type]!, true)
  s.call('x87_fst', s.temp(), s.flat(s.address()), s.const(type | (truncate ? 0x100 : 0) | (pop ? 0x200 : 0)))
}

/** Bytes of what works on memory as a whole, with 16-bit operands and else; a number of 80 bits is aligned as one of 64. */
const areas: Readonly<Record<string, readonly [narrow: number, wide: number]>> = {
  x87_fldenv: [14, 28],
  x87_fnstenv: [14, 28],
  x87_frstor: [94, 108],
  x87_fnsave: [94, 108],
}
const EXTENDED = [10, 10] as const
const stored = ['x87_fnstenv', 'x87_fnsave', 'x87_store80', 'x87_fbstp']

/** What works on memory as a whole: the helper takes the address, and whether the form is the wide one. */
function genArea(s: DisasContext, name: string): void {
  const wide = s.dflag !== MO_16
  const bytes = (areas[name] ?? EXTENDED)[wide ? 1 : 0]
  s.checkAccess(s.address(), bytes, stored.includes(name), !areas[name] ? 8 : wide ? 4 : 2)
  s.call(name, s.temp(), s.flat(s.address()), s.const(s.dflag === MO_16 ? 0 : 1))
}

type MemoryForm = (s: DisasContext) => void

const arithMemory =
  (type: number): MemoryForm =>
  (s) => {
    const op = (s.modrm >> 3) & 7
    s.call('x87_arith_mem', s.temp(), s.load(sizes[type]!, s.address()), s.const(op | (type << 8)))
  }
const load =
  (type: number): MemoryForm =>
  (s) =>
    genLoad(s, type)
const store =
  (type: number, pop: boolean, truncate = false): MemoryForm =>
  (s) =>
    genStore(s, type, pop, truncate)
const area =
  (name: string): MemoryForm =>
  (s) =>
    genArea(s, name)

/** Forms with memory: opcode less D8, then ModRM's register field. What does not wait or is no operation is listed below. */
const memoryForms: readonly (readonly (MemoryForm | null)[])[] = [
  Array.from({ length: 8 }, () => arithMemory(F32)),
  [load(F32), null, store(F32, false), store(F32, true), area('x87_fldenv'), null, area('x87_fnstenv'), null],
  Array.from({ length: 8 }, () => arithMemory(I32)),
  [
    load(I32),
    store(I32, true, true),
    store(I32, false),
    store(I32, true),
    null,
    area('x87_load80'),
    null,
    area('x87_store80'),
  ],
  Array.from({ length: 8 }, () => arithMemory(F64)),
  [
    load(F64),
    store(I64, true, true),
    store(F64, false),
    store(F64, true),
    area('x87_frstor'),
    null,
    area('x87_fnsave'),
    null,
  ],
  Array.from({ length: 8 }, () => arithMemory(I16)),
  [
    load(I16),
    store(I16, true, true),
    store(I16, false),
    store(I16, true),
    area('x87_fbld'),
    load(I64),
    area('x87_fbstp'),
    store(I64, true),
  ],
]

/** Those that do not wait: FNSTENV, FNSAVE; and those that are no operation on numbers. */
function memoryForm(s: DisasContext): void {
  const op = s.opcode & 7
  const field = (s.modrm >> 3) & 7
  switch ((op << 3) | field) {
    case 0o15: // FLDCW
      genX87Wait(s)
      return s.call('x87_fldcw', s.temp(), s.load(MO_16, s.address()))
    case 0o17: // FNSTCW
      return s.store(MO_16, s.address(), x.X_FPUC)
    case 0o57: {
      // FNSTSW
      const status = s.temp()
      s.call('x87_fnstsw', status)
      return s.store(MO_16, s.address(), status)
    }
  }
  const form = memoryForms[op]![field]
  if (!form) s.illegal()
  const environment = [0o14, 0o16, 0o54, 0o56].includes((op << 3) | field)
  if (![0o16, 0o56].includes((op << 3) | field)) genX87Wait(s)
  form(s)
  if (!environment) genPointers(s, s.flat(s.address()))
}

/** FCMOVcc: the condition out of RFLAGS. */
function genFcmov(s: DisasContext, negate: boolean): void {
  const { ir } = s
  const which = (s.modrm >> 3) & 3
  const mask = [x.CC_C, x.CC_Z, x.CC_C | x.CC_Z, x.CC_P][which]!
  genComputeEflags(s)
  const bits = s.temp()
  ir.emit(O.and64!, bits, x.X_CC_SRC, s.const(mask))
  const condition = s.temp()
  ir.setcond(negate ? 'eq' : 'ne', 64, condition, bits, s.const(0))
  s.call('x87_move', s.temp(), s.const(s.modrm & 7), s.const(2), condition)
}

/** FCOMI and the like. `code`: bit 0 for the unordered form, bit 1 to pop. */
function genComi(s: DisasContext, code: number): void {
  s.call('x87_comi', x.X_CC_SRC, s.const(s.modrm & 7), s.const(code))
  setCcOp(s, x.CC_OP_EFLAGS)
}

/** D9 with registers. */
function formD9(s: DisasContext, field: number, i: number): void {
  const code = s.modrm & 0x3f
  switch (field) {
    case 0:
      return s.call('x87_fld', s.temp(), s.const(i))
    case 1:
      return s.call('x87_fxch', s.temp(), s.const(i))
    case 2:
      if (i !== 0) s.illegal()
      return
    case 3:
      return s.call('x87_move', s.temp(), s.const(i), s.const(3))
    case 4:
      if (![0, 1, 4, 5].includes(i)) s.illegal()
      return s.call('x87_d9e', s.temp(), s.const(i))
    case 5:
      if (i === 7) s.illegal()
      return s.call('x87_d9e', s.temp(), s.const(8 + i))
    case 6:
    case 7:
      if (code === 0x36 || code === 0x37)
        return s.call('x87_control', s.temp(), s.const(code === 0x37 ? 1 : 2))
      if ([0x34, 0x35, 0x38, 0x3a, 0x3c, 0x3d].includes(code))
        return s.call('x87_exact', s.temp(), s.const(code))
      return s.call('x87_transcendental', s.temp(), s.const(code))
    default:
      s.illegal()
  }
}

function com(s: DisasContext, i: number, code: number): void {
  s.call('x87_com', s.temp(), s.const(i), s.const(code))
}

function move(s: DisasContext, i: number, pop: boolean): void {
  s.call('x87_move', s.temp(), s.const(i), s.const(pop ? 1 : 0))
}

/** DB and DF with registers. */
function formDbDf(s: DisasContext, op: number, field: number, i: number): void {
  if (op === 3 && field < 4) return genFcmov(s, true)
  if (field === 5) return genComi(s, op === 3 ? 1 : 3)
  if (field === 6) return genComi(s, op === 3 ? 0 : 2)
  if (op === 3) s.illegal()
  switch (field) {
    case 0:
      return s.call('x87_control', s.temp(), s.const(4), s.const(i))
    case 1:
      return s.call('x87_fxch', s.temp(), s.const(i))
    case 2:
    case 3:
      return move(s, i, true)
    default:
      s.illegal()
  }
}

/** Forms with registers alone. */
function registerForm(s: DisasContext): void {
  const op = s.opcode & 7
  const field = (s.modrm >> 3) & 7
  const i = s.modrm & 7
  switch (op) {
    case 0:
      return s.call('x87_arith', s.temp(), s.const(i), s.const(field))
    case 1:
      return formD9(s, field, i)
    case 2:
      if (field < 4) return genFcmov(s, false)
      if (s.modrm === 0xe9) return com(s, 1, 5)
      return s.illegal()
    case 4:
      if (field === 2 || field === 3) return com(s, i, (field & 1) << 1)
      return s.call('x87_arith', s.temp(), s.const(i), s.const(field | 8))
    case 5:
      if (field === 0) return s.call('x87_control', s.temp(), s.const(0), s.const(i))
      if (field === 1) return s.call('x87_fxch', s.temp(), s.const(i))
      if (field === 2 || field === 3) return move(s, i, field === 3)
      if (field === 4 || field === 5) return com(s, i, 1 | ((field & 1) << 1))
      return s.illegal()
    case 6:
      if (field === 2) return com(s, i, 2)
      if (field === 3) return s.modrm === 0xd9 ? com(s, 1, 4) : s.illegal()
      return s.call('x87_arith', s.temp(), s.const(i), s.const(field | 0x18))
    default:
      return formDbDf(s, op, field, i)
  }
}

/** FNCLEX, FNINIT, FNSTSW AX, and what the 8087 and 80287 had: none of them waits. */
function genNoWait(s: DisasContext): boolean {
  const op = s.opcode & 7
  if (op === 3 && s.modrm === 0xe2) s.call('x87_control', s.temp(), s.const(3))
  else if (op === 3 && s.modrm === 0xe3) s.call('x87_fninit', s.temp())
  else if (op === 7 && s.modrm === 0xe0) {
    const status = s.temp()
    s.call('x87_fnstsw', status)
    s.writeReg(0, MO_16, status)
  } else return op === 3 && [0xe0, 0xe1, 0xe4].includes(s.modrm)
  return true
}

const x87: Generator = (s) => {
  checkX87(s)
  if (s.mod !== 3) return memoryForm(s)
  if (genNoWait(s)) return
  genX87Wait(s)
  registerForm(s)
  genPointers(s, null)
}

const fwait: Generator = (s) => {
  if ((s.flags & (x.HF_MP | x.HF_TS)) === (x.HF_MP | x.HF_TS)) throw new DecodeError(x.EXCP07_PREX)
  genX87Wait(s)
}

/** The area of FXSAVE, and that of XSAVE with its header. */
const FXSAVE_BYTES = 512
const XSAVE_BYTES = 576

/** FXSAVE and FXRSTOR: REX.W gives pointers of 64 bits. */
const fxState =
  (name: string): Generator =>
  (s) => {
    checkX87(s)
    s.checkAccess(s.address(), FXSAVE_BYTES, name === 'fxsave', 1)
    s.call(name, s.temp(), s.flat(s.address()), s.const(s.rexW ? 1 : 0))
  }

/** EDX:EAX as one value. */
function pair(s: DisasContext): Operand {
  const high = s.temp()
  s.ir.emit(O.shl64!, high, s.reg64(2), s.const(32))
  const both = s.temp()
  s.ir.emit(O.or64!, both, high, s.ext(s.reg64(0), MO_32, false))
  return both
}

/** XSAVE and the like need CR4.OSXSAVE. */
function checkXsave(s: DisasContext): void {
  if (!(s.flags & x.HF_OSXSAVE)) s.illegal()
}

const xsave =
  (optimized: boolean): Generator =>
  (s) => {
    checkXsave(s)
    if (s.flags & x.HF_TS) throw new DecodeError(x.EXCP07_PREX)
    s.checkAccess(s.address(), XSAVE_BYTES, true, 1)
    s.call('xsave', s.temp(), s.flat(s.address()), pair(s), s.const((s.rexW ? 1 : 0) | (optimized ? 2 : 0)))
  }

const xrstor: Generator = (s) => {
  checkXsave(s)
  if (s.flags & x.HF_TS) throw new DecodeError(x.EXCP07_PREX)
  s.checkAccess(s.address(), XSAVE_BYTES, false, 1)
  s.call('xrstor', s.temp(), s.flat(s.address()), pair(s), s.const(s.rexW ? 1 : 0))
}

const xgetbv: Generator = (s) => {
  checkXsave(s)
  const value = s.temp()
  s.call('xgetbv', value, s.ext(s.reg64(1), MO_32, false))
  s.ir.emit(O.shr64!, s.reg64(2), value, s.const(32))
  s.ir.emit(O.ext32u!, s.reg64(0), value)
}

const xsetbv: Generator = (s) => {
  checkXsave(s)
  s.call('xsetbv', s.temp(), s.ext(s.reg64(1), MO_32, false), pair(s))
}

export const x87Generators: Readonly<Record<string, Generator>> = {
  x87,
  fwait,
  fxsave: fxState('fxsave'),
  fxrstor: fxState('fxrstor'),
  xsave: xsave(false),
  xsaveopt: xsave(true),
  xrstor,
  xgetbv,
  xsetbv,
}
