// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemResetRequest } from '@dromaius/cpus'
import { ISADevice, isaRegisterIoport, systemOf, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, qdevConnectGpioOut, qdevInitGpioOut, typeRegister } from '@dromaius/qom'
import { qemuSetIrq, vmU8, type qemu_irq } from '@dromaius/util'

/** System control port A of the PS/2. */
const PORT92 = 0x92
/** Writing 1 where 0 was resets the machine. */
const PORT92_RESET = 0x01
/** Lets address line 20 through. */
const PORT92_A20 = 0x02

/**
 * System control port A: fast A20 gate and fast reset.
 * @qemu hw/i386/port92.c Port92State
 */
export class Port92State extends ISADevice {
  outport = 0
  /** The A20 gate, line `a20`. */
  a20Out: qemu_irq[] = []
  readonly io = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/i386/port92.c port92_write */
function port92Write(s: Port92State, val: number): void {
  const oldval = s.outport
  s.outport = val
  qemuSetIrq(s.a20Out[0] ?? null, val & PORT92_A20 ? 1 : 0)
  if (val & PORT92_RESET && !(oldval & PORT92_RESET)) qemuSystemResetRequest(systemOf(s), 'guest-reset')
}

/** @qemu hw/i386/port92.c port92_realizefn */
function port92Realizefn(s: Port92State): void {
  memoryRegionInitIo(
    s.io,
    s,
    {
      read: () => s.outport,
      write: (_addr, value) => port92Write(s, value),
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'port92',
    1,
  )
  isaRegisterIoport(s, s.io, PORT92)
}

/**
 * Connects the A20 gate. KVM leaves address line 20 alone, so under KVM nobody does.
 * @qemu hw/i386/pc.c pc_superio_init
 */
export function port92SetupA20Line(dev: Port92State, a20: qemu_irq): void {
  qdevConnectGpioOut(dev, 0, a20, 'a20')
}

export const TYPE_PORT92 = typeRegister<Port92State, DeviceClass<Port92State>>({
  name: 'port92',
  parent: TYPE_ISA_DEVICE,
  instance: Port92State,
  instanceInit(s) {
    s.a20Out = qdevInitGpioOut(s, 1, 'a20')
  },
  classInit(dc) {
    dc.realize = port92Realizefn
    dc.unrealize = (s) => memoryRegionDelSubregion(systemOf(s).systemIo, s.io)
    dc.phases.enter = (s) => {
      s.outport &= ~PORT92_RESET
    }
    dc.vmsd = { name: 'port92', version: 1, minimumVersion: 1, fields: [vmU8<Port92State>('outport')] }
    // The board wires it.
    dc.userCreatable = false
  },
})
