// SPDX-License-Identifier: GPL-2.0-or-later
//
// Jumps, calls, returns, and how a block ends (QEMU's target/i386/tcg/translate.c).

import { EXIT_LOOKUP, O, type Operand } from '@dromaius/tcg'
import { genPrepareCc, genUpdateCcOp } from './cc.js'
import { type DisasContext, MO_16, MO_32, MO_64, type Size, type X86Operand } from './disas-context.js'
import type { Generator } from './generator.js'
import { moveStack, push, top } from './gen-move.js'
import * as x from './x86-layout.js'

const RCX = 1
const PAGE = 4096
/** Linear addresses of 64-bit code lie this far from 0 at most, up or down. */
const CANONICAL = 2 ** 47

/** EIP is a constant. @qemu target/i386/tcg/translate.c gen_update_eip_next */
export function genJmpIm(s: DisasContext, pc: number): void {
  s.ir.mov(x.X_EIP, s.const(pc))
}

/** What the block was translated for ends with its first instruction. */
function resetShadows(s: DisasContext): void {
  if (s.flags & x.HF_INHIBIT_IRQ) s.call('hflags', s.temp(), s.const(0), s.const(x.HF_INHIBIT_IRQ))
  if (s.repeats) {
    // A breakpoint is for the whole string instruction (SDM volume 3, 18.3.1.1).
    if (s.breaks) s.call('eflags', s.temp(), s.const(x.RF_MASK), s.const(0))
  } else if (s.flags & x.RF_MASK) s.call('eflags', s.temp(), s.const(0), s.const(x.RF_MASK))
}

/** Whether the end of the block needs more than a jump. */
function endIsPlain(s: DisasContext): boolean {
  return !s.tf && !s.io && !(s.flags & (x.HF_INHIBIT_IRQ | x.HF_BREAK | x.RF_MASK))
}

/**
 * Ends the block; EIP is in its register. `exit`: the loop has to look at interrupts.
 * @qemu target/i386/tcg/translate.c gen_eob_worker
 */
export function genEob(s: DisasContext, exit = false): void {
  genUpdateCcOp(s)
  resetShadows(s)
  if (s.tf || s.breaks) s.call('single_step', s.temp(), s.const(s.tf ? 1 : 0))
  if (s.io || exit || s.flags & x.HF_INHIBIT_IRQ) s.ir.emit(O.exitTb!, EXIT_LOOKUP)
  else s.ir.emit(O.gotoPtr!)
  s.jump = 'noreturn'
}

/** Goes on at a constant EIP, by way `n` out of the block. @qemu target/i386/tcg/translate.c gen_jmp_rel */
export function genGotoTb(s: DisasContext, n: 0 | 1, pc: number): void {
  genUpdateCcOp(s)
  const samePage = (other: number): boolean =>
    Math.floor((s.csBase + other) / PAGE) === Math.floor((s.csBase + pc) / PAGE)
  // Another page may be mapped elsewhere when the block runs next.
  if (endIsPlain(s) && (samePage(s.pcStart) || samePage(s.pcInsn))) {
    s.ir.gotoTb(n, pc)
  } else {
    genJmpIm(s, pc)
    genEob(s)
  }
  s.jump = 'noreturn'
}

/** EIP as a jump leaves it: 16, 32 or 64 bits. */
export function wrapPc(s: DisasContext, pc: number, size: Size): number {
  if (s.code64) return pc
  return size === MO_16 ? pc & 0xffff : pc >>> 0
}

/** Where the instruction after this one begins: EIP has 32 bits in 16-bit code too; a segment that ends at 64 KiB is another matter. */
export function nextPc(s: DisasContext): number {
  return wrapPc(s, s.pc, MO_32)
}

/**
 * Whether a known target is one that code can be at; if not, #GP(0) is raised, and nothing of the branch has happened yet
 * (SDM volume 2, JMP). What is up to the code segment's limit is asked for when the branch is executed.
 */
function targetIsGood(s: DisasContext, target: number): boolean {
  if (s.code64) {
    if (target >= -CANONICAL && target < CANONICAL) return true
    s.generalProtection()
    return false
  }
  if (s.flags & x.HF_CS_LIMIT || (!s.code32 && target > 0xffff))
    s.call('check_code', s.temp(), s.const(target))
  return true
}

/**
 * A branch whose target is known: one way, or two with a condition. What it changes beside EIP it does in `commit`, when
 * nothing can go wrong any more.
 */
function branch(s: DisasContext, taken: (label: number) => void, commit = (): void => {}): void {
  const target = jumpTarget(s)
  genUpdateCcOp(s)
  const label = s.ir.newLabel()
  taken(label)
  const dirty = s.ccOpDirty
  commit()
  genGotoTb(s, 0, nextPc(s))
  s.ir.setLabel(label)
  s.ccOpDirty = dirty
  if (!targetIsGood(s, target)) return
  commit()
  genGotoTb(s, 1, target)
}

function jumpTarget(s: DisasContext): number {
  const op = s.ops[0]!
  return wrapPc(s, s.pc + (op.kind === 'imm' ? op.value : 0), s.dflag)
}

const jcc: Generator = (s) => {
  const { cond, width, a, b } = genPrepareCc(s, s.opcode)
  branch(s, (label) => s.ir.brcond(cond, width, a, b, label))
}

/** The count of LOOP and JCXZ, in the address size. */
function count(s: DisasContext): Operand {
  return s.ext(s.reg64(RCX), s.aflag, false)
}

/** LOOP, LOOPZ (`zf` 'eq'... that ZF is set), LOOPNZ. */
const loop =
  (zf: boolean | null): Generator =>
  (s) => {
    let condition: ReturnType<typeof genPrepareCc> | null = null
    const flag = s.temp()
    if (zf !== null) {
      condition = genPrepareCc(s, zf ? 4 : 5)
      s.ir.setcond(condition.cond, condition.width, flag, condition.a, condition.b)
    }
    const less = s.temp()
    s.ir.emit(O.sub64!, less, s.reg64(RCX), s.const(1))
    const left = s.ext(less, s.aflag, false)
    branch(
      s,
      (label) => {
        if (condition === null) s.ir.brcond('ne', 64, left, s.const(0), label)
        else {
          const more = s.temp()
          s.ir.setcond('ne', 64, more, left, s.const(0))
          s.ir.emit(O.and64!, more, more, flag)
          s.ir.brcond('ne', 64, more, s.const(0), label)
        }
      },
      () => s.writeReg(RCX, s.aflag, left, true),
    )
  }

const jcxz: Generator = (s) => {
  const left = count(s)
  branch(s, (label) => s.ir.brcond('eq', 64, left, s.const(0), label))
}

const jmp: Generator = (s) => {
  const target = jumpTarget(s)
  if (targetIsGood(s, target)) genGotoTb(s, 0, target)
}

const call: Generator = (s) => {
  const target = jumpTarget(s)
  if (!targetIsGood(s, target)) return
  push(s, s.const(nextPc(s)))
  genGotoTb(s, 0, target)
}

/**
 * Goes to a computed EIP, which has its upper bits zero, if code can be there; `commit` is what else the branch changes. If not,
 * #GP(0) is raised behind the end of the block, out of the way.
 */
function jumpTo(s: DisasContext, target: Operand, commit = (): void => {}): void {
  const { ir } = s
  // An operand of 16 bits is canonical, and within every code segment of 64 KiB.
  const bad = s.code64 && s.dflag !== MO_16 ? ir.newLabel() : null
  if (bad !== null) {
    const extended = s.temp()
    ir.emit(O.shl64!, extended, target, s.const(16))
    ir.emit(O.sar64!, extended, extended, s.const(16))
    ir.brcond('ne', 64, extended, target, bad)
  } else if (!s.code64 && (s.flags & x.HF_CS_LIMIT || (!s.code32 && s.dflag !== MO_16))) {
    s.call('check_code', s.temp(), target)
  }
  commit()
  ir.mov(x.X_EIP, target)
  genEob(s)
  if (bad === null) return
  ir.setLabel(bad)
  s.generalProtection()
}

const jmpInd: Generator = (s) => jumpTo(s, s.readZ(s.ops[0]!))

const callInd: Generator = (s) => {
  const target = s.temp()
  s.ir.mov(target, s.readZ(s.ops[0]!))
  jumpTo(s, target, () => push(s, s.const(nextPc(s))))
}

const ret: Generator = (s) => {
  const extra = s.ops[0]?.kind === 'imm' ? s.ops[0].value : 0
  const target = top(s)
  jumpTo(s, target, () => moveStack(s, (1 << s.dflag) + extra))
}

/** Far transfers are helpers' work, flags and all; what they access near the stack pointer is the stack. `exit` as for genEob. */
function farEnd(s: DisasContext, exit = true): void {
  s.insnFlags |= x.INSN_STACK
  s.ccOp = x.CC_OP_DYNAMIC
  s.ccOpDirty = false
  genEob(s, exit)
}

function farJump(s: DisasContext, selector: Operand, offset: Operand): void {
  genUpdateCcOp(s)
  s.call('ljmp', s.temp(), selector, offset, s.const(nextPc(s)))
  farEnd(s)
}

function farCall(s: DisasContext, selector: Operand, offset: Operand): void {
  genUpdateCcOp(s)
  // The operand size travels above the selector.
  const what = s.temp()
  s.ir.emit(O.or64!, what, selector, s.const((1 << s.dflag) << 16))
  s.call('lcall', s.temp(), what, offset, s.const(nextPc(s)))
  farEnd(s)
}

/** Selector and offset of a far pointer in memory. */
function farPointer(s: DisasContext): [selector: Operand, offset: Operand] {
  s.checkAccess(s.address(), (1 << s.dflag) + 2, false, 1)
  const offset = s.load(s.dflag, s.address())
  const at = s.displaced(s.flat(s.address()), 1 << s.dflag)
  return [s.load(MO_16, at), offset]
}

const immediatePointer = (s: DisasContext): [Operand, Operand] => {
  const op = s.ops[0] as X86Operand & { kind: 'imm' }
  return [s.const(op.value), s.const(s.memDisp)]
}

const lret: Generator = (s) => {
  const extra = s.ops[0]?.kind === 'imm' ? s.ops[0].value : 0
  genUpdateCcOp(s)
  s.call('lret', s.temp(), s.const(1 << s.dflag), s.const(extra))
  farEnd(s)
}

const iret: Generator = (s) => {
  genUpdateCcOp(s)
  s.call('iret', s.temp(), s.const(1 << s.dflag), s.const(nextPc(s)))
  farEnd(s, false)
}

/** INT n and its like: the loop delivers them. @qemu target/i386/tcg/translate.c gen_interrupt */
function interrupt(s: DisasContext, vector: number): void {
  genUpdateCcOp(s)
  s.call('raise_interrupt', s.temp(), s.const(vector), s.const(nextPc(s)))
  s.jump = 'noreturn'
}

const int: Generator = (s) => {
  if (s.vm86 && s.iopl !== 3) return s.generalProtection()
  interrupt(s, s.ops[0]!.kind === 'imm' ? (s.ops[0] as { value: number }).value : 0)
}

const into: Generator = (s) => {
  const { cond, width, a, b } = genPrepareCc(s, 1)
  genUpdateCcOp(s)
  const label = s.ir.newLabel()
  s.ir.brcond(cond, width, a, b, label)
  s.call('raise_interrupt', s.temp(), s.const(x.EXCP04_INTO), s.const(nextPc(s)))
  s.ir.setLabel(label)
  genGotoTb(s, 0, nextPc(s))
}

/* Those below, and IRET, leave for interrupts only if one waits: the helpers see to it. */

/** SYSENTER and SYSEXIT, which AMD's processors do not have in long mode (APM volume 3). */
const system =
  (helper: string, argument: (s: DisasContext) => number): Generator =>
  (s) => {
    if (s.features.amd && s.lma) s.illegal()
    genUpdateCcOp(s)
    s.call(helper, s.temp(), s.const(argument(s)))
    farEnd(s, false)
  }

/** SYSCALL and SYSRET: whether a single step ends is up to the TF that they leave. @qemu target/i386/tcg/translate.c gen_eob_worker */
const systemCall =
  (helper: string, argument: (s: DisasContext) => number): Generator =>
  (s) => {
    // On Intel's processors these are of 64-bit code only (SDM volume 2, SYSCALL, SYSRET).
    if (s.features.intel && !s.code64) s.illegal()
    genUpdateCcOp(s)
    s.call(helper, s.temp(), s.const(argument(s)))
    if (s.tf || helper === 'sysret') s.call('rechecking_single_step', s.temp())
    s.tf = false
    farEnd(s, false)
  }

export const controlGenerators: Readonly<Record<string, Generator>> = {
  jcc,
  loop: loop(null),
  loopz: loop(true),
  loopnz: loop(false),
  jcxz,
  jmp,
  call,
  jmpInd,
  callInd,
  ret,
  ljmp: (s) => farJump(s, ...immediatePointer(s)),
  lcall: (s) => farCall(s, ...immediatePointer(s)),
  ljmpInd: (s) => farJump(s, ...farPointer(s)),
  lcallInd: (s) => farCall(s, ...farPointer(s)),
  lret,
  iret,
  int,
  int3: (s) => interrupt(s, x.EXCP03_INT3),
  int1: (s) => {
    genUpdateCcOp(s)
    s.call('icebp', s.temp(), s.const(nextPc(s)))
    s.jump = 'noreturn'
  },
  into,
  syscall: systemCall('syscall', (s) => nextPc(s)),
  sysret: systemCall('sysret', (s) => (s.dflag === MO_64 ? 1 : 0) | (s.features.intel ? 2 : 0)),
  sysenter: system('sysenter', () => 0),
  sysexit: system('sysexit', (s) => (s.dflag === MO_64 ? 1 : 0)),
}
