// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest'
import { cpuBreakpointInsert, cpuBreakpointRemove, cpuBreakpointRemoveAll } from './breakpoint.js'
import { BP_GDB } from './constants.js'
import { CPUState, TYPE_CPU } from './cpu-state.js'
import { typeRegister } from '@dromaius/qom'

const BP_CPU = 0x20
const TYPE_BREAKPOINT_CPU = typeRegister({
  name: 'breakpoint-test-cpu',
  parent: TYPE_CPU,
  instance: CPUState,
})

it('breakpoints are removed by address and flags, both', () => {
  const cpu = TYPE_BREAKPOINT_CPU.new()
  cpuBreakpointInsert(cpu, 0x1000n, BP_GDB)
  cpuBreakpointInsert(cpu, 0x1000n, BP_CPU)

  expect(cpuBreakpointRemove(cpu, 0x2000n, BP_GDB)).toBe(false)
  expect(cpuBreakpointRemove(cpu, 0x1000n, BP_CPU)).toBe(true)
  expect(cpuBreakpointRemove(cpu, 0x1000n, BP_CPU)).toBe(false)

  expect(cpu.breakpoints).toEqual([{ pc: 0x1000n, flags: BP_GDB }])
})

it('all breakpoints of a kind go at once', () => {
  const cpu = TYPE_BREAKPOINT_CPU.new()
  cpuBreakpointInsert(cpu, 1n, BP_GDB)
  cpuBreakpointInsert(cpu, 2n, BP_CPU)
  cpuBreakpointInsert(cpu, 3n, BP_GDB)

  cpuBreakpointRemoveAll(cpu, BP_GDB)

  expect(cpu.breakpoints.map((bp) => bp.pc)).toEqual([2n])
})
