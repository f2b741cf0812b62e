// SPDX-License-Identifier: GPL-2.0-or-later
import { ISA_NUM_IRQS } from '@dromaius/hw-core'
import { type IRQHandler, type qemu_irq, qemuSetIrq } from '@dromaius/util'

/** Lines that a machine's global system interrupts lead to. @qemu include/hw/i386/x86.h GSIState */
export interface GSIState {
  /** Lines of the two 8259As; empty for a machine without. */
  i8259Irq: qemu_irq[]
  ioapicIrq: qemu_irq[]
}

/**
 * What drives a global system interrupt where the controllers are emulated: both kinds of them see the first sixteen.
 * @qemu hw/i386/x86.c gsi_handler
 */
export function gsiHandler(s: GSIState): IRQHandler {
  return (n, level) => {
    if (n < ISA_NUM_IRQS) qemuSetIrq(s.i8259Irq[n] ?? null, level)
    qemuSetIrq(s.ioapicIrq[n] ?? null, level)
  }
}
