// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a hypervisor that the guest itself runs: whether it is in VMX or SVM operation, where its control block
// lies, and what the kernel has cached of it (KVM API 4.114).

import { kvmStateOf } from '@dromaius/cpus'
import {
  KVM_CAP_NESTED_STATE,
  KVM_STATE_NESTED_FORMAT_SVM,
  KVM_STATE_NESTED_FORMAT_VMX,
  KVM_STATE_NESTED_GIF_SET,
  KVM_STATE_NESTED_GUEST_MODE,
  kvmGetNestedState as ioctlGetNestedState,
  kvmSetNestedState,
  kvm_nested_state,
} from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import { CPUID_EXT3_SVM, CPUID_EXT_VMX } from '../cpuid-bits.js'
import { type CPUX86State, HF2_GIF_MASK, HF_GUEST_MASK } from '../env.js'
import { FEAT_1_ECX, FEAT_8000_0001_ECX } from '../feature-words.js'

/** No VMXON region, no VMCS. */
const NO_ADDRESS = 0xffff_ffff_ffff_ffffn

/** @qemu target/i386/cpu.h cpu_has_vmx */
const cpuHasVmx = (env: CPUX86State): boolean => (env.features[FEAT_1_ECX] & CPUID_EXT_VMX) !== 0n

/** @qemu target/i386/cpu.h cpu_has_svm */
const cpuHasSvm = (env: CPUX86State): boolean => (env.features[FEAT_8000_0001_ECX] & CPUID_EXT3_SVM) !== 0n

/**
 * Bytes of the largest state that the host has, 0 where it keeps none.
 * @qemu accel/kvm/kvm-all.c kvm_max_nested_state_length
 */
function kvmMaxNestedStateLength(cpu: X86CPU): number {
  return Math.max(kvmStateOf(cpu).checkExtension(KVM_CAP_NESTED_STATE), 0)
}

/**
 * Makes room for the state of a CPU that can run a hypervisor, on a host that keeps such.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init_vcpu
 */
export function kvmAllocNestedState(cpu: X86CPU): void {
  const { env } = cpu
  const length = kvmMaxNestedStateLength(cpu)
  env.nestedState = null
  if (length < kvm_nested_state.size || !(cpuHasVmx(env) || cpuHasSvm(env))) return
  env.nestedState = new Uint8Array(length)
  kvm_nested_state.view(env.nestedState, 0).size = length
  kvmInitNestedState(env)
}

/**
 * The guest runs no hypervisor: the state after reset.
 * @qemu target/i386/kvm/kvm.c kvm_init_nested_state
 */
export function kvmInitNestedState(env: CPUX86State): void {
  if (env.nestedState === null) return
  const state = kvm_nested_state.view(env.nestedState, 0)
  const { size } = state
  env.nestedState.fill(0)
  state.size = size
  if (cpuHasVmx(env)) {
    state.format = KVM_STATE_NESTED_FORMAT_VMX
    state.hdr.vmx.vmxon_pa = NO_ADDRESS
    state.hdr.vmx.vmcs12_pa = NO_ADDRESS
  } else {
    state.format = KVM_STATE_NESTED_FORMAT_SVM
  }
}

/** Sets or clears bits of a word. */
const withBits = (word: number, mask: number, on: boolean): number => (on ? word | mask : word & ~mask)

/**
 * Writes the state, with what a reset changes in the hidden flags. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_nested_state
 */
export function kvmPutNestedState(cpu: X86CPU): void {
  const { env } = cpu
  if (env.nestedState === null) return
  const state = kvm_nested_state.view(env.nestedState, 0)
  const inGuest = (env.hflags & HF_GUEST_MASK) !== 0
  // VMX knows no global interrupt flag, and the kernel refuses it there.
  const gif = cpuHasSvm(env) && (env.hflags2 & HF2_GIF_MASK) !== 0
  state.flags = withBits(state.flags, KVM_STATE_NESTED_GUEST_MODE, inGuest)
  state.flags = withBits(state.flags, KVM_STATE_NESTED_GIF_SET, gif)
  kvmSetNestedState(cpu.kvmVcpu!, env.nestedState)
}

/**
 * Reads the state. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_nested_state
 */
export function kvmGetNestedState(cpu: X86CPU): void {
  const { env } = cpu
  if (env.nestedState === null) return
  const state = kvm_nested_state.view(env.nestedState, 0)
  // A state that was loaded may have been shorter.
  state.size = env.nestedState.length
  ioctlGetNestedState(cpu.kvmVcpu!, env.nestedState)
  env.hflags = withBits(env.hflags, HF_GUEST_MASK, (state.flags & KVM_STATE_NESTED_GUEST_MODE) !== 0)
  if (!cpuHasSvm(env)) return
  env.hflags2 = withBits(env.hflags2, HF2_GIF_MASK, (state.flags & KVM_STATE_NESTED_GIF_SET) !== 0)
}
