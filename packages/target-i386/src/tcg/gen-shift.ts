// SPDX-License-Identifier: GPL-2.0-or-later
//
// Shifts and rotates (SDM volume 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD).

import { O, type Operand } from '@dromaius/tcg'
import { ccAll, genUpdateCcOp, setCcOp } from './cc.js'
import { type DisasContext, MO_16, MO_32, MO_64, MO_8, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** The count as the CPU takes it: five bits, six for a qword. A constant stays one. */
function readCount(s: DisasContext, op: X86Operand, size: number): { value: Operand; known: number | null } {
  const mask = size === MO_64 ? 63 : 31
  if (op.kind === 'imm') return { value: s.const(op.value & mask), known: op.value & mask }
  const value = s.temp()
  s.ir.emit(O.and64!, value, s.read(op), s.const(mask))
  return { value, known: null }
}

/**
 * Flags of a shift: the result, the operand shifted by one bit less. A count of zero leaves them all.
 * @qemu target/i386/tcg/translate.c gen_shift_flags
 */
function shiftFlags(
  s: DisasContext,
  count: { value: Operand; known: number | null },
  result: Operand,
  before: Operand,
  op: number,
): void {
  const { ir } = s
  if (count.known !== null) {
    ir.mov(x.X_CC_DST, result)
    ir.mov(x.X_CC_SRC, before)
    setCcOp(s, op)
    return
  }
  genUpdateCcOp(s)
  ir.movcond(x.X_CC_DST, count.value, result, x.X_CC_DST)
  ir.movcond(x.X_CC_SRC, count.value, before, x.X_CC_SRC)
  ir.movcond(x.X_CC_OP, count.value, s.const(op), x.X_CC_OP)
  setCcOp(s, x.CC_OP_DYNAMIC)
}

/** A count of zero still writes: the upper half of a register for a dword, a memory operand as it is. */
function zeroCount(s: DisasContext, dst: X86Operand): void {
  if (dst.kind === 'mem' || dst.size === MO_32) s.write(dst, s.read(dst))
}

/** SHL, SHR, SAR. @qemu target/i386/tcg/translate.c gen_shift_rm_T1 */
function shift(s: DisasContext, how: 'shl' | 'shr' | 'sar'): void {
  const { ir } = s
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const { size } = dst
  const count = readCount(s, src, size)
  if (count.known === 0) return zeroCount(s, dst)
  // Bytes and words are shifted as qwords, so that counts beyond their width need no care.
  const value = s.temp()
  ir.mov(value, how === 'sar' ? s.readS(dst) : s.readZ(dst))
  const less = s.temp()
  ir.emit(O.sub64!, less, count.value, s.const(1))
  const op = O[`${how}64`]!
  const before = s.temp()
  ir.emit(op, before, value, less)
  const result = s.temp()
  ir.emit(op, result, value, count.value)
  s.write(dst, result)
  shiftFlags(s, count, result, before, (how === 'shl' ? x.CC_OP_SHLB : x.CC_OP_SARB) + size)
}

/** ROL, ROR: CF and OF alone change. @qemu target/i386/tcg/translate.c gen_rot_rm_T1 */
function rotate(s: DisasContext, right: boolean): void {
  const { ir } = s
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const { size } = dst
  const bits = 8 << size
  const count = readCount(s, src, size)
  if (count.known === 0) return zeroCount(s, dst)
  const value = s.readZ(dst)
  const result = s.temp()
  if (size >= MO_32) ir.emit(s.wide(right ? 'rotr' : 'rotl', size), result, value, count.value)
  else {
    // The value is repeated over a dword; then a rotation of the dword is one of it.
    const wide = s.temp()
    ir.emit(O.mul64!, wide, value, s.const(size === MO_8 ? 0x0101_0101 : 0x1_0001))
    ir.emit(right ? O.rotr32! : O.rotl32!, result, wide, count.value)
  }
  // The flags before: a faulting store must leave them.
  const flags = s.temp()
  ir.mov(flags, ccAll(s))
  s.write(dst, result, size === MO_32)
  const top = s.temp()
  ir.emit(O.shr64!, top, result, s.const(bits - 1))
  ir.emit(O.and64!, top, top, s.const(1))
  const carry = s.temp()
  const other = s.temp()
  if (right) {
    ir.mov(carry, top)
    ir.emit(O.shr64!, other, result, s.const(bits - 2))
    ir.emit(O.and64!, other, other, s.const(1))
  } else {
    ir.emit(O.and64!, carry, result, s.const(1))
    ir.mov(other, carry)
  }
  const overflow = s.temp()
  ir.emit(O.xor64!, overflow, top, other)
  ir.emit(O.shl64!, overflow, overflow, s.const(11))
  const next = s.temp()
  ir.emit(O.and64!, next, flags, s.const(x.CC_ALL & ~(x.CC_C | x.CC_O)))
  ir.emit(O.or64!, next, next, carry)
  ir.emit(O.or64!, next, next, overflow)
  if (count.known !== null) ir.mov(x.X_CC_SRC, next)
  else ir.movcond(x.X_CC_SRC, count.value, next, flags)
  setCcOp(s, x.CC_OP_EFLAGS)
}

/** RCL, RCR, by a helper. @qemu target/i386/tcg/translate.c gen_rotc_rm_T1 */
function rotateCarry(s: DisasContext, right: boolean): void {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const value = s.read(dst)
  const count = s.read(src)
  if (dst.kind === 'mem') {
    // The helper sets the flags, so the store must be known to work: write back what is there.
    s.store(dst.size, s.address(), value)
  }
  genUpdateCcOp(s)
  const result = s.temp()
  s.call('rotate_carry', result, value, count, s.const((8 << dst.size) | (right ? 128 : 0)))
  setCcOp(s, x.CC_OP_EFLAGS)
  s.write(dst, result)
}

const grp2: readonly Generator[] = [
  (s) => rotate(s, false),
  (s) => rotate(s, true),
  (s) => rotateCarry(s, false),
  (s) => rotateCarry(s, true),
  (s) => shift(s, 'shl'),
  (s) => shift(s, 'shr'),
  (s) => shift(s, 'shl'),
  (s) => shift(s, 'sar'),
]

/** SHLD and SHRD. @qemu target/i386/tcg/translate.c gen_shiftd_rm_T1 */
const doubleShift =
  (right: boolean): Generator =>
  (s) => {
    const { ir } = s
    const [dst, src, by] = s.ops as [X86Operand, X86Operand, X86Operand]
    const { size } = dst
    const count = readCount(s, by, size)
    if (count.known === 0) return zeroCount(s, dst)
    const value = s.temp()
    ir.mov(value, s.readZ(dst))
    const filler = s.readZ(src)
    const less = s.temp()
    ir.emit(O.sub64!, less, count.value, s.const(1))
    const before = s.temp()
    const result = s.temp()
    if (size === MO_64) {
      const [there, back] = right ? [O.shr64!, O.shl64!] : [O.shl64!, O.shr64!]
      const rest = s.temp()
      const opposite = s.temp()
      ir.emit(O.sub64!, opposite, s.const(64), count.value)
      ir.emit(back, rest, filler, opposite)
      ir.emit(there, result, value, count.value)
      ir.emit(O.or64!, rest, result, rest)
      ir.movcond(result, count.value, rest, value)
      ir.emit(there, before, value, less)
    } else {
      // Words: a count beyond 16 goes on with the destination's own bits, as Intel's processors do.
      const bits = 8 << size
      const wide = s.temp()
      const shifted = s.temp()
      if (right) {
        ir.emit(O.shl64!, wide, filler, s.const(bits))
        ir.emit(O.or64!, wide, wide, value)
        if (size === MO_16) {
          ir.emit(O.shl64!, shifted, value, s.const(32))
          ir.emit(O.or64!, wide, wide, shifted)
        }
        ir.emit(O.shr64!, result, wide, count.value)
        ir.emit(O.shr64!, before, wide, less)
      } else {
        ir.emit(O.shl64!, wide, value, s.const(bits))
        ir.emit(O.or64!, wide, wide, filler)
        if (size === MO_16) {
          ir.emit(O.shl64!, wide, wide, s.const(16))
          ir.emit(O.or64!, wide, wide, value)
        }
        const back = s.const(size === MO_16 ? 32 : bits)
        ir.emit(O.shl64!, shifted, wide, count.value)
        ir.emit(O.shr64!, result, shifted, back)
        ir.emit(O.shl64!, shifted, wide, less)
        ir.emit(O.shr64!, before, shifted, back)
      }
    }
    s.write(dst, result)
    shiftFlags(s, count, result, before, (right ? x.CC_OP_SARB : x.CC_OP_SHLB) + size)
  }

export const shiftGenerators: Readonly<Record<string, Generator>> = {
  grp2: (s) => grp2[(s.modrm >> 3) & 7]!(s),
  shld: doubleShift(false),
  shrd: doubleShift(true),
}
