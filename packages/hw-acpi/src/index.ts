// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ACPI devices: the generic event device with power-off and reset.
 * @packageDocumentation
 */
export {
  ACPI_GED_PWR_DOWN_EVT,
  ACPI_GED_RESET_VALUE,
  ACPI_GED_SLP_TYP_S5,
  acpiGedPowerDown,
  AcpiGedState,
  GED_MMIO_BASE,
  GED_MMIO_BASE_REGS,
  GED_MMIO_IRQ,
  TYPE_ACPI_GED,
} from './generic-event-device.js'
