// SPDX-License-Identifier: GPL-2.0-or-later
import {
  ISADevice,
  isaInitIrq,
  isaRegisterIoport,
  isaReleaseIrqs,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propString, propUint32, typeRegister } from '@dromaius/qom'
import { UserError, vmStruct } from '@dromaius/util'
import { connectChardev } from './chardev-property.js'
import { vmstateSerial } from './serial-vmstate.js'
import { SerialState } from './serial.js'

/** First ports of COM1 to COM4. */
const ISA_SERIAL_IO = [0x3f8, 0x2f8, 0x3e8, 0x2e8] as const
/** Their interrupts. */
const ISA_SERIAL_IRQ = [4, 3, 4, 3] as const
/** Ports of one UART. */
const SERIAL_PORTS = 8
/** COM1 to COM4. @qemu include/hw/char/serial.h MAX_ISA_SERIAL_PORTS */
export const MAX_ISA_SERIAL_PORTS = ISA_SERIAL_IO.length
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
  const { clocks } = systemOf(dev)
  if (dev.index === UNSET) dev.index = firstFreeIndex(dev)
  if (dev.index >= MAX_ISA_SERIAL_PORTS) {
    throw new UserError(`Max. supported number of ISA serial ports is ${MAX_ISA_SERIAL_PORTS}.`)
  }
  if (dev.iobase === UNSET) dev.iobase = ISA_SERIAL_IO[dev.index]!
  if (dev.isairq === UNSET) dev.isairq = ISA_SERIAL_IRQ[dev.index]!

  const s = new SerialState(clocks.virtual)
  s.baudbase = dev.baudbase
  dev.state = s
  try {
    s.irq = isaInitIrq(dev, dev.isairq)
    connectChardev(dev, s.chr, dev.chardev)
    s.reset()
    s.realize()
    memoryRegionInitIo(dev.io, dev, s.ops, 'serial', SERIAL_PORTS)
    isaRegisterIoport(dev, dev.io, dev.iobase)
  } catch (error) {
    s.unrealize()
    isaReleaseIrqs(dev)
    throw error
  }
}

/** @qemu hw/char/serial.c serial_unrealize */
function serialIsaUnrealizefn(dev: ISASerialState): void {
  memoryRegionDelSubregion(systemOf(dev).systemIo, dev.io)
  dev.state.unrealize()
  isaReleaseIrqs(dev)
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
    dc.categories = ['input']
    deviceClassSetProps<ISASerialState>(dc, [
      propUint32('index', 'index', UNSET),
      propUint32('iobase', 'iobase', UNSET),
      propUint32('irq', 'isairq', UNSET),
      propUint32('baudbase', 'baudbase', 115200),
      propString('chardev', 'chardev', ''),
    ])
  },
})
