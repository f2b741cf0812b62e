// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * PC chips: port 92, and the interrupt controllers, timer and clock that KVM keeps in the kernel.
 * @packageDocumentation
 */
export { APICState, TYPE_APIC } from './apic/apic.js'
export { x86AllocateCpuIrq } from './apic/pic-line.js'
export { APICCommonClass, APICCommonState, apicSetVirtualWire, TYPE_APIC_COMMON } from './apic-common.js'
export { type GSIState, gsiHandler } from './gsi.js'
export {
  PITChannelState,
  PITCommonClass,
  PITCommonState,
  pitGetOut,
  TYPE_PIT_COMMON,
} from './i8254-common.js'
export { PICCommonClass, PICCommonState, picSetFirmwareState, TYPE_PIC_COMMON } from './i8259-common.js'
export { PITState, TYPE_I8254 } from './i8254.js'
export { i8259Init, PICState, TYPE_I8259 } from './i8259.js'
export {
  IO_APIC_DEFAULT_ADDRESS,
  IOAPIC_NUM_PINS,
  IOAPICCommonClass,
  IOAPICCommonState,
  TYPE_IOAPIC_COMMON,
} from './ioapic-common.js'
export { IOAPICState, TYPE_IOAPIC } from './ioapic.js'
export { ioapicEoiBroadcast } from './ioapic-list.js'
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
export { PCSpkState, TYPE_PC_SPEAKER } from './pcspk.js'
export { Port92State, port92SetupA20Line, TYPE_PORT92 } from './port92.js'
