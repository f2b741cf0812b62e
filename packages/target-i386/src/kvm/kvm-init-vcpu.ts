// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, kvmStateOf, qemuAddVmChangeStateHandler } from '@dromaius/cpus'
import { HostError, KVM_CAP_ENFORCE_PV_FEATURE_CPUID, kvmSetCpuid2, kvm_cpuid2 } from '@dromaius/native'
import { type X86CPU, X86_CPU } from '../cpu.js'
import { cpuX86Cpuid } from '../cpuid.js'
import { CPUID_7_0_EBX_SGX, CPUID_EXT_SMX, CPUID_EXT_VMX, MCG_LMCE_P } from '../cpuid-bits.js'
import { MAX_FIXED_COUNTERS, MAX_GP_COUNTERS } from '../env.js'
import { FEAT_KVM, FEAT_KVM_HINTS } from '../feature-words.js'
import { hypervFillCpuids, kvmHypervExpandFeatures } from './hyperv-cpuid.js'
import { hypervEnabled } from './hyperv-host.js'
import { hypervInitVcpu, hypervVpIndex, kvmHvVpindexSettable, kvmVcpuEnableCap } from './hyperv-init.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmX86BuildCpuid } from './kvm-build-cpuid.js'
import { type KvmCpuidEntry, cpuidFindEntry, kvmArchGetSupportedCpuid } from './kvm-cpuid.js'
import { kvmInitMsrs } from './kvm-init-msrs.js'
import { kvmSetupMce } from './kvm-mce.js'
import { kvmMsrRows } from './kvm-msr-rows.js'
import { kvmAllocNestedState } from './kvm-nested-state.js'
import {
  KVM_APIC_BUS_FREQUENCY,
  KVM_CPUID_FEATURES,
  KVM_CPUID_SIGNATURE,
  KVM_CPUID_SIGNATURE_NEXT,
  KVM_CPUID_TIMING,
} from './kvm-para.js'
import { kvmInitTscKhz, tscIsStableAndKnown } from './kvm-tsc.js'
import { type KvmVcpuState, kvmVcpuStateDelete, kvmVcpuStateNew } from './kvm-vcpu-state.js'
import { kvmInitXsave } from './kvm-xsave.js'

/** "KVMKVMKVM" and three zeros, as EBX, ECX and EDX show it. */
const KVM_SIGNATURE = { ebx: 0x4b4d_564b, ecx: 0x564b_4d56, edx: 0x4d }

/** The leaves in which KVM shows itself and what it offers to the guest, from leaf `base` on. */
function kvmLeaves(cpu: X86CPU, base: number): KvmCpuidEntry[] {
  const { features } = cpu.env
  const featuresLeaf = base | (KVM_CPUID_FEATURES - KVM_CPUID_SIGNATURE)
  return [
    { function: base, index: 0, flags: 0, eax: featuresLeaf, ...KVM_SIGNATURE },
    {
      function: featuresLeaf,
      index: 0,
      flags: 0,
      eax: Number(features[FEAT_KVM]),
      ebx: 0,
      ecx: 0,
      edx: Number(features[FEAT_KVM_HINTS]),
    },
  ]
}

/** Notes how many performance counters the guest's leaf 0xa shows. */
function notePmu(state: KvmVcpuState, entries: readonly KvmCpuidEntry[]): void {
  const leaf = cpuidFindEntry(entries, 0xa, 0)
  if (leaf === undefined) return
  state.pmuVersion = leaf.eax & 0xff
  if (state.pmuVersion > 0) state.gpCounters = Math.min((leaf.eax >>> 8) & 0xff, MAX_GP_COUNTERS)
  if (state.pmuVersion > 1) state.fixedCounters = Math.min(leaf.edx & 0x1f, MAX_FIXED_COUNTERS)
}

/** Notes whether the guest has the feature control MSR: with VMX, SMX, SGX or local machine checks. */
function noteFeatureControl(state: KvmVcpuState, entries: readonly KvmCpuidEntry[], mcgCap: bigint): void {
  const leaf1 = cpuidFindEntry(entries, 1, 0)
  const leaf7 = cpuidFindEntry(entries, 7, 0)
  const hasLmce = (mcgCap & MCG_LMCE_P) !== 0n
  state.hasMsrMcgExtCtl = hasLmce
  state.hasMsrFeatureControl =
    hasLmce ||
    ((leaf1?.ecx ?? 0) & Number(CPUID_EXT_VMX | CPUID_EXT_SMX)) !== 0 ||
    ((leaf7?.ebx ?? 0) & Number(CPUID_7_0_EBX_SGX)) !== 0
}

/**
 * Appends the timing leaf for guests that know to look for it, when its figures will stay true. They look for it above
 * leaf 0x40000000, which is KVM's only without Microsoft's interface.
 */
function addTimingLeaf(cpu: X86CPU, entries: KvmCpuidEntry[], base: number): void {
  const { env } = cpu
  if (!cpu.vmwareCpuidFreq || !cpu.exposeKvm || base !== KVM_CPUID_SIGNATURE || !tscIsStableAndKnown(env))
    return
  entries.push({
    function: KVM_CPUID_TIMING,
    index: 0,
    flags: 0,
    eax: env.tscKhz,
    ebx: env.apicBusFreq / 1000,
    ecx: 0,
    edx: 0,
  })
  const signature = cpuidFindEntry(entries, KVM_CPUID_SIGNATURE, 0)
  if (signature !== undefined) signature.eax = Math.max(signature.eax, KVM_CPUID_TIMING)
}

/**
 * Hands the table to the vCPU. Throws HostError.
 *
 * A vCPU that has run, was parked and comes back takes no other table than the one it has (KVM API 4.20, since Linux
 * 5.16). Hosts that change the table on their own refuse even the one that it was given: then it keeps what it has.
 */
function setCpuid2(cpu: X86CPU, entries: readonly KvmCpuidEntry[]): void {
  const { givenCpuid } = kvmArchStateOf(kvmStateOf(cpu))
  const vcpuId = kvmArchVcpuId(cpu)
  const table = JSON.stringify(entries)
  const cpuid = kvm_cpuid2.allocWith(entries.length)
  entries.forEach((entry, i) => Object.assign(cpuid.entries[i], entry))
  try {
    kvmSetCpuid2(cpu.kvmVcpu!, cpuid)
  } catch (error) {
    if (!(error instanceof HostError && error.code === 'EINVAL' && givenCpuid.get(vcpuId) === table))
      throw error
  }
  givenCpuid.set(vcpuId, table)
}

/**
 * Makes a new vCPU the CPU that its model describes: frequency, CPUID, machine checks, feature MSRs. Throws HostError
 * and UserError; the caller then calls `kvmArchDestroyVcpu`.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init_vcpu
 * @differs Xen's leaves are absent; nothing is migrated yet, so invtsc blocks nothing
 */
export function kvmArchInitVcpu(cs: CPUState): void {
  const cpu = X86_CPU(cs)
  const { env } = cpu
  const state = kvmVcpuStateNew(cs)
  const entries: KvmCpuidEntry[] = []

  kvmInitTscKhz(cs)
  env.apicBusFreq = KVM_APIC_BUS_FREQUENCY

  kvmHypervExpandFeatures(cpu)
  state.hypervEnabled = hypervEnabled(cpu)
  if (state.hypervEnabled) {
    hypervInitVcpu(cpu)
    entries.push(...hypervFillCpuids(cpu))
  }
  // Microsoft's interface begins at 0x40000000, so KVM's makes room.
  const base = state.hypervEnabled ? KVM_CPUID_SIGNATURE_NEXT : KVM_CPUID_SIGNATURE
  if (cpu.exposeKvm) entries.push(...kvmLeaves(cpu, base))
  if (cpu.kvmPvEnforceCpuid) kvmVcpuEnableCap(cpu, KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1n)
  kvmX86BuildCpuid(entries, (func, index) => cpuX86Cpuid(cpu, func, index), {
    nrDies: env.nrDies,
    xlevel2: env.cpuidXlevel2,
  })
  notePmu(state, entries)

  kvmSetupMce(cpu)

  state.removeStateHandler = qemuAddVmChangeStateHandler(cs.system, (running) => {
    cpuUpdateState(cpu, running)
  })
  noteFeatureControl(state, entries, env.mcgCap)
  addTimingLeaf(cpu, entries, base)
  setCpuid2(cpu, entries)

  // Only now does the host know how large this guest's XSAVE area is.
  kvmInitXsave(cpu)
  kvmAllocNestedState(cpu)
  state.msrRows = kvmMsrRows({
    listed: kvmArchStateOf(kvmStateOf(cs)).msrIndexList,
    features: env.features,
    mcgCap: env.mcgCap,
    hasFeatureControl: state.hasMsrFeatureControl,
    hasMcgExtCtl: state.hasMsrMcgExtCtl,
    pmuVersion: state.pmuVersion,
    gpCounters: state.gpCounters,
    fixedCounters: state.fixedCounters,
    physBits: cpu.physBits,
    fillMtrrMask: cpu.fillMtrrMask,
    enablePmu: cpu.enablePmu,
    rtitAddrs: kvmArchGetSupportedCpuid(kvmStateOf(cs), 0x14, 1, 'eax') & 7,
    hyperv: {
      enabled: state.hypervEnabled,
      features: cpu.hypervFeatures,
      firstCpu: cs.system.cpus[0] === cs,
      vpIndex: hypervVpIndex(cpu),
      vpIndexSettable: kvmHvVpindexSettable(cpu),
    },
  })
  kvmInitMsrs(cpu)
}

/**
 * While the machine runs, its TSC does: what was read before is stale.
 * @qemu target/i386/kvm/kvm.c cpu_update_state
 */
function cpuUpdateState(cpu: X86CPU, running: boolean): void {
  if (running) cpu.env.tscValid = false
}

/**
 * Drops what `kvmArchInitVcpu` made. Does nothing for a vCPU that never got there.
 * @qemu target/i386/kvm/kvm.c kvm_arch_destroy_vcpu
 */
export function kvmArchDestroyVcpu(cs: CPUState): void {
  const state = kvmVcpuStateDelete(cs)
  state?.removeStateHandler()
  state?.synic?.free(X86_CPU(cs))
}

/**
 * Number under which KVM knows the vCPU: its APIC id.
 * @qemu target/i386/kvm/kvm.c kvm_arch_vcpu_id
 */
export function kvmArchVcpuId(cs: CPUState): number {
  return X86_CPU(cs).apicId
}
