// SPDX-License-Identifier: GPL-2.0-or-later
import {
  FW_CFG_INITRD_ADDR,
  FW_CFG_INITRD_DATA,
  FW_CFG_INITRD_SIZE,
  FW_CFG_KERNEL_ADDR,
  FW_CFG_KERNEL_DATA,
  FW_CFG_KERNEL_ENTRY,
  FW_CFG_KERNEL_SIZE,
  fwCfgAddBytes,
  fwCfgAddI32,
} from '@dromaius/hw-nvram'
import { UserError, warnReport, splitAtCommas } from '@dromaius/util'
import { E820_RAM, type E820Entry } from './e820.js'
import { readInputFile } from './input-file.js'
import type { DirectEntry, LoadLinuxOptions } from './load-linux.js'
import { parseMultiboot } from './multiboot.js'

/** Guest physical addresses: memory map, then the information structure. @qemu hw/i386/multiboot.c ADDR_E820_MAP */
const ADDR_E820_MAP = 0x9000
const ADDR_MBI = 0x9500
/** Bytes of a line of the map, with the size in front that does not count itself. */
const MMAP_ENTRY_SIZE = 24

/** Offsets in the information structure (Multiboot Specification 0.6.96, 3.3). */
const MBI_FLAGS = 0
const MBI_MEM_LOWER = 4
const MBI_MEM_UPPER = 8
const MBI_BOOT_DEVICE = 12
const MBI_CMDLINE = 16
const MBI_MODS_COUNT = 20
const MBI_MODS_ADDR = 24
const MBI_MMAP_LENGTH = 44
const MBI_MMAP_ADDR = 48
const MBI_BOOTLOADER = 64
const MBI_SIZE = 88

/** Parts of it that are there: memory sizes, boot device, command line, modules, memory map, loader's name. */
const MBI_PRESENT = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 6) | (1 << 9)
/** The first hard disk, no partition: what every loader says that knows no better. */
const BOOT_DEVICE = 0x8000ffff

const MB_MOD_SIZE = 16
const BOOTLOADER_NAME = 'dromaius'
const PAGE_SIZE = 4096
const MIB = 0x10_0000

const pageAlign = (value: number): number => Math.ceil(value / PAGE_SIZE) * PAGE_SIZE

/** A file that is loaded behind the kernel. */
interface Module {
  /** Its name and what stands behind it, as the kernel is told. */
  readonly cmdline: string
  readonly data: Uint8Array
}

/** Reads `-initrd file args,file2`; two commas in a row stand for one of a name. */
function readModules(initrdFilename: string): Module[] {
  if (initrdFilename === '') return []
  return splitAtCommas(initrdFilename).map((cmdline) => {
    const [path] = cmdline.split(' ', 1)
    return { cmdline, data: readInputFile(path!, '-initrd') }
  })
}

/**
 * Sizes of memory in KiB: below the first hole from 0 on, and from 1 MiB on.
 * @qemu pc-bios/optionrom/multiboot.S run_multiboot
 */
export function multibootMemory(memmap: readonly E820Entry[]): { lower: number; upper: number } {
  const from = (start: number): number => {
    let end = start
    for (const { addr, size, type } of memmap) {
      if (type === E820_RAM && addr <= end && addr + size > end) end = addr + size
    }
    return Math.floor((end - start) / 1024)
  }
  return { lower: Math.min(640, from(0)), upper: from(MIB) }
}

function memoryMap(memmap: readonly E820Entry[]): Uint8Array {
  const map = new DataView(new ArrayBuffer(memmap.length * MMAP_ENTRY_SIZE))
  memmap.forEach(({ addr, size, type }, index) => {
    const at = index * MMAP_ENTRY_SIZE
    map.setUint32(at, MMAP_ENTRY_SIZE - 4, true)
    map.setBigUint64(at + 4, BigInt(addr), true)
    map.setBigUint64(at + 12, BigInt(size), true)
    map.setUint32(at + 20, type, true)
  })
  return new Uint8Array(map.buffer)
}

/** Kernel, module list, command lines, loader's name and modules in one piece, and the addresses that the kernel is told. */
interface MultibootBuffer {
  readonly data: Uint8Array
  readonly cmdlineAddr: number
  readonly bootloaderAddr: number
  readonly modsAddr: number
}

/** @qemu hw/i386/multiboot.c mb_add_mod */
function layOut(
  kernel: Uint8Array,
  base: number,
  cmdline: string,
  modules: readonly Module[],
): MultibootBuffer {
  const texts = [...modules.map((module) => module.cmdline), cmdline, BOOTLOADER_NAME].map((text) =>
    Buffer.from(`${text}\0`),
  )
  const modsAt = pageAlign(kernel.length)
  const textsAt = modsAt + modules.length * MB_MOD_SIZE
  const textEnd = texts.reduce((end, text) => end + text.length, textsAt)
  const end = modules.reduce((at, { data }) => pageAlign(at + data.length), pageAlign(textEnd))

  const data = new Uint8Array(end)
  const view = new DataView(data.buffer)
  data.set(kernel)
  let textAt = textsAt
  const textAddrs = texts.map((text) => {
    data.set(text, textAt)
    const addr = base + textAt
    textAt += text.length
    return addr
  })
  let moduleAt = pageAlign(textEnd)
  modules.forEach((module, index) => {
    data.set(module.data, moduleAt)
    const entry = modsAt + index * MB_MOD_SIZE
    view.setUint32(entry, base + moduleAt, true)
    view.setUint32(entry + 4, base + moduleAt + module.data.length, true)
    view.setUint32(entry + 8, textAddrs[index]!, true)
    moduleAt = pageAlign(moduleAt + module.data.length)
  })
  return {
    data,
    cmdlineAddr: textAddrs[modules.length]!,
    bootloaderAddr: textAddrs[modules.length + 1]!,
    modsAddr: base + modsAt,
  }
}

/**
 * Loads a multiboot kernel, whose header is at `at`, and its modules: for firmware by fw_cfg, without firmware straight into
 * memory. Returns where the boot CPU begins, null where that is firmware.
 * Throws UserError for a file that cannot be read, contradicts itself, or does not fit into RAM.
 * @qemu hw/i386/multiboot.c load_multiboot
 */
export function loadMultiboot(options: LoadLinuxOptions, file: Uint8Array, at: number): DirectEntry | null {
  const { kernelFilename, initrdFilename, kernelCmdline, below4gMemSize, e820, roms, fwCfg, firmware } =
    options
  const name = `-kernel ${kernelFilename}`
  const image = parseMultiboot(file, at, name, below4gMemSize)
  if (image.wantsVideo) warnReport(`${name}: asks for a graphics mode, which there is not`)
  const modules = readModules(initrdFilename)
  const buffer = layOut(image.data, image.loadAddr, `${kernelFilename} ${kernelCmdline}`, modules)
  const end = image.loadAddr + buffer.data.length
  if (end > below4gMemSize) {
    throw new UserError(
      `-initrd ${initrdFilename}: the modules end at 0x${end.toString(16)}, which does not fit into RAM (see -m)`,
    )
  }

  const info = new DataView(new ArrayBuffer(MBI_SIZE))
  const set = (offset: number, value: number): void => info.setUint32(offset, value, true)
  set(MBI_FLAGS, MBI_PRESENT)
  set(MBI_BOOT_DEVICE, BOOT_DEVICE)
  set(MBI_CMDLINE, buffer.cmdlineAddr)
  set(MBI_MODS_COUNT, modules.length)
  set(MBI_MODS_ADDR, buffer.modsAddr)
  set(MBI_MMAP_ADDR, ADDR_E820_MAP)
  set(MBI_BOOTLOADER, buffer.bootloaderAddr)
  const infoBytes = new Uint8Array(info.buffer)

  if (firmware) {
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_ENTRY, image.entry)
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_ADDR, image.loadAddr)
    fwCfgAddI32(fwCfg, FW_CFG_KERNEL_SIZE, buffer.data.length)
    fwCfgAddBytes(fwCfg, FW_CFG_KERNEL_DATA, buffer.data)
    fwCfgAddI32(fwCfg, FW_CFG_INITRD_ADDR, ADDR_MBI)
    fwCfgAddI32(fwCfg, FW_CFG_INITRD_SIZE, MBI_SIZE)
    fwCfgAddBytes(fwCfg, FW_CFG_INITRD_DATA, infoBytes)
    return null
  }
  // What the option ROM would ask firmware for.
  const { lower, upper } = multibootMemory(e820.entries)
  const map = memoryMap(e820.entries)
  set(MBI_MEM_LOWER, lower)
  set(MBI_MEM_UPPER, upper)
  set(MBI_MMAP_LENGTH, map.length)
  roms.add(`${name}: multiboot kernel`, image.loadAddr, buffer.data)
  roms.add('multiboot memory map', ADDR_E820_MAP, map)
  roms.add('multiboot information', ADDR_MBI, infoBytes)
  return { kind: 'multiboot', entry: image.entry, info: ADDR_MBI }
}
