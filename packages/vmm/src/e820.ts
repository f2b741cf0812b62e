// SPDX-License-Identifier: GPL-2.0-or-later

/** Usable memory (ACPI 6.5, table 15.1). */
export const E820_RAM = 1
/** Memory that the guest must leave alone. */
export const E820_RESERVED = 2

/**
 * One line of the memory map.
 * @qemu hw/i386/e820_memory_layout.h e820_entry
 */
export interface E820Entry {
  /** Guest physical address, bytes. */
  readonly addr: number
  /** Bytes. */
  readonly size: number
  /** `E820_RAM`, `E820_RESERVED`. */
  readonly type: number
}

/**
 * The memory map of one machine, as firmware and kernels are told it.
 * @qemu hw/i386/e820_memory_layout.c e820_table
 * @differs an object of the machine; a reserved entry cuts a hole into RAM that was added before, as SeaBIOS does it to the map
 *   that QEMU gives it
 */
export class E820Table {
  #entries: E820Entry[] = []

  /** By ascending address. */
  get entries(): readonly E820Entry[] {
    return this.#entries
  }

  /**
   * Adds a range; what it covers of earlier entries is theirs no longer.
   * @qemu hw/i386/e820_memory_layout.c e820_add_entry
   */
  add(addr: number, size: number, type: number): void {
    const end = addr + size
    const rest = this.#entries.flatMap((entry) => {
      const entryEnd = entry.addr + entry.size
      if (entryEnd <= addr || entry.addr >= end) return [entry]
      return [
        { addr: entry.addr, size: addr - entry.addr, type: entry.type },
        { addr: end, size: entryEnd - end, type: entry.type },
      ].filter((part) => part.size > 0)
    })
    this.#entries = [...rest, { addr, size, type }].sort((a, b) => a.addr - b.addr)
  }
}
