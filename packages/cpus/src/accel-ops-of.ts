// SPDX-License-Identifier: GPL-2.0-or-later
import type { AccelOps } from './accel-ops.js'
import type { CPUState } from './cpu-state.js'

/** The table of the accelerator that runs the CPU's machine, null before one is chosen. */
export function accelOpsOf(cpu: CPUState): AccelOps | null {
  return cpu.system.accel?.qomClass.ops ?? null
}
