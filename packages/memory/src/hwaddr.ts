// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'

/**
 * First address that no address space reaches: guest addresses have at most 52 bits, plain numbers hold 53.
 */
export const HWADDR_LIMIT = 2 ** 53

/**
 * Size of a container that spans everything; prints as `...ffffffffffffffff`, as QEMU's `UINT64_MAX` does.
 */
export const HWADDR_SPACE_SIZE = 2 ** 64

/** An access that worked. */
export const MEMTX_OK = 0
/** An access that the device refused. */
export const MEMTX_ERROR = 1
/** An access that nobody answers. */
export const MEMTX_DECODE_ERROR = 2

/**
 * Outcome of an access, bits ORed over its parts.
 * @qemu include/exec/memattrs.h MemTxResult
 */
export type MemTxResult = number

/** `0x` and at least `digits` hexadecimal digits, for messages. */
export function hex(value: number, digits = 0): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}

/** Throws unless `size` can be a region's: bytes up to 2^53, or `HWADDR_SPACE_SIZE`. */
export function checkSize(size: number): void {
  const bytes = Number.isSafeInteger(size) && size >= 0
  assert(bytes || size === HWADDR_LIMIT || size === HWADDR_SPACE_SIZE, `Bad memory region size ${size}`)
}
