// SPDX-License-Identifier: GPL-2.0-or-later
import { addressSpaceStore, addressSpaceStore64 } from '@dromaius/memory'
import {
  kvm_coalesced_mmio,
  kvm_coalesced_mmio_ring,
  kvm_coalesced_mmio_zone,
  kvmRegisterCoalescedMmio,
  type KvmRun,
  kvmUnregisterCoalescedMmio,
} from '@dromaius/native'
import type { KVMState } from './kvm-state.js'

const PAGE_SIZE = 4096
const ENTRIES = Math.floor((PAGE_SIZE - kvm_coalesced_mmio_ring.size) / kvm_coalesced_mmio.size)

/**
 * The ring in which the kernel leaves writes that need no exit; shared by all vCPUs, in the pages of one of them.
 * KVM API 4.116
 */
export class KvmCoalescedRing {
  readonly #indices
  readonly #view: DataView
  #flushing = false

  /** @param run  pages of the vCPU that the ring belongs to */
  constructor(
    readonly run: KvmRun,
    private readonly s: KVMState,
  ) {
    const page = run.bytes.subarray(s.coalescedMmio * PAGE_SIZE, (s.coalescedMmio + 1) * PAGE_SIZE)
    this.#indices = kvm_coalesced_mmio_ring.view(page)
    this.#view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  }

  /**
   * Delivers what is in the ring, oldest first.
   * @qemu accel/kvm/kvm-all.c kvm_flush_coalesced_mmio_buffer
   */
  flush(): void {
    // A delivered write makes its region ask for what is late, which is here already.
    if (this.#flushing) return
    this.#flushing = true
    try {
      this.#deliver()
    } finally {
      this.#flushing = false
    }
  }

  #deliver(): void {
    const { system } = this.s
    let first = this.#indices.first
    while (first !== this.#indices.last) {
      const at = kvm_coalesced_mmio_ring.size + first * kvm_coalesced_mmio.size
      const address = Number(this.#view.getBigUint64(at, true))
      const length = this.#view.getUint32(at + 8, true)
      const as = this.#view.getUint32(at + 12, true) === 1 ? system.addressSpaceIo : system.addressSpaceMemory
      const data = at + 16
      if (length === 1) addressSpaceStore(as, address, this.#view.getUint8(data), 1)
      else if (length === 2) addressSpaceStore(as, address, this.#view.getUint16(data, true), 2)
      else if (length === 4) addressSpaceStore(as, address, this.#view.getUint32(data, true), 4)
      else addressSpaceStore64(as, address, this.#view.getBigUint64(data, true))
      first = (first + 1) % ENTRIES
      this.#indices.first = first
    }
  }
}

/** Has the kernel gather writes to `size` bytes of memory or ports. @qemu accel/kvm/kvm-all.c kvm_coalesce_mmio_region */
export function kvmCoalesceRegion(s: KVMState, addr: number, size: number, pio: boolean): void {
  if (s.coalescedMmio === 0 || (pio && !s.coalescedPio)) return
  kvmRegisterCoalescedMmio(s.vmfd, zone(addr, size, pio))
}

/** @qemu accel/kvm/kvm-all.c kvm_uncoalesce_mmio_region */
export function kvmUncoalesceRegion(s: KVMState, addr: number, size: number, pio: boolean): void {
  if (s.coalescedMmio === 0 || (pio && !s.coalescedPio)) return
  kvmUnregisterCoalescedMmio(s.vmfd, zone(addr, size, pio))
}

function zone(addr: number, size: number, pio: boolean): ReturnType<typeof kvm_coalesced_mmio_zone.alloc> {
  const z = kvm_coalesced_mmio_zone.alloc()
  z.addr = BigInt(addr)
  z.size = size
  z.pio = pio ? 1 : 0
  return z
}
