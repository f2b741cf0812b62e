// SPDX-License-Identifier: GPL-2.0-or-later
import { SysBusDevice, sysbusInitMmio, TYPE_SYS_BUS_DEVICE } from '@dromaius/hw-core'
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import { DeviceClass, typeRegister } from '@dromaius/qom'
import { vmU32, vmU64Array, vmU8, type VMStateDescription } from '@dromaius/util'

/** Inputs of an I/O APIC. */
export const IOAPIC_NUM_PINS = 24
/** Redirection entry: the input is masked. */
export const IOAPIC_LVT_MASKED = 1n << 16n
/** Where a PC's I/O APIC lies. */
export const IO_APIC_DEFAULT_ADDRESS = 0xfec0_0000
/** Size of its page in bytes. */
export const IOAPIC_MMIO_SIZE = 0x1000

/**
 * An I/O APIC (Intel 82093AA): what every model of it has, wherever it runs.
 * @qemu include/hw/i386/ioapic_internal.h IOAPICCommonState
 */
export class IOAPICCommonState extends SysBusDevice {
  declare readonly qomClass: IOAPICCommonClass
  /** I/O APIC id, eight bits as QEMU keeps them. */
  ioapicId = 0
  /** Register that the data window shows. */
  ioregsel = 0
  /** Inputs that request an interrupt. */
  irr = 0
  /** Redirection table, 64 bits per input. */
  readonly ioredtbl = new BigUint64Array(IOAPIC_NUM_PINS)
  /** Version register, bits 7:0. */
  version = 0x20
  readonly ioMemory = TYPE_MEMORY_REGION.new()
}

/** @qemu include/hw/i386/ioapic_internal.h IOAPICCommonClass */
export class IOAPICCommonClass extends DeviceClass<IOAPICCommonState> {
  /** Sets up `ioMemory` and the inputs. @throws UserError to refuse */
  realizeModel?: (s: IOAPICCommonState) => void
  /** Brings the fields up to date before they are saved. */
  preSave?: (s: IOAPICCommonState) => void
  /** Takes over fields that were loaded. */
  postLoad?: (s: IOAPICCommonState) => void
}

/**
 * State after power-on: every input masked.
 * @qemu hw/intc/ioapic_common.c ioapic_reset_common
 */
export function ioapicResetCommon(s: IOAPICCommonState): void {
  s.ioapicId = 0
  s.ioregsel = 0
  s.irr = 0
  s.ioredtbl.fill(IOAPIC_LVT_MASKED)
}

/** @qemu hw/intc/ioapic_common.c ioapic_common_realize */
function ioapicCommonRealize(s: IOAPICCommonState): void {
  s.qomClass.realizeModel?.(s)
  sysbusInitMmio(s, s.ioMemory)
}

/** @qemu hw/intc/ioapic_common.c vmstate_ioapic_common */
const vmstateIoapicCommon: VMStateDescription<IOAPICCommonState> = {
  name: 'ioapic',
  version: 3,
  minimumVersion: 3,
  preSave: (s) => s.qomClass.preSave?.(s),
  postLoad: (s) => s.qomClass.postLoad?.(s),
  fields: [
    vmU8('ioapicId'),
    vmU8('ioregsel'),
    vmU32('irr', { max: 0xff_ffff }),
    vmU64Array('ioredtbl', IOAPIC_NUM_PINS),
  ],
}

export const TYPE_IOAPIC_COMMON = typeRegister<IOAPICCommonState, IOAPICCommonClass>({
  name: 'ioapic-common',
  parent: TYPE_SYS_BUS_DEVICE,
  abstract: true,
  instance: IOAPICCommonState,
  classType: IOAPICCommonClass,
  classInit(dc) {
    dc.realize = ioapicCommonRealize
    dc.vmsd = vmstateIoapicCommon
  },
})
