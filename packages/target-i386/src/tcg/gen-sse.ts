// SPDX-License-Identifier: GPL-2.0-or-later
//
// MMX and SSE but for floating-point arithmetic: moves, shuffles, and what is more than a lane-wise operation.

import { O, type Operand } from '@dromaius/tcg'
import { setCcOp } from './cc.js'
import { type DisasContext, MO_16, MO_32, MO_64, MO_8, type Size, type X86Operand } from './disas-context.js'
import {
  callPacked,
  checkMmx,
  checkOperands,
  checkSse,
  enterMmx,
  finishMmx,
  generalSlot,
  immediateOf,
  packedSource,
  registerSlot,
} from './gen-packed.js'
import { genMov64, palignr, signMask } from './gen-vector.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** A generator of an instruction with a destination and a source, after its checks. */
const packed =
  (body: (s: DisasContext, dst: X86Operand, src: X86Operand, imm: number) => void): Generator =>
  (s) => {
    const [dst, src, imm] = s.ops as [X86Operand, X86Operand, X86Operand?]
    checkOperands(s)
    body(s, dst, src, imm?.kind === 'imm' ? immediateOf(imm) : 0)
    finishMmx(s, dst)
  }

/** Replaces `bits` bits of a slot from `shift` on. */
function insertBits(s: DisasContext, slot: Operand, value: Operand, shift: number, bits: number): void {
  const { ir } = s
  const mask = (1n << BigInt(bits)) - 1n
  const part = s.temp()
  ir.emit(O.and64!, part, value, ir.constBig(mask))
  if (shift > 0) ir.emit(O.shl64!, part, part, s.const(shift))
  const rest = s.temp()
  ir.emit(O.and64!, rest, slot, ir.constBig(BigInt.asUintN(64, ~(mask << BigInt(shift)))))
  ir.emit(O.or64!, slot, rest, part)
}

/** MOVSS and MOVSD: a register keeps its upper part, unless memory is loaded. */
const movScalar = (size: Size): Generator =>
  packed((s, dst, src) => {
    if (dst.kind === 'mem') return s.store(size, s.address(), registerSlot(src))
    const to = registerSlot(dst)
    if (src.kind === 'mem') s.ir.emit(O.vmov64!, to, s.load(size, s.address()))
    else if (size === MO_64) s.ir.mov(to, registerSlot(src))
    else insertBits(s, to, registerSlot(src), 0, 32)
  })

/** MOVLPS, MOVHLPS, MOVHPS, MOVLHPS: half a register. */
const movHalf = (half: 0 | 8): Generator =>
  packed((s, dst, src) => {
    const to = registerSlot(dst) + half
    if (src.kind === 'mem') s.load(MO_64, s.address(), to)
    else s.ir.mov(to, registerSlot(src) + (8 - half))
  })

const storeHalf = (half: 0 | 8): Generator =>
  packed((s, _dst, src) => s.store(MO_64, s.address(), registerSlot(src) + half))

/** From a general register or memory; the rest of an XMM register becomes zero. */
const movdTo = packed((s, dst, src) => {
  genMov64(s, dst, s.readZ(src))
})

const movdFrom = packed((s, dst, src) => s.write(dst, registerSlot(src)))

/** Eight bytes; the rest of an XMM register becomes zero. */
const movq = packed((s, dst, src) => {
  if (dst.kind === 'mem') return s.store(MO_64, s.address(), registerSlot(src))
  genMov64(s, dst, src.kind === 'mem' ? s.load(MO_64, s.address()) : registerSlot(src))
})

/** MOVNTI needs neither MMX nor SSE registers. */
const movnti: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  s.write(dst, s.read(src))
}

/** Where lane `n` of `size` stands: its slot and the first bit in it. */
function lane(op: X86Operand, size: Size, n: number): [slot: Operand, shift: number] {
  const bit = (n * (8 << size)) % (op.kind === 'mmx' ? 64 : 128)
  return [registerSlot(op) + (bit >> 6) * 8, bit & 63]
}

const pinsr = (size: Size): Generator =>
  packed((s, dst, src, imm) => {
    const wide = size === MO_32 && s.dflag === MO_64 ? MO_64 : size
    const value = src.kind === 'mem' ? s.load(wide, s.address()) : s.read(src)
    const [slot, shift] = lane(dst, wide, imm)
    if (wide === MO_64) s.ir.mov(slot, value)
    else insertBits(s, slot, value, shift, 8 << size)
  })

const pextr = (size: Size): Generator =>
  packed((s, dst, src, imm) => {
    const wide = size === MO_32 && s.dflag === MO_64 && dst.size === MO_64 ? MO_64 : size
    const [slot, shift] = lane(src, wide, imm)
    const value = s.temp()
    s.ir.emit(O.shr64!, value, slot, s.const(shift))
    if (dst.kind === 'mem') s.store(wide, s.address(), value)
    else if (dst.kind === 'reg') s.ir.mov(s.reg64(dst.reg), s.ext(value, wide, false))
  })

/** A helper that takes the immediate, with some bits more. */
const withImmediate = (name: string, more = 0): Generator =>
  packed((s, dst, src, imm) => callPacked(s, name, registerSlot(dst), packedSource(s, src), imm | more))

/** Signs of an MMX register's bytes into a general register. */
const maskMmx = packed((s, dst, src) => {
  if (dst.kind === 'reg') s.call('movmsk', s.reg64(dst.reg), s.const(registerSlot(src)))
})

const insertps = packed((s, dst, src, imm) =>
  callPacked(s, 'insertps', registerSlot(dst), packedSource(s, src), src.kind === 'mem' ? imm & 0x3f : imm),
)

/** Masked bytes to where DS:rDI points. */
const maskmov = packed((s, dst, src) => {
  const place = s.inSegment({ base: s.reg64(7), disp: 0 }, x.R_DS)
  const address = s.flat(place)
  const bytes = dst.kind === 'mmx' ? 8 : 16
  s.checkAccess(place, bytes, true, 1)
  if (dst.kind === 'mmx') enterMmx(s)
  s.call(
    'maskmov',
    s.temp(),
    s.const(registerSlot(dst)),
    s.const(registerSlot(src) + bytes * 2 ** 32),
    address,
  )
})

/** PCMPESTRI and the like. `kind`: bit 8 for explicit lengths, bit 9 for a mask. */
const strings = (kind: number): Generator =>
  packed((s, dst, src, imm) => {
    const wide = s.rexW ? 0x400 : 0
    s.call(
      'pcmpstr',
      x.X_CC_SRC,
      s.const(registerSlot(dst)),
      s.const(packedSource(s, src)),
      s.const(imm | kind | wide),
    )
    setCcOp(s, x.CC_OP_EFLAGS)
  })

const crc32: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const slot = generalSlot(s, dst)
  s.call('crc32', slot, slot, s.readZ(src), s.const(8 << src.size))
}

/** The top of the x87's stack is 0 behind it, as behind every instruction of MMX (SDM volume 3, 12.2). */
const emms: Generator = (s) => {
  checkMmx(s)
  s.ir.mov(x.X_FPSTT, s.const(0))
  s.ir.mov(x.X_FPTAGS, s.ir.constBig(0x0101_0101_0101_0101n))
}

/** LDMXCSR and STMXCSR. */
const ldmxcsr: Generator = (s) => {
  checkSse(s)
  s.call('ldmxcsr', s.temp(), s.read(s.ops[0]!))
}
const stmxcsr: Generator = (s) => {
  checkSse(s)
  s.write(s.ops[0]!, x.X_MXCSR)
}

const palignrMmx = packed((s, dst, src, imm) =>
  callPacked(s, 'palignr', registerSlot(dst), packedSource(s, src), imm),
)

export const sseGenerators: Readonly<Record<string, Generator>> = {
  movss: movScalar(MO_32),
  movsd: movScalar(MO_64),
  movlps: movHalf(0),
  movhps: movHalf(8),
  movlpsStore: storeHalf(0),
  movhpsStore: storeHalf(8),
  movdToXmm: movdTo,
  movdToMmx: movdTo,
  movdFromXmm: movdFrom,
  movdFromMmx: movdFrom,
  movqXmm: movq,
  movqMmx: movq,
  movq2dq: movq,
  movdq2q: movq,
  movnti,
  pinsrb: pinsr(MO_8),
  pinsrw: pinsr(MO_16),
  pinsrd: pinsr(MO_32),
  pextrb: pextr(MO_8),
  pextrw: pextr(MO_16),
  pextrwStore: pextr(MO_16),
  pextrd: pextr(MO_32),
  extractps: pextr(MO_32),
  insertps,
  pshufw: withImmediate('shuffle16'),
  mpsadbw: withImmediate('mpsadbw'),
  palignr: palignr(palignrMmx),
  movmskps: signMask('vsigns32', maskMmx),
  movmskpd: signMask('vsigns64', maskMmx),
  pmovmskb: signMask('vsigns8', maskMmx),
  maskmov,
  pcmpestri: strings(0x100),
  pcmpestrm: strings(0x300),
  pcmpistri: strings(0),
  pcmpistrm: strings(0x200),
  aesenc: withImmediate('aes_round', 0),
  aesenclast: withImmediate('aes_round', 1),
  aesdec: withImmediate('aes_round', 2),
  aesdeclast: withImmediate('aes_round', 3),
  aeskeygenassist: withImmediate('aeskeygenassist'),
  pclmulqdq: withImmediate('pclmulqdq'),
  crc32,
  emms,
  ldmxcsr,
  stmxcsr,
}
