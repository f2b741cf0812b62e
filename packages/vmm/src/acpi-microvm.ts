// SPDX-License-Identifier: GPL-2.0-or-later
import {
  ACPI_BUILD_LOADER_FILE,
  ACPI_BUILD_RSDP_FILE,
  ACPI_BUILD_TABLE_FILE,
  ACPI_GED_REG_RESET,
  ACPI_GED_REG_SLEEP_CTL,
  ACPI_GED_REG_SLEEP_STS,
  ACPI_GED_RESET_VALUE,
  ACPI_GED_SLP_TYP_S5,
  acpiDsdtAddPowerButton,
  acpiTable,
  type Aml,
  amlAppend,
  amlBlock,
  amlDevice,
  amlInt,
  amlIo,
  amlNameDecl,
  amlPackage,
  amlResourceTemplate,
  amlScope,
  amlString,
  BIOSLinker,
  biosLinkerLoaderRun,
  buildFadtReduced,
  buildGedAml,
  buildRsdp,
  buildXsdt,
  GED_MMIO_BASE,
  GED_MMIO_BASE_REGS,
  GED_MMIO_IRQ,
} from '@dromaius/hw-acpi'
import { FW_CFG_IO_BASE, type FWCfgState, fwCfgAddFile } from '@dromaius/hw-nvram'
import type { DeviceState } from '@dromaius/qom'
import { isaBuildAml } from './acpi-isa-aml.js'
import { acpiBuildMadt, type MadtCpu } from './acpi-madt.js'
import type { RomList } from './rom-list.js'

/** Where RSDP and tables stand without firmware: in the part of the BIOS area that nothing else uses. */
export const ACPI_DIRECT_ADDR = 0xe0000

/** Ports of fw_cfg: selector and data, filled up to 32 bits, and the DMA address. */
const FW_CFG_IO_SIZE = 4 + 8

/** What the tables tell of. */
export interface AcpiMicrovmConfig {
  readonly cpus: readonly MadtCpu[]
  /** Devices of the ISA bus. */
  readonly isaDevices: readonly DeviceState[]
}

/** @qemu hw/i386/fw_cfg.c fw_cfg_add_acpi_dsdt */
function fwCfgAddAcpiDsdt(scope: Aml): void {
  const dev = amlDevice('FWCF')
  amlAppend(dev, amlNameDecl('_HID', amlString('QEMU0002')))
  // Present, enabled, functioning, not shown.
  amlAppend(dev, amlNameDecl('_STA', amlInt(0xb)))
  const crs = amlResourceTemplate()
  amlAppend(crs, amlIo(FW_CFG_IO_BASE, 1, FW_CFG_IO_SIZE))
  amlAppend(dev, amlNameDecl('_CRS', crs))
  amlAppend(scope, dev)
}

/** @qemu hw/i386/acpi-microvm.c build_dsdt_microvm */
function buildDsdtMicrovm(tables: number[], linker: BIOSLinker, { isaDevices }: AcpiMicrovmConfig): number {
  const dsdt = amlBlock()
  const sb = amlScope('_SB')
  fwCfgAddAcpiDsdt(sb)
  isaBuildAml(isaDevices, sb)
  buildGedAml(sb, GED_MMIO_IRQ, GED_MMIO_BASE)
  acpiDsdtAddPowerButton(sb)
  amlAppend(dsdt, sb)

  const root = amlScope('\\')
  const s5 = amlPackage(4)
  for (const value of [ACPI_GED_SLP_TYP_S5, 0, 0, 0]) amlAppend(s5, amlInt(value))
  amlAppend(root, amlNameDecl('_S5', s5))
  amlAppend(dsdt, root)
  return acpiTable(tables, linker, 'DSDT', 2, () => tables.push(...dsdt.buf))
}

/**
 * Makes the tables of a microvm: RSDP, XSDT, FADT of a hardware-reduced machine, MADT, DSDT.
 * @qemu hw/i386/acpi-microvm.c acpi_build_microvm
 */
export function acpiBuildMicrovm(config: AcpiMicrovmConfig): BIOSLinker {
  const linker = new BIOSLinker()
  const tables: number[] = []
  linker.alloc(ACPI_BUILD_TABLE_FILE, tables, 64, false)
  const dsdt = buildDsdtMicrovm(tables, linker, config)
  const fadt = buildFadtReduced(tables, linker, {
    dsdt,
    sleepCtl: GED_MMIO_BASE_REGS + ACPI_GED_REG_SLEEP_CTL,
    sleepSts: GED_MMIO_BASE_REGS + ACPI_GED_REG_SLEEP_STS,
    resetReg: GED_MMIO_BASE_REGS + ACPI_GED_REG_RESET,
    resetVal: ACPI_GED_RESET_VALUE,
  })
  const madt = acpiBuildMadt(tables, linker, config.cpus)
  buildRsdp(linker, buildXsdt(tables, linker, [fadt, madt]))
  return linker
}

/**
 * Gives the tables to firmware.
 * @qemu hw/i386/acpi-microvm.c acpi_setup_microvm
 */
export function acpiSetupMicrovm(fwCfg: FWCfgState, linker: BIOSLinker): void {
  fwCfgAddFile(fwCfg, ACPI_BUILD_TABLE_FILE, Uint8Array.from(linker.files.get(ACPI_BUILD_TABLE_FILE)!))
  fwCfgAddFile(fwCfg, ACPI_BUILD_LOADER_FILE, linker.cmdBlob)
  fwCfgAddFile(fwCfg, ACPI_BUILD_RSDP_FILE, Uint8Array.from(linker.files.get(ACPI_BUILD_RSDP_FILE)!))
}

/** Puts the tables into memory, at each reset, as firmware would; the RSDP is at {@link ACPI_DIRECT_ADDR}. */
export function acpiPlaceMicrovm(roms: RomList, linker: BIOSLinker): void {
  for (const { name, addr, data } of biosLinkerLoaderRun(linker, ACPI_DIRECT_ADDR)) {
    roms.add(`ACPI: ${name}`, addr, data)
  }
}
