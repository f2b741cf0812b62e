// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import type { X86CPU } from './cpu.js'
import type { CpuidReg } from './cpuid-regs.js'

export type { CpuidReg } from './cpuid-regs.js'

/**
 * What an accelerator tells the x86 CPU about itself: what it can offer to a guest, and the defaults that it wants.
 * One implementation per accelerator, stateless: everything machine-related is reached through the CPU.
 * @qemu include/hw/core/accel-cpu.h AccelCPUClass
 * @differs also answers the feature questions for which QEMU asks `kvm_enabled()` and calls KVM directly
 */
export interface X86AccelCpu {
  /** The accelerator's name as in `-accel`. */
  readonly name: string
  /** QOM type of the local APIC that goes with this accelerator, which may depend on the machine. */
  readonly apicTypeName: string | ((cs: CPUState) => string)
  /** The bits of one CPUID register (32 bits) that a guest can be given. */
  supportedCpuid(cs: CPUState, func: number, index: number, reg: CpuidReg): number
  /** The supported bits of a feature MSR (64 bits); 0 when the MSR does not exist. */
  supportedMsrFeature?(cs: CPUState, index: number): bigint
  /** Machine check capabilities that the accelerator offers (MCG_CAP layout), for `lmce`. */
  supportedMceCap?(cs: CPUState): bigint
  /** Checks the `hv-*` options against what the accelerator offers, when features are expanded. Throws UserError. */
  hypervExpandFeatures?(cpu: X86CPU): void
  /** Runs at the end of instance init: accelerator-specific defaults of properties and features. */
  cpuInstanceInit?(cpu: X86CPU): void
  /** Runs before the CPU joins the machine's list, after features are filtered. Throws UserError. */
  cpuRealize?(cpu: X86CPU): void
  /**
   * The accelerator's part of a CPU's reset, after the common registers have been reset.
   * @qemu target/i386/kvm/kvm.c kvm_arch_reset_vcpu
   */
  cpuReset?(cpu: X86CPU): void
  /**
   * The accelerator's part of an INIT.
   * @qemu target/i386/kvm/kvm.c kvm_arch_do_init_vcpu
   */
  cpuDoInit?(cpu: X86CPU): void
  /**
   * Whether guests run on the host's own CPU: then `-cpu host` makes sense, and what is missing is the host's fault.
   * @qemu target/i386/cpu.c accel_uses_host_cpuid
   */
  readonly usesHostCpuid: boolean
}

const accelCpus = new Map<string, X86AccelCpu>()

/** Makes `impl` the x86 CPU side of accelerator `accelName`; called once, when the accelerator's module is loaded. */
export function registerX86AccelCpu(accelName: string, impl: X86AccelCpu): void {
  accelCpus.set(accelName, impl)
}

/** The CPU side of `accel`, or null for an accelerator without one (the qtest dummy, or none at all). */
export function x86AccelCpuOf(accel: { name: string } | null | undefined): X86AccelCpu | null {
  return accel ? (accelCpus.get(accel.name) ?? null) : null
}
