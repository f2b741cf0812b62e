// SPDX-License-Identifier: GPL-2.0-or-later
import { ISA_NUM_IRQS, ISADevice, isaConnectGpioOut, isaRegisterIoport, systemOf } from '@dromaius/hw-core'
import { TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  propInt32,
  propString,
  propUint16,
  propUint8,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import { NANOSECONDS_PER_SECOND, qemuIrqLower, qemuIrqRaise, QEMUTimer, UserError } from '@dromaius/util'
import {
  vmBytes,
  vmI64,
  vmTimer,
  vmU8,
  type QEMUClock,
  type VMStateDescription,
  type qemu_irq,
} from '@dromaius/util'
import * as R from './mc146818rtc-regs.js'
import { convertHour, getNextAlarm, rtcFromBcd } from './rtc-alarm.js'
import { gmtime, mktimegm, rtcBaseOffset } from './rtc-time.js'

/** First of the two ports: index, then data. */
const RTC_ISA_BASE = 0x70
/** Interrupt when none is given. */
const RTC_ISA_IRQ = 8
/** Bytes of CMOS RAM, the registers included. */
const CMOS_SIZE = 128
/** How long before an update the UIP bit is set: eight ticks of the 32768 Hz clock, in `ns`. */
const UIP_HOLD_LENGTH = (8n * NANOSECONDS_PER_SECOND) / R.RTC_CLOCK_RATE
/** A clock that was set back by more than this, in `ns`, makes the periodic timer start again. */
const MAX_CLOCK_JUMP = 60n * NANOSECONDS_PER_SECOND

/**
 * The MC146818 clock of a PC with its CMOS RAM. It follows the host's wall clock, also while the machine is stopped.
 * @qemu include/hw/rtc/mc146818rtc.h MC146818RtcState
 * @differs ticks that the guest was too slow for are lost (QEMU's lost_tick_policy=discard)
 */
export class MC146818RtcState extends ISADevice {
  /** Year that the year register counts from; 2000 means that the century byte is kept, too. */
  baseYear = 1980
  ioBase = RTC_ISA_BASE
  isairq = RTC_ISA_IRQ
  /** What the clock starts with: `utc`, `localtime` or a date, see {@link rtcBaseOffset}. */
  base = 'utc'
  readonly cmosData = new Uint8Array(CMOS_SIZE)
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
  periodicTimer!: QEMUTimer
  updateTimer!: QEMUTimer
  clock!: QEMUClock
  /** The interrupt, GPIO output 0. */
  irq: qemu_irq[] = []
  readonly io = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/rtc/mc146818rtc.c rtc_running */
function rtcRunning(s: MC146818RtcState): boolean {
  return !(s.cmosData[R.RTC_REG_B]! & R.REG_B_SET) && (s.cmosData[R.RTC_REG_A]! & R.REG_A_DV) <= 0x20
}

/** Guest time in `ns` since 1970. @qemu hw/rtc/mc146818rtc.c get_guest_rtc_ns */
function getGuestRtcNs(s: MC146818RtcState): bigint {
  return s.baseRtc * NANOSECONDS_PER_SECOND + s.clock.getNs() - s.lastUpdate + s.offset
}

/** The part of a time in `ns` below a second, also for times before 1970. */
function nsOfSecond(ns: bigint): bigint {
  return ((ns % NANOSECONDS_PER_SECOND) + NANOSECONDS_PER_SECOND) % NANOSECONDS_PER_SECOND
}

/** @qemu hw/rtc/mc146818rtc.c rtc_to_bcd */
function rtcToBcd(s: MC146818RtcState, a: number): number {
  return s.cmosData[R.RTC_REG_B]! & R.REG_B_DM ? a : (Math.floor(a / 10) << 4) | (a % 10)
}

/** Takes the guest's time from the registers. @qemu hw/rtc/mc146818rtc.c rtc_set_time */
function rtcSetTime(s: MC146818RtcState): void {
  const reg = (index: number): number => rtcFromBcd(s, s.cmosData[index]!)
  s.baseRtc = mktimegm({
    sec: reg(R.RTC_SECONDS),
    min: reg(R.RTC_MINUTES),
    hour: convertHour(s, rtcFromBcd(s, s.cmosData[R.RTC_HOURS]! & ~R.RTC_HOURS_PM)),
    wday: reg(R.RTC_DAY_OF_WEEK) - 1,
    mday: reg(R.RTC_DAY_OF_MONTH),
    mon: reg(R.RTC_MONTH) - 1,
    year: reg(R.RTC_YEAR) + s.baseYear + reg(R.RTC_CENTURY) * 100,
  })
  s.lastUpdate = s.clock.getNs()
}

/** Brings the time registers up to date, unless the guest has stopped updates. @qemu hw/rtc/mc146818rtc.c rtc_update_time */
export function rtcUpdateTime(s: MC146818RtcState): void {
  if (s.cmosData[R.RTC_REG_B]! & R.REG_B_SET) return
  const ns = getGuestRtcNs(s)
  rtcSetCmos(s, (ns - nsOfSecond(ns)) / NANOSECONDS_PER_SECOND)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_set_cmos */
function rtcSetCmos(s: MC146818RtcState, sec: bigint): void {
  const tm = gmtime(sec)
  const { cmosData } = s
  cmosData[R.RTC_SECONDS] = rtcToBcd(s, tm.sec)
  cmosData[R.RTC_MINUTES] = rtcToBcd(s, tm.min)
  if (cmosData[R.RTC_REG_B]! & R.REG_B_24H) {
    cmosData[R.RTC_HOURS] = rtcToBcd(s, tm.hour)
  } else {
    cmosData[R.RTC_HOURS] = rtcToBcd(s, tm.hour % 12 || 12) | (tm.hour >= 12 ? R.RTC_HOURS_PM : 0)
  }
  cmosData[R.RTC_DAY_OF_WEEK] = rtcToBcd(s, tm.wday + 1)
  cmosData[R.RTC_DAY_OF_MONTH] = rtcToBcd(s, tm.mday)
  cmosData[R.RTC_MONTH] = rtcToBcd(s, tm.mon + 1)
  const year = tm.year - s.baseYear
  cmosData[R.RTC_YEAR] = rtcToBcd(s, year % 100)
  cmosData[R.RTC_CENTURY] = rtcToBcd(s, Math.floor(year / 100))
}

/** Ticks per periodic interrupt, 0 while it is off. @qemu hw/rtc/mc146818rtc.c rtc_periodic_clock_ticks */
function rtcPeriodicClockTicks(s: MC146818RtcState): bigint {
  if (!(s.cmosData[R.RTC_REG_B]! & R.REG_B_PIE)) return 0n
  return periodOf(s)
}

const periodOf = (s: MC146818RtcState): bigint =>
  R.periodicPeriodToClock(s.cmosData[R.RTC_REG_A]! & R.REG_A_RS)

/**
 * Arms the periodic timer, or disarms it. `oldPeriod` is not 0 when a new period replaces one that ran: what of that has
 * gone by counts.
 * @qemu hw/rtc/mc146818rtc.c periodic_timer_update
 */
function periodicTimerUpdate(s: MC146818RtcState, currentTime: bigint, oldPeriod: bigint): void {
  const period = rtcPeriodicClockTicks(s)
  if (period === 0n) {
    s.periodicTimer.del()
    return
  }
  const curClock = (currentTime * R.RTC_CLOCK_RATE) / NANOSECONDS_PER_SECOND
  let lostClock = 0n
  if (oldPeriod !== 0n) {
    const nextClock = (s.nextPeriodicTime * R.RTC_CLOCK_RATE) / NANOSECONDS_PER_SECOND
    lostClock = curClock - (nextClock - oldPeriod)
    if (lostClock < 0n) lostClock = 0n
    if (lostClock > period) lostClock = period
  }
  const nextIrqClock = curClock + period - lostClock
  s.nextPeriodicTime = (nextIrqClock * NANOSECONDS_PER_SECOND) / R.RTC_CLOCK_RATE + 1n
  s.periodicTimer.modNs(s.nextPeriodicTime)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_periodic_timer */
function rtcPeriodicTimer(s: MC146818RtcState): void {
  const now = s.clock.getNs()
  // Counted from when it was due, so that lateness does not add up; but what lies a second back is not made up for.
  const due = s.nextPeriodicTime
  periodicTimerUpdate(s, now - due > NANOSECONDS_PER_SECOND ? now : due, 0n)
  s.cmosData[R.RTC_REG_C]! |= R.REG_C_PF
  if (s.cmosData[R.RTC_REG_B]! & R.REG_B_PIE) {
    s.cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF
    qemuIrqRaise(s.irq[0] ?? null)
  }
}

/**
 * Arms the update timer for the next second, or only for the alarm if nothing else would change.
 * @qemu hw/rtc/mc146818rtc.c check_update_timer
 */
function checkUpdateTimer(s: MC146818RtcState): void {
  const { cmosData } = s
  // A divider in reset stops interrupts; the SET bit does not.
  if ((cmosData[R.RTC_REG_A]! & 0x60) === 0x60) {
    s.updateTimer.del()
    return
  }
  let nextUpdateTime = s.clock.getNs() + NANOSECONDS_PER_SECOND - nsOfSecond(getGuestRtcNs(s))
  rtcUpdateTime(s)
  s.nextAlarmTime = nextUpdateTime + BigInt(getNextAlarm(s) - 1) * NANOSECONDS_PER_SECOND
  // While UIP is latched, the timer must clear it at the next second.
  if (!(cmosData[R.RTC_REG_A]! & R.REG_A_UIP) && cmosData[R.RTC_REG_C]! & R.REG_C_UF) {
    if (cmosData[R.RTC_REG_B]! & R.REG_B_SET || cmosData[R.RTC_REG_C]! & R.REG_C_AF) {
      s.updateTimer.del()
      return
    }
    nextUpdateTime = s.nextAlarmTime
  }
  if (s.updateTimer.expireTimeNs() !== nextUpdateTime) s.updateTimer.modNs(nextUpdateTime)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_update_timer */
function rtcUpdateTimer(s: MC146818RtcState): void {
  const { cmosData } = s
  let irqs = R.REG_C_UF
  rtcUpdateTime(s)
  cmosData[R.RTC_REG_A]! &= ~R.REG_A_UIP
  if (s.clock.getNs() >= s.nextAlarmTime) irqs |= R.REG_C_AF
  const newIrqs = irqs & ~cmosData[R.RTC_REG_C]!
  cmosData[R.RTC_REG_C]! |= irqs
  if (newIrqs & cmosData[R.RTC_REG_B]!) {
    cmosData[R.RTC_REG_C]! |= R.REG_C_IRQF
    qemuIrqRaise(s.irq[0] ?? null)
  }
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c update_in_progress */
function updateInProgress(s: MC146818RtcState): boolean {
  if (!rtcRunning(s)) return false
  const due = s.updateTimer.expireTimeNs()
  if (due !== null && s.clock.getNs() >= due - UIP_HOLD_LENGTH) {
    // Latched until the timer fires, late as it may be.
    s.cmosData[R.RTC_REG_A]! |= R.REG_A_UIP
    return true
  }
  return nsOfSecond(getGuestRtcNs(s)) >= NANOSECONDS_PER_SECOND - UIP_HOLD_LENGTH
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
  if ((old ^ data) & R.REG_A_RS) periodicTimerUpdate(s, s.clock.getNs(), oldPeriod)
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
  if ((old ^ data) & R.REG_B_PIE) periodicTimerUpdate(s, s.clock.getNs(), oldPeriod)
  checkUpdateTimer(s)
}

/**
 * Sets a byte of CMOS RAM, as the board does for the firmware; `addr` 0 to 127.
 * @qemu hw/rtc/mc146818rtc.c mc146818rtc_set_cmos_data
 * @was rtc_set_memory
 */
export function rtcSetMemory(s: MC146818RtcState, addr: number, val: number): void {
  if (addr >= 0 && addr < CMOS_SIZE) s.cmosData[addr] = val
}

/**
 * A byte of CMOS RAM as it stands; `addr` 0 to 127.
 * @qemu hw/rtc/mc146818rtc.c mc146818rtc_get_cmos_data
 * @was rtc_get_memory
 */
export function rtcGetMemory(s: MC146818RtcState, addr: number): number {
  return s.cmosData[addr] ?? 0xff
}

/** @qemu hw/rtc/mc146818rtc.c rtc_realizefn */
function rtcRealizefn(s: MC146818RtcState): void {
  if (s.isairq >= ISA_NUM_IRQS) throw new UserError(`Maximum value for "irq" is: ${ISA_NUM_IRQS - 1}`)
  // QEMU's way to say that the century byte counts, since the year register alone counts from 0.
  if (s.baseYear === 2000) s.baseYear = 0
  s.clock = systemOf(s).clocks.host
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
  isaRegisterIoport(s, s.io, s.ioBase)
  s.periodicTimer = new QEMUTimer(s.clock, () => rtcPeriodicTimer(s), 'rtc-periodic')
  s.updateTimer = new QEMUTimer(s.clock, () => rtcUpdateTimer(s), 'rtc-update')
  checkUpdateTimer(s)
  isaConnectGpioOut(s, 0, s.isairq)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_set_date_from_host */
function rtcSetDateFromHost(s: MC146818RtcState): void {
  const now = s.clock.getNs()
  s.baseRtc = now / NANOSECONDS_PER_SECOND + rtcBaseOffset(s.base, now)
  s.lastUpdate = now
  s.offset = nsOfSecond(now)
  rtcSetCmos(s, s.baseRtc)
}

/** Stops the timers and takes the ports back. */
function rtcUnrealizefn(s: MC146818RtcState): void {
  s.periodicTimer.free()
  s.updateTimer.free()
  memoryRegionDelSubregion(systemOf(s).systemIo, s.io)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_reset_enter */
function rtcResetEnter(s: MC146818RtcState): void {
  // 0xfe is a suspended guest's, which the BIOS must see.
  if (s.cmosData[R.RTC_SHUTDOWN_STATUS] !== 0xfe) s.cmosData[R.RTC_SHUTDOWN_STATUS] = 0
  s.cmosData[R.RTC_REG_B]! &= ~(R.REG_B_PIE | R.REG_B_AIE | R.REG_B_SQWE)
  s.cmosData[R.RTC_REG_C]! &= ~(R.REG_C_UF | R.REG_C_IRQF | R.REG_C_PF | R.REG_C_AF)
  s.periodicTimer.del()
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_post_load */
function rtcPostLoad(s: MC146818RtcState): void {
  s.cmosIndex &= 0x7f
  const now = s.clock.getNs()
  // After a long time, or on a host whose clock is behind, the timer's old time means nothing. No period is longer than a second.
  if (now + NANOSECONDS_PER_SECOND < s.nextPeriodicTime || now > s.nextPeriodicTime + MAX_CLOCK_JUMP)
    periodicTimerUpdate(s, now, 0n)
  checkUpdateTimer(s)
}

/** @qemu hw/rtc/mc146818rtc.c vmstate_rtc */
const vmstateRtc: VMStateDescription<MC146818RtcState> = {
  name: 'mc146818rtc',
  version: 3,
  minimumVersion: 3,
  preSave: rtcUpdateTime,
  postLoad: rtcPostLoad,
  fields: [
    vmBytes('cmosData', CMOS_SIZE),
    vmU8('cmosIndex'),
    vmTimer('periodicTimer'),
    vmI64('nextPeriodicTime'),
    vmI64('baseRtc'),
    vmI64('lastUpdate'),
    vmI64('offset'),
    vmTimer('updateTimer'),
    vmI64('nextAlarmTime'),
  ],
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
      propString('base', 'base', 'utc'),
    ])
  },
})
