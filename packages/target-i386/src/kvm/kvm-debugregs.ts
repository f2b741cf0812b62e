// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmGetDebugregs as ioctlGetDebugregs, kvmSetDebugregs, kvm_debugregs } from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'

/** The kernel's `struct kvm_debugregs`. */
type KvmDebugregs = ReturnType<typeof kvm_debugregs.alloc>

/** Fills `regs` with DR0..DR3, DR6 and DR7. */
export function packDebugregs(env: CPUX86State, regs: KvmDebugregs): void {
  for (let i = 0; i < 4; i++) regs.db[i] = env.dr[i]
  regs.dr6 = env.dr[6]
  regs.dr7 = env.dr[7]
  regs.flags = 0n
}

/** The reverse of `packDebugregs`; DR4 and DR5 are other names of DR6 and DR7. */
export function unpackDebugregs(env: CPUX86State, regs: KvmDebugregs): void {
  for (let i = 0; i < 4; i++) env.dr[i] = regs.db[i]
  env.dr[4] = env.dr[6] = regs.dr6
  env.dr[5] = env.dr[7] = regs.dr7
}

/**
 * Writes the guest's own debug registers. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_debugregs
 */
export function kvmPutDebugregs(cpu: X86CPU): void {
  const regs = kvm_debugregs.alloc()
  packDebugregs(cpu.env, regs)
  kvmSetDebugregs(cpu.kvmVcpu!, regs)
}

/**
 * Reads the guest's own debug registers. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_debugregs
 */
export function kvmGetDebugregs(cpu: X86CPU): void {
  const regs = kvm_debugregs.alloc()
  ioctlGetDebugregs(cpu.kvmVcpu!, regs)
  unpackDebugregs(cpu.env, regs)
}
