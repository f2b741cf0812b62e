// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from './system-state.js'

/**
 * Notes what an interrupt controller made of a raised line: positive when CPUs took it, 0 when it fell together with one that
 * was still pending, negative when it is masked.
 * @qemu hw/intc/apic_common.c apic_report_irq_delivered
 */
export function apicReportIrqDelivered(system: SystemState, delivered: number): void {
  system.apicIrqDelivered += delivered
}

/** Begins to count anew. @qemu hw/intc/apic_common.c apic_reset_irq_delivered */
export function apicResetIrqDelivered(system: SystemState): void {
  system.apicIrqDelivered = 0
}

/**
 * What was noted since {@link apicResetIrqDelivered}; 0 means that an interrupt raised since was lost.
 * @qemu hw/intc/apic_common.c apic_get_irq_delivered
 */
export function apicGetIrqDelivered(system: SystemState): number {
  return system.apicIrqDelivered
}
