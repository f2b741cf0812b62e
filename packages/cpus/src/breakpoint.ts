// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from './cpu-state.js'

/** An address at which a CPU stops. @qemu include/hw/core/cpu.h CPUBreakpoint */
export interface CPUBreakpoint {
  pc: bigint
  /** BP_* flags. */
  flags: number
}

/** Bytes whose access stops a CPU. @qemu include/hw/core/cpu.h CPUWatchpoint */
export interface CPUWatchpoint {
  vaddr: bigint
  /** Length in bytes. */
  len: number
  /** The address that was accessed, when it was hit. */
  hitaddr: bigint
  /** BP_* flags. */
  flags: number
}

/** @qemu cpu.c cpu_breakpoint_insert */
export function cpuBreakpointInsert(cpu: CPUState, pc: bigint, flags: number): CPUBreakpoint {
  const breakpoint = { pc, flags }
  cpu.breakpoints.push(breakpoint)
  return breakpoint
}

/** Removes one; false if there is none such. @qemu cpu.c cpu_breakpoint_remove */
export function cpuBreakpointRemove(cpu: CPUState, pc: bigint, flags: number): boolean {
  const index = cpu.breakpoints.findIndex((bp) => bp.pc === pc && bp.flags === flags)
  if (index >= 0) cpu.breakpoints.splice(index, 1)
  return index >= 0
}

/** @qemu cpu.c cpu_breakpoint_remove_all */
export function cpuBreakpointRemoveAll(cpu: CPUState, mask: number): void {
  const kept = cpu.breakpoints.filter((bp) => (bp.flags & mask) === 0)
  cpu.breakpoints.splice(0, cpu.breakpoints.length, ...kept)
}
