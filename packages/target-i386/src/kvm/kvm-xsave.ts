// SPDX-License-Identifier: GPL-2.0-or-later
import { type KVMState, kvmStateOf } from '@dromaius/cpus'
import {
  KVM_CAP_XSAVE2,
  kvmGetXsave as ioctlGetXsave,
  kvmGetXsave2 as ioctlGetXsave2,
  kvmSetXsave,
} from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { cpuidFindEntry, getSupportedCpuid } from './kvm-cpuid.js'
import { kvmGetFpu, kvmPutFpu } from './kvm-fpu.js'
import { kvmVcpuStateOf } from './kvm-vcpu-state.js'
import { type XsaveComponent, xsaveComponents } from './kvm-xsave-layout.js'

/** Offsets in the legacy region, the FXSAVE image (SDM volume 1, table 10-2). */
const FCW = 0
const FSW = 2
const FTW = 4
const FOP = 6
const FIP = 8
const FDP = 16
const MXCSR = 24
const MXCSR_MASK = 28
const ST0 = 32
const XMM0 = 160
/** Offset of XSTATE_BV, the first field of the XSAVE header. */
const XSTATE_BV = 512
/** The MXCSR bits that all CPUs with SSE2 have. */
const MXCSR_MASK_DEFAULT = 0xffff
/** Bytes of `struct kvm_xsave`. */
const KVM_XSAVE_SIZE = 4096

/** A component of the extended region and its place in this host's XSAVE areas. */
export interface PlacedComponent {
  readonly component: XsaveComponent
  /** Bytes from the start of the area. */
  readonly offset: number
}

/**
 * Where the host puts each component that it supports. Hosts differ: those that never had MPX leave no hole for it.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_xsave_init
 */
function kvmXsaveLayout(s: KVMState): PlacedComponent[] {
  const layout: PlacedComponent[] = []
  for (const component of xsaveComponents) {
    const entry = cpuidFindEntry(getSupportedCpuid(s), 0xd, component.bit)
    if (entry !== undefined && entry.eax === component.size) {
      layout.push({ component, offset: entry.ebx })
    }
  }
  return layout
}

/** The component's bytes in `buf`, or null when it reaches beyond the end. */
function areaOf({ component, offset }: PlacedComponent, buf: Uint8Array): DataView | null {
  if (offset + component.size > buf.length) return null
  return new DataView(buf.buffer, buf.byteOffset + offset, component.size)
}

/**
 * Writes the x87, SSE and extended state of `env` into an XSAVE area in standard format (SDM volume 1, 13.4).
 * @qemu target/i386/xsave_helper.c x86_cpu_xsave_all_areas
 */
export function x86CpuXsaveAllAreas(
  env: CPUX86State,
  layout: readonly PlacedComponent[],
  buf: Uint8Array,
): void {
  const view = new DataView(buf.buffer, buf.byteOffset, buf.length)
  buf.fill(0)
  view.setUint16(FCW, env.fpuc, true)
  view.setUint16(FSW, (env.fpus & ~(7 << 11)) | ((env.fpstt & 7) << 11), true)
  let ftw = 0
  for (let i = 0; i < 8; i++) if (env.fptags[i] === 0) ftw |= 1 << i
  view.setUint8(FTW, ftw)
  view.setUint16(FOP, env.fpop, true)
  view.setBigUint64(FIP, env.fpip, true)
  view.setBigUint64(FDP, env.fpdp, true)
  view.setUint32(MXCSR, env.mxcsr, true)
  view.setUint32(MXCSR_MASK, MXCSR_MASK_DEFAULT, true)
  buf.set(env.fpregs, ST0)
  for (let i = 0; i < 16; i++) buf.set(env.xmmRegs.subarray(i * 64, i * 64 + 16), XMM0 + i * 16)
  view.setBigUint64(XSTATE_BV, env.xstateBv, true)
  for (const placed of layout) {
    const area = areaOf(placed, buf)
    if (area !== null) placed.component.save(env, area)
  }
}

/**
 * The reverse of `x86CpuXsaveAllAreas`.
 * @qemu target/i386/xsave_helper.c x86_cpu_xrstor_all_areas
 */
export function x86CpuXrstorAllAreas(
  env: CPUX86State,
  layout: readonly PlacedComponent[],
  buf: Uint8Array,
): void {
  const view = new DataView(buf.buffer, buf.byteOffset, buf.length)
  env.fpuc = view.getUint16(FCW, true)
  const fsw = view.getUint16(FSW, true)
  env.fpstt = (fsw >> 11) & 7
  env.fpus = fsw & ~(7 << 11)
  const ftw = view.getUint8(FTW)
  for (let i = 0; i < 8; i++) env.fptags[i] = (ftw >> i) & 1 ? 0 : 1
  env.fpop = view.getUint16(FOP, true)
  env.fpip = view.getBigUint64(FIP, true)
  env.fpdp = view.getBigUint64(FDP, true)
  env.mxcsr = view.getUint32(MXCSR, true)
  env.fpregs.set(buf.subarray(ST0, ST0 + 128))
  for (let i = 0; i < 16; i++) env.xmmRegs.set(buf.subarray(XMM0 + i * 16, XMM0 + i * 16 + 16), i * 64)
  env.xstateBv = view.getBigUint64(XSTATE_BV, true)
  for (const placed of layout) {
    const area = areaOf(placed, buf)
    if (area !== null) placed.component.restore(env, area)
  }
}

/**
 * Makes the buffer for the XSAVE ioctls, as large as the host's components need.
 * @qemu target/i386/kvm/kvm.c kvm_init_xsave
 */
export function kvmInitXsave(cpu: X86CPU): void {
  const s = kvmStateOf(cpu)
  const state = kvmVcpuStateOf(cpu)
  if (!kvmArchStateOf(s).hasXsave) return
  const size = s.checkExtension(KVM_CAP_XSAVE2)
  state.hasXsave2 = size > 0
  state.xsaveBuf = new Uint8Array(size > 0 ? Math.ceil(size / 4096) * 4096 : KVM_XSAVE_SIZE)
  state.xsaveLayout = kvmXsaveLayout(s)
}

/**
 * Writes x87, SSE and extended state. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_xsave
 */
export function kvmPutXsave(cpu: X86CPU): void {
  const { xsaveBuf, xsaveLayout } = kvmVcpuStateOf(cpu)
  if (xsaveBuf === null) {
    kvmPutFpu(cpu)
    return
  }
  x86CpuXsaveAllAreas(cpu.env, xsaveLayout, xsaveBuf)
  kvmSetXsave(cpu.kvmVcpu!, xsaveBuf)
}

/**
 * Reads x87, SSE and extended state. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_xsave
 */
export function kvmGetXsave(cpu: X86CPU): void {
  const { xsaveBuf, xsaveLayout, hasXsave2 } = kvmVcpuStateOf(cpu)
  if (xsaveBuf === null) {
    kvmGetFpu(cpu)
    return
  }
  const get = hasXsave2 ? ioctlGetXsave2 : ioctlGetXsave
  get(cpu.kvmVcpu!, xsaveBuf)
  x86CpuXrstorAllAreas(cpu.env, xsaveLayout, xsaveBuf)
}
