// SPDX-License-Identifier: GPL-2.0-or-later
import { acpiTable, type BIOSLinker, littleEndian } from '@dromaius/hw-acpi'

const APIC_DEFAULT_ADDRESS = 0xfee0_0000
const IO_APIC_DEFAULT_ADDRESS = 0xfec0_0000
/** A PC's 8259A pair is there too, and must be masked (ACPI 6.5, table 5.20). */
const PCAT_COMPAT = 1
/** The input of local APICs at which non-maskable interrupts arrive. */
const ACPI_LINT1 = 1
/** Ids from here on are those of x2APICs. */
const APIC_ID_LIMIT = 255

/** A place for a CPU, taken or free. */
export interface MadtCpu {
  readonly apicId: number
  readonly present: boolean
}

/** @qemu hw/i386/acpi-common.c pc_madt_cpu_entry */
function madtCpuEntry({ apicId, present }: MadtCpu, uid: number): number[] {
  const flags = littleEndian(Number(present), 4)
  if (apicId < APIC_ID_LIMIT) return [0, 8, uid, apicId, ...flags]
  return [9, 16, 0, 0, ...littleEndian(apicId, 4), ...flags, ...littleEndian(uid, 4)]
}

/** Interrupts of ISA that are not what their number says. */
export interface MadtOverrides {
  /** The timer's, 0, is wired to input 2. */
  readonly timer: boolean
  /** That of ACPI's fixed hardware, which is active high and level-triggered; null for none. */
  readonly sci: number | null
}

/** Flags of an override (ACPI 6.5, table 5.26): active high, level-triggered. */
const ACTIVE_HIGH_LEVEL = 0xd

/** An interrupt source override (ACPI 6.5, 5.2.12.5). @qemu hw/i386/acpi-common.c build_xrupt_override */
const xruptOverride = (source: number, gsi: number, flags: number): number[] => [
  ...[2, 10, 0, source],
  ...littleEndian(gsi, 4),
  ...littleEndian(flags, 2),
]

/**
 * The table of interrupt controllers (ACPI 6.5, 5.2.12): a local APIC for each place of a CPU, one I/O APIC.
 * @qemu hw/i386/acpi-common.c acpi_build_madt
 * @differs overrides only where something is there that needs them: QEMU's microvm has none, a PC those of PCI too
 */
export function acpiBuildMadt(
  tables: number[],
  linker: BIOSLinker,
  cpus: readonly MadtCpu[],
  overrides: MadtOverrides,
): number {
  const x2apic = cpus.some(({ apicId }) => apicId >= APIC_ID_LIMIT)
  return acpiTable(tables, linker, 'APIC', 1, () => {
    tables.push(...littleEndian(APIC_DEFAULT_ADDRESS, 4), ...littleEndian(PCAT_COMPAT, 4))
    for (const [uid, cpu] of cpus.entries()) tables.push(...madtCpuEntry(cpu, uid))
    tables.push(1, 12, 0, 0, ...littleEndian(IO_APIC_DEFAULT_ADDRESS, 4), ...littleEndian(0, 4))
    if (overrides.timer) tables.push(...xruptOverride(0, 2, 0))
    if (overrides.sci !== null) {
      tables.push(...xruptOverride(overrides.sci, overrides.sci, ACTIVE_HIGH_LEVEL))
    }
    // Non-maskable interrupts of all CPUs.
    if (x2apic) tables.push(0xa, 12, 0, 0, ...littleEndian(0xffff_ffff, 4), ACPI_LINT1, 0, 0, 0)
    else tables.push(4, 6, 0xff, 0, 0, ACPI_LINT1)
  })
}
