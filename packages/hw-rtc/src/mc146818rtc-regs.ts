// SPDX-License-Identifier: GPL-2.0-or-later
// Registers of the Motorola MC146818A, data sheet section "Address map", and what IBM put into its RAM.

export const RTC_SECONDS = 0
export const RTC_SECONDS_ALARM = 1
export const RTC_MINUTES = 2
export const RTC_MINUTES_ALARM = 3
export const RTC_HOURS = 4
export const RTC_HOURS_ALARM = 5
export const RTC_DAY_OF_WEEK = 6
export const RTC_DAY_OF_MONTH = 7
export const RTC_MONTH = 8
export const RTC_YEAR = 9
export const RTC_REG_A = 10
export const RTC_REG_B = 11
export const RTC_REG_C = 12
export const RTC_REG_D = 13
/** Shutdown status: how the BIOS goes on after a reset. */
export const RTC_SHUTDOWN_STATUS = 0x0f
/** Century, in a PC/AT's place and in a PS/2's. */
export const RTC_CENTURY = 0x32
export const RTC_IBM_PS2_CENTURY_BYTE = 0x37

/** Hours: afternoon, in the 12-hour format. */
export const RTC_HOURS_PM = 0x80

/** A: update in progress; time must not be read. */
export const REG_A_UIP = 0x80
/** A: divider chain; up to 2 it runs, 6 and 7 hold it in reset. */
export const REG_A_DV = 0x70
/** A: rate of the periodic interrupt. */
export const REG_A_RS = 0x0f

/** B: halt updates; enable periodic, alarm and update-ended interrupts; square wave; binary; 24 hours; daylight saving. */
export const REG_B_SET = 0x80
export const REG_B_PIE = 0x40
export const REG_B_AIE = 0x20
export const REG_B_UIE = 0x10
export const REG_B_SQWE = 0x08
export const REG_B_DM = 0x04
export const REG_B_24H = 0x02

/** C: interrupt request; periodic, alarm and update-ended flags. Reading clears all. */
export const REG_C_IRQF = 0x80
export const REG_C_PF = 0x40
export const REG_C_AF = 0x20
export const REG_C_UF = 0x10
export const REG_C_MASK = 0x70

/** D: RAM and time are valid. */
export const REG_D_VRT = 0x80

/** Bytes of CMOS RAM, the registers included. */
export const CMOS_SIZE = 128

/** Frequency in `Hz` of the divider's output that periodic rates are derived from. */
export const RTC_CLOCK_RATE = 32768n

/**
 * Ticks of the 32768 Hz clock per periodic interrupt, 0 for none.
 * @qemu include/hw/rtc/mc146818rtc_regs.h periodic_period_to_clock
 */
export function periodicPeriodToClock(periodCode: number): bigint {
  if (periodCode === 0) return 0n
  // The two fastest codes repeat slower ones.
  return 1n << BigInt((periodCode <= 2 ? periodCode + 7 : periodCode) - 1)
}
