// SPDX-License-Identifier: GPL-2.0-or-later
//
// Moving registers between the CPU objects and the accelerator (QEMU's softmmu/cpus.c). Each call is synchronous,
// so the CPU must be out of guest code: on its own turn, or paused.

import { accelOpsOf } from './accel-ops-of.js'
import type { CPUState } from './cpu-state.js'
import type { SystemState } from './system-state.js'

/** Brings the registers into the CPU's object, which is then newer. @qemu softmmu/cpus.c cpu_synchronize_state */
export function cpuSynchronizeState(cpu: CPUState): void {
  accelOpsOf(cpu)?.synchronizeState?.(cpu)
}

/** Hands the registers of a reset to the accelerator. @qemu softmmu/cpus.c cpu_synchronize_post_reset */
export function cpuSynchronizePostReset(cpu: CPUState): void {
  accelOpsOf(cpu)?.synchronizePostReset?.(cpu)
}

/** Hands all registers to the accelerator. @qemu softmmu/cpus.c cpu_synchronize_post_init */
export function cpuSynchronizePostInit(cpu: CPUState): void {
  accelOpsOf(cpu)?.synchronizePostInit?.(cpu)
}

/** @qemu softmmu/cpus.c cpu_synchronize_pre_loadvm */
export function cpuSynchronizePreLoadvm(cpu: CPUState): void {
  accelOpsOf(cpu)?.synchronizePreLoadvm?.(cpu)
}

/** @qemu softmmu/cpus.c cpu_synchronize_all_states */
export function cpuSynchronizeAllStates(system: SystemState): void {
  system.cpus.forEach(cpuSynchronizeState)
}

/** @qemu softmmu/cpus.c cpu_synchronize_all_post_reset */
export function cpuSynchronizeAllPostReset(system: SystemState): void {
  system.cpus.forEach(cpuSynchronizePostReset)
}

/** @qemu softmmu/cpus.c cpu_synchronize_all_post_init */
export function cpuSynchronizeAllPostInit(system: SystemState): void {
  system.cpus.forEach(cpuSynchronizePostInit)
}

/** @qemu softmmu/cpus.c cpu_synchronize_all_pre_loadvm */
export function cpuSynchronizeAllPreLoadvm(system: SystemState): void {
  system.cpus.forEach(cpuSynchronizePreLoadvm)
}
