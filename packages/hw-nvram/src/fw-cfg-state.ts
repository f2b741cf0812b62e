// SPDX-License-Identifier: GPL-2.0-or-later
import { SysBusDevice } from '@dromaius/hw-core'
import { type AddressSpace, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { FW_CFG_FILE_SLOTS_DFLT, FW_CFG_SIGNATURE } from './fw-cfg-keys.js'

/**
 * One item.
 * @qemu hw/nvram/fw_cfg.c FWCfgEntry
 */
export interface FWCfgEntry {
  data: Uint8Array
  /** The guest may change it, by DMA. */
  allowWrite: boolean
  /** Runs whenever the guest selects the item, before it reads. */
  selectCb: (() => void) | null
  /** Runs when the guest has changed `length` bytes from `start` on. */
  writeCb: ((start: number, length: number) => void) | null
}

/**
 * A file of the directory.
 * @qemu include/standard-headers/linux/qemu_fw_cfg.h fw_cfg_file
 */
export interface FWCfgFile {
  readonly name: string
  readonly entry: FWCfgEntry
}

/**
 * The store of numbered items and named files that firmware and kernels read of their machine.
 * @qemu include/hw/nvram/fw_cfg.h FWCfgState
 */
export class FWCfgState extends SysBusDevice {
  /** The DMA interface is there. */
  dmaEnabled = true
  /** Files that the directory has room for. */
  fileSlots = FW_CFG_FILE_SLOTS_DFLT
  /** Items by key, the architecture's with its bit set; the files are not among them. */
  readonly entries = new Map<number, FWCfgEntry>()
  /** By ascending name, which is the order of their keys. */
  readonly files: FWCfgFile[] = []
  /** Key of the selected item. */
  curEntry = FW_CFG_SIGNATURE
  /** The byte of it that is read next. */
  curOffset = 0
  /** Guest physical address of the DMA descriptor, as far as it has been written. */
  dmaAddr = 0n
  /** Where DMA goes; set when the device is mapped. */
  dmaAs: AddressSpace | null = null
  /** Selector and data port. */
  readonly combIomem = TYPE_MEMORY_REGION.new()
  readonly dmaIomem = TYPE_MEMORY_REGION.new()
}
