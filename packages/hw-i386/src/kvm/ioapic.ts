// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmSetIrq } from '@dromaius/accel-kvm'
import { apicReportIrqDelivered } from '@dromaius/cpus'
import { ISA_NUM_IRQS, systemOf } from '@dromaius/hw-core'
import {
  IO_APIC_DEFAULT_ADDRESS,
  IOAPIC_MMIO_SIZE,
  IOAPIC_NUM_PINS,
  type IOAPICCommonClass,
  IOAPICCommonState,
  ioapicResetCommon,
  TYPE_IOAPIC_COMMON,
} from '@dromaius/hw-intc'
import { memoryRegionInitIo } from '@dromaius/memory'
import {
  KVM_IRQCHIP_IOAPIC,
  KVM_IRQCHIP_PIC_MASTER,
  KVM_IRQCHIP_PIC_SLAVE,
  kvm_ioapic_state,
  kvm_irqchip,
  kvmGetIrqchip,
  kvmSetIrqchip,
} from '@dromaius/native'
import { deviceClassSetProps, propUint32, qdevInitGpioIn, typeRegister } from '@dromaius/qom'
import { type IRQHandler, qemuSetIrq } from '@dromaius/util'
import type { GSIState } from '../gsi.js'
import { kvmIrqchipOfDevice } from './kvm-state-of-device.js'

/** Version register of the kernel's I/O APIC. */
const KVM_IOAPIC_VERSION = 0x11

/**
 * What drives a global system interrupt under KVM. The kernel passes the first sixteen on to both kinds of controllers, so
 * setting one is enough.
 * @qemu hw/i386/x86.c gsi_handler
 */
export function kvmPcGsiHandler(s: GSIState): IRQHandler {
  return (n, level) => qemuSetIrq((n < ISA_NUM_IRQS ? s.i8259Irq[n] : null) ?? s.ioapicIrq[n] ?? null, level)
}

/** What a routing table has to offer here; accel-kvm's KvmIrqRouting does. */
export interface IrqRoutes {
  addIrqRoute(gsi: number, irqchip: number, pin: number): void
  commit(): void
}

/**
 * Routes the global system interrupts as a PC has them: 0 to 15 to both kinds of controllers, with interrupt 0 on input 2 of
 * the I/O APIC, 16 to 23 to the I/O APIC alone.
 * @qemu hw/i386/kvm/ioapic.c kvm_pc_setup_irq_routing
 */
export function kvmPcSetupIrqRouting(routes: IrqRoutes): void {
  for (let i = 0; i < ISA_NUM_IRQS; i++) {
    if (i === 2) continue
    routes.addIrqRoute(i, i < 8 ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE, i % 8)
  }
  for (let i = 0; i < IOAPIC_NUM_PINS; i++) {
    if (i !== 2) routes.addIrqRoute(i, KVM_IRQCHIP_IOAPIC, i === 0 ? 2 : i)
  }
  routes.commit()
}

/** @qemu hw/i386/kvm/ioapic.c KVMIOAPICState */
export class KVMIOAPICState extends IOAPICCommonState {
  /** Global system interrupt of input 0. */
  kvmGsiBase = 0
}

/**
 * Reads the kernel's registers into the device. Throws HostError.
 * @qemu hw/i386/kvm/ioapic.c kvm_ioapic_get
 */
export function kvmIoapicGet(s: IOAPICCommonState): void {
  const chip = kvm_irqchip.alloc()
  chip.chip_id = KVM_IRQCHIP_IOAPIC
  kvmGetIrqchip(kvmIrqchipOfDevice(s).vmfd, chip)
  const kioapic = kvm_ioapic_state.view(chip.chip)
  s.ioapicId = kioapic.id & 0xff
  s.ioregsel = kioapic.ioregsel & 0xff
  s.irr = kioapic.irr
  for (let i = 0; i < IOAPIC_NUM_PINS; i++) s.ioredtbl[i] = kioapic.redirtbl[i]!
}

/**
 * Writes the device's registers into the kernel. Throws HostError.
 * @qemu hw/i386/kvm/ioapic.c kvm_ioapic_put
 */
function kvmIoapicPut(s: IOAPICCommonState): void {
  const chip = kvm_irqchip.alloc()
  chip.chip_id = KVM_IRQCHIP_IOAPIC
  const kioapic = kvm_ioapic_state.view(chip.chip)
  kioapic.id = s.ioapicId
  kioapic.ioregsel = s.ioregsel
  kioapic.base_address = BigInt(s.mmio[0]?.addr ?? IO_APIC_DEFAULT_ADDRESS)
  kioapic.irr = s.irr
  for (let i = 0; i < IOAPIC_NUM_PINS; i++) kioapic.redirtbl[i] = s.ioredtbl[i]!
  kvmSetIrqchip(kvmIrqchipOfDevice(s).vmfd, chip)
}

/** @qemu hw/i386/kvm/ioapic.c kvm_ioapic_realize */
function kvmIoapicRealize(common: IOAPICCommonState): void {
  const s = TYPE_KVM_IOAPIC.cast(common)
  const kvm = kvmIrqchipOfDevice(s)
  // The kernel answers the page; the region only shows where it is.
  memoryRegionInitIo(s.ioMemory, s, null, 'kvm-ioapic', IOAPIC_MMIO_SIZE)
  s.version = KVM_IOAPIC_VERSION
  const system = systemOf(s)
  qdevInitGpioIn(
    s,
    (irq, level) => apicReportIrqDelivered(system, kvmSetIrq(kvm, s.kvmGsiBase + irq, level)),
    IOAPIC_NUM_PINS,
  )
}

/** An I/O APIC in the kernel. */
export const TYPE_KVM_IOAPIC = typeRegister<KVMIOAPICState, IOAPICCommonClass>({
  name: 'kvm-ioapic',
  parent: TYPE_IOAPIC_COMMON,
  instance: KVMIOAPICState,
  classInit(dc) {
    dc.realizeModel = kvmIoapicRealize
    dc.phases.enter = ioapicResetCommon
    dc.phases.hold = kvmIoapicPut
    dc.preSave = kvmIoapicGet
    dc.postLoad = kvmIoapicPut
    deviceClassSetProps<KVMIOAPICState>(dc, [propUint32('gsi_base', 'kvmGsiBase', 0)])
  },
})
