// SPDX-License-Identifier: GPL-2.0-or-later
//
// The loop around translated code: QEMU's accel/tcg/cpu-exec.c.

import {
  cpuStopWithInternalError,
  CPU_INTERRUPT_DEBUG,
  CPU_INTERRUPT_EXITTB,
  CPU_INTERRUPT_HALT,
  EXCP_DEBUG,
  EXCP_HALTED,
  EXCP_HLT,
  EXCP_INTERRUPT,
} from '@dromaius/cpus'
import {
  bytecodeBound,
  ENV_BULK_LEFT,
  ENV_CAN_DO_IO,
  ENV_EXIT_IP,
  ENV_EXIT_TB,
  ENV_ICOUNT_DECR,
  ENV_INTERRUPT_WAITS,
  ENV_PENDING,
  ENV_TB_CS_BASE,
  ENV_TB_FLAGS,
  ENV_TB_PC,
  ENV_WATCH_HIT,
  EXIT_CHAIN0,
  EXIT_CHAIN1,
  EXIT_EXCEPTION,
  EXIT_HOT,
  EXIT_IO,
  EXIT_LOOKUP,
  EXIT_REQUEST,
  EXIT_SMC,
  EXIT_STOP,
  FetchFault,
  HOT_COUNT,
  insnAt,
  NoMemoryThere,
  TB_COUNT,
  tcgCpuOps,
} from '@dromaius/tcg'
import { errorReport } from '@dromaius/util'
import { CF_COUNT, CF_DEBUG, CF_IO, CF_SINGLE, type TranslationBlock } from './tb-cache.js'
import type { Vcpu } from './tcg-engine.js'

/** Bytes that string instructions move in a slice: some hundred us, of memory that was not touched before a few times that. */
const BULK_BYTES = 2 ** 20
/** Instructions of a block at most. */
const MAX_INSNS = 48
/** Nothing was found, and the reason has been dealt with: an exception is delivered, or the machine stops. */
const NONE = null

/** What ends the loop. */
type Outcome = number

/** A way to leave the loop, or -1 to stay. */
const STAY = -1

/**
 * Executes code for at most `budget` instructions, until there is something for the caller to do: EXCP_INTERRUPT, EXCP_HLT,
 * EXCP_HALTED, EXCP_DEBUG.
 * @qemu accel/tcg/cpu-exec.c cpu_exec
 */
export function cpuExec(vcpu: Vcpu, budget: number): Outcome {
  const { cpu, engine } = vcpu
  if (cpuHandleHalt(vcpu)) return EXCP_HALTED
  const ops = tcgCpuOps()
  if (cpu.vcpuDirty) {
    ops.putRegisters(vcpu)
    cpu.vcpuDirty = false
  }
  // With -icount, where everything is thrown away must not hang on how many functions were made by now.
  if (engine.hot.slice(vcpu) && !engine.system.icount) engine.tbs.flush()
  engine.current = vcpu
  cpu.running = true
  cpu.exitRequest = false
  vcpu.setU32(ENV_ICOUNT_DECR, budget)
  vcpu.setU32(ENV_BULK_LEFT, BULK_BYTES)
  let outcome: Outcome
  try {
    outcome = loop(vcpu, budget)
  } finally {
    cpu.running = false
    engine.current = null
    engine.counts.executed += budget - instructionsLeft(vcpu)
  }
  if (!cpu.vcpuDirty) ops.getRuntimeState(vcpu)
  return outcome
}

/** @qemu accel/tcg/cpu-exec.c cpu_handle_halt */
function cpuHandleHalt(vcpu: Vcpu): boolean {
  const { cpu } = vcpu
  if (cpu.halted && tcgCpuOps().execHalt(vcpu)) cpu.halted = false
  return cpu.halted
}

/** The words of ENV_TB_PC as a number; addresses beyond 2^63 are negative. */
function pcOf(vcpu: Vcpu): number {
  const high = vcpu.getU32(ENV_TB_PC + 4) | 0
  return high * 2 ** 32 + vcpu.getU32(ENV_TB_PC)
}

/** Instructions that are left to the slice. */
const instructionsLeft = (vcpu: Vcpu): number => vcpu.getU32(ENV_ICOUNT_DECR) & 0x7fff_ffff

/** @param barren  after so many rounds without an instruction the slice is over too: exceptions may raise exceptions for ever */
function loop(vcpu: Vcpu, barren: number): Outcome {
  const { engine } = vcpu
  let last: { tb: TranslationBlock; way: number } | null = null
  while (barren > 0) {
    // Behind an interrupt, or the fault of a fetch, comes no successor of the last block.
    if (vcpu.cpu.interruptRequest !== 0) last = null
    const interrupted = cpuHandleInterrupt(vcpu)
    if (interrupted !== STAY) return interrupted
    const single = vcpu.cpu.singlestepEnabled !== 0
    const tb = tbToExecute(vcpu, single)
    if (tb === NONE) {
      if (vcpu.cpu.stop) return EXCP_INTERRUPT
      last = null
      barren--
      continue
    }
    if (isBreakpoint(vcpu, tb)) return EXCP_DEBUG
    if (last && tb.cflags === 0 && tb.pages.length === 1) engine.tbs.link(last.tb, last.way, tb)
    last = null
    const left = instructionsLeft(vcpu)
    const status = execute(vcpu, tb)
    if (status === EXIT_CHAIN0 || status === EXIT_CHAIN1) {
      const from = engine.tbs.byId(vcpu.getU32(ENV_EXIT_TB))!
      const way = status - EXIT_CHAIN0
      tcgCpuOps().setPc(vcpu, from.chains[way]!.pc)
      if (from.cflags === 0) last = { tb: from, way }
    }
    const outcome = handleExit(vcpu, status)
    if (outcome !== STAY) return outcome
    if (vcpu.getU32(ENV_WATCH_HIT) !== 0) return watchpointHit(vcpu)
    if (single) return EXCP_DEBUG
    // What is hot does not count: with -icount, turns end at the same instruction however much is compiled.
    if (status !== EXIT_HOT && instructionsLeft(vcpu) === left) barren--
  }
  return EXCP_INTERRUPT
}

/** The state is looked at before each block that is not chained: is the CPU to leave, or to take an interrupt? @qemu accel/tcg/cpu-exec.c cpu_handle_interrupt */
function cpuHandleInterrupt(vcpu: Vcpu): Outcome {
  const { cpu } = vcpu
  const left = vcpu.getU32(ENV_ICOUNT_DECR)
  if (left & 0x8000_0000) vcpu.setU32(ENV_ICOUNT_DECR, left & 0x7fff_ffff)
  if (cpu.interruptRequest !== 0) {
    const request = cpu.interruptRequest
    if (request & CPU_INTERRUPT_DEBUG) {
      cpu.interruptRequest &= ~CPU_INTERRUPT_DEBUG
      return EXCP_DEBUG
    }
    if (request & CPU_INTERRUPT_HALT) {
      cpu.interruptRequest &= ~CPU_INTERRUPT_HALT
      cpu.halted = true
      return EXCP_HLT
    }
    const stepping = (cpu.singlestepEnabled & 2) !== 0
    if (!stepping && tcgCpuOps().execInterrupt(vcpu, request) && cpu.vcpuDirty) {
      // INIT and a start-up IPI change the registers in the CPU's object.
      tcgCpuOps().putRegisters(vcpu)
      cpu.vcpuDirty = false
    }
    if (cpu.halted) return EXCP_HALTED
    cpu.interruptRequest &= ~CPU_INTERRUPT_EXITTB
  }
  vcpu.setU32(ENV_INTERRUPT_WAITS, cpu.interruptRequest)
  if (cpu.exitRequest || cpu.stop || cpu.workList.length > 0) return EXCP_INTERRUPT
  if ((vcpu.getU32(ENV_BULK_LEFT) | 0) <= 0) return EXCP_INTERRUPT
  // A slice ends before a block that may be longer than what is left of it, unless it has to be used up.
  return (left & 0x7fff_ffff) < (cpu.system.icount ? 1 : MAX_INSNS) ? EXCP_INTERRUPT : STAY
}

/** The block at the CPU's next instruction; not more of it than is left of a slice that has to be used up. @qemu accel/tcg/cpu-exec.c cpu_loop_exec_tb */
function tbToExecute(vcpu: Vcpu, single: boolean): TranslationBlock | null {
  const tb = tbFindHere(vcpu, single ? CF_SINGLE : 0)
  if (!tb || !vcpu.cpu.system.icount) return tb
  const left = vcpu.getU32(ENV_ICOUNT_DECR) & 0x7fff_ffff
  return tb.icount > left ? tbFindHere(vcpu, left * CF_COUNT) : tb
}

function isBreakpoint({ engine, cpu }: Vcpu, tb: TranslationBlock): boolean {
  return engine.breakpoints.has(tb.pc) && cpu.singlestepEnabled === 0
}

/** The block at the CPU's next instruction, translated if need be. @qemu accel/tcg/cpu-exec.c tb_lookup */
function tbFindHere(vcpu: Vcpu, cflags: number): TranslationBlock | null {
  const { engine } = vcpu
  if (engine.breakpoints.size > 0) cflags |= CF_DEBUG
  if (cflags === 0) {
    const ip = engine.module.lookupTbPtr(vcpu.env)
    if (ip !== 0) return engine.tbs.byBytecode(ip)
  } else tcgCpuOps().tbState(vcpu)
  const tb = tbFind(vcpu, cflags)
  if (tb && cflags === 0 && tb.cflags === 0) engine.module.jmpCachePut(vcpu.env, tb.ip)
  return tb
}

function tbFind(vcpu: Vcpu, cflags: number): TranslationBlock | null {
  const { engine, env } = vcpu
  const pc = pcOf(vcpu)
  const csBase = engine.memory.view.getBigUint64(env + ENV_TB_CS_BASE, true)
  const flags = vcpu.getU32(ENV_TB_FLAGS)
  const host = engine.module.codeHost(env, BigInt.asUintN(64, BigInt(pc))) >>> 0
  if (host > 1) {
    const tb = engine.tbs.find(host, pc, csBase, flags, cflags)
    // What is on the next page may have changed place.
    if (tb && (tb.pages.length === 1 || secondPageIs(vcpu, tb))) return tb
  }
  return tbGenCode(vcpu, pc, csBase, flags, cflags, host)
}

function secondPageIs(vcpu: Vcpu, tb: TranslationBlock): boolean {
  const next = (Math.floor(tb.pc / 4096) + 1) * 4096
  const host = vcpu.module.codeHost(vcpu.env, BigInt.asUintN(64, BigInt(next))) >>> 0
  vcpu.setU32(ENV_PENDING, 0)
  return host >>> 12 === tb.pages[1]
}

/** Translates; null when the code cannot be fetched, which has been dealt with. @qemu accel/tcg/translate-all.c tb_gen_code */
function tbGenCode(
  vcpu: Vcpu,
  pc: number,
  csBase: bigint,
  flags: number,
  cflags: number,
  host: number,
): TranslationBlock | null {
  const { engine } = vcpu
  const single = engine.oneInsnPerTb || (cflags & (CF_IO | CF_SINGLE)) !== 0
  const started = performance.now()
  let translation
  try {
    translation = engine.translator!.translate({
      pc,
      csBase: Number(csBase),
      flags,
      maxInsns: single || flags & SHADOW_FLAGS ? 1 : Math.floor(cflags / CF_COUNT) || MAX_INSNS,
      io: (cflags & CF_IO) !== 0,
      breakpoints: cflags & CF_DEBUG ? engine.breakpoints : null,
    })
  } catch (error) {
    return cannotFetch(vcpu, pc, csBase, error)
  }
  const { ip, id } = engine.tbs.reserve(bytecodeBound(translation.ctx))
  const code = engine.writer.write(translation.ctx, engine.memory.memory.buffer, ip, id, translation.icount)
  const pages = translation.volatile ? [] : pagesOf(vcpu, host, translation.pages)
  const tb: TranslationBlock = {
    id,
    pc,
    eip: code.pc,
    csBase,
    flags,
    cflags: translation.volatile ? cflags | CF_IO : cflags,
    host: host > 1 ? host : 0,
    codeSize: translation.size,
    pages,
    icount: translation.icount,
    ip,
    size: code.size,
    insns: code.insns,
    chains: code.chains,
    jumpsIn: [],
    valid: true,
  }
  // These are never compiled; to be told that one is hot would end a single step before its instruction.
  engine.memory.u32[(ip + TB_COUNT) >> 2] = tb.cflags !== 0 ? HOT_COUNT : HOT_COUNT - engine.hot.executions
  engine.tbs.add(tb)
  // New code is slow to begin with: a turn of it would last for hundreds of milliseconds. This block is still executed.
  const now = performance.now()
  engine.counts.translation += now - started
  if (now >= vcpu.turnEnds) vcpu.cpu.exitRequest = true
  if (--vcpu.newBlocks <= 0) {
    // Nothing comes behind it unseen, whichever back end has filled the cache of blocks.
    vcpu.cpu.exitRequest = true
    engine.module.tbJmpCacheClear(vcpu.env)
  }
  return tb
}

/** Trap flag, interrupt shadow, the guest's breakpoints and resume flag hold for one instruction. */
const SHADOW_FLAGS = 0x100 | 0x8 | 0x100_0000 | 0x1_0000

/** The pages of RAM behind the linear addresses of a block's pages. */
function pagesOf(vcpu: Vcpu, host: number, linear: readonly number[]): number[] {
  const pages = [host >>> 12]
  if (linear.length > 1) {
    const second = vcpu.module.codeHost(vcpu.env, BigInt.asUintN(64, BigInt(linear[1]!))) >>> 0
    pages.push(second >>> 12)
  }
  return pages
}

function cannotFetch(vcpu: Vcpu, pc: number, csBase: bigint, error: unknown): null {
  if (error instanceof FetchFault) {
    if (tcgCpuOps().doInterrupt(vcpu) === EXCP_HLT) halt(vcpu)
    return NONE
  }
  if (!(error instanceof NoMemoryThere)) throw error
  const at = `RIP 0x${BigInt.asUintN(64, BigInt(pc) - csBase).toString(16)}, CS base 0x${csBase.toString(16)}`
  const { cpu } = vcpu
  const reason = `CPU ${cpu.cpuIndex}: Trying to execute code outside RAM or ROM at ${at} (no memory there)`
  errorReport(reason)
  cpuStopWithInternalError(cpu, reason)
  return NONE
}

/** Runs a block and what is chained to it. @qemu accel/tcg/cpu-exec.c cpu_tb_exec */
function execute(vcpu: Vcpu, tb: TranslationBlock): number {
  vcpu.setU32(ENV_EXIT_TB, tb.id)
  const status = vcpu.module.tcgQemuTbExec(vcpu.env, tb.ip)
  vcpu.setU32(ENV_CAN_DO_IO, 0)
  return status
}

function handleExit(vcpu: Vcpu, status: number): Outcome {
  switch (status) {
    case EXIT_HOT:
    case EXIT_REQUEST: {
      const tb = vcpu.engine.tbs.byId(vcpu.getU32(ENV_EXIT_TB))!
      tcgCpuOps().setPc(vcpu, tb.eip)
      if (status === EXIT_HOT) vcpu.engine.hot.add(vcpu, tb)
      return STAY
    }
    case EXIT_LOOKUP:
    case EXIT_CHAIN0:
    case EXIT_CHAIN1:
      return STAY
    case EXIT_EXCEPTION:
      cpuRestoreState(vcpu)
      return cpuHandleException(vcpu)
    case EXIT_STOP:
      return cpuHandleException(vcpu)
    case EXIT_IO:
    case EXIT_SMC:
      cpuRestoreState(vcpu)
      return executeAlone(vcpu)
    default:
      throw new Error(`Translated code came back with status ${status}`)
  }
}

/** The instruction that stopped is executed as a block of its own. @qemu accel/tcg/translate-all.c cpu_io_recompile */
function executeAlone(vcpu: Vcpu): Outcome {
  const tb = tbFindHere(vcpu, CF_IO)
  if (tb === NONE) return vcpu.cpu.stop ? EXCP_INTERRUPT : STAY
  const status = execute(vcpu, tb)
  if (status === EXIT_IO || status === EXIT_SMC) throw new Error('A block of its own cannot access a device')
  if (status === EXIT_CHAIN0 || status === EXIT_CHAIN1) {
    tcgCpuOps().setPc(vcpu, tb.chains[status - EXIT_CHAIN0]!.pc)
    return STAY
  }
  return handleExit(vcpu, status)
}

/** The registers become those of the start of the instruction that was left. @qemu accel/tcg/translate-all.c cpu_restore_state */
function cpuRestoreState(vcpu: Vcpu): void {
  const ip = vcpu.getU32(ENV_EXIT_IP)
  const tb = vcpu.engine.tbs.byBytecode(ip)
  if (!tb) throw new Error('Bytecode of no block was left')
  const { index, pc, word } = insnAt(tb.insns, tb.eip, ip - tb.ip)
  tcgCpuOps().restoreStateToOpc(vcpu, pc, word)
  // What was not executed of the block is given back.
  const left = vcpu.getU32(ENV_ICOUNT_DECR)
  vcpu.setU32(ENV_ICOUNT_DECR, (left & 0x8000_0000) | ((left & 0x7fff_ffff) + tb.icount - index))
}

/** @qemu accel/tcg/cpu-exec.c cpu_handle_exception */
function cpuHandleException(vcpu: Vcpu): Outcome {
  const outcome = tcgCpuOps().doInterrupt(vcpu)
  if (outcome === EXCP_HLT) return halt(vcpu)
  return outcome
}

/** The CPU sleeps. */
function halt(vcpu: Vcpu): Outcome {
  vcpu.cpu.halted = true
  return EXCP_HLT
}

/** @qemu accel/tcg/cpu-exec.c cpu_handle_debug_exception */
function watchpointHit(vcpu: Vcpu): Outcome {
  vcpu.cpu.watchpointHit = vcpu.cpu.watchpoints[vcpu.getU32(ENV_WATCH_HIT) - 1] ?? null
  vcpu.setU32(ENV_WATCH_HIT, 0)
  return EXCP_DEBUG
}
