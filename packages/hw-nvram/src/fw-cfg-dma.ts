// SPDX-License-Identifier: GPL-2.0-or-later
import { type AddressSpace, addressSpaceRead, addressSpaceWrite, MEMTX_OK } from '@dromaius/memory'
import { fwCfgCurrentEntry, fwCfgSelect } from './fw-cfg.js'
import type { FWCfgEntry, FWCfgState } from './fw-cfg-state.js'

/** Bits of a descriptor's control word. */
const FW_CFG_DMA_CTL_ERROR = 0x01
const FW_CFG_DMA_CTL_READ = 0x02
const FW_CFG_DMA_CTL_SKIP = 0x04
const FW_CFG_DMA_CTL_SELECT = 0x08
const FW_CFG_DMA_CTL_WRITE = 0x10

/** Bytes of a descriptor: control, length, address, all big-endian. @qemu include/standard-headers/linux/qemu_fw_cfg.h fw_cfg_dma_access */
const DESCRIPTOR_SIZE = 16

/** Zeros that are written at a time, bytes. */
const ZEROS = new Uint8Array(2 ** 20)

/** Clears guest memory; returns whether all of it was there. @qemu softmmu/dma-helpers.c dma_memory_set */
function dmaMemoryClear(as: AddressSpace, addr: number, length: number): boolean {
  let result = MEMTX_OK
  for (let done = 0; done < length; done += ZEROS.length) {
    result |= addressSpaceWrite(as, addr + done, ZEROS.subarray(0, Math.min(ZEROS.length, length - done)))
  }
  return result === MEMTX_OK
}

/** Copies `length` bytes of the item to the guest and clears what is asked for beyond its end. */
function dmaRead(
  s: FWCfgState,
  as: AddressSpace,
  entry: FWCfgEntry | null,
  addr: number,
  length: number,
): boolean {
  const left = entry ? Math.max(0, entry.data.length - s.curOffset) : 0
  const count = Math.min(length, left)
  if (count > 0) {
    const result = addressSpaceWrite(as, addr, entry!.data.subarray(s.curOffset, s.curOffset + count))
    s.curOffset += count
    if (result !== MEMTX_OK) return false
  }
  return dmaMemoryClear(as, addr + count, length - count)
}

/** Copies `length` bytes from the guest into the item, which must have room for all of them and be writable. */
function dmaWrite(
  s: FWCfgState,
  as: AddressSpace,
  entry: FWCfgEntry | null,
  addr: number,
  length: number,
): boolean {
  if (length === 0) return true
  const left = entry ? Math.max(0, entry.data.length - s.curOffset) : 0
  if (left === 0) return false
  const start = s.curOffset
  s.curOffset += Math.min(length, left)
  if (!entry!.allowWrite || length > left) return false
  // First into a copy: a transfer that fails changes nothing.
  const bytes = new Uint8Array(length)
  if (addressSpaceRead(as, addr, bytes) !== MEMTX_OK) return false
  entry!.data.set(bytes, start)
  entry!.writeCb?.(start, length)
  return true
}

/**
 * Carries out the descriptor whose address the guest has written, and puts the outcome into the descriptor's control word: 0,
 * or the error bit. Addresses outside guest memory end in that bit. The work is bounded by the descriptor's length, at most
 * 4 GiB, and holes cost nothing.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_dma_transfer
 * @differs a write that fails half-way leaves the item as it was
 */
export function fwCfgDmaTransfer(s: FWCfgState, as: AddressSpace): void {
  // Beyond 2^53 the number is rounded; nothing answers there.
  const at = Number(s.dmaAddr)
  s.dmaAddr = 0n
  const finish = (control: number): void => {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, control)
    addressSpaceWrite(as, at, bytes)
  }

  const bytes = new Uint8Array(DESCRIPTOR_SIZE)
  if (addressSpaceRead(as, at, bytes) !== MEMTX_OK) {
    finish(FW_CFG_DMA_CTL_ERROR)
    return
  }
  const descriptor = new DataView(bytes.buffer)
  const control = descriptor.getUint32(0)
  const length = descriptor.getUint32(4)
  const addr = Number(descriptor.getBigUint64(8))

  if (control & FW_CFG_DMA_CTL_SELECT) fwCfgSelect(s, control >>> 16)
  const entry = fwCfgCurrentEntry(s)
  let good = true
  if (control & FW_CFG_DMA_CTL_READ) good = dmaRead(s, as, entry, addr, length)
  else if (control & FW_CFG_DMA_CTL_WRITE) good = dmaWrite(s, as, entry, addr, length)
  else if (control & FW_CFG_DMA_CTL_SKIP && entry) {
    s.curOffset = Math.max(s.curOffset, Math.min(s.curOffset + length, entry.data.length))
  }
  finish(good ? 0 : FW_CFG_DMA_CTL_ERROR)
}
