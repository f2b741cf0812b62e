// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type Aml,
  amlAnd,
  amlAppend,
  amlDevice,
  amlEqual,
  amlFieldDword,
  amlIf,
  amlInt,
  amlLocal,
  amlMethodSerialized,
  amlName,
  amlNamedField,
  amlNameDecl,
  amlNotify,
  amlOperationRegionMemory,
  amlResourceTemplate,
  amlStore,
  amlString,
} from './aml-build.js'
import { amlInterruptEdge } from './aml-resources.js'
import { ACPI_GED_EVT_SEL_LEN, ACPI_GED_PWR_DOWN_EVT } from './generic-event-device.js'

/** @qemu include/hw/acpi/generic_event_device.h GED_DEVICE */
const GED_DEVICE = 'GED'
const AML_GED_EVT_REG = 'EREG'
const AML_GED_EVT_SEL = 'ESEL'
/** @qemu include/hw/acpi/generic_event_device.h ACPI_POWER_BUTTON_DEVICE */
const ACPI_POWER_BUTTON_DEVICE = 'PWRB'
/** What a power button is told when somebody pressed it (ACPI 6.5, table 5.169). */
const NOTIFY_BUTTON_PRESSED = 0x80

/**
 * Describes the generic event device to guests (ACPI 6.5, 5.6.9): its interrupt, its register, and a method that tells the
 * power button.
 * @qemu hw/acpi/generic_event_device.c build_ged_aml
 */
export function buildGedAml(table: Aml, irq: number, base: number): void {
  const dev = amlDevice(GED_DEVICE)
  const crs = amlResourceTemplate()
  amlAppend(crs, amlInterruptEdge(irq))
  amlAppend(dev, amlNameDecl('_HID', amlString('ACPI0013')))
  amlAppend(dev, amlNameDecl('_UID', amlString(GED_DEVICE)))
  amlAppend(dev, amlNameDecl('_CRS', crs))
  amlAppend(dev, amlOperationRegionMemory(AML_GED_EVT_REG, base, ACPI_GED_EVT_SEL_LEN))
  const field = amlFieldDword(AML_GED_EVT_REG)
  amlAppend(field, amlNamedField(AML_GED_EVT_SEL, ACPI_GED_EVT_SEL_LEN * 8))
  amlAppend(dev, field)

  const evt = amlMethodSerialized('_EVT', 1)
  const selector = amlLocal(0)
  amlAppend(evt, amlStore(amlName(AML_GED_EVT_SEL), selector))
  const event = amlInt(ACPI_GED_PWR_DOWN_EVT)
  const pressed = amlIf(amlEqual(amlAnd(selector, event), event))
  amlAppend(pressed, amlNotify(amlName(ACPI_POWER_BUTTON_DEVICE), amlInt(NOTIFY_BUTTON_PRESSED)))
  amlAppend(evt, pressed)
  amlAppend(dev, evt)
  amlAppend(table, dev)
}

/** @qemu hw/acpi/generic_event_device.c acpi_dsdt_add_power_button */
export function acpiDsdtAddPowerButton(scope: Aml): void {
  const dev = amlDevice(ACPI_POWER_BUTTON_DEVICE)
  amlAppend(dev, amlNameDecl('_HID', amlString('PNP0C0C')))
  amlAppend(dev, amlNameDecl('_UID', amlInt(0)))
  amlAppend(scope, dev)
}
