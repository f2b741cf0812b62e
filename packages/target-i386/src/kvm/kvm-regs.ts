// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmGetRegs, kvmSetRegs, kvm_regs } from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import { type CPUX86State, R_EAX, R_EBP, R_EBX, R_ECX, R_EDI, R_EDX, R_ESI, R_ESP } from '../env.js'

/** The kernel's `struct kvm_regs`. */
type KvmRegs = ReturnType<typeof kvm_regs.alloc>

/** Fills `regs` with the general registers, RIP and RFLAGS of `env`. */
export function packRegs(env: CPUX86State, regs: KvmRegs): void {
  regs.rax = env.regs[R_EAX]
  regs.rbx = env.regs[R_EBX]
  regs.rcx = env.regs[R_ECX]
  regs.rdx = env.regs[R_EDX]
  regs.rsi = env.regs[R_ESI]
  regs.rdi = env.regs[R_EDI]
  regs.rsp = env.regs[R_ESP]
  regs.rbp = env.regs[R_EBP]
  regs.r8 = env.regs[8]
  regs.r9 = env.regs[9]
  regs.r10 = env.regs[10]
  regs.r11 = env.regs[11]
  regs.r12 = env.regs[12]
  regs.r13 = env.regs[13]
  regs.r14 = env.regs[14]
  regs.r15 = env.regs[15]
  regs.rflags = env.eflags
  regs.rip = env.eip
}

/** The reverse of `packRegs`. */
export function unpackRegs(env: CPUX86State, regs: KvmRegs): void {
  env.regs[R_EAX] = regs.rax
  env.regs[R_EBX] = regs.rbx
  env.regs[R_ECX] = regs.rcx
  env.regs[R_EDX] = regs.rdx
  env.regs[R_ESI] = regs.rsi
  env.regs[R_EDI] = regs.rdi
  env.regs[R_ESP] = regs.rsp
  env.regs[R_EBP] = regs.rbp
  env.regs[8] = regs.r8
  env.regs[9] = regs.r9
  env.regs[10] = regs.r10
  env.regs[11] = regs.r11
  env.regs[12] = regs.r12
  env.regs[13] = regs.r13
  env.regs[14] = regs.r14
  env.regs[15] = regs.r15
  env.eflags = regs.rflags
  env.eip = regs.rip
}

/**
 * Writes or reads the general registers. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_getput_regs
 */
export function kvmGetputRegs(cpu: X86CPU, set: boolean): void {
  const regs = kvm_regs.alloc()
  if (set) {
    packRegs(cpu.env, regs)
    kvmSetRegs(cpu.kvmVcpu!, regs)
  } else {
    kvmGetRegs(cpu.kvmVcpu!, regs)
    unpackRegs(cpu.env, regs)
  }
}
