// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import type { TCGContext } from './ir.js'
import type { TcgMemory } from './tcg-memory.js'
import type { CompileTarget } from './wasm-frame.js'
import type { WasmTable } from './webassembly.js'

/** A CPU as the translator sees it: the CPU and its block in the accelerator's memory. */
export interface TcgVcpu {
  readonly cpu: CPUState
  /** Address of the CPU's block. */
  readonly env: number
  readonly memory: TcgMemory
  readonly module: TcgModule
}

/** What the target's WebAssembly module exports, whatever the target. */
export interface TcgModule {
  /** Executes bytecode; EXIT_*. */
  tcgQemuTbExec(env: number, ip: number): number
  tlbFlush(env: number): void
  tlbFlushPage(env: number, address: bigint): void
  tlbResetDirty(env: number, host: number): void
  tbJmpCacheClear(env: number): void
  /** Brings ENV_TB_* up to date, and looks a block up by them: its bytecode's address, 0 for none. */
  lookupTbPtr(env: number): number
  jmpCachePut(env: number, ip: number): void
  codeHost(env: number, address: bigint): number
  codePfn(env: number, address: bigint): number
}

/** What the accelerator answers to its module. */
export interface TcgHost {
  ioRead(env: number, physical: number, size: number): void
  ioWrite(env: number, physical: number, size: number): void
  notdirtyWrite(env: number, host: number, size: number): number
  /** The CPU whose block is at `env`. */
  vcpuAt(env: number): TcgVcpu
}

/** Where the translator fetches code. */
export interface TcgCodeSource {
  /**
   * Address in the accelerator's memory of the byte at a linear address; 0 when it cannot be fetched (the exception is
   * noted), 1 when it comes from a device.
   */
  codeHost(linear: number): number
  /** A byte of the accelerator's memory. */
  byte(address: number): number
  /** A byte that a device gives for a linear address; -1 when nobody answers. */
  deviceByte(linear: number): number
}

/** What a block is translated for. */
export interface TcgTranslateRequest {
  /** Linear address, a number; beyond 2^63 a negative one. */
  pc: number
  csBase: number
  flags: number
  maxInsns: number
  io: boolean
  breakpoints: ReadonlySet<number> | null
}

/** A translated block; the context is good until the next one is translated. */
export interface TcgTranslation {
  ctx: TCGContext
  icount: number
  size: number
  pages: readonly number[]
  volatile: boolean
}

/** Translates the target's code. */
export interface TcgTranslator {
  /** Time in `ms` in which instructions were decoded, counted with `-d jit` alone. */
  readonly decodeMs: number
  translate(request: TcgTranslateRequest): TcgTranslation
}

/** What compiled code has to know of the target, and which blocks may be compiled together. */
export interface TcgCompileTarget extends CompileTarget {
  /** Bits of the linear address of code, by the flags of its blocks. */
  pcBits(flags: number): 32 | 64
}

/**
 * The target's side of the translator.
 * @qemu include/hw/core/tcg-cpu-ops.h TCGCPUOps
 */
export interface TCGCPUOps {
  /** Makes the module that executes the target, on a machine's memory. */
  instantiate(
    memory: TcgMemory,
    host: TcgHost,
  ): {
    module: TcgModule
    /** The module's functions: helpers, and the way into compiled blocks. */
    table: WasmTable
    compile: TcgCompileTarget
    createTranslator(source: TcgCodeSource, cpu: CPUState): TcgTranslator
  }
  /** Readies the block of a new CPU. @qemu target/i386/tcg/sysemu/tcg-cpu.c tcg_cpu_realizefn */
  initVcpu(vcpu: TcgVcpu): void
  /** Brings the registers from the block into the CPU's object, and back. */
  getRegisters(vcpu: TcgVcpu): void
  putRegisters(vcpu: TcgVcpu): void
  /** The few registers that `hasWork` looks at. */
  getRuntimeState(vcpu: TcgVcpu): void
  /** The next instruction is at `pc`. @qemu target/i386/tcg/tcg-cpu.c x86_cpu_synchronize_from_tb */
  setPc(vcpu: TcgVcpu, pc: number): void
  /** The registers as they were at an instruction's start. @qemu target/i386/tcg/tcg-cpu.c x86_restore_state_to_opc */
  restoreStateToOpc(vcpu: TcgVcpu, pc: number, word: number): void
  /** Delivers the exception that is pending; EXCP_* for the loop, or -1 to go on. @qemu target/i386/tcg/sysemu/seg_helper.c x86_cpu_do_interrupt */
  doInterrupt(vcpu: TcgVcpu): number
  /** Takes an interrupt; false when none is taken. @qemu target/i386/tcg/sysemu/seg_helper.c x86_cpu_exec_interrupt */
  execInterrupt(vcpu: TcgVcpu, interruptRequest: number): boolean
  /** Whether a halted CPU goes on. @qemu accel/tcg/cpu-exec.c cpu_handle_halt */
  execHalt(vcpu: TcgVcpu): boolean
  /** ENV_TB_* without looking anything up. */
  tbState(vcpu: TcgVcpu): void
}

const registered: { ops: TCGCPUOps | null } = { ops: null }

/** Called by the target's module when it is loaded. */
export function registerTcgCpuOps(ops: TCGCPUOps): void {
  registered.ops = ops
}

/** Throws an Error when no target's module was loaded. */
export function tcgCpuOps(): TCGCPUOps {
  if (!registered.ops) throw new Error('No target for the translator was loaded')
  return registered.ops
}
