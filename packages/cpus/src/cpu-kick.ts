// SPDX-License-Identifier: GPL-2.0-or-later
import { accelOpsOf } from './accel-ops-of.js'
import type { CPUState } from './cpu-state.js'
import type { SystemState } from './system-state.js'

/**
 * Makes the CPU's thread look at its state: wakes it if it sleeps, takes it out of guest code if it runs.
 * @qemu softmmu/cpus.c qemu_cpu_kick
 */
export function qemuCpuKick(cpu: CPUState): void {
  cpu.haltCond.broadcast()
  accelOpsOf(cpu)?.kickVcpuThread?.(cpu)
}

/** @qemu softmmu/cpus.c qemu_cpu_is_self */
export function qemuCpuIsSelf(cpu: CPUState): boolean {
  return cpu.system.currentCpu === cpu
}

/**
 * Asks the CPU to leave its inner loop.
 * @qemu hw/core/cpu-common.c cpu_exit
 */
export function cpuExit(cpu: CPUState): void {
  cpu.exitRequest = true
}

/**
 * The CPU whose turn it is stops, so that the guest does not go on past the instruction that asked for it.
 *
 * @qemu softmmu/cpus.c cpu_stop_current
 * @differs the CPU is asked to stop and counts as stopped when KVM has finished the instruction: whoever then reads
 * its registers cannot wait for it
 */
export function cpuStopCurrent(system: SystemState): void {
  const cpu = system.currentCpu
  if (!cpu || !qemuCpuIsSelf(cpu)) return
  cpu.stop = true
  cpuExit(cpu)
}
