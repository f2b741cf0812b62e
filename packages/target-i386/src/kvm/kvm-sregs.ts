// SPDX-License-Identifier: GPL-2.0-or-later
import {
  kvmGetSregs as ioctlGetSregs,
  kvmGetSregs2 as ioctlGetSregs2,
  kvmSetSregs,
  kvmSetSregs2,
  kvm_sregs,
  kvm_sregs2,
} from '@dromaius/native'
import { cpuGetApicBase, cpuGetApicTpr } from '../cpu-apic-device.js'
import type { X86CPU } from '../cpu.js'
import { VM_MASK } from '../cpuid-bits.js'
import { type CPUX86State, R_CS, R_DS, R_ES, R_FS, R_GS, R_SS } from '../env.js'
import { x86UpdateHflags } from '../hflags.js'
import { getSeg, setSeg, setV8086Seg } from './kvm-segments.js'

/** The kernel's `struct kvm_sregs`. */
type KvmSregs = ReturnType<typeof kvm_sregs.alloc>
/** The kernel's `struct kvm_sregs2`. */
type KvmSregs2 = ReturnType<typeof kvm_sregs2.alloc>

/** What the two versions of the struct have in common. */
type CommonSregs = Omit<KvmSregs, 'interrupt_bitmap'> | KvmSregs2

/** `flags` of struct kvm_sregs2: the PDPTRs are meant. */
const KVM_SREGS2_FLAGS_PDPTRS_VALID = 1n

/** What of the local APIC travels with the special registers. */
interface ApicSregs {
  /** CR8, 4 bits. */
  tpr: number
  /** IA32_APIC_BASE, 64 bits. */
  apicBase: bigint
}

/** Fills in segments, tables and control registers. */
export function packSregs(env: CPUX86State, apic: ApicSregs, sregs: CommonSregs): void {
  const set = (env.eflags & VM_MASK) !== 0n ? setV8086Seg : setSeg
  set(sregs.cs, env.segs[R_CS])
  set(sregs.ds, env.segs[R_DS])
  set(sregs.es, env.segs[R_ES])
  set(sregs.fs, env.segs[R_FS])
  set(sregs.gs, env.segs[R_GS])
  set(sregs.ss, env.segs[R_SS])
  setSeg(sregs.tr, env.tr)
  setSeg(sregs.ldt, env.ldt)

  sregs.idt.limit = env.idt.limit
  sregs.idt.base = env.idt.base
  sregs.gdt.limit = env.gdt.limit
  sregs.gdt.base = env.gdt.base

  sregs.cr0 = env.cr[0]
  sregs.cr2 = env.cr[2]
  sregs.cr3 = env.cr[3]
  sregs.cr4 = env.cr[4]
  sregs.cr8 = BigInt(apic.tpr)
  sregs.apic_base = apic.apicBase
  sregs.efer = env.efer
}

/** The reverse of `packSregs`, but for the APIC's part: that comes with every exit. */
export function unpackSregs(env: CPUX86State, sregs: CommonSregs): void {
  getSeg(env.segs[R_CS], sregs.cs)
  getSeg(env.segs[R_DS], sregs.ds)
  getSeg(env.segs[R_ES], sregs.es)
  getSeg(env.segs[R_FS], sregs.fs)
  getSeg(env.segs[R_GS], sregs.gs)
  getSeg(env.segs[R_SS], sregs.ss)
  getSeg(env.tr, sregs.tr)
  getSeg(env.ldt, sregs.ldt)

  env.idt.limit = sregs.idt.limit
  env.idt.base = sregs.idt.base
  env.gdt.limit = sregs.gdt.limit
  env.gdt.base = sregs.gdt.base

  env.cr[0] = sregs.cr0
  env.cr[2] = sregs.cr2
  env.cr[3] = sregs.cr3
  env.cr[4] = sregs.cr4
  env.efer = sregs.efer
}

/** The PDPTRs that KVM_SET_SREGS2 takes beside the rest. */
export function packPdptrs(env: CPUX86State, sregs: KvmSregs2): void {
  if (!env.pdptrsValid) return
  for (let i = 0; i < 4; i++) sregs.pdptrs[i] = env.pdptrs[i]
  sregs.flags |= KVM_SREGS2_FLAGS_PDPTRS_VALID
}

/** The reverse of `packPdptrs`. */
export function unpackPdptrs(env: CPUX86State, sregs: KvmSregs2): void {
  env.pdptrsValid = (sregs.flags & KVM_SREGS2_FLAGS_PDPTRS_VALID) !== 0n
  if (!env.pdptrsValid) return
  for (let i = 0; i < 4; i++) env.pdptrs[i] = sregs.pdptrs[i]
}

/** Task priority and base of the CPU's local APIC. */
function apicSregs(cpu: X86CPU): ApicSregs {
  return { tpr: cpuGetApicTpr(cpu.apicState), apicBase: cpuGetApicBase(cpu.apicState) }
}

/**
 * Writes segments, tables and control registers. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_sregs
 */
export function kvmPutSregs(cpu: X86CPU): void {
  const sregs = kvm_sregs.alloc()
  // The interrupt bitmap stays empty: KVM_SET_VCPU_EVENTS always follows.
  packSregs(cpu.env, apicSregs(cpu), sregs)
  kvmSetSregs(cpu.kvmVcpu!, sregs)
}

/**
 * Writes what `kvmPutSregs` does, and the PDPTRs. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_sregs2
 */
export function kvmPutSregs2(cpu: X86CPU): void {
  const sregs = kvm_sregs2.alloc()
  packSregs(cpu.env, apicSregs(cpu), sregs)
  packPdptrs(cpu.env, sregs)
  kvmSetSregs2(cpu.kvmVcpu!, sregs)
}

/**
 * Reads segments, tables and control registers. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_sregs
 */
export function kvmGetSregs(cpu: X86CPU): void {
  const sregs = kvm_sregs.alloc()
  // The interrupt bitmap is not looked at: KVM_GET_VCPU_EVENTS always comes before.
  ioctlGetSregs(cpu.kvmVcpu!, sregs)
  unpackSregs(cpu.env, sregs)
  x86UpdateHflags(cpu.env)
}

/**
 * Reads what `kvmGetSregs` does, and the PDPTRs. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_sregs2
 */
export function kvmGetSregs2(cpu: X86CPU): void {
  const sregs = kvm_sregs2.alloc()
  ioctlGetSregs2(cpu.kvmVcpu!, sregs)
  unpackSregs(cpu.env, sregs)
  unpackPdptrs(cpu.env, sregs)
  x86UpdateHflags(cpu.env)
}
