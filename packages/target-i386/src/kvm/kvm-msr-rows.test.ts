// SPDX-License-Identifier: GPL-2.0-or-later
import { KVM_PUT_FULL_STATE, KVM_PUT_RESET_STATE, KVM_PUT_RUNTIME_STATE } from '@dromaius/cpus'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CPUX86State } from '../env.js'
import {
  FEATURE_WORD_COUNT,
  FEAT_1_EDX,
  FEAT_7_0_EBX,
  FEAT_7_0_ECX,
  FEAT_7_0_EDX,
  FEAT_8000_0001_EDX,
  FEAT_KVM,
} from '../feature-words.js'
import type { KvmMsrContext } from './kvm-msr-row.js'
import { kvmMsrRows } from './kvm-msr-rows.js'
import { makeVmxMsrValue } from './kvm-msr-vmx.js'
import * as hv from './hyperv-proto.js'
import { kvmMsrsInGetOrder } from './kvm-msr-get-order.js'
import * as msr from './msr-index.js'

/** A host that lists nothing and a CPU without features. */
const nothing: KvmMsrContext = {
  listed: new Set(),
  features: new Array<bigint>(FEATURE_WORD_COUNT).fill(0n),
  mcgCap: 0n,
  hasFeatureControl: false,
  hasMcgExtCtl: false,
  pmuVersion: 0,
  gpCounters: 0,
  fixedCounters: 0,
  physBits: 40,
  fillMtrrMask: true,
  enablePmu: false,
  rtitAddrs: 0,
  hyperv: { enabled: false, features: 0n, firstCpu: true, vpIndex: 0, vpIndexSettable: true },
}

/** A host that lists everything and a CPU with every feature. */
const everything: KvmMsrContext = {
  ...nothing,
  listed: new Set([...Object.values(msr), ...Object.values(hv)].filter((value) => typeof value === 'number')),
  features: nothing.features.map(() => 2n ** 64n - 1n),
  mcgCap: 10n,
  hasFeatureControl: true,
  hasMcgExtCtl: true,
  pmuVersion: 2,
  gpCounters: 4,
  fixedCounters: 3,
  enablePmu: true,
  rtitAddrs: 4,
  hyperv: { ...nothing.hyperv, enabled: true, features: (1n << 21n) - 1n },
}

function features(words: [word: number, value: bigint][]): bigint[] {
  const list = [...nothing.features]
  for (const [word, value] of words) list[word] = value
  return list
}

const indexes = (context: KvmMsrContext, level: number): number[] =>
  kvmMsrRows(context)
    .filter(({ putLevel }) => putLevel <= level)
    .map(({ index }) => index)

describe('kvmMsrRows', () => {
  it('host without lists gets the MSRs that every x86-64 CPU has', () => {
    expect(indexes(nothing, KVM_PUT_RUNTIME_STATE)).toEqual([
      msr.MSR_IA32_SYSENTER_CS,
      msr.MSR_IA32_SYSENTER_ESP,
      msr.MSR_IA32_SYSENTER_EIP,
      msr.MSR_PAT,
      msr.MSR_CSTAR,
      msr.MSR_KERNELGSBASE,
      msr.MSR_FMASK,
      msr.MSR_LSTAR,
    ])
  })

  it('TSC_AUX needs RDTSCP in the guest too', () => {
    const listed = new Set([msr.MSR_TSC_AUX])
    const withRdtscp = features([[FEAT_8000_0001_EDX, 1n << 27n]])
    expect(indexes({ ...nothing, listed }, KVM_PUT_FULL_STATE)).not.toContain(msr.MSR_TSC_AUX)
    expect(indexes({ ...nothing, listed, features: withRdtscp }, KVM_PUT_FULL_STATE)).toContain(
      msr.MSR_TSC_AUX,
    )
  })

  it('clocks and paravirtual MSRs are written from reset level on', () => {
    const context = { ...nothing, features: features([[FEAT_KVM, (1n << 5n) | (1n << 6n)]]) }
    const added = indexes(context, KVM_PUT_RESET_STATE).slice(indexes(context, KVM_PUT_RUNTIME_STATE).length)
    expect(added).toEqual([
      msr.MSR_IA32_TSC,
      msr.MSR_KVM_SYSTEM_TIME,
      msr.MSR_KVM_WALL_CLOCK,
      msr.MSR_KVM_PV_EOI_EN,
      msr.MSR_KVM_STEAL_TIME,
    ])
  })

  it('performance counters are stopped first and started last', () => {
    const context = { ...nothing, pmuVersion: 2, gpCounters: 1, fixedCounters: 1 }
    const pmu = kvmMsrRows(context).slice(-9)
    expect(pmu.map(({ index }) => index)).toEqual([
      msr.MSR_CORE_PERF_FIXED_CTR_CTRL,
      msr.MSR_CORE_PERF_GLOBAL_CTRL,
      msr.MSR_CORE_PERF_FIXED_CTR0,
      msr.MSR_P6_PERFCTR0,
      msr.MSR_P6_EVNTSEL0,
      msr.MSR_CORE_PERF_GLOBAL_STATUS,
      msr.MSR_CORE_PERF_GLOBAL_OVF_CTRL,
      msr.MSR_CORE_PERF_FIXED_CTR_CTRL,
      msr.MSR_CORE_PERF_GLOBAL_CTRL,
    ])
    const env = Object.assign(new CPUX86State(), { msrGlobalCtrl: 3n })
    expect([pmu[1].read(env), pmu[8].read(env)]).toEqual([0n, 3n])
  })

  it('MTRR masks are cut to the width of the CPU when written and filled when read', () => {
    const context = { ...nothing, features: features([[FEAT_1_EDX, 1n << 12n]]) }
    const mask = kvmMsrRows(context).find(({ index }) => index === 0x201)!
    const env = new CPUX86State()
    mask.write!(env, 0xff_c000_0800n)
    expect(env.mtrrVar[0].mask).toBe(0xf_ffff_c000_0800n)
    expect(mask.read(env)).toBe(0xff_c000_0800n)
  })

  it('machine check banks have four MSRs each', () => {
    const context = { ...nothing, mcgCap: 10n, hasMcgExtCtl: true }
    const banks = kvmMsrRows(context).filter(({ index }) => index >= msr.MSR_MC0_CTL && index < 0x480)
    expect(banks).toHaveLength(40)
    expect(indexes(context, KVM_PUT_RUNTIME_STATE)).toContain(msr.MSR_MCG_EXT_CTL)
  })

  it('TSC deadline and feature control are read with the others but never written with them', () => {
    const context = { ...nothing, listed: new Set([msr.MSR_IA32_TSCDEADLINE]), hasFeatureControl: true }
    const all = kvmMsrRows(context).map(({ index }) => index)
    expect(all.slice(-2)).toEqual([msr.MSR_IA32_TSCDEADLINE, msr.MSR_IA32_FEATURE_CONTROL])
    expect(indexes(context, KVM_PUT_FULL_STATE)).not.toContain(msr.MSR_IA32_TSCDEADLINE)
  })

  it("Microsoft's MSRs come between performance counters and memory types, in QEMU's order", () => {
    const listed = new Set([hv.HV_X64_MSR_CRASH_CTL, hv.HV_X64_MSR_VP_RUNTIME, hv.HV_X64_MSR_STIMER0_CONFIG])
    const hyperv = { ...nothing.hyperv, enabled: true, features: (1n << 21n) - 1n, vpIndex: 3 }
    const rows = kvmMsrRows({ ...nothing, listed, hyperv, features: features([[FEAT_1_EDX, 1n << 12n]]) })
    const own = rows.slice(
      rows.findIndex(({ index }) => index === hv.HV_X64_MSR_GUEST_OS_ID),
      rows.findIndex(({ index }) => index === msr.MSR_MTRRdefType),
    )
    expect(own.map(({ index }) => index - 0x4000_0000)).toEqual([
      // guest id and hypercall page, reference TSC, reenlightenment, virtual APIC
      ...[0x0, 0x1, 0x21, 0x106, 0x107, 0x108, 0x73],
      // crash parameters and control, runtime, index
      ...[0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x10, 0x2],
      // interrupt controller: version, control, event page, message page, sources
      ...[0x81, 0x80, 0x82, 0x83],
      ...Array.from({ length: 16 }, (_, i) => 0x90 + i),
      // timers: configurations, then counts
      ...[0xb0, 0xb2, 0xb4, 0xb6, 0xb1, 0xb3, 0xb5, 0xb7],
    ])
    expect(own.find(({ index }) => index === hv.HV_X64_MSR_VP_INDEX)!.read(new CPUX86State())).toBe(3n)
  })

  it("what Microsoft's guests share is written by the first CPU alone, and read by all", () => {
    const hyperv = { ...nothing.hyperv, enabled: true, features: 1n << 2n, firstCpu: false }
    const context = { ...nothing, hyperv }
    const shared = [hv.HV_X64_MSR_GUEST_OS_ID, hv.HV_X64_MSR_HYPERCALL, hv.HV_X64_MSR_REFERENCE_TSC]
    expect(indexes(context, KVM_PUT_FULL_STATE).filter((index) => shared.includes(index))).toEqual([])
    const readable = kvmMsrRows(context).filter(({ write }) => write !== null)
    expect(readable.map(({ index }) => index)).toEqual(expect.arrayContaining(shared))
  })

  it('Processor Trace, launch enclave keys and branch records follow memory types, in that order', () => {
    const context = {
      ...nothing,
      listed: new Set([msr.MSR_ARCH_LBR_DEPTH]),
      enablePmu: true,
      rtitAddrs: 2,
      features: features([
        [FEAT_7_0_EBX, 1n << 25n],
        [FEAT_7_0_ECX, 1n << 30n],
        [FEAT_7_0_EDX, 1n << 19n],
      ]),
    }
    const added = kvmMsrRows(context).slice(kvmMsrRows(nothing).length)
    expect(added.map(({ index }) => index).slice(0, 16)).toEqual([
      ...[0x570, 0x571, 0x560, 0x561, 0x572, 0x580, 0x581],
      ...[0x8c, 0x8d, 0x8e, 0x8f],
      ...[0x14ce, 0x14cf, 0x1500, 0x1600, 0x1200],
    ])
    // Branch records are written only when there are as many as this CPU has, and one by one.
    const env = new CPUX86State()
    const written = (): number => added.filter(({ putIf }) => putIf?.(env)).length
    expect(written()).toBe(0)
    env.msrLbrDepth = 32n
    env.lbrRecords[4].from = 1n
    expect(written()).toBe(5)
  })

  it('every MSR that can be read has its place in the order of reading, each once', () => {
    const rows = kvmMsrsInGetOrder(kvmMsrRows(everything))
    expect(new Set(rows.map(({ index }) => index)).size).toBe(rows.length)
    expect(rows.length).toBe(kvmMsrRows(everything).filter(({ write }) => write !== null).length)
    const order = rows.map(({ index }) => index)
    const place = (index: number): number => order.indexOf(index)
    // As kvm_get_msrs has them: TSC behind the speculation controls, machine checks before Microsoft's.
    expect(place(msr.MSR_IA32_TSCDEADLINE)).toBe(place(msr.MSR_TSC_ADJUST) + 1)
    expect(place(msr.MSR_IA32_TSC)).toBe(place(msr.MSR_VIRT_SSBD) + 1)
    expect(place(hv.HV_X64_MSR_HYPERCALL)).toBe(place(msr.MSR_MC0_CTL + 39) + 1)
    expect(place(hv.HV_X64_MSR_GUEST_OS_ID)).toBe(place(hv.HV_X64_MSR_HYPERCALL) + 1)
  })

  it('every value read back from what was written is the same', () => {
    const rows = kvmMsrRows(everything).filter(({ write }) => write !== null)
    fc.assert(
      // 32 bits: what the narrow ones and the MTRR masks keep.
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffffn }), fc.nat(rows.length - 1), (value, i) => {
        const env = new CPUX86State()
        rows[i].write!(env, value)
        expect(rows[i].read(env)).toBe(value)
      }),
    )
  })
})

describe('makeVmxMsrValue', () => {
  it('control that is a feature may be zero or one, a default one that is none must be one', () => {
    // Bits 1, 2 and 4 of the pin-based controls are one by default; the guest may choose bits 0 and 1.
    const value = makeVmxMsrValue(msr.MSR_IA32_VMX_TRUE_PINBASED_CTLS, 0b11n)
    expect(value & 0xffff_ffffn).toBe(0b10100n)
    expect(value >> 32n).toBe(0b10111n)
  })
})
