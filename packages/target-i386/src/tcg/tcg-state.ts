// SPDX-License-Identifier: GPL-2.0-or-later
//
// Registers between the CPU's object and its block. One table for both ways.

import type { TcgVcpu } from '@dromaius/tcg'
import { X86_CPU, type X86CPU } from '../cpu.js'
import type { CPUX86State, SegmentCache } from '../env.js'
import { FEAT_1_ECX, FEAT_1_EDX, FEAT_7_0_EBX, FEAT_8000_0001_EDX } from '../feature-words.js'
import { x86UpdateHflags } from '../hflags.js'
import type { X86Module } from './tcg-module.js'
import * as x from './x86-layout.js'

type BigField = { [K in keyof CPUX86State]: CPUX86State[K] extends bigint ? K : never }[keyof CPUX86State]

/** 64-bit registers by the slot that they stand in. */
const fields: readonly (readonly [slot: number, field: BigField])[] = [
  [x.X_EIP, 'eip'],
  [x.X_EFER, 'efer'],
  [x.X_STAR, 'star'],
  [x.X_LSTAR, 'lstar'],
  [x.X_CSTAR, 'cstar'],
  [x.X_FMASK, 'fmask'],
  [x.X_KERNELGSBASE, 'kernelgsbase'],
  [x.X_SYSENTER_CS, 'sysenterCs'],
  [x.X_SYSENTER_ESP, 'sysenterEsp'],
  [x.X_SYSENTER_EIP, 'sysenterEip'],
  [x.X_TSC_AUX, 'tscAux'],
]

/** Arrays of them. */
const arrays: readonly (readonly [slot: number, field: 'regs' | 'cr' | 'dr' | 'pdptrs'])[] = [
  [x.X_REGS, 'regs'],
  [x.X_CR, 'cr'],
  [x.X_DR, 'dr'],
  [x.X_PDPTRS, 'pdptrs'],
]

function segments(env: CPUX86State): readonly (readonly [slot: number, segment: SegmentCache])[] {
  return [
    ...env.segs.map((segment, n): [number, SegmentCache] => [x.X_SEGS + n * x.X_SEG_SIZE, segment]),
    [x.X_LDT, env.ldt],
    [x.X_TR, env.tr],
    [x.X_GDT, env.gdt],
    [x.X_IDT, env.idt],
  ]
}

/** Bits of hflags that blocks are told apart by; those that mirror RFLAGS stand in its slot. */
const HFLAGS_MASK = ~(x.TF_MASK | x.IOPL_MASK | x.RF_MASK | x.VM_MASK | x.AC_MASK)

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)

/** All registers from the CPU's object into the block. */
export function tcgPutRegisters(vcpu: TcgVcpu): void {
  const cpu = X86_CPU(vcpu.cpu)
  const { env } = cpu
  const module = vcpu.module as X86Module
  const put = (slot: number, value: bigint): void =>
    vcpu.memory.view.setBigUint64(vcpu.env + slot, u64(value), true)
  for (const [slot, field] of fields) put(slot, env[field])
  for (const [slot, field] of arrays) env[field].forEach((value, n) => put(slot + n * 8, value))
  for (const [slot, segment] of segments(env)) {
    put(slot + x.X_SEG_SELECTOR, BigInt(segment.selector))
    put(slot + x.X_SEG_BASE, segment.base)
    put(slot + x.X_SEG_LIMIT, BigInt(segment.limit >>> 0))
    put(slot + x.X_SEG_FLAGS, BigInt(segment.flags >>> 0))
  }
  x86UpdateHflags(env)
  const smap = (env.cr[4]! & BigInt(x.CR4_SMAP)) === 0n ? 0 : x.HF_SMAP
  const osxsave = (env.cr[4]! & BigInt(x.CR4_OSXSAVE)) === 0n ? 0 : x.HF_OSXSAVE
  const am = (env.cr[0]! & BigInt(x.CR0_AM)) === 0n ? 0 : x.HF_AM
  const hidden = HFLAGS_MASK & ~(x.HF_SMAP | x.HF_OSXSAVE | x.HF_AM)
  put(x.X_HFLAGS, BigInt(((env.hflags & hidden) | smap | osxsave | am) >>> 0))
  put(x.X_MONITOR, -1n)
  putFpu(vcpu, env)
  put(x.X_HFLAGS2, BigInt(env.hflags2 >>> 0))
  put(x.X_A20_MASK, env.a20Mask === -1 ? 0xffff_ffff_ffff_ffffn : BigInt.asUintN(64, BigInt(env.a20Mask)))
  putFeatures(cpu, put)
  module.loadEflags(vcpu.env, Number(env.eflags & 0xffff_ffffn) | 0, -1)
  module.updateSegmentFlags(vcpu.env)
  module.updateBreakpoints(vcpu.env)
  module.tlbFlush(vcpu.env)
}

/** Registers of x87 and SSE whose slot is a number in the CPU's object. */
const fpuFields: readonly (readonly [slot: number, field: 'fpstt' | 'fpus' | 'fpuc' | 'fpop' | 'mxcsr'])[] = [
  [x.X_FPSTT, 'fpstt'],
  [x.X_FPUS, 'fpus'],
  [x.X_FPUC, 'fpuc'],
  [x.X_FPOP, 'fpop'],
  [x.X_MXCSR, 'mxcsr'],
]
/** Bytes of a ZMM register in the CPU's object, of which XMM are the first. */
const ZMM_BYTES = 64
const XMM_BYTES = 16
const XMM_COUNT = 16

function putFpu({ memory, env: at }: TcgVcpu, env: CPUX86State): void {
  for (const [slot, field] of fpuFields) memory.view.setBigUint64(at + slot, BigInt(env[field]), true)
  memory.view.setBigUint64(at + x.X_FPIP, u64(env.fpip), true)
  memory.view.setBigUint64(at + x.X_FPDP, u64(env.fpdp), true)
  memory.view.setBigUint64(at + x.X_XCR0, env.xcr0, true)
  memory.u8.set(env.fptags, at + x.X_FPTAGS)
  memory.u8.set(env.fpregs, at + x.X_FPREGS)
  for (let n = 0; n < XMM_COUNT; n++) {
    const from = n * ZMM_BYTES
    memory.u8.set(env.xmmRegs.subarray(from, from + XMM_BYTES), at + x.X_XMM + n * x.X_XMM_SIZE)
  }
}

function getFpu({ memory, env: at }: TcgVcpu, env: CPUX86State): void {
  for (const [slot, field] of fpuFields) env[field] = memory.view.getUint32(at + slot, true)
  env.fpip = memory.view.getBigUint64(at + x.X_FPIP, true)
  env.fpdp = memory.view.getBigUint64(at + x.X_FPDP, true)
  env.xcr0 = memory.view.getBigUint64(at + x.X_XCR0, true)
  env.fptags.set(memory.u8.subarray(at + x.X_FPTAGS, at + x.X_FPTAGS + env.fptags.length))
  env.fpregs.set(memory.u8.subarray(at + x.X_FPREGS, at + x.X_FPREGS + env.fpregs.length))
  for (let n = 0; n < XMM_COUNT; n++) {
    const from = at + x.X_XMM + n * x.X_XMM_SIZE
    env.xmmRegs.set(memory.u8.subarray(from, from + XMM_BYTES), n * ZMM_BYTES)
  }
}

/** What helpers have to know of CPUID. */
function putFeatures(cpu: X86CPU, put: (slot: number, value: bigint) => void): void {
  const { features } = cpu.env
  put(x.X_FEAT_1_EDX, features[FEAT_1_EDX]!)
  put(x.X_FEAT_1_ECX, features[FEAT_1_ECX]!)
  put(x.X_FEAT_7_EBX, features[FEAT_7_0_EBX]!)
  put(x.X_FEAT_EXT_EDX, features[FEAT_8000_0001_EDX]!)
  const bits = BigInt(cpu.physBits || 40)
  put(x.X_RESERVED_ADDRESS, ((1n << 52n) - 1n) & ~((1n << bits) - 1n))
}

/** What `hasWork` looks at. */
export function tcgGetRuntimeState(vcpu: TcgVcpu): void {
  const { env } = X86_CPU(vcpu.cpu)
  const { view } = vcpu.memory
  env.eflags = BigInt((vcpu.module as X86Module).computeEflags(vcpu.env) >>> 0)
  env.hflags = view.getUint32(vcpu.env + x.X_HFLAGS, true) | (Number(env.eflags) & ~HFLAGS_MASK)
  env.hflags2 = view.getUint32(vcpu.env + x.X_HFLAGS2, true)
}

/** All registers from the block into the CPU's object. */
export function tcgGetRegisters(vcpu: TcgVcpu): void {
  const { env } = X86_CPU(vcpu.cpu)
  const get = (slot: number): bigint => vcpu.memory.view.getBigUint64(vcpu.env + slot, true)
  for (const [slot, field] of fields) env[field] = get(slot)
  for (const [slot, field] of arrays) {
    for (let n = 0; n < env[field].length; n++) env[field][n] = get(slot + n * 8)
  }
  for (const [slot, segment] of segments(env)) {
    segment.selector = Number(get(slot + x.X_SEG_SELECTOR))
    segment.base = get(slot + x.X_SEG_BASE)
    segment.limit = Number(get(slot + x.X_SEG_LIMIT))
    segment.flags = Number(get(slot + x.X_SEG_FLAGS))
  }
  getFpu(vcpu, env)
  tcgGetRuntimeState(vcpu)
}
