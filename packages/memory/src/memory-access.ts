// SPDX-License-Identifier: GPL-2.0-or-later
import { defineTraceEvent, LOG_GUEST_ERROR, qemuLoglevelMask, qemuLogMask } from '@dromaius/util'
import { hex } from './hwaddr.js'
import type { AccessSize } from './memory-region-ops.js'
import type { MemoryRegion } from './memory-region.js'

const traceRead = defineTraceEvent(
  'memory_region_ops_read',
  (name: string, addr: number, value: number | bigint, size: number) =>
    `addr ${hex(addr)} value 0x${value.toString(16)} size ${size} name '${name}'`,
)
const traceWrite = defineTraceEvent(
  'memory_region_ops_write',
  (name: string, addr: number, value: number | bigint, size: number) =>
    `addr ${hex(addr)} value 0x${value.toString(16)} size ${size} name '${name}'`,
)

/** What the dispatch functions give for an access that the region refuses. */
export const ACCESS_REFUSED = -1

/**
 * Bytes of the next access to a device region at `addr` (offset in the region), of `length` that are wanted:
 * a power of two,
 * bounded by the alignment of the address unless the device takes unaligned accesses.
 * @qemu softmmu/physmem.c memory_access_size
 */
export function memoryAccessSize(mr: MemoryRegion, length: number, addr: number): 1 | 2 | 4 | 8 {
  let max = mr.validMax === 0 ? 4 : mr.validMax
  if (!mr.implUnaligned) {
    // The low 32 bits are enough: no access is larger than 8 bytes.
    const low = addr % 8
    const alignment = low === 0 ? 8 : low & -low
    if (alignment < max) max = alignment
  }
  const size = length < max ? length : max
  return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1
}

function refuse(mr: MemoryRegion, addr: number, size: number, reason: string): boolean {
  if (qemuLoglevelMask(LOG_GUEST_ERROR)) {
    const where = `addr ${hex(addr)}, size ${size}, region '${mr.name}'`
    qemuLogMask(LOG_GUEST_ERROR, `Invalid access at ${where}, reason: ${reason}`)
  }
  return false
}

/**
 * True when the region answers this access.
 * @qemu softmmu/memory.c memory_region_access_valid
 */
export function memoryRegionAccessValid(
  mr: MemoryRegion,
  addr: number,
  size: number,
  isWrite: boolean,
): boolean {
  const accepts = mr.ops.valid?.accepts
  if (accepts && !accepts(addr, size, isWrite)) return refuse(mr, addr, size, 'rejected')
  if (!mr.validUnaligned && addr % size !== 0) return refuse(mr, addr, size, 'unaligned')
  if (mr.validMax !== 0 && (size > mr.validMax || size < mr.validMin)) {
    return refuse(mr, addr, size, `invalid size (min:${mr.validMin} max:${mr.validMax})`)
  }
  return true
}

/** The value with the order of its `size` bytes reversed. */
function bswap(value: number, size: number): number {
  if (size === 1) return value
  if (size === 2) return ((value & 0xff) << 8) | (value >>> 8)
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
}

function bswap64(value: bigint): bigint {
  const low = bswap(Number(value & 0xffff_ffffn), 4)
  const high = bswap(Number(value >> 32n), 4)
  return (BigInt(low) << 32n) | BigInt(high)
}

/** The value cut to `size` bytes, unsigned. */
function cut(value: number, size: number): number {
  if (size === 4) return value >>> 0
  return size === 2 ? value & 0xffff : value & 0xff
}

/** One call of the device's `read`, or of `read64` as a number when the device takes nothing smaller. */
function readOps(mr: MemoryRegion, addr: number, size: number): number {
  const value = cut(mr.ops.read(addr, size as AccessSize), size)
  traceRead(mr.name, addr, value, size)
  return value
}

function readOps64(mr: MemoryRegion, addr: number): bigint {
  const value = BigInt.asUintN(64, mr.ops.read64!(addr))
  traceRead(mr.name, addr, value, 8)
  return value
}

function writeOps(mr: MemoryRegion, addr: number, value: number, size: number): void {
  const bytes = cut(value, size)
  traceWrite(mr.name, addr, bytes, size)
  mr.ops.write(addr, bytes, size as AccessSize)
}

function writeOps64(mr: MemoryRegion, addr: number, value: bigint): void {
  traceWrite(mr.name, addr, value, 8)
  mr.ops.write64!(addr, value)
}

/** Bytes per call of the device's functions for an access of `size`. */
function implSize(mr: MemoryRegion, size: number): number {
  const atMost = size < mr.implMax ? size : mr.implMax
  return atMost > mr.implMin ? atMost : mr.implMin
}

/**
 * Reads 1, 2 or 4 bytes at `addr` (offset in the region), little-endian; {@link ACCESS_REFUSED} when the
 * region refuses.
 * @qemu softmmu/memory.c memory_region_dispatch_read
 */
export function memoryRegionDispatchRead(mr: MemoryRegion, addr: number, size: number): number {
  if (!memoryRegionAccessValid(mr, addr, size, false)) return ACCESS_REFUSED
  const step = implSize(mr, size)
  if (step === size && !mr.bigEndian) return readOps(mr, addr, size)
  const value = step === 8 ? readWide(mr, addr, size) : readInSteps(mr, addr, size, step)
  return mr.bigEndian ? bswap(value, size) : value
}

/**
 * @qemu softmmu/memory.c access_with_adjusted_size
 */
function readInSteps(mr: MemoryRegion, addr: number, size: number, step: number): number {
  let value = 0
  for (let i = 0; i < size; i += step) {
    const part = readOps(mr, addr + i, step)
    // A device's word that is wider than the access has its first byte at the top when it is big-endian.
    const shift = mr.bigEndian ? (size - step - i) * 8 : i * 8
    value |= shift >= 0 ? part << shift : part >>> -shift
  }
  return cut(value, size)
}

/** A device that takes nothing smaller than 8 bytes. */
function readWide(mr: MemoryRegion, addr: number, size: number): number {
  const value = readOps64(mr, addr)
  return cut(Number((mr.bigEndian ? value >> BigInt((8 - size) * 8) : value) & 0xffff_ffffn), size)
}

/**
 * Writes 1, 2 or 4 bytes at `addr` (offset in the region), little-endian; false when the region refuses.
 * @qemu softmmu/memory.c memory_region_dispatch_write
 */
export function memoryRegionDispatchWrite(
  mr: MemoryRegion,
  addr: number,
  value: number,
  size: number,
): boolean {
  if (!memoryRegionAccessValid(mr, addr, size, true)) return false
  const step = implSize(mr, size)
  if (step === size && !mr.bigEndian) {
    writeOps(mr, addr, value, size)
    return true
  }
  const data = mr.bigEndian ? bswap(cut(value, size), size) : cut(value, size)
  if (step === 8) {
    writeOps64(mr, addr, mr.bigEndian ? BigInt(data) << BigInt((8 - size) * 8) : BigInt(data))
    return true
  }
  for (let i = 0; i < size; i += step) {
    const shift = mr.bigEndian ? (size - step - i) * 8 : i * 8
    writeOps(mr, addr + i, shift >= 0 ? data >>> shift : data << -shift, step)
  }
  return true
}

/**
 * Reads 8 bytes at `addr` (offset in the region), little-endian; null when the region refuses.
 * @qemu softmmu/memory.c memory_region_dispatch_read
 */
export function memoryRegionDispatchRead64(mr: MemoryRegion, addr: number): bigint | null {
  if (!memoryRegionAccessValid(mr, addr, 8, false)) return null
  const step = implSize(mr, 8)
  let value = 0n
  if (step === 8) {
    value = readOps64(mr, addr)
  } else {
    for (let i = 0; i < 8; i += step) {
      const shift = mr.bigEndian ? (8 - step - i) * 8 : i * 8
      value |= BigInt(readOps(mr, addr + i, step)) << BigInt(shift)
    }
  }
  return mr.bigEndian ? bswap64(value) : value
}

/**
 * Writes 8 bytes at `addr` (offset in the region), little-endian; false when the region refuses.
 * @qemu softmmu/memory.c memory_region_dispatch_write
 */
export function memoryRegionDispatchWrite64(mr: MemoryRegion, addr: number, value: bigint): boolean {
  if (!memoryRegionAccessValid(mr, addr, 8, true)) return false
  const data = mr.bigEndian ? bswap64(BigInt.asUintN(64, value)) : BigInt.asUintN(64, value)
  const step = implSize(mr, 8)
  if (step === 8) {
    writeOps64(mr, addr, data)
    return true
  }
  for (let i = 0; i < 8; i += step) {
    const shift = mr.bigEndian ? (8 - step - i) * 8 : i * 8
    writeOps(mr, addr + i, Number((data >> BigInt(shift)) & 0xffff_ffffn), step)
  }
  return true
}
