// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmStateOf } from '@dromaius/cpus'
import {
  KVM_MP_STATE_HALTED,
  kvmGetMpState as ioctlGetMpState,
  kvmSetMpState,
  kvm_mp_state,
} from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import { kvmIrqchipInKernel } from './kvm-arch-state.js'

/**
 * Writes whether the vCPU runs, is halted or waits for INIT or SIPI. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_mp_state
 */
export function kvmPutMpState(cpu: X86CPU): void {
  const mpState = kvm_mp_state.alloc()
  mpState.mp_state = cpu.env.mpState
  kvmSetMpState(cpu.kvmVcpu!, mpState)
}

/**
 * Reads what `kvmPutMpState` writes; `halted` follows when the kernel has the APIC. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_mp_state
 */
export function kvmGetMpState(cpu: X86CPU): void {
  const mpState = kvm_mp_state.alloc()
  ioctlGetMpState(cpu.kvmVcpu!, mpState)
  cpu.env.mpState = mpState.mp_state
  if (kvmIrqchipInKernel(kvmStateOf(cpu))) {
    cpu.halted = mpState.mp_state === KVM_MP_STATE_HALTED
  }
}
