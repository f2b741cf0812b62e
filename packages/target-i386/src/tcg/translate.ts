// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CodeReader,
  ENV_CAN_DO_IO,
  FetchFault,
  O,
  Optimizer,
  type TcgCodeSource,
  TCGContext,
  type TcgTranslateRequest,
  type TcgTranslation,
  type TcgTranslator,
} from '@dromaius/tcg'
import { LOG_JIT, qemuLoglevelMask } from '@dromaius/util'
import { decodeInsn } from './decode.js'
import { DecodeError, DisasContext, type HelperTable } from './disas-context.js'
import { aluGenerators } from './gen-alu.js'
import { bmiGenerators } from './gen-bmi.js'
import { bitGenerators } from './gen-bits.js'
import { controlGenerators, genGotoTb, genJmpIm, genEob, nextPc } from './gen-control.js'
import { genUpdateCcOp } from './cc.js'
import { opcodeRows } from './opcode-table.js'
import { moveGenerators } from './gen-move.js'
import { mulGenerators } from './gen-mul.js'
import type { Generator } from './generator.js'
import { shiftGenerators } from './gen-shift.js'
import type { InsnFeatures } from './insn-features.js'
import { sseGenerators } from './gen-sse.js'
import { sseFloatGenerators } from './gen-sse-float.js'
import { vectorGenerators } from './gen-vector.js'
import { vectorFloatGenerators } from './gen-vector-float.js'
import { x87Generators } from './gen-x87.js'
import { packedGenerator } from './gen-packed.js'
import { stringGenerators } from './gen-string.js'
import { userSystemGenerators } from './gen-user-system.js'
import { systemGenerators } from './gen-system.js'
import * as x from './x86-layout.js'

/** Operations after which a block ends, however few instructions they are. */
const MAX_OPS = 800
const PAGE = 4096
/** A block that depends on one of these holds one instruction. */
const SHADOWS = x.HF_INHIBIT_IRQ | x.HF_BREAK | x.RF_MASK

const generators: Readonly<Record<string, Generator>> = {
  ...aluGenerators,
  ...mulGenerators,
  ...bitGenerators,
  ...bmiGenerators,
  ...shiftGenerators,
  ...moveGenerators,
  ...controlGenerators,
  ...stringGenerators,
  ...systemGenerators(moveGenerators.xchg!),
  ...vectorGenerators,
  ...vectorFloatGenerators,
  ...sseGenerators,
  ...sseFloatGenerators,
  ...x87Generators,
  ...userSystemGenerators,
}

/** By the row's number. */
const generatorOfRow = opcodeRows.map(({ name }) => generators[name] ?? packedGenerator)

/**
 * Turns x86 code into blocks of the intermediate representation. One object per machine: its tables are reused.
 * @qemu target/i386/tcg/translate.c gen_intermediate_code
 */
export class X86Translator implements TcgTranslator {
  readonly #ir = new TCGContext()
  readonly #s: DisasContext
  readonly #optimizer = new Optimizer()
  /** The clock is too slow to be asked twice an instruction for nothing. */
  readonly #profile = qemuLoglevelMask(LOG_JIT)
  decodeMs = 0

  constructor(source: TcgCodeSource, helpers: HelperTable, features: InsnFeatures = {}) {
    this.#s = new DisasContext(this.#ir, helpers)
    this.#s.code = new CodeReader(source)
    this.#s.features = features
  }

  /** Translates a block. Throws FetchFault (the fault is pending) or NoMemoryThere when its first instruction cannot be fetched. */
  translate(request: TcgTranslateRequest): TcgTranslation {
    const s = this.#s
    this.#ir.start()
    this.#start(request)
    let icount = 0
    for (;;) {
      s.pcInsn = s.pc
      if (!this.#insn(icount)) break
      icount++
      if (s.jump !== 'next') break
      const linear = s.csBase + s.pc
      const full = icount >= request.maxInsns || this.#ir.ops.length > MAX_OPS
      if (full || this.#leavesPage(request.pc) || request.breakpoints?.has(linear)) {
        genGotoTb(s, 0, nextPc(s))
        break
      }
    }
    this.#optimizer.run(this.#ir)
    return { ctx: this.#ir, icount, size: s.pc - s.pcStart, pages: s.code.pages, volatile: s.code.device }
  }

  /** @qemu target/i386/tcg/translate.c i386_tr_init_disas_context */
  #start({ pc, csBase, flags, io }: TcgTranslateRequest): void {
    const s = this.#s
    s.flags = flags
    s.code64 = (flags & x.HF_CS64) !== 0
    s.code32 = (flags & x.HF_CS32) !== 0
    s.ss32 = (flags & x.HF_SS32) !== 0
    s.addseg = (flags & x.HF_ADDSEG) !== 0
    s.pe = (flags & x.HF_PE) !== 0
    s.lma = (flags & x.HF_LMA) !== 0
    s.vm86 = (flags & x.VM_MASK) !== 0
    s.cpl = flags & x.HF_CPL
    s.iopl = (flags & x.IOPL_MASK) >> 12
    s.tf = (flags & x.TF_MASK) !== 0
    s.breaks = (flags & x.HF_BREAK) !== 0
    s.alignment = s.cpl === 3 && (flags & x.HF_AM) !== 0 && (flags & x.AC_MASK) !== 0
    s.io = io
    s.csBase = s.code64 ? 0 : csBase
    s.pcStart = s.pc = s.code64 ? pc : (pc - csBase) >>> 0
    s.ccOp = x.CC_OP_DYNAMIC
    s.ccOpDirty = false
    s.jump = 'next'
    s.code.start()
    this.#ir.emit(O.tbStart!)
    if (io) this.#ir.mov(ENV_CAN_DO_IO, this.#ir.const(1))
  }

  /** Whether the next instruction begins on another page than the block. */
  #leavesPage(start: number): boolean {
    return Math.floor((this.#s.csBase + this.#s.pc) / PAGE) !== Math.floor(start / PAGE)
  }

  /** A breakpoint of the guest's comes before all else. */
  #beginInsn(): void {
    const s = this.#s
    this.#ir.insnStart(s.pcInsn, s.ccOp)
    s.beginInsn()
    if (!s.breaks || s.flags & x.RF_MASK) return
    const linear = s.code64 ? s.pcInsn : (s.csBase + s.pcInsn) % 2 ** 32
    s.call('ibreak', s.temp(), s.const(linear))
  }

  /** Translates one instruction; false when it has to begin a block of its own. */
  #insn(done: number): boolean {
    const s = this.#s
    const ir = this.#ir
    const mark = ir.ops.length
    const pages = s.code.pages.length
    const ccOp = s.ccOp
    const dirty = s.ccOpDirty
    this.#beginInsn()
    try {
      this.#decode()
      this.#checkFetch()
      const { attributes, number } = s.row
      const alone = attributes.has('io')
      if (alone && done > 0) return this.#giveUp(mark, pages)
      if (alone) {
        s.io = true
        ir.mov(ENV_CAN_DO_IO, s.const(1))
      }
      if (attributes.has('cpl0') && !s.checkCpl0()) return true
      generatorOfRow[number]!(s)
      ir.ops[mark]!.a |= s.insnFlags
      if (s.jump === 'next' && (s.io || s.tf || s.flags & SHADOWS || attributes.has('end'))) {
        genJmpIm(s, nextPc(s))
        genEob(s, attributes.has('end'))
      }
      return true
    } catch (error) {
      // An instruction over the end of a page faults when its turn comes.
      if (error instanceof FetchFault && done > 0) return this.#giveUp(mark, pages)
      if (!(error instanceof DecodeError)) throw error
      ir.ops.length = mark
      s.ccOp = ccOp
      s.ccOpDirty = dirty
      this.#beginInsn()
      this.#checkFetch()
      s.raise(error.vector)
      return true
    }
  }

  /** Code up to `pc` is fetched: #GP(0) if the code segment ends before (SDM volume 3, 5.3). */
  #checkFetch(): void {
    const s = this.#s
    const last = s.pc - 1
    if (s.code64 || !(s.flags & x.HF_CS_LIMIT || (!s.code32 && last > 0xffff))) return
    s.call('check_code', s.temp(), s.const(last))
  }

  #decode(): void {
    if (!this.#profile) return decodeInsn(this.#s)
    const started = performance.now()
    try {
      decodeInsn(this.#s)
    } finally {
      this.decodeMs += performance.now() - started
    }
  }

  /** Takes the instruction back and ends the block before it. */
  #giveUp(mark: number, pages: number): false {
    const s = this.#s
    this.#ir.ops.length = mark
    s.code.pages.length = pages
    s.pc = s.pcInsn
    genUpdateCcOp(s)
    genGotoTb(s, 0, s.pcInsn)
    return false
  }
}
