// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmSetIrq } from '@dromaius/accel-kvm'
import { apicReportIrqDelivered } from '@dromaius/cpus'
import { ISA_NUM_IRQS, isaRealize, type ISABus } from '@dromaius/hw-core'
import {
  type PICCommonClass,
  picCommonRealize,
  type PICCommonState,
  picResetCommon,
  TYPE_PIC_COMMON,
} from '@dromaius/hw-intc'
import { memoryRegionInitIo } from '@dromaius/memory'
import {
  KVM_IRQCHIP_PIC_MASTER,
  KVM_IRQCHIP_PIC_SLAVE,
  kvm_irqchip,
  kvm_pic_state,
  kvmGetIrqchip,
  kvmSetIrqchip,
} from '@dromaius/native'
import { typeRegister } from '@dromaius/qom'
import { qemuAllocateIrqs, type IRQState } from '@dromaius/util'
import { kvmIrqchipOfDevice } from './kvm-state-of-device.js'

/** Our field for each of the kernel's. */
const KVM_PIC_FIELDS = [
  ['last_irr', 'lastIrr'],
  ['irr', 'irr'],
  ['imr', 'imr'],
  ['isr', 'isr'],
  ['priority_add', 'priorityAdd'],
  ['irq_base', 'irqBase'],
  ['read_reg_select', 'readRegSelect'],
  ['poll', 'poll'],
  ['special_mask', 'specialMask'],
  ['init_state', 'initState'],
  ['auto_eoi', 'autoEoi'],
  ['rotate_on_auto_eoi', 'rotateOnAutoEoi'],
  ['special_fully_nested_mode', 'specialFullyNestedMode'],
  ['init4', 'init4'],
  ['elcr', 'elcr'],
  ['elcr_mask', 'elcrMask'],
] as const

const chipId = (s: PICCommonState): number => (s.master ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE)

/**
 * Reads the kernel's registers into the device. Throws HostError.
 * @qemu hw/i386/kvm/i8259.c kvm_pic_get
 */
export function kvmPicGet(s: PICCommonState): void {
  const chip = kvm_irqchip.alloc()
  chip.chip_id = chipId(s)
  kvmGetIrqchip(kvmIrqchipOfDevice(s).vmfd, chip)
  const kpic = kvm_pic_state.view(chip.chip)
  for (const [theirs, ours] of KVM_PIC_FIELDS) s[ours] = kpic[theirs]
}

/**
 * Writes the device's registers into the kernel. Throws HostError.
 * @qemu hw/i386/kvm/i8259.c kvm_pic_put
 */
function kvmPicPut(s: PICCommonState): void {
  const chip = kvm_irqchip.alloc()
  chip.chip_id = chipId(s)
  const kpic = kvm_pic_state.view(chip.chip)
  for (const [theirs, ours] of KVM_PIC_FIELDS) kpic[theirs] = s[ours]
  kvmSetIrqchip(kvmIrqchipOfDevice(s).vmfd, chip)
}

/** @qemu hw/i386/kvm/i8259.c kvm_pic_realize */
function kvmPicRealize(s: PICCommonState): void {
  kvmIrqchipOfDevice(s)
  // The kernel answers the ports; the regions only show that they are taken.
  memoryRegionInitIo(s.baseIo, s, null, 'kvm-pic', 2)
  memoryRegionInitIo(s.elcrIo, s, null, 'kvm-elcr', 1)
  picCommonRealize(s)
}

/**
 * Makes the two controllers and returns the lines of the sixteen ISA interrupts.
 * @throws UserError if the machine's kernel does not have them
 * @qemu hw/i386/kvm/i8259.c kvm_i8259_init
 */
export function kvmI8259Init(bus: ISABus): IRQState[] {
  let s: PICCommonState | undefined
  for (const master of [true, false]) {
    s = TYPE_KVM_I8259.new()
    s.master = master
    s.iobase = master ? 0x20 : 0xa0
    s.elcrAddr = master ? 0x4d0 : 0x4d1
    // IRQ 0, 1, 2, 8 and 13 are always edge-triggered.
    s.elcrMask = master ? 0xf8 : 0xde
    isaRealize(s, bus)
  }
  const kvm = kvmIrqchipOfDevice(s!)
  const { system } = bus
  return qemuAllocateIrqs(
    (irq, level) => apicReportIrqDelivered(system, kvmSetIrq(kvm, irq, level)),
    ISA_NUM_IRQS,
  )
}

/** An 8259A in the kernel. */
export const TYPE_KVM_I8259 = typeRegister<PICCommonState, PICCommonClass>({
  name: 'kvm-i8259',
  parent: TYPE_PIC_COMMON,
  classInit(dc) {
    dc.realize = kvmPicRealize
    dc.phases.enter = (s) => {
      s.elcr = 0
      picResetCommon(s)
    }
    dc.phases.hold = kvmPicPut
    dc.preSave = kvmPicGet
    dc.postLoad = kvmPicPut
  },
})
