// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmStateOf } from '@dromaius/cpus'
import {
  KVM_MP_STATE_INIT_RECEIVED,
  KVM_MP_STATE_RUNNABLE,
  KVM_MP_STATE_UNINITIALIZED,
} from '@dromaius/native'
import { cpuIsBsp } from '../cpu-apic-device.js'
import type { X86CPU } from '../cpu.js'
import { HYPERV_FEAT_SYNIC, hypervFeatEnabled } from '../hyperv.js'
import { HV_SINT_MASKED } from './hyperv-proto.js'
import { hypervX86SynicReset } from './hyperv-synic.js'
import { kvmIrqchipInKernel } from './kvm-arch-state.js'
import { kvmInitNestedState } from './kvm-nested-state.js'

/**
 * KVM's part of a CPU's reset: the bootstrap processor runs, the others wait for INIT and SIPI.
 * @qemu target/i386/kvm/kvm.c kvm_arch_reset_vcpu
 */
export function kvmArchResetVcpu(cpu: X86CPU): void {
  const { env } = cpu
  env.xcr0 = 1n
  const waits = kvmIrqchipInKernel(kvmStateOf(cpu)) && !cpuIsBsp(cpu)
  env.mpState = waits ? KVM_MP_STATE_UNINITIALIZED : KVM_MP_STATE_RUNNABLE
  if (hypervFeatEnabled(cpu, HYPERV_FEAT_SYNIC)) {
    env.msrHvSynicSint.fill(HV_SINT_MASKED)
    hypervX86SynicReset(cpu)
  }
  kvmInitNestedState(env)
  // The guest's KVM polls before it halts unless the guest says otherwise.
  env.pollControlMsr = 1n
}

/**
 * What INIT does to the state that KVM keeps: an application processor goes straight to waiting for SIPI.
 * @qemu target/i386/kvm/kvm.c kvm_arch_do_init_vcpu
 */
export function kvmArchDoInitVcpu(cpu: X86CPU): void {
  if (cpu.env.mpState === KVM_MP_STATE_UNINITIALIZED) cpu.env.mpState = KVM_MP_STATE_INIT_RECEIVED
}
