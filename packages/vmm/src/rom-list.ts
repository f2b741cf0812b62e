// SPDX-License-Identifier: GPL-2.0-or-later
import { type AddressSpace, addressSpaceMap } from '@dromaius/memory'
import { UserError } from '@dromaius/util'

/**
 * Something that has to stand in guest memory whenever the machine starts.
 * @qemu hw/core/loader.c Rom
 */
interface Rom {
  /** What it is, for messages. */
  readonly name: string
  /** Guest physical address, bytes. */
  readonly addr: number
  readonly data: Uint8Array
  /** Bytes in memory; what `data` does not fill is cleared. */
  readonly size: number
}

const hex = (value: number): string => `0x${value.toString(16)}`

/** Largest piece of guest memory that is written at a time, bytes. */
const WINDOW = 2 ** 30

/**
 * What a machine puts into guest memory at each reset: the guest has written over it since.
 * @qemu hw/core/loader.c roms
 */
export class RomList {
  readonly #roms: Rom[] = []

  /**
   * Adds a blob. Throws UserError where it would lie over another.
   * @qemu hw/core/loader.c rom_add_blob
   */
  add(name: string, addr: number, data: Uint8Array, size = data.length): void {
    for (const rom of this.#roms) {
      if (addr < rom.addr + rom.size && rom.addr < addr + size) {
        throw new UserError(
          `${name} at ${hex(addr)}-${hex(addr + size - 1)} lies over ${rom.name} at ` +
            `${hex(rom.addr)}-${hex(rom.addr + rom.size - 1)}`,
        )
      }
    }
    this.#roms.push({ name, addr, data, size })
  }

  /**
   * Throws UserError unless every blob lies in one of the given ranges of RAM.
   * @qemu hw/core/loader.c rom_check_and_register_reset
   */
  check(ram: readonly { addr: number; size: number }[]): void {
    for (const { name, addr, size } of this.#roms) {
      if (ram.some((range) => addr >= range.addr && addr + size <= range.addr + range.size)) continue
      throw new UserError(`${name} at ${hex(addr)}-${hex(addr + size - 1)} does not fit into RAM (see -m)`)
    }
  }

  /**
   * Writes everything into guest memory.
   * @qemu hw/core/loader.c rom_reset
   */
  reset(as: AddressSpace): void {
    for (const { addr, data, size } of this.#roms) {
      fill(as, addr, size, (window, done) => {
        const from = data.subarray(done, done + window.length)
        window.set(from)
        window.fill(0, from.length)
      })
    }
  }
}

/** Goes through guest RAM window by window. */
function fill(
  as: AddressSpace,
  addr: number,
  size: number,
  write: (window: Uint8Array, done: number) => void,
): void {
  for (let done = 0; done < size;) {
    const window = addressSpaceMap(as, addr + done, Math.min(size - done, WINDOW))
    // `check` found RAM here when the machine was made; a window of nothing would loop for ever.
    if (!window?.length) throw new Error(`No RAM at ${hex(addr + done)}`)
    write(window, done)
    done += window.length
  }
}
