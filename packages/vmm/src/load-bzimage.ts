// SPDX-License-Identifier: GPL-2.0-or-later
import {
  FW_CFG_CMDLINE_ADDR,
  FW_CFG_CMDLINE_DATA,
  FW_CFG_CMDLINE_SIZE,
  FW_CFG_KERNEL_ADDR,
  FW_CFG_KERNEL_DATA,
  FW_CFG_KERNEL_SIZE,
  FW_CFG_SETUP_ADDR,
  FW_CFG_SETUP_DATA,
  FW_CFG_SETUP_SIZE,
  fwCfgAddBytes,
  fwCfgAddI32,
} from '@dromaius/hw-nvram'
import { parseUint, sizeToStr, UserError } from '@dromaius/util'
import { BOOT_CMDLINE_ADDR, BOOT_PARAMS_ADDR, buildBootParams, RNG_SEED_LENGTH } from './boot-params.js'
import {
  type BzImage,
  CAN_USE_HEAP,
  CMD_LINE_PTR,
  HEAP_END_PTR,
  LOADFLAGS,
  parseBzImage,
  RAMDISK_IMAGE,
  RAMDISK_SIZE,
  TYPE_OF_LOADER,
  VID_MODE,
} from './bzimage.js'
import { fwCfgAddInitrd, type Initrd, loadInitrd } from './initrd.js'
import type { DirectEntry, LoadLinuxOptions } from './load-linux.js'

/** The kernel's place, and how far behind it the 64-bit entry is. */
const PROT_ADDR = 0x10_0000
const ENTRY_64 = 0x200
/** Room for the command line in front of what firmware uses, bytes. */
const CMDLINE_ROOM = 0x1_0000

/**
 * The video mode that `vga=` on the command line asks for, null where it says nothing.
 * Throws UserError for a value that is none.
 */
function videoModeOf(cmdline: string): number | null {
  const [, value] = /vga=([^ ]*)/.exec(cmdline) ?? []
  if (value === undefined) return null
  if (value.startsWith('normal')) return 0xffff
  if (value.startsWith('ext')) return 0xfffe
  if (value.startsWith('ask')) return 0xfffd
  const mode = parseUint(value, { max: 0xffff })
  if (mode === null)
    throw new UserError(`-append: invalid 'vga=${value}', expected a mode's number, normal, ext or ask`)
  return mode
}

function checkCmdline(image: BzImage, cmdline: Uint8Array): void {
  const most = Math.min(image.cmdlineMax, CMDLINE_ROOM - 1)
  if (cmdline.length - 1 > most) {
    throw new UserError(
      `-append: the kernel command line is ${cmdline.length - 1} bytes, and this kernel takes ${most}`,
    )
  }
}

/** Where the setup code and its command line go. */
function setupPlace(image: BzImage, cmdlineLength: number): { real: number; cmdline: number; prot: number } {
  const low = 0x9a000 - ((cmdlineLength + 15) & ~15)
  if (!image.loadedHigh) return { real: 0x90000, cmdline: low, prot: 0x10000 }
  if (image.protocol < 0x202) return { real: 0x90000, cmdline: low, prot: PROT_ADDR }
  return { real: 0x10000, cmdline: BOOT_CMDLINE_ADDR, prot: PROT_ADDR }
}

/**
 * Hands the kernel to firmware, whose option ROM puts it into memory and starts its 16-bit setup code.
 * @qemu hw/i386/x86.c x86_load_linux
 */
function offerToFirmware(
  { fwCfg }: LoadLinuxOptions,
  image: BzImage,
  cmdline: Uint8Array,
  videoMode: number | null,
  initrd: Initrd | null,
): void {
  const place = setupPlace(image, cmdline.length)
  fwCfgAddI32(fwCfg, FW_CFG_CMDLINE_ADDR, place.cmdline)
  fwCfgAddI32(fwCfg, FW_CFG_CMDLINE_SIZE, cmdline.length)
  fwCfgAddBytes(fwCfg, FW_CFG_CMDLINE_DATA, cmdline)

  const setup = Uint8Array.from(image.setup)
  const view = new DataView(setup.buffer)
  if (image.protocol >= 0x202) view.setUint32(CMD_LINE_PTR, place.cmdline, true)
  else {
    // Magic and offset, before there was a field (boot.rst, "The Kernel Command Line").
    view.setUint16(0x20, 0xa33f, true)
    view.setUint16(0x22, place.cmdline - place.real, true)
  }
  if (videoMode !== null) view.setUint16(VID_MODE, videoMode, true)
  view.setUint8(TYPE_OF_LOADER, 0xb0)
  if (image.protocol >= 0x201) {
    view.setUint8(LOADFLAGS, view.getUint8(LOADFLAGS) | CAN_USE_HEAP)
    view.setUint16(HEAP_END_PTR, (place.cmdline - place.real - 0x200) & 0xffff, true)
  }
  if (initrd) {
    fwCfgAddInitrd(fwCfg, initrd)
    view.setUint32(RAMDISK_IMAGE, initrd.addr, true)
    view.setUint32(RAMDISK_SIZE, initrd.data.length, true)
  }
  fwCfgAddI32(fwCfg, FW_CFG_KERNEL_ADDR, place.prot)
  fwCfgAddI32(fwCfg, FW_CFG_KERNEL_SIZE, image.kernel.length)
  fwCfgAddBytes(fwCfg, FW_CFG_KERNEL_DATA, image.kernel)
  fwCfgAddI32(fwCfg, FW_CFG_SETUP_ADDR, place.real)
  fwCfgAddI32(fwCfg, FW_CFG_SETUP_SIZE, setup.length)
  fwCfgAddBytes(fwCfg, FW_CFG_SETUP_DATA, setup)
}

/** Puts the kernel into memory, where it is entered in 64-bit mode, or in 32-bit mode if it has no such entry. */
function placeDirectly(
  options: LoadLinuxOptions,
  image: BzImage,
  cmdline: Uint8Array,
  videoMode: number | null,
  initrd: Initrd | null,
): DirectEntry {
  const { kernelFilename, initrdFilename, e820, roms, rsdp, onReset, random } = options
  const seed = new Uint8Array(RNG_SEED_LENGTH)
  onReset(() => random(seed))
  roms.add(`-kernel ${kernelFilename}: kernel`, PROT_ADDR, image.kernel)
  if (initrd && initrd.data.length > 0) roms.add(`-initrd ${initrdFilename}: file`, initrd.addr, initrd.data)
  const blobs = buildBootParams({
    setup: image.setup,
    headerEnd: image.headerEnd,
    cmdline,
    videoMode,
    memmap: e820.entries,
    initrd: initrd ? { addr: initrd.addr, size: initrd.data.length } : null,
    rsdp,
    seed,
  })
  for (const { name, addr, data } of blobs) roms.add(name, addr, data)
  return image.entry64
    ? { kind: 'linux64', entry: PROT_ADDR + ENTRY_64, bootParams: BOOT_PARAMS_ADDR }
    : { kind: 'linux32', entry: PROT_ADDR, bootParams: BOOT_PARAMS_ADDR }
}

/**
 * Loads a Linux kernel image: for firmware by fw_cfg, without firmware straight into memory. Returns where the boot CPU
 * begins, null where that is firmware.
 * Throws UserError for an image that is cut off, too old, or does not fit into RAM, and for a command line that is too long.
 * @qemu hw/i386/x86.c x86_load_linux
 */
export function loadBzImage(options: LoadLinuxOptions, file: Uint8Array): DirectEntry | null {
  const { kernelFilename, kernelCmdline, below4gMemSize, firmware } = options
  const name = `-kernel ${kernelFilename}`
  const image = parseBzImage(file, name)
  const cmdline = Buffer.from(`${kernelCmdline}\0`)
  checkCmdline(image, cmdline)
  const videoMode = videoModeOf(kernelCmdline)
  if (firmware) {
    const kernelEnd = setupPlace(image, cmdline.length).prot + image.kernel.length
    const initrd = loadInitrd(options, image.initrdAddrMax, kernelEnd)
    offerToFirmware(options, image, cmdline, videoMode, initrd)
    return null
  }
  if (!image.loadedHigh) {
    throw new UserError(`${name}: is to be loaded below 640 KiB (a zImage), so it needs firmware (-bios)`)
  }
  const kernelEnd = Math.max(PROT_ADDR + image.kernel.length, image.runAddress + image.initSize)
  if (kernelEnd > below4gMemSize) {
    throw new UserError(
      `${name}: does not fit into RAM: it needs ${sizeToStr(kernelEnd)}, and there is ${sizeToStr(below4gMemSize)} (see -m)`,
    )
  }
  return placeDirectly(
    options,
    image,
    cmdline,
    videoMode,
    loadInitrd(options, image.initrdAddrMax, kernelEnd),
  )
}
