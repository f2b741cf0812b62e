// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type AddressSpace,
  type IoeventfdSection,
  type MemoryListener,
  memoryListenerRegister,
  memoryListenerUnregister,
  type MemoryRegionSection,
} from '@dromaius/memory'
import {
  kvm_ioeventfd,
  KVM_IOEVENTFD_FLAG_DATAMATCH,
  KVM_IOEVENTFD_FLAG_DEASSIGN,
  KVM_IOEVENTFD_FLAG_PIO,
  kvmIoeventfd,
} from '@dromaius/native'
import { kvmCoalesceRegion, kvmUncoalesceRegion } from './kvm-coalesced.js'
import type { KVMState } from './kvm-state.js'

/**
 * Tells KVM of writes that signal an eventfd, and of those that may be gathered, in one address space.
 * @qemu accel/kvm/kvm-all.c kvm_io_listener
 */
export class KvmEventListener implements MemoryListener {
  readonly name: string
  readonly priority = 10

  /** @param pio whether the address space is that of ports */
  constructor(
    private readonly s: KVMState,
    private readonly as: AddressSpace,
    private readonly pio: boolean,
  ) {
    this.name = pio ? 'kvm-io' : 'kvm-mmio'
  }

  register(): void {
    memoryListenerRegister(this, this.as)
  }

  unregister(): void {
    memoryListenerUnregister(this, this.as)
  }

  eventfdAdd(section: IoeventfdSection, matchData: boolean, data: bigint, fd: number): void {
    this.#setIoeventfd(section, matchData, data, fd, true)
  }

  eventfdDel(section: IoeventfdSection, matchData: boolean, data: bigint, fd: number): void {
    this.#setIoeventfd(section, matchData, data, fd, false)
  }

  coalescedIoAdd(_section: MemoryRegionSection, addr: number, length: number): void {
    kvmCoalesceRegion(this.s, addr, length, this.pio)
  }

  coalescedIoDel(_section: MemoryRegionSection, addr: number, length: number): void {
    kvmUncoalesceRegion(this.s, addr, length, this.pio)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_set_ioeventfd_mmio */
  #setIoeventfd(section: IoeventfdSection, match: boolean, data: bigint, fd: number, assign: boolean): void {
    const iofd = kvm_ioeventfd.alloc()
    iofd.datamatch = match ? data : 0n
    iofd.addr = BigInt(section.offsetWithinAddressSpace)
    iofd.len = section.size
    iofd.fd = fd
    iofd.flags =
      (match ? KVM_IOEVENTFD_FLAG_DATAMATCH : 0) |
      (this.pio ? KVM_IOEVENTFD_FLAG_PIO : 0) |
      (assign ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN)
    kvmIoeventfd(this.s.vmfd, iofd)
  }
}
