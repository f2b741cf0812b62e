// SPDX-License-Identifier: GPL-2.0-or-later
import { accelCpuOf } from './cpu-features.js'
import type { X86CPU } from './cpu.js'
import { CPUID_7_0_EBX_SGX } from './cpuid-bits.js'
import { featureReg, hasFeature, noCpuid, supportedCpuidRegs } from './cpuid-common.js'
import type { CpuidRegs } from './cpuid-regs.js'
import {
  FEAT_7_0_EBX,
  FEAT_SGX_12_0_EAX,
  FEAT_SGX_12_0_EBX,
  FEAT_SGX_12_1_EAX,
  FEAT_XSAVE_XCR0_HI,
  FEAT_XSAVE_XCR0_LO,
} from './feature-words.js'

/** Subleaf 1, EAX: enclaves may get the provisioning key. The host gives it only to whoever is entitled. */
const SGX_ATTR_PROVISIONKEY = 1 << 4
/** x87 and SSE state are allowed in every enclave. */
const XSTATE_FP_SSE = 3

/**
 * Leaf 0x12: the host's, cut down to the features that are on. No machine has enclave memory, so there are no
 * sections to list from subleaf 2 on.
 * @qemu target/i386/cpu.c cpu_x86_cpuid
 * @differs the provisioning key is never given
 */
export function cpuidSgxLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (accelCpuOf(cpu)?.name !== 'kvm' || !hasFeature(cpu, FEAT_7_0_EBX, CPUID_7_0_EBX_SGX) || count > 1) {
    return noCpuid()
  }
  const host = supportedCpuidRegs(cpu, 0x12, count)
  if (count === 0) {
    const eax = host.eax & featureReg(cpu, FEAT_SGX_12_0_EAX)
    return { ...host, eax: eax >>> 0, ebx: (host.ebx & featureReg(cpu, FEAT_SGX_12_0_EBX)) >>> 0 }
  }
  return {
    eax: (host.eax & featureReg(cpu, FEAT_SGX_12_1_EAX) & ~SGX_ATTR_PROVISIONKEY) >>> 0,
    ebx: 0,
    ecx: ((host.ecx & featureReg(cpu, FEAT_XSAVE_XCR0_LO)) | XSTATE_FP_SSE) >>> 0,
    edx: (host.edx & featureReg(cpu, FEAT_XSAVE_XCR0_HI)) >>> 0,
  }
}
