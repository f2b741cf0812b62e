// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { littleEndian } from './aml-build.js'

/** Bytes of a file's name in a command, with the zero at its end. */
const FILESZ = 56
/** Bytes of a command. */
const ENTRY_SIZE = 128

const COMMAND_ALLOCATE = 1
const COMMAND_ADD_POINTER = 2
const COMMAND_ADD_CHECKSUM = 3

const ALLOC_ZONE_HIGH = 1
const ALLOC_ZONE_FSEG = 2

/** Width of a pointer in bytes. */
export type PointerSize = 1 | 2 | 4 | 8

const fileName = (name: string): number[] => {
  const bytes = [...Buffer.from(name)]
  assert(bytes.length < FILESZ, `'${name}' is too long for the linker`)
  return [...bytes, ...new Array<number>(FILESZ - bytes.length).fill(0)]
}

/**
 * Collects what firmware has to do with files of ours that hold each other's addresses: put them into memory, add their
 * addresses where they point at each other, and make up checksums. Firmware reads the commands as `etc/table-loader`;
 * {@link biosLinkerLoaderRun} does the same where there is no firmware.
 * @qemu hw/acpi/bios-linker-loader.c BIOSLinker
 */
export class BIOSLinker {
  readonly #allocations: number[][] = []
  readonly #commands: number[][] = []
  readonly files = new Map<string, number[]>()

  /** All commands, as the file `etc/table-loader` holds them. */
  get cmdBlob(): Uint8Array {
    return Uint8Array.from([...this.#allocations, ...this.#commands].flat())
  }

  #entry(command: number, fields: number[]): number[] {
    const bytes = [...littleEndian(command, 4), ...fields]
    return [...bytes, ...new Array<number>(ENTRY_SIZE - bytes.length).fill(0)]
  }

  #file(name: string): number[] {
    const blob = this.files.get(name)
    assert(blob, `The linker does not know the file '${name}'`)
    return blob
  }

  /**
   * Has a file put into memory at a multiple of `align` bytes, a power of two; with `fseg` below 1 MiB.
   * @qemu hw/acpi/bios-linker-loader.c bios_linker_loader_alloc
   */
  alloc(name: string, blob: number[], align: number, fseg: boolean): void {
    assert((align & (align - 1)) === 0 && !this.files.has(name))
    this.files.set(name, blob)
    const zone = fseg ? ALLOC_ZONE_FSEG : ALLOC_ZONE_HIGH
    // The last comes first, as in QEMU.
    this.#allocations.unshift(
      this.#entry(COMMAND_ALLOCATE, [...fileName(name), ...littleEndian(align, 4), zone]),
    )
  }

  /**
   * Has the checksum byte at `offset` of a file made such that `length` bytes from `start` on add up to 0.
   * @qemu hw/acpi/bios-linker-loader.c bios_linker_loader_add_checksum
   */
  addChecksum(name: string, start: number, length: number, offset: number): void {
    const blob = this.#file(name)
    assert(start + length <= blob.length && offset >= start && offset < start + length)
    blob[offset] = 0
    this.#commands.push(
      this.#entry(COMMAND_ADD_CHECKSUM, [
        ...fileName(name),
        ...littleEndian(offset, 4),
        ...littleEndian(start, 4),
        ...littleEndian(length, 4),
      ]),
    )
  }

  /**
   * Has the address of `srcOffset` in `srcFile` written at `offset` of `destFile`.
   * @qemu hw/acpi/bios-linker-loader.c bios_linker_loader_add_pointer
   */
  addPointer(destFile: string, offset: number, size: PointerSize, srcFile: string, srcOffset: number): void {
    const dest = this.#file(destFile)
    assert(offset + size <= dest.length && srcOffset < this.#file(srcFile).length)
    dest.splice(offset, size, ...littleEndian(srcOffset, size))
    this.#commands.push(
      this.#entry(COMMAND_ADD_POINTER, [
        ...fileName(destFile),
        ...fileName(srcFile),
        ...littleEndian(offset, 4),
        size,
      ]),
    )
  }
}

/** A file that the linker's commands have put into memory. */
export interface LinkedFile {
  readonly name: string
  /** Guest physical address, bytes. */
  readonly addr: number
  readonly data: Uint8Array
}

const textAt = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.subarray(at, at + FILESZ))
    .toString('latin1')
    .replace(/\0.*$/s, '')

/**
 * Does what firmware would do with the linker's commands; the files get places one behind the other from `base` on, whatever
 * zone they ask for.
 * SeaBIOS does it in src/fw/romfile_loader.c.
 */
export function biosLinkerLoaderRun(linker: BIOSLinker, base: number): LinkedFile[] {
  const placed = new Map<string, LinkedFile>()
  const find = (name: string): LinkedFile => {
    const file = placed.get(name)
    assert(file, `'${name}' was not allocated`)
    return file
  }
  let next = base
  const blob = linker.cmdBlob
  for (let at = 0; at < blob.length; at += ENTRY_SIZE) {
    const view = new DataView(blob.buffer, at, ENTRY_SIZE)
    const entry = blob.subarray(at + 4, at + ENTRY_SIZE)
    const name = textAt(entry, 0)
    const command = view.getUint32(0, true)
    if (command === COMMAND_ALLOCATE) {
      const align = view.getUint32(4 + FILESZ, true)
      const addr = Math.ceil(next / align) * align
      const data = Uint8Array.from(linker.files.get(name)!)
      placed.set(name, { name, addr, data })
      next = addr + data.length
    } else if (command === COMMAND_ADD_POINTER) {
      const { data } = find(name)
      const { addr } = find(textAt(entry, FILESZ))
      const offset = view.getUint32(4 + 2 * FILESZ, true)
      const size = view.getUint8(8 + 2 * FILESZ)
      const bytes = Buffer.from(data.buffer, offset, size)
      const value = BigInt(bytes.readUIntLE(0, Math.min(size, 6)) + addr)
      bytes.set(littleEndian(value, size))
    } else {
      const { data } = find(name)
      const start = view.getUint32(8 + FILESZ, true)
      const length = view.getUint32(12 + FILESZ, true)
      const sum = data.subarray(start, start + length).reduce((total, byte) => total + byte, 0)
      data[view.getUint32(4 + FILESZ, true)]! -= sum
    }
  }
  return [...placed.values()]
}
