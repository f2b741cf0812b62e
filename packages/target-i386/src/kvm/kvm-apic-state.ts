// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmStateOf } from '@dromaius/cpus'
import { kvmGetLapic, kvm_lapic_state } from '@dromaius/native'
import type { X86ApicDevice } from '../cpu-apic-device.js'
import type { X86CPU } from '../cpu.js'
import { kvmIrqchipInKernel } from './kvm-arch-state.js'
import { kvmPutOneMsr } from './kvm-msrs.js'
import { MSR_IA32_APICBASE } from './msr-index.js'

/** The device that stands for a local APIC in the kernel. */
export interface KvmApicDevice extends X86ApicDevice {
  /**
   * Takes the kernel's registers over: 1024 bytes, each register at its offset in the APIC's page (SDM volume 3,
   * table 11-1).
   * @qemu hw/i386/kvm/apic.c kvm_get_apic_state
   */
  kvmGetApicState(regs: Uint8Array): void
}

function isKvmApic(apic: X86ApicDevice | null): apic is KvmApicDevice {
  return apic !== null && 'kvmGetApicState' in apic
}

/**
 * Reads the in-kernel local APIC into its device. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_apic
 */
export function kvmGetApic(cpu: X86CPU): void {
  const apic = cpu.apicState
  if (!isKvmApic(apic) || !kvmIrqchipInKernel(kvmStateOf(cpu))) return
  const kapic = kvm_lapic_state.alloc()
  kvmGetLapic(cpu.kvmVcpu!, kapic)
  apic.kvmGetApicState(kapic.regs)
}

/**
 * Writes IA32_APIC_BASE, which decides how the kernel reads the registers that follow. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_apicbase
 */
export function kvmPutApicbase(cpu: X86CPU, value: bigint): void {
  kvmPutOneMsr(cpu, MSR_IA32_APICBASE, value)
}
