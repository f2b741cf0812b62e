// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * PC chips: port 92, and the interrupt controllers, timer and clock that KVM keeps in the kernel.
 * @packageDocumentation
 */
export { type GSIState, gsiHandler } from './gsi.js'
export { KVMAPICState, TYPE_KVM_APIC } from './kvm/apic.js'
export { kvmclockCreate, KVMClockState, TYPE_KVM_CLOCK } from './kvm/clock.js'
export { kvmPitGet, KVMPITState, TYPE_KVM_I8254 } from './kvm/i8254.js'
export { kvmI8259Init, kvmPicGet, TYPE_KVM_I8259 } from './kvm/i8259.js'
export {
  kvmIoapicGet,
  KVMIOAPICState,
  kvmPcGsiHandler,
  kvmPcSetupIrqRouting,
  TYPE_KVM_IOAPIC,
} from './kvm/ioapic.js'
export type { IrqRoutes } from './kvm/ioapic.js'
export { kvmSplitIoapic } from './kvm/split-ioapic.js'
export { Port92State, port92SetupA20Line, TYPE_PORT92 } from './port92.js'
