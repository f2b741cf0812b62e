// SPDX-License-Identifier: GPL-2.0-or-later
import { ISADevice, isaRegisterIoport, systemOf, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import { DeviceClass, deviceClassSetProps, propUint32, typeRegister } from '@dromaius/qom'
import {
  NANOSECONDS_PER_SECOND,
  vmBool,
  vmI32,
  vmI64,
  vmStructArray,
  vmU16,
  vmU8,
  type VMStateDescription,
} from '@dromaius/util'

/** Frequency of the counters in `Hz`. */
export const PIT_FREQ = 1_193_182n
/** Value of a property that nobody set. */
const UNSET = 0xffff_ffff

/**
 * One counter of an 8254. Fields are as in Intel's data sheet 231164.
 * @qemu include/hw/timer/i8254_internal.h PITChannelState
 */
export class PITChannelState {
  /** Count that was loaded, 1 to 0x10000. */
  count = 0x10000
  latchedCount = 0
  countLatched = 0
  statusLatched = 0
  status = 0
  readState = 0
  writeState = 0
  writeLatch = 0
  rwMode = 0
  /** Counting mode, 0 to 5. */
  mode = 0
  bcd = 0
  gate = 0
  /** Virtual time in `ns` at which the count was loaded. */
  countLoadTime = 0n
  /** Virtual time in `ns` of the next change of the output, -1 for none. */
  nextTransitionTime = -1n
}

/**
 * The 8254 interval timer: what every model of it has, wherever it runs.
 * @qemu include/hw/timer/i8254_internal.h PITCommonState
 */
export class PITCommonState extends ISADevice {
  declare readonly qomClass: PITCommonClass
  readonly channels = [new PITChannelState(), new PITChannelState(), new PITChannelState()] as const
  /** The HPET has taken over interrupt 0. */
  irqDisabled = false
  iobase = UNSET
  readonly ioports = TYPE_MEMORY_REGION.new()
}

/** @qemu include/hw/timer/i8254_internal.h PITCommonClass */
export class PITCommonClass extends DeviceClass<PITCommonState> {
  /** Brings the fields up to date before they are saved. */
  preSave?: (s: PITCommonState) => void
  /** Takes over fields that were loaded. */
  postLoad?: (s: PITCommonState) => void
}

/** Counts gone by since the count was loaded: none where saved state says that this is still to come. */
const countsSince = (s: PITChannelState, time: bigint): bigint =>
  time > s.countLoadTime ? ((time - s.countLoadTime) * PIT_FREQ) / NANOSECONDS_PER_SECOND : 0n

/**
 * Level of a counter's output at a virtual time in `ns`.
 * @qemu hw/timer/i8254_common.c pit_get_out
 */
export function pitGetOut(s: PITChannelState, currentTime: bigint): number {
  const d = countsSince(s, currentTime)
  const count = BigInt(s.count || 0x10000)
  switch (s.mode) {
    case 1:
      return d < count ? 1 : 0
    case 2:
      return d % count === 0n && d !== 0n ? 1 : 0
    case 3:
      return d % count < (count + 1n) >> 1n ? 1 : 0
    case 4:
    case 5:
      return d === count ? 1 : 0
    default:
      return d >= count ? 1 : 0
  }
}

/**
 * Virtual time in `ns` of the next change of a counter's output, -1 for never.
 * @qemu hw/timer/i8254_common.c pit_get_next_transition_time
 */
export function pitGetNextTransitionTime(s: PITChannelState, currentTime: bigint): bigint {
  const d = countsSince(s, currentTime)
  const count = BigInt(s.count || 0x10000)
  const base = d - (d % count)
  let next: bigint
  switch (s.mode) {
    case 2:
      next = d === base && d !== 0n ? base + count : base + count + 1n
      break
    case 3: {
      const period2 = (count + 1n) >> 1n
      next = base + (d - base < period2 ? period2 : count)
      break
    }
    case 4:
    case 5:
      if (d > count) return -1n
      next = d === count ? count + 1n : count
      break
    default:
      if (d >= count) return -1n
      next = count
  }
  const time = s.countLoadTime + (next * NANOSECONDS_PER_SECOND) / PIT_FREQ
  // Rounding must not give a time that is over.
  return time > currentTime ? time : currentTime + 1n
}

/**
 * State after power-on: square waves of the longest period, the speaker's gate closed.
 * @qemu hw/timer/i8254_common.c pit_reset_common
 */
export function pitResetCommon(pit: PITCommonState): void {
  const now = systemOf(pit).clocks.virtual.getNs()
  pit.channels.forEach((s, i) => {
    Object.assign(s, new PITChannelState())
    s.mode = 3
    s.gate = i === 2 ? 0 : 1
    s.countLoadTime = now
    if (i === 0 && !pit.irqDisabled) s.nextTransitionTime = pitGetNextTransitionTime(s, now)
  })
}

/**
 * Takes the ports.
 * @qemu hw/timer/i8254_common.c pit_common_realize
 */
export function pitCommonRealize(pit: PITCommonState): void {
  isaRegisterIoport(pit, pit.ioports, pit.iobase)
}

/** @qemu hw/timer/i8254_common.c vmstate_pit_channel */
const vmstatePitChannel: VMStateDescription<PITChannelState> = {
  name: 'pit channel',
  version: 2,
  minimumVersion: 2,
  fields: [
    vmI32('count', { max: 0x10000 }),
    vmU16('latchedCount'),
    vmU8('countLatched', { max: 4 }),
    vmU8('statusLatched', { max: 1 }),
    vmU8('status'),
    vmU8('readState', { max: 4 }),
    vmU8('writeState', { max: 4 }),
    vmU8('writeLatch'),
    vmU8('rwMode', { max: 3 }),
    vmU8('mode', { max: 5 }),
    vmU8('bcd', { max: 1 }),
    vmU8('gate', { max: 1 }),
    vmI64('countLoadTime'),
    vmI64('nextTransitionTime'),
  ],
}

/** @qemu hw/timer/i8254_common.c vmstate_pit_common */
const vmstatePitCommon: VMStateDescription<PITCommonState> = {
  name: 'i8254',
  version: 3,
  minimumVersion: 3,
  preSave: (s) => s.qomClass.preSave?.(s),
  postLoad(s) {
    // What is reckoned from it has to fit into 64 bits, too.
    if (s.channels.some(({ countLoadTime: time }) => BigInt.asIntN(63, time) !== time)) {
      throw new RangeError('a count that was loaded at no time')
    }
    s.qomClass.postLoad?.(s)
  },
  fields: [
    vmBool('irqDisabled'),
    vmStructArray<PITCommonState, PITChannelState>('channels', vmstatePitChannel, 3),
  ],
}

export const TYPE_PIT_COMMON = typeRegister<PITCommonState, PITCommonClass>({
  name: 'pit-common',
  parent: TYPE_ISA_DEVICE,
  abstract: true,
  instance: PITCommonState,
  classType: PITCommonClass,
  classInit(dc) {
    dc.vmsd = vmstatePitCommon
    // The board wires it.
    dc.userCreatable = false
    deviceClassSetProps<PITCommonState>(dc, [propUint32('iobase', 'iobase', UNSET)])
  },
})
