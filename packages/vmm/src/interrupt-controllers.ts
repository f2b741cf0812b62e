// SPDX-License-Identifier: GPL-2.0-or-later
import { KVMState } from '@dromaius/accel-kvm'
import { isaBusRegisterInputIrqs, isaRealize, sysbusMmioMap, sysbusRealize } from '@dromaius/hw-core'
import {
  type GSIState,
  IO_APIC_DEFAULT_ADDRESS,
  IOAPIC_NUM_PINS,
  kvmclockCreate,
  kvmI8259Init,
  kvmPcGsiHandler,
  kvmPcSetupIrqRouting,
  TYPE_KVM_I8254,
  TYPE_KVM_IOAPIC,
} from '@dromaius/hw-i386'
import { qdevGetGpioIn } from '@dromaius/qom'
import { type qemu_irq, qemuAllocateIrqs, UserError } from '@dromaius/util'
import type { MicrovmMachineState } from './microvm.js'

const PIT_IOBASE = 0x40

/**
 * Makes I/O APIC, 8259 pair and 8254, KVM's clock, and the lines that lead to them: `mms.gsi`, of which the ISA bus gets the
 * first sixteen. Under an accelerator that executes no guest code the lines lead nowhere. Throws UserError where guest code is
 * executed and the accelerator has no interrupt controllers in the kernel.
 * @qemu hw/i386/microvm.c microvm_devices_init
 * @differs in the kernel only; those outside come with the accelerators that need them
 */
export function interruptControllersInit(mms: MicrovmMachineState): void {
  const { system, systemBus, isaBus } = mms
  if (system.accel?.qomClass.runsGuestCode === false) {
    // Lines that lead nowhere: there is no guest code that could take an interrupt.
    mms.gsi = new Array<qemu_irq>(IOAPIC_NUM_PINS).fill(null)
    isaBusRegisterInputIrqs(isaBus, mms.gsi)
    return
  }
  const kvm = system.accel
  if (!(kvm instanceof KVMState) || !kvm.irqRouting) {
    throw new UserError(
      `-machine microvm: accelerator '${kvm?.name ?? 'none'}' has no interrupt controllers for this machine yet`,
    )
  }
  kvmPcSetupIrqRouting(kvm.irqRouting)

  const lines: GSIState = { i8259Irq: [], ioapicIrq: [] }
  mms.gsi = qemuAllocateIrqs(kvmPcGsiHandler(lines), IOAPIC_NUM_PINS)
  isaBusRegisterInputIrqs(isaBus, mms.gsi)

  const ioapic = TYPE_KVM_IOAPIC.new()
  sysbusRealize(ioapic, systemBus)
  sysbusMmioMap(ioapic, 0, IO_APIC_DEFAULT_ADDRESS)
  lines.ioapicIrq = mms.gsi.map((_, pin) => qdevGetGpioIn(ioapic, pin))

  kvmclockCreate(systemBus, true)
  if (mms.pic !== 'off') lines.i8259Irq = kvmI8259Init(isaBus)
  if (mms.pit !== 'off') {
    const pit = TYPE_KVM_I8254.new()
    pit.iobase = PIT_IOBASE
    isaRealize(pit, isaBus)
  }
}
