// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CMD_LINE_PTR,
  RAMDISK_IMAGE,
  RAMDISK_SIZE,
  SETUP_DATA,
  SETUP_SECTS,
  TYPE_OF_LOADER,
  VID_MODE,
} from './bzimage.js'
import type { E820Entry } from './e820.js'
import type { GuestBlob } from './pvh.js'

/** Guest physical addresses of what a kernel that is entered in 64-bit mode needs. All lie in memory that it leaves alone. */
export const BOOT_GDT_ADDR = 0x8000
export const BOOT_PAGE_TABLES_ADDR = 0x9000
export const BOOT_PARAMS_ADDR = 0x10000
const SETUP_DATA_ADDR = 0x11000
export const BOOT_CMDLINE_ADDR = 0x20000

const PAGE_SIZE = 4096
/** Offsets in `struct boot_params` (Linux, Documentation/arch/x86/zero-page.rst). */
const ACPI_RSDP_ADDR = 0x70
const E820_ENTRIES = 0x1e8
const E820_TABLE = 0x2d0
const E820_ENTRY_SIZE = 20
/** Lines of the map that fit there. */
const E820_MAX_ENTRIES_ZEROPAGE = 128

/** Loader id: QEMU's, which direct boot stands in for. */
const LOADER_QEMU = 0xb0

/** Type of a `setup_data` with random bytes (Linux, arch/x86/include/uapi/asm/setup_data.h). */
const SETUP_RNG_SEED = 9
const SETUP_DATA_HEADER = 16
export const RNG_SEED_LENGTH = 32

/** Selectors that the 64-bit protocol asks for, and their place in the GDT. */
export const BOOT_CS = 0x10
export const BOOT_DS = 0x18
/** Flat segments with their accessed bits set, so that loading them writes nothing. */
const BOOT_GDT = [0n, 0n, 0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn] as const
export const BOOT_GDT_SIZE = BOOT_GDT.length * 8

/** What the kernel is told. */
export interface BootParams {
  /** Boot sector and setup code of the image, whose header is taken over. */
  readonly setup: Uint8Array
  /** Where that header ends. */
  readonly headerEnd: number
  readonly cmdline: Uint8Array
  /** `vga=` of the command line, null where it says nothing. */
  readonly videoMode: number | null
  readonly memmap: readonly E820Entry[]
  readonly initrd: { readonly addr: number; readonly size: number } | null
  /** Guest physical address of ACPI's RSDP, 0 for none. */
  readonly rsdp: number
  /** Random bytes; whoever made them may change them before each start. */
  readonly seed: Uint8Array
}

/** A piece of memory that begins with a header for the kernel and ends in `data`, which stays the caller's to change. */
function setupData(type: number, data: Uint8Array): GuestBlob[] {
  const header = new DataView(new ArrayBuffer(SETUP_DATA_HEADER))
  header.setUint32(8, type, true)
  header.setUint32(12, data.length, true)
  return [
    { name: 'setup_data', addr: SETUP_DATA_ADDR, data: new Uint8Array(header.buffer) },
    { name: 'random seed', addr: SETUP_DATA_ADDR + SETUP_DATA_HEADER, data },
  ]
}

/** The first 4 GiB one to one by 2 MiB pages, present and writable. SDM volume 3, 4.5 */
function pageTables(): Uint8Array {
  const tables = new DataView(new ArrayBuffer(6 * PAGE_SIZE))
  const entry = (at: number, value: bigint): void => tables.setBigUint64(at, value, true)
  const base = BigInt(BOOT_PAGE_TABLES_ADDR)
  const page = BigInt(PAGE_SIZE)
  entry(0, (base + page) | 3n)
  for (let n = 0; n < 4; n++) entry(PAGE_SIZE + 8 * n, (base + page * BigInt(2 + n)) | 3n)
  for (let n = 0; n < 4 * 512; n++) entry(2 * PAGE_SIZE + 8 * n, (BigInt(n) << 21n) | 0x83n)
  return new Uint8Array(tables.buffer)
}

function gdt(): Uint8Array {
  const table = new DataView(new ArrayBuffer(BOOT_GDT_SIZE))
  BOOT_GDT.forEach((descriptor, index) => table.setBigUint64(index * 8, descriptor, true))
  return new Uint8Array(table.buffer)
}

/**
 * Makes `struct boot_params` and what the 64-bit boot protocol wants in memory: command line, setup_data with random bytes,
 * page tables, GDT. Linux, Documentation/arch/x86/boot.rst, "64-bit Boot Protocol"
 * @qemu hw/i386/x86.c x86_load_linux
 * @differs QEMU leaves the zero page to the kernel's own 16-bit setup code, which it starts by firmware
 */
export function buildBootParams(params: BootParams): GuestBlob[] {
  const { setup, headerEnd, cmdline, videoMode, memmap, initrd, rsdp, seed } = params
  const page = new Uint8Array(PAGE_SIZE)
  page.set(setup.subarray(SETUP_SECTS, headerEnd), SETUP_SECTS)
  const view = new DataView(page.buffer)
  view.setUint8(TYPE_OF_LOADER, LOADER_QEMU)
  view.setUint32(CMD_LINE_PTR, BOOT_CMDLINE_ADDR, true)
  view.setUint32(RAMDISK_IMAGE, initrd?.addr ?? 0, true)
  view.setUint32(RAMDISK_SIZE, initrd?.size ?? 0, true)
  view.setBigUint64(SETUP_DATA, BigInt(SETUP_DATA_ADDR), true)
  view.setBigUint64(ACPI_RSDP_ADDR, BigInt(rsdp), true)
  if (videoMode !== null) view.setUint16(VID_MODE, videoMode, true)
  const entries = memmap.slice(0, E820_MAX_ENTRIES_ZEROPAGE)
  view.setUint8(E820_ENTRIES, entries.length)
  entries.forEach(({ addr, size, type }, index) => {
    const at = E820_TABLE + index * E820_ENTRY_SIZE
    view.setBigUint64(at, BigInt(addr), true)
    view.setBigUint64(at + 8, BigInt(size), true)
    view.setUint32(at + 16, type, true)
  })
  return [
    { name: 'boot_params', addr: BOOT_PARAMS_ADDR, data: page },
    { name: 'kernel command line', addr: BOOT_CMDLINE_ADDR, data: cmdline },
    ...setupData(SETUP_RNG_SEED, seed),
    { name: 'page tables', addr: BOOT_PAGE_TABLES_ADDR, data: pageTables() },
    { name: 'GDT', addr: BOOT_GDT_ADDR, data: gdt() },
  ]
}
