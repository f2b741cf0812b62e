// SPDX-License-Identifier: GPL-2.0-or-later
//
// The part of the synthetic interrupt controller that is outside of the kernel: its two pages lie over guest memory.

import {
  MemoryRegion,
  memoryRegionAddSubregionOverlap,
  memoryRegionDelSubregion,
  memoryRegionGetRamBlock,
  memoryRegionInitRam,
} from '@dromaius/memory'
import { objectFinalize } from '@dromaius/qom'
import type { X86CPU } from '../cpu.js'
import { HV_SYNIC_ENABLE } from './hyperv-proto.js'
import { kvmVcpuStateGet } from './kvm-vcpu-state.js'

const PAGE_SIZE = 4096
const PAGE_MASK = ~0xfffn
/** The pages lie over everything else at their address. */
const OVERLAY_PRIORITY = 1

/** A page of the controller and where it lies; 0n for nowhere. */
class OverlayPage {
  readonly #region = new MemoryRegion()
  #address = 0n

  constructor(cpu: X86CPU, name: string) {
    const allocator = cpu.system.accel?.ramAllocator
    if (!allocator) throw new Error('The accelerator gives no RAM')
    memoryRegionInitRam(this.#region, null, `${name}-${cpu.cpuIndex}`, PAGE_SIZE, allocator)
  }

  /** Moves the page; what the guest wrote into it stays. One that the CPU cannot have is nowhere. */
  place(cpu: X86CPU, wanted: bigint): void {
    const address = wanted < 1n << BigInt(cpu.physBits) ? wanted : 0n
    if (address === this.#address) return
    const { systemMemory } = cpu.system
    if (this.#address !== 0n) memoryRegionDelSubregion(systemMemory, this.#region)
    this.#address = address
    if (address === 0n) return
    memoryRegionAddSubregionOverlap(systemMemory, Number(address), this.#region, OVERLAY_PRIORITY)
  }

  clear(): void {
    const block = memoryRegionGetRamBlock(this.#region)?.block
    block?.backing.window(0, PAGE_SIZE).fill(0)
  }

  free(cpu: X86CPU): void {
    this.place(cpu, 0n)
    objectFinalize(this.#region)
  }
}

/**
 * The synthetic interrupt controller of one CPU.
 * @qemu hw/hyperv/hyperv.c SynICState
 * @differs knows no messages and events of devices outside of the kernel: there are none yet
 */
export class HypervSynic {
  readonly #messages: OverlayPage
  readonly #events: OverlayPage

  constructor(cpu: X86CPU) {
    this.#messages = new OverlayPage(cpu, 'synic-msg-page')
    this.#events = new OverlayPage(cpu, 'synic-event-page')
  }

  /**
   * Takes over where the guest wants the pages.
   * @qemu hw/hyperv/hyperv.c synic_update
   */
  update(cpu: X86CPU): void {
    const { env } = cpu
    const on = (env.msrHvSynicControl & HV_SYNIC_ENABLE) !== 0n
    const address = (page: bigint): bigint => (on && page & HV_SYNIC_ENABLE ? page & PAGE_MASK : 0n)
    this.#messages.place(cpu, address(env.msrHvSynicMsgPage))
    this.#events.place(cpu, address(env.msrHvSynicEvtPage))
  }

  /**
   * The pages lie nowhere and are empty.
   * @qemu hw/hyperv/hyperv.c hyperv_synic_reset
   */
  reset(cpu: X86CPU): void {
    for (const page of [this.#messages, this.#events]) {
      page.place(cpu, 0n)
      page.clear()
    }
  }

  free(cpu: X86CPU): void {
    this.#messages.free(cpu)
    this.#events.free(cpu)
  }
}

/**
 * Follows the MSRs of `env`. Does nothing for a CPU without the controller.
 * @qemu target/i386/kvm/hyperv.c hyperv_x86_synic_update
 */
export function hypervX86SynicUpdate(cpu: X86CPU): void {
  kvmVcpuStateGet(cpu)?.synic?.update(cpu)
}

/** @qemu target/i386/kvm/hyperv.c hyperv_x86_synic_reset */
export function hypervX86SynicReset(cpu: X86CPU): void {
  kvmVcpuStateGet(cpu)?.synic?.reset(cpu)
}
