// SPDX-License-Identifier: GPL-2.0-or-later
import { sizeToStr, UserError } from '@dromaius/util'
import type { E820Table } from './e820.js'
import { parseElf } from './elf.js'
import { readInputFile } from './input-file.js'
import { buildPvhStartInfo, PVH_START_INFO_ADDR, readPvhStartAddr } from './pvh.js'
import type { RomList } from './rom-list.js'

const PAGE_SIZE = 4096

/** Where the boot CPU starts. */
export interface PvhEntry {
  /** Guest physical address of the first instruction. */
  readonly entry: number
  /** Guest physical address of `hvm_start_info`. */
  readonly startInfo: number
}

/** What is to be booted, and into what. */
export interface LoadLinuxOptions {
  readonly kernelFilename: string
  /** Empty for none. */
  readonly initrdFilename: string
  readonly kernelCmdline: string
  /** RAM from address 0 on, bytes. */
  readonly below4gMemSize: number
  readonly above4gMemSize: number
  readonly e820: E820Table
  readonly roms: RomList
}

/** A Linux kernel with its own loader in front: the boot protocol's magic at 0x202 (Linux, Documentation/arch/x86/boot.rst). */
function isBzImage(file: Uint8Array): boolean {
  return file.length > 0x206 && Buffer.from(file.subarray(0x202, 0x206)).toString('latin1') === 'HdrS'
}

/**
 * Reads kernel and initial RAM disk and puts them, and what the kernel is told, on the list of what stands in memory at start.
 * Throws UserError for a file that cannot be read, is no PVH ELF, or does not fit into RAM.
 * @qemu hw/i386/x86.c x86_load_linux
 * @differs PVH only, and without firmware: the kernel is entered straight away
 */
export function x86LoadLinux(options: LoadLinuxOptions): PvhEntry {
  const { kernelFilename, initrdFilename, kernelCmdline, below4gMemSize, above4gMemSize, e820, roms } =
    options
  const file = readInputFile(kernelFilename, '-kernel')
  if (isBzImage(file)) {
    throw new UserError(
      `-kernel ${kernelFilename}: a bzImage cannot be booted yet; give the uncompressed ELF (vmlinux with CONFIG_PVH)`,
    )
  }
  const elf = parseElf(file, `-kernel ${kernelFilename}`)
  const entry = readPvhStartAddr(elf, `-kernel ${kernelFilename}`)
  let kernelEnd = 0
  for (const { paddr, memsz, data } of elf.segments) {
    roms.add(`-kernel ${kernelFilename}: segment`, paddr, data, memsz)
    if (paddr < below4gMemSize) kernelEnd = Math.max(kernelEnd, paddr + memsz)
  }

  let initrd: { addr: number; size: number } | undefined
  if (initrdFilename !== '') {
    const data = readInputFile(initrdFilename, '-initrd')
    // As high as it goes below the PCI hole, out of the kernel's way.
    const addr = Math.floor((below4gMemSize - data.length) / PAGE_SIZE) * PAGE_SIZE
    if (addr < kernelEnd) {
      const room = Math.max(0, below4gMemSize - kernelEnd)
      throw new UserError(
        `-initrd ${initrdFilename}: too large: ${sizeToStr(data.length)}, and RAM behind the kernel is ${sizeToStr(room)} (see -m)`,
      )
    }
    if (data.length > 0) roms.add(`-initrd ${initrdFilename}: file`, addr, data)
    initrd = { addr, size: data.length }
  }

  for (const { name, addr, data } of buildPvhStartInfo({
    cmdline: kernelCmdline,
    memmap: e820.entries,
    initrd,
  })) {
    roms.add(name, addr, data)
  }
  roms.check([
    { addr: 0, size: below4gMemSize },
    { addr: 0x1_0000_0000, size: above4gMemSize },
  ])
  return { entry, startInfo: PVH_START_INFO_ADDR }
}
