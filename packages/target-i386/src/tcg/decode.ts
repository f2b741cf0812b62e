// SPDX-License-Identifier: GPL-2.0-or-later
//
// From bytes to an instruction with its operands (SDM volume 2, chapter 2).

import {
  DecodeError,
  type DisasContext,
  MO_128,
  MO_16,
  MO_32,
  MO_64,
  MO_8,
  PREFIX_ADR,
  PREFIX_DATA,
  PREFIX_LOCK,
  PREFIX_REPNZ,
  PREFIX_REPZ,
  type Size,
  type X86Operand,
} from './disas-context.js'
import { type OpcodeRow, opcodeMaps, type OperandSpec } from './opcode-table.js'
import * as x from './x86-layout.js'

/** Longest instruction. */
const MAX_LENGTH = 15

/** The next byte of code. */
function byte(s: DisasContext): number {
  if (s.pc - s.pcInsn >= MAX_LENGTH) throw new DecodeError(x.EXCP0D_GPF)
  const at = s.code64 ? s.pc : (s.csBase + s.pc) % 2 ** 32
  const value = s.code.at(at)
  s.pc++
  return value
}

function word(s: DisasContext): number {
  const low = byte(s)
  return low | (byte(s) << 8)
}

function dword(s: DisasContext): number {
  const low = word(s)
  return low | (word(s) << 16)
}

/** Reads prefixes; returns the first byte that is none. */
function readPrefixes(s: DisasContext): number {
  for (;;) {
    const b = byte(s)
    switch (b) {
      case 0xf3:
        s.prefix = (s.prefix & ~PREFIX_REPNZ) | PREFIX_REPZ
        continue
      case 0xf2:
        s.prefix = (s.prefix & ~PREFIX_REPZ) | PREFIX_REPNZ
        continue
      case 0xf0:
        s.prefix |= PREFIX_LOCK
        continue
      case 0x66:
        s.prefix |= PREFIX_DATA
        continue
      case 0x67:
        s.prefix |= PREFIX_ADR
        continue
      case 0x2e:
      case 0x36:
      case 0x3e:
      case 0x26:
        // In 64-bit code these mean nothing, nor do they take back FS or GS.
        if (!s.code64) s.override = { 0x26: x.R_ES, 0x2e: x.R_CS, 0x36: x.R_SS, 0x3e: x.R_DS }[b]
        continue
      case 0x64:
        s.override = x.R_FS
        continue
      case 0x65:
        s.override = x.R_GS
        continue
    }
    if (!s.code64 || (b & 0xf0) !== 0x40) return b
    // REX counts only right before the opcode.
    const next = byte(s)
    if (isPrefix(next)) {
      s.pc--
      continue
    }
    s.rex = true
    s.rexW = (b & 8) !== 0
    s.rexR = (b & 4) << 1
    s.rexX = (b & 2) << 2
    s.rexB = (b & 1) << 3
    return next
  }
}

function isPrefix(b: number): boolean {
  return (
    b === 0xf2 ||
    b === 0xf3 ||
    b === 0xf0 ||
    (b >= 0x64 && b <= 0x67) ||
    (b & 0xe7) === 0x26 ||
    (b & 0xf0) === 0x40
  )
}

function setSizes(s: DisasContext): void {
  const data = (s.prefix & PREFIX_DATA) !== 0
  const adr = (s.prefix & PREFIX_ADR) !== 0
  if (s.code64) {
    s.dflag = s.rexW ? MO_64 : data ? MO_16 : MO_32
    s.aflag = adr ? MO_32 : MO_64
  } else {
    s.dflag = s.code32 !== data ? MO_32 : MO_16
    s.aflag = s.code32 !== adr ? MO_32 : MO_16
  }
}

/** Reads ModRM with SIB and displacement. @qemu target/i386/tcg/translate.c gen_lea_modrm_0 */
function readModrm(s: DisasContext): void {
  s.modrm = byte(s)
  s.mod = s.modrm >> 6
  s.reg = ((s.modrm >> 3) & 7) | s.rexR
  s.rm = (s.modrm & 7) | s.rexB
  if (s.mod === 3) return
  if (s.aflag === MO_16) readModrm16(s)
  else readModrm32(s)
}

/** Base and index of the 16-bit forms. */
const bases16 = [
  [3, 6],
  [3, 7],
  [5, 6],
  [5, 7],
  [6, -1],
  [7, -1],
  [5, -1],
  [3, -1],
] as const

function readModrm16(s: DisasContext): void {
  const rm = s.modrm & 7
  if (s.mod === 0 && rm === 6) {
    s.memDisp = word(s)
    return
  }
  ;[s.memBase, s.memIndex] = bases16[rm]!
  if (s.memBase === 5) s.memSeg = x.R_SS
  if (s.mod === 1) s.memDisp = (byte(s) << 24) >> 24
  else if (s.mod === 2) s.memDisp = (word(s) << 16) >> 16
}

function readModrm32(s: DisasContext): void {
  let base = s.rm
  if ((s.modrm & 7) === 4) {
    const sib = byte(s)
    s.memScale = sib >> 6
    s.memIndex = ((sib >> 3) & 7) | s.rexX
    if (s.memIndex === 4) s.memIndex = -1
    base = (sib & 7) | s.rexB
    if (s.mod === 0 && (base & 7) === 5) {
      s.memDisp = dword(s)
      return
    }
  } else if (s.mod === 0 && (base & 7) === 5) {
    s.memDisp = dword(s)
    s.memRip = s.code64
    return
  }
  s.memBase = base
  if (base === 4 || base === 5) s.memSeg = x.R_SS
  if (s.mod === 1) s.memDisp = (byte(s) << 24) >> 24
  else if (s.mod === 2) s.memDisp = dword(s)
}

/** Size of an operand. */
function sizeOf(s: DisasContext, size: string): Size {
  switch (size) {
    case 'b':
      return MO_8
    case 'w':
      return MO_16
    case 'd':
      return MO_32
    case 'q':
      return MO_64
    case 'y':
      return s.dflag === MO_64 ? MO_64 : MO_32
    case 'x':
      return MO_128
    default:
      return s.dflag
  }
}

function register(s: DisasContext, n: number, size: Size): X86Operand {
  const high = size === MO_8 && n >= 4 && n < 8 && !s.rex
  return { kind: 'reg', reg: high ? n - 4 : n, high, size }
}

/** A byte that is extended stands for an operand of the size of the first one. */
function immediateSize(s: DisasContext): Size {
  return s.ops[0]?.size ?? s.dflag
}

/** An immediate; all but Uw and Ub are sign-extended. */
function immediate(s: DisasContext, spec: OperandSpec): X86Operand {
  const size = sizeOf(s, spec.size)
  const unsigned = spec.how === 'U'
  if (spec.size === 'b') {
    const value = byte(s)
    return {
      kind: 'imm',
      value: unsigned ? value : (value << 24) >> 24,
      size: spec.how === 'U' ? MO_8 : immediateSize(s),
    }
  }
  if (size === MO_16) {
    const value = word(s)
    return { kind: 'imm', value: unsigned ? value : (value << 16) >> 16, size }
  }
  const low = dword(s)
  if (size === MO_64 && spec.size === 'v') {
    const high = dword(s)
    return { kind: 'imm64', value: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), size }
  }
  return { kind: 'imm', value: low, size }
}

/** An offset of the address size, by itself in the code. */
function absolute(s: DisasContext): void {
  if (s.aflag === MO_16) s.memDisp = word(s)
  else if (s.aflag === MO_32) s.memDisp = dword(s) >>> 0
  else {
    const low = dword(s) >>> 0
    const high = dword(s)
    s.memDisp = high * 2 ** 32 + low
  }
}

function operand(s: DisasContext, spec: OperandSpec): X86Operand {
  const size = sizeOf(s, spec.size)
  switch (spec.how) {
    case 'E':
      return s.mod === 3 ? register(s, s.rm, size) : { kind: 'mem', size }
    case 'M':
      return { kind: 'mem', size }
    case 'R':
      return register(s, s.rm, size)
    case 'G':
      return register(s, s.reg, size)
    case 'W':
      return s.mod === 3 ? { kind: 'xmm', reg: s.rm, size } : { kind: 'mem', size }
    case 'X':
      return { kind: 'xmm', reg: s.rm, size }
    case 'V':
      return { kind: 'xmm', reg: s.reg, size }
    case 'Q':
      return s.mod === 3 ? { kind: 'mmx', reg: s.rm & 7, size } : { kind: 'mem', size }
    case 'N':
      return { kind: 'mmx', reg: s.rm & 7, size }
    case 'P':
      return { kind: 'mmx', reg: s.reg & 7, size }
    case 'B':
      return register(s, s.vexV, size)
    case 'Z':
      return register(s, (s.opcode & 7) | s.rexB, size)
    case 'A':
      // Ports have no qword.
      return register(s, 0, spec.size === 'd' ? (s.dflag === MO_64 ? MO_32 : s.dflag) : size)
    case 'C':
      return register(s, 1, MO_8)
    case 'D':
      return register(s, 2, MO_16)
    case '1':
      return { kind: 'imm', value: 1, size: MO_8 }
    case 'S':
      return { kind: 'sel', reg: s.reg & 7, size: MO_16 }
    case 'O':
      absolute(s)
      return { kind: 'mem', size }
    case 'J': {
      const distance =
        spec.size === 'b'
          ? (byte(s) << 24) >> 24
          : s.dflag === MO_16 && !s.code64
            ? (word(s) << 16) >> 16
            : dword(s)
      return { kind: 'imm', value: distance, size: MO_32 }
    }
    case 'F': {
      const offset = s.dflag === MO_16 ? word(s) : dword(s) >>> 0
      s.memDisp = offset
      return { kind: 'imm', value: word(s), size: MO_16 }
    }
    case 'b':
    case 'v':
      // A string instruction's size stands by itself.
      return { kind: 'imm', value: 0, size: spec.how === 'b' ? MO_8 : s.dflag }
    default:
      return immediate(s, spec)
  }
}

function prefixFits(s: DisasContext, attributes: ReadonlySet<string>): boolean {
  if (attributes.has('f3')) return (s.prefix & PREFIX_REPZ) !== 0
  if (attributes.has('f2')) return (s.prefix & PREFIX_REPNZ) !== 0
  const mandatory = s.prefix & (PREFIX_REPZ | PREFIX_REPNZ | PREFIX_DATA)
  if (attributes.has('66')) return mandatory === PREFIX_DATA
  if (attributes.has('no')) return mandatory === 0
  if (attributes.has('np')) return (s.prefix & (PREFIX_REPZ | PREFIX_REPNZ)) === 0
  return true
}

/** Whether a row is the one that the bytes mean. */
function rowFits(s: DisasContext, { attributes, ext, rm, feature }: OpcodeRow): boolean {
  if (ext >= 0 && ((s.modrm >> 3) & 7) !== ext) return false
  if (rm >= 0 && (s.modrm & 7) !== rm) return false
  if (attributes.size === 0) return true
  if (attributes.has('no64') && s.code64) return false
  if (attributes.has('only64') && !s.code64) return false
  if (attributes.has('m3') && s.mod !== 3) return false
  if (attributes.has('mm') && s.mod === 3) return false
  if (attributes.has('else') && !s.features[feature!]) return false
  return prefixFits(s, attributes)
}

/** Whether the byte after C4 or C5 makes it VEX, and not LES or LDS with an operand in memory. */
function isVex(s: DisasContext): boolean {
  if (s.code64) return true
  if (!s.pe || s.vm86) return false
  const next = byte(s)
  s.pc--
  return next >= 0xc0
}

/** Reads VEX of three bytes and the opcode (SDM volume 2, 2.3.5); of those with two bytes there is none here. */
function readVex(s: DisasContext, first: number): readonly OpcodeRow[] {
  const before = PREFIX_REPZ | PREFIX_REPNZ | PREFIX_LOCK | PREFIX_DATA
  if (s.rex || s.prefix & before || first === 0xc5) s.illegal()
  const one = byte(s)
  const two = byte(s)
  s.opcode = byte(s)
  if (s.code64) {
    s.rexR = one & 0x80 ? 0 : 8
    s.rexX = one & 0x40 ? 0 : 8
    s.rexB = one & 0x20 ? 0 : 8
    s.rexW = (two & 0x80) !== 0
  }
  s.vexV = (~two >> 3) & (s.code64 ? 15 : 7)
  s.prefix |= [0, PREFIX_DATA, PREFIX_REPZ, PREFIX_REPNZ][two & 3]!
  // None has vectors of 256 bits.
  if (two & 4) s.illegal()
  return { 2: opcodeMaps.vex38, 3: opcodeMaps.vex3a }[one & 31]?.[s.opcode] ?? []
}

/** Picks the rows by the opcode's bytes. */
function readOpcode(s: DisasContext): readonly OpcodeRow[] {
  const b = readPrefixes(s)
  s.opcode = b
  if ((b & 0xfe) === 0xc4 && isVex(s)) return readVex(s, b)
  if (b !== 0x0f) return opcodeMaps.one[b]!
  s.opcode = byte(s)
  if (s.opcode === 0x38) {
    s.opcode = byte(s)
    return opcodeMaps.three38[s.opcode]!
  }
  if (s.opcode === 0x3a) {
    s.opcode = byte(s)
    return opcodeMaps.three3a[s.opcode]!
  }
  return opcodeMaps.two[s.opcode]!
}

/**
 * Decodes the instruction at `s.pc` into the fields of `s`. Throws DecodeError, FetchFault or NoMemoryThere.
 * @qemu target/i386/tcg/translate.c disas_insn
 */
export function decodeInsn(s: DisasContext): void {
  const rows = readOpcode(s)
  setSizes(s)
  if (rows.length === 0) s.illegal()
  if (rows[0]!.modrm) readModrm(s)
  else s.mod = s.modrm = 0
  const row = rows.find((candidate) => rowFits(s, candidate))
  if (!row) s.illegal()
  s.row = row
  const { attributes, feature } = row
  if (feature !== null && !s.features[feature]) s.illegal()
  if (s.vexV !== 0 && !row.operands.some(({ how }) => how === 'B')) s.illegal()
  if (s.code64) {
    if (attributes.has('p64') && s.dflag !== MO_16) s.dflag = MO_64
    // Intel's processors ignore 66 before near branches in 64-bit code; so do AMD's for those with a distance of a dword.
    if (attributes.has('near')) s.dflag = MO_64
  }
  for (const spec of row.operands) s.ops.push(operand(s, spec))
  if (s.prefix & PREFIX_LOCK && !(attributes.has('lock') && s.ops[0]!.kind === 'mem')) s.illegal()
  if (attributes.has('pm') && (!s.pe || s.vm86)) s.illegal()
}
