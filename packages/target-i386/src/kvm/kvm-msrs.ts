// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, kvmStateOf } from '@dromaius/cpus'
import { kvmGetMsrs as ioctlGetMsrs, kvmSetMsrs, kvm_msrs } from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmMsrsInGetOrder } from './kvm-msr-get-order.js'
import type { KvmMsrRow } from './kvm-msr-row.js'
import { kvmVcpuStateOf } from './kvm-vcpu-state.js'
import { MSR_IA32_FEATURE_CONTROL, MSR_IA32_TSC, MSR_IA32_TSCDEADLINE } from './msr-index.js'

/** One MSR on its way to the vCPU: number and value, 64 bits. */
export interface KvmMsrValue {
  readonly index: number
  readonly value: bigint
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`

/**
 * Writes MSRs in order. KVM stops at the first one that it refuses; that one is left out and the rest is written all
 * the same. Returns the refused ones. Throws HostError when the ioctl itself fails.
 * @qemu target/i386/kvm/kvm.c kvm_buf_set_msrs
 * @differs QEMU aborts when the host refuses an MSR; some hosts list MSRs that they then do not let be written, and
 *   a guest that never uses the feature runs well without
 */
export function kvmBufSetMsrs(cs: CPUState, values: readonly KvmMsrValue[]): KvmMsrValue[] {
  const refused: KvmMsrValue[] = []
  let rest = values
  while (rest.length > 0) {
    const msrs = kvm_msrs.allocWith(rest.length)
    msrs.nmsrs = rest.length
    rest.forEach(({ index, value }, i) => {
      const entry = msrs.entries[i]
      entry.index = index
      entry.data = value
    })
    const done = kvmSetMsrs(cs.kvmVcpu!, msrs)
    if (done >= rest.length) break
    refused.push(rest[done])
    rest = rest.slice(done + 1)
  }
  const state = kvmArchStateOf(kvmStateOf(cs))
  for (const { index, value } of refused) {
    state.warnOnce(`KVM refuses to set MSR ${hex(index)} to ${hex(value)}; it is left as it is`)
  }
  return refused
}

/**
 * Reads one MSR (64 bits); null when the host refuses. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_one_msr
 */
export function kvmGetOneMsr(cs: CPUState, index: number): bigint | null {
  const msrs = kvm_msrs.allocWith(1)
  msrs.nmsrs = 1
  msrs.entries[0].index = index
  return ioctlGetMsrs(cs.kvmVcpu!, msrs) === 1 ? msrs.entries[0].data : null
}

/**
 * Writes one MSR; one that the host refuses is warned about once. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_one_msr
 */
export function kvmPutOneMsr(cs: CPUState, index: number, value: bigint): void {
  kvmBufSetMsrs(cs, [{ index, value }])
}

/**
 * Writes the MSRs of a level; those that the host refuses are not tried again. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_msrs
 */
export function kvmPutMsrs(cpu: X86CPU, level: number): void {
  const state = kvmVcpuStateOf(cpu)
  const values = state.msrRows
    .filter(({ putLevel, putIf }) => level >= putLevel && (putIf?.(cpu.env) ?? true))
    .filter(({ index }) => !state.refusedMsrs.has(index))
    .map((row) => ({ index: row.index, value: row.read(cpu.env) }))
  for (const { index } of kvmBufSetMsrs(cpu, values)) state.refusedMsrs.add(index)
}

/** Rows that are to be read now: the TSC is not read again while the machine is stopped, or it would drift. */
function rowsToGet(cpu: X86CPU): KvmMsrRow[] {
  const { msrRows } = kvmVcpuStateOf(cpu)
  return kvmMsrsInGetOrder(msrRows).filter(({ index }) => !(index === MSR_IA32_TSC && cpu.env.tscValid))
}

/**
 * Reads every MSR of the vCPU into `env`; those that the host refuses are warned about once and not asked for again.
 * Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_msrs
 */
export function kvmGetMsrs(cpu: X86CPU): void {
  const state = kvmVcpuStateOf(cpu)
  const machine = kvmArchStateOf(kvmStateOf(cpu))
  let rest = rowsToGet(cpu)
  if (!cpu.env.tscValid) cpu.env.tscValid = !cpu.system.runState.is('running')
  while (rest.length > 0) {
    const msrs = kvm_msrs.allocWith(rest.length)
    msrs.nmsrs = rest.length
    rest.forEach(({ index }, i) => {
      msrs.entries[i].index = index
    })
    const done = ioctlGetMsrs(cpu.kvmVcpu!, msrs)
    for (let i = 0; i < done; i++) rest[i].write!(cpu.env, msrs.entries[i].data)
    if (done >= rest.length) return
    const refused = rest[done]
    machine.warnOnce(`KVM refuses to read MSR ${hex(refused.index)}; it is left out`)
    state.msrRows = state.msrRows.filter(({ index }) => index !== refused.index)
    rest = rest.slice(done + 1)
  }
}

/**
 * Writes the APIC timer's deadline, after the APIC's own state is in. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_tscdeadline_msr
 */
export function kvmPutTscdeadlineMsr(cpu: X86CPU): void {
  if (!kvmArchStateOf(kvmStateOf(cpu)).msrIndexList.has(MSR_IA32_TSCDEADLINE)) return
  kvmPutOneMsr(cpu, MSR_IA32_TSCDEADLINE, cpu.env.tscDeadline)
}

/**
 * Writes the feature control MSR by itself and before anything else: on reset it takes the vCPU out of VMX operation,
 * which would spoil state that is written earlier. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_msr_feature_control
 */
export function kvmPutMsrFeatureControl(cpu: X86CPU): void {
  if (!kvmVcpuStateOf(cpu).hasMsrFeatureControl) return
  kvmPutOneMsr(cpu, MSR_IA32_FEATURE_CONTROL, cpu.env.msrIa32FeatureControl)
}
