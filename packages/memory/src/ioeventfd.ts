// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { writeSync } from 'node:fs'
import type { MemoryRegion } from './memory-region.js'

/**
 * Writes that signal an eventfd.
 * @qemu softmmu/memory.c MemoryRegionIoeventfd
 */
export interface MemoryRegionIoeventfd {
  /** Offset in the region, or address in an address space's list. */
  readonly addr: number
  /** Size of the write in bytes, 0 for any. */
  readonly size: number
  /** Only writes of `data` signal. */
  readonly matchData: boolean
  readonly data: bigint
  readonly fd: number
}

/**
 * Negative when `a` comes before `b`, 0 when they are the same. Two that differ only in data that neither
 * matches are the same.
 * @qemu softmmu/memory.c memory_region_ioeventfd_before
 */
export function ioeventfdCompare(a: MemoryRegionIoeventfd, b: MemoryRegionIoeventfd): number {
  if (a.addr !== b.addr) return a.addr - b.addr
  if (a.size !== b.size) return a.size - b.size
  if (a.matchData !== b.matchData) return a.matchData ? 1 : -1
  if (a.matchData && a.data !== b.data) return a.data < b.data ? -1 : 1
  return a.fd - b.fd
}

/** The value as a device with this byte order sees it. */
function toDeviceOrder(mr: MemoryRegion, data: bigint, size: number): bigint {
  if (!mr.bigEndian || size === 0) return data
  let swapped = 0n
  for (let i = 0; i < size; i++) swapped = (swapped << 8n) | ((data >> BigInt(8 * i)) & 0xffn)
  return swapped
}

/**
 * Has writes of `size` bytes (0: any size) at offset `addr` signal the eventfd `fd`; with `matchData` only
 * writes of `data`.
 * An accelerator that can does it in the kernel, otherwise the write does it here.
 * @qemu softmmu/memory.c memory_region_add_eventfd
 */
export function memoryRegionAddEventfd(
  mr: MemoryRegion,
  addr: number,
  size: 0 | 1 | 2 | 4 | 8,
  matchData: boolean,
  data: bigint,
  fd: number,
): void {
  const { topology } = mr
  topology.begin()
  mr.ioeventfds.push({ addr, size, matchData, data: toDeviceOrder(mr, data, size), fd })
  mr.ioeventfds.sort(ioeventfdCompare)
  topology.ioeventfdUpdatePending ||= mr.enabled
  topology.commit()
}

/**
 * Takes back what `memoryRegionAddEventfd` did with the same arguments; asserts that it did.
 * @qemu softmmu/memory.c memory_region_del_eventfd
 */
export function memoryRegionDelEventfd(
  mr: MemoryRegion,
  addr: number,
  size: 0 | 1 | 2 | 4 | 8,
  matchData: boolean,
  data: bigint,
  fd: number,
): void {
  const key = { addr, size, matchData, data: toDeviceOrder(mr, data, size), fd }
  const at = mr.ioeventfds.findIndex((other) => ioeventfdCompare(key, other) === 0)
  assert(at >= 0, `Region ${mr.name} has no such eventfd`)
  const { topology } = mr
  topology.begin()
  mr.ioeventfds.splice(at, 1)
  topology.ioeventfdUpdatePending ||= mr.enabled
  topology.commit()
}

/** One on an eventfd's counter, in the host's byte order. */
const EVENTFD_ONE = new Uint8Array(new BigUint64Array([1n]).buffer)

/**
 * Signals the eventfd that a write to a device is for; false when there is none.
 * @qemu softmmu/memory.c memory_region_dispatch_write_eventfds
 */
export function dispatchWriteEventfds(mr: MemoryRegion, addr: number, data: bigint, size: number): boolean {
  for (const other of mr.ioeventfds) {
    if (other.addr !== addr || (other.size !== 0 && other.size !== size)) continue
    if (other.matchData && other.data !== data) continue
    writeSync(other.fd, EVENTFD_ONE)
    return true
  }
  return false
}
