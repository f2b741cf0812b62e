// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import type { X86CPU } from './cpu.js'

const pics = new WeakMap<SystemState, () => number>()

/** The machine's pair of 8259s acknowledges an interrupt by `readIrq`, which gives its vector. @qemu include/hw/intc/i8259.h isa_pic */
export function setIsaPic(system: SystemState, readIrq: () => number): void {
  pics.set(system, readIrq)
}

/** The vector of the 8259s' interrupt, acknowledged; -1 where there are none. @qemu hw/intc/i8259.c pic_read_irq */
export function picReadIrq(system: SystemState): number {
  return pics.get(system)?.() ?? -1
}

/**
 * Interrupt vector for the CPU, from its local APIC if that is emulated, or the 8259s; -1 for none.
 * @qemu hw/i386/x86.c cpu_get_pic_interrupt
 */
export function cpuGetPicInterrupt(cpu: X86CPU): number {
  const apic = cpu.apicState
  const vector = apic?.getInterrupt?.() ?? -1
  if (vector >= 0) return vector
  if (apic?.acceptPicIntr && !apic.acceptPicIntr()) return -1
  return picReadIrq(cpu.system)
}
