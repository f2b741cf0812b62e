// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState, SystemState } from '@dromaius/cpus'
import {
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceRead,
  addressSpaceStore,
  addressSpaceStore64,
  addressSpaceWrite,
} from '@dromaius/memory'
import type { KvmRun } from '@dromaius/native'

const KVM_EXIT_IO_OUT = 1
// Offsets in struct kvm_run, whose union begins at 32: kvm_run_members.io and .mmio.
const IO_DIRECTION = 32
const IO_SIZE = 33
const IO_PORT_WORD = 32 / 4
const IO_COUNT = 36 / 4
const IO_DATA_OFFSET = 40 / 4
const MMIO_PHYS_ADDR_LOW = 32 / 4
const MMIO_PHYS_ADDR_HIGH = 36 / 4
const MMIO_DATA = 40
const MMIO_LEN = 48 / 4
const MMIO_IS_WRITE = 52

/**
 * A port access that left guest code: `count` units of `size` bytes, one after the other at the same port.
 *
 * The kernel bounds `count` so that the data fits its page (KVM API 5, KVM_EXIT_IO).
 * @qemu accel/kvm/kvm-all.c kvm_handle_io
 */
export function kvmHandleIo(cpu: CPUState, run: KvmRun): void {
  const as = cpu.system.addressSpaceIo
  const { bytes, words, view } = run
  const port = words[IO_PORT_WORD] >>> 16
  const size = bytes[IO_SIZE] as 1 | 2 | 4
  const count = words[IO_COUNT]
  let at = words[IO_DATA_OFFSET]
  if (bytes[IO_DIRECTION] === KVM_EXIT_IO_OUT) {
    for (let i = 0; i < count; i++, at += size) {
      const value = size === 1 ? bytes[at] : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true)
      addressSpaceStore(as, port, value, size)
    }
  } else {
    for (let i = 0; i < count; i++, at += size) {
      const value = addressSpaceLoad(as, port, size)
      if (size === 1) bytes[at] = value
      else if (size === 2) view.setUint16(at, value, true)
      else view.setUint32(at, value, true)
    }
  }
}

/**
 * A memory access that no slot answers, of 1 to 8 bytes. KVM API 5, KVM_EXIT_MMIO
 * @qemu accel/kvm/kvm-all.c kvm_cpu_exec
 */
export function kvmHandleMmio(system: SystemState, run: KvmRun): void {
  const as = system.addressSpaceMemory
  const { bytes, words, view } = run
  const address = words[MMIO_PHYS_ADDR_HIGH] * 2 ** 32 + words[MMIO_PHYS_ADDR_LOW]
  const length = words[MMIO_LEN]
  if (bytes[MMIO_IS_WRITE] !== 0) {
    if (length === 4) addressSpaceStore(as, address, words[MMIO_DATA >> 2], 4)
    else if (length === 1) addressSpaceStore(as, address, bytes[MMIO_DATA], 1)
    else if (length === 2) addressSpaceStore(as, address, view.getUint16(MMIO_DATA, true), 2)
    else if (length === 8) addressSpaceStore64(as, address, view.getBigUint64(MMIO_DATA, true))
    else addressSpaceWrite(as, address, bytes.subarray(MMIO_DATA, MMIO_DATA + length))
  } else if (length === 4) words[MMIO_DATA >> 2] = addressSpaceLoad(as, address, 4)
  else if (length === 1) bytes[MMIO_DATA] = addressSpaceLoad(as, address, 1)
  else if (length === 2) view.setUint16(MMIO_DATA, addressSpaceLoad(as, address, 2), true)
  else if (length === 8) view.setBigUint64(MMIO_DATA, addressSpaceLoad64(as, address), true)
  else addressSpaceRead(as, address, bytes.subarray(MMIO_DATA, MMIO_DATA + length))
}
