// SPDX-License-Identifier: GPL-2.0-or-later
import { CPU_INTERRUPT_HARD, cpuInterrupt, cpuResetInterrupt, type SystemState } from '@dromaius/cpus'
import { type X86CPU, X86_CPU } from '@dromaius/target-i386'
import { type IRQState, qemuAllocateIrq } from '@dromaius/util'

/** Machines whose 8259s want the processors' attention. */
const raised = new WeakSet<SystemState>()

/** Whether the 8259s hold their line up. @qemu hw/intc/i8259.c pic_get_output */
export function picOutput(system: SystemState): boolean {
  return raised.has(system)
}

function toProcessor(cpu: X86CPU, level: number): void {
  const { apicState } = cpu
  if (apicState?.deliverPicIntr) apicState.deliverPicIntr(level)
  else if (cpu.cpuIndex === 0) {
    if (level) cpuInterrupt(cpu, CPU_INTERRUPT_HARD)
    else cpuResetInterrupt(cpu, CPU_INTERRUPT_HARD)
  }
}

/** @qemu hw/i386/x86.c pic_irq_request */
function picIrqRequest(system: SystemState, level: number): void {
  if (level) raised.add(system)
  // It was down already: nobody has to look.
  else if (!raised.delete(system)) return
  for (const cpu of system.cpus) toProcessor(X86_CPU(cpu), level)
}

/**
 * Makes the line from a pair of 8259s to the machine's processors: to LINT0 of their APICs, or to the interrupt pin of one
 * without.
 * @qemu hw/i386/x86.c x86_allocate_cpu_irq
 */
export function x86AllocateCpuIrq(system: SystemState): IRQState {
  return qemuAllocateIrq((_n, level) => picIrqRequest(system, level), 0)
}
