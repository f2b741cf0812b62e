// SPDX-License-Identifier: GPL-2.0-or-later
//
// Values of QEMU's include/exec/cpu-common.h, include/hw/core/cpu.h and target/i386/cpu.h that pass between layers.

/** cpu_exec returned: asynchronous interruption of the loop. */
export const EXCP_INTERRUPT = 0x10000
/** The CPU halted, and something outside the accelerator has to wake it. */
export const EXCP_HLT = 0x10001
/** A breakpoint, watchpoint or single step. */
export const EXCP_DEBUG = 0x10002
/** The CPU is halted already. */
export const EXCP_HALTED = 0x10003

/** An external interrupt is pending. */
export const CPU_INTERRUPT_HARD = 0x0002
/** Leave the inner loop: nothing else is meant. */
export const CPU_INTERRUPT_EXITTB = 0x0004
export const CPU_INTERRUPT_HALT = 0x0020
export const CPU_INTERRUPT_DEBUG = 0x0080
/** x86: the local APIC has something to look at. */
export const CPU_INTERRUPT_POLL = 0x0008
export const CPU_INTERRUPT_SMI = 0x0040
export const CPU_INTERRUPT_NMI = 0x0200
export const CPU_INTERRUPT_VIRQ = 0x0010
export const CPU_INTERRUPT_SIPI = 0x0800
export const CPU_INTERRUPT_TPR = 0x2000
export const CPU_INTERRUPT_MCE = 0x1000
/** x86: INIT; QEMU's other name for the bit is CPU_INTERRUPT_RESET. */
export const CPU_INTERRUPT_INIT = 0x0400

/** Breakpoint and watchpoint flags. */
export const BP_MEM_READ = 0x01
export const BP_MEM_WRITE = 0x02
export const BP_MEM_ACCESS = BP_MEM_READ | BP_MEM_WRITE
export const BP_GDB = 0x10
export const BP_WATCHPOINT_HIT_READ = 0x40
export const BP_WATCHPOINT_HIT_WRITE = 0x80

/** Kinds of breakpoints as the remote protocol's Z packets number them. */
export const GDB_BREAKPOINT_SW = 0
export const GDB_BREAKPOINT_HW = 1
export const GDB_WATCHPOINT_WRITE = 2
export const GDB_WATCHPOINT_READ = 3
export const GDB_WATCHPOINT_ACCESS = 4
export type GdbBreakpointType = 0 | 1 | 2 | 3 | 4

/** Single step one instruction. */
export const SSTEP_ENABLE = 0x1
/** Keep interrupts out while stepping. */
export const SSTEP_NOIRQ = 0x2

/** How much of the register state goes to the accelerator. */
export const KVM_PUT_RUNTIME_STATE = 1
/** After a reset: what is reset as well. */
export const KVM_PUT_RESET_STATE = 2
/** After init or loading a snapshot: everything. */
export const KVM_PUT_FULL_STATE = 3
export type KvmPutState = 1 | 2 | 3
