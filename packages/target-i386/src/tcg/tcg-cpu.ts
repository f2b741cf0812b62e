// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import { registerX86AccelCpu, type X86AccelCpu } from '../accel-cpu.js'
import type { CpuidReg } from '../cpuid-regs.js'
import { x86CpuApplyProps } from '../cpu-version-props.js'
import type { X86CPU } from '../cpu.js'
import { featureWordInfo } from '../feature-words.js'
import { tcgFeatures } from './tcg-features.js'

/** @qemu target/i386/cpu.c x86_cpu_get_supported_feature_word */
function supportedCpuid(_cs: CPUState, func: number, index: number, reg: CpuidReg): number {
  const word = featureWordInfo.findIndex(
    ({ cpuid }) =>
      cpuid !== null && cpuid.eax === func && cpuid.reg === reg && (cpuid.ecx ?? index) === index,
  )
  return word < 0 ? 0 : Number(tcgFeatures[word]! & 0xffff_ffffn)
}

/**
 * Features of models that it does not show unless the user asks for them, and those that it always shows: a guest with
 * KVM's clock and a timer that goes by the counter measures nothing, and without delays at ports it boots sooner.
 * @qemu target/i386/tcg/tcg-cpu.c tcg_default_props
 * @differs SVM too, which QEMU's translator has; KVM's clock and the TSC deadline, which it has not
 */
const tcgDefaultProps = [
  { prop: 'vme', value: 'off' },
  { prop: 'svm', value: 'off' },
  { prop: 'kvmclock', value: 'on' },
  { prop: 'kvmclock-stable-bit', value: 'on' },
  { prop: 'kvm-nopiodelay', value: 'on' },
  { prop: 'tsc-deadline', value: 'on' },
]

/** The leaf of the width of addresses. Without it a guest takes them to have 36 bits. */
const CPUID_ADDRESS_SIZES = 0x8000_0008

/**
 * @qemu target/i386/tcg/tcg-cpu.c tcg_cpu_instance_init
 * @differs `max` has the leaf of the width of addresses; QEMU's has it because it has SVM, whose leaf comes later
 */
function tcgCpuInstanceInit(cpu: X86CPU): void {
  if (cpu.qomClass.model !== null) x86CpuApplyProps(cpu, tcgDefaultProps)
  else cpu.env.cpuidMinXlevel = CPUID_ADDRESS_SIZES
}

/**
 * The translator's side of the x86 CPU.
 * @qemu target/i386/tcg/tcg-cpu.c tcg_cpu_accel_class_init
 */
export const tcgAccelCpu: X86AccelCpu = {
  name: 'tcg',
  apicTypeName: 'apic',
  usesHostCpuid: false,
  supportedCpuid,
  cpuInstanceInit: tcgCpuInstanceInit,
}

registerX86AccelCpu('tcg', tcgAccelCpu)
