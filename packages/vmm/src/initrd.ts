// SPDX-License-Identifier: GPL-2.0-or-later
import {
  FW_CFG_INITRD_ADDR,
  FW_CFG_INITRD_DATA,
  FW_CFG_INITRD_SIZE,
  type FWCfgState,
  fwCfgAddBytes,
  fwCfgAddI32,
} from '@dromaius/hw-nvram'
import { sizeToStr, UserError } from '@dromaius/util'
import { readInputFile } from './input-file.js'
import type { LoadLinuxOptions } from './load-linux.js'

const PAGE_SIZE = 4096

/** An initial RAM disk and its place. */
export interface Initrd {
  /** Guest physical address, bytes. */
  readonly addr: number
  readonly data: Uint8Array
}

/**
 * Reads the initial RAM disk and finds its place: as high as it goes below the PCI hole and `highest`, behind `kernelEnd`.
 * Null if none was asked for. Throws UserError for a file that cannot be read or does not fit.
 * @qemu hw/i386/x86.c x86_load_linux
 */
export function loadInitrd(
  { initrdFilename, below4gMemSize }: LoadLinuxOptions,
  highest: number,
  kernelEnd: number,
): Initrd | null {
  if (initrdFilename === '') return null
  const data = readInputFile(initrdFilename, '-initrd')
  const end = Math.min(below4gMemSize, highest)
  const addr = Math.floor((end - data.length) / PAGE_SIZE) * PAGE_SIZE
  if (addr < kernelEnd) {
    const room = Math.max(0, end - kernelEnd)
    throw new UserError(
      `-initrd ${initrdFilename}: too large: ${sizeToStr(data.length)}, and RAM behind the kernel is ${sizeToStr(room)} (see -m)`,
    )
  }
  return { addr, data }
}

/** Hands the RAM disk to firmware. */
export function fwCfgAddInitrd(fwCfg: FWCfgState, { addr, data }: Initrd): void {
  fwCfgAddI32(fwCfg, FW_CFG_INITRD_ADDR, addr)
  fwCfgAddI32(fwCfg, FW_CFG_INITRD_SIZE, data.length)
  fwCfgAddBytes(fwCfg, FW_CFG_INITRD_DATA, data)
}
