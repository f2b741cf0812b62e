// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import { warnReport } from '@dromaius/util'
import type { KvmCpuidEntry } from './kvm-cpuid.js'

/** One debug register in use. */
export interface HwBreakpoint {
  /** Linear address, 64 bits. */
  addr: bigint
  /** Length in bytes: 1, 2, 4 or 8. */
  len: number
  /** Kind in gdb's numbering: 1 execution, 2 write, 4 access. */
  type: number
}

/**
 * What the x86 side of KVM knows of one virtual machine: the host's capabilities and lists, read once.
 * @qemu target/i386/kvm/kvm.c has_msr_star
 * @differs QEMU keeps these in file-scope variables; here they belong to the KVMState, so that several machines
 *   can live in one process
 */
class KvmArchState {
  hasXsave = false
  hasXcrs = false
  hasSregs2 = false
  hasVcpuEvents = false
  hasDebugregs = false
  hasRobustSinglestep = false
  hasExceptionPayload = false
  hasTripleFaultEvent = false
  /** APIC ids have 32 bits, in the state of a local APIC too. */
  hasX2apicApi = false
  /** MSRs that the host saves and restores (KVM_GET_MSR_INDEX_LIST). */
  msrIndexList: ReadonlySet<number> = new Set()
  /** MSRs that describe features (KVM_GET_MSR_FEATURE_INDEX_LIST), or null when the host has no such list. */
  featureMsrIndexList: ReadonlySet<number> | null = null
  /** Answer of KVM_GET_SUPPORTED_CPUID, or null before it was asked. */
  supportedCpuid: readonly KvmCpuidEntry[] | null = null
  /** The host's leaves of Microsoft's interface, or null before they were asked for. */
  supportedHvCpuid: readonly KvmCpuidEntry[] | null = null
  /** The CPUID table that each vCPU was given last, by the number under which KVM knows it: it may have been parked. */
  readonly givenCpuid = new Map<number, string>()
  /** Debug registers in use, at most four, the same on every vCPU. */
  readonly hwBreakpoints: HwBreakpoint[] = []
  readonly #warned = new Set<string>()

  /** Prints `message` as a warning, but only the first time that this machine says so. */
  warnOnce(message: string): void {
    if (!this.#warned.has(message)) {
      this.#warned.add(message)
      warnReport(message)
    }
  }
}

const states = new WeakMap<KVMState, KvmArchState>()

/** The x86 side's state of the machine behind `s`; made at the first call. */
export function kvmArchStateOf(s: KVMState): KvmArchState {
  let state = states.get(s)
  if (state === undefined) {
    state = new KvmArchState()
    states.set(s, state)
  }
  return state
}

/**
 * Whether the local APICs are the kernel's.
 * @qemu include/sysemu/kvm.h kvm_irqchip_in_kernel
 */
export function kvmIrqchipInKernel(s: KVMState): boolean {
  return s.kernelIrqchip !== 'off'
}

/**
 * Whether the 8259s, the I/O APIC and the 8254 are the kernel's, too.
 * @qemu target/i386/kvm/kvm_i386.h kvm_pic_in_kernel
 */
export function kvmPicInKernel(s: KVMState): boolean {
  return s.kernelIrqchip === 'on'
}
