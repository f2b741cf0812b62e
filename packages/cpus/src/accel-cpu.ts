// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from './cpu-state.js'

/**
 * An accelerator's hooks in the life of one target's CPUs.
 * @qemu include/hw/core/accel-cpu.h AccelCPUClass
 */
export interface AccelCpu {
  /** Part of `cpuExecRealizefn`: what the accelerator sets or checks before the CPU joins the list. */
  cpuTargetRealize?(cpu: CPUState): void
}

const accelCpus = new Map<string, AccelCpu>()

/** Makes `hooks` those of the accelerator, by its name as in `-accel`; called when a module is loaded. */
export function registerAccelCpu(accelName: string, hooks: AccelCpu): void {
  accelCpus.set(accelName, hooks)
}

/**
 * The accelerator's part in realizing a CPU: the target's hooks first, then its own.
 * @qemu accel/accel-common.c accel_cpu_realizefn
 * @differs today's name is accel_cpu_common_realize
 */
export function accelCpuCommonRealize(cpu: CPUState): void {
  const { accel } = cpu.system
  if (!accel) return
  accelCpus.get(accel.name)?.cpuTargetRealize?.(cpu)
  accel.qomClass.cpuCommonRealize?.(cpu)
}

/**
 * The accelerator's part when a CPU goes.
 * @qemu cpu.c cpu_exec_unrealizefn
 * @differs today's name is accel_cpu_common_unrealize; QEMU 7.2 calls the translator's by name
 */
export function accelCpuCommonUnrealize(cpu: CPUState): void {
  cpu.system.accel?.qomClass.cpuCommonUnrealize?.(cpu)
}
