// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import type { HypervSynic } from './hyperv-synic.js'
import type { KvmMsrRow } from './kvm-msr-row.js'
import type { PlacedComponent } from './kvm-xsave.js'

/**
 * What the x86 side of KVM keeps for one vCPU beside the architectural state, from `kvmArchInitVcpu` to
 * `kvmArchDestroyVcpu`.
 * @qemu target/i386/kvm/kvm.c has_msr_feature_control
 * @differs QEMU keeps part of it in CPUX86State, which here holds nothing of an accelerator's
 */
export class KvmVcpuState {
  /** Version of architectural performance monitoring that the guest sees, 0 for none. */
  pmuVersion = 0
  gpCounters = 0
  fixedCounters = 0
  hasMsrFeatureControl = false
  hasMsrMcgExtCtl = false
  /** The guest sees Microsoft's interface. */
  hypervEnabled = false
  /** The XSAVE area that goes through the ioctls, a multiple of 4096 bytes long; null on hosts without XSAVE. */
  xsaveBuf: Uint8Array | null = null
  /** Whether the area may be longer than the 4096 bytes that KVM_GET_XSAVE copies. */
  hasXsave2 = false
  /** Where the host's components lie in `xsaveBuf`. */
  xsaveLayout: readonly PlacedComponent[] = []
  /** The MSRs to write and read, in order. Those that the host turned out to refuse to read are taken out. */
  msrRows: KvmMsrRow[] = []
  /** Numbers of MSRs that the host has refused to write; they may be read all the same. */
  readonly refusedMsrs = new Set<number>()
  /** The synthetic interrupt controller's part outside of the kernel, for a CPU that has it. */
  synic: HypervSynic | null = null
  /** Takes the run state handler away again. */
  removeStateHandler: () => void = () => {}
}

const vcpus = new WeakMap<CPUState, KvmVcpuState>()

/** Starts the state of `cs` afresh. */
export function kvmVcpuStateNew(cs: CPUState): KvmVcpuState {
  const state = new KvmVcpuState()
  vcpus.set(cs, state)
  return state
}

/** The state of `cs`; throws when it has not been through `kvmArchInitVcpu`. */
export function kvmVcpuStateOf(cs: CPUState): KvmVcpuState {
  const state = vcpus.get(cs)
  if (state === undefined) throw new Error(`vCPU ${cs.cpuIndex} has no KVM state`)
  return state
}

/** The state of `cs`, or undefined: it has not been through `kvmArchInitVcpu`, or has left KVM. */
export function kvmVcpuStateGet(cs: CPUState): KvmVcpuState | undefined {
  return vcpus.get(cs)
}

/** Forgets the state of `cs` and returns it, if there is any. */
export function kvmVcpuStateDelete(cs: CPUState): KvmVcpuState | undefined {
  const state = vcpus.get(cs)
  vcpus.delete(cs)
  return state
}
