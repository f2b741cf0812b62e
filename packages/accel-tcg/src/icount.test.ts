// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuSynchronizeState, type Icount, vmStart, vmStop } from '@dromaius/cpus'
import { addressSpaceWrite } from '@dromaius/memory'
import type { X86CPU } from '@dromaius/target-i386'
import { QEMUTimer } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BareMachine } from '../fixtures/bare-machine.js'

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
  const machine = new BareMachine({ shift, compile })
  const { system, cpu } = machine
  const icount = system.icount!
  addressSpaceWrite(system.addressSpaceMemory, 0x1000, Uint8Array.from(code))
  machine.reset(({ env }) => {
    env.segs[1]!.selector = 0
    env.segs[1]!.base = 0n
    env.eip = 0x1000n
    env.regs.fill(0n)
  })
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
  if (compile && icount.getRaw() > COMPILED) expect(machine.engine.hot.counts.functions).toBeGreaterThan(0)
  await machine.end()
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
