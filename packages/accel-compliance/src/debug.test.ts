// SPDX-License-Identifier: GPL-2.0-or-later
//
// Guest debug on every accelerator that has it: breakpoints, watchpoints, single steps.

import {
  cpuSingleStep,
  GDB_BREAKPOINT_HW,
  GDB_BREAKPOINT_SW,
  GDB_WATCHPOINT_WRITE,
  gdbBreakpointInsert,
  gdbBreakpointRemove,
  gdbBreakpointRemoveAll,
  SSTEP_ENABLE,
  vmStart,
} from '@dromaius/cpus'
import { describe, expect, it } from 'vitest'
import { accelerators, titleOf } from './accelerators.js'
import { type ComplianceMachine, debugLabels, DONE } from './compliance-machine.js'
import { runOn } from './run-on.js'

const labels = debugLabels()

/** Lets the machine run until it has stopped for the debugger. */
async function untilDebug(machine: ComplianceMachine): Promise<number> {
  machine.start()
  vmStart(machine.system)
  while (!machine.system.runState.is('debug')) await new Promise(setImmediate)
  return machine.pc()
}

/** Goes on over the breakpoint where the CPU stands: one step without it. */
async function stepOver(machine: ComplianceMachine): Promise<number> {
  cpuSingleStep(machine.bootCpu, SSTEP_ENABLE)
  const pc = await untilDebug(machine)
  cpuSingleStep(machine.bootCpu, 0)
  return pc
}

for (const accel of accelerators.filter(({ debugs }) => debugs)) {
  const run = runOn(accel.name)

  describe.skipIf(accel.unavailable !== null)(`guest debug on ${titleOf(accel)}`, () => {
    it('hardware breakpoints stop the CPU at each of their addresses', () =>
      run({ program: 'debug' }, async (machine) => {
        const cpu = machine.bootCpu
        expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, BigInt(labels.second), 1)).toBe(0)
        expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, BigInt(labels.finish), 1)).toBe(0)
        expect(await untilDebug(machine)).toBe(labels.second)
        expect(machine.system.debugCpu).toBe(cpu)
        expect(cpu.env.regs[0] & 0xffffn).toBe(1n)
        expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_HW, BigInt(labels.second), 1)).toBe(0)
        expect(await untilDebug(machine)).toBe(labels.finish)
        expect(machine.readDword(0x800)).toBe(10)
        gdbBreakpointRemoveAll(cpu)
        vmStart(machine.system)
        await machine.untilSent(DONE)
      }))

    it('a breakpoint in a loop is hit in every round', () =>
      run({ program: 'debug' }, async (machine) => {
        const cpu = machine.bootCpu
        const at = BigInt(labels.loop_start)
        gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, at, 1)
        for (let round = 0; round < 10; round++) {
          expect(await untilDebug(machine)).toBe(labels.loop_start)
          expect(machine.readDword(0x800)).toBe(round)
          gdbBreakpointRemove(cpu, GDB_BREAKPOINT_HW, at, 1)
          await stepOver(machine)
          gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, at, 1)
        }
        gdbBreakpointRemoveAll(cpu)
        vmStart(machine.system)
        await machine.untilSent(DONE)
      }))

    it('single steps go from instruction to instruction', () =>
      run({ program: 'debug' }, async (machine) => {
        const cpu = machine.bootCpu
        gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, BigInt(labels.first), 1)
        expect(await untilDebug(machine)).toBe(labels.first)
        gdbBreakpointRemoveAll(cpu)
        const seen = [await stepOver(machine), await stepOver(machine), await stepOver(machine)]
        expect(seen).toEqual([labels.second, labels.third, labels.store])
        expect(cpu.env.regs[0] & 0xffffn).toBe(3n)
      }))

    it.runIf(accel.accel === 'kvm')(
      'a fifth hardware breakpoint is refused, a removed one is not known',
      () =>
        run({ program: 'debug' }, async (machine) => {
          const cpu = machine.bootCpu
          for (let i = 0n; i < 4n; i++) expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, i, 1)).toBe(0)
          expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_HW, 4n, 1)).toBe(-105)
          expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_HW, 9n, 1)).toBe(-2)
          expect(gdbBreakpointInsert(cpu, GDB_WATCHPOINT_WRITE, 0n, 3)).toBe(-22)
        }),
    )

    it.runIf(accel.accel === 'tcg')(
      'breakpoints are as many as one likes, and the guest sees none of them',
      () =>
        run({ program: 'debug' }, async (machine) => {
          const cpu = machine.bootCpu
          const at = BigInt(labels.third)
          const before = machine.readDword(labels.third)
          for (let i = 0n; i < 9n; i++) expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_SW, i, 1)).toBe(0)
          expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(machine.readDword(labels.third)).toBe(before)
          expect(await untilDebug(machine)).toBe(labels.third)
          expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(-2)
          expect(gdbBreakpointInsert(cpu, GDB_WATCHPOINT_WRITE, 0n, 0)).toBe(-22)
          machine.start()
          vmStart(machine.system)
          await machine.untilSent(DONE)
        }),
    )

    it.runIf(accel.accel === 'tcg')('a watchpoint stops the CPU behind the access', () =>
      run({ program: 'debug' }, async (machine) => {
        const cpu = machine.bootCpu
        expect(gdbBreakpointInsert(cpu, GDB_WATCHPOINT_WRITE, 0x900n, 4)).toBe(0)
        expect(await untilDebug(machine)).toBe(labels.after_store)
        expect(cpu.watchpointHit?.vaddr).toBe(0x900n)
        gdbBreakpointRemoveAll(cpu)
        vmStart(machine.system)
        await machine.untilSent(DONE)
      }),
    )

    it.runIf(accel.accel === 'kvm')(
      'a software breakpoint replaces a byte of guest memory until it is removed',
      () =>
        run({ program: 'debug' }, async (machine) => {
          const cpu = machine.bootCpu
          const at = BigInt(labels.third)
          const before = machine.readDword(labels.third)
          expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(gdbBreakpointInsert(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(machine.readDword(labels.third) & 0xff).toBe(0xcc)
          expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(machine.readDword(labels.third) & 0xff).toBe(0xcc)
          expect(gdbBreakpointRemove(cpu, GDB_BREAKPOINT_SW, at, 1)).toBe(0)
          expect(machine.readDword(labels.third)).toBe(before)
          machine.start()
          await machine.untilSent(DONE)
        }),
    )
  })
}
