// SPDX-License-Identifier: GPL-2.0-or-later
import type { X86CPU } from '../cpu.js'

/**
 * The time stamp counter: the virtual clock in ns, so that it runs at 1 GHz, plus what the guest wrote.
 * @qemu target/i386/tcg/misc_helper.c helper_rdtsc
 * @differs QEMU gives the host's own counter; a counter that the guest's timers agree with can be calibrated
 */
export function tcgReadTsc(cpu: X86CPU): bigint {
  return cpu.system.clocks.virtual.getNs() + cpu.env.tscAdjust
}

/** Frequency of the counter, kHz. */
export const TCG_TSC_KHZ = 1_000_000

/** Virtual time in ns at which the counter gets to a value, 64 bits. */
export function tcgTscTime(cpu: X86CPU, tsc: bigint): bigint {
  return tsc - cpu.env.tscAdjust
}
