// SPDX-License-Identifier: GPL-2.0-or-later
import { LOG_GUEST_ERROR, qemuLoglevelMask, qemuLogMask } from '@dromaius/util'
import type { AddressSpace } from './address-space.js'
import type { FlatRange } from './flat-view.js'
import { hex, HWADDR_LIMIT, MEMTX_DECODE_ERROR, MEMTX_OK, type MemTxResult } from './hwaddr.js'
import { dispatchWriteEventfds } from './ioeventfd.js'
import * as access from './memory-access.js'
import type { MemoryRegion } from './memory-region.js'

/** Counts a read that nobody answered. */
function refuseRead(as: AddressSpace): MemTxResult {
  as.unassigned.reads++
  return MEMTX_DECODE_ERROR
}

/** Counts a write that nobody took. */
function refuseWrite(as: AddressSpace): MemTxResult {
  as.unassigned.writes++
  return MEMTX_DECODE_ERROR
}

function logUnassigned(as: AddressSpace, addr: number, size: number, what: string): void {
  if (!qemuLoglevelMask(LOG_GUEST_ERROR)) return
  qemuLogMask(LOG_GUEST_ERROR, `Unassigned ${what} at ${hex(addr)}, size ${size}, address space '${as.name}'`)
}

/**
 * Bytes from an address on that nobody answers, at most `length`; passed over at once, however long a guest's
 * transfer is.
 */
function holeLength(as: AddressSpace, at: number, length: number): number {
  const { ranges } = as.flatView
  const next = ranges[as.flatView.firstEndingAfter(at)]
  return next ? Math.min(length, next.start - at) : length
}

/**
 * True when the guest may write the range's RAM in place.
 * @qemu include/exec/memory.h memory_access_is_direct
 */
function writesDirectly(fr: FlatRange): boolean {
  return fr.mr.ram && !fr.readonly
}

/**
 * @qemu softmmu/physmem.c invalidate_and_set_dirty
 */
function setDirty(mr: MemoryRegion, offset: number, length: number): void {
  const mask = mr.getDirtyLogMask()
  if (mask !== 0) mr.ramBlock!.dirty.set(offset, length, mask)
  mr.ramBlock!.written?.(offset, length)
}

/**
 * Delivers late writes that must come before an access to a device.
 * @qemu softmmu/physmem.c prepare_mmio_access
 */
function prepareMmioAccess(as: AddressSpace, mr: MemoryRegion): void {
  if (mr.flushCoalescedMmio) as.flushCoalesced()
}

/**
 * Reads 1, 2 or 4 bytes at an address, little-endian, as a CPU does; `as.lastResult` says how it went. Bytes
 * that nobody
 * answers are 0. The way of every port and memory exit: allocates nothing.
 * @qemu softmmu/physmem.c address_space_rw
 */
export function addressSpaceLoad(as: AddressSpace, addr: number, size: 1 | 2 | 4): number {
  const fr = as.flatView.lookup(addr)
  if (fr !== null) {
    const { mr } = fr
    const offset = addr - fr.start + fr.offsetInRegion
    if (mr.readsDirectly()) {
      if (addr + size <= fr.end) {
        as.lastResult = MEMTX_OK
        return mr.ramBlock!.load(offset, size)
      }
    } else if (access.memoryAccessSize(mr, size, offset) === size) {
      prepareMmioAccess(as, mr)
      const value = access.memoryRegionDispatchRead(mr, offset, size)
      as.lastResult = value === access.ACCESS_REFUSED ? refuseRead(as) : MEMTX_OK
      return value === access.ACCESS_REFUSED ? 0 : value
    }
  }
  return loadInParts(as, addr, size)
}

function loadInParts(as: AddressSpace, addr: number, size: number): number {
  const bytes = new Uint8Array(4)
  as.lastResult = addressSpaceRead(as, addr, bytes.subarray(0, size))
  return new DataView(bytes.buffer).getUint32(0, true)
}

/**
 * Writes 1, 2 or 4 bytes at an address, little-endian, as a CPU does. Writes that nobody takes are lost.
 * @qemu softmmu/physmem.c address_space_rw
 */
export function addressSpaceStore(
  as: AddressSpace,
  addr: number,
  value: number,
  size: 1 | 2 | 4,
): MemTxResult {
  const fr = as.flatView.lookup(addr)
  if (fr !== null) {
    const { mr } = fr
    const offset = addr - fr.start + fr.offsetInRegion
    if (mr.ram) {
      if (addr + size <= fr.end && !fr.readonly) {
        mr.ramBlock!.store(offset, value, size)
        setDirty(mr, offset, size)
        return (as.lastResult = MEMTX_OK)
      }
    } else if (!fr.readonly && access.memoryAccessSize(mr, size, offset) === size) {
      return (as.lastResult = storeToDevice(as, mr, offset, value >>> 0, size))
    }
  }
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return (as.lastResult = addressSpaceWrite(as, addr, bytes.subarray(0, size)))
}

function storeToDevice(
  as: AddressSpace,
  mr: MemoryRegion,
  offset: number,
  value: number,
  size: number,
): MemTxResult {
  prepareMmioAccess(as, mr)
  if (mr.ioeventfds.length > 0 && !as.hasKernelEventfds) {
    const masked = BigInt.asUintN(size * 8, BigInt(value))
    const valid = access.memoryRegionAccessValid(mr, offset, size, true)
    if (valid && dispatchWriteEventfds(mr, offset, masked, size)) return MEMTX_OK
  }
  return access.memoryRegionDispatchWrite(mr, offset, value, size) ? MEMTX_OK : refuseWrite(as)
}

function store64ToDevice(as: AddressSpace, mr: MemoryRegion, offset: number, value: bigint): MemTxResult {
  prepareMmioAccess(as, mr)
  if (mr.ioeventfds.length > 0 && !as.hasKernelEventfds) {
    const valid = access.memoryRegionAccessValid(mr, offset, 8, true)
    if (valid && dispatchWriteEventfds(mr, offset, value, 8)) return MEMTX_OK
  }
  return access.memoryRegionDispatchWrite64(mr, offset, value) ? MEMTX_OK : refuseWrite(as)
}

/**
 * Reads 8 bytes at an address, little-endian, as a CPU does; a device that takes less gets several accesses.
 * @qemu softmmu/physmem.c address_space_rw
 */
export function addressSpaceLoad64(as: AddressSpace, addr: number): bigint {
  const bytes = new Uint8Array(8)
  as.lastResult = addressSpaceRead(as, addr, bytes)
  return new DataView(bytes.buffer).getBigUint64(0, true)
}

/**
 * Writes 8 bytes at an address, little-endian, as a CPU does.
 * @qemu softmmu/physmem.c address_space_rw
 */
export function addressSpaceStore64(as: AddressSpace, addr: number, value: bigint): MemTxResult {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return (as.lastResult = addressSpaceWrite(as, addr, bytes))
}

/**
 * Fills `bytes` from an address on: RAM is copied, devices are accessed in the largest steps that they and
 * the alignment
 * allow, what nobody answers reads 0. What lies at and beyond 2^53 is answered by nobody.
 * @qemu softmmu/physmem.c flatview_read_continue
 */
export function addressSpaceRead(as: AddressSpace, addr: number, bytes: Uint8Array): MemTxResult {
  let result = MEMTX_OK
  for (let done = 0; done < bytes.length;) {
    const at = addr + done
    const left = bytes.length - done
    // Looked up again for each step: a device may change the tree.
    const fr = at < HWADDR_LIMIT ? as.flatView.lookup(at) : null
    if (!fr) {
      const length = holeLength(as, at, left)
      bytes.fill(0, done, done + length)
      logUnassigned(as, at, length, 'read')
      result |= refuseRead(as)
      done += length
      continue
    }
    const offset = at - fr.start + fr.offsetInRegion
    if (fr.mr.readsDirectly()) {
      const length = Math.min(left, fr.end - at)
      fr.mr.ramBlock!.read(offset, bytes.subarray(done, done + length))
      done += length
      continue
    }
    const length = access.memoryAccessSize(fr.mr, left, offset)
    prepareMmioAccess(as, fr.mr)
    result |= readDevice(as, fr.mr, offset, bytes, done, length)
    done += length
  }
  return result
}

function readDevice(
  as: AddressSpace,
  mr: MemoryRegion,
  offset: number,
  bytes: Uint8Array,
  at: number,
  length: number,
): MemTxResult {
  if (length === 8) {
    const value = access.memoryRegionDispatchRead64(mr, offset)
    new DataView(bytes.buffer, bytes.byteOffset + at, 8).setBigUint64(0, value ?? 0n, true)
    return value === null ? refuseRead(as) : MEMTX_OK
  }
  const value = access.memoryRegionDispatchRead(mr, offset, length)
  const refused = value === access.ACCESS_REFUSED
  for (let i = 0; i < length; i++) bytes[at + i] = refused ? 0 : value >>> (8 * i)
  return refused ? refuseRead(as) : MEMTX_OK
}

/**
 * Writes `bytes` from an address on, as `addressSpaceRead` reads. What is read-only for the guest stays as it
 * is.
 * @qemu softmmu/physmem.c flatview_write_continue
 * @differs a read-only alias of RAM refuses writes; QEMU looks at the region only and lets them through
 */
export function addressSpaceWrite(as: AddressSpace, addr: number, bytes: Uint8Array): MemTxResult {
  let result = MEMTX_OK
  for (let done = 0; done < bytes.length;) {
    const at = addr + done
    const left = bytes.length - done
    const fr = at < HWADDR_LIMIT ? as.flatView.lookup(at) : null
    if (fr && writesDirectly(fr)) {
      const length = Math.min(left, fr.end - at)
      const offset = at - fr.start + fr.offsetInRegion
      fr.mr.ramBlock!.write(offset, bytes.subarray(done, done + length))
      setDirty(fr.mr, offset, length)
      done += length
    } else if (!fr || fr.mr.ram || fr.readonly) {
      const length = fr ? Math.min(left, fr.end - at) : holeLength(as, at, left)
      logUnassigned(as, at, length, fr ? 'write to read-only memory' : 'write')
      result |= refuseWrite(as)
      done += length
    } else {
      const offset = at - fr.start + fr.offsetInRegion
      const length = access.memoryAccessSize(fr.mr, left, offset)
      result |= writeDevice(as, fr.mr, offset, bytes, done, length)
      done += length
    }
  }
  return result
}

function writeDevice(
  as: AddressSpace,
  mr: MemoryRegion,
  offset: number,
  bytes: Uint8Array,
  at: number,
  length: number,
): MemTxResult {
  if (length === 8) {
    const value = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true)
    return store64ToDevice(as, mr, offset, value)
  }
  let value = 0
  for (let i = 0; i < length; i++) value |= bytes[at + i]! << (8 * i)
  return storeToDevice(as, mr, offset, value >>> 0, length)
}

/**
 * Writes RAM and ROM from an address on, for loaders; devices and holes are passed over.
 * @qemu softmmu/physmem.c address_space_write_rom
 */
export function addressSpaceWriteRom(as: AddressSpace, addr: number, bytes: Uint8Array): MemTxResult {
  for (let done = 0; done < bytes.length;) {
    const at = addr + done
    const { ranges } = as.flatView
    const fr = ranges[as.flatView.firstEndingAfter(at)]
    if (!fr) break
    if (fr.start > at) {
      done += Math.min(bytes.length - done, fr.start - at)
      continue
    }
    const length = Math.min(bytes.length - done, fr.end - at)
    if (fr.mr.ramBlock) {
      const offset = at - fr.start + fr.offsetInRegion
      fr.mr.ramBlock.write(offset, bytes.subarray(done, done + length))
      setDirty(fr.mr, offset, length)
    }
    done += length
  }
  return MEMTX_OK
}

/**
 * The guest's RAM at an address, in place: up to `length` bytes, fewer at the end of the region or of a
 * window. Null when
 * there is no RAM (for `isWrite`: none that the guest may write). Who has written calls {@link
 * addressSpaceUnmap}.
 * @qemu softmmu/physmem.c address_space_map
 * @differs gives null instead of a bounce buffer where a device is
 */
export function addressSpaceMap(
  as: AddressSpace,
  addr: number,
  length: number,
  isWrite = false,
): Uint8Array | null {
  const fr = addr < HWADDR_LIMIT ? as.flatView.lookup(addr) : null
  if (!fr || length <= 0) return null
  if (isWrite ? !writesDirectly(fr) : !fr.mr.readsDirectly()) return null
  return fr.mr.ramBlock!.bytesAt(addr - fr.start + fr.offsetInRegion, Math.min(length, fr.end - addr))
}

/**
 * Marks what was written through a mapping as dirty.
 * @qemu softmmu/physmem.c address_space_unmap
 */
export function addressSpaceUnmap(as: AddressSpace, addr: number, length: number): void {
  const fr = as.flatView.lookup(addr)
  if (fr?.mr.ramBlock) setDirty(fr.mr, addr - fr.start + fr.offsetInRegion, Math.min(length, fr.end - addr))
}
