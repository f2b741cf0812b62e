// SPDX-License-Identifier: GPL-2.0-or-later
import { KVM_PUT_RESET_STATE, KVM_PUT_RUNTIME_STATE } from '@dromaius/cpus'
import {
  CPUID_7_0_EBX_INTEL_PT,
  CPUID_7_0_ECX_SGX_LC,
  CPUID_7_0_EDX_ARCH_LBR,
  CPUID_EXT2_RDTSCP,
  CPUID_MTRR,
} from '../cpuid-bits.js'
import { ARCH_LBR_NR_ENTRIES, MAX_RTIT_ADDRS, MSR_MTRRcap_VCNT } from '../env.js'
import {
  FEAT_1_EDX,
  FEAT_7_0_EBX,
  FEAT_7_0_ECX,
  FEAT_7_0_EDX,
  FEAT_8000_0001_EDX,
  FEAT_KVM,
  FEAT_XSAVE,
} from '../feature-words.js'
import { hypervRows } from './hyperv-msr-rows.js'
import {
  elementRow,
  hasFeature,
  type KvmMsrContext,
  type KvmMsrRow,
  MSR_PUT_NEVER,
  narrowRow,
  row,
} from './kvm-msr-row.js'
import {
  KVM_FEATURE_ASYNC_PF,
  KVM_FEATURE_ASYNC_PF_INT,
  KVM_FEATURE_POLL_CONTROL,
  KVM_FEATURE_PV_EOI,
  KVM_FEATURE_STEAL_TIME,
} from './kvm-para.js'
import * as msr from './msr-index.js'

/** CPUID leaf 0xd, subleaf 1, EAX: extended feature disable. */
const CPUID_D_1_EAX_XFD = 1n << 4n

/** MSRs with no effect but their value: written whenever the vCPU's state is. */
function runtimeRows(context: KvmMsrContext): KvmMsrRow[] {
  const always = [
    row(msr.MSR_IA32_SYSENTER_CS, 'sysenterCs'),
    row(msr.MSR_IA32_SYSENTER_ESP, 'sysenterEsp'),
    row(msr.MSR_IA32_SYSENTER_EIP, 'sysenterEip'),
    row(msr.MSR_PAT, 'pat'),
  ]
  const hasRdtscp = hasFeature(context, FEAT_8000_0001_EDX, CPUID_EXT2_RDTSCP)
  const listed = [
    row(msr.MSR_STAR, 'star'),
    row(msr.MSR_VM_HSAVE_PA, 'vmHsave'),
    ...(hasRdtscp ? [row(msr.MSR_TSC_AUX, 'tscAux')] : []),
    row(msr.MSR_TSC_ADJUST, 'tscAdjust'),
    row(msr.MSR_IA32_MISC_ENABLE, 'msrIa32MiscEnable'),
    narrowRow(msr.MSR_IA32_SMBASE, 'smbase'),
    row(msr.MSR_SMI_COUNT, 'msrSmiCount'),
    narrowRow(msr.MSR_IA32_PKRS, 'pkrs'),
    row(msr.MSR_IA32_BNDCFGS, 'msrBndcfgs'),
    row(msr.MSR_IA32_XSS, 'xss'),
    row(msr.MSR_IA32_UMWAIT_CONTROL, 'umwait'),
    row(msr.MSR_IA32_SPEC_CTRL, 'specCtrl'),
    row(msr.MSR_AMD64_TSC_RATIO, 'amdTscScaleMsr'),
    row(msr.MSR_IA32_TSX_CTRL, 'tsxCtrl'),
    row(msr.MSR_VIRT_SSBD, 'virtSsbd'),
  ].filter(({ index }) => context.listed.has(index))
  const longMode = [
    row(msr.MSR_CSTAR, 'cstar'),
    row(msr.MSR_KERNELGSBASE, 'kernelgsbase'),
    row(msr.MSR_FMASK, 'fmask'),
    row(msr.MSR_LSTAR, 'lstar'),
  ]
  return [...always, ...listed, ...longMode]
}

/** The clocks and KVM's own MSRs: their writes have side effects on the guest. */
function paravirtRows(context: KvmMsrContext): KvmMsrRow[] {
  const byFeature: [bit: number, row: KvmMsrRow][] = [
    [KVM_FEATURE_ASYNC_PF_INT, row(msr.MSR_KVM_ASYNC_PF_INT, 'asyncPfIntMsr', KVM_PUT_RESET_STATE)],
    [KVM_FEATURE_ASYNC_PF, row(msr.MSR_KVM_ASYNC_PF_EN, 'asyncPfEnMsr', KVM_PUT_RESET_STATE)],
    [KVM_FEATURE_PV_EOI, row(msr.MSR_KVM_PV_EOI_EN, 'pvEoiEnMsr', KVM_PUT_RESET_STATE)],
    [KVM_FEATURE_STEAL_TIME, row(msr.MSR_KVM_STEAL_TIME, 'stealTimeMsr', KVM_PUT_RESET_STATE)],
    [KVM_FEATURE_POLL_CONTROL, row(msr.MSR_KVM_POLL_CONTROL, 'pollControlMsr', KVM_PUT_RESET_STATE)],
  ]
  return [
    row(msr.MSR_IA32_TSC, 'tsc', KVM_PUT_RESET_STATE),
    row(msr.MSR_KVM_SYSTEM_TIME, 'systemTimeMsr', KVM_PUT_RESET_STATE),
    row(msr.MSR_KVM_WALL_CLOCK, 'wallClockMsr', KVM_PUT_RESET_STATE),
    ...byFeature
      .filter(([bit]) => hasFeature(context, FEAT_KVM, 1n << BigInt(bit)))
      .map(([, entry]) => entry),
  ]
}

/** Performance counters: stopped while their values are put in, started last (SDM volume 3, 20.2). */
function pmuRows(context: KvmMsrContext): KvmMsrRow[] {
  if (context.pmuVersion === 0) return []
  const stop = (index: number): KvmMsrRow => ({
    index,
    putLevel: KVM_PUT_RESET_STATE,
    read: () => 0n,
    write: null,
  })
  const control = context.pmuVersion > 1
  const rows = control ? [stop(msr.MSR_CORE_PERF_FIXED_CTR_CTRL), stop(msr.MSR_CORE_PERF_GLOBAL_CTRL)] : []
  for (let i = 0; i < context.fixedCounters; i++) {
    rows.push(elementRow(msr.MSR_CORE_PERF_FIXED_CTR0 + i, (env) => env.msrFixedCounters, i))
  }
  for (let i = 0; i < context.gpCounters; i++) {
    rows.push(elementRow(msr.MSR_P6_PERFCTR0 + i, (env) => env.msrGpCounters, i))
    rows.push(elementRow(msr.MSR_P6_EVNTSEL0 + i, (env) => env.msrGpEvtsel, i))
  }
  if (control) {
    rows.push(
      row(msr.MSR_CORE_PERF_GLOBAL_STATUS, 'msrGlobalStatus', KVM_PUT_RESET_STATE),
      row(msr.MSR_CORE_PERF_GLOBAL_OVF_CTRL, 'msrGlobalOvfCtrl', KVM_PUT_RESET_STATE),
      row(msr.MSR_CORE_PERF_FIXED_CTR_CTRL, 'msrFixedCtrCtrl', KVM_PUT_RESET_STATE),
      row(msr.MSR_CORE_PERF_GLOBAL_CTRL, 'msrGlobalCtrl', KVM_PUT_RESET_STATE),
    )
  }
  return rows
}

/** Memory types. A variable range's mask must not have bits above the CPU's width, or the write faults. */
function mtrrRows(context: KvmMsrContext): KvmMsrRow[] {
  if (!hasFeature(context, FEAT_1_EDX, CPUID_MTRR)) return []
  const width = BigInt(context.physBits)
  const physMask = (1n << width) - 1n
  // Saved with the bits above the width set, a mask means the same on a host with wider addresses.
  const topBits = context.fillMtrrMask ? ((1n << 52n) - 1n) & ~physMask : 0n
  const rows = [row(msr.MSR_MTRRdefType, 'mtrrDeftype', KVM_PUT_RESET_STATE)]
  msr.MSR_MTRR_FIXED.forEach((index, i) => rows.push(elementRow(index, (env) => env.mtrrFixed, i)))
  for (let i = 0; i < MSR_MTRRcap_VCNT; i++) {
    rows.push({
      index: msr.MSR_MTRRphysBase0 + 2 * i,
      putLevel: KVM_PUT_RESET_STATE,
      read: (env) => env.mtrrVar[i].base,
      write: (env, value) => {
        env.mtrrVar[i].base = value
      },
    })
    rows.push({
      index: msr.MSR_MTRRphysBase0 + 2 * i + 1,
      putLevel: KVM_PUT_RESET_STATE,
      read: (env) => env.mtrrVar[i].mask & physMask,
      write: (env, value) => {
        env.mtrrVar[i].mask = value | topBits
      },
    })
  }
  return rows
}

/** Intel Processor Trace (SDM volume 3, 33.2.7). */
function intelPtRows(context: KvmMsrContext): KvmMsrRow[] {
  if (!hasFeature(context, FEAT_7_0_EBX, CPUID_7_0_EBX_INTEL_PT)) return []
  const rows = [
    row(msr.MSR_IA32_RTIT_CTL, 'msrRtitCtrl', KVM_PUT_RESET_STATE),
    row(msr.MSR_IA32_RTIT_STATUS, 'msrRtitStatus', KVM_PUT_RESET_STATE),
    row(msr.MSR_IA32_RTIT_OUTPUT_BASE, 'msrRtitOutputBase', KVM_PUT_RESET_STATE),
    row(msr.MSR_IA32_RTIT_OUTPUT_MASK, 'msrRtitOutputMask', KVM_PUT_RESET_STATE),
    row(msr.MSR_IA32_RTIT_CR3_MATCH, 'msrRtitCr3Match', KVM_PUT_RESET_STATE),
  ]
  for (let i = 0; i < Math.min(context.rtitAddrs, MAX_RTIT_ADDRS); i++) {
    rows.push(elementRow(msr.MSR_IA32_RTIT_ADDR0_A + i, (env) => env.msrRtitAddrs, i))
  }
  return rows
}

/** Whose launch enclaves the guest takes (SDM volume 3, 35.1.4). */
function sgxRows(context: KvmMsrContext): KvmMsrRow[] {
  if (!hasFeature(context, FEAT_7_0_ECX, CPUID_7_0_ECX_SGX_LC)) return []
  return [0, 1, 2, 3].map((i) =>
    elementRow(msr.MSR_IA32_SGXLEPUBKEYHASH0 + i, (env) => env.msrIa32Sgxlepubkeyhash, i),
  )
}

/** Last branch records of the architectural kind (SDM volume 3, 18.1); as many as fit into the state, or none. */
function archLbrRows(context: KvmMsrContext): KvmMsrRow[] {
  const has = context.enablePmu && context.listed.has(msr.MSR_ARCH_LBR_DEPTH)
  if (!has || !hasFeature(context, FEAT_7_0_EDX, CPUID_7_0_EDX_ARCH_LBR)) return []
  const rows = [
    row(msr.MSR_ARCH_LBR_CTL, 'msrLbrCtl', KVM_PUT_RESET_STATE),
    row(msr.MSR_ARCH_LBR_DEPTH, 'msrLbrDepth', KVM_PUT_RESET_STATE),
  ]
  for (let i = 0; i < ARCH_LBR_NR_ENTRIES; i++) {
    for (const [base, field] of [
      [msr.MSR_ARCH_LBR_FROM_0, 'from'],
      [msr.MSR_ARCH_LBR_TO_0, 'to'],
      [msr.MSR_ARCH_LBR_INFO_0, 'info'],
    ] as const) {
      rows.push({
        index: base + i,
        putLevel: KVM_PUT_RESET_STATE,
        putIf: (env) => env.lbrRecords[i].from !== 0n,
        read: (env) => env.lbrRecords[i][field],
        write: (env, value) => {
          env.lbrRecords[i][field] = value
        },
      })
    }
  }
  const depth = BigInt(ARCH_LBR_NR_ENTRIES)
  return rows.map((entry) => ({
    ...entry,
    putIf: (env) => env.msrLbrDepth === depth && (entry.putIf?.(env) ?? true),
  }))
}

/** Machine check banks (SDM volume 3, 16.3). */
function mceRows(context: KvmMsrContext): KvmMsrRow[] {
  if (context.mcgCap === 0n) return []
  const rows = [row(msr.MSR_MCG_STATUS, 'mcgStatus'), row(msr.MSR_MCG_CTL, 'mcgCtl')]
  if (context.hasMcgExtCtl) rows.push(row(msr.MSR_MCG_EXT_CTL, 'mcgExtCtl'))
  const registers = Number(context.mcgCap & 0xffn) * 4
  for (let i = 0; i < registers; i++) {
    rows.push(elementRow(msr.MSR_MC0_CTL + i, (env) => env.mceBanks, i, KVM_PUT_RUNTIME_STATE))
  }
  return rows
}

/**
 * Every MSR of a vCPU that is synchronised, in the order in which QEMU writes them. The list does not change in the
 * vCPU's life, so it is built once.
 * @qemu target/i386/kvm/kvm.c kvm_put_msrs
 * @differs one table for writing and reading, where QEMU has two lists and a switch; `kvmMsrsInGetOrder` has the order of
 *   the second
 */
export function kvmMsrRows(context: KvmMsrContext): KvmMsrRow[] {
  const xfd = hasFeature(context, FEAT_XSAVE, CPUID_D_1_EAX_XFD)
    ? [
        row(msr.MSR_IA32_XFD, 'msrXfd', KVM_PUT_RESET_STATE),
        row(msr.MSR_IA32_XFD_ERR, 'msrXfdErr', KVM_PUT_RESET_STATE),
      ]
    : []
  const tscDeadline = context.listed.has(msr.MSR_IA32_TSCDEADLINE)
    ? [row(msr.MSR_IA32_TSCDEADLINE, 'tscDeadline', MSR_PUT_NEVER)]
    : []
  const featureControl = context.hasFeatureControl
    ? [row(msr.MSR_IA32_FEATURE_CONTROL, 'msrIa32FeatureControl', MSR_PUT_NEVER)]
    : []
  return [
    ...runtimeRows(context),
    ...paravirtRows(context),
    ...pmuRows(context),
    ...hypervRows(context),
    ...mtrrRows(context),
    ...intelPtRows(context),
    ...sgxRows(context),
    ...xfd,
    ...archLbrRows(context),
    ...mceRows(context),
    ...tscDeadline,
    ...featureControl,
  ]
}
