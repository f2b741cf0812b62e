// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packed integers of SSE to SSE4.2 as operations on vectors. MMX's forms are left to helpers.

import { O, type Operand } from '@dromaius/tcg'
import { setCcOp } from './cc.js'
import { type DisasContext, MO_128, type X86Operand } from './disas-context.js'
import { checkSse, immediateOf, packedGenerator, registerSlot } from './gen-packed.js'
import type { Generator } from './generator.js'
import { laneWise, vectorOnly } from './vector-ops.js'
import * as x from './x86-layout.js'

/** A source operand as a vector: its register, or a temporary that memory is loaded into, zero above what it has. */
export function vectorSource(s: DisasContext, op: X86Operand): Operand {
  if (op.kind !== 'mem') return registerSlot(op)
  const to = s.ir.vectorTemp()
  if (op.size === MO_128) s.loadVector(s.address(), to)
  else s.ir.emit(O.vmov64!, to, s.load(op.size, s.address()))
  return to
}

/** What a generator works on: the registers' slots and the immediate. */
type VectorBody = (s: DisasContext, dst: Operand, src: Operand, imm: number) => void

/** A generator of an instruction with a vector for its source; one on MMX registers is another's business. */
const vector =
  (body: VectorBody, otherwise: Generator = packedGenerator): Generator =>
  (s) => {
    const [dst, src, imm] = s.ops as [X86Operand, X86Operand, X86Operand?]
    if (dst.kind !== 'xmm') return otherwise(s)
    checkSse(s)
    body(s, registerSlot(dst), vectorSource(s, src), imm?.kind === 'imm' ? immediateOf(imm) : 0)
  }

/** Of two equal operands these give zero, whatever they are. */
const zeroing = new Set([O.vxor!, O.vsub8!, O.vsub16!, O.vsub32!, O.vsub64!, O.vandn!])

const operation = (name: string): Generator => {
  const op = O[name]!
  const unary = /^v(abs|[su]ext)/.test(name)
  return vector((s, dst, src) => {
    if (unary) s.ir.emit(op, dst, src)
    else if (dst === src && zeroing.has(op)) s.ir.emit(O.vzero!, dst, s.const(0))
    else s.ir.emit(op, dst, dst, src)
  })
}

const bytes = (body: (i: number) => number): number[] => Array.from({ length: 16 }, (_, i) => body(i))
/** Bytes by lanes of `size` bytes: `lane` says which one comes, of those of both vectors. */
export const lanes = (size: number, lane: (n: number) => number): number[] =>
  bytes((i) => lane(Math.floor(i / size)) * size + (i % size))

/** Bytes of the destination and the source by a constant order, or by one that depends on the immediate. */
const shuffle = (order: (imm: number) => readonly number[], otherwise?: Generator): Generator =>
  vector((s, dst, src, imm) => s.ir.shuffle(dst, dst, src, order(imm)), otherwise)

/** Bytes of the source alone. */
const permute = (order: (imm: number) => readonly number[], otherwise?: Generator): Generator =>
  vector((s, dst, src, imm) => s.ir.shuffle(dst, src, src, order(imm)), otherwise)

const unpack = (size: number, high: boolean): Generator => {
  const count = 16 / size
  const first = high ? count / 2 : 0
  const order = lanes(size, (n) => first + (n >> 1) + (n & 1) * count)
  return shuffle(() => order)
}

/** Two bits of the immediate for each of four lanes. */
const two = (imm: number, n: number): number => (imm >> (2 * n)) & 3

/** Lanes of which the immediate has a bit come from the source. */
const blend = (size: number): Generator =>
  shuffle((imm) => lanes(size, (n) => n + ((imm >> n) & 1) * (16 / size)))

/** Lanes whose sign is set in XMM0 come from the source. */
const blendBySign = (name: 'vcmpgt8' | 'vcmpgt32' | 'vcmpgt64'): Generator =>
  vector((s, dst, src) => {
    const { ir } = s
    const [mask, kept] = [ir.vectorTemp(), ir.vectorTemp()]
    ir.emit(O.vzero!, mask, s.const(0))
    ir.emit(O[name]!, mask, mask, x.X_XMM)
    ir.emit(O.vandn!, kept, mask, dst)
    ir.emit(O.vand!, mask, mask, src)
    ir.emit(O.vor!, dst, kept, mask)
  })

/** Neighbouring lanes are added or subtracted: those of the destination give the lower half. */
const pairs = (size: number, name: string): Generator => {
  const even = lanes(size, (n) => 2 * n)
  const odd = lanes(size, (n) => 2 * n + 1)
  return vector((s, dst, src) => {
    const [first, second] = [s.ir.vectorTemp(), s.ir.vectorTemp()]
    s.ir.shuffle(first, dst, src, even)
    s.ir.shuffle(second, dst, src, odd)
    s.ir.emit(O[name]!, dst, first, second)
  })
}

/** A shift of lanes: by an immediate an operation, by a register's value a helper. */
const shift = (what: 'shl' | 'shr' | 'sar', bits: number): Generator => {
  const op = O[`v${what}i${bits}`]!
  return (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    if (dst.kind !== 'xmm' || src.kind !== 'imm') return packedGenerator(s)
    checkSse(s)
    const to = registerSlot(dst)
    const count = immediateOf(src)
    if (count < bits || what === 'sar') s.ir.emit(op, to, to, s.const(Math.min(count, bits - 1)))
    else s.ir.emit(O.vzero!, to, s.const(0))
  }
}

const shiftBytes =
  (right: boolean): Generator =>
  (s) => {
    checkSse(s)
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const to = registerSlot(dst)
    const count = Math.min(immediateOf(src), 16)
    const from = (i: number): number => (right ? i + count : i - count)
    s.ir.shuffle(
      to,
      to,
      to,
      bytes((i) => (from(i) >= 0 && from(i) < 16 ? from(i) : -1)),
    )
  }

/** Bytes of source and destination, one behind the other, from the immediate on. */
export const palignr = (otherwise: Generator): Generator =>
  vector((s, dst, src, imm) => {
    if (imm <= 16)
      return s.ir.shuffle(
        dst,
        src,
        dst,
        bytes((i) => i + imm),
      )
    s.ir.shuffle(
      dst,
      dst,
      dst,
      bytes((i) => (i + imm < 32 ? i + imm - 16 : -1)),
    )
  }, otherwise)

/** Signs of the lanes into a general register. */
export const signMask = (name: 'vsigns8' | 'vsigns32' | 'vsigns64', otherwise: Generator): Generator => {
  const op = O[name]!
  return (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    if (src.kind !== 'xmm' || dst.kind !== 'reg') return otherwise(s)
    checkSse(s)
    s.ir.emit(op, s.reg64(dst.reg), registerSlot(src))
  }
}

const ptest: Generator = vector((s, dst, src) => {
  const { ir } = s
  const [zero, carry] = [s.temp(), s.temp()]
  ir.emit(O.vtestz!, zero, dst, src)
  ir.emit(O.vtestc!, carry, dst, src)
  ir.emit(O.shl64!, zero, zero, s.const(6))
  ir.emit(O.or64!, x.X_CC_SRC, zero, carry)
  setCcOp(s, x.CC_OP_EFLAGS)
})

/** All 16 bytes into a register. */
const movVW: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  checkSse(s)
  if (src.kind === 'mem') s.loadVector(s.address(), registerSlot(dst))
  else s.ir.emit(O.vmov!, registerSlot(dst), registerSlot(src))
}

/** All 16 bytes out of a register. */
const movWV: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  checkSse(s)
  if (dst.kind === 'mem') s.storeVector(s.address(), registerSlot(src))
  else s.ir.emit(O.vmov!, registerSlot(dst), registerSlot(src))
}

/** 32 or 64 bits from a general register, memory or the lower half of a register; what is above becomes zero. */
export const genMov64 = (s: DisasContext, dst: X86Operand, value: Operand): void =>
  s.ir.emit(dst.kind === 'xmm' ? O.vmov64! : O.mov!, registerSlot(dst), value)

export const vectorGenerators: Readonly<Record<string, Generator>> = {
  ...Object.fromEntries(
    Object.entries({ ...laneWise, ...vectorOnly }).map(([name, op]) => [name, operation(op)]),
  ),
  movVW,
  movWV,
  punpcklbw: unpack(1, false),
  punpcklwd: unpack(2, false),
  punpckldq: unpack(4, false),
  punpcklqdq: unpack(8, false),
  punpckhbw: unpack(1, true),
  punpckhwd: unpack(2, true),
  punpckhdq: unpack(4, true),
  punpckhqdq: unpack(8, true),
  movddup: permute(() => lanes(8, () => 0)),
  movsldup: permute(() => lanes(4, (n) => n & 2)),
  movshdup: permute(() => lanes(4, (n) => n | 1)),
  pshufd: permute((imm) => lanes(4, (n) => two(imm, n))),
  pshuflw: permute((imm) => lanes(2, (n) => (n < 4 ? two(imm, n) : n))),
  pshufhw: permute((imm) => lanes(2, (n) => (n < 4 ? n : 4 + two(imm, n - 4)))),
  shufps: shuffle((imm) => lanes(4, (n) => two(imm, n) + (n < 2 ? 0 : 4))),
  shufpd: shuffle((imm) => lanes(8, (n) => ((imm >> n) & 1) + 2 * n)),
  blendps: blend(4),
  blendpd: blend(8),
  pblendw: blend(2),
  pblendvb: blendBySign('vcmpgt8'),
  blendvps: blendBySign('vcmpgt32'),
  blendvpd: blendBySign('vcmpgt64'),
  phaddw: pairs(2, 'vadd16'),
  phaddd: pairs(4, 'vadd32'),
  phaddsw: pairs(2, 'vssadd16'),
  phsubw: pairs(2, 'vsub16'),
  phsubd: pairs(4, 'vsub32'),
  phsubsw: pairs(2, 'vsssub16'),
  psllw: shift('shl', 16),
  pslld: shift('shl', 32),
  psllq: shift('shl', 64),
  psrlw: shift('shr', 16),
  psrld: shift('shr', 32),
  psrlq: shift('shr', 64),
  psraw: shift('sar', 16),
  psrad: shift('sar', 32),
  pslldq: shiftBytes(false),
  psrldq: shiftBytes(true),
  ptest,
}
