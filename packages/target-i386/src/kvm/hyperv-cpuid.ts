// SPDX-License-Identifier: GPL-2.0-or-later
//
// From the `hv-*` options to the leaves that a guest of Microsoft's hypervisor looks for.

import { kvmStateOf } from '@dromaius/cpus'
import { KVM_CAP_SYS_HYPERV_CPUID } from '@dromaius/native'
import { UserError } from '@dromaius/util'
import type { X86CPU } from '../cpu.js'
import type { CpuidReg } from '../cpuid-regs.js'
import * as f from '../hyperv.js'
import { type HypervProperty, kvmHypervProperties } from './hyperv-features.js'
import { hvCpuidGetHost, hypervEnabled, hypervWanted } from './hyperv-host.js'
import * as hv from './hyperv-proto.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import type { KvmCpuidEntry } from './kvm-cpuid.js'

/** Versions of the enlightened VMCS that a guest is offered: highest in bits 15:8, lowest in bits 7:0. */
export const DEFAULT_EVMCS_VERSION = (1 << 8) | 1

/**
 * Whether the host has an enlightenment. Throws HostError.
 * @qemu target/i386/kvm/kvm.c hyperv_feature_supported
 */
function hypervFeatureSupported(cpu: X86CPU, { flags }: HypervProperty): boolean {
  return flags.every(({ func, reg, bits }) => (hvCpuidGetHost(cpu, func, reg) & bits) >>> 0 === bits >>> 0)
}

const descriptionOf = (feature: number): string => kvmHypervProperties[feature]!.desc

/** Throws UserError unless everything that an enlightenment needs is on. @qemu target/i386/kvm/kvm.c hv_feature_check_deps */
function hvFeatureCheckDeps(cpu: X86CPU, { desc, dependencies }: HypervProperty): void {
  const missing = dependencies.find((feature) => !f.hypervFeatEnabled(cpu, feature))
  if (missing !== undefined) throw new UserError(`Hyper-V ${desc} requires Hyper-V ${descriptionOf(missing)}`)
}

/**
 * One register of a leaf that is made of the enlightenments that are on.
 * @qemu target/i386/kvm/kvm.c hv_build_cpuid_leaf
 */
function hvBuildCpuidLeaf(cpu: X86CPU, func: number, reg: CpuidReg): number {
  let r = 0
  for (const { feature, flags } of kvmHypervProperties) {
    if (!f.hypervFeatEnabled(cpu, feature)) continue
    for (const flag of flags) if (flag.func === func && flag.reg === reg) r |= flag.bits
  }
  if (
    func === hv.HV_CPUID_NESTED_FEATURES &&
    reg === 'eax' &&
    f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_EVMCS)
  ) {
    r |= DEFAULT_EVMCS_VERSION
  }
  return r >>> 0
}

/** `hv-passthrough`: everything as the host has it. */
function passThrough(cpu: X86CPU): void {
  const host = (func: number, reg: CpuidReg): number => hvCpuidGetHost(cpu, func, reg)
  const vendor = hv.HV_CPUID_VENDOR_AND_MAX_FUNCTIONS
  cpu.hypervVendorId = [host(vendor, 'ebx'), host(vendor, 'ecx'), host(vendor, 'edx')]
  cpu.hypervVendor = Buffer.from(Uint32Array.from(cpu.hypervVendorId).buffer).toString('latin1')
  const face = hv.HV_CPUID_INTERFACE
  cpu.hypervInterfaceId = [host(face, 'eax'), host(face, 'ebx'), host(face, 'ecx'), host(face, 'edx')]
  cpu.hypervVerIdBuild = host(hv.HV_CPUID_VERSION, 'eax')
  cpu.hypervVerIdMajor = host(hv.HV_CPUID_VERSION, 'ebx') >>> 16
  cpu.hypervVerIdMinor = host(hv.HV_CPUID_VERSION, 'ebx') & 0xffff
  cpu.hypervVerIdSp = host(hv.HV_CPUID_VERSION, 'ecx')
  cpu.hypervVerIdSb = host(hv.HV_CPUID_VERSION, 'edx') >>> 24
  cpu.hypervVerIdSn = host(hv.HV_CPUID_VERSION, 'edx') & 0xff_ffff
  const limits = hv.HV_CPUID_IMPLEMENT_LIMITS
  cpu.hvMaxVps = host(limits, 'eax') | 0
  cpu.hypervLimits = [host(limits, 'ebx'), host(limits, 'ecx'), host(limits, 'edx')]
  cpu.hypervSpinlockAttempts = host(hv.HV_CPUID_ENLIGHTMENT_INFO, 'ebx')
  for (const property of kvmHypervProperties) {
    if (property.skipPassthrough || !hypervFeatureSupported(cpu, property)) continue
    cpu.hypervFeatures |= 1n << BigInt(property.feature)
  }
}

/**
 * Checks the enlightenments that are wanted against the host and against each other, and fills in what `hv-passthrough`
 * takes from the host. It is called when features are expanded, and again when there is a vCPU: only then older kernels
 * can be asked. Throws UserError and HostError.
 * @qemu target/i386/kvm/kvm.c kvm_hyperv_expand_features
 * @differs says once that a host without KVM_CAP_HYPERV leaves the options without effect
 */
export function kvmHypervExpandFeatures(cpu: X86CPU): void {
  const s = kvmStateOf(cpu)
  if (!hypervEnabled(cpu)) {
    if (hypervWanted(cpu)) {
      kvmArchStateOf(s).warnOnce(
        "hv-*: this host's KVM has no Hyper-V enlightenments (KVM_CAP_HYPERV); the guest sees none",
      )
    }
    return
  }
  if (cpu.kvmVcpu === null && s.checkExtension(KVM_CAP_SYS_HYPERV_CPUID) <= 0) return

  if (cpu.hypervPassthrough) {
    passThrough(cpu)
  } else {
    for (const property of kvmHypervProperties) {
      if (!f.hypervFeatEnabled(cpu, property.feature)) continue
      if (!hypervFeatureSupported(cpu, property)) {
        throw new UserError(`Hyper-V ${property.desc} is not supported by kernel`)
      }
      hvFeatureCheckDeps(cpu, property)
    }
  }
  // A controller that is also driven from outside of the kernel finds its vCPUs by their index.
  if (
    f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_SYNIC) &&
    !cpu.hypervSynicKvmOnly &&
    !f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_VPINDEX)
  ) {
    throw new UserError(
      `Hyper-V ${descriptionOf(f.HYPERV_FEAT_SYNIC)} requires Hyper-V ${descriptionOf(f.HYPERV_FEAT_VPINDEX)}`,
    )
  }
}

type Registers = Partial<Pick<KvmCpuidEntry, CpuidReg>>

/** A leaf; registers that are not given are 0. */
const leaf = (func: number, registers: Registers = {}): KvmCpuidEntry => ({
  function: func,
  index: 0,
  flags: 0,
  eax: 0,
  ebx: 0,
  ecx: 0,
  edx: 0,
  ...registers,
})

function featuresLeaf(cpu: X86CPU): KvmCpuidEntry {
  const build = (reg: CpuidReg): number => hvBuildCpuidLeaf(cpu, hv.HV_CPUID_FEATURES, reg)
  const outside = f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_SYNIC) && !cpu.hypervSynicKvmOnly
  return leaf(hv.HV_CPUID_FEATURES, {
    // Every guest needs the hypercall page.
    eax: build('eax') | hv.HV_HYPERCALL_AVAILABLE,
    ebx: build('ebx') | (outside ? hv.HV_POST_MESSAGES | hv.HV_SIGNAL_EVENTS : 0),
    // Windows takes hot-plugged CPUs only with this, though KVM does not show it.
    edx: build('edx') | hv.HV_CPU_DYNAMIC_PARTITIONING_AVAILABLE,
  })
}

function adviceLeaf(cpu: X86CPU): KvmCpuidEntry {
  let eax = hvBuildCpuidLeaf(cpu, hv.HV_CPUID_ENLIGHTMENT_INFO, 'eax')
  if (f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_VAPIC) && !f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_AVIC)) {
    eax |= hv.HV_APIC_ACCESS_RECOMMENDED
  }
  if (cpu.hypervNoNonarchCs === 'on') eax |= hv.HV_NO_NONARCH_CORESHARING
  else if (cpu.hypervNoNonarchCs === 'auto') {
    eax |= hvCpuidGetHost(cpu, hv.HV_CPUID_ENLIGHTMENT_INFO, 'eax') & hv.HV_NO_NONARCH_CORESHARING
  }
  return leaf(hv.HV_CPUID_ENLIGHTMENT_INFO, { eax: eax >>> 0, ebx: cpu.hypervSpinlockAttempts })
}

/** The synthetic debugger's leaves. */
function syndbgLeaves(): KvmCpuidEntry[] {
  const [ebx, ecx, edx] = f.hypervSignature('Microsoft VS')
  return [
    leaf(hv.HV_CPUID_SYNDBG_VENDOR_AND_MAX_FUNCTIONS, { ebx, ecx, edx }),
    leaf(hv.HV_CPUID_SYNDBG_INTERFACE, { eax: f.hypervSignature('VS#1')[0] }),
    leaf(hv.HV_CPUID_SYNDBG_PLATFORM_CAPABILITIES, { eax: hv.HV_SYNDBG_CAP_ALLOW_KERNEL_DEBUGGING }),
  ]
}

/**
 * The leaves of Microsoft's interface, in the order in which they go into the table. Throws HostError.
 * @qemu target/i386/kvm/kvm.c hyperv_fill_cpuids
 */
export function hypervFillCpuids(cpu: X86CPU): KvmCpuidEntry[] {
  const nested = hvBuildCpuidLeaf(cpu, hv.HV_CPUID_NESTED_FEATURES, 'eax')
  const syndbg = f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_SYNDBG)
  const highest = nested !== 0 ? hv.HV_CPUID_NESTED_FEATURES : hv.HV_CPUID_IMPLEMENT_LIMITS
  const [ebx, ecx, edx] = cpu.hypervVendorId
  const [eax1, ebx1, ecx1, edx1] = cpu.hypervInterfaceId
  const entries = [
    leaf(hv.HV_CPUID_VENDOR_AND_MAX_FUNCTIONS, {
      eax: syndbg ? Math.max(highest, hv.HV_CPUID_SYNDBG_PLATFORM_CAPABILITIES) : highest,
      ebx,
      ecx,
      edx,
    }),
    leaf(hv.HV_CPUID_INTERFACE, { eax: eax1, ebx: ebx1, ecx: ecx1, edx: edx1 }),
    leaf(hv.HV_CPUID_VERSION, {
      eax: cpu.hypervVerIdBuild,
      ebx: ((cpu.hypervVerIdMajor << 16) | cpu.hypervVerIdMinor) >>> 0,
      ecx: cpu.hypervVerIdSp,
      edx: ((cpu.hypervVerIdSb << 24) | (cpu.hypervVerIdSn & 0xff_ffff)) >>> 0,
    }),
    featuresLeaf(cpu),
    adviceLeaf(cpu),
    leaf(hv.HV_CPUID_IMPLEMENT_LIMITS, {
      eax: cpu.hvMaxVps >>> 0,
      ebx: cpu.hypervLimits[0],
      ecx: cpu.hypervLimits[1],
      edx: cpu.hypervLimits[2],
    }),
  ]
  if (nested !== 0) {
    for (let func = hv.HV_CPUID_IMPLEMENT_LIMITS + 1; func < hv.HV_CPUID_NESTED_FEATURES; func++) {
      entries.push(leaf(func))
    }
    entries.push(leaf(hv.HV_CPUID_NESTED_FEATURES, { eax: nested }))
  }
  if (syndbg) entries.push(...syndbgLeaves())
  return entries
}
