// SPDX-License-Identifier: GPL-2.0-or-later
import type { GdbBreakpointType } from './constants.js'
import type { CPUState } from './cpu-state.js'

/**
 * How an accelerator runs CPUs: one table per accelerator, in a file that fits a screen.
 * @qemu include/sysemu/accel-ops.h AccelOpsClass
 */
export interface AccelOps {
  /** Creates the CPU's thread; when it returns, the CPU is created or `cpu.threadError` says why not. */
  createVcpuThread(cpu: CPUState): void
  /** Makes the CPU leave guest code. Without it a kick only wakes a sleeping thread. */
  kickVcpuThread?(cpu: CPUState): void
  /** Whether a halted CPU's thread has to sleep out here (the accelerator does not sleep by itself). */
  cpuThreadIsIdle?(cpu: CPUState): boolean

  /** Brings the registers into the CPU's object; the thread must be at rest. */
  synchronizeState?(cpu: CPUState): void
  synchronizePostReset?(cpu: CPUState): void
  synchronizePostInit?(cpu: CPUState): void
  synchronizePreLoadvm?(cpu: CPUState): void

  /** Takes note of CPU_INTERRUPT_* bits. */
  handleInterrupt?(cpu: CPUState, mask: number): void

  /** Inserts a breakpoint or watchpoint of `length` bytes; 0, or a negative errno. */
  insertBreakpoint?(cpu: CPUState, type: GdbBreakpointType, address: bigint, length: number): number
  removeBreakpoint?(cpu: CPUState, type: GdbBreakpointType, address: bigint, length: number): number
  removeAllBreakpoints?(cpu: CPUState): void
  /** Tells the accelerator about breakpoints and single-stepping. */
  updateGuestDebug?(cpu: CPUState): void
}
