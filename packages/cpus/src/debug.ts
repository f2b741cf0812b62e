// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a debugger asks of a CPU (QEMU's gdbstub and cpu.c). The CPU must be out of guest code.

import { accelOpsOf } from './accel-ops-of.js'
import type { GdbBreakpointType } from './constants.js'
import type { CPUState } from './cpu-state.js'

/** Whether the machine's accelerator can debug guests. @qemu gdbstub/softmmu.c gdb_supports_guest_debug */
export function supportsGuestDebug(cpu: CPUState): boolean {
  return accelOpsOf(cpu)?.insertBreakpoint !== undefined
}

/**
 * Sets a breakpoint or watchpoint of `length` bytes for all CPUs of the machine.
 *
 * @returns 0, or a negative errno: -ENOSYS when the accelerator or CPU has none of that kind, -ENOBUFS when they are
 * used up
 * @qemu gdbstub/softmmu.c gdb_breakpoint_insert
 */
export function gdbBreakpointInsert(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  return accelOpsOf(cpu)?.insertBreakpoint?.(cpu, type, address, length) ?? -38
}

/** @qemu gdbstub/softmmu.c gdb_breakpoint_remove */
export function gdbBreakpointRemove(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  return accelOpsOf(cpu)?.removeBreakpoint?.(cpu, type, address, length) ?? -38
}

/** @qemu gdbstub/softmmu.c gdb_breakpoint_remove_all */
export function gdbBreakpointRemoveAll(cpu: CPUState): void {
  accelOpsOf(cpu)?.removeAllBreakpoints?.(cpu)
}

/**
 * Turns single-stepping on (SSTEP_* flags) or off (0).
 * @qemu cpu.c cpu_single_step
 */
export function cpuSingleStep(cpu: CPUState, enabled: number): void {
  if (cpu.singlestepEnabled === enabled) return
  cpu.singlestepEnabled = enabled
  accelOpsOf(cpu)?.updateGuestDebug?.(cpu)
}
