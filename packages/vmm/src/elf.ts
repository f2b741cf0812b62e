// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'

const ELFCLASS32 = 1
const ELFCLASS64 = 2
const ELFDATA2LSB = 1
const EV_CURRENT = 1
const ET_EXEC = 2
const ET_DYN = 3
const EM_386 = 3
const EM_X86_64 = 62
const PT_LOAD = 1
const PT_NOTE = 4
/** `e_phnum` of a file that keeps its real count elsewhere. */
const PN_XNUM = 0xffff

/** Bytes of `e_ident`, and where the fields that we read stand in it. */
const EI_NIDENT = 16
const EI_CLASS = 4
const EI_DATA = 5
const EI_VERSION = 6

/** Physical addresses have 52 bits at most (SDM volume 3, 4.1.4). */
const PHYSICAL_LIMIT = 2 ** 52

/** A piece of the file that has to be in memory before the guest starts. */
export interface ElfSegment {
  /** Physical address, bytes. */
  readonly paddr: number
  /** Bytes in memory; what `data` does not fill is zero. */
  readonly memsz: number
  /** The bytes from the file, a view of it. */
  readonly data: Uint8Array
}

/** A note: something that the file says to its loader. */
export interface ElfNote {
  /** Who defines the type, without the zero at its end. */
  readonly name: string
  readonly type: number
  readonly desc: Uint8Array
}

/** What a loader wants to know of an ELF file. */
export interface ElfFile {
  readonly bits: 32 | 64
  /** Virtual address at which the file wants to be entered. */
  readonly entry: number
  /** PT_LOAD segments with something in them, by ascending address. */
  readonly segments: readonly ElfSegment[]
  readonly notes: readonly ElfNote[]
}

interface Layout {
  readonly headerSize: number
  readonly phentsize: number
  /** Offsets of fields: in the file's header, then in a program header. */
  readonly entry: number
  readonly phoff: number
  readonly phentsizeAt: number
  readonly phnumAt: number
  readonly offset: number
  readonly paddr: number
  readonly filesz: number
  readonly memsz: number
  readonly align: number
}

/** System V ABI, "ELF Header" and "Program Header". */
const LAYOUT32: Layout = {
  headerSize: 52,
  phentsize: 32,
  entry: 24,
  phoff: 28,
  phentsizeAt: 42,
  phnumAt: 44,
  offset: 4,
  paddr: 12,
  filesz: 16,
  memsz: 20,
  align: 28,
}
const LAYOUT64: Layout = {
  headerSize: 64,
  phentsize: 56,
  entry: 24,
  phoff: 32,
  phentsizeAt: 54,
  phnumAt: 56,
  offset: 8,
  paddr: 24,
  filesz: 32,
  memsz: 40,
  align: 48,
}

const hex = (value: number): string => `0x${value.toString(16)}`

/**
 * Reads the headers, loadable segments and notes of an x86 ELF file. Nothing in the file is believed: every offset and size is
 * checked against the file's own size before it is used.
 * Throws UserError with `name` in front of the first thing that is wrong.
 * @qemu include/hw/elf_ops.h load_elf
 * @differs overlapping segments and segments beyond the file are refused, where QEMU's ROM list finds the first and a short
 *   read the second
 */
export function parseElf(file: Uint8Array, name: string): ElfFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what}`)
  }

  if (file.length === 0) fail('is empty')
  if (file.length < 4 || view.getUint32(0) !== 0x7f454c46) fail('is not an ELF file')
  if (file.length < EI_NIDENT) fail(`is truncated: ${file.length} bytes are less than an ELF header`)
  const elfClass = file[EI_CLASS]
  if (elfClass !== ELFCLASS32 && elfClass !== ELFCLASS64) fail(`has an unknown ELF class ${elfClass}`)
  if (file[EI_DATA] !== ELFDATA2LSB) fail('is not little-endian, so it is not for x86')
  if (file[EI_VERSION] !== EV_CURRENT) fail(`has an unknown ELF version ${file[EI_VERSION]}`)

  const bits = elfClass === ELFCLASS64 ? 64 : 32
  const layout = bits === 64 ? LAYOUT64 : LAYOUT32
  if (file.length < layout.headerSize) {
    fail(`is truncated: ${file.length} bytes are less than an ELF header`)
  }
  /** Beyond 2^53 the number is rounded, and still larger than anything that it is compared with. */
  const word = (at: number): number =>
    bits === 64 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true)

  const type = view.getUint16(16, true)
  if (type !== ET_EXEC && type !== ET_DYN) fail(`is not an executable (ELF type ${type})`)
  const machine = view.getUint16(18, true)
  if (machine !== EM_386 && machine !== EM_X86_64) fail(`is not for x86 (ELF machine ${machine})`)
  const phoff = word(layout.phoff)
  const phnum = view.getUint16(layout.phnumAt, true)
  const phentsize = view.getUint16(layout.phentsizeAt, true)
  if (phnum === 0) fail('has no program headers')
  if (phnum === PN_XNUM) fail('has too many program headers')
  if (phentsize !== layout.phentsize) {
    fail(`has program headers of ${phentsize} bytes, expected ${layout.phentsize}`)
  }
  if (phoff + phnum * phentsize > file.length) {
    fail(
      `is truncated: its program headers end at ${hex(phoff + phnum * phentsize)}, the file at ${hex(file.length)}`,
    )
  }

  const segments: ElfSegment[] = []
  const notes: ElfNote[] = []
  for (let i = 0; i < phnum; i++) {
    const at = phoff + i * phentsize
    const ptype = view.getUint32(at, true)
    if (ptype !== PT_LOAD && ptype !== PT_NOTE) continue
    const offset = word(at + layout.offset)
    const filesz = word(at + layout.filesz)
    const memsz = word(at + layout.memsz)
    const paddr = word(at + layout.paddr)
    if (filesz > 0 && offset + filesz > file.length) {
      fail(`is truncated: segment ${i} ends at ${hex(offset + filesz)}, the file at ${hex(file.length)}`)
    }
    const data = filesz === 0 ? file.subarray(0, 0) : file.subarray(offset, offset + filesz)
    if (ptype === PT_NOTE) {
      const complaint = readNotes(data, word(at + layout.align) === 8 ? 8 : 4, notes)
      if (complaint) fail(`has a bad note in segment ${i}: ${complaint}`)
      continue
    }
    if (filesz > memsz)
      fail(`has more bytes of segment ${i} in the file (${hex(filesz)}) than in memory (${hex(memsz)})`)
    if (paddr + memsz > PHYSICAL_LIMIT)
      fail(`wants segment ${i} beyond the end of physical memory, at ${hex(paddr)}`)
    if (memsz > 0) segments.push({ paddr, memsz, data })
  }

  if (segments.length === 0) fail('has nothing to load')
  segments.sort((a, b) => a.paddr - b.paddr)
  for (let i = 1; i < segments.length; i++) {
    const before = segments[i - 1]!
    if (before.paddr + before.memsz > segments[i]!.paddr) {
      fail(`has overlapping segments at ${hex(before.paddr)} and ${hex(segments[i]!.paddr)}`)
    }
  }
  return { bits, entry: word(layout.entry), segments, notes }
}

/** Appends the notes of one segment; returns what is wrong with them, or null. */
function readNotes(data: Uint8Array, align: number, notes: ElfNote[]): string | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const up = (value: number): number => Math.ceil(value / align) * align
  let at = 0
  // Anything shorter than a note's header is padding.
  while (at + 12 <= data.length) {
    const namesz = view.getUint32(at, true)
    const descsz = view.getUint32(at + 4, true)
    const type = view.getUint32(at + 8, true)
    const desc = up(at + 12 + namesz)
    if (at + 12 + namesz > data.length || (descsz > 0 && desc + descsz > data.length)) {
      return `it ends outside the segment's ${data.length} bytes`
    }
    const name = Buffer.from(data.subarray(at + 12, at + 12 + namesz)).toString('latin1')
    notes.push({ name: name.replace(/\0.*$/s, ''), type, desc: data.subarray(desc, desc + descsz) })
    at = up(desc + descsz)
  }
  return null
}
