// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemShutdownRequestWithCode } from '@dromaius/cpus'
import { ISADevice, isaRegisterIoport, systemOf, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propUint32, typeRegister } from '@dromaius/qom'

/** First port when none is given. */
const DEBUG_EXIT_IOBASE = 0x501
/** Number of ports when none is given. */
const DEBUG_EXIT_IOSIZE = 2

/**
 * Ends the machine when the guest writes to its port: value v gives exit code (v << 1) | 1, so it is never 0. For tests.
 * @qemu hw/misc/debugexit.c ISADebugExitState
 */
export class ISADebugExitState extends ISADevice {
  iobase = DEBUG_EXIT_IOBASE
  iosize = DEBUG_EXIT_IOSIZE
  readonly io = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/misc/debugexit.c debug_exit_realizefn */
function debugExitRealizefn(dev: ISADebugExitState): void {
  const system = systemOf(dev)
  memoryRegionInitIo(
    dev.io,
    dev,
    {
      /** @qemu hw/misc/debugexit.c debug_exit_read */
      read: () => 0,
      /**
       * @qemu hw/misc/debugexit.c debug_exit_write
       * @differs asks for a shutdown instead of ending the process on the spot, as QEMU does since 9.1
       */
      write(_addr, value) {
        // A process's exit code has eight bits.
        qemuSystemShutdownRequestWithCode(system, 'guest-shutdown', ((value << 1) | 1) & 0xff)
      },
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 4 },
    },
    'isa-debug-exit',
    dev.iosize,
  )
  isaRegisterIoport(dev, dev.io, dev.iobase)
}

/**
 * @qemu hw/misc/debugexit.c debug_exit_class_initfn
 * @qemu hw/misc/debugexit.c debug_exit_register_types
 */
export const TYPE_ISA_DEBUG_EXIT = typeRegister<ISADebugExitState, DeviceClass<ISADebugExitState>>({
  name: 'isa-debug-exit',
  parent: TYPE_ISA_DEVICE,
  instance: ISADebugExitState,
  classInit(dc) {
    dc.realize = debugExitRealizefn
    dc.unrealize = (dev) => memoryRegionDelSubregion(systemOf(dev).systemIo, dev.io)
    dc.desc = 'Ends the machine with an exit code'
    dc.categories = ['misc']
    deviceClassSetProps<ISADebugExitState>(dc, [
      propUint32('iobase', 'iobase', DEBUG_EXIT_IOBASE),
      propUint32('iosize', 'iosize', DEBUG_EXIT_IOSIZE),
    ])
  },
})
