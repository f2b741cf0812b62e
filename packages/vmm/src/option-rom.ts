// SPDX-License-Identifier: GPL-2.0-or-later
import { type FWCfgState, fwCfgAddFile } from '@dromaius/hw-nvram'
import { UserError } from '@dromaius/util'
import { basename } from 'node:path'
import type { BootDevices } from './boot-devices.js'
import { qemuFindFile } from './data-dirs.js'
import { readInputFile } from './input-file.js'

/** Where an option ROM goes. */
export interface OptionRomOptions {
  readonly fwCfg: FWCfgState
  readonly bootDevices: BootDevices
  /** Directories of `-L`. */
  readonly dataDirs: readonly string[]
}

/**
 * Offers an option ROM to firmware, which boots it. Throws UserError if the file is not there.
 * @qemu hw/core/loader.c rom_add_option
 * @differs QEMU only warns of a file that is missing, and the guest does not boot
 */
export function romAddOption(
  file: string,
  bootindex: number,
  { fwCfg, bootDevices, dataDirs }: OptionRomOptions,
): void {
  const path = qemuFindFile(file, dataDirs)
  if (path === null) {
    throw new UserError(
      `-kernel: firmware needs the option ROM '${file}' to boot it, which is in none of the directories of -L help ` +
        '(without -bios the kernel is entered directly; x-option-roms=off leaves the ROM out)',
    )
  }
  const name = `genroms/${basename(file)}`
  fwCfgAddFile(fwCfg, name, readInputFile(path, '-L'))
  bootDevices.add(bootindex, `/rom@${name}`)
}
