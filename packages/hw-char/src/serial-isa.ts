// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuChrFeInit, qemuChrFind } from '@dromaius/chardev'
import {
  ISADevice,
  isaGetIrq,
  isaRegisterIoport,
  ISA_NUM_IRQS,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propString, propUint32, typeRegister } from '@dromaius/qom'
import { UserError, vmStruct } from '@dromaius/util'
import { vmstateSerial } from './serial-vmstate.js'
import { SerialState } from './serial.js'

/** First ports of COM1 to COM4. */
const ISA_SERIAL_IO = [0x3f8, 0x2f8, 0x3e8, 0x2e8] as const
/** Their interrupts. */
const ISA_SERIAL_IRQ = [4, 3, 4, 3] as const
/** Ports of one UART. */
const SERIAL_PORTS = 8
/** Value of a property that nobody set. */
const UNSET = 0xffff_ffff

/**
 * A 16550A on the ISA bus: COM1 to COM4, or elsewhere by `iobase` and `irq`.
 * @qemu hw/char/serial-isa.c ISASerialState
 */
export class ISASerialState extends ISADevice {
  /** Which COM port, from 0; the first free one when not set. */
  index = UNSET
  iobase = UNSET
  isairq = UNSET
  /** Label of the back end; empty when none is wanted or `state.chr` was connected by code. */
  chardev = ''
  /** Frequency in `Hz` divided by 16. */
  baudbase = 115200
  /** The UART; there from realize on. */
  state!: SerialState
  readonly io = TYPE_MEMORY_REGION.new()
}

/** The first COM port that no other device on the bus has. */
function firstFreeIndex(dev: ISASerialState): number {
  const taken = new Set<number>()
  for (const other of dev.parentBus?.children ?? []) {
    if (other !== dev && TYPE_ISA_SERIAL.is(other)) taken.add(other.index)
  }
  let index = 0
  while (taken.has(index)) index++
  return index
}

/** @qemu hw/char/serial-isa.c serial_isa_realizefn */
function serialIsaRealizefn(dev: ISASerialState): void {
  const { root, clocks } = systemOf(dev)
  if (dev.index === UNSET) dev.index = firstFreeIndex(dev)
  if (dev.index >= ISA_SERIAL_IO.length) {
    throw new UserError(`Max. supported number of ISA serial ports is ${ISA_SERIAL_IO.length}.`)
  }
  if (dev.iobase === UNSET) dev.iobase = ISA_SERIAL_IO[dev.index]!
  if (dev.isairq === UNSET) dev.isairq = ISA_SERIAL_IRQ[dev.index]!
  if (dev.isairq >= ISA_NUM_IRQS) throw new UserError(`Maximum value for "irq" is: ${ISA_NUM_IRQS - 1}`)

  const s = new SerialState(clocks.virtual)
  s.baudbase = dev.baudbase
  s.irq = isaGetIrq(dev, dev.isairq)
  if (dev.chardev !== '') {
    const chr = qemuChrFind(root, dev.chardev)
    if (!chr) throw new UserError(`Property 'isa-serial.chardev' can't find value '${dev.chardev}'`)
    qemuChrFeInit(s.chr, chr)
  }
  dev.state = s
  s.reset()
  try {
    s.realize()
    memoryRegionInitIo(dev.io, dev, s.ops, 'serial', SERIAL_PORTS)
    isaRegisterIoport(dev, dev.io, dev.iobase)
  } catch (error) {
    s.unrealize()
    throw error
  }
}

/** @qemu hw/char/serial-isa.c isa_serial_unrealize */
function serialIsaUnrealizefn(dev: ISASerialState): void {
  memoryRegionDelSubregion(systemOf(dev).systemIo, dev.io)
  dev.state.unrealize()
}

export const TYPE_ISA_SERIAL = typeRegister<ISASerialState, DeviceClass<ISASerialState>>({
  name: 'isa-serial',
  parent: TYPE_ISA_DEVICE,
  instance: ISASerialState,
  classInit(dc) {
    dc.realize = serialIsaRealizefn
    dc.unrealize = serialIsaUnrealizefn
    dc.phases.hold = (dev) => dev.state.reset()
    dc.vmsd = { name: 'serial', version: 3, minimumVersion: 3, fields: [vmStruct('state', vmstateSerial)] }
    dc.desc = '16550A serial port'
    // Its back end would come from `-chardev`, which is not there: only boards make it.
    dc.userCreatable = false
    deviceClassSetProps<ISASerialState>(dc, [
      propUint32('index', 'index', UNSET),
      propUint32('iobase', 'iobase', UNSET),
      propUint32('irq', 'isairq', UNSET),
      propUint32('baudbase', 'baudbase', 115200),
      propString('chardev', 'chardev', ''),
    ])
  },
})
