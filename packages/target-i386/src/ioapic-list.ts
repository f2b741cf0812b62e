// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'

/** An I/O APIC of the machine that is told of interrupts that ended. */
export interface IoapicEoi {
  /** The level-triggered interrupt with this vector ended. */
  eoi(vector: number): void
}

const ioapics = new WeakMap<SystemState, Set<IoapicEoi>>()

/** Adds one of the machine's I/O APICs; the returned function takes it away. @qemu hw/intc/ioapic.c ioapics */
export function ioapicListAdd(system: SystemState, ioapic: IoapicEoi): () => void {
  const list = ioapics.get(system) ?? new Set()
  ioapics.set(system, list.add(ioapic))
  return () => void list.delete(ioapic)
}

/** Tells the machine's I/O APICs that a level-triggered interrupt ended. @qemu hw/intc/ioapic.c ioapic_eoi_broadcast */
export function ioapicEoiBroadcast(system: SystemState, vector: number): void {
  for (const ioapic of ioapics.get(system) ?? []) ioapic.eoi(vector)
}
