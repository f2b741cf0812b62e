// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type AddressSpace,
  type MemoryListener,
  memoryListenerRegister,
  memoryListenerUnregister,
  type MemoryRegionSection,
  memoryRegionGetRamBlock,
  memoryRegionSetDirty,
} from '@dromaius/memory'
import {
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_MEM_READONLY,
  kvmGetDirtyLog,
  kvmSetUserMemoryRegion,
} from '@dromaius/native'
import { HostError, UserError } from '@dromaius/util'
import type { KVMState } from './kvm-state.js'

/** KVM maps whole pages of the host. */
const PAGE_SIZE = 4096

/** A stretch of guest memory that KVM maps to host memory. @qemu include/sysemu/kvm_int.h KVMSlot */
export interface KVMSlot {
  slot: number
  startAddr: number
  /** Bytes. */
  memorySize: number
  hostAddress: bigint
  flags: number
  section: MemoryRegionSection
}

/** The whole pages inside a section. @qemu accel/kvm/kvm-all.c kvm_align_section */
function kvmAlignSection(section: MemoryRegionSection): { start: number; size: number } {
  const start = Math.ceil(section.offsetWithinAddressSpace / PAGE_SIZE) * PAGE_SIZE
  const skipped = start - section.offsetWithinAddressSpace
  const size = Math.floor((section.size - skipped) / PAGE_SIZE) * PAGE_SIZE
  return { start, size: Math.max(0, size) }
}

/**
 * Keeps KVM's memory slots in step with an address space: RAM and ROM are mapped, all else makes exits.
 * @qemu accel/kvm/kvm-all.c kvm_memory_listener_register
 */
export class KvmMemoryListener implements MemoryListener {
  readonly name = 'kvm-memory'
  readonly priority = 10
  readonly #slots: KVMSlot[] = []

  constructor(
    private readonly s: KVMState,
    private readonly as: AddressSpace,
  ) {}

  register(): void {
    memoryListenerRegister(this, this.as)
  }

  unregister(): void {
    memoryListenerUnregister(this, this.as)
  }

  /** Slots in use, for tests and inspection. */
  get slots(): readonly Readonly<KVMSlot>[] {
    return this.#slots
  }

  regionAdd(section: MemoryRegionSection): void {
    this.#setPhysMem(section, true)
  }

  regionDel(section: MemoryRegionSection): void {
    this.#setPhysMem(section, false)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_log_start */
  logStart(section: MemoryRegionSection, old: number): void {
    if (old === 0) this.#setLog(section, true)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_log_stop */
  logStop(section: MemoryRegionSection, _old: number, mask: number): void {
    if (mask === 0) this.#setLog(section, false)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_log_sync */
  logSync(section: MemoryRegionSection): void {
    const slot = this.#find(section)
    if (slot && (slot.flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0) this.#syncDirtyBitmap(slot)
  }

  #find(section: MemoryRegionSection): KVMSlot | undefined {
    const { start, size } = kvmAlignSection(section)
    return this.#slots.find((slot) => slot.startAddr === start && slot.memorySize === size)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_set_phys_mem */
  #setPhysMem(section: MemoryRegionSection, add: boolean): void {
    const ram = memoryRegionGetRamBlock(section.mr)
    // A ROM device in its read mode is mapped read-only; in any other mode the guest's accesses must exit.
    const romd = section.mr.romDevice && section.mr.romdMode
    // The mode may have changed just now: what is taken away is found by its slot.
    if (!ram || (add && section.mr.romDevice && !romd)) return
    const { start, size } = kvmAlignSection(section)
    if (size === 0) return

    if (!add) {
      const index = this.#slots.findIndex((slot) => slot.startAddr === start && slot.memorySize === size)
      if (index < 0) return
      const [slot] = this.#slots.splice(index, 1)
      // What the guest wrote since the last look would be lost with the slot.
      if ((slot.flags & KVM_MEM_LOG_DIRTY_PAGES) !== 0) this.#syncDirtyBitmap(slot)
      this.#setUserMemoryRegion(slot, 0)
      return
    }

    const { hostAddress } = ram.block.backing
    if (hostAddress === 0n)
      throw new Error(`RAM block '${ram.block.name}' has no host memory that KVM could map`)
    const offset = ram.offset + section.offsetWithinRegion + (start - section.offsetWithinAddressSpace)
    // Pages that do not lie on pages of the host cannot be mapped: the guest's accesses come as exits instead.
    if (offset % PAGE_SIZE !== 0) return
    const slot: KVMSlot = {
      slot: this.#getFreeSlot(),
      startAddr: start,
      memorySize: size,
      hostAddress: hostAddress + BigInt(offset),
      flags: section.readonly || romd ? KVM_MEM_READONLY : 0,
      section,
    }
    this.#slots.push(slot)
    this.#setUserMemoryRegion(slot, slot.memorySize)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_get_free_slot */
  #getFreeSlot(): number {
    const taken = new Set(this.#slots.map((slot) => slot.slot))
    for (let slot = 0; slot < this.s.nrSlots; slot++) if (!taken.has(slot)) return slot
    throw new UserError(`KVM has only ${this.s.nrSlots} memory slots, and the machine needs more`)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_set_user_memory_region */
  #setUserMemoryRegion(slot: KVMSlot, size: number): void {
    const { vmfd } = this.s
    kvmSetUserMemoryRegion(vmfd, slot.slot, slot.flags, slot.startAddr, size, slot.hostAddress)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_section_update_flags */
  #setLog(section: MemoryRegionSection, on: boolean): void {
    const slot = this.#find(section)
    if (!slot) return
    if (!on) this.#syncDirtyBitmap(slot)
    slot.flags = on ? slot.flags | KVM_MEM_LOG_DIRTY_PAGES : slot.flags & ~KVM_MEM_LOG_DIRTY_PAGES
    this.#setUserMemoryRegion(slot, slot.memorySize)
  }

  /**
   * Takes over which pages the guest wrote to; the kernel starts anew.
   * @qemu accel/kvm/kvm-all.c kvm_physical_sync_dirty_bitmap
   */
  #syncDirtyBitmap(slot: KVMSlot): void {
    const pages = slot.memorySize / PAGE_SIZE
    const bitmap = new Uint8Array(Math.ceil(pages / 64) * 8)
    try {
      kvmGetDirtyLog(this.s.vmfd, slot.slot, bitmap)
    } catch (error) {
      // The kernel has no bitmap when logging was never on for this slot.
      if (error instanceof HostError && error.code === 'ENOENT') return
      throw error
    }
    const { mr, offsetWithinRegion, offsetWithinAddressSpace } = slot.section
    const base = offsetWithinRegion + (slot.startAddr - offsetWithinAddressSpace)
    for (let page = 0; page < pages; page++) {
      if ((bitmap[page >> 3] & (1 << (page & 7))) !== 0) {
        memoryRegionSetDirty(mr, base + page * PAGE_SIZE, PAGE_SIZE)
      }
    }
  }
}
