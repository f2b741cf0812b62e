// SPDX-License-Identifier: GPL-2.0-or-later
import {
  ARCH_LBR_NR_ENTRIES,
  MAX_FIXED_COUNTERS,
  MAX_GP_COUNTERS,
  MAX_RTIT_ADDRS,
  MSR_MTRRcap_VCNT,
} from '../env.js'
import * as hv from './hyperv-proto.js'
import type { KvmMsrRow } from './kvm-msr-row.js'
import * as msr from './msr-index.js'

/** `count` numbers from `first` on. */
const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

/** The numbers of both lists by turns. */
const zip = (a: readonly number[], b: readonly number[]): number[] =>
  a.flatMap((number, i) => [number, b[i]!])

/** Registers of all machine check banks that there can be (SDM volume 3, 16.3.2: up to 32 of four). */
const MCE_REGISTERS = 128

/** Numbers in the order in which QEMU reads them. */
const GET_ORDER: readonly number[] = [
  msr.MSR_IA32_SYSENTER_CS,
  msr.MSR_IA32_SYSENTER_ESP,
  msr.MSR_IA32_SYSENTER_EIP,
  msr.MSR_PAT,
  msr.MSR_STAR,
  msr.MSR_VM_HSAVE_PA,
  msr.MSR_TSC_AUX,
  msr.MSR_TSC_ADJUST,
  msr.MSR_IA32_TSCDEADLINE,
  msr.MSR_IA32_MISC_ENABLE,
  msr.MSR_IA32_SMBASE,
  msr.MSR_SMI_COUNT,
  msr.MSR_IA32_FEATURE_CONTROL,
  msr.MSR_IA32_PKRS,
  msr.MSR_IA32_BNDCFGS,
  msr.MSR_IA32_XSS,
  msr.MSR_IA32_UMWAIT_CONTROL,
  msr.MSR_IA32_SPEC_CTRL,
  msr.MSR_AMD64_TSC_RATIO,
  msr.MSR_IA32_TSX_CTRL,
  msr.MSR_VIRT_SSBD,
  msr.MSR_IA32_TSC,
  msr.MSR_CSTAR,
  msr.MSR_KERNELGSBASE,
  msr.MSR_FMASK,
  msr.MSR_LSTAR,
  msr.MSR_KVM_SYSTEM_TIME,
  msr.MSR_KVM_WALL_CLOCK,
  msr.MSR_KVM_ASYNC_PF_INT,
  msr.MSR_KVM_ASYNC_PF_EN,
  msr.MSR_KVM_PV_EOI_EN,
  msr.MSR_KVM_STEAL_TIME,
  msr.MSR_KVM_POLL_CONTROL,
  msr.MSR_CORE_PERF_FIXED_CTR_CTRL,
  msr.MSR_CORE_PERF_GLOBAL_CTRL,
  msr.MSR_CORE_PERF_GLOBAL_STATUS,
  msr.MSR_CORE_PERF_GLOBAL_OVF_CTRL,
  ...range(msr.MSR_CORE_PERF_FIXED_CTR0, MAX_FIXED_COUNTERS),
  ...zip(range(msr.MSR_P6_PERFCTR0, MAX_GP_COUNTERS), range(msr.MSR_P6_EVNTSEL0, MAX_GP_COUNTERS)),
  msr.MSR_MCG_STATUS,
  msr.MSR_MCG_CTL,
  msr.MSR_MCG_EXT_CTL,
  ...range(msr.MSR_MC0_CTL, MCE_REGISTERS),
  hv.HV_X64_MSR_HYPERCALL,
  hv.HV_X64_MSR_GUEST_OS_ID,
  hv.HV_X64_MSR_APIC_ASSIST_PAGE,
  hv.HV_X64_MSR_REFERENCE_TSC,
  hv.HV_X64_MSR_REENLIGHTENMENT_CONTROL,
  hv.HV_X64_MSR_TSC_EMULATION_CONTROL,
  hv.HV_X64_MSR_TSC_EMULATION_STATUS,
  ...range(hv.HV_X64_MSR_CRASH_P0, 5),
  hv.HV_X64_MSR_VP_RUNTIME,
  hv.HV_X64_MSR_SCONTROL,
  hv.HV_X64_MSR_SIEFP,
  hv.HV_X64_MSR_SIMP,
  ...range(hv.HV_X64_MSR_SINT0, 16),
  ...range(hv.HV_X64_MSR_STIMER0_CONFIG, 8),
  msr.MSR_MTRRdefType,
  ...msr.MSR_MTRR_FIXED,
  ...range(msr.MSR_MTRRphysBase0, 2 * MSR_MTRRcap_VCNT),
  msr.MSR_IA32_RTIT_CTL,
  msr.MSR_IA32_RTIT_STATUS,
  msr.MSR_IA32_RTIT_OUTPUT_BASE,
  msr.MSR_IA32_RTIT_OUTPUT_MASK,
  msr.MSR_IA32_RTIT_CR3_MATCH,
  ...range(msr.MSR_IA32_RTIT_ADDR0_A, MAX_RTIT_ADDRS),
  ...range(msr.MSR_IA32_SGXLEPUBKEYHASH0, 4),
  msr.MSR_IA32_XFD,
  msr.MSR_IA32_XFD_ERR,
  msr.MSR_ARCH_LBR_CTL,
  msr.MSR_ARCH_LBR_DEPTH,
  ...range(0, ARCH_LBR_NR_ENTRIES).flatMap((i) => [
    msr.MSR_ARCH_LBR_FROM_0 + i,
    msr.MSR_ARCH_LBR_TO_0 + i,
    msr.MSR_ARCH_LBR_INFO_0 + i,
  ]),
]

const rank: ReadonlyMap<number, number> = new Map(GET_ORDER.map((index, i) => [index, i]))

/**
 * The rows that can be read, in the order in which QEMU reads them. Throws for a row that has no place in it.
 * @qemu target/i386/kvm/kvm.c kvm_get_msrs
 */
export function kvmMsrsInGetOrder(rows: readonly KvmMsrRow[]): KvmMsrRow[] {
  const rankOf = ({ index }: KvmMsrRow): number => {
    const place = rank.get(index)
    if (place === undefined)
      throw new Error(`MSR 0x${index.toString(16)} has no place in the order of reading`)
    return place
  }
  return rows.filter(({ write }) => write !== null).sort((a, b) => rankOf(a) - rankOf(b))
}
