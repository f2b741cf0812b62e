// SPDX-License-Identifier: GPL-2.0-or-later
import type { CpuidReg } from '../cpuid-regs.js'
import * as f from '../hyperv.js'
import * as hv from './hyperv-proto.js'

/** Bits of one register of one leaf. */
interface HypervFlag {
  readonly func: number
  readonly reg: CpuidReg
  /** All of these, 32 bits. */
  readonly bits: number
}

/** One enlightenment: how the guest sees it, and what it cannot do without. */
export interface HypervProperty {
  /** `HYPERV_FEAT_*` */
  readonly feature: number
  /** As in error messages. */
  readonly desc: string
  /** The host has the enlightenment when it shows all of these; the guest is shown them. */
  readonly flags: readonly HypervFlag[]
  /** Enlightenments that have to be on too, in the order in which they are looked at. */
  readonly dependencies: readonly number[]
  /** `hv-passthrough` does not switch it on. */
  readonly skipPassthrough?: true
}

const features = (reg: CpuidReg, bits: number): HypervFlag => ({ func: hv.HV_CPUID_FEATURES, reg, bits })
const advice = (bits: number): HypervFlag => ({ func: hv.HV_CPUID_ENLIGHTMENT_INFO, reg: 'eax', bits })
const nested = (bits: number): HypervFlag => ({ func: hv.HV_CPUID_NESTED_FEATURES, reg: 'eax', bits })

function property(
  feature: number,
  desc: string,
  flags: readonly HypervFlag[],
  dependencies: readonly number[] = [],
): HypervProperty {
  return { feature, desc, flags, dependencies }
}

/**
 * Every enlightenment, by rising number.
 * @qemu target/i386/kvm/kvm.c kvm_hyperv_properties
 */
export const kvmHypervProperties: readonly HypervProperty[] = [
  property(f.HYPERV_FEAT_RELAXED, 'relaxed timing (hv-relaxed)', [advice(hv.HV_RELAXED_TIMING_RECOMMENDED)]),
  property(f.HYPERV_FEAT_VAPIC, 'virtual APIC (hv-vapic)', [features('eax', hv.HV_APIC_ACCESS_AVAILABLE)]),
  property(f.HYPERV_FEAT_TIME, 'clocksources (hv-time)', [
    features('eax', hv.HV_TIME_REF_COUNT_AVAILABLE | hv.HV_REFERENCE_TSC_AVAILABLE),
  ]),
  property(f.HYPERV_FEAT_CRASH, 'crash MSRs (hv-crash)', [features('edx', hv.HV_GUEST_CRASH_MSR_AVAILABLE)]),
  property(f.HYPERV_FEAT_RESET, 'reset MSR (hv-reset)', [features('eax', hv.HV_RESET_AVAILABLE)]),
  property(f.HYPERV_FEAT_VPINDEX, 'VP_INDEX MSR (hv-vpindex)', [features('eax', hv.HV_VP_INDEX_AVAILABLE)]),
  property(f.HYPERV_FEAT_RUNTIME, 'VP_RUNTIME MSR (hv-runtime)', [
    features('eax', hv.HV_VP_RUNTIME_AVAILABLE),
  ]),
  property(f.HYPERV_FEAT_SYNIC, 'synthetic interrupt controller (hv-synic)', [
    features('eax', hv.HV_SYNIC_AVAILABLE),
  ]),
  property(
    f.HYPERV_FEAT_STIMER,
    'synthetic timers (hv-stimer)',
    [features('eax', hv.HV_SYNTIMERS_AVAILABLE)],
    [f.HYPERV_FEAT_TIME, f.HYPERV_FEAT_SYNIC],
  ),
  property(f.HYPERV_FEAT_FREQUENCIES, 'frequency MSRs (hv-frequencies)', [
    features('eax', hv.HV_ACCESS_FREQUENCY_MSRS),
    features('edx', hv.HV_FREQUENCY_MSRS_AVAILABLE),
  ]),
  property(f.HYPERV_FEAT_REENLIGHTENMENT, 'reenlightenment MSRs (hv-reenlightenment)', [
    features('eax', hv.HV_ACCESS_REENLIGHTENMENTS_CONTROL),
  ]),
  property(
    f.HYPERV_FEAT_TLBFLUSH,
    'paravirtualized TLB flush (hv-tlbflush)',
    [advice(hv.HV_REMOTE_TLB_FLUSH_RECOMMENDED | hv.HV_EX_PROCESSOR_MASKS_RECOMMENDED)],
    [f.HYPERV_FEAT_VPINDEX],
  ),
  property(
    f.HYPERV_FEAT_EVMCS,
    'enlightened VMCS (hv-evmcs)',
    [advice(hv.HV_ENLIGHTENED_VMCS_RECOMMENDED)],
    [f.HYPERV_FEAT_VAPIC],
  ),
  property(
    f.HYPERV_FEAT_IPI,
    'paravirtualized IPI (hv-ipi)',
    [advice(hv.HV_CLUSTER_IPI_RECOMMENDED | hv.HV_EX_PROCESSOR_MASKS_RECOMMENDED)],
    [f.HYPERV_FEAT_VPINDEX],
  ),
  property(
    f.HYPERV_FEAT_STIMER_DIRECT,
    'direct mode synthetic timers (hv-stimer-direct)',
    [features('edx', hv.HV_STIMER_DIRECT_MODE_AVAILABLE)],
    [f.HYPERV_FEAT_STIMER],
  ),
  property(f.HYPERV_FEAT_AVIC, 'AVIC/APICv support (hv-avic/hv-apicv)', [
    advice(hv.HV_DEPRECATING_AEOI_RECOMMENDED),
  ]),
  {
    ...property(
      f.HYPERV_FEAT_SYNDBG,
      'Enable synthetic kernel debugger channel (hv-syndbg)',
      [features('edx', hv.HV_FEATURE_DEBUG_MSRS_AVAILABLE)],
      [f.HYPERV_FEAT_RELAXED, f.HYPERV_FEAT_SYNIC],
    ),
    skipPassthrough: true,
  },
  property(f.HYPERV_FEAT_MSR_BITMAP, 'enlightened MSR-Bitmap (hv-emsr-bitmap)', [
    nested(hv.HV_NESTED_MSR_BITMAP),
  ]),
  property(f.HYPERV_FEAT_XMM_INPUT, 'XMM fast hypercall input (hv-xmm-input)', [
    features('edx', hv.HV_HYPERCALL_XMM_INPUT_AVAILABLE),
  ]),
  property(
    f.HYPERV_FEAT_TLBFLUSH_EXT,
    'Extended gva ranges for TLB flush hypercalls (hv-tlbflush-ext)',
    [features('edx', hv.HV_EXT_GVA_RANGES_FLUSH_AVAILABLE)],
    [f.HYPERV_FEAT_TLBFLUSH],
  ),
  property(
    f.HYPERV_FEAT_TLBFLUSH_DIRECT,
    'direct TLB flush (hv-tlbflush-direct)',
    [nested(hv.HV_NESTED_DIRECT_FLUSH)],
    [f.HYPERV_FEAT_VAPIC],
  ),
]
