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
const AML_AS_SYSTEM_IO = 1

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

/** A register that is `bits` wide, or none. @qemu hw/acpi/aml-build.c build_append_gas */
const register = (space: number, address: number, bits: number): number[] => [
  space,
  bits,
  0,
  0,
  ...littleEndian(address, 8),
]

/** The same in system memory, or none. */
export const memoryRegister = (address: number, bits: number): number[] =>
  register(AML_AS_SYSTEM_MEMORY, address, bits)

/** The same among the ports. */
export const ioRegister = (port: number, bits: number): number[] => register(AML_AS_SYSTEM_IO, port, bits)

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
 * The high precision event timer (IA-PC HPET 1.0a, 3.2.4): `blockId` is the low half of its capabilities.
 * @qemu hw/i386/acpi-build.c build_hpet
 */
export function buildHpet(tables: number[], linker: BIOSLinker, blockId: number, base: number): number {
  return acpiTable(tables, linker, 'HPET', 1, () => {
    tables.push(...littleEndian(blockId, 4), ...memoryRegister(base, 0))
    // Its number, the shortest period (the guest finds out), and that nothing else is in its page.
    tables.push(0, ...littleEndian(0, 2), 0)
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
