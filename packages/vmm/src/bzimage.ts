// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'

/** Offsets in the setup header (Linux, Documentation/arch/x86/boot.rst, "Details of Header Fields"). */
export const SETUP_SECTS = 0x1f1
const SYSSIZE = 0x1f4
export const VID_MODE = 0x1fa
const BOOT_FLAG = 0x1fe
const JUMP = 0x200
const HEADER = 0x202
const VERSION = 0x206
export const TYPE_OF_LOADER = 0x210
export const LOADFLAGS = 0x211
export const RAMDISK_IMAGE = 0x218
export const RAMDISK_SIZE = 0x21c
export const HEAP_END_PTR = 0x224
export const CMD_LINE_PTR = 0x228
const INITRD_ADDR_MAX = 0x22c
const RELOCATABLE_KERNEL = 0x234
const XLOADFLAGS = 0x236
const CMDLINE_SIZE = 0x238
export const SETUP_DATA = 0x250
const PREF_ADDRESS = 0x258
const INIT_SIZE = 0x260
/** Smallest file in which all fields up to 2.12's can be read, bytes. */
const HEADER_END = 0x264

/** Bits of LOADFLAGS. */
const LOADED_HIGH = 0x01
export const CAN_USE_HEAP = 0x80
/** Bits of XLOADFLAGS: a 64-bit entry point, and nothing of it need be below 4 GiB. */
const XLF_KERNEL_64 = 0x01
const XLF_CAN_BE_LOADED_ABOVE_4G = 0x02

const SECTOR = 512
/** Bytes that SYSSIZE counts. */
const PARAGRAPH = 16

/** What a loader wants to know of a bzImage. */
export interface BzImage {
  /** Boot protocol, 0x020f for 2.15. */
  readonly protocol: number
  /** Boot sector and setup code. */
  readonly setup: Uint8Array
  /** What is loaded at 1 MiB. */
  readonly kernel: Uint8Array
  /** Bytes behind the setup header's start that belong to it. */
  readonly headerEnd: number
  /** Kernel wants to be at 1 MiB rather than at 64 KiB. */
  readonly loadedHigh: boolean
  /** Has an entry point in 64-bit mode, 0x200 behind the kernel's start. */
  readonly entry64: boolean
  /** Highest address that the initial RAM disk may occupy. */
  readonly initrdAddrMax: number
  /** Longest command line without the zero at its end, bytes. */
  readonly cmdlineMax: number
  /** Where the kernel runs in the end, and how many bytes it needs there until it knows of memory. */
  readonly runAddress: number
  readonly initSize: number
}

/** Whether a file has the boot protocol's magic number. */
export function isBzImage(file: Uint8Array): boolean {
  return (
    file.length >= VERSION + 2 && Buffer.from(file.subarray(HEADER, HEADER + 4)).toString('latin1') === 'HdrS'
  )
}

/** @qemu hw/i386/x86.c x86_load_linux */
function initrdAddrMaxOf(view: DataView, protocol: number): number {
  if (protocol >= 0x20c && view.getUint16(XLOADFLAGS, true) & XLF_CAN_BE_LOADED_ABOVE_4G) return 0xffff_ffff
  return protocol >= 0x203 ? view.getUint32(INITRD_ADDR_MAX, true) : 0x37ff_ffff
}

/**
 * Reads the setup header of a Linux kernel image. Nothing in it is believed without a look at the file's size.
 * Throws UserError with `name` in front for a file that is cut off or contradicts itself.
 */
export function parseBzImage(file: Uint8Array, name: string): BzImage {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what}`)
  }
  if (file.length < HEADER_END) fail(`is truncated: ${file.length} bytes are less than a bzImage's header`)
  if (view.getUint16(BOOT_FLAG, true) !== 0xaa55) fail('has no boot sector signature (0xaa55) at 0x1fe')
  const protocol = view.getUint16(VERSION, true)
  if (protocol < 0x200) fail(`has the boot protocol 0x${protocol.toString(16)}, expected 0x200 or later`)

  // 0 stands for 4, for very old kernels.
  const setupSize = ((view.getUint8(SETUP_SECTS) || 4) + 1) * SECTOR
  if (setupSize >= file.length) {
    fail(`is truncated: its setup code ends at ${setupSize}, the file at ${file.length} bytes`)
  }
  const kernel = file.subarray(setupSize)
  // The field had 16 bits, the upper ones of which meant nothing, before 2.04.
  const kernelSize = protocol >= 0x204 ? view.getUint32(SYSSIZE, true) * PARAGRAPH : 0
  if (kernelSize > kernel.length + PARAGRAPH) {
    fail(`is truncated: its kernel is ${kernelSize} bytes, the file holds ${kernel.length} of them`)
  }
  const relocatable = protocol >= 0x205 && view.getUint8(RELOCATABLE_KERNEL) !== 0
  const prefAddress = protocol >= 0x20a ? Number(view.getBigUint64(PREF_ADDRESS, true)) : 0x10_0000
  return {
    protocol,
    setup: file.subarray(0, setupSize),
    kernel,
    headerEnd: Math.min(HEADER + view.getUint8(JUMP + 1), setupSize),
    loadedHigh: (view.getUint8(LOADFLAGS) & LOADED_HIGH) !== 0,
    entry64: protocol >= 0x20c && (view.getUint16(XLOADFLAGS, true) & XLF_KERNEL_64) !== 0,
    initrdAddrMax: initrdAddrMaxOf(view, protocol),
    cmdlineMax: protocol >= 0x206 ? view.getUint32(CMDLINE_SIZE, true) : 255,
    runAddress: relocatable ? Math.max(prefAddress, 0x10_0000) : prefAddress,
    initSize: protocol >= 0x20a ? view.getUint32(INIT_SIZE, true) : kernel.length,
  }
}
