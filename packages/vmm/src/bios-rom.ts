// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionAddSubregionOverlap,
  memoryRegionInitAlias,
  memoryRegionInitRam,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import type { SystemState } from '@dromaius/cpus'
import { UserError } from '@dromaius/util'
import { qemuFindFile } from './data-dirs.js'
import { readInputFile } from './input-file.js'
import type { RomList } from './rom-list.js'

const ABOVE_4G = 0x1_0000_0000
const ABOVE_1M = 0x10_0000
/** Firmware comes in pieces of this many bytes, a real-mode segment. */
const BIOS_GRANULE = 0x1_0000
/** Largest part of it that is seen below 1 MiB, bytes. */
const ISA_BIOS_MAX = 0x2_0000
/** Below this the I/O APIC and the board's registers are: firmware ends above. */
const BIOS_SIZE_MAX = 0x100_0000

/** What the board gives to {@link x86BiosRomInit}. */
export interface BiosRomOptions {
  readonly system: SystemState
  readonly roms: RomList
  /** File name or path. */
  readonly firmware: string
  /** Directories of `-L`. */
  readonly dataDirs: readonly string[]
}

/**
 * Reads firmware and puts it at the end of the first 4 GiB, where CPUs start, and its last 128 KiB below 1 MiB as well. It
 * stands in memory that the guest can write, since nothing else could hold SeaBIOS's variables on a machine without PCI, and
 * is put there anew at each reset. Returns the region, which the caller frees.
 * Throws UserError for a file that cannot be found or read, or is no multiple of 64 KiB.
 * @qemu hw/i386/x86.c x86_bios_rom_init
 * @differs always with `isapc_ram_fw`, as microvm calls it; the size is limited, so that it covers no device
 */
export function x86BiosRomInit({ system, roms, firmware, dataDirs }: BiosRomOptions): MemoryRegion {
  const option = `-bios ${firmware}`
  const path = qemuFindFile(firmware, dataDirs)
  if (path === null)
    throw new UserError(`${option}: not found, neither as a file nor in the directories of -L help`)
  const data = readInputFile(path, '-bios')
  if (data.length === 0) throw new UserError(`${option}: is empty`)
  if (data.length % BIOS_GRANULE !== 0) {
    throw new UserError(`${option}: is ${data.length} bytes, expected a multiple of 64 KiB`)
  }
  if (data.length > BIOS_SIZE_MAX)
    throw new UserError(`${option}: is ${data.length} bytes, expected at most 16 MiB`)

  const allocator = system.accel?.ramAllocator
  if (!allocator) throw new Error('The accelerator gives no RAM')
  const bios = TYPE_MEMORY_REGION.new()
  memoryRegionInitRam(bios, null, 'pc.bios', data.length, allocator)
  const isaSize = Math.min(data.length, ISA_BIOS_MAX)
  const isaBios = TYPE_MEMORY_REGION.new()
  memoryRegionInitAlias(isaBios, null, 'isa-bios', bios, data.length - isaSize, isaSize)
  memoryRegionAddSubregionOverlap(system.systemMemory, ABOVE_1M - isaSize, isaBios, 1)
  memoryRegionAddSubregion(system.systemMemory, ABOVE_4G - data.length, bios)
  roms.add(`${option}: firmware`, ABOVE_4G - data.length, data)
  return bios
}
