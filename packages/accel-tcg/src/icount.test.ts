// SPDX-License-Identifier: GPL-2.0-or-later
import '@dromaius/target-i386/tcg'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  cpuSynchronizeAllPostInit,
  cpuSynchronizeState,
  Icount,
  qemuSystemReset,
  SystemState,
  vmStart,
  vmStop,
} from '@dromaius/cpus'
import {
  addressSpaceWrite,
  MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionInitRam,
} from '@dromaius/memory'
import { qdevRealize, qdevUnrealize } from '@dromaius/qom'
import { type X86CPU, x86CpuCreate } from '@dromaius/target-i386'
import { QEMUTimer } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_TCG_ACCEL } from './index.js'

const RAM_SIZE = 0x10_0000
/** incl %eax, in real mode. */
const INC = [0x66, 0x40]
const HLT = 0xf4
/** Instructions after which a loop is compiled at the latest: 200 turns, and the executions that make it hot. */
const COMPILED = 24_000_000
const RDTSC = [0x0f, 0x31]

/** Runs `code` at 0:1000 in real mode; timers fire at the given times, and the last one ends the run. */
async function run(
  code: readonly number[],
  shift: number,
  timesNs: readonly number[],
  atTimer: (cpu: X86CPU, icount: Icount) => void,
  compile = true,
): Promise<void> {
  const system = new SystemState()
  const icount = (system.icount = new Icount(system, { shift, sleep: false }))
  configureAccelerators(system, [{ name: 'tcg', properties: { 'x-compile': compile ? 'on' : 'off' } }])
  const ram = new MemoryRegion()
  memoryRegionInitRam(ram, null, 'ram', RAM_SIZE, system.accel!.ramAllocator!)
  memoryRegionAddSubregion(system.systemMemory, 0, ram)
  const cpu = x86CpuCreate(system, 'qemu64-x86_64-cpu', {
    props: [],
    plusFeatures: [],
    minusFeatures: ['apic'],
  })
  cpu.checkCpuid = false
  cpu.apicId = 0
  qdevRealize(cpu, null, system.root)
  addressSpaceWrite(system.addressSpaceMemory, 0x1000, Uint8Array.from(code))
  qemuSystemReset(system, 'none')
  cpu.env.segs[1]!.selector = 0
  cpu.env.segs[1]!.base = 0n
  cpu.env.eip = 0x1000n
  cpu.env.regs.fill(0n)
  cpuSynchronizeAllPostInit(system)
  let left = timesNs.length
  const over = new Promise<void>((resolve) => {
    for (const time of timesNs) {
      const timer = new QEMUTimer(system.clocks.virtual, () => {
        cpuSynchronizeState(cpu)
        atTimer(cpu, icount)
        if (--left === 0) void vmStop(system, 'paused').then(resolve)
      })
      timer.modNs(BigInt(time))
    }
  })
  vmStart(system)
  await over
  if (compile && icount.getRaw() > COMPILED)
    expect(TYPE_TCG_ACCEL.cast(system.accel!).engine!.hot.counts.functions).toBeGreaterThan(0)
  await cpuRemoveSync(cpu)
  qdevUnrealize(cpu)
  accelExitMachine(system)
  system.clocks.destroy()
}

describe('-icount', () => {
  // A loop of 31 INC and a JMP: EAX tells how many instructions were executed.
  const loop = [...Array.from({ length: 31 }, () => INC).flat(), 0xeb, 0xc0]
  const eaxAfter = (insns: number): bigint => BigInt(Math.floor(insns / 32) * 31 + Math.min(insns % 32, 31))

  it.each([true, false])('timers fire at their instruction (compiled: %s)', async (compile) => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 500_000 }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 0, max: 10 }), async (insns, shift) => {
        const warm = compile ? COMPILED : 0
        const sorted = insns.map((n) => warm + n).sort((a, b) => a - b)
        const seen: [number, bigint][] = []
        await run(
          loop,
          shift,
          // Any time from behind the instruction before up to that of the instruction.
          sorted.map((n, i) => n * 2 ** shift - (i % 2 === 0 ? 0 : 2 ** shift - 1)),
          (cpu, icount) => seen.push([icount.getRaw(), cpu.env.regs[0]!]),
          compile,
        )
        expect(seen).toEqual(sorted.map((n) => [n, eaxAfter(n)]))
      }),
      { numRuns: 8 },
    )
  })

  it('compiled code counts as the interpreter does', async () => {
    const ends: bigint[] = []
    for (const compile of [true, false])
      await run(loop, 3, [(COMPILED + 1) * 8], (cpu) => ends.push(cpu.env.regs[0]!), compile)
    expect(ends).toEqual([eaxAfter(COMPILED + 1), eaxAfter(COMPILED + 1)])
  })

  it('the time stamp counter tells the instructions so far, its own among them', async () => {
    const values: bigint[] = []
    // Nine INC, RDTSC, HLT.
    const code = [...Array.from({ length: 9 }, () => INC).flat(), ...RDTSC, HLT]
    await run(code, 4, [1_000_000], (cpu) => values.push(cpu.env.regs[0]!))
    expect(values).toEqual([160n])
  })

  it('the clock of an idle machine jumps to the next timer', async () => {
    const times: bigint[] = []
    const started = process.hrtime.bigint()
    // A year each.
    const year = 365 * 86_400e9
    await run([HLT], 0, [year / 4, year / 2], (_cpu, icount) => times.push(icount.getNs()))
    expect(times).toEqual([BigInt(year / 4), BigInt(year / 2)])
    expect(process.hrtime.bigint() - started).toBeLessThan(BigInt(year / 4))
  })
})
