// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The KVM accelerator: QEMU's accel/kvm.
 *
 * @packageDocumentation
 */
export { TYPE_KVM_ACCEL } from './kvm-accel.js'
export { kvmAccelOps } from './kvm-accel-ops.js'
export { kvmCpuExec } from './kvm-cpu-exec.js'
export type { KvmCoalescedRing } from './kvm-coalesced.js'
export { kvmExitCounts, type KvmExitCounters, kvmExitName } from './kvm-exit-counters.js'
export {
  kvmInsertBreakpoint,
  kvmRemoveAllBreakpoints,
  kvmRemoveBreakpoint,
  kvmUpdateGuestDebug,
} from './kvm-guest-debug.js'
export {
  kvmIrqchipAddIrqfd,
  kvmIrqchipRemoveIrqfd,
  kvmIrqchipSendMsi,
  KvmIrqRouting,
  kvmSetIrq,
  type MSIMessage,
} from './kvm-irq-routing.js'
export { KvmMemoryListener, type KVMSlot } from './kvm-memory.js'
export { kvmHaltInKernel, kvmIrqchipInKernel, KVMState } from './kvm-state.js'
export type { KernelIrqchip, KvmListener, KVMParkedVcpu } from './kvm-state.js'
export { kvmDestroyVcpu, kvmInitCpuSignals, kvmInitVcpu } from './kvm-vcpu.js'
