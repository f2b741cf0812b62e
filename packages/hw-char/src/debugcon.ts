// SPDX-License-Identifier: GPL-2.0-or-later
import { CharBackend, qemuChrFeDeinit, qemuChrFeWriteAll } from '@dromaius/chardev'
import { ISADevice, isaRegisterIoport, systemOf, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propString, propUint32, typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { connectChardev } from './chardev-property.js'

/** Port of the Bochs debug console. */
const DEBUGCON_IOBASE = 0xe9
/** What reading it gives, by which a guest finds it. */
const DEBUGCON_READBACK = 0xe9

/**
 * The debug console of Bochs and QEMU: one port, every byte written to it is output.
 * @qemu hw/char/debugcon.c ISADebugconState
 */
export class ISADebugconState extends ISADevice {
  iobase = DEBUGCON_IOBASE
  /** What the guest reads from the port. */
  readback = DEBUGCON_READBACK
  /** Label of the back end; empty when `chr` was connected by code. */
  chardev = ''
  readonly chr = new CharBackend()
  readonly io = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/char/debugcon.c debugcon_isa_realizefn */
function debugconIsaRealizefn(dev: ISADebugconState): void {
  connectChardev(dev, dev.chr, dev.chardev)
  if (!dev.chr.chr) throw new UserError("Can't create debugcon device, empty char device")
  memoryRegionInitIo(
    dev.io,
    dev,
    {
      read: () => dev.readback & 0xff,
      write: (_addr, value) => qemuChrFeWriteAll(dev.chr, Uint8Array.of(value)),
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'isa-debugcon',
    1,
  )
  try {
    isaRegisterIoport(dev, dev.io, dev.iobase)
  } catch (error) {
    qemuChrFeDeinit(dev.chr)
    throw error
  }
}

/** Takes the port and the back end back. */
function debugconIsaUnrealizefn(dev: ISADebugconState): void {
  memoryRegionDelSubregion(systemOf(dev).systemIo, dev.io)
  qemuChrFeDeinit(dev.chr)
}

export const TYPE_ISA_DEBUGCON = typeRegister<ISADebugconState, DeviceClass<ISADebugconState>>({
  name: 'isa-debugcon',
  parent: TYPE_ISA_DEVICE,
  instance: ISADebugconState,
  classInit(dc) {
    dc.realize = debugconIsaRealizefn
    dc.unrealize = debugconIsaUnrealizefn
    dc.desc = 'Bochs debug console'
    deviceClassSetProps<ISADebugconState>(dc, [
      propUint32('iobase', 'iobase', DEBUGCON_IOBASE),
      propUint32('readback', 'readback', DEBUGCON_READBACK),
      propString('chardev', 'chardev', ''),
    ])
  },
})
