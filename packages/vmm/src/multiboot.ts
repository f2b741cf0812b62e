// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { parseElf } from './elf.js'

const MULTIBOOT_HEADER_MAGIC = 0x1badb002
/** What a kernel finds in EAX. */
export const MULTIBOOT_BOOTLOADER_MAGIC = 0x2badb002
/** The header is in the first 8192 bytes, twelve words long at most. */
const SEARCH_END = 8192 - 48

/** Bits of the header's flags: graphics wanted, addresses given. */
const MULTIBOOT_HEADER_HAS_VBE = 1 << 2
const MULTIBOOT_HEADER_HAS_ADDR = 1 << 16

const EM_X86_64 = 62
const E_MACHINE = 18

/** A multiboot kernel in one piece. */
export interface MultibootImage {
  /** Guest physical addresses, bytes. */
  readonly loadAddr: number
  readonly entry: number
  /** All of it, zeros included. */
  readonly data: Uint8Array
  /** It asks for a graphics mode, which there is not. */
  readonly wantsVideo: boolean
}

/**
 * Finds the header (Multiboot Specification 0.6.96, 3.1): its offset, 'bad' if there is only one whose checksum is wrong, null
 * for none.
 * @qemu hw/i386/multiboot.c load_multiboot
 */
export function findMultibootHeader(file: Uint8Array): number | 'bad' | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let bad = false
  for (let at = 0; at < SEARCH_END && at + 12 <= file.length; at += 4) {
    if (view.getUint32(at, true) !== MULTIBOOT_HEADER_MAGIC) continue
    const sum = MULTIBOOT_HEADER_MAGIC + view.getUint32(at + 4, true) + view.getUint32(at + 8, true)
    if (sum % 2 ** 32 === 0) return at
    bad = true
  }
  return bad ? 'bad' : null
}

/** Puts the segments of a 32-bit ELF file into one piece. */
function fromElf(file: Uint8Array, name: string, limit: number): Omit<MultibootImage, 'wantsVideo'> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.length > E_MACHINE + 1 && view.getUint16(E_MACHINE, true) === EM_X86_64) {
    throw new UserError(`${name}: is a multiboot kernel in an x86-64 ELF file, expected a 32-bit one`)
  }
  const elf = parseElf(file, name)
  if (elf.bits !== 32)
    throw new UserError(`${name}: is a multiboot kernel in a 64-bit ELF file, expected a 32-bit one`)
  const last = elf.segments.at(-1)!
  const loadAddr = elf.segments[0]!.paddr
  const size = last.paddr + last.memsz - loadAddr
  checkSize(loadAddr, size, name, limit)
  const inside = elf.segments.some(({ paddr, memsz }) => elf.entry >= paddr && elf.entry < paddr + memsz)
  if (!inside) {
    throw new UserError(`${name}: wants to be entered at 0x${elf.entry.toString(16)}, outside its segments`)
  }
  const data = new Uint8Array(size)
  for (const segment of elf.segments) data.set(segment.data, segment.paddr - loadAddr)
  return { loadAddr, entry: elf.entry, data }
}

/** Before memory of that size is taken: the file may say anything. */
function checkSize(loadAddr: number, size: number, name: string, limit: number): void {
  if (loadAddr + size > limit) {
    throw new UserError(
      `${name}: wants 0x${size.toString(16)} bytes at 0x${loadAddr.toString(16)}, which does not fit into RAM (see -m)`,
    )
  }
}

/** Takes the addresses that the header gives, for files that are not ELF ("a.out kludge"). */
function fromAddresses(
  file: Uint8Array,
  at: number,
  name: string,
  limit: number,
): Omit<MultibootImage, 'wantsVideo'> {
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what} in its multiboot header`)
  }
  if (at + 32 > file.length) fail('has no room for addresses')
  const view = new DataView(file.buffer, file.byteOffset + at, 32)
  const headerAddr = view.getUint32(12, true)
  const loadAddr = view.getUint32(16, true)
  const loadEnd = view.getUint32(20, true)
  const bssEnd = view.getUint32(24, true)
  const entry = view.getUint32(28, true)
  if (headerAddr < loadAddr) fail('has an invalid load_addr')
  if (headerAddr - loadAddr > at) fail('has an invalid header_addr')
  const offset = at - (headerAddr - loadAddr)
  if (loadEnd !== 0 && loadEnd < loadAddr) fail('has an invalid load_end_addr')
  const loadSize = loadEnd !== 0 ? loadEnd - loadAddr : file.length - offset
  if (offset + loadSize > file.length) fail('has a load_end_addr beyond the end of the file')
  if (bssEnd !== 0 && bssEnd < loadAddr + loadSize) fail('has an invalid bss_end_addr')
  const size = bssEnd !== 0 ? bssEnd - loadAddr : loadSize
  checkSize(loadAddr, size, name, limit)
  if (entry < loadAddr || entry >= loadAddr + size) fail('has an entry_addr outside the kernel')
  const data = new Uint8Array(size)
  data.set(file.subarray(offset, offset + loadSize))
  return { loadAddr, entry, data }
}

/**
 * Reads a multiboot kernel whose header is at `at`. Nothing that it says is believed; `limit` is where RAM from address 0 on
 * ends. Throws UserError with `name` in front.
 * @qemu hw/i386/multiboot.c load_multiboot
 * @differs an entry point outside the kernel is refused here instead of when the guest has gone astray
 */
export function parseMultiboot(file: Uint8Array, at: number, name: string, limit: number): MultibootImage {
  const flags = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(at + 4, true)
  const image =
    flags & MULTIBOOT_HEADER_HAS_ADDR ? fromAddresses(file, at, name, limit) : fromElf(file, name, limit)
  return { ...image, wantsVideo: (flags & MULTIBOOT_HEADER_HAS_VBE) !== 0 }
}
