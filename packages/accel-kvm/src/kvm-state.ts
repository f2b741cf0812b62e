// SPDX-License-Identifier: GPL-2.0-or-later
import {
  AccelState,
  type KVMState as KVMStateInterface,
  type KvmSwBreakpoint,
  type SystemState,
} from '@dromaius/cpus'
import { KVM_CAP_CHECK_EXTENSION_VM, kvmCheckExtension } from '@dromaius/native'
import type { KvmCoalescedRing } from './kvm-coalesced.js'
import type { KvmExitCounters } from './kvm-exit-counters.js'
import type { KvmIrqRouting } from './kvm-irq-routing.js'

/** `kernel-irqchip` of `-accel kvm` and `-machine`. */
export type KernelIrqchip = 'on' | 'split' | 'off'

/** Something that follows an address space until the machine ends. */
export interface KvmListener {
  unregister(): void
}

/** A vCPU's descriptor that waits for a CPU with the same id: KVM cannot delete a vCPU. */
export interface KVMParkedVcpu {
  vcpuId: number
  fd: number
}

/**
 * One VM of /dev/kvm: what QEMU keeps for it.
 * @qemu include/sysemu/kvm_int.h KVMState
 */
export class KVMState extends AccelState implements KVMStateInterface {
  /** Device node (`device`). */
  device = '/dev/kvm'
  kernelIrqchip: KernelIrqchip = 'on'

  fd = -1
  vmfd = -1
  system!: SystemState
  /** Memory slots that the kernel has. */
  nrSlots = 0
  /** Page of the coalesced ring in a vCPU's shared pages, 0 when the kernel has none. */
  coalescedMmio = 0
  coalescedPio = false
  /** The ring stands in the pages of the first vCPU. @qemu include/sysemu/kvm_int.h coalesced_mmio_ring */
  coalescedRing: KvmCoalescedRing | null = null
  readonly listeners: KvmListener[] = []
  irqRouting: KvmIrqRouting | null = null
  readonly parkedVcpus: KVMParkedVcpu[] = []
  readonly swBreakpoints: KvmSwBreakpoint[] = []
  readonly exits: KvmExitCounters = new Map()

  readonly #extensions = new Map<number, number>()

  /** @qemu accel/kvm/kvm-all.c kvm_check_extension */
  checkExtension(cap: number): number {
    return kvmCheckExtension(this.fd, cap)
  }

  /** @qemu accel/kvm/kvm-all.c kvm_vm_check_extension */
  vmCheckExtension(cap: number): number {
    let value = this.#extensions.get(cap)
    if (value === undefined) {
      // Old kernels answer for the system only.
      const perVm = this.checkExtension(KVM_CAP_CHECK_EXTENSION_VM) > 0
      value = kvmCheckExtension(perVm ? this.vmfd : this.fd, cap)
      this.#extensions.set(cap, value)
    }
    return value
  }
}

/** @qemu include/sysemu/kvm.h kvm_irqchip_in_kernel */
export function kvmIrqchipInKernel(s: KVMStateInterface): boolean {
  return s.kernelIrqchip !== 'off'
}

/** Whether HLT sleeps in the kernel: its local APICs wake the CPU. @qemu include/sysemu/kvm.h kvm_halt_in_kernel */
export function kvmHaltInKernel(s: KVMStateInterface): boolean {
  return kvmIrqchipInKernel(s)
}
