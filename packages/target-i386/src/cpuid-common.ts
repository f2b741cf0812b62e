// SPDX-License-Identifier: GPL-2.0-or-later
import { hostCpuid } from '@dromaius/native'
import { accelCpuOf } from './cpu-features.js'
import type { X86CPU } from './cpu.js'
import type { CpuidRegs } from './cpuid-regs.js'
import {
  FEAT_XSAVE_XCR0_HI,
  FEAT_XSAVE_XCR0_LO,
  FEAT_XSAVE_XSS_HI,
  FEAT_XSAVE_XSS_LO,
} from './feature-words.js'
import type { FeatureWord } from './feature-words.js'
import type { X86CPUTopoInfo } from './topology.js'

/** A leaf that says nothing. */
export const noCpuid = (): CpuidRegs => ({ eax: 0, ebx: 0, ecx: 0, edx: 0 })

/** A CPUID feature word as a register, 32 bits. */
export function featureReg(cpu: X86CPU, word: FeatureWord): number {
  return Number(cpu.env.features[word] & 0xffff_ffffn)
}

/** Whether a feature is on. */
export function hasFeature(cpu: X86CPU, word: FeatureWord, mask: bigint): boolean {
  return (cpu.env.features[word] & mask) !== 0n
}

/** The CPU's package, as far as it shapes APIC ids. */
export function topoInfoOf(cpu: X86CPU): X86CPUTopoInfo {
  return { diesPerPkg: cpu.env.nrDies, coresPerDie: cpu.nrCores, threadsPerCore: cpu.nrThreads }
}

/**
 * A leaf as the accelerator supports it; nothing without a host CPU below.
 * @qemu target/i386/cpu.c x86_cpu_get_supported_cpuid
 */
export function supportedCpuidRegs(cpu: X86CPU, func: number, index: number): CpuidRegs {
  const accel = accelCpuOf(cpu)
  if (!accel?.usesHostCpuid) return noCpuid()
  return {
    eax: accel.supportedCpuid(cpu, func, index, 'eax'),
    ebx: accel.supportedCpuid(cpu, func, index, 'ebx'),
    ecx: accel.supportedCpuid(cpu, func, index, 'ecx'),
    edx: accel.supportedCpuid(cpu, func, index, 'edx'),
  }
}

/**
 * A cache leaf of the host's own, zero where the host does not have it.
 * @qemu target/i386/cpu.c x86_cpu_get_cache_cpuid
 */
export function hostCacheCpuid(func: number, index: number): CpuidRegs {
  const level = hostCpuid(func >= 0x80000000 ? 0x80000000 : 0, 0).eax
  return func > level ? noCpuid() : hostCpuid(func, index)
}

/**
 * The XSAVE components that XCR0 can switch.
 * @qemu target/i386/cpu.c x86_cpu_xsave_xcr0_components
 */
export function x86CpuXsaveXcr0Components(cpu: X86CPU): bigint {
  return (cpu.env.features[FEAT_XSAVE_XCR0_HI] << 32n) | cpu.env.features[FEAT_XSAVE_XCR0_LO]
}

/**
 * The XSAVE components that IA32_XSS can switch.
 * @qemu target/i386/cpu.c x86_cpu_xsave_xss_components
 */
export function x86CpuXsaveXssComponents(cpu: X86CPU): bigint {
  return (cpu.env.features[FEAT_XSAVE_XSS_HI] << 32n) | cpu.env.features[FEAT_XSAVE_XSS_LO]
}
