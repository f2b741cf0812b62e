// SPDX-License-Identifier: GPL-2.0-or-later
import { littleEndian } from './aml-build.js'
import type { BIOSLinker } from './bios-linker-loader.js'

/** Files by which firmware gets the tables. @qemu include/hw/acpi/aml-build.h ACPI_BUILD_TABLE_FILE */
export const ACPI_BUILD_TABLE_FILE = 'etc/acpi/tables'
export const ACPI_BUILD_RSDP_FILE = 'etc/acpi/rsdp'
export const ACPI_BUILD_LOADER_FILE = 'etc/table-loader'

/** Who made the tables: what QEMU says, since guests know it. @qemu include/hw/acpi/aml-build.h ACPI_BUILD_APPNAME6 */
const OEM_ID = 'BOCHS '
const OEM_TABLE_ID = 'BXPC    '
const CREATOR_ID = 'BXPC'

/** Where a table's header has its length and its checksum. */
const LENGTH_OFFSET = 4
const CHECKSUM_OFFSET = 9

/** Address spaces of a generic address (ACPI 6.5, 5.2.3.2). */
const AML_AS_SYSTEM_MEMORY = 0

/** Bits of the FADT's flags (ACPI 6.5, table 5.10). */
export const ACPI_FADT_F_RESET_REG_SUP = 10
export const ACPI_FADT_F_HW_REDUCED_ACPI = 20

/**
 * Appends a table: header, then what `body` appends; its checksum is left to the linker. Returns the offset of the table.
 * @qemu hw/acpi/aml-build.c acpi_table_begin
 */
export function acpiTable(
  tables: number[],
  linker: BIOSLinker,
  signature: string,
  revision: number,
  body: () => void,
): number {
  const start = tables.length
  tables.push(...Buffer.from(signature), ...littleEndian(0, 4), revision, 0)
  tables.push(...Buffer.from(OEM_ID), ...Buffer.from(OEM_TABLE_ID), ...littleEndian(1, 4))
  tables.push(...Buffer.from(CREATOR_ID), ...littleEndian(1, 4))
  body()
  const length = tables.length - start
  tables.splice(start + LENGTH_OFFSET, 4, ...littleEndian(length, 4))
  linker.addChecksum(ACPI_BUILD_TABLE_FILE, start, length, start + CHECKSUM_OFFSET)
  return start
}

/**
 * A register in system memory that is `bits` wide, or none.
 * @qemu hw/acpi/aml-build.c build_append_gas
 */
const memoryRegister = (address: number, bits: number): number[] => [
  AML_AS_SYSTEM_MEMORY,
  bits,
  0,
  0,
  ...littleEndian(address, 8),
]

/**
 * What the FADT of a machine without ACPI's fixed hardware says.
 * @qemu include/hw/acpi/acpi-defs.h AcpiFadtData
 */
export interface AcpiFadtReduced {
  /** Offset of the DSDT in the tables' file. */
  readonly dsdt: number
  /** Guest physical addresses of registers of 8 bits: sleep control, sleep status, reset. */
  readonly sleepCtl: number
  readonly sleepSts: number
  readonly resetReg: number
  /** What resets when written to the reset register. */
  readonly resetVal: number
}

/** Bytes of the FADT from the flags of revision 5 back to its header, all zero here but DSDT's address. */
const FADT_FIRMWARE_CTRL = 36
const FADT_DSDT = 40
const FADT_FLAGS = 112
const FADT_X_DSDT = 140

/**
 * The fixed table, revision 5.0, of a hardware-reduced machine (ACPI 6.5, 5.2.9 and 4.1): the fields of the fixed hardware
 * are zero.
 * @qemu hw/acpi/aml-build.c build_fadt
 */
export function buildFadtReduced(tables: number[], linker: BIOSLinker, f: AcpiFadtReduced): number {
  const start = tables.length
  const padTo = (offset: number): void => {
    while (tables.length < start + offset) tables.push(0)
  }
  return acpiTable(tables, linker, 'FACP', 5, () => {
    const pointer = (offset: number, size: 4 | 8): void => {
      padTo(offset + size)
      linker.addPointer(ACPI_BUILD_TABLE_FILE, start + offset, size, ACPI_BUILD_TABLE_FILE, f.dsdt)
    }
    padTo(FADT_FIRMWARE_CTRL)
    pointer(FADT_DSDT, 4)
    padTo(FADT_FLAGS)
    const flags = (1 << ACPI_FADT_F_HW_REDUCED_ACPI) | (1 << ACPI_FADT_F_RESET_REG_SUP)
    tables.push(...littleEndian(flags, 4), ...memoryRegister(f.resetReg, 8), f.resetVal)
    pointer(FADT_X_DSDT, 8)
    // Event, control, timer and general-purpose blocks, eight of them: none.
    for (let i = 0; i < 8; i++) tables.push(...memoryRegister(0, 0))
    tables.push(...memoryRegister(f.sleepCtl, 8), ...memoryRegister(f.sleepSts, 8))
  })
}

/**
 * The list of tables, by their offsets in the tables' file.
 * @qemu hw/acpi/aml-build.c build_xsdt
 */
export function buildXsdt(tables: number[], linker: BIOSLinker, offsets: readonly number[]): number {
  return acpiTable(tables, linker, 'XSDT', 1, () => {
    for (const offset of offsets) {
      const at = tables.length
      tables.push(...littleEndian(0, 8))
      linker.addPointer(ACPI_BUILD_TABLE_FILE, at, 8, ACPI_BUILD_TABLE_FILE, offset)
    }
  })
}

/**
 * The root pointer, revision 2, in a file of its own (ACPI 6.5, 5.2.5.3).
 * @qemu hw/acpi/aml-build.c build_rsdp
 */
export function buildRsdp(linker: BIOSLinker, xsdt: number): void {
  const rsdp: number[] = []
  linker.alloc(ACPI_BUILD_RSDP_FILE, rsdp, 16, true)
  rsdp.push(...Buffer.from('RSD PTR '), 0, ...Buffer.from(OEM_ID), 2, ...littleEndian(0, 4))
  linker.addChecksum(ACPI_BUILD_RSDP_FILE, 0, 20, 8)
  rsdp.push(...littleEndian(36, 4), ...littleEndian(0, 8))
  linker.addPointer(ACPI_BUILD_RSDP_FILE, 24, 8, ACPI_BUILD_TABLE_FILE, xsdt)
  rsdp.push(0, ...littleEndian(0, 3))
  linker.addChecksum(ACPI_BUILD_RSDP_FILE, 0, 36, 32)
}
