// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ACPI: the generic event device with power-off, reset and power button, the fixed hardware with its timer, and what tables are
 * built with.
 * @packageDocumentation
 */
export { type AcpiFadtData, type AcpiFixedHardware, buildFacs, buildFadt } from './acpi-fadt.js'
export { ACPI_PM_BASE, AcpiPmState, TYPE_ACPI_PM } from './acpi-pm.js'
export {
  ACPI_BUILD_LOADER_FILE,
  ACPI_BUILD_RSDP_FILE,
  ACPI_BUILD_TABLE_FILE,
  acpiTable,
  buildHpet,
  buildRsdp,
  buildXsdt,
} from './acpi-tables.js'
export {
  type Aml,
  amlAnd,
  amlAppend,
  type AmlBlock,
  amlBlock,
  amlDevice,
  amlEisaid,
  amlEqual,
  amlFieldDword,
  amlIf,
  amlInt,
  amlLocal,
  amlMethodSerialized,
  amlName,
  amlNameDecl,
  amlNamedField,
  amlNotify,
  amlOperationRegionMemory,
  amlPackage,
  amlResourceTemplate,
  amlScope,
  amlStore,
  amlString,
  littleEndian,
} from './aml-build.js'
export { amlInterruptEdge, amlIo, amlIrqNoFlags, amlMemory32Fixed } from './aml-resources.js'
export { BIOSLinker, biosLinkerLoaderRun, type LinkedFile, type PointerSize } from './bios-linker-loader.js'
export { acpiDsdtAddPowerButton, buildGedAml } from './ged-aml.js'
export {
  ACPI_GED_PWR_DOWN_EVT,
  ACPI_GED_REG_RESET,
  ACPI_GED_REG_SLEEP_CTL,
  ACPI_GED_REG_SLEEP_STS,
  ACPI_GED_RESET_VALUE,
  ACPI_GED_SLP_TYP_S5,
  acpiGedPowerDown,
  AcpiGedState,
  GED_MMIO_BASE,
  GED_MMIO_BASE_REGS,
  GED_MMIO_IRQ,
  TYPE_ACPI_GED,
} from './generic-event-device.js'
