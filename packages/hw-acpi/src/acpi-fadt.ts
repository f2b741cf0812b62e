// SPDX-License-Identifier: GPL-2.0-or-later
import { PM_PORTS } from './acpi-pm-ports.js'
import { ACPI_BUILD_TABLE_FILE, acpiTable, ioRegister, memoryRegister } from './acpi-tables.js'
import { littleEndian } from './aml-build.js'
import type { BIOSLinker } from './bios-linker-loader.js'

/** Bits of the FADT's flags (ACPI 6.5, table 5.10). */
const ACPI_FADT_F_WBINVD = 1 << 0
const ACPI_FADT_F_PWR_BUTTON = 1 << 4
const ACPI_FADT_F_SLP_BUTTON = 1 << 5
const ACPI_FADT_F_FIX_RTC = 1 << 6
const ACPI_FADT_F_TMR_VAL_EXT = 1 << 8
const ACPI_FADT_F_RESET_REG_SUP = 1 << 10
const ACPI_FADT_F_HW_REDUCED_ACPI = 1 << 20
/** IA-PC boot architecture flags (ACPI 6.5, table 5.11): there is no CMOS clock. */
const NO_CMOS_RTC = 1 << 5
/** A C-state latency that says that there is no such state, us. */
const NO_C2 = 101
const NO_C3 = 1001
/** Offset of the century in the CMOS clock's memory. */
const RTC_CENTURY = 0x32

/** ACPI's fixed hardware, as far as there is some (ACPI 6.5, 4.8). */
export interface AcpiFixedHardware {
  /** First port of the blocks of registers. */
  readonly base: number
  /** Interrupt of the blocks' events. */
  readonly sciInt: number
  /** The power-management timer has 32 bits, not 24. */
  readonly wideTimer: boolean
  /** There is a CMOS clock. */
  readonly rtc: boolean
  /** Offset of the FACS in the tables' file. */
  readonly facs: number
}

/**
 * What the FADT says.
 * @qemu include/hw/acpi/acpi-defs.h AcpiFadtData
 */
export interface AcpiFadtData {
  /** Offset of the DSDT in the tables' file. */
  readonly dsdt: number
  /** Guest physical addresses of registers of 8 bits: sleep control, sleep status, reset. */
  readonly sleepCtl: number
  readonly sleepSts: number
  readonly resetReg: number
  /** What resets when written to the reset register. */
  readonly resetVal: number
  /** Null for a hardware-reduced machine. */
  readonly fixed: AcpiFixedHardware | null
}

/** Offsets of fields (ACPI 6.5, table 5.9). */
const FADT_FIRMWARE_CTRL = 36
const FADT_DSDT = 40
const FADT_SCI_INT = 46
const FADT_PM1A_EVT_BLK = 56
const FADT_PM1A_CNT_BLK = 64
const FADT_PM_TMR_BLK = 76
const FADT_PM1_EVT_LEN = 88
const FADT_PM_TMR_LEN = 91
const FADT_P_LVL2_LAT = 96
const FADT_CENTURY = 108
const FADT_FLAGS = 112
const FADT_X_FIRMWARE_CTRL = 132
const FADT_X_DSDT = 140
const FADT_X_PM1A_EVT_BLK = 148
const FADT_X_PM1A_CNT_BLK = 172
const FADT_X_PM_TMR_BLK = 208
const FADT_SLEEP_CONTROL_REG = 244

/** Power and sleep button are no fixed hardware, and the CMOS clock wakes nobody up. */
const fixedFlags = ({ wideTimer }: AcpiFixedHardware): number =>
  ACPI_FADT_F_WBINVD |
  ACPI_FADT_F_PWR_BUTTON |
  ACPI_FADT_F_SLP_BUTTON |
  ACPI_FADT_F_FIX_RTC |
  (wideTimer ? ACPI_FADT_F_TMR_VAL_EXT : 0)

/** Appends bytes at an offset, with zeros before. */
type PutAt = (offset: number, ...bytes: number[]) => void

/** The fields from the SCI on. There is no system management mode to be switched off, so that ACPI is always on. */
function putFixedHardware(put: PutAt, { base, sciInt, rtc }: AcpiFixedHardware): void {
  put(FADT_SCI_INT, ...littleEndian(sciInt, 2))
  put(FADT_PM1A_EVT_BLK, ...littleEndian(base + PM_PORTS.evt.offset, 4))
  put(FADT_PM1A_CNT_BLK, ...littleEndian(base + PM_PORTS.cnt.offset, 4))
  put(FADT_PM_TMR_BLK, ...littleEndian(base + PM_PORTS.tmr.offset, 4))
  put(FADT_PM1_EVT_LEN, PM_PORTS.evt.length, PM_PORTS.cnt.length)
  put(FADT_PM_TMR_LEN, PM_PORTS.tmr.length)
  put(FADT_P_LVL2_LAT, ...littleEndian(NO_C2, 2), ...littleEndian(NO_C3, 2))
  put(FADT_CENTURY, rtc ? RTC_CENTURY : 0, ...littleEndian(rtc ? 0 : NO_CMOS_RTC, 2))
}

/** The same registers as generic addresses. */
function putFixedRegisters(put: PutAt, { base }: AcpiFixedHardware): void {
  const at = ({ offset, length }: { offset: number; length: number }): number[] =>
    ioRegister(base + offset, length * 8)
  put(FADT_X_PM1A_EVT_BLK, ...at(PM_PORTS.evt))
  put(FADT_X_PM1A_CNT_BLK, ...at(PM_PORTS.cnt))
  put(FADT_X_PM_TMR_BLK, ...at(PM_PORTS.tmr))
}

/**
 * The fixed table, revision 5.0 (ACPI 6.5, 5.2.9). On a hardware-reduced machine (4.1) the fields of the fixed hardware are zero;
 * on another one those of sleep control and status are.
 * @qemu hw/acpi/aml-build.c build_fadt
 */
export function buildFadt(tables: number[], linker: BIOSLinker, f: AcpiFadtData): number {
  const start = tables.length
  const put: PutAt = (offset, ...bytes) => {
    while (tables.length < start + offset) tables.push(0)
    tables.push(...bytes)
  }
  const pointer = (offset: number, size: 4 | 8, target: number): void => {
    put(offset + size)
    linker.addPointer(ACPI_BUILD_TABLE_FILE, start + offset, size, ACPI_BUILD_TABLE_FILE, target)
  }
  const { fixed } = f
  return acpiTable(tables, linker, 'FACP', 5, () => {
    if (fixed) pointer(FADT_FIRMWARE_CTRL, 4, fixed.facs)
    pointer(FADT_DSDT, 4, f.dsdt)
    if (fixed) putFixedHardware(put, fixed)
    const flags = ACPI_FADT_F_RESET_REG_SUP | (fixed ? fixedFlags(fixed) : ACPI_FADT_F_HW_REDUCED_ACPI)
    put(FADT_FLAGS, ...littleEndian(flags, 4), ...memoryRegister(f.resetReg, 8), f.resetVal)
    if (fixed) pointer(FADT_X_FIRMWARE_CTRL, 8, fixed.facs)
    pointer(FADT_X_DSDT, 8, f.dsdt)
    if (fixed) putFixedRegisters(put, fixed)
    const sleep = fixed ? [0, 0] : [f.sleepCtl, f.sleepSts]
    put(FADT_SLEEP_CONTROL_REG, ...sleep.flatMap((address) => memoryRegister(address, address ? 8 : 0)))
  })
}

/**
 * The firmware's control structure, which has no checksum (ACPI 6.5, 5.2.10). It has to stand on a 64-byte border, which the
 * start of the tables' file is.
 * @qemu hw/i386/acpi-build.c build_facs
 */
export function buildFacs(tables: number[]): number {
  const start = tables.length
  tables.push(...Buffer.from('FACS'), ...littleEndian(64, 4), ...new Uint8Array(56))
  return start
}
