// SPDX-License-Identifier: GPL-2.0-or-later
import { type KVMState, kvmStateOf } from '@dromaius/cpus'
import { KVM_CAP_MCE, kvmX86GetMceCapSupported, kvmX86SetupMce } from '@dromaius/native'
import { UserError, warnReport } from '@dromaius/util'
import type { X86CPU } from '../cpu.js'
import { CPUID_MCA, CPUID_MCE, MCG_LMCE_P } from '../cpuid-bits.js'
import { FEAT_1_EDX } from '../feature-words.js'

/** Bits 7:0 of IA32_MCG_CAP: how many banks there are (SDM volume 3, 16.3.1.1). */
const MCG_CAP_BANKS_MASK = 0xffn

/**
 * The machine check capabilities that this host's KVM offers (layout of IA32_MCG_CAP) and the number of its banks;
 * 0 of both where it has none. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_mce_cap_supported
 */
export function kvmGetMceCapSupported(s: KVMState): { mcgCap: bigint; maxBanks: number } {
  const maxBanks = s.checkExtension(KVM_CAP_MCE)
  if (maxBanks <= 0) return { mcgCap: 0n, maxBanks: 0 }
  return { mcgCap: kvmX86GetMceCapSupported(s.fd), maxBanks }
}

/**
 * Sets the vCPU's machine check banks up, if its model has such (family 6 on, with MCE and MCA). Capabilities that
 * the host lacks are dropped with a warning. Throws HostError, and UserError for local machine checks or banks that
 * the host does not have.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init_vcpu
 */
export function kvmSetupMce(cpu: X86CPU): void {
  const { env } = cpu
  const s = kvmStateOf(cpu)
  const wanted = CPUID_MCE | CPUID_MCA
  const family = (env.cpuidVersion >>> 8) & 0xf
  if (family < 6 || (env.features[FEAT_1_EDX] & wanted) !== wanted || s.checkExtension(KVM_CAP_MCE) <= 0)
    return

  const { mcgCap, maxBanks } = kvmGetMceCapSupported(s)
  const banks = Number(env.mcgCap & MCG_CAP_BANKS_MASK)
  if (maxBanks < banks) {
    throw new UserError(`Unsupported MCE bank count: the CPU has ${banks}, this host's KVM ${maxBanks}`)
  }
  const unsupported = env.mcgCap & ~(mcgCap | MCG_CAP_BANKS_MASK)
  if ((unsupported & MCG_LMCE_P) !== 0n) throw new UserError("lmce: this host's KVM does not support it")
  if (unsupported !== 0n) warnReport(`Unsupported MCG_CAP bits: 0x${unsupported.toString(16)}`)
  env.mcgCap &= mcgCap | MCG_CAP_BANKS_MASK
  kvmX86SetupMce(cpu.kvmVcpu!, env.mcgCap)
}
