// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Interrupt controllers of the PC: local APIC, I/O APIC, 8259A.
 * @packageDocumentation
 */
export { APICState, TYPE_APIC } from './apic/apic.js'
export { x86AllocateCpuIrq } from './apic/pic-line.js'
export {
  APIC_LVT_NB,
  APIC_SPACE_SIZE,
  APICCommonClass,
  APICCommonState,
  apicNextTimer,
  apicSetVirtualWire,
  TYPE_APIC_COMMON,
} from './apic-common.js'
export {
  PICCommonClass,
  picCommonRealize,
  PICCommonState,
  picResetCommon,
  picSetFirmwareState,
  TYPE_PIC_COMMON,
} from './i8259-common.js'
export { i8259Init, PICState, TYPE_I8259 } from './i8259.js'
export {
  IO_APIC_DEFAULT_ADDRESS,
  IOAPIC_MMIO_SIZE,
  IOAPIC_NUM_PINS,
  IOAPICCommonClass,
  IOAPICCommonState,
  ioapicResetCommon,
  TYPE_IOAPIC_COMMON,
} from './ioapic-common.js'
export { type IoapicKernel, IOAPICState, TYPE_IOAPIC } from './ioapic.js'
