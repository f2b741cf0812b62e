// SPDX-License-Identifier: GPL-2.0-or-later
import { type CodeReader, O, type Operand, type TCGContext } from '@dromaius/tcg'
import type { InsnFeatures } from './insn-features.js'
import type { OpcodeRow } from './opcode-table.js'
import * as x from './x86-layout.js'

/** Operand sizes as powers of two: byte, word, dword, qword, two of them. @qemu include/exec/memop.h MemOp */
export type Size = 0 | 1 | 2 | 3 | 4
export const MO_8 = 0
export const MO_16 = 1
export const MO_32 = 2
export const MO_64 = 3
/** Of packed operands in memory. */
export const MO_128 = 4

/** Prefixes. */
export const PREFIX_REPZ = 1
export const PREFIX_REPNZ = 2
export const PREFIX_LOCK = 4
export const PREFIX_DATA = 8
export const PREFIX_ADR = 16

/** An operand of the instruction. */
export type X86Operand =
  | { readonly kind: 'reg'; readonly reg: number; readonly high: boolean; readonly size: Size }
  | { readonly kind: 'mem'; readonly size: Size }
  | { readonly kind: 'imm'; readonly value: number; readonly size: Size }
  | { readonly kind: 'imm64'; readonly value: bigint; readonly size: Size }
  | { readonly kind: 'sel'; readonly reg: number; readonly size: Size }
  | { readonly kind: 'xmm' | 'mmx'; readonly reg: number; readonly size: Size }

/** How the block goes on. @qemu include/exec/translator.h DisasJumpType */
export type DisasJump = 'next' | 'noreturn' | 'tooMany'

/** The instruction cannot be decoded: raise this exception at its start. */
export class DecodeError extends Error {
  readonly vector: number
  constructor(vector: number) {
    super(`exception ${vector}`)
    this.vector = vector
  }
}

/** Numbers of helpers by name, without `helper_`. */
export type HelperTable = Readonly<Record<string, number>>

const zeroExtensions = [O.ext8u!, O.ext16u!, O.ext32u!]
const signExtensions = [O.ext8s!, O.ext16s!, O.ext32s!]

/** Operations that there are in 32 and 64 bits, by their names without. */
const ofWidth = (width: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(O)
      .filter(([name]) => name.endsWith(width))
      .map(([name, op]) => [name.slice(0, -width.length), op]),
  )
const wide32 = ofWidth('32')
const wide64 = ofWidth('64')

const loads = [O.ld8u!, O.ld16u!, O.ld32u!, O.ld64!]
const stores = [O.st8!, O.st16!, O.st32!, O.st64!]

/** An address: a slot or constant and a displacement of 16 bits, as memory operations take them. */
export interface Address {
  base: Operand
  disp: number
  /** The offset in a segment whose limit and rights have to be looked at, and that segment. */
  readonly checked?: { readonly offset: Operand; readonly segment: number }
}

/**
 * A block under translation: the mode that it is translated for, the instruction that is being decoded, and the code
 * made so far.
 * @qemu target/i386/tcg/translate.c DisasContext
 */
export class DisasContext {
  readonly ir: TCGContext
  readonly helpers: HelperTable
  code!: CodeReader

  /** What the block depends on: HF_* and bits of RFLAGS. */
  flags = 0
  /** Base of the code segment, 0 in 64-bit code. */
  csBase = 0
  pe = false
  vm86 = false
  lma = false
  code64 = false
  code32 = false
  ss32 = false
  addseg = false
  cpl = 0
  iopl = 0
  tf = false
  /** The guest has breakpoints: instructions look for them. */
  breaks = false
  /** A round of a string instruction ends, and the instruction goes on. */
  repeats = false
  /** Accesses that are not aligned raise #AC. */
  alignment = false
  /** Instructions that the CPU has beyond the base set. */
  features: InsnFeatures = {}
  /** The block holds one instruction, which may access devices. */
  io = false

  /**
   * Address of the block, of the instruction, and of the next byte, relative to the code segment's base. Like the
   * displacement they start as NaN, so that V8 keeps them as doubles at once: code made for integers of 32 bits would be
   * thrown away, all that uses this object, when the first address beyond comes.
   */
  pcStart = NaN
  pcInsn = NaN
  pc = NaN

  prefix = 0
  rexW = false
  rexR = 0
  rexX = 0
  rexB = 0
  rex = false
  /** VEX.vvvv: a register. */
  vexV = 0
  /** Segment that a prefix names, -1 for none. */
  override = -1
  dflag: Size = MO_32
  aflag: Size = MO_32
  opcode = 0
  row!: OpcodeRow
  modrm = 0
  mod = 0
  reg = 0
  rm = 0
  /** The memory operand: registers (-1 for none), scale, displacement. */
  memBase = -1
  memIndex = -1
  memScale = 0
  memDisp = NaN
  memRip = false
  memSeg = x.R_DS
  ops: X86Operand[] = []

  /** The kind of the last operation that set condition codes, as far as it is known here. */
  ccOp = x.CC_OP_DYNAMIC
  /** The register X_CC_OP does not know of it yet. */
  ccOpDirty = false
  jump: DisasJump = 'next'
  /** INSN_* of the instruction. */
  insnFlags = 0
  #loaded: Address | null = null
  #address: Address | null = null

  constructor(ir: TCGContext, helpers: HelperTable) {
    this.ir = ir
    this.helpers = helpers
  }

  /** A helper's number. Throws an Error for one that does not exist. */
  helper(name: string): number {
    const number = this.helpers[name]
    if (number === undefined) throw new Error(`There is no helper '${name}'`)
    return number
  }

  call(name: string, d: Operand, a: Operand = x.X_EIP, b: Operand = x.X_EIP, c: Operand = x.X_EIP): void {
    this.ir.call(this.helper(name), d, a, b, c)
  }

  const(value: number): Operand {
    return this.ir.const(value)
  }

  temp(): Operand {
    return this.ir.temp()
  }

  /** A new instruction: nothing of the one before counts. */
  beginInsn(): void {
    this.prefix = 0
    this.rexW = false
    this.rexR = this.rexX = this.rexB = 0
    this.rex = false
    this.vexV = 0
    this.override = -1
    this.memBase = this.memIndex = -1
    this.memScale = this.memDisp = 0
    this.memRip = false
    this.memSeg = x.R_DS
    this.ops = []
    this.#address = null
    this.#loaded = null
    this.insnFlags = 0
  }

  reg64(n: number): Operand {
    return x.X_REGS + n * 8
  }

  segField(n: number, field: number): Operand {
    return x.X_SEGS + n * x.X_SEG_SIZE + field
  }

  /** The instruction is not one that this CPU, or this mode, has. */
  illegal(): never {
    throw new DecodeError(x.EXCP06_ILLOP)
  }

  /** A #GP(0) at the instruction. */
  generalProtection(): void {
    this.raise(x.EXCP0D_GPF)
  }

  /** Raises an exception at the instruction; nothing after it is executed. @qemu target/i386/tcg/translate.c gen_exception */
  raise(vector: number): void {
    this.call('raise', this.temp(), this.const(vector), this.const(0))
    this.jump = 'noreturn'
  }

  /** Whether the program has level 0; if not, #GP is raised. @qemu target/i386/tcg/translate.c check_cpl0 */
  checkCpl0(): boolean {
    if (this.cpl === 0) return true
    this.generalProtection()
    return false
  }

  /** The effective address of the memory operand, without its segment. @qemu target/i386/tcg/translate.c gen_lea_modrm_1 */
  effective(): Address {
    const { ir } = this
    if (this.memRip) return { base: this.const(this.pc + this.memDisp), disp: 0 }
    let base: Operand | null = this.memBase < 0 ? null : this.reg64(this.memBase)
    if (this.memIndex >= 0) {
      let index = this.reg64(this.memIndex)
      if (this.memScale > 0) {
        const scaled = this.temp()
        ir.emit(O.shl64!, scaled, index, this.const(this.memScale))
        index = scaled
      }
      if (base === null) base = index
      else {
        const sum = this.temp()
        ir.emit(O.add64!, sum, base, index)
        base = sum
      }
    }
    if (base === null) return { base: this.const(this.memDisp), disp: 0 }
    return this.displaced(base, this.memDisp)
  }

  /** `base` plus a displacement, with as much of it as fits in the operation. */
  displaced(base: Operand, disp: number): Address {
    if (disp >= -0x8000 && disp < 0x7ff0) return { base, disp }
    const sum = this.temp()
    this.ir.emit(O.add64!, sum, base, this.const(disp))
    return { base: sum, disp: 0 }
  }

  /** An address as one operand. */
  flat(address: Address): Operand {
    if (address.disp === 0) return address.base
    const sum = this.temp()
    this.ir.emit(O.add64!, sum, address.base, this.const(address.disp))
    return sum
  }

  /**
   * A linear address: an offset of the current address size in a segment.
   * @qemu target/i386/tcg/translate.c gen_lea_v_seg
   */
  inSegment(offset: Address, segment: number, overridden = this.override): Address {
    const { ir } = this
    const chosen = overridden >= 0 ? overridden : segment
    if (chosen === x.R_SS) this.insnFlags |= x.INSN_SS
    if (this.code64) {
      const fsgs = chosen >= x.R_FS
      if (this.aflag === MO_64 && !fsgs) return offset
      let at = this.flat(offset)
      if (this.aflag === MO_32) {
        const low = this.temp()
        ir.emit(O.ext32u!, low, at)
        at = low
      }
      if (!fsgs) return { base: at, disp: 0 }
      const sum = this.temp()
      ir.emit(O.add64!, sum, at, this.segField(chosen, x.X_SEG_BASE))
      return { base: sum, disp: 0 }
    }
    let at = this.flat(offset)
    if (this.aflag === MO_16) {
      const low = this.temp()
      ir.emit(O.ext16u!, low, at)
      at = low
    }
    const sum = this.temp()
    if (this.addseg || overridden >= 0) ir.emit(O.add32!, sum, at, this.segField(chosen, x.X_SEG_BASE))
    else ir.emit(O.ext32u!, sum, at)
    if (!this.isChecked(chosen)) return { base: sum, disp: 0 }
    return {
      base: sum,
      disp: 0,
      checked: { offset: this.aflag === MO_32 ? this.ext(at, MO_32, false) : at, segment: chosen },
    }
  }

  /** Whether accesses by a segment are checked: not with segments of 4 GiB, nor those of a byte in 64 KiB. */
  isChecked(segment: number): boolean {
    if (this.code64) return false
    if (!this.pe || this.vm86) return true
    return segment === x.R_CS || this.isLimited(segment)
  }

  /** Whether a data segment, or one that goes with it, ends before its mode's addresses do, or cannot be used. */
  isLimited(segment: number): boolean {
    return (this.flags & (segment < x.R_FS ? x.HF_SEG_LIMIT : x.HF_FS_LIMIT)) !== 0
  }

  /**
   * Checks an access before it is made: the limit and the rights of its segment, and with AC set its alignment (SDM volume 3, 5.3
   * and 6.15, interrupt 17). Loads and stores do so themselves; for an operand of several parts, or a helper's, all of it is
   * checked before.
   * @param align  what the address has to be a multiple of, in bytes
   */
  checkAccess(address: Address, bytes: number, write: boolean, align = bytes): void {
    const { checked } = address
    if (checked) {
      const whole = !this.isLimited(checked.segment)
      if (!(bytes === 1 && whole && this.aflag === MO_16 && checked.segment !== x.R_CS)) {
        const what = checked.segment | (write ? 8 : 0) | (bytes << 4)
        this.call('check_segment', this.temp(), checked.offset, this.const(what))
      }
    }
    if (this.alignment && align > 1) {
      this.call('check_alignment', this.temp(), this.flat(address), this.const(align - 1))
    }
  }

  /** Linear address of the memory operand; worked out once. */
  address(): Address {
    return (this.#address ??= this.inSegment(this.effective(), this.memSeg))
  }

  /** Loads from memory, zero-extended. */
  load(size: Size, address: Address, d = this.temp()): Operand {
    if (address.checked || this.alignment) this.checkAccess(address, 1 << size, false)
    this.ir.emit(loads[size]!, d, address.base, 0, address.disp)
    this.#loaded = address
    return d
  }

  /** Loads 16 bytes, which have to be aligned unless the instruction says otherwise. */
  loadVector(address: Address, d: Operand): void {
    this.#checkVector(address, false)
    const { base, disp } = address
    this.ir.emit(this.row.attributes.has('ua') ? O.ld128! : O.ld128a!, d, base, 0, disp)
  }

  storeVector(address: Address, value: Operand): void {
    this.#checkVector(address, true)
    const { base, disp } = address
    this.ir.emit(this.row.attributes.has('ua') ? O.st128! : O.st128a!, value, base, 0, disp)
  }

  /** Those that have to be aligned raise #GP themselves. */
  #checkVector(address: Address, write: boolean): void {
    this.checkAccess(address, 16, write, this.row.attributes.has('ua') ? 16 : 1)
  }

  store(size: Size, address: Address, value: Operand): void {
    if (address.checked || this.alignment) this.checkAccess(address, 1 << size, true)
    const { base, disp } = this.#loaded ?? { base: -1, disp: 0 }
    if (address.base === base && address.disp === disp) this.insnFlags |= x.INSN_RMW
    this.ir.emit(stores[size]!, value, address.base, 0, address.disp)
  }

  /** An operand's value; what is above its size means nothing. */
  read(op: X86Operand): Operand {
    switch (op.kind) {
      case 'reg': {
        const slot = this.reg64(op.reg)
        if (!op.high) return slot
        const value = this.temp()
        this.ir.emit(O.extract8h!, value, slot)
        return value
      }
      case 'mem':
        return this.load(op.size, this.address())
      case 'imm':
        return this.const(op.value)
      case 'imm64':
        return this.ir.constBig(op.value)
      case 'sel':
        return this.segField(op.reg, x.X_SEG_SELECTOR)
      case 'xmm':
        return x.X_XMM + op.reg * x.X_XMM_SIZE
      case 'mmx':
        return x.X_FPREGS + op.reg * 16
    }
  }

  /** An operand's value, zero-extended. */
  readZ(op: X86Operand): Operand {
    const value = this.read(op)
    return op.kind === 'mem' || op.kind === 'sel' ? value : this.ext(value, op.size, false)
  }

  /** An operand's value, sign-extended to 64 bits. */
  readS(op: X86Operand): Operand {
    return this.ext(this.read(op), op.size, true)
  }

  /** The lowest bits of a value, extended to 64. */
  ext(value: Operand, size: Size, signed: boolean): Operand {
    if (size === MO_64) return value
    const d = this.temp()
    this.ir.emit((signed ? signExtensions : zeroExtensions)[size]!, d, value)
    return d
  }

  /** Puts a value into a general register. `extended`: its upper half is zero, for a dword. */
  writeReg(n: number, size: Size, value: Operand, extended = false): void {
    const { ir } = this
    const slot = this.reg64(n)
    switch (size) {
      case MO_8:
        ir.emit(O.deposit8!, slot, slot, value)
        break
      case MO_16:
        ir.emit(O.deposit16!, slot, slot, value)
        break
      case MO_32:
        if (extended) ir.mov(slot, value)
        else ir.emit(O.ext32u!, slot, value)
        break
      case MO_64:
        ir.mov(slot, value)
        break
    }
  }

  /** Puts a value into an operand. */
  write(op: X86Operand, value: Operand, extended = false): void {
    if (op.kind === 'mem') this.store(op.size, this.address(), value)
    else if (op.kind === 'reg') {
      if (op.high) this.ir.emit(O.deposit8h!, this.reg64(op.reg), this.reg64(op.reg), value)
      else this.writeReg(op.reg, op.size, value, extended)
    } else throw new Error('Not an operand to write to')
  }

  /** Where a result can go at once: the register itself when all of it changes. */
  target(op: X86Operand): Operand {
    return op.kind === 'reg' && op.size >= MO_32 ? this.reg64(op.reg) : this.temp()
  }

  /** The 32 or 64-bit form of an operation for operands of a size. */
  wide(name: string, size: Size): number {
    return (size === MO_64 ? wide64 : wide32)[name]!
  }
}
