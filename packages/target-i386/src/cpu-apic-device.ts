// SPDX-License-Identifier: GPL-2.0-or-later
import type { MemoryRegion } from '@dromaius/memory'
import type { DeviceState } from '@dromaius/qom'
import type { X86CPU } from './cpu.js'

/** Bits of IA32_APIC_BASE (SDM volume 3, 11.4.4). */
export const MSR_IA32_APICBASE_BSP = 1n << 8n
/** The registers are MSRs: x2APIC mode. */
export const MSR_IA32_APICBASE_EXTD = 1n << 10n
export const MSR_IA32_APICBASE_ENABLE = 1n << 11n
export const MSR_IA32_APICBASE_BASE = 0xf_ffff_ffff_f000n
/** Where the APIC's registers lie after reset. */
export const APIC_DEFAULT_ADDRESS = 0xfee00000n

/**
 * What a CPU and its accelerator need to know of a local APIC. The device itself is a type that the machine's
 * interrupt controllers register (`kvm-apic`, `apic`) and that implements this.
 * @qemu include/hw/i386/apic_internal.h APICCommonState
 */
export interface X86ApicDevice extends DeviceState {
  /** The CPU that it belongs to; set before it is realized. */
  cpu: X86CPU | null
  /** The APIC id after reset, 32 bits (property `id` in QEMU); set before it is realized. */
  initialApicId: number
  /** IA32_APIC_BASE. */
  apicbase: bigint
  /** Task priority register, 8 bits. */
  tpr: number
  /** The page of registers; the machine's first APIC puts its own into the memory map. Null for one without. */
  readonly ioMemory: MemoryRegion | null
  /** Takes a new IA32_APIC_BASE from the guest's or the accelerator's side, with all that follows from it. */
  setBase(value: bigint): void
  /** Takes a new CR8, 4 bits. */
  setTpr(value: number): void
  /** CR8, 4 bits. */
  getTpr(): number
  /** Acknowledges the interrupt that the APIC has for its CPU: its vector, -1 for none. @qemu hw/intc/apic.c apic_get_interrupt */
  getInterrupt?(): number
  /** Whether the 8259s' interrupt gets through to the CPU. @qemu hw/intc/apic.c apic_accept_pic_intr */
  acceptPicIntr?(): boolean
  /** Looks at interrupts that were noted from elsewhere. @qemu hw/intc/apic.c apic_poll_irq */
  pollIrq?(): void
  /** Starts the CPU at the vector of its start-up IPI. @qemu hw/intc/apic.c apic_sipi */
  sipi?(): void
  /** An INIT's reset of the registers. @qemu hw/intc/apic_common.c apic_init_reset */
  initReset?(): void
  /** The line of the 8259s, which leads to LINT0, changes. @qemu hw/intc/apic.c apic_deliver_pic_intr */
  deliverPicIntr?(level: number): void
  /** The guest writes IA32_APIC_BASE; false when that raises #GP. */
  writeBase?(value: bigint): boolean
  /** A register's value by its MSR in x2APIC mode, 0x800..0x8ff; null for #GP. */
  readMsr?(index: number): bigint | null
  /** Writes such an MSR; false for #GP. */
  writeMsr?(index: number, value: bigint): boolean
  /** IA32_TSC_DEADLINE. The time stamp counter gets there at `at`, `ns` of virtual time. */
  setTscDeadline?(deadline: bigint, at: bigint): void
}

/**
 * IA32_APIC_BASE; of a CPU without APIC 0.
 * @qemu hw/intc/apic_common.c cpu_get_apic_base
 */
export function cpuGetApicBase(apic: X86ApicDevice | null): bigint {
  return apic ? apic.apicbase : 0n
}

/**
 * Gives the APIC a new IA32_APIC_BASE, 64 bits; a CPU without APIC ignores it.
 * @qemu hw/intc/apic_common.c cpu_set_apic_base
 */
export function cpuSetApicBase(apic: X86ApicDevice | null, value: bigint): void {
  apic?.setBase(value)
}

/**
 * CR8, 4 bits; of a CPU without APIC 0.
 * @qemu hw/intc/apic_common.c cpu_get_apic_tpr
 */
export function cpuGetApicTpr(apic: X86ApicDevice | null): number {
  return apic ? apic.getTpr() : 0
}

/**
 * Gives the APIC a new CR8, 4 bits; a CPU without APIC ignores it.
 * @qemu hw/intc/apic_common.c cpu_set_apic_tpr
 */
export function cpuSetApicTpr(apic: X86ApicDevice | null, value: number): void {
  apic?.setTpr(value)
}

/**
 * Makes the APIC's CPU the one that starts the machine, or one that waits for it.
 * @qemu hw/intc/apic_common.c apic_designate_bsp
 */
export function apicDesignateBsp(apic: X86ApicDevice | null, bsp: boolean): void {
  if (!apic) return
  apic.apicbase = bsp ? apic.apicbase | MSR_IA32_APICBASE_BSP : apic.apicbase & ~MSR_IA32_APICBASE_BSP
}

/**
 * Whether the CPU is the one that starts the machine. One without APIC is.
 * @qemu target/i386/cpu-sysemu.c cpu_is_bsp
 * @differs a CPU without APIC counts as the starting one: it is alone, and QEMU would leave it halted
 */
export function cpuIsBsp(cpu: X86CPU): boolean {
  if (!cpu.apicState) return true
  return (cpuGetApicBase(cpu.apicState) & MSR_IA32_APICBASE_BSP) !== 0n
}
