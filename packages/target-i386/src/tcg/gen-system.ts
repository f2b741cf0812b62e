// SPDX-License-Identifier: GPL-2.0-or-later
//
// Segment registers, system registers, ports (QEMU's target/i386/tcg/translate.c).

import { EXIT_LOOKUP, O, type Operand } from '@dromaius/tcg'
import { genUpdateCcOp, setCcOp } from './cc.js'
import { type DisasContext, MO_16, MO_32, MO_64, MO_8, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import { genEob, genJmpIm, nextPc } from './gen-control.js'
import { moveStack, push, top } from './gen-move.js'
import * as x from './x86-layout.js'

/** Ends the block behind this instruction: the mode may have changed. */
function endBlock(s: DisasContext, exit = false): void {
  genJmpIm(s, nextPc(s))
  genEob(s, exit)
}

/**
 * Ends the block behind MOV or POP to SS: no interrupt comes before the stack pointer is loaded too, nor a single step. Of
 * several instructions that put interrupts off, only the first does (SDM volume 3, 6.8.3).
 */
function endInShadow(s: DisasContext): void {
  const inShadow = (s.flags & x.HF_INHIBIT_IRQ) !== 0
  s.call(
    'hflags',
    s.temp(),
    s.const(inShadow ? 0 : x.HF_INHIBIT_IRQ),
    s.const(inShadow ? x.HF_INHIBIT_IRQ : 0),
  )
  if (s.flags & x.RF_MASK) s.call('eflags', s.temp(), s.const(0), s.const(x.RF_MASK))
  genJmpIm(s, nextPc(s))
  genUpdateCcOp(s)
  if (inShadow) s.ir.emit(O.exitTb!, EXIT_LOOKUP)
  else s.ir.emit(O.gotoPtr!)
  s.jump = 'noreturn'
}

/** Loads a segment register; what blocks depend on may change. @qemu target/i386/tcg/translate.c gen_movl_seg_T0 */
function loadSegment(s: DisasContext, segment: number, selector: Operand): void {
  s.call('load_seg', s.temp(), s.const(segment), selector)
  if (segment === x.R_SS) {
    endInShadow(s)
  } else if (!s.code64) endBlock(s)
}

const movToSeg: Generator = (s) => {
  const segment = s.reg & 7
  if (segment >= 6 || segment === x.R_CS) s.illegal()
  loadSegment(s, segment, s.readZ(s.ops[1]!))
}

const movFromSeg: Generator = (s) => {
  if ((s.reg & 7) >= 6) s.illegal()
  const selector = s.segField(s.reg & 7, x.X_SEG_SELECTOR)
  const dst = s.ops[0]!
  if (dst.kind === 'mem') s.store(MO_16, s.address(), selector)
  else s.write(dst, selector, true)
}

const pushSegment =
  (segment: (s: DisasContext) => number): Generator =>
  (s) =>
    push(s, s.segField(segment(s), x.X_SEG_SELECTOR))

const popSegment =
  (segment: (s: DisasContext) => number): Generator =>
  (s) => {
    const value = top(s)
    const selector = s.ext(value, MO_16, false)
    const n = segment(s)
    const bytes = 1 << s.dflag
    s.call('load_seg', s.temp(), s.const(n), selector)
    moveStack(s, bytes)
    if (n === x.R_SS) {
      endInShadow(s)
    } else if (!s.code64) endBlock(s)
  }

/** LDS and its like. */
const loadPointer =
  (segment: number): Generator =>
  (s) => {
    const dst = s.ops[0] as X86Operand & { kind: 'reg' }
    s.checkAccess(s.address(), (1 << s.dflag) + 2, false, 1)
    const offset = s.load(s.dflag, s.address())
    const selector = s.load(MO_16, s.displaced(s.flat(s.address()), 1 << s.dflag))
    s.call('load_seg', s.temp(), s.const(segment), selector)
    s.write(dst, offset, true)
    endBlock(s)
  }

/** SGDT, SIDT. */
const storeTable =
  (table: number): Generator =>
  (s) => {
    // It is aligned as a whole.
    s.checkAccess(s.address(), s.code64 ? 10 : 6, true, 4)
    const { alignment } = s
    s.alignment = false
    s.store(MO_16, s.address(), table + x.X_SEG_LIMIT)
    const at = s.displaced(s.flat(s.address()), 2)
    s.store(s.code64 ? MO_64 : MO_32, at, table + x.X_SEG_BASE)
    s.alignment = alignment
  }

/** LGDT, LIDT. */
const loadTable =
  (table: number): Generator =>
  (s) => {
    s.checkAccess(s.address(), s.code64 ? 10 : 6, false, 1)
    const limit = s.load(MO_16, s.address())
    const at = s.displaced(s.flat(s.address()), 2)
    const base = s.load(s.code64 ? MO_64 : MO_32, at)
    if (s.dflag === MO_16 && !s.code64) s.ir.emit(O.and64!, base, base, s.const(0xffffff))
    if (s.code64) s.call('check_base', s.temp(), base)
    s.ir.mov(table + x.X_SEG_LIMIT, limit)
    s.ir.mov(table + x.X_SEG_BASE, base)
  }

/** SLDT, STR: a word in memory, a whole register. */
const storeSelector =
  (at: number): Generator =>
  (s) => {
    const op = s.ops[0]!
    if (op.kind === 'mem') s.store(MO_16, s.address(), at + x.X_SEG_SELECTOR)
    else s.write(op, at + x.X_SEG_SELECTOR, true)
  }

const helperOnWord =
  (name: string): Generator =>
  (s) =>
    s.call(name, s.temp(), s.readZ(s.ops[0]!))

const verify =
  (write: number): Generator =>
  (s) => {
    genUpdateCcOp(s)
    s.call('verify', s.temp(), s.readZ(s.ops[0]!), s.const(write))
    setCcOp(s, x.CC_OP_EFLAGS)
  }

const larLsl =
  (what: number): Generator =>
  (s) => {
    const [dst, src] = s.ops as [X86Operand, X86Operand]
    genUpdateCcOp(s)
    const result = s.temp()
    const selector = s.ext(s.read(src), MO_16, false)
    s.call('lar_lsl', result, selector, s.const(what), s.readZ(dst))
    setCcOp(s, x.CC_OP_EFLAGS)
    s.write(dst, result, true)
  }

const arpl: Generator = (s) => {
  const [dst, src] = s.ops as [X86Operand, X86Operand]
  const old = s.temp()
  s.ir.mov(old, s.readZ(dst))
  const source = s.readZ(src)
  // The store must work before the flags change.
  if (dst.kind === 'mem') s.write(dst, old)
  genUpdateCcOp(s)
  const result = s.temp()
  s.call('arpl', result, old, source)
  setCcOp(s, x.CC_OP_EFLAGS)
  s.write(dst, result)
}

/** Numbers of control registers that exist. */
const CONTROL_REGISTERS = [0, 2, 3, 4, 8]

/** LOCK MOV CR0 as CR8 is AMD's; not offered. */
function controlRegister(s: DisasContext): number {
  if (!CONTROL_REGISTERS.includes(s.reg)) s.illegal()
  return s.reg
}

const movFromCr: Generator = (s) => {
  const value = s.temp()
  s.call('read_crN', value, s.const(controlRegister(s)))
  s.writeReg(s.rm, s.code64 ? MO_64 : MO_32, value, true)
}

const movToCr: Generator = (s) => {
  const n = controlRegister(s)
  const value = s.code64 ? s.reg64(s.rm) : s.ext(s.reg64(s.rm), MO_32, false)
  genUpdateCcOp(s)
  genJmpIm(s, s.pcInsn)
  s.call('write_crN', s.temp(), s.const(n), value)
  endBlock(s, true)
}

const movFromDr: Generator = (s) => {
  if (s.reg >= 8) s.illegal()
  const value = s.temp()
  s.call('get_dr', value, s.const(s.reg))
  s.writeReg(s.rm, s.code64 ? MO_64 : MO_32, value, true)
}

const movToDr: Generator = (s) => {
  if (s.reg >= 8) s.illegal()
  const value = s.code64 ? s.reg64(s.rm) : s.ext(s.reg64(s.rm), MO_32, false)
  s.call('set_dr', s.temp(), s.const(s.reg), value)
}

const smsw: Generator = (s) => {
  const op = s.ops[0]!
  if (op.kind === 'mem') s.store(MO_16, s.address(), x.X_CR)
  else s.write(op, x.X_CR)
}

const lmsw: Generator = (s) => {
  s.call('lmsw', s.temp(), s.readZ(s.ops[0]!))
  endBlock(s, true)
}

/** Whether a port instruction's port is in DX or in the code. */
function portOf(s: DisasContext, op: X86Operand): Operand {
  return op.kind === 'imm' ? s.const(op.value) : s.ext(s.read(op), MO_16, false)
}

const inPort: Generator = (s) => {
  const [dst, port] = s.ops as [X86Operand, X86Operand]
  const value = s.temp()
  s.call('in', value, portOf(s, port), s.const(1 << dst.size))
  s.write(dst, value, true)
}

const outPort: Generator = (s) => {
  const [port, src] = s.ops as [X86Operand, X86Operand]
  s.call('out', s.temp(), portOf(s, port), s.const(1 << src.size), s.readZ(src))
}

/** Whether CLI and STI may be executed (SDM volume 2). @qemu target/i386/tcg/translate.c check_iopl */
function checkIopl(s: DisasContext): boolean {
  if (s.vm86 ? s.iopl === 3 : s.cpl <= s.iopl) return true
  s.generalProtection()
  return false
}

const cli: Generator = (s) => {
  if (checkIopl(s)) s.ir.emit(O.and64!, x.X_EFLAGS, x.X_EFLAGS, s.const(~x.IF_MASK))
}

const sti: Generator = (s) => {
  if (!checkIopl(s)) return
  // The shadow is for interrupts that were closed.
  const open = s.temp()
  s.ir.emit(O.and64!, open, x.X_EFLAGS, s.const(x.IF_MASK))
  s.ir.emit(O.xor64!, open, open, s.const(x.IF_MASK))
  s.ir.emit(O.shr64!, open, open, s.const(6))
  s.ir.emit(O.or64!, x.X_EFLAGS, x.X_EFLAGS, s.const(x.IF_MASK))
  if (!(s.flags & x.HF_INHIBIT_IRQ)) s.ir.emit(O.or64!, x.X_HFLAGS, x.X_HFLAGS, open)
  endBlock(s, true)
}

const direction =
  (value: number): Generator =>
  (s) =>
    s.ir.mov(x.X_DF, s.const(value))

const hlt: Generator = (s) => {
  // A single step wakes the CPU at once.
  if (s.tf) return endBlock(s, true)
  genUpdateCcOp(s)
  if (s.flags & x.RF_MASK) s.call('eflags', s.temp(), s.const(0), s.const(x.RF_MASK))
  s.call('hlt', s.temp(), s.const(nextPc(s)))
  s.jump = 'noreturn'
}

/** Whether it sleeps is the helper's to say; a single step does not let it. */
const mwait: Generator = (s) => {
  if (!s.features.monitor || s.cpl !== 0) s.illegal()
  genUpdateCcOp(s)
  s.call('mwait', s.temp(), s.const(nextPc(s)), s.const(s.tf ? 1 : 0))
  if (s.tf) endBlock(s, true)
  else s.jump = 'noreturn'
}

/** It reads a byte of what it arms (SDM volume 2). */
const monitor: Generator = (s) => {
  if (!s.features.monitor || s.cpl !== 0) s.illegal()
  const address = s.inSegment({ base: s.reg64(0), disp: 0 }, x.R_DS)
  s.call('monitor', s.temp())
  s.load(MO_8, address)
  s.ir.mov(x.X_MONITOR, s.flat(address))
}

const acFlag =
  (set: boolean): Generator =>
  (s) => {
    if (!s.features.smap || s.cpl !== 0) s.illegal()
    s.call('eflags', s.temp(), s.const(set ? x.AC_MASK : 0), s.const(set ? 0 : x.AC_MASK))
    endBlock(s)
  }

const swapgs: Generator = (s) => {
  const base = s.segField(x.R_GS, x.X_SEG_BASE)
  const old = s.temp()
  s.ir.mov(old, base)
  s.ir.mov(base, x.X_KERNELGSBASE)
  s.ir.mov(x.X_KERNELGSBASE, old)
}

const invlpg: Generator = (s) => {
  s.call('invlpg', s.temp(), s.flat(s.address()))
  endBlock(s)
}

/** Its type is all of a register, whatever the operand size (SDM volume 2, INVPCID). */
const invpcid: Generator = (s) => {
  const [type] = s.ops as [X86Operand & { kind: 'reg' }]
  s.checkAccess(s.address(), 16, false, 1)
  const low = s.load(MO_64, s.address())
  const high = s.load(MO_64, s.displaced(s.flat(s.address()), 8))
  s.call('invpcid', s.temp(), s.ext(s.reg64(type.reg), s.code64 ? MO_64 : MO_32, false), low, high)
}

const bound: Generator = (s) => {
  s.checkAccess(s.address(), 2 << s.dflag, false, 1 << s.dflag)
  s.call('bound', s.temp(), s.flat(s.address()), s.read(s.ops[0]!), s.const(1 << s.dflag))
}

/** PAUSE is NOP with F3. It lets another CPU have its turn. */
const xchgOrPause =
  (xchg: Generator): Generator =>
  (s) => {
    const [dst] = s.ops
    if (s.opcode !== 0x90 || (dst!.kind === 'reg' && dst!.reg !== 0)) return xchg(s)
    if (!(s.prefix & 1) || s.tf || s.breaks) return
    genUpdateCcOp(s)
    s.call('pause', s.temp(), s.const(nextPc(s)))
    s.jump = 'noreturn'
  }

const call =
  (name: string, argument = 0): Generator =>
  (s) =>
    s.call(name, s.temp(), s.const(argument))

const thenEnd =
  (first: Generator): Generator =>
  (s) => {
    genUpdateCcOp(s)
    first(s)
    endBlock(s, true)
  }

/** Builds the table; NOP's opcode is shared with XCHG. */
export function systemGenerators(xchg: Generator): Readonly<Record<string, Generator>> {
  return {
    movToSeg,
    movFromSeg,
    pushSeg: pushSegment((s) => s.opcode >> 3),
    popSeg: popSegment((s) => s.opcode >> 3),
    pushFs: pushSegment(() => x.R_FS),
    popFs: popSegment(() => x.R_FS),
    pushGs: pushSegment(() => x.R_GS),
    popGs: popSegment(() => x.R_GS),
    les: loadPointer(x.R_ES),
    lds: loadPointer(x.R_DS),
    lss: loadPointer(x.R_SS),
    lfs: loadPointer(x.R_FS),
    lgs: loadPointer(x.R_GS),
    sgdt: storeTable(x.X_GDT),
    sidt: storeTable(x.X_IDT),
    lgdt: loadTable(x.X_GDT),
    lidt: loadTable(x.X_IDT),
    sldt: storeSelector(x.X_LDT),
    str: storeSelector(x.X_TR),
    lldt: helperOnWord('lldt'),
    ltr: helperOnWord('ltr'),
    verr: verify(0),
    verw: verify(1),
    lar: larLsl(0),
    lsl: larLsl(1),
    arpl,
    movFromCr,
    movToCr,
    movFromDr,
    movToDr,
    smsw,
    lmsw,
    clts: thenEnd(call('clts')),
    in: inPort,
    out: outPort,
    cli,
    sti,
    cld: direction(1),
    std: direction(-1),
    hlt,
    monitor,
    mwait,
    clac: acFlag(false),
    stac: acFlag(true),
    swapgs,
    invlpg,
    invpcid,
    bound,
    xchg: xchgOrPause(xchg),
    cpuid: call('cpuid'),
    rdtsc: call('rdtsc'),
    rdtscp: (s) => {
      if (!s.features.rdtscp) s.illegal()
      call('rdtsc', 1)(s)
    },
    rdmsr: call('rdmsr'),
    wrmsr: thenEnd(call('wrmsr')),
    rdpmc: call('rdpmc'),
    clflush: (s) => {
      s.load(0, s.address())
    },
    nop: () => {},
    ud: (s) => s.illegal(),
  }
}
