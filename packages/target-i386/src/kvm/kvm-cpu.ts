// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, type KVMState, kvmStateOf } from '@dromaius/cpus'
import { objectPropertySet } from '@dromaius/qom'
import { type X86AccelCpu, registerX86AccelCpu } from '../accel-cpu.js'
import { type X86CPU, X86_CPU_GET_CLASS } from '../cpu.js'
import { x86CpuGetSupportedFeatureWord } from '../cpu-features.js'
import type { PropValue } from '../cpu-model-types.js'
import { x86CpuApplyProps } from '../cpu-version-props.js'
import { MCG_LMCE_P } from '../cpuid-bits.js'
import { hostExtSaveAreas } from '../ext-save-areas.js'
import { hostCpuInstanceInit, hostCpuMaxInstanceInit, hostCpuRealizefn } from './host-cpu.js'
import { kvmHypervExpandFeatures } from './hyperv-cpuid.js'
import { kvmIrqchipInKernel } from './kvm-arch-state.js'
import { kvmArchGetSupportedCpuid } from './kvm-cpuid.js'
import { kvmGetMceCapSupported } from './kvm-mce.js'
import { kvmArchGetSupportedMsrFeature } from './kvm-msr-lists.js'
import { kvmArchDoInitVcpu, kvmArchResetVcpu } from './kvm-reset.js'
import { MSR_IA32_UCODE_REV } from './msr-index.js'

/**
 * Features that CPU models get, or lose, because KVM runs them. Only what the oldest supported kernel has can be on.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_default_props
 */
export const kvmDefaultProps: readonly PropValue[] = [
  { prop: 'kvmclock', value: 'on' },
  { prop: 'kvm-nopiodelay', value: 'on' },
  { prop: 'kvm-asyncpf', value: 'on' },
  { prop: 'kvm-steal-time', value: 'on' },
  { prop: 'kvm-pv-eoi', value: 'on' },
  { prop: 'kvmclock-stable-bit', value: 'on' },
  { prop: 'x2apic', value: 'on' },
  { prop: 'kvm-msi-ext-dest-id', value: 'off' },
  { prop: 'acpi', value: 'off' },
  { prop: 'monitor', value: 'off' },
  { prop: 'svm', value: 'off' },
]

/** The defaults that follow from where this machine's interrupt controllers are; they come after the others. */
function irqchipProps(s: KVMState): PropValue[] {
  if (!kvmIrqchipInKernel(s)) return [{ prop: 'x2apic', value: 'off' }]
  return s.kernelIrqchip === 'split' ? [{ prop: 'kvm-msi-ext-dest-id', value: 'on' }] : []
}

/**
 * Lets a `host` or `max` CPU show all that the host's KVM has.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_max_instance_init
 */
function kvmCpuMaxInstanceInit(cpu: X86CPU): void {
  const s = kvmStateOf(cpu)
  hostCpuMaxInstanceInit(cpu)
  if ((kvmGetMceCapSupported(s).mcgCap & MCG_LMCE_P) !== 0n) objectPropertySet(cpu, 'lmce', true)
  cpu.env.cpuidMinLevel = kvmArchGetSupportedCpuid(s, 0, 0, 'eax')
  cpu.env.cpuidMinXlevel = kvmArchGetSupportedCpuid(s, 0x8000_0000, 0, 'eax')
  cpu.env.cpuidMinXlevel2 = kvmArchGetSupportedCpuid(s, 0xc000_0000, 0, 'eax')
}

/**
 * KVM's defaults for a CPU that was just made, before the user's own options.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_instance_init
 */
function kvmCpuInstanceInit(cpu: X86CPU): void {
  hostCpuInstanceInit(cpu)
  if (X86_CPU_GET_CLASS(cpu).model !== null) {
    x86CpuApplyProps(cpu, kvmDefaultProps)
    x86CpuApplyProps(cpu, irqchipProps(kvmStateOf(cpu)))
  }
  if (cpu.maxFeatures) kvmCpuMaxInstanceInit(cpu)
  cpu.extSaveAreas = hostExtSaveAreas(
    (word, bits) => (x86CpuGetSupportedFeatureWord(cpu, word, false) & bits) === bits,
  )
}

/**
 * What KVM adds to a CPU whose features are expanded: the host's microcode revision for `host` and `max`, then the
 * host's physical address width. Comes before the realize function looks at either: it fills in only what is still
 * open. Throws UserError.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_realizefn
 */
function kvmCpuRealizefn(cpu: X86CPU): void {
  if (cpu.maxFeatures && cpu.ucodeRev === 0n) {
    cpu.ucodeRev = kvmArchGetSupportedMsrFeature(kvmStateOf(cpu), MSR_IA32_UCODE_REV)
  }
  hostCpuRealizefn(cpu)
}

/**
 * KVM's side of the x86 CPU.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_accel_class_init
 */
export const kvmAccelCpu: X86AccelCpu = {
  name: 'kvm',
  apicTypeName: (cs: CPUState) => (kvmIrqchipInKernel(kvmStateOf(cs)) ? 'kvm-apic' : 'apic'),
  usesHostCpuid: true,
  supportedCpuid: (cs: CPUState, func, index, reg) =>
    kvmArchGetSupportedCpuid(kvmStateOf(cs), func, index, reg),
  supportedMsrFeature: (cs: CPUState, index) => kvmArchGetSupportedMsrFeature(kvmStateOf(cs), index),
  supportedMceCap: (cs: CPUState) => kvmGetMceCapSupported(kvmStateOf(cs)).mcgCap,
  hypervExpandFeatures: kvmHypervExpandFeatures,
  cpuInstanceInit: kvmCpuInstanceInit,
  cpuRealize: kvmCpuRealizefn,
  cpuReset: kvmArchResetVcpu,
  cpuDoInit: kvmArchDoInitVcpu,
}

registerX86AccelCpu('kvm', kvmAccelCpu)
