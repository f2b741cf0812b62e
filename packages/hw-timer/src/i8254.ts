// SPDX-License-Identifier: GPL-2.0-or-later
import { systemOf } from '@dromaius/hw-core'
import { memoryRegionInitIo } from '@dromaius/memory'
import { qdevInitGpioIn, qdevInitGpioOut, typeRegister } from '@dromaius/qom'
import { NANOSECONDS_PER_SECOND, type qemu_irq, qemuSetIrq, QEMUTimer } from '@dromaius/util'
import type { PITChannelState, PITCommonClass } from './i8254-common.js'
import {
  PIT_FREQ,
  pitCommonRealize,
  PITCommonState,
  pitGetNextTransitionTime,
  pitGetOut,
  pitResetCommon,
  TYPE_PIT_COMMON,
} from './i8254-common.js'

/** How a counter is read and written: its high byte, or one after the other; else its low byte. */
const RW_STATE_MSB = 2
const RW_STATE_WORD0 = 3
const RW_STATE_WORD1 = 4

/** Periods that are overdue by more than this, `ns`, are lost: nobody would make use of so many at once. */
const MAX_LAG = 10_000_000n

/**
 * An 8254 interval timer (Intel's data sheet 231164). Counters count in binary, as QEMU's do.
 * @qemu hw/timer/i8254.c TYPE_I8254
 */
export class PITState extends PITCommonState {
  /** Output of counter 0. */
  irq: qemu_irq[] = []
  irqTimer: QEMUTimer | null = null
}

/** Counts of a counter's period; saved state may have 0. */
const countOf = (s: PITChannelState): bigint => BigInt(s.count || 0x10000)

const nowOf = (pit: PITState): bigint => systemOf(pit).clocks.virtual.getNs()

/** The count that a guest would read, 16 bits. @qemu hw/timer/i8254.c pit_get_count */
function pitGetCount(pit: PITState, s: PITChannelState): number {
  const d = ((nowOf(pit) - s.countLoadTime) * PIT_FREQ) / NANOSECONDS_PER_SECOND
  const count = countOf(s)
  switch (s.mode) {
    case 2:
      return Number(BigInt.asUintN(16, count - (d % count)))
    case 3:
      // Two at a time: the output is high for one half of them.
      return Number(BigInt.asUintN(16, count - ((2n * d) % count)))
    default:
      return Number(BigInt.asUintN(16, count - d))
  }
}

/** Sets interrupt 0 as counter 0's output is, and waits for its next change. @qemu hw/timer/i8254.c pit_irq_timer_update */
function pitIrqTimerUpdate(pit: PITState, s: PITChannelState, currentTime: bigint): void {
  if (s !== pit.channels[0] || pit.irqDisabled) return
  const transition = pitGetNextTransitionTime(s, currentTime)
  // Saved state may say that it comes when times of 64 bits have ended.
  const next = transition >= 1n << 63n ? -1n : transition
  qemuSetIrq(pit.irq[0] ?? null, pitGetOut(s, currentTime))
  s.nextTransitionTime = next
  if (next === -1n) pit.irqTimer!.del()
  else pit.irqTimer!.modNs(next)
}

/** The time of an overdue event, less whole periods that are lost: the last event before `now` is not. */
function lateBy(s: PITChannelState, due: bigint, now: bigint): bigint {
  if ((s.mode !== 2 && s.mode !== 3) || now - due <= MAX_LAG) return due
  const period = (countOf(s) * NANOSECONDS_PER_SECOND) / PIT_FREQ
  return due + ((now - due) / period) * period
}

/** @qemu hw/timer/i8254.c pit_irq_timer */
function pitIrqTimer(pit: PITState): void {
  const [s] = pit.channels
  const now = nowOf(pit)
  const due = s.nextTransitionTime
  pitIrqTimerUpdate(pit, s, lateBy(s, due, now))
}

/** @qemu hw/timer/i8254.c pit_load_count */
function pitLoadCount(pit: PITState, s: PITChannelState, value: number): void {
  s.countLoadTime = nowOf(pit)
  s.count = value || 0x10000
  pitIrqTimerUpdate(pit, s, s.countLoadTime)
}

/**
 * Level of a counter's gate; its rise starts modes 1, 2, 3 and 5 anew.
 * @qemu hw/timer/i8254.c pit_set_channel_gate
 */
export function pitSetGate(pit: PITState, channel: 0 | 1 | 2, level: number): void {
  const s = pit.channels[channel]
  if (level > s.gate && s.mode !== 0 && s.mode !== 4) {
    s.countLoadTime = nowOf(pit)
    pitIrqTimerUpdate(pit, s, s.countLoadTime)
  }
  s.gate = level
}

/** Level of a counter's output. @qemu hw/timer/i8254_common.c pit_get_channel_info */
export function pitOutNow(pit: PITState, channel: 0 | 1 | 2): number {
  return pitGetOut(pit.channels[channel], nowOf(pit))
}

/** A count that is latched already stays. @qemu hw/timer/i8254.c pit_latch_count */
function pitLatchCount(pit: PITState, s: PITChannelState): void {
  if (s.countLatched) return
  s.latchedCount = pitGetCount(pit, s)
  s.countLatched = s.rwMode
}

function latchStatus(pit: PITState, s: PITChannelState): void {
  if (s.statusLatched) return
  s.status = (pitGetOut(s, nowOf(pit)) << 7) | (s.rwMode << 4) | (s.mode << 1) | s.bcd
  s.statusLatched = 1
}

function writeControl(pit: PITState, value: number): void {
  const select = value >> 6
  if (select === 3) {
    for (const [n, s] of pit.channels.entries()) {
      if (!(value & (2 << n))) continue
      if (!(value & 0x20)) pitLatchCount(pit, s)
      if (!(value & 0x10)) latchStatus(pit, s)
    }
    return
  }
  const s = pit.channels[select as 0 | 1 | 2]
  const access = (value >> 4) & 3
  if (access === 0) return pitLatchCount(pit, s)
  s.rwMode = access
  s.readState = access
  s.writeState = access
  // Modes 6 and 7 are 2 and 3.
  const mode = (value >> 1) & 7
  s.mode = mode > 5 ? mode - 4 : mode
  s.bcd = value & 1
}

/** @qemu hw/timer/i8254.c pit_ioport_write */
function pitIoportWrite(pit: PITState, addr: number, value: number): void {
  if (addr === 3) return writeControl(pit, value)
  const s = pit.channels[addr as 0 | 1 | 2]
  switch (s.writeState) {
    case RW_STATE_MSB:
      return pitLoadCount(pit, s, value << 8)
    case RW_STATE_WORD0:
      s.writeLatch = value
      s.writeState = RW_STATE_WORD1
      return
    case RW_STATE_WORD1:
      s.writeState = RW_STATE_WORD0
      return pitLoadCount(pit, s, s.writeLatch | (value << 8))
    default:
      return pitLoadCount(pit, s, value)
  }
}

function readLatched(s: PITChannelState): number {
  if (s.countLatched === RW_STATE_WORD0) {
    s.countLatched = RW_STATE_MSB
    return s.latchedCount & 0xff
  }
  const high = s.countLatched === RW_STATE_MSB
  s.countLatched = 0
  return (high ? s.latchedCount >> 8 : s.latchedCount) & 0xff
}

/** @qemu hw/timer/i8254.c pit_ioport_read */
function pitIoportRead(pit: PITState, addr: number): number {
  // The control word cannot be read.
  if (addr === 3) return 0
  const s = pit.channels[addr as 0 | 1 | 2]
  if (s.statusLatched) {
    s.statusLatched = 0
    return s.status
  }
  if (s.countLatched) return readLatched(s)
  const count = pitGetCount(pit, s)
  const high = s.readState === RW_STATE_MSB || s.readState === RW_STATE_WORD1
  if (s.readState === RW_STATE_WORD0) s.readState = RW_STATE_WORD1
  else if (s.readState === RW_STATE_WORD1) s.readState = RW_STATE_WORD0
  return (high ? count >> 8 : count) & 0xff
}

/** The HPET takes interrupt 0 over, or gives it back. @qemu hw/timer/i8254.c pit_irq_control */
function pitIrqControl(pit: PITState, enable: number): void {
  pit.irqDisabled = enable === 0
  if (enable) pitIrqTimerUpdate(pit, pit.channels[0], nowOf(pit))
  else pit.irqTimer!.del()
}

/** @qemu hw/timer/i8254.c pit_post_load */
function rearm(pit: PITState): void {
  const { nextTransitionTime } = pit.channels[0]
  if (nextTransitionTime === -1n || pit.irqDisabled) pit.irqTimer!.del()
  else pit.irqTimer!.modNs(nextTransitionTime)
}

/**
 * Counter 0 interrupts nobody until a guest has said what it is to do; before, its mode and output are undefined (data sheet,
 * "Programming the 8254").
 * @qemu hw/timer/i8254.c pit_reset
 * @differs QEMU's has square waves from the start, which wake the host 36 times a second
 */
function pitReset(pit: PITState): void {
  pit.channels[0].nextTransitionTime = -1n
  pit.irqTimer!.del()
}

/** @qemu hw/timer/i8254.c pit_realizefn */
function pitRealizefn(common: PITCommonState): void {
  const pit = TYPE_I8254.cast(common)
  pit.irqTimer = new QEMUTimer(systemOf(pit).clocks.virtual, () => pitIrqTimer(pit), 'pit')
  pit.irq = qdevInitGpioOut(pit, 1)
  memoryRegionInitIo(
    pit.ioports,
    pit,
    {
      read: (addr) => pitIoportRead(pit, addr),
      write: (addr, value) => pitIoportWrite(pit, addr, value),
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'pit',
    4,
  )
  qdevInitGpioIn(pit, (_n, enable) => pitIrqControl(pit, enable), 1)
  pitCommonRealize(pit)
}

/** An 8254 that is emulated. */
export const TYPE_I8254 = typeRegister<PITState, PITCommonClass>({
  name: 'isa-pit',
  parent: TYPE_PIT_COMMON,
  instance: PITState,
  classInit(dc) {
    dc.realize = pitRealizefn
    dc.unrealize = (common) => TYPE_I8254.cast(common).irqTimer?.free()
    dc.phases.enter = pitResetCommon
    dc.phases.hold = (common) => pitReset(TYPE_I8254.cast(common))
    dc.postLoad = (common) => rearm(TYPE_I8254.cast(common))
  },
})
