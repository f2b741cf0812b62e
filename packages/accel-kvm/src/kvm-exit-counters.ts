// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmEnabled, type SystemState } from '@dromaius/cpus'
import {
  KVM_EXIT_DEBUG,
  KVM_EXIT_EXCEPTION,
  KVM_EXIT_FAIL_ENTRY,
  KVM_EXIT_HLT,
  KVM_EXIT_HYPERCALL,
  KVM_EXIT_INTERNAL_ERROR,
  KVM_EXIT_INTR,
  KVM_EXIT_IO,
  KVM_EXIT_IOAPIC_EOI,
  KVM_EXIT_IRQ_WINDOW_OPEN,
  KVM_EXIT_MMIO,
  KVM_EXIT_NMI,
  KVM_EXIT_NOTIFY,
  KVM_EXIT_SET_TPR,
  KVM_EXIT_SHUTDOWN,
  KVM_EXIT_SYSTEM_EVENT,
  KVM_EXIT_TPR_ACCESS,
  KVM_EXIT_UNKNOWN,
  KVM_EXIT_X86_BUS_LOCK,
  KVM_EXIT_X86_RDMSR,
  KVM_EXIT_X86_WRMSR,
} from '@dromaius/native'
import type { KVMState } from './kvm-state.js'

/** How often KVM_RUN returned, by KVM_EXIT_* (and `EXIT_INTERRUPTED`). */
export type KvmExitCounters = Map<number, number>

/** KVM_RUN returned because the thread was kicked. */
export const EXIT_INTERRUPTED = -1

const names = new Map<number, string>([
  [EXIT_INTERRUPTED, 'kicked'],
  [KVM_EXIT_UNKNOWN, 'unknown'],
  [KVM_EXIT_EXCEPTION, 'exception'],
  [KVM_EXIT_IO, 'io'],
  [KVM_EXIT_HYPERCALL, 'hypercall'],
  [KVM_EXIT_DEBUG, 'debug'],
  [KVM_EXIT_HLT, 'hlt'],
  [KVM_EXIT_MMIO, 'mmio'],
  [KVM_EXIT_IRQ_WINDOW_OPEN, 'irq-window-open'],
  [KVM_EXIT_SHUTDOWN, 'shutdown'],
  [KVM_EXIT_FAIL_ENTRY, 'fail-entry'],
  [KVM_EXIT_INTR, 'intr'],
  [KVM_EXIT_SET_TPR, 'set-tpr'],
  [KVM_EXIT_TPR_ACCESS, 'tpr-access'],
  [KVM_EXIT_NMI, 'nmi'],
  [KVM_EXIT_INTERNAL_ERROR, 'internal-error'],
  [KVM_EXIT_SYSTEM_EVENT, 'system-event'],
  [KVM_EXIT_IOAPIC_EOI, 'ioapic-eoi'],
  [KVM_EXIT_X86_RDMSR, 'rdmsr'],
  [KVM_EXIT_X86_WRMSR, 'wrmsr'],
  [KVM_EXIT_X86_BUS_LOCK, 'bus-lock'],
  [KVM_EXIT_NOTIFY, 'notify'],
])

/** Name of an exit reason; one that this program does not know is given by number. */
export function kvmExitName(reason: number): string {
  return names.get(reason) ?? `exit ${reason}`
}

/** How often the machine's vCPUs came out of guest code, by the reason's name, most frequent first. */
export function kvmExitCounts(system: SystemState): Map<string, number> {
  if (!kvmEnabled(system)) return new Map()
  const { exits } = system.accel as KVMState
  const rows = [...exits].sort((a, b) => b[1] - a[1])
  return new Map(rows.map(([reason, count]) => [kvmExitName(reason), count]))
}

/** Counts one exit. */
export function countExit(s: KVMState, reason: number): void {
  s.exits.set(reason, (s.exits.get(reason) ?? 0) + 1)
}
