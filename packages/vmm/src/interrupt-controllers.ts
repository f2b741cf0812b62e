// SPDX-License-Identifier: GPL-2.0-or-later
import { KVMState } from '@dromaius/accel-kvm'
import { isaBusRegisterInputIrqs, isaRealize, sysbusMmioMap, sysbusRealize } from '@dromaius/hw-core'
import {
  gsiHandler,
  type GSIState,
  kvmclockCreate,
  kvmI8259Init,
  kvmPcGsiHandler,
  kvmPcSetupIrqRouting,
  kvmSplitIoapic,
  TYPE_KVM_I8254,
  TYPE_KVM_IOAPIC,
} from '@dromaius/hw-i386'
import {
  i8259Init,
  IO_APIC_DEFAULT_ADDRESS,
  IOAPIC_NUM_PINS,
  type IOAPICCommonState,
  type IOAPICState,
  TYPE_IOAPIC,
  x86AllocateCpuIrq,
} from '@dromaius/hw-intc'
import { TYPE_I8254, TYPE_PC_SPEAKER } from '@dromaius/hw-timer'
import { qdevConnectGpioOut, qdevGetGpioIn } from '@dromaius/qom'
import { type qemu_irq, qemuAllocateIrqs } from '@dromaius/util'
import type { MicrovmMachineState } from './microvm.js'
import { hpetConnectPit, hpetInit } from './microvm-timers.js'

const PIT_IOBASE = 0x40

/**
 * Makes the interrupt controllers and timers, and the lines that lead to them: `mms.gsi`, of which the ISA bus gets the first
 * sixteen. Under an accelerator that executes no guest code the lines lead nowhere.
 * @qemu hw/i386/microvm.c microvm_devices_init
 */
export function interruptControllersInit(mms: MicrovmMachineState): void {
  const { accel } = mms.system
  if (accel?.qomClass.runsGuestCode === false) {
    // Lines that lead nowhere: there is no guest code that could take an interrupt.
    mms.gsi = new Array<qemu_irq>(IOAPIC_NUM_PINS).fill(null)
    isaBusRegisterInputIrqs(mms.isaBus, mms.gsi)
    if (mms.hpetEnabled) mms.hpet = hpetInit(mms)
    return
  }
  if (!(accel instanceof KVMState)) return emulated(mms, TYPE_IOAPIC.new())
  kvmclockCreate(mms.systemBus, true)
  if (accel.kernelIrqchip === 'on' && accel.irqRouting) return inKernel(mms, accel.irqRouting)
  const ioapic = TYPE_IOAPIC.new()
  if (accel.kernelIrqchip === 'split') ioapic.kernel = kvmSplitIoapic(accel)
  emulated(mms, ioapic)
}

/** Those that KVM has. */
function inKernel(mms: MicrovmMachineState, irqRouting: NonNullable<KVMState['irqRouting']>): void {
  const { isaBus } = mms
  kvmPcSetupIrqRouting(irqRouting)

  const lines: GSIState = { i8259Irq: [], ioapicIrq: [] }
  mms.gsi = qemuAllocateIrqs(kvmPcGsiHandler(lines), IOAPIC_NUM_PINS)
  isaBusRegisterInputIrqs(isaBus, mms.gsi)
  connectIoapic(mms, lines, TYPE_KVM_IOAPIC.new())
  if (mms.hpetEnabled) mms.hpet = hpetInit(mms)

  if (mms.pic !== 'off') lines.i8259Irq = kvmI8259Init(isaBus)
  if (mms.pit !== 'off') {
    const pit = TYPE_KVM_I8254.new()
    pit.iobase = PIT_IOBASE
    isaRealize(pit, isaBus)
    if (mms.hpet) hpetConnectPit(mms.hpet, pit, false)
  }
}

/** Our own. The timer has the speaker's port, with which guests measure time. */
function emulated(mms: MicrovmMachineState, ioapic: IOAPICState): void {
  const { isaBus } = mms
  const lines: GSIState = { i8259Irq: [], ioapicIrq: [] }
  mms.gsi = qemuAllocateIrqs(gsiHandler(lines), IOAPIC_NUM_PINS)
  isaBusRegisterInputIrqs(isaBus, mms.gsi)
  connectIoapic(mms, lines, ioapic)
  if (mms.hpetEnabled) mms.hpet = hpetInit(mms)

  if (mms.pic !== 'off') lines.i8259Irq = i8259Init(isaBus, x86AllocateCpuIrq(mms.system))
  if (mms.pit !== 'off') {
    const pit = TYPE_I8254.new()
    pit.iobase = PIT_IOBASE
    isaRealize(pit, isaBus)
    qdevConnectGpioOut(pit, 0, mms.gsi[0] ?? null)
    if (mms.hpet) hpetConnectPit(mms.hpet, pit, true)
    const speaker = TYPE_PC_SPEAKER.new()
    speaker.pit = pit
    isaRealize(speaker, isaBus)
  }
}

function connectIoapic(mms: MicrovmMachineState, lines: GSIState, ioapic: IOAPICCommonState): void {
  sysbusRealize(ioapic, mms.systemBus)
  sysbusMmioMap(ioapic, 0, IO_APIC_DEFAULT_ADDRESS)
  lines.ioapicIrq = mms.gsi.map((_, pin) => qdevGetGpioIn(ioapic, pin))
}
