// SPDX-License-Identifier: GPL-2.0-or-later
import { accelCpuOf } from './cpu-features.js'
import type { X86CPU } from './cpu.js'
import { CPUID_7_0_EDX_ARCH_LBR, CPUID_EXT_XSAVE, CPUID_XSAVE_XSAVES } from './cpuid-bits.js'
import {
  featureReg,
  hasFeature,
  noCpuid,
  supportedCpuidRegs,
  x86CpuXsaveXcr0Components,
  x86CpuXsaveXssComponents,
} from './cpuid-common.js'
import type { CpuidRegs } from './cpuid-regs.js'
import {
  CPUID_XSTATE_XSS_MASK,
  ESA_FEATURE_ALIGN64_MASK,
  ESA_FEATURE_XFD_MASK,
  XSTATE_ARCH_LBR_BIT,
  xsaveAreaSize,
} from './ext-save-areas.js'
import {
  FEAT_1_ECX,
  FEAT_7_0_EDX,
  FEAT_XSAVE,
  FEAT_XSAVE_XCR0_HI,
  FEAT_XSAVE_XCR0_LO,
  FEAT_XSAVE_XSS_HI,
  FEAT_XSAVE_XSS_LO,
} from './feature-words.js'

const XSS_LBR = Number(CPUID_XSTATE_XSS_MASK)

/** Subleaf 0: the components of XCR0, and how much room they need. */
function userStates(cpu: X86CPU): CpuidRegs {
  const { extSaveAreas } = cpu
  const ecx = xsaveAreaSize(extSaveAreas, x86CpuXsaveXcr0Components(cpu), false)
  // KVM recomputes EBX when the guest writes XCR0; old hosts do not, and some guests read it before.
  const ebx = accelCpuOf(cpu)?.name === 'kvm' ? ecx : xsaveAreaSize(extSaveAreas, cpu.env.xcr0, false)
  return { eax: featureReg(cpu, FEAT_XSAVE_XCR0_LO), ebx, ecx, edx: featureReg(cpu, FEAT_XSAVE_XCR0_HI) }
}

/** Subleaf 1: the instructions' variants, and the components of IA32_XSS. */
function supervisorStates(cpu: X86CPU): CpuidRegs {
  const lbr =
    accelCpuOf(cpu)?.name === 'kvm' &&
    cpu.enablePmu &&
    hasFeature(cpu, FEAT_7_0_EDX, CPUID_7_0_EDX_ARCH_LBR) &&
    hasFeature(cpu, FEAT_XSAVE, CPUID_XSAVE_XSAVES)
  const xss = featureReg(cpu, FEAT_XSAVE_XSS_LO)
  return {
    eax: featureReg(cpu, FEAT_XSAVE),
    ebx: xsaveAreaSize(
      cpu.extSaveAreas,
      x86CpuXsaveXcr0Components(cpu) | x86CpuXsaveXssComponents(cpu),
      true,
    ),
    ecx: (lbr ? xss | XSS_LBR : xss & ~XSS_LBR) >>> 0,
    edx: featureReg(cpu, FEAT_XSAVE_XSS_HI),
  }
}

/**
 * Leaf 0xd: extended state (SDM volume 1, 13.2).
 * @qemu target/i386/cpu.c cpu_x86_cpuid
 */
export function cpuidXsaveLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (!hasFeature(cpu, FEAT_1_ECX, CPUID_EXT_XSAVE)) return noCpuid()
  if (count === 0) return userStates(cpu)
  if (count === 1) return supervisorStates(cpu)
  const host = accelCpuOf(cpu)?.usesHostCpuid ?? false
  if (
    count === XSTATE_ARCH_LBR_BIT &&
    host &&
    cpu.enablePmu &&
    hasFeature(cpu, FEAT_7_0_EDX, CPUID_7_0_EDX_ARCH_LBR)
  ) {
    return supportedCpuidRegs(cpu, 0xd, count)
  }
  const esa = cpu.extSaveAreas[count]
  if (!esa) return noCpuid()
  const component = 1n << BigInt(count)
  if (x86CpuXsaveXcr0Components(cpu) & component) {
    return {
      eax: esa.size,
      ebx: esa.offset,
      ecx: esa.ecx & (ESA_FEATURE_ALIGN64_MASK | ESA_FEATURE_XFD_MASK),
      edx: 0,
    }
  }
  if (x86CpuXsaveXssComponents(cpu) & component) return { eax: esa.size, ebx: 0, ecx: 1, edx: 0 }
  return noCpuid()
}
