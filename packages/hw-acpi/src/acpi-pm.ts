// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemShutdownRequest } from '@dromaius/cpus'
import { SysBusDevice, sysbusAddIo, sysbusInitIrq, systemOf, TYPE_SYS_BUS_DEVICE } from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, deviceClassSetProps, propUint16, propUint8, typeRegister } from '@dromaius/qom'
import {
  NANOSECONDS_PER_SECOND,
  qemuSetIrq,
  QEMUTimer,
  UserError,
  vmI64,
  vmU16,
  type VMStateDescription,
} from '@dromaius/util'
import { PM_PORTS } from './acpi-pm-ports.js'
import { ACPI_GED_SLP_TYP_S5 } from './generic-event-device.js'

/** Where the fixed hardware's ports are on a PC with an ICH9. @qemu include/hw/i386/ich9.h ICH9_PMIO_SIZE */
export const ACPI_PM_BASE = 0x600

/** Frequency of the timer in `Hz` (ACPI 6.5, 4.8.2.1). */
const PM_TIMER_FREQUENCY = 3_579_545n

/** PM1 status and enable (ACPI 6.5, tables 4.11 and 4.12). */
const ACPI_BITMASK_TIMER_STATUS = 1 << 0
const ACPI_BITMASK_TIMER_ENABLE = 1 << 0
/** Enable bits that can be written: timer, global lock, power button, sleep button, real-time clock. */
const PM1_ENABLE_BITS = 0x0721

/** PM1 control (ACPI 6.5, table 4.13). */
const ACPI_BITMASK_SCI_ENABLE = 1 << 0
const ACPI_BITMASK_BUS_MASTER_RLD = 1 << 1
const SLP_TYP_SHIFT = 10
const SLP_TYP_MASK = 7 << SLP_TYP_SHIFT
const ACPI_BITMASK_SLEEP_ENABLE = 1 << 13
/** What QEMU's chip sets take for soft-off, and guests write without having asked the tables. */
const QEMU_SLP_TYP_SOFT_OFF = 0

/**
 * ACPI's fixed hardware (ACPI 6.5, 4.8): the power-management timer, which counts virtual time, the PM1 event registers with its
 * overflow, and PM1 control with soft-off. Its interrupt, the SCI, is level-triggered. ACPI mode is always on.
 * @qemu include/hw/acpi/acpi.h ACPIREGS
 * @differs a device of its own, where QEMU's are part of chip sets; no general-purpose events, no wake-up
 */
export class AcpiPmState extends SysBusDevice {
  /** First port. */
  iobase = ACPI_PM_BASE
  /** Bits of the timer, 24 or 32. */
  timerBits = 24
  /** PM1 status and enable. */
  sts = 0
  en = 0
  /** PM1 control. */
  cnt = ACPI_BITMASK_SCI_ENABLE
  /** The timer, not cut to its bits, when its highest bit changes next. */
  overflowTime = 0n
  tmrTimer!: QEMUTimer
  readonly evtIo = TYPE_MEMORY_REGION.new()
  readonly cntIo = TYPE_MEMORY_REGION.new()
  readonly tmrIo = TYPE_MEMORY_REGION.new()
  /** What the interrupt line is connected to. */
  readonly irq = sysbusInitIrq(this)
}

/** The timer with all the bits that it could have. @qemu hw/acpi/core.c acpi_pm_tmr_get_clock */
const acpiPmTmrGetClock = (s: AcpiPmState): bigint =>
  (systemOf(s).clocks.virtual.getNs() * PM_TIMER_FREQUENCY) / NANOSECONDS_PER_SECOND

/** @qemu hw/acpi/core.c acpi_pm_tmr_calc_overflow_time */
function acpiPmTmrCalcOverflowTime(s: AcpiPmState): void {
  const half = 1n << BigInt(s.timerBits - 1)
  s.overflowTime = (acpiPmTmrGetClock(s) | (half - 1n)) + 1n
}

/** @qemu hw/acpi/core.c acpi_pm_tmr_get */
const acpiPmTmrGet = (s: AcpiPmState): number => Number(BigInt.asUintN(s.timerBits, acpiPmTmrGetClock(s)))

/** @qemu hw/acpi/core.c acpi_pm1_evt_get_sts */
function acpiPm1EvtGetSts(s: AcpiPmState): number {
  if (acpiPmTmrGetClock(s) >= s.overflowTime) s.sts |= ACPI_BITMASK_TIMER_STATUS
  return s.sts
}

/** Waits for the timer's overflow, if the guest wants to be told of it. @qemu hw/acpi/core.c acpi_pm_tmr_update */
function acpiPmTmrUpdate(s: AcpiPmState, enable: boolean): void {
  if (!enable) return s.tmrTimer.del()
  // Rounded up: the status is not there a tick before.
  s.tmrTimer.modNs((s.overflowTime * NANOSECONDS_PER_SECOND) / PM_TIMER_FREQUENCY + 1n)
}

/** Level of the SCI, and when it changes by itself. @qemu hw/acpi/core.c acpi_update_sci */
function acpiUpdateSci(s: AcpiPmState): void {
  const sts = acpiPm1EvtGetSts(s)
  qemuSetIrq(s.irq(), sts & s.en ? 1 : 0)
  acpiPmTmrUpdate(s, (s.en & ACPI_BITMASK_TIMER_ENABLE & ~sts) !== 0)
}

/** Ones clear; with the timer's the next overflow is waited for. @qemu hw/acpi/core.c acpi_pm1_evt_write_sts */
function acpiPm1EvtWriteSts(s: AcpiPmState, value: number): void {
  if (acpiPm1EvtGetSts(s) & value & ACPI_BITMASK_TIMER_STATUS) acpiPmTmrCalcOverflowTime(s)
  s.sts &= ~value
}

/** @qemu hw/acpi/core.c acpi_pm_evt_read */
const acpiPmEvtRead = (s: AcpiPmState, addr: number): number => (addr === 0 ? acpiPm1EvtGetSts(s) : s.en)

/** @qemu hw/acpi/core.c acpi_pm_evt_write */
function acpiPmEvtWrite(s: AcpiPmState, addr: number, value: number): void {
  if (addr === 0) acpiPm1EvtWriteSts(s, value)
  else s.en = value & PM1_ENABLE_BITS
  acpiUpdateSci(s)
}

/**
 * @qemu hw/acpi/core.c acpi_pm1_cnt_write
 * @differs no suspend, which no table tells of; SCI_EN reads as 1 always, since there is no other mode (ACPI 6.5, 4.8.2.5)
 */
function acpiPm1CntWrite(s: AcpiPmState, value: number): void {
  s.cnt = (value & (SLP_TYP_MASK | ACPI_BITMASK_BUS_MASTER_RLD)) | ACPI_BITMASK_SCI_ENABLE
  if (!(value & ACPI_BITMASK_SLEEP_ENABLE)) return
  const slpTyp = (value & SLP_TYP_MASK) >> SLP_TYP_SHIFT
  if (slpTyp === ACPI_GED_SLP_TYP_S5 || slpTyp === QEMU_SLP_TYP_SOFT_OFF) {
    qemuSystemShutdownRequest(systemOf(s), 'guest-shutdown')
  }
}

/**
 * @qemu hw/acpi/core.c acpi_pm1_evt_init
 * @qemu hw/acpi/core.c acpi_pm1_cnt_init
 * @qemu hw/acpi/core.c acpi_pm_tmr_init
 */
function acpiPmRealize(s: AcpiPmState): void {
  if (s.timerBits !== 24 && s.timerBits !== 32) {
    throw new UserError(`Parameter 'timer-bits' expects 24 or 32, not ${s.timerBits}`)
  }
  s.tmrTimer = new QEMUTimer(systemOf(s).clocks.virtual, () => acpiUpdateSci(s), 'acpi-pm-timer')
  memoryRegionInitIo(
    s.evtIo,
    s,
    {
      read: (addr) => acpiPmEvtRead(s, addr),
      write: (addr, value) => acpiPmEvtWrite(s, addr, value),
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 2 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
    },
    'acpi-evt',
    PM_PORTS.evt.length,
  )
  memoryRegionInitIo(
    s.cntIo,
    s,
    {
      read: () => s.cnt,
      write: (_addr, value) => acpiPm1CntWrite(s, value),
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 2 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
    },
    'acpi-cnt',
    PM_PORTS.cnt.length,
  )
  memoryRegionInitIo(
    s.tmrIo,
    s,
    {
      read: () => acpiPmTmrGet(s),
      write: () => undefined,
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 4 },
      impl: { minAccessSize: 4, maxAccessSize: 4 },
    },
    'acpi-tmr',
    PM_PORTS.tmr.length,
  )
  sysbusAddIo(s, s.iobase + PM_PORTS.evt.offset, s.evtIo)
  sysbusAddIo(s, s.iobase + PM_PORTS.cnt.offset, s.cntIo)
  sysbusAddIo(s, s.iobase + PM_PORTS.tmr.offset, s.tmrIo)
}

function acpiPmUnrealize(s: AcpiPmState): void {
  s.tmrTimer.free()
  for (const io of [s.evtIo, s.cntIo, s.tmrIo]) memoryRegionDelSubregion(systemOf(s).systemIo, io)
}

/**
 * @qemu hw/acpi/core.c acpi_pm1_evt_reset
 * @qemu hw/acpi/core.c acpi_pm1_cnt_reset
 * @qemu hw/acpi/core.c acpi_pm_tmr_reset
 * @differs no overflow is pending after a reset; in QEMU one is, until it is cleared for the first time
 */
function acpiPmReset(s: AcpiPmState): void {
  s.sts = 0
  s.en = 0
  s.cnt = ACPI_BITMASK_SCI_ENABLE
  s.tmrTimer.del()
  acpiPmTmrCalcOverflowTime(s)
}

/** Throws where a guest could not have brought it there. */
function acpiPmPostLoad(s: AcpiPmState): void {
  if (s.en & ~PM1_ENABLE_BITS) throw new RangeError('enable bits that do not exist')
  if (s.sts & ~ACPI_BITMASK_TIMER_STATUS) throw new RangeError('status bits that do not exist')
  const counts = SLP_TYP_MASK | ACPI_BITMASK_BUS_MASTER_RLD | ACPI_BITMASK_SCI_ENABLE
  if (s.cnt & ~counts || !(s.cnt & ACPI_BITMASK_SCI_ENABLE)) throw new RangeError('control bits')
  const half = 1n << BigInt(s.timerBits - 1)
  if (s.overflowTime < 0n || s.overflowTime > acpiPmTmrGetClock(s) + half) {
    throw new RangeError('an overflow that never comes')
  }
  acpiUpdateSci(s)
}

/**
 * @qemu hw/acpi/ich9.c vmstate_ich9_pm
 * @differs no timer: it is armed for what the other fields say
 */
const vmstateAcpiPm: VMStateDescription<AcpiPmState> = {
  name: 'acpi-pm',
  version: 1,
  minimumVersion: 1,
  // The status is looked at when somebody asks.
  preSave: (s) => void acpiPm1EvtGetSts(s),
  postLoad: acpiPmPostLoad,
  fields: [vmU16('sts'), vmU16('en'), vmU16('cnt'), vmI64('overflowTime')],
}

export const TYPE_ACPI_PM = typeRegister<AcpiPmState, DeviceClass<AcpiPmState>>({
  name: 'acpi-pm',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: AcpiPmState,
  classInit(dc) {
    dc.desc = 'ACPI fixed hardware with power-management timer'
    dc.realize = acpiPmRealize
    dc.unrealize = acpiPmUnrealize
    dc.phases.enter = acpiPmReset
    dc.phases.hold = (s) => qemuSetIrq(s.irq(), 0)
    dc.vmsd = vmstateAcpiPm
    deviceClassSetProps<AcpiPmState>(dc, [
      propUint16('iobase', 'iobase', ACPI_PM_BASE),
      propUint8('timer-bits', 'timerBits', 24),
    ])
  },
})
