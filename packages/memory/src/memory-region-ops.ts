// SPDX-License-Identifier: GPL-2.0-or-later

/** Bytes of one access to a device, in numbers. */
export type AccessSize = 1 | 2 | 4

/** Which accesses a device answers; what it does not is refused with a decode error. */
export interface AccessRules {
  /** Smallest access in bytes, 1 when absent. */
  readonly minAccessSize?: number
  /**
   * Largest access in bytes; when absent, all sizes are answered and long accesses are cut into four bytes.
   */
  readonly maxAccessSize?: number
  /** Accesses at addresses that are not a multiple of their size are answered. */
  readonly unaligned?: boolean
  /** Refuses single accesses; `addr` is the offset in the region. */
  readonly accepts?: (addr: number, size: number, isWrite: boolean) => boolean
}

/** Which accesses a device's functions take; others are put together from these or cut into them. */
export interface ImplementedRules {
  /** Smallest access in bytes, 1 when absent; smaller ones are made this large. */
  readonly minAccessSize?: number
  /** Largest access in bytes, 4 when absent. 8 needs `read64` and `write64`. */
  readonly maxAccessSize?: number
  /** Accesses at addresses that are not a multiple of their size are passed on whole. */
  readonly unaligned?: boolean
}

/**
 * What a device does when the guest touches its region. The object is made per device instance; `addr` is the
 * offset in the
 * region, values are unsigned.
 * @qemu include/exec/memory.h MemoryRegionOps
 * @differs there is no opaque pointer: functions are bound to their device
 */
export interface MemoryRegionOps {
  /** Reads 1, 2 or 4 bytes. */
  read(addr: number, size: AccessSize): number
  /** Writes 1, 2 or 4 bytes. */
  write(addr: number, value: number, size: AccessSize): void
  /** Reads 8 bytes; needed when `impl.maxAccessSize` is 8. */
  read64?(addr: number): bigint
  /** Writes 8 bytes; needed when `impl.maxAccessSize` is 8. */
  write64?(addr: number, value: bigint): void
  /** Byte order in which the device numbers the bytes of a register. */
  readonly endianness: 'little' | 'big'
  readonly valid?: AccessRules
  readonly impl?: ImplementedRules
}

/**
 * Behaviour of addresses that nobody answers: refused.
 * @qemu softmmu/memory.c unassigned_mem_ops
 */
export const unassignedMemOps: MemoryRegionOps = {
  read: () => 0,
  write: () => undefined,
  endianness: 'little',
  valid: { accepts: () => false },
}

/**
 * Behaviour of ports that nobody answers: the bus floats high, writes are lost.
 * @qemu softmmu/ioport.c unassigned_io_ops
 */
export const unassignedIoOps: MemoryRegionOps = {
  read: () => 0xffff_ffff,
  write: () => undefined,
  endianness: 'little',
}
