// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bits and bytes within a value (QEMU's target/i386/tcg/translate.c).

import { O, type Operand } from '@dromaius/tcg'
import { genComputeEflags, setCcOp } from './cc.js'
import { type Address, type DisasContext, MO_16, MO_32, MO_64, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** Replaces CF and leaves the other flags. */
function setCarryOnly(s: DisasContext, bit: Operand): void {
  genComputeEflags(s)
  s.ir.emit(O.and64!, x.X_CC_SRC, x.X_CC_SRC, s.const(x.CC_ALL & ~x.CC_C))
  s.ir.emit(O.or64!, x.X_CC_SRC, x.X_CC_SRC, bit)
}

/** BT, BTS, BTR, BTC: a register as bit number reaches beyond a memory operand. */
const bitTest =
  (what: 'bt' | 'bts' | 'btr' | 'btc'): Generator =>
  (s) => {
    const { ir } = s
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const { size } = dst
    const widthMask = s.const((8 << size) - 1)
    let place: Address | null = null
    const bit = s.temp()
    if (dst.kind === 'mem' && src.kind === 'reg') {
      const whole = s.temp()
      ir.emit(O.sar64!, whole, s.readS(src), s.const(3 + size))
      ir.emit(O.shl64!, whole, whole, s.const(size))
      const offset = s.temp()
      ir.emit(O.add64!, offset, s.flat(s.effective()), whole)
      place = s.inSegment({ base: offset, disp: 0 }, s.memSeg)
    } else if (dst.kind === 'mem') place = s.address()
    ir.emit(O.and64!, bit, s.read(src), widthMask)
    const value = place ? s.load(size, place) : s.readZ(dst)
    const old = s.temp()
    ir.emit(O.shr64!, old, value, bit)
    ir.emit(O.and64!, old, old, s.const(1))
    if (what !== 'bt') {
      const mask = s.temp()
      ir.emit(O.shl64!, mask, s.const(1), bit)
      const result = s.temp()
      if (what === 'bts') ir.emit(O.or64!, result, value, mask)
      else if (what === 'btc') ir.emit(O.xor64!, result, value, mask)
      else {
        ir.emit(O.not64!, mask, mask)
        ir.emit(O.and64!, result, value, mask)
      }
      if (place) s.store(size, place, result)
      else s.write(dst, result)
    }
    setCarryOnly(s, old)
  }

/** BSF, BSR and, with their features, TZCNT and LZCNT. */
const bitScan =
  (reverse: boolean): Generator =>
  (s) => {
    const { ir } = s
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    const { size } = dst
    const value = s.readZ(src)
    const count = s.temp()
    ir.emit(O[reverse ? 'clz64' : 'ctz64']!, count, value)
    if (reverse) ir.emit(O.xor64!, count, count, s.const(63))
    const result = s.temp()
    // Zero leaves the destination as it is.
    ir.movcond(result, value, count, s.reg64(dst.kind === 'reg' ? dst.reg : 0))
    ir.mov(x.X_CC_DST, value)
    s.write(dst, result, true)
    setCcOp(s, x.CC_OP_LOGICB + size)
  }

const popcnt: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  if (!s.features.popcnt) s.illegal()
  const value = s.readZ(src)
  const result = s.temp()
  s.ir.emit(O.popcnt64!, result, value)
  const zero = s.temp()
  s.ir.setcond('eq', 64, zero, result, s.const(0))
  s.ir.emit(O.shl64!, x.X_CC_SRC, zero, s.const(6))
  s.write(dst, result, true)
  setCcOp(s, x.CC_OP_EFLAGS)
}

const bswap: Generator = (s) => {
  const dst = s.ops[0]!
  const result = s.temp()
  s.ir.emit(dst.size === MO_64 ? O.bswap64! : O.bswap32!, result, s.read(dst))
  s.write(dst, result, true)
}

const movbe: Generator = (s) => {
  if (!s.features.movbe) s.illegal()
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const { ir } = s
  const result = s.temp()
  const value = s.read(src)
  if (dst.size === MO_64) ir.emit(O.bswap64!, result, value)
  else {
    ir.emit(O.bswap32!, result, value)
    if (dst.size === MO_16) ir.emit(O.shr64!, result, result, s.const(16))
  }
  s.write(dst, result, dst.size === MO_32)
}

export const bitGenerators: Readonly<Record<string, Generator>> = {
  bt: bitTest('bt'),
  bts: bitTest('bts'),
  btr: bitTest('btr'),
  btc: bitTest('btc'),
  bsf: bitScan(false),
  bsr: bitScan(true),
  popcnt,
  bswap,
  movbe,
}
