// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmGetFpu as ioctlGetFpu, kvmSetFpu, kvm_fpu } from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'

/** The kernel's `struct kvm_fpu`. */
type KvmFpu = ReturnType<typeof kvm_fpu.alloc>

/** Offsets of the register arrays in `struct kvm_fpu`, bytes. */
const FPR = 0
const XMM = 152

/** Fills `fpu` with x87 and SSE state. */
export function packFpu(env: CPUX86State, fpu: KvmFpu): void {
  fpu.fsw = (env.fpus & ~(7 << 11)) | ((env.fpstt & 7) << 11)
  fpu.fcw = env.fpuc
  let ftwx = 0
  for (let i = 0; i < 8; i++) if (env.fptags[i] === 0) ftwx |= 1 << i
  fpu.ftwx = ftwx
  fpu.last_opcode = env.fpop
  fpu.last_ip = env.fpip
  fpu.last_dp = env.fpdp
  fpu.bytes.set(env.fpregs, FPR)
  for (let i = 0; i < 16; i++) fpu.bytes.set(env.xmmRegs.subarray(i * 64, i * 64 + 16), XMM + i * 16)
  fpu.mxcsr = env.mxcsr
}

/** The reverse of `packFpu`. */
export function unpackFpu(env: CPUX86State, fpu: KvmFpu): void {
  env.fpstt = (fpu.fsw >> 11) & 7
  env.fpus = fpu.fsw & ~(7 << 11)
  env.fpuc = fpu.fcw
  for (let i = 0; i < 8; i++) env.fptags[i] = (fpu.ftwx >> i) & 1 ? 0 : 1
  env.fpop = fpu.last_opcode
  env.fpip = fpu.last_ip
  env.fpdp = fpu.last_dp
  env.fpregs.set(fpu.bytes.subarray(FPR, FPR + 128))
  for (let i = 0; i < 16; i++) env.xmmRegs.set(fpu.bytes.subarray(XMM + i * 16, XMM + i * 16 + 16), i * 64)
  env.mxcsr = fpu.mxcsr
}

/**
 * Writes x87 and SSE state on a host without XSAVE. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_fpu
 */
export function kvmPutFpu(cpu: X86CPU): void {
  const fpu = kvm_fpu.alloc()
  packFpu(cpu.env, fpu)
  kvmSetFpu(cpu.kvmVcpu!, fpu)
}

/**
 * Reads x87 and SSE state on a host without XSAVE. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_fpu
 */
export function kvmGetFpu(cpu: X86CPU): void {
  const fpu = kvm_fpu.alloc()
  ioctlGetFpu(cpu.kvmVcpu!, fpu)
  unpackFpu(cpu.env, fpu)
}
