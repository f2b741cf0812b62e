// SPDX-License-Identifier: GPL-2.0-or-later
import {
  FW_CFG_CMDLINE_DATA,
  FW_CFG_CMDLINE_SIZE,
  FW_CFG_KERNEL_ADDR,
  FW_CFG_KERNEL_ENTRY,
  FW_CFG_KERNEL_SIZE,
  FW_CFG_SETUP_DATA,
  FW_CFG_SETUP_SIZE,
  type FWCfgState,
  fwCfgAddBytes,
  fwCfgAddI32,
  fwCfgAddString,
} from '@dromaius/hw-nvram'
import { UserError } from '@dromaius/util'
import { isBzImage } from './bzimage.js'
import type { E820Table } from './e820.js'
import { parseElf } from './elf.js'
import { fwCfgAddInitrd, loadInitrd } from './initrd.js'
import { readInputFile } from './input-file.js'
import { loadBzImage } from './load-bzimage.js'
import { loadMultiboot } from './load-multiboot.js'
import { findMultibootHeader } from './multiboot.js'
import { buildPvhStartInfo, PVH_START_INFO_ADDR, readPvhStartAddr } from './pvh.js'
import type { RomList } from './rom-list.js'

/** Bytes of the kernel's file that firmware is shown of an ELF. */
const HEADER_SIZE = 8192

/** Where the boot CPU begins, and in which state, when there is no firmware. Addresses are guest physical. */
export type DirectEntry =
  /** PVH: `startInfo` is `hvm_start_info`. */
  | { readonly kind: 'pvh'; readonly entry: number; readonly startInfo: number }
  /** Multiboot 1: `info` is the information structure. */
  | { readonly kind: 'multiboot'; readonly entry: number; readonly info: number }
  /** Linux's 64-bit or 32-bit boot protocol: `bootParams` is `struct boot_params`. */
  | { readonly kind: 'linux64'; readonly entry: number; readonly bootParams: number }
  | { readonly kind: 'linux32'; readonly entry: number; readonly bootParams: number }

/** What is to be booted, and into what. */
export interface LoadLinuxOptions {
  readonly kernelFilename: string
  /** Empty for none. */
  readonly initrdFilename: string
  readonly kernelCmdline: string
  /** RAM from address 0 on, bytes. */
  readonly below4gMemSize: number
  readonly above4gMemSize: number
  readonly e820: E820Table
  readonly roms: RomList
  readonly fwCfg: FWCfgState
  /** Firmware boots the kernel, which gets it by fw_cfg; otherwise it is entered directly. */
  readonly firmware: boolean
  /** Guest physical address of ACPI's RSDP on direct boot, 0 for none. */
  readonly rsdp: number
  /** Has a function run at each reset, before memory is filled. */
  onReset(func: () => void): void
  /** Fills a buffer with random bytes. */
  random(bytes: Uint8Array): void
}

/** What {@link x86LoadLinux} found. */
export interface LoadedKernel {
  /** Where the boot CPU begins; null where that is firmware. */
  readonly entry: DirectEntry | null
  /** The option ROM with which firmware boots this kind of kernel. */
  readonly optionRom: string
}

/** @qemu hw/i386/x86.c load_elfboot */
function loadElfboot(options: LoadLinuxOptions, file: Uint8Array): DirectEntry | null {
  const { kernelFilename, initrdFilename, kernelCmdline, below4gMemSize, e820, roms, fwCfg, firmware, rsdp } =
    options
  const name = `-kernel ${kernelFilename}`
  const elf = parseElf(file, name)
  const entry = readPvhStartAddr(elf, name)
  let kernelEnd = 0
  for (const { paddr, memsz, data } of elf.segments) {
    roms.add(`${name}: segment`, paddr, data, memsz)
    if (paddr < below4gMemSize) kernelEnd = Math.max(kernelEnd, paddr + memsz)
  }
  const initrd = loadInitrd(options, below4gMemSize, kernelEnd)
  if (firmware) {
    const low = elf.segments[0]!.paddr
    const last = elf.segments.at(-1)!
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_ENTRY, entry)
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_ADDR, low)
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_SIZE, last.paddr + last.memsz - low)
    fwCfgAddI32(fwCfg, FW_CFG_CMDLINE_SIZE, Buffer.byteLength(kernelCmdline) + 1)
    fwCfgAddString(fwCfg, FW_CFG_CMDLINE_DATA, kernelCmdline)
    const header = new Uint8Array(HEADER_SIZE)
    header.set(file.subarray(0, HEADER_SIZE))
    fwCfgAddI32(fwCfg, FW_CFG_SETUP_SIZE, HEADER_SIZE)
    fwCfgAddBytes(fwCfg, FW_CFG_SETUP_DATA, header)
    if (initrd) fwCfgAddInitrd(fwCfg, initrd)
    return null
  }

  if (initrd && initrd.data.length > 0) roms.add(`-initrd ${initrdFilename}: file`, initrd.addr, initrd.data)
  const blobs = buildPvhStartInfo({
    cmdline: kernelCmdline,
    memmap: e820.entries,
    initrd: initrd ? { addr: initrd.addr, size: initrd.data.length } : undefined,
    rsdp,
  })
  for (const blob of blobs) roms.add(blob.name, blob.addr, blob.data)
  return { kind: 'pvh', entry, startInfo: PVH_START_INFO_ADDR }
}

/**
 * Reads kernel and initial RAM disk, finds out what kind of kernel it is, and either gives it to firmware by fw_cfg or puts it,
 * and what the kernel is told, on the list of what stands in memory at start.
 * Throws UserError for a file that cannot be read, is no kernel, or does not fit into RAM.
 * @qemu hw/i386/x86.c x86_load_linux
 * @differs without firmware the kernel is entered straight away; kernels without the boot protocol's header (before 1995) are
 *   refused
 */
export function x86LoadLinux(options: LoadLinuxOptions): LoadedKernel {
  const { kernelFilename, below4gMemSize, above4gMemSize, roms } = options
  const name = `-kernel ${kernelFilename}`
  const file = readInputFile(kernelFilename, '-kernel')
  const loaded = load()
  roms.check([
    { addr: 0, size: below4gMemSize },
    { addr: 0x1_0000_0000, size: above4gMemSize },
  ])
  return loaded

  function load(): LoadedKernel {
    if (isBzImage(file)) return { entry: loadBzImage(options, file), optionRom: 'linuxboot_dma.bin' }
    const header = findMultibootHeader(file)
    if (typeof header === 'number') {
      return { entry: loadMultiboot(options, file, header), optionRom: 'multiboot_dma.bin' }
    }
    const isElf = file.length >= 4 && Buffer.from(file.subarray(0, 4)).toString('latin1') === '\x7fELF'
    if (header === 'bad' && !(isElf && parseElf(file, name).notes.some((note) => note.name === 'Xen'))) {
      throw new UserError(`${name}: has a multiboot header with a wrong checksum`)
    }
    return { entry: loadElfboot(options, file), optionRom: 'pvh.bin' }
  }
}
