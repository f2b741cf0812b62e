// SPDX-License-Identifier: GPL-2.0-or-later
import { KVM_PUT_RESET_STATE } from '@dromaius/cpus'
import { HV_CRASH_PARAMS, HV_SINT_COUNT, HV_STIMER_COUNT } from '../env.js'
import * as f from '../hyperv.js'
import * as hv from './hyperv-proto.js'
import {
  constantRow,
  elementRow,
  type KvmMsrContext,
  type KvmMsrRow,
  MSR_PUT_NEVER,
  row,
} from './kvm-msr-row.js'

/** MSRs that the whole machine has in common. */
function partitionRows({ hyperv }: KvmMsrContext, on: (feature: number) => boolean): KvmMsrRow[] {
  const putLevel = hyperv.firstCpu ? KVM_PUT_RESET_STATE : MSR_PUT_NEVER
  return [
    ...(hyperv.enabled
      ? [
          row(hv.HV_X64_MSR_GUEST_OS_ID, 'msrHvGuestOsId', putLevel),
          row(hv.HV_X64_MSR_HYPERCALL, 'msrHvHypercall', putLevel),
        ]
      : []),
    ...(on(f.HYPERV_FEAT_TIME) ? [row(hv.HV_X64_MSR_REFERENCE_TSC, 'msrHvTsc', putLevel)] : []),
    ...(on(f.HYPERV_FEAT_REENLIGHTENMENT)
      ? [
          row(hv.HV_X64_MSR_REENLIGHTENMENT_CONTROL, 'msrHvReenlightenmentControl', putLevel),
          row(hv.HV_X64_MSR_TSC_EMULATION_CONTROL, 'msrHvTscEmulationControl', putLevel),
          row(hv.HV_X64_MSR_TSC_EMULATION_STATUS, 'msrHvTscEmulationStatus', putLevel),
        ]
      : []),
  ]
}

/** The synthetic interrupt controller; what the kernel's own cannot take back (its version) is only written. */
function synicRows(): KvmMsrRow[] {
  const rows = [
    constantRow(hv.HV_X64_MSR_SVERSION, hv.HV_SYNIC_VERSION),
    row(hv.HV_X64_MSR_SCONTROL, 'msrHvSynicControl', KVM_PUT_RESET_STATE),
    row(hv.HV_X64_MSR_SIEFP, 'msrHvSynicEvtPage', KVM_PUT_RESET_STATE),
    row(hv.HV_X64_MSR_SIMP, 'msrHvSynicMsgPage', KVM_PUT_RESET_STATE),
  ]
  for (let i = 0; i < HV_SINT_COUNT; i++) {
    rows.push(elementRow(hv.HV_X64_MSR_SINT0 + i, (env) => env.msrHvSynicSint, i))
  }
  return rows
}

/** Crash parameters; the control is told that a crash can be notified, and says nothing of itself. */
function crashRows(): KvmMsrRow[] {
  const rows: KvmMsrRow[] = []
  for (let i = 0; i < HV_CRASH_PARAMS; i++) {
    rows.push(elementRow(hv.HV_X64_MSR_CRASH_P0 + i, (env) => env.msrHvCrashParams, i))
  }
  rows.push(constantRow(hv.HV_X64_MSR_CRASH_CTL, hv.HV_CRASH_CTL_NOTIFY))
  return rows
}

/** Synthetic timers: first all configurations, which stop them, then the counts. */
function stimerRows(): KvmMsrRow[] {
  const rows: KvmMsrRow[] = []
  for (let i = 0; i < HV_STIMER_COUNT; i++) {
    rows.push(elementRow(hv.HV_X64_MSR_STIMER0_CONFIG + 2 * i, (env) => env.msrHvStimerConfig, i))
  }
  for (let i = 0; i < HV_STIMER_COUNT; i++) {
    rows.push(elementRow(hv.HV_X64_MSR_STIMER0_COUNT + 2 * i, (env) => env.msrHvStimerCount, i))
  }
  return rows
}

/**
 * Microsoft's MSRs of a vCPU, in the order in which QEMU writes them.
 * @qemu target/i386/kvm/kvm.c kvm_put_msrs
 * @differs on a host that lists them crash, runtime and timer MSRs are synchronised for guests of the interface only; a
 *   guest without it cannot reach them
 */
export function hypervRows(context: KvmMsrContext): KvmMsrRow[] {
  const { hyperv, listed } = context
  if (!hyperv.enabled) return []
  const on = (feature: number): boolean => (hyperv.features & (1n << BigInt(feature))) !== 0n
  const rows = partitionRows(context, on)
  if (hyperv.firstCpu && on(f.HYPERV_FEAT_SYNDBG) && listed.has(hv.HV_X64_MSR_SYNDBG_OPTIONS)) {
    // No debugger, no options.
    rows.push(constantRow(hv.HV_X64_MSR_SYNDBG_OPTIONS, 0n))
  }
  if (on(f.HYPERV_FEAT_VAPIC))
    rows.push(row(hv.HV_X64_MSR_APIC_ASSIST_PAGE, 'msrHvVapic', KVM_PUT_RESET_STATE))
  if (listed.has(hv.HV_X64_MSR_CRASH_CTL)) rows.push(...crashRows())
  if (listed.has(hv.HV_X64_MSR_VP_RUNTIME)) {
    rows.push(row(hv.HV_X64_MSR_VP_RUNTIME, 'msrHvRuntime', KVM_PUT_RESET_STATE))
  }
  if (on(f.HYPERV_FEAT_VPINDEX) && hyperv.vpIndexSettable) {
    rows.push(constantRow(hv.HV_X64_MSR_VP_INDEX, BigInt(hyperv.vpIndex)))
  }
  if (on(f.HYPERV_FEAT_SYNIC)) rows.push(...synicRows())
  if (listed.has(hv.HV_X64_MSR_STIMER0_CONFIG)) rows.push(...stimerRows())
  return rows
}
