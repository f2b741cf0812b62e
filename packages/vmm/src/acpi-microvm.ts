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
  type AcpiFixedHardware,
  type AcpiPmState,
  type Aml,
  amlAppend,
  amlBlock,
  amlDevice,
  amlEisaid,
  amlInt,
  amlIo,
  amlMemory32Fixed,
  amlNameDecl,
  amlPackage,
  amlResourceTemplate,
  amlScope,
  amlString,
  BIOSLinker,
  biosLinkerLoaderRun,
  buildFacs,
  buildFadt,
  buildGedAml,
  buildHpet,
  buildRsdp,
  buildXsdt,
  GED_MMIO_BASE,
  GED_MMIO_BASE_REGS,
  GED_MMIO_IRQ,
} from '@dromaius/hw-acpi'
import { FW_CFG_IO_BASE, type FWCfgState, fwCfgAddFile } from '@dromaius/hw-nvram'
import { TYPE_MC146818_RTC } from '@dromaius/hw-rtc'
import { HPET_BASE, HPET_LEN, hpetBlockId, type HPETState } from '@dromaius/hw-timer'
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
  readonly hpet: HPETState | null
  /** The fixed hardware, and its interrupt. */
  readonly pm: AcpiPmState | null
  readonly sci: number
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

/**
 * @qemu hw/i386/acpi-build.c build_hpet_aml
 * @differs it is there, so that nobody has to look at its registers to find out
 */
function buildHpetAml(scope: Aml): void {
  const dev = amlDevice('HPET')
  amlAppend(dev, amlNameDecl('_HID', amlEisaid('PNP0103')))
  amlAppend(dev, amlNameDecl('_UID', amlInt(0)))
  const crs = amlResourceTemplate()
  amlAppend(crs, amlMemory32Fixed(HPET_BASE, HPET_LEN, false))
  amlAppend(dev, amlNameDecl('_CRS', crs))
  amlAppend(scope, dev)
}

/** @qemu hw/i386/acpi-microvm.c build_dsdt_microvm */
function buildDsdtMicrovm(
  tables: number[],
  linker: BIOSLinker,
  { isaDevices, hpet }: AcpiMicrovmConfig,
): number {
  const dsdt = amlBlock()
  const sb = amlScope('_SB')
  fwCfgAddAcpiDsdt(sb)
  isaBuildAml(isaDevices, sb)
  buildGedAml(sb, GED_MMIO_IRQ, GED_MMIO_BASE)
  acpiDsdtAddPowerButton(sb)
  if (hpet) buildHpetAml(sb)
  amlAppend(dsdt, sb)

  const root = amlScope('\\')
  const s5 = amlPackage(4)
  for (const value of [ACPI_GED_SLP_TYP_S5, 0, 0, 0]) amlAppend(s5, amlInt(value))
  amlAppend(root, amlNameDecl('_S5', s5))
  amlAppend(dsdt, root)
  return acpiTable(tables, linker, 'DSDT', 2, () => tables.push(...dsdt.buf))
}

/** What the FADT says of the fixed hardware, and the FACS that goes with it. */
function fixedHardware(
  tables: number[],
  { pm, sci, isaDevices }: AcpiMicrovmConfig,
): AcpiFixedHardware | null {
  if (!pm) return null
  return {
    base: pm.iobase,
    sciInt: sci,
    wideTimer: pm.timerBits === 32,
    rtc: isaDevices.some((dev) => TYPE_MC146818_RTC.is(dev)),
    facs: buildFacs(tables),
  }
}

/**
 * Makes the tables of a microvm: RSDP, XSDT, FADT, MADT, DSDT; HPET where there is one. Without ACPI's fixed hardware the FADT is
 * that of a hardware-reduced machine; with it there is a FACS.
 * @qemu hw/i386/acpi-microvm.c acpi_build_microvm
 */
export function acpiBuildMicrovm(config: AcpiMicrovmConfig): BIOSLinker {
  const { hpet, pm, sci } = config
  const linker = new BIOSLinker()
  const tables: number[] = []
  linker.alloc(ACPI_BUILD_TABLE_FILE, tables, 64, false)
  const fixed = fixedHardware(tables, config)
  const dsdt = buildDsdtMicrovm(tables, linker, config)
  const offsets = [
    buildFadt(tables, linker, {
      dsdt,
      sleepCtl: GED_MMIO_BASE_REGS + ACPI_GED_REG_SLEEP_CTL,
      sleepSts: GED_MMIO_BASE_REGS + ACPI_GED_REG_SLEEP_STS,
      resetReg: GED_MMIO_BASE_REGS + ACPI_GED_REG_RESET,
      resetVal: ACPI_GED_RESET_VALUE,
      fixed,
    }),
    acpiBuildMadt(tables, linker, config.cpus, { timer: hpet !== null || pm !== null, sci: pm ? sci : null }),
  ]
  if (hpet) offsets.push(buildHpet(tables, linker, hpetBlockId(hpet), HPET_BASE))
  buildRsdp(linker, buildXsdt(tables, linker, offsets))
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
