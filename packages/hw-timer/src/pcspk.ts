// SPDX-License-Identifier: GPL-2.0-or-later
import { ISADevice, isaRegisterIoport, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propUint32, typeRegister } from '@dromaius/qom'
import { UserError, vmU8, type VMStateDescription } from '@dromaius/util'
import { type PITState, pitOutNow, pitSetGate } from './i8254.js'

/** Port 0x61: the gate of counter 2, and whether its output gets to the speaker; a bit that toggles; that output. */
const GATE = 1 << 0
const DATA_ON_SHIFT = 1
const REFRESH = 1 << 4
const OUT_SHIFT = 5

/**
 * The port by which a PC drives its speaker. Nobody hears it; guests measure time with counter 2 of the 8254 by it.
 * @qemu hw/audio/pcspk.c PCSpkState
 */
export class PCSpkState extends ISADevice {
  iobase = 0x61
  /** The timer; the board sets it. */
  pit: PITState | null = null
  /** The counter's output gets to the speaker. */
  dataOn = 0
  dummyRefreshClock = 0
  readonly ioport = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/audio/pcspk.c pcspk_io_read */
function pcspkIoRead(s: PCSpkState, pit: PITState): number {
  s.dummyRefreshClock ^= REFRESH
  return (
    pit.channels[2].gate |
    (s.dataOn << DATA_ON_SHIFT) |
    s.dummyRefreshClock |
    (pitOutNow(pit, 2) << OUT_SHIFT)
  )
}

/** @qemu hw/audio/pcspk.c pcspk_io_write */
function pcspkIoWrite(s: PCSpkState, pit: PITState, value: number): void {
  s.dataOn = (value >> DATA_ON_SHIFT) & 1
  pitSetGate(pit, 2, value & GATE)
}

/** @qemu hw/audio/pcspk.c pcspk_realizefn */
function pcspkRealizefn(s: PCSpkState): void {
  const { pit } = s
  if (!pit) throw new UserError('isa-pcspk: No "pit" set or available')
  memoryRegionInitIo(
    s.ioport,
    s,
    {
      read: () => pcspkIoRead(s, pit),
      write: (_addr, value) => pcspkIoWrite(s, pit, value),
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'pcspk',
    1,
  )
  isaRegisterIoport(s, s.ioport, s.iobase)
}

/** @qemu hw/audio/pcspk.c vmstate_spk */
const vmstateSpk: VMStateDescription<PCSpkState> = {
  name: 'pcspk',
  version: 1,
  minimumVersion: 1,
  fields: [vmU8('dataOn', { max: 1 }), vmU8('dummyRefreshClock', { max: REFRESH })],
}

/** @qemu hw/audio/pcspk.c pcspk_info */
export const TYPE_PC_SPEAKER = typeRegister<PCSpkState, DeviceClass<PCSpkState>>({
  name: 'isa-pcspk',
  parent: TYPE_ISA_DEVICE,
  instance: PCSpkState,
  classInit(dc) {
    dc.realize = pcspkRealizefn
    dc.vmsd = vmstateSpk
    dc.phases.enter = (s) => {
      s.dataOn = 0
      s.dummyRefreshClock = 0
    }
    // It has to be told which timer it belongs to.
    dc.userCreatable = false
    deviceClassSetProps<PCSpkState>(dc, [propUint32('iobase', 'iobase', 0x61)])
  },
})
