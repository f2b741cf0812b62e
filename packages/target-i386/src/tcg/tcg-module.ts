// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { qemuGuestGetrandom } from '@dromaius/cpus'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import {
  ENV_IO_DATA,
  type TcgHost,
  type TcgMemory,
  type TcgModule,
  type TcgVcpu,
  wasm,
  type WasmImports,
  type WasmModule,
  type WasmTable,
} from '@dromaius/tcg'
import { X86_CPU } from '../cpu.js'
import { cpuGetApicTpr, cpuSetApicTpr } from '../cpu-apic-device.js'
import { cpuX86Cpuid } from '../cpuid.js'
import type { HelperTable } from './disas-context.js'
import { tcgReadMsr, tcgWriteMsr } from './tcg-msr.js'
import { tcgReadTsc } from './tcg-tsc.js'
import { X_CR, X_REGS, X_XCR0 } from './x86-layout.js'

/** What the module offers beyond what every target's does. */
export interface X86Module extends TcgModule {
  setTarget(tlbFill: number, tbState: number, unaligned: number): void
  updateMmuIndex(env: number): void
  updateBreakpoints(env: number): void
  updateSegmentFlags(env: number): void
  /** @param insn  INSN_* */
  refineFault(env: number, insn: number): void
  cpuGetTbCpuState(env: number): void
  computeEflags(env: number): number
  loadEflags(env: number, value: number, mask: number): void
  doInterruptAll(
    env: number,
    vector: number,
    isInt: number,
    error: number,
    next: bigint,
    isHw: number,
  ): number
}

const HELPER_PREFIX = 'helper_'

/** Found by the package's name, since this code may have been put into a file of another package. */
const PACKAGE_ENTRY = createRequire(import.meta.url).resolve('@dromaius/target-i386/tcg')
const WASM_FILE = new URL('../../build/x86.wasm', pathToFileURL(PACKAGE_ENTRY))

/** The compiled module, one for all machines. */
const compiled: { module: WasmModule | null } = { module: null }

function compile(): WasmModule {
  return (compiled.module ??= new wasm.Module(readFileSync(WASM_FILE)))
}

/** CPUID for EAX and ECX of the block. */
function cpuid({ cpu, env, memory }: TcgVcpu): void {
  const { view } = memory
  const at = env + X_REGS
  const leaf = view.getUint32(at, true)
  const x86 = X86_CPU(cpu)
  // OSXSAVE and the size of XSAVE's area follow these.
  x86.env.cr[4] = view.getBigUint64(env + X_CR + 4 * 8, true)
  x86.env.xcr0 = view.getBigUint64(env + X_XCR0, true)
  const regs = cpuX86Cpuid(x86, leaf, view.getUint32(at + 8, true))
  ;[regs.eax, regs.ecx, regs.edx, regs.ebx].forEach((value, n) => {
    view.setBigUint64(at + n * 8, BigInt(value >>> 0), true)
  })
}

function importsOf(memory: TcgMemory, table: WasmTable, host: TcgHost): WasmImports {
  const at = (env: number): TcgVcpu => host.vcpuAt(env)
  const data = (env: number): bigint => memory.view.getBigUint64(env + ENV_IO_DATA, true)
  const setData = (env: number, value: bigint): void =>
    memory.view.setBigUint64(env + ENV_IO_DATA, BigInt.asUintN(64, value), true)
  return {
    env: {
      memory: memory.memory,
      table,
      ioRead: host.ioRead,
      ioWrite: host.ioWrite,
      notdirtyWrite: host.notdirtyWrite,
      cpuid: (env: number) => cpuid(at(env)),
      portRead: (env: number, port: number, size: 1 | 2 | 4) =>
        addressSpaceLoad(at(env).cpu.system.addressSpaceIo, port, size),
      portWrite: (env: number, port: number, size: 1 | 2 | 4, value: number) => {
        addressSpaceStore(at(env).cpu.system.addressSpaceIo, port, value >>> 0, size)
      },
      msrRead: (env: number, index: number) => {
        const value = tcgReadMsr(X86_CPU(at(env).cpu), index >>> 0)
        if (value !== null) setData(env, value)
        return value === null ? 0 : 1
      },
      msrWrite: (env: number, index: number) => (tcgWriteMsr(at(env), index >>> 0, data(env)) ? 1 : 0),
      randomRead: (env: number) => {
        const to = env + ENV_IO_DATA
        qemuGuestGetrandom(at(env).cpu.system, memory.u8.subarray(to, to + 8))
      },
      tscRead: (env: number) => setData(env, tcgReadTsc(X86_CPU(at(env).cpu))),
      tprRead: (env: number) => cpuGetApicTpr(X86_CPU(at(env).cpu).apicState),
      tprWrite: (env: number, value: number) => cpuSetApicTpr(X86_CPU(at(env).cpu).apicState, value),
    },
  }
}

/** Instantiates the module; its helpers are in its table then, by the numbers that come back. */
export function instantiateX86(
  memory: TcgMemory,
  host: TcgHost,
): { module: X86Module; table: WasmTable; helpers: HelperTable } {
  const table = new wasm.Table({ initial: 8, element: 'anyfunc' })
  const { exports } = new wasm.Instance(compile(), importsOf(memory, table, host))
  const module = exports as unknown as X86Module
  const helpers: Record<string, number> = {}
  for (const [name, value] of Object.entries(exports)) {
    if (name.startsWith(HELPER_PREFIX)) helpers[name.slice(HELPER_PREFIX.length)] = place(table, value)
  }
  module.setTarget(
    place(table, exports.x86TlbFill),
    place(table, exports.cpuGetTbCpuState),
    place(table, exports.x86CpuDoUnalignedAccess),
  )
  return { module, table, helpers }
}

function place(table: WasmTable, value: unknown): number {
  const index = table.grow(1)
  table.set(index, value)
  return index
}
