// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import {
  HostError,
  KVM_CAP_X2APIC_API,
  KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK,
  KVM_X2APIC_API_USE_32BIT_IDS,
  kvmEnableVmCap,
  kvm_enable_cap,
} from '@dromaius/native'
import { kvmArchStateOf } from './kvm-arch-state.js'

/**
 * Lets APIC ids have 32 bits: those beyond 254 are for x2APIC mode alone. Before the first vCPU is made. Returns whether
 * the host can do it.
 * @qemu target/i386/kvm/kvm.c kvm_enable_x2apic
 */
export function kvmEnableX2apic(s: KVMState): boolean {
  const state = kvmArchStateOf(s)
  if (state.hasX2apicApi) return true
  const enable = kvm_enable_cap.alloc()
  enable.cap = KVM_CAP_X2APIC_API
  enable.args[0] = BigInt(KVM_X2APIC_API_USE_32BIT_IDS | KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK)
  try {
    kvmEnableVmCap(s.vmfd, enable)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return false
  }
  state.hasX2apicApi = true
  return true
}

/**
 * Whether APIC ids of this machine have 32 bits.
 * @qemu target/i386/kvm/kvm.c kvm_has_x2apic_api
 */
export function kvmHasX2apicApi(s: KVMState): boolean {
  return kvmArchStateOf(s).hasX2apicApi
}
