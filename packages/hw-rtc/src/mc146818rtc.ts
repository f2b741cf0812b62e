// SPDX-License-Identifier: GPL-2.0-or-later
import {
  ISADevice,
  isaConnectGpioOut,
  isaRegisterIoport,
  isaReleaseIrqs,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  propEnum,
  propInt32,
  propUint16,
  propUint8,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import { NANOSECONDS_PER_SECOND, qemuIrqLower, qemuIrqRaise, QEMUTimer } from '@dromaius/util'
import type { QEMUClock, qemu_irq } from '@dromaius/util'
import * as R from './mc146818rtc-regs.js'
import { getGuestRtcNs, nsOfSecond, rtcRunning, rtcSetCmos, rtcSetTime, rtcUpdateTime } from './rtc-clock.js'
import { periodicTimerUpdate, rtcCoalescedTimer, rtcPeriodicClockTicks } from './rtc-periodic.js'
import { rtcPeriodicTimer, rtcReinjectOnAck } from './rtc-periodic.js'
import { rtcBaseOffset } from './rtc-time.js'
import { checkUpdateTimer, rtcUpdateTimer, updateInProgress } from './rtc-update.js'
import { vmstateRtc } from './rtc-vmstate.js'

/** First of the two ports: index, then data. */
const RTC_ISA_BASE = 0x70
/** Interrupt when none is given. */
const RTC_ISA_IRQ = 8

/** What becomes of periodic interrupts that the guest was too slow for: lost, or delivered later. @qemu qapi/machine.json LostTickPolicy */
export type LostTickPolicy = 'discard' | 'slew'

/**
 * The MC146818 clock of a PC with its CMOS RAM. It follows the clock that `-rtc` names: by default the host's wall clock, also
 * while the machine is stopped.
 * @qemu include/hw/rtc/mc146818rtc.h RTCState
 */
export class MC146818RtcState extends ISADevice {
  /** Year that the year register counts from; 2000 means that the century byte is kept, too. */
  baseYear = 1980
  ioBase = RTC_ISA_BASE
  isairq = RTC_ISA_IRQ
  /** Needs an interrupt controller that tells whether it took an interrupt. */
  lostTickPolicy: LostTickPolicy = 'discard'
  readonly cmosData = new Uint8Array(R.CMOS_SIZE)
  cmosIndex = 0
  /** Guest time in `s` since 1970 at the last time that it was set. */
  baseRtc = 0n
  /** Host time in `ns` then. */
  lastUpdate = 0n
  /** Part of a second in `ns` by which guest time was ahead then. */
  offset = 0n
  /** Host time in `ns` of the next periodic interrupt. */
  nextPeriodicTime = 0n
  /** Host time in `ns` of the next alarm. */
  nextAlarmTime = 0n
  /** Ticks of the 32768 Hz clock per periodic interrupt, 0 while it is off. */
  period = 0
  /** Periodic interrupts that are still owed to the guest. */
  irqCoalesced = 0
  /** How many of them were delivered on its acknowledgement since the last one that came by time. */
  irqReinjectOnAckCount = 0
  periodicTimer!: QEMUTimer
  /** Fires when the next one that is owed is to be delivered. */
  coalescedTimer!: QEMUTimer
  updateTimer!: QEMUTimer
  clock!: QEMUClock
  /** The interrupt, GPIO output 0. */
  irq: qemu_irq[] = []
  readonly io = TYPE_MEMORY_REGION.new()
}

/** Whether a register shows the time, and so changes by itself. */
function isTimeRegister(index: number): boolean {
  const alarm = index === R.RTC_SECONDS_ALARM || index === R.RTC_MINUTES_ALARM || index === R.RTC_HOURS_ALARM
  return (index <= R.RTC_YEAR && !alarm) || index === R.RTC_CENTURY
}

/** @qemu hw/rtc/mc146818rtc.c cmos_ioport_read */
function cmosIoportRead(s: MC146818RtcState, addr: number): number {
  if ((addr & 1) === 0) return 0xff
  if (s.cmosIndex === R.RTC_IBM_PS2_CENTURY_BYTE) s.cmosIndex = R.RTC_CENTURY
  const index = s.cmosIndex
  if (isTimeRegister(index) && rtcRunning(s)) rtcUpdateTime(s)
  const ret = s.cmosData[index]!
  if (index === R.RTC_REG_A) return updateInProgress(s) ? ret | R.REG_A_UIP : ret
  if (index === R.RTC_REG_C) {
    qemuIrqLower(s.irq[0] ?? null)
    s.cmosData[R.RTC_REG_C] = 0
    rtcReinjectOnAck(s)
    if (ret & (R.REG_C_UF | R.REG_C_AF)) checkUpdateTimer(s)
  }
  return ret
}

/** @qemu hw/rtc/mc146818rtc.c cmos_ioport_write */
function cmosIoportWrite(s: MC146818RtcState, addr: number, data: number): void {
  if ((addr & 1) === 0) {
    // Bit 7 masks the NMI on a PC. Nothing here raises one, so there is nothing to mask.
    s.cmosIndex = data & 0x7f
    return
  }
  if (s.cmosIndex === R.RTC_IBM_PS2_CENTURY_BYTE) s.cmosIndex = R.RTC_CENTURY
  const index = s.cmosIndex
  switch (index) {
    case R.RTC_SECONDS_ALARM:
    case R.RTC_MINUTES_ALARM:
    case R.RTC_HOURS_ALARM:
      s.cmosData[index] = data
      checkUpdateTimer(s)
      break
    case R.RTC_REG_A:
      writeRegA(s, data)
      break
    case R.RTC_REG_B:
      writeRegB(s, data)
      break
    case R.RTC_REG_C:
    case R.RTC_REG_D:
      break
    default:
      s.cmosData[index] = data
      if (isTimeRegister(index) && rtcRunning(s)) {
        rtcSetTime(s)
        checkUpdateTimer(s)
      }
  }
}

function writeRegA(s: MC146818RtcState, data: number): void {
  const old = s.cmosData[R.RTC_REG_A]!
  const oldPeriod = rtcPeriodicClockTicks(s)
  let uip = old & R.REG_A_UIP
  if ((data & 0x60) === 0x60) {
    if (rtcRunning(s)) rtcUpdateTime(s)
    uip = 0
  } else if ((old & 0x60) === 0x60 && (data & R.REG_A_DV) <= 0x20) {
    // Out of reset, the first update comes after half a second.
    if (!(s.cmosData[R.RTC_REG_B]! & R.REG_B_SET)) {
      s.offset = NANOSECONDS_PER_SECOND / 2n
      rtcSetTime(s)
    }
    uip = 0
  }
  s.cmosData[R.RTC_REG_A] = (data & ~R.REG_A_UIP) | uip
  if ((old ^ data) & R.REG_A_RS) periodicTimerUpdate(s, s.clock.getNs(), oldPeriod, true)
  checkUpdateTimer(s)
}

function writeRegB(s: MC146818RtcState, written: number): void {
  let data = written
  const old = s.cmosData[R.RTC_REG_B]!
  const oldPeriod = rtcPeriodicClockTicks(s)
  if (data & R.REG_B_SET) {
    // The registers stop where time is now.
    if (rtcRunning(s)) rtcUpdateTime(s)
    s.cmosData[R.RTC_REG_A]! &= ~R.REG_A_UIP
    data &= ~R.REG_B_UIE
  } else if (old & R.REG_B_SET && (s.cmosData[R.RTC_REG_A]! & R.REG_A_DV) <= 0x20) {
    s.offset = nsOfSecond(getGuestRtcNs(s))
    rtcSetTime(s)
  }
  // A flag that is set already interrupts as soon as it is enabled.
  if (data & s.cmosData[R.RTC_REG_C]! & R.REG_C_MASK) {
    s.cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF
    qemuIrqRaise(s.irq[0] ?? null)
  } else {
    s.cmosData[R.RTC_REG_C]! &= ~R.REG_C_IRQF
    qemuIrqLower(s.irq[0] ?? null)
  }
  s.cmosData[R.RTC_REG_B] = data
  if ((old ^ data) & R.REG_B_PIE) periodicTimerUpdate(s, s.clock.getNs(), oldPeriod, true)
  checkUpdateTimer(s)
}

/**
 * Sets a byte of CMOS RAM, as the board does for the firmware; `addr` 0 to 127.
 * @qemu hw/rtc/mc146818rtc.c rtc_set_memory
 * @was rtc_set_memory
 */
export function rtcSetMemory(s: MC146818RtcState, addr: number, val: number): void {
  if (addr >= 0 && addr < R.CMOS_SIZE) s.cmosData[addr] = val
}

/**
 * A byte of CMOS RAM as it stands; `addr` 0 to 127.
 * @qemu hw/rtc/mc146818rtc.c rtc_get_memory
 * @was rtc_get_memory
 */
export function rtcGetMemory(s: MC146818RtcState, addr: number): number {
  return s.cmosData[addr] ?? 0xff
}

/** @qemu hw/rtc/mc146818rtc.c rtc_realizefn */
function rtcRealizefn(s: MC146818RtcState): void {
  // QEMU's way to say that the century byte counts, since the year register alone counts from 0.
  if (s.baseYear === 2000) s.baseYear = 0
  const { clocks, rtc } = systemOf(s)
  s.clock = clocks[rtc.clock]
  s.cmosData[R.RTC_REG_A] = 0x26
  s.cmosData[R.RTC_REG_B] = R.REG_B_24H
  s.cmosData[R.RTC_REG_C] = 0
  s.cmosData[R.RTC_REG_D] = R.REG_D_VRT
  rtcSetDateFromHost(s)
  memoryRegionInitIo(
    s.io,
    s,
    {
      read: (addr) => cmosIoportRead(s, addr),
      write: (addr, value) => cmosIoportWrite(s, addr, value),
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'rtc',
    2,
  )
  isaConnectGpioOut(s, 0, s.isairq)
  try {
    isaRegisterIoport(s, s.io, s.ioBase)
  } catch (error) {
    isaReleaseIrqs(s)
    throw error
  }
  s.periodicTimer = new QEMUTimer(s.clock, () => rtcPeriodicTimer(s), 'rtc-periodic')
  s.coalescedTimer = new QEMUTimer(s.clock, () => rtcCoalescedTimer(s), 'rtc-coalesced')
  s.updateTimer = new QEMUTimer(s.clock, () => rtcUpdateTimer(s), 'rtc-update')
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_set_date_from_host */
function rtcSetDateFromHost(s: MC146818RtcState): void {
  const { clocks, rtc } = systemOf(s)
  // Whatever clock it follows from now on, it starts with the host's date.
  const now = clocks.host.getNs()
  // A date begins with a whole second, so that nothing of the host's time comes in.
  s.baseRtc = rtc.start ?? now / NANOSECONDS_PER_SECOND + rtcBaseOffset(rtc.base, now)
  s.lastUpdate = s.clock.getNs()
  s.offset = rtc.start === null ? nsOfSecond(now) : 0n
  rtcSetCmos(s, s.baseRtc)
}

/** Stops the timers and takes the ports back. */
function rtcUnrealizefn(s: MC146818RtcState): void {
  s.periodicTimer.free()
  s.coalescedTimer.free()
  s.updateTimer.free()
  memoryRegionDelSubregion(systemOf(s).systemIo, s.io)
  isaReleaseIrqs(s)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_reset_enter */
function rtcResetEnter(s: MC146818RtcState): void {
  // 0xfe is a suspended guest's, which the BIOS must see.
  if (s.cmosData[R.RTC_SHUTDOWN_STATUS] !== 0xfe) s.cmosData[R.RTC_SHUTDOWN_STATUS] = 0
  s.cmosData[R.RTC_REG_B]! &= ~(R.REG_B_PIE | R.REG_B_AIE | R.REG_B_SQWE)
  s.cmosData[R.RTC_REG_C]! &= ~(R.REG_C_UF | R.REG_C_IRQF | R.REG_C_PF | R.REG_C_AF)
  s.periodicTimer.del()
  s.period = 0
  s.irqCoalesced = 0
  s.irqReinjectOnAckCount = 0
  s.coalescedTimer.del()
  checkUpdateTimer(s)
}

export const TYPE_MC146818_RTC = typeRegister<MC146818RtcState, DeviceClass<MC146818RtcState>>({
  name: 'mc146818rtc',
  parent: TYPE_ISA_DEVICE,
  instance: MC146818RtcState,
  instanceInit(s) {
    s.irq = qdevInitGpioOut(s, 1)
  },
  classInit(dc) {
    dc.realize = rtcRealizefn
    dc.unrealize = rtcUnrealizefn
    dc.phases.enter = rtcResetEnter
    dc.phases.hold = (s) => qemuIrqLower(s.irq[0] ?? null)
    dc.vmsd = vmstateRtc
    dc.categories = ['misc']
    deviceClassSetProps<MC146818RtcState>(dc, [
      propInt32('base_year', 'baseYear', 1980),
      propUint16('iobase', 'ioBase', RTC_ISA_BASE),
      propUint8('irq', 'isairq', RTC_ISA_IRQ),
      propEnum('lost_tick_policy', 'lostTickPolicy', 'LostTickPolicy', ['discard', 'slew'], 'discard'),
    ])
  },
})
