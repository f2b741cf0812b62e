// SPDX-License-Identifier: GPL-2.0-or-later
//
// QEMU's hw/core/cpu-common.c and cpu.c: what all CPUs do alike when they are realized, reset and interrupted.

import { resettableReset } from '@dromaius/qom'
import { accelCpuCommonRealize, accelCpuCommonUnrealize } from './accel-cpu.js'
import { accelOpsOf } from './accel-ops-of.js'
import { qemuCpuIsSelf, qemuCpuKick } from './cpu-kick.js'
import { type CPUState, UNASSIGNED_CPU_INDEX } from './cpu-state.js'

/**
 * The part of a CPU's realize that does not depend on its architecture: the accelerator's part, then the CPU joins
 * the machine's list.
 * @qemu cpu.c cpu_exec_realizefn
 */
export function cpuExecRealizefn(cpu: CPUState): void {
  accelCpuCommonRealize(cpu)
  cpuListAdd(cpu)
}

/** @qemu cpu.c cpu_exec_unrealizefn */
export function cpuExecUnrealizefn(cpu: CPUState): void {
  cpuListRemove(cpu)
  accelCpuCommonUnrealize(cpu)
}

/** Gives the CPU the lowest free index and its place in the list. @qemu cpus-common.c cpu_list_add */
export function cpuListAdd(cpu: CPUState): void {
  const { cpus } = cpu.system
  if (cpu.cpuIndex === UNASSIGNED_CPU_INDEX) cpu.cpuIndex = cpuGetFreeIndex(cpu)
  const before = cpus.findIndex((other) => other.cpuIndex > cpu.cpuIndex)
  cpus.splice(before < 0 ? cpus.length : before, 0, cpu)
}

/** @qemu cpus-common.c cpu_get_free_index */
function cpuGetFreeIndex(cpu: CPUState): number {
  const taken = new Set(cpu.system.cpus.map((other) => other.cpuIndex))
  let index = 0
  while (taken.has(index)) index++
  return index
}

/** @qemu cpus-common.c cpu_list_remove */
export function cpuListRemove(cpu: CPUState): void {
  const { cpus } = cpu.system
  const index = cpus.indexOf(cpu)
  if (index < 0) return
  cpus.splice(index, 1)
  cpu.cpuIndex = UNASSIGNED_CPU_INDEX
  if (cpu.system.currentCpu === cpu) cpu.system.currentCpu = null
  if (cpu.system.debugCpu === cpu) cpu.system.debugCpu = null
}

/** The machine's CPU with this index, or null. @qemu cpus-common.c qemu_get_cpu */
export function qemuGetCpu(cpu: CPUState | { system: CPUState['system'] }, index: number): CPUState | null {
  return cpu.system.cpus.find((other) => other.cpuIndex === index) ?? null
}

/**
 * Resets the CPU through its class's reset phases.
 * @qemu hw/core/cpu-common.c cpu_reset
 */
export function cpuReset(cpu: CPUState): void {
  resettableReset(cpu, 'cold')
}

/**
 * The reset of what all CPUs have; each architecture's own reset calls it first.
 * @qemu hw/core/cpu-common.c cpu_common_reset
 */
export function cpuCommonReset(cpu: CPUState): void {
  cpu.interruptRequest = 0
  cpu.halted = cpu.startPoweredOff
  cpu.exceptionIndex = -1
  cpu.crashOccurred = false
  cpu.exitRequest = false
}

/**
 * Notes an interrupt for the CPU and makes its thread look at it.
 * @qemu softmmu/cpus.c cpu_interrupt
 */
export function cpuInterrupt(cpu: CPUState, mask: number): void {
  const ops = accelOpsOf(cpu)
  if (ops?.handleInterrupt) ops.handleInterrupt(cpu, mask)
  else genericHandleInterrupt(cpu, mask)
}

/** @qemu softmmu/cpus.c generic_handle_interrupt */
export function genericHandleInterrupt(cpu: CPUState, mask: number): void {
  cpu.interruptRequest |= mask
  if (!qemuCpuIsSelf(cpu)) qemuCpuKick(cpu)
}

/** @qemu hw/core/cpu-common.c cpu_reset_interrupt */
export function cpuResetInterrupt(cpu: CPUState, mask: number): void {
  cpu.interruptRequest &= ~mask
}
