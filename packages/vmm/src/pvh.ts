// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import type { E820Entry } from './e820.js'
import type { ElfFile } from './elf.js'

/** Note type of the 32-bit entry point (Xen, public/elfnote.h). */
const XEN_ELFNOTE_PHYS32_ENTRY = 18
/** `hvm_start_info.magic`: "xEn3" with the high bit of the E set (Xen, public/arch-x86/hvm/start_info.h). */
const XEN_HVM_START_MAGIC_VALUE = 0x336ec578

const START_INFO_SIZE = 56
const MODLIST_ENTRY_SIZE = 32
const MEMMAP_ENTRY_SIZE = 24

/** Guest physical addresses of what the kernel is told: pages that a PC's firmware would leave free. */
export const PVH_START_INFO_ADDR = 0x6000
const PVH_MODLIST_ADDR = PVH_START_INFO_ADDR + 64
const PVH_MEMMAP_ADDR = 0x7000
export const PVH_CMDLINE_ADDR = 0x20000
/** Longest command line, with the zero at its end, bytes. */
export const PVH_CMDLINE_MAX = 0x10000

/** A blob with its guest physical address. */
export interface GuestBlob {
  readonly name: string
  readonly addr: number
  readonly data: Uint8Array
}

/** What the kernel is told. */
export interface PvhStartInfo {
  readonly cmdline: string
  readonly memmap: readonly E820Entry[]
  /** Where the initial RAM disk is in guest memory, if there is one. */
  readonly initrd?: { readonly addr: number; readonly size: number } | undefined
  /** Guest physical address of ACPI's RSDP, if there is one. */
  readonly rsdp?: number | undefined
}

/**
 * The physical address at which a PVH kernel is entered, in 32-bit protected mode.
 * Throws UserError without the note, or with an address outside the segments.
 * @qemu hw/i386/x86.c read_pvh_start_addr
 * @differs a wrong size or address is refused here instead of when the guest has gone astray
 */
export function readPvhStartAddr(elf: ElfFile, name: string): number {
  const note = elf.notes.find((n) => n.name === 'Xen' && n.type === XEN_ELFNOTE_PHYS32_ENTRY)
  if (!note) throw new UserError(`${name}: has no PVH note (XEN_ELFNOTE_PHYS32_ENTRY)`)
  const { desc } = note
  if (desc.length !== 4 && desc.length !== 8) {
    throw new UserError(`${name}: has a PVH note of ${desc.length} bytes, expected 4 or 8`)
  }
  const view = new DataView(desc.buffer, desc.byteOffset, desc.byteLength)
  const entry = desc.length === 8 ? Number(view.getBigUint64(0, true)) : view.getUint32(0, true)
  const inside = elf.segments.some(({ paddr, memsz }) => entry >= paddr && entry < paddr + memsz)
  if (!inside || entry > 0xffff_ffff) {
    throw new UserError(`${name}: wants to be entered at 0x${entry.toString(16)}, outside its segments`)
  }
  return entry
}

/**
 * Makes `hvm_start_info`, version 1, and what it points to: command line, module list, memory map.
 * Throws UserError if the command line is too long. Xen, docs/misc/pvh.pandoc
 * @qemu pc-bios/optionrom/pvh_main.c pvh_load_kernel
 * @differs QEMU's option ROM fills the structure inside the guest, from firmware's answers
 */
export function buildPvhStartInfo({ cmdline, memmap, initrd, rsdp }: PvhStartInfo): GuestBlob[] {
  const text = Buffer.from(`${cmdline}\0`)
  if (text.length > PVH_CMDLINE_MAX) {
    throw new UserError(`-append: the kernel command line is longer than ${PVH_CMDLINE_MAX - 1} bytes`)
  }

  const info = new DataView(new ArrayBuffer(START_INFO_SIZE))
  info.setUint32(0, XEN_HVM_START_MAGIC_VALUE, true)
  info.setUint32(4, 1, true) // version
  info.setUint32(12, initrd ? 1 : 0, true)
  info.setBigUint64(16, initrd ? BigInt(PVH_MODLIST_ADDR) : 0n, true)
  info.setBigUint64(24, BigInt(PVH_CMDLINE_ADDR), true)
  info.setBigUint64(32, BigInt(rsdp ?? 0), true)
  info.setBigUint64(40, BigInt(PVH_MEMMAP_ADDR), true)
  info.setUint32(48, memmap.length, true)

  const map = new DataView(new ArrayBuffer(memmap.length * MEMMAP_ENTRY_SIZE))
  memmap.forEach(({ addr, size, type }, index) => {
    map.setBigUint64(index * MEMMAP_ENTRY_SIZE, BigInt(addr), true)
    map.setBigUint64(index * MEMMAP_ENTRY_SIZE + 8, BigInt(size), true)
    map.setUint32(index * MEMMAP_ENTRY_SIZE + 16, type, true)
  })

  const blobs = [
    { name: 'PVH start info', addr: PVH_START_INFO_ADDR, data: bytesOf(info) },
    { name: 'PVH memory map', addr: PVH_MEMMAP_ADDR, data: bytesOf(map) },
    { name: 'kernel command line', addr: PVH_CMDLINE_ADDR, data: text },
  ]
  if (initrd) {
    const list = new DataView(new ArrayBuffer(MODLIST_ENTRY_SIZE))
    list.setBigUint64(0, BigInt(initrd.addr), true)
    list.setBigUint64(8, BigInt(initrd.size), true)
    blobs.push({ name: 'PVH module list', addr: PVH_MODLIST_ADDR, data: bytesOf(list) })
  }
  return blobs
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
