// SPDX-License-Identifier: GPL-2.0-or-later
import { KvmRunMapping } from './kvm.js'
import { kvm_run, kvm_run_members } from './kvm-structs.js'
import type { StructType, u8 } from './struct.js'
import type { VcpuServer } from './vcpu-server.js'

/** The members of kvm_run's union, each a view of the same memory. */
export type KvmRunViews = {
  readonly [K in keyof typeof kvm_run_members]: ReturnType<(typeof kvm_run_members)[K]['alloc']>
}

/**
 * The pages that a vCPU shares with the kernel, mapped on the vCPU's thread: why KVM_RUN returned, and where a
 * port's or an address's data stands. Fields have the kernel's names; which member of the union (`io`, `mmio`,
 * `internal`, ...) holds something depends on `exit_reason`. After `unmap` there is nothing to read any more.
 */
export class KvmRunPages {
  readonly #mapping: KvmRunMapping
  /** All of it: kvm_run's page, the port data page, the coalesced ring. */
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  readonly view: DataView

  /** @param size bytes, from KVM_GET_VCPU_MMAP_SIZE */
  constructor(vcpu: VcpuServer, size: number) {
    this.#mapping = new KvmRunMapping(vcpu, size)
    this.bytes = new Uint8Array(this.#mapping.buffer)
    this.words = new Uint32Array(this.#mapping.buffer)
    this.view = new DataView(this.#mapping.buffer)
    for (const [name, type] of Object.entries(kvm_run_members)) {
      const members = type as StructType<{ [field: string]: typeof u8 }>
      Object.defineProperty(this, name, { value: members.view(this.bytes, kvm_run.size) })
    }
  }

  /** KVM_EXIT_*. */
  get exit_reason(): number {
    return this.words[2]
  }
  /** KVM_RUN returns at once with -EINTR while this is 1. */
  set immediate_exit(on: 0 | 1) {
    this.bytes[1] = on
  }
  /** KVM_RUN returns as soon as an interrupt can be injected. */
  set request_interrupt_window(on: 0 | 1) {
    this.bytes[0] = on
  }
  get ready_for_interrupt_injection(): number {
    return this.bytes[12]
  }
  /** RFLAGS.IF of the guest. */
  get if_flag(): number {
    return this.bytes[13]
  }
  /** KVM_RUN_X86_* and KVM_RUN_* flags. */
  get flags(): number {
    return this.view.getUint16(14, true)
  }
  /** The guest's CR8; written before KVM_RUN without an in-kernel irqchip. */
  get cr8(): bigint {
    return this.view.getBigUint64(16, true)
  }
  set cr8(value: bigint) {
    this.view.setBigUint64(16, value, true)
  }
  /** IA32_APIC_BASE. */
  get apic_base(): bigint {
    return this.view.getBigUint64(24, true)
  }
  set apic_base(value: bigint) {
    this.view.setBigUint64(24, value, true)
  }

  /** Lets SIG_IPI through on the vCPU's thread; its handler sets `immediate_exit`. */
  initSignals(vcpu: VcpuServer): void {
    this.#mapping.initSignals(vcpu)
  }

  /** Blocks SIG_IPI again and unmaps. */
  unmap(vcpu: VcpuServer): void {
    this.#mapping.unmap(vcpu)
  }
}

/** struct kvm_run with the members of its union. */
export type KvmRun = KvmRunPages & KvmRunViews

/** Maps a vCPU's shared pages. Throws a HostError. */
export function mapKvmRun(vcpu: VcpuServer, size: number): KvmRun {
  // The constructor has put a view of each member on the object.
  return new KvmRunPages(vcpu, size) as KvmRun
}
