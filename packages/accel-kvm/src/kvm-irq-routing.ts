// SPDX-License-Identifier: GPL-2.0-or-later
import {
  KVM_IRQ_ROUTING_IRQCHIP,
  KVM_IRQ_ROUTING_MSI,
  kvm_irq_routing,
  kvm_irqfd,
  KVM_IRQFD_FLAG_DEASSIGN,
  KVM_IRQFD_FLAG_RESAMPLE,
  kvm_msi,
  kvmIrqfd,
  kvmIrqLine,
  kvmSetGsiRouting,
  kvmSignalMsi,
} from '@dromaius/native'
import type { KVMState as KVMStateInterface } from '@dromaius/cpus'
import { UserError } from '@dromaius/util'
import { type KVMState } from './kvm-state.js'

/** A message-signalled interrupt: where the device writes, and what. */
export interface MSIMessage {
  address: bigint
  data: number
}

type Route = { gsi: number; irqchip: number; pin: number } | { gsi: number; msi: MSIMessage }

/**
 * Where each global system interrupt goes: pins of the in-kernel chips, or messages. KVM API 4.52
 * @qemu accel/kvm/kvm-all.c kvm_init_irq_routing
 */
export class KvmIrqRouting {
  #routes: Route[] = []

  /** @param gsiCount  GSIs that the kernel has (KVM_CAP_IRQ_ROUTING) */
  constructor(
    private readonly vmfd: number,
    readonly gsiCount: number,
  ) {}

  /** Routes a GSI to a chip's pin; takes effect with `commit`. @qemu accel/kvm/kvm-all.c kvm_irqchip_add_irq_route */
  addIrqRoute(gsi: number, irqchip: number, pin: number): void {
    this.#routes.push({ gsi, irqchip, pin })
  }

  /** Takes a free GSI for a message and tells the kernel. @qemu accel/kvm/kvm-all.c kvm_irqchip_add_msi_route */
  addMsiRoute(msi: MSIMessage): number {
    const taken = new Set(this.#routes.map((route) => route.gsi))
    let gsi = 0
    while (taken.has(gsi)) gsi++
    if (gsi >= this.gsiCount) throw new UserError(`KVM has only ${this.gsiCount} interrupt routes`)
    this.#routes.push({ gsi, msi })
    this.commit()
    return gsi
  }

  /** @qemu accel/kvm/kvm-all.c kvm_irqchip_update_msi_route */
  updateMsiRoute(gsi: number, msi: MSIMessage): void {
    this.updateMsiRoutes(new Map([[gsi, msi]]))
  }

  /** Gives several GSIs other messages at once. */
  updateMsiRoutes(routes: ReadonlyMap<number, MSIMessage>): void {
    this.#routes = this.#routes.map((route) => {
      const msi = 'msi' in route ? routes.get(route.gsi) : undefined
      return msi ? { gsi: route.gsi, msi } : route
    })
    this.commit()
  }

  /** Takes a GSI's routes away. @qemu accel/kvm/kvm-all.c kvm_irqchip_release_virq */
  release(gsi: number): void {
    this.#routes = this.#routes.filter((route) => route.gsi !== gsi)
    this.commit()
  }

  /** Hands the table to the kernel. @qemu accel/kvm/kvm-all.c kvm_irqchip_commit_routes */
  commit(): void {
    const table = kvm_irq_routing.allocWith(this.#routes.length)
    this.#routes.forEach((route, i) => {
      const entry = table.entries[i]
      entry.gsi = route.gsi
      if ('msi' in route) {
        entry.type = KVM_IRQ_ROUTING_MSI
        entry.u.pad[0] = Number(route.msi.address & 0xffff_ffffn)
        entry.u.pad[1] = Number(route.msi.address >> 32n)
        entry.u.pad[2] = route.msi.data
      } else {
        entry.type = KVM_IRQ_ROUTING_IRQCHIP
        entry.u.pad[0] = route.irqchip
        entry.u.pad[1] = route.pin
      }
    })
    kvmSetGsiRouting(this.vmfd, table)
  }
}

/**
 * Sets the level of a GSI's line. Returns how many CPUs took the interrupt, 0 when it fell together with one that was still
 * pending, a negative number when it is masked.
 * @qemu accel/kvm/kvm-all.c kvm_set_irq
 */
export function kvmSetIrq(s: KVMStateInterface, irq: number, level: number): number {
  return kvmIrqLine(s.vmfd, irq, level)
}

/** Sends one message; false when the guest blocked it. @qemu accel/kvm/kvm-all.c kvm_irqchip_send_msi */
export function kvmIrqchipSendMsi(s: KVMStateInterface, message: MSIMessage): boolean {
  const msi = kvm_msi.alloc()
  msi.address_lo = Number(message.address & 0xffff_ffffn)
  msi.address_hi = Number(message.address >> 32n)
  msi.data = message.data
  return kvmSignalMsi(s.vmfd, msi) > 0
}

/**
 * Has the kernel raise a GSI when an eventfd is signalled; with `resamplefd` the line stays up until the guest's
 * EOI, which signals that one.
 * @qemu accel/kvm/kvm-all.c kvm_irqchip_assign_irqfd
 */
export function kvmIrqchipAddIrqfd(s: KVMState, fd: number, gsi: number, resamplefd?: number): void {
  const irqfd = kvm_irqfd.alloc()
  irqfd.fd = fd
  irqfd.gsi = gsi
  if (resamplefd !== undefined) {
    irqfd.flags = KVM_IRQFD_FLAG_RESAMPLE
    irqfd.resamplefd = resamplefd
  }
  kvmIrqfd(s.vmfd, irqfd)
}

/** @qemu accel/kvm/kvm-all.c kvm_irqchip_remove_irqfd_notifier_gsi */
export function kvmIrqchipRemoveIrqfd(s: KVMState, fd: number, gsi: number): void {
  const irqfd = kvm_irqfd.alloc()
  irqfd.fd = fd
  irqfd.gsi = gsi
  irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN
  kvmIrqfd(s.vmfd, irqfd)
}
