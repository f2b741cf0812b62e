// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import { CPUID_EXT2_LM, VMX_SECONDARY_EXEC_ENABLE_EPT } from '../cpuid-bits.js'
import {
  FEAT_8000_0001_EDX,
  FEAT_VMX_BASIC,
  FEAT_VMX_ENTRY_CTLS,
  FEAT_VMX_EPT_VPID_CAPS,
  FEAT_VMX_EXIT_CTLS,
  FEAT_VMX_MISC,
  FEAT_VMX_PINBASED_CTLS,
  FEAT_VMX_PROCBASED_CTLS,
  FEAT_VMX_SECONDARY_CTLS,
  FEAT_VMX_VMFUNC,
} from '../feature-words.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmArchGetSupportedMsrFeature } from './kvm-msr-lists.js'
import type { KvmMsrValue } from './kvm-msrs.js'
import {
  MSR_IA32_VMX_BASIC,
  MSR_IA32_VMX_CR0_FIXED0,
  MSR_IA32_VMX_CR4_FIXED0,
  MSR_IA32_VMX_EPT_VPID_CAP,
  MSR_IA32_VMX_MISC,
  MSR_IA32_VMX_PROCBASED_CTLS2,
  MSR_IA32_VMX_TRUE_ENTRY_CTLS,
  MSR_IA32_VMX_TRUE_EXIT_CTLS,
  MSR_IA32_VMX_TRUE_PINBASED_CTLS,
  MSR_IA32_VMX_TRUE_PROCBASED_CTLS,
  MSR_IA32_VMX_VMCS_ENUM,
  MSR_IA32_VMX_VMFUNC,
} from './msr-index.js'

/** Controls that are one by default in each capability MSR (SDM volume 3, appendix A.2 to A.5). */
const DEFAULT1 = new Map<number, bigint>([
  [MSR_IA32_VMX_TRUE_PINBASED_CTLS, 0x16n],
  [MSR_IA32_VMX_TRUE_PROCBASED_CTLS, 0x0401_e172n],
  [MSR_IA32_VMX_TRUE_ENTRY_CTLS, 0x11ffn],
  [MSR_IA32_VMX_TRUE_EXIT_CTLS, 0x3_6dffn],
  [MSR_IA32_VMX_PROCBASED_CTLS2, 0n],
])

const MASK32 = 0xffff_ffffn
/** Host address space size, as "can be one" in the upper half. */
const VMX_VM_EXIT_HOST_ADDR_SPACE_SIZE = 1n << (32n + 9n)
const VMX_SECONDARY_EXEC_TSC_SCALING = 1n << 25n
/** Revision, region size and memory type: the host's, whatever the model says. */
const MSR_VMX_BASIC_HOST_MASK = 0x7fff_ffffn | (0x1fffn << 32n) | (0xfn << 50n)
/** Shift of the preemption timer and size of MSR lists: the host's. */
const MSR_VMX_MISC_HOST_MASK = 0x1fn | 0x0e00_0000n
/** Uncacheable and write-back EPT structures. */
const MSR_VMX_EPT_MEMORY_TYPES = (1n << 8n) | (1n << 14n)
/** CR0.PE, NE and PG; CR4.VMXE. */
const CR0_FIXED0 = 0x8000_0021n
const CR4_FIXED0 = 0x2000n
/** Highest VMCS field index: of the TSC multiplier, or of the preemption timer. */
const VMCS_ENUM_TSC_MULTIPLIER = 0x32n
const VMCS_ENUM_PREEMPTION_TIMER = 0x2en

/**
 * A capability MSR out of a feature word: the low half has the controls that must be one, the high half those that
 * can be one (SDM volume 3, appendix A.3.1).
 * @qemu target/i386/kvm/kvm.c make_vmx_msr_value
 */
export function makeVmxMsrValue(index: number, features: bigint): bigint {
  const default1 = DEFAULT1.get(index)
  if (default1 === undefined) throw new RangeError(`MSR 0x${index.toString(16)} has no VMX controls`)
  const canBeOne = (features | default1) & MASK32
  const mustBeOne = default1 & ~features & MASK32
  return mustBeOne | (canBeOne << 32n)
}

/**
 * The VMX capability MSRs of a guest that may run guests of its own; none where the host does not allow that.
 * Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_msr_entry_add_vmx
 */
export function kvmMsrEntriesVmx(s: KVMState, f: readonly bigint[]): KvmMsrValue[] {
  const basic = kvmArchGetSupportedMsrFeature(s, MSR_IA32_VMX_BASIC)
  if (basic === 0n) return []
  const misc = kvmArchGetSupportedMsrFeature(s, MSR_IA32_VMX_MISC)
  const eptVpid = kvmArchGetSupportedMsrFeature(s, MSR_IA32_VMX_EPT_VPID_CAP)
  const fixedExit = (f[FEAT_8000_0001_EDX] & CPUID_EXT2_LM) !== 0n ? VMX_VM_EXIT_HOST_ADDR_SPACE_SIZE : 0n
  const hasEpt = (f[FEAT_VMX_SECONDARY_CTLS] & VMX_SECONDARY_EXEC_ENABLE_EPT) !== 0n
  const fixedEptVpid = hasEpt ? eptVpid & MSR_VMX_EPT_MEMORY_TYPES : 0n
  const controls = (index: number, word: number): KvmMsrValue => ({
    index,
    value: makeVmxMsrValue(index, f[word]),
  })

  const exit = controls(MSR_IA32_VMX_TRUE_EXIT_CTLS, FEAT_VMX_EXIT_CTLS)
  const values: KvmMsrValue[] = [
    controls(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, FEAT_VMX_PROCBASED_CTLS),
    controls(MSR_IA32_VMX_TRUE_PINBASED_CTLS, FEAT_VMX_PINBASED_CTLS),
    { index: exit.index, value: exit.value | fixedExit },
    controls(MSR_IA32_VMX_TRUE_ENTRY_CTLS, FEAT_VMX_ENTRY_CTLS),
    controls(MSR_IA32_VMX_PROCBASED_CTLS2, FEAT_VMX_SECONDARY_CTLS),
    { index: MSR_IA32_VMX_EPT_VPID_CAP, value: f[FEAT_VMX_EPT_VPID_CAPS] | fixedEptVpid },
    { index: MSR_IA32_VMX_BASIC, value: f[FEAT_VMX_BASIC] | (basic & MSR_VMX_BASIC_HOST_MASK) },
    { index: MSR_IA32_VMX_MISC, value: f[FEAT_VMX_MISC] | (misc & MSR_VMX_MISC_HOST_MASK) },
  ]
  if (kvmArchStateOf(s).msrIndexList.has(MSR_IA32_VMX_VMFUNC)) {
    values.push({ index: MSR_IA32_VMX_VMFUNC, value: f[FEAT_VMX_VMFUNC] })
  }
  const tscScaling = (f[FEAT_VMX_SECONDARY_CTLS] & VMX_SECONDARY_EXEC_TSC_SCALING) !== 0n
  values.push(
    // Constants, to be safe; KVM makes the CRn_FIXED1 MSRs itself, out of CPUID.
    { index: MSR_IA32_VMX_CR0_FIXED0, value: CR0_FIXED0 },
    { index: MSR_IA32_VMX_CR4_FIXED0, value: CR4_FIXED0 },
    {
      index: MSR_IA32_VMX_VMCS_ENUM,
      value: tscScaling ? VMCS_ENUM_TSC_MULTIPLIER : VMCS_ENUM_PREEMPTION_TIMER,
    },
  )
  return values
}
