// SPDX-License-Identifier: GPL-2.0-or-later
//
// Timers of a PC that QEMU's microvm has not: the HPET, and ACPI's power-management timer.

import type { AcpiPmState } from '@dromaius/hw-acpi'
import { TYPE_ACPI_PM } from '@dromaius/hw-acpi'
import { sysbusConnectIrq, sysbusMmioMap, sysbusRealize } from '@dromaius/hw-core'
import {
  HPET_BASE,
  HPET_LEGACY_PIT_INT,
  HPET_LEGACY_RTC_INT,
  type HPETState,
  TYPE_HPET,
} from '@dromaius/hw-timer'
import type { MC146818RtcState } from '@dromaius/hw-rtc'
import { type DeviceState, qdevConnectGpioOut, qdevGetGpioIn } from '@dromaius/qom'
import type { MicrovmMachineState } from './microvm.js'

/** Inputs of the I/O APIC that the HPET's interrupts can be routed to, 20 to 23: nothing else is there. */
const HPET_IRQS = 0xf0_0000
/** Interrupt of ACPI's fixed hardware; 9, a PC's, is that of the generic event device. */
export const ACPI_PM_SCI = 10

/**
 * Makes the HPET.
 * @qemu hw/i386/pc.c pc_basic_device_init
 */
export function hpetInit({ systemBus, gsi }: MicrovmMachineState): HPETState {
  const hpet = TYPE_HPET.new()
  hpet.intcap = HPET_IRQS
  hpet.msi = true
  sysbusRealize(hpet, systemBus)
  sysbusMmioMap(hpet, 0, HPET_BASE)
  for (const [n, line] of gsi.entries()) sysbusConnectIrq(hpet, n, line)
  return hpet
}

/** The HPET switches the 8254 off and on; `passes` when the 8254's interrupt is a line, which goes through the HPET. */
export function hpetConnectPit(hpet: HPETState, pit: DeviceState, passes: boolean): void {
  qdevConnectGpioOut(hpet, 0, qdevGetGpioIn(pit, 0))
  if (passes) qdevConnectGpioOut(pit, 0, qdevGetGpioIn(hpet, HPET_LEGACY_PIT_INT))
}

/** The clock's interrupt goes through the HPET. */
export function hpetConnectRtc(hpet: HPETState, rtc: MC146818RtcState): void {
  qdevConnectGpioOut(rtc, 0, qdevGetGpioIn(hpet, HPET_LEGACY_RTC_INT))
}

/** Makes ACPI's fixed hardware. */
export function acpiPmInit({ systemBus, gsi }: MicrovmMachineState): AcpiPmState {
  const pm = TYPE_ACPI_PM.new()
  sysbusRealize(pm, systemBus)
  sysbusConnectIrq(pm, 0, gsi[ACPI_PM_SCI] ?? null)
  return pm
}
