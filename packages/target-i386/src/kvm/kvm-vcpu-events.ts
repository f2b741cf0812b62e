// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_SMI,
  type CPUState,
  KVM_PUT_RESET_STATE,
  cpuInterrupt,
  cpuResetInterrupt,
  kvmStateOf,
} from '@dromaius/cpus'
import {
  KVM_MP_STATE_SIPI_RECEIVED,
  KVM_VCPUEVENT_VALID_NMI_PENDING,
  KVM_VCPUEVENT_VALID_PAYLOAD,
  KVM_VCPUEVENT_VALID_SIPI_VECTOR,
  KVM_VCPUEVENT_VALID_SMM,
  KVM_VCPUEVENT_VALID_TRIPLE_FAULT,
  kvmGetVcpuEvents as ioctlGetVcpuEvents,
  kvmSetVcpuEvents,
  kvm_vcpu_events,
} from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import { type CPUX86State, HF2_NMI_MASK, HF2_SMM_INSIDE_NMI_MASK, HF_SMM_MASK } from '../env.js'
import { kvmArchStateOf, kvmIrqchipInKernel } from './kvm-arch-state.js'
import { MSR_IA32_SMBASE } from './msr-index.js'

/** The kernel's `struct kvm_vcpu_events`. */
type KvmVcpuEvents = ReturnType<typeof kvm_vcpu_events.alloc>

/** Which parts of the struct this host understands, and how much is to be written. */
interface VcpuEventsContext {
  hasExceptionPayload: boolean
  hasTripleFaultEvent: boolean
  /** `KVM_PUT_*_STATE` */
  level: number
}

/** Fills `events` with exception, interrupt, NMI, SIPI and triple fault of `env`; system management apart. */
export function packVcpuEvents(env: CPUX86State, context: VcpuEventsContext, events: KvmVcpuEvents): void {
  events.flags = 0
  if (context.hasExceptionPayload) {
    events.flags |= KVM_VCPUEVENT_VALID_PAYLOAD
    events.exception.pending = env.exceptionPending ? 1 : 0
    events.exception_has_payload = env.exceptionHasPayload ? 1 : 0
    events.exception_payload = env.exceptionPayload
  }
  // -1 is "none", 255 in the kernel's byte.
  events.exception.nr = env.exceptionNr & 0xff
  events.exception.injected = env.exceptionInjected ? 1 : 0
  events.exception.has_error_code = env.hasErrorCode ? 1 : 0
  events.exception.error_code = env.errorCode

  events.interrupt.injected = env.interruptInjected >= 0 ? 1 : 0
  events.interrupt.nr = env.interruptInjected & 0xff
  events.interrupt.soft = env.softInterrupt ? 1 : 0

  events.nmi.injected = env.nmiInjected ? 1 : 0
  events.nmi.pending = env.nmiPending ? 1 : 0
  events.nmi.masked = env.hflags2 & HF2_NMI_MASK ? 1 : 0

  events.sipi_vector = env.sipiVector

  if (context.level >= KVM_PUT_RESET_STATE) {
    events.flags |= KVM_VCPUEVENT_VALID_NMI_PENDING
    if (env.mpState === KVM_MP_STATE_SIPI_RECEIVED) events.flags |= KVM_VCPUEVENT_VALID_SIPI_VECTOR
  }
  if (context.hasTripleFaultEvent) {
    events.flags |= KVM_VCPUEVENT_VALID_TRIPLE_FAULT
    events.triple_fault.pending = env.tripleFaultPending ? 1 : 0
  }
}

/** The reverse of `packVcpuEvents`. */
export function unpackVcpuEvents(env: CPUX86State, events: KvmVcpuEvents): void {
  if (events.flags & KVM_VCPUEVENT_VALID_PAYLOAD) {
    env.exceptionPending = events.exception.pending !== 0
    env.exceptionHasPayload = events.exception_has_payload !== 0
    env.exceptionPayload = events.exception_payload
  } else {
    env.exceptionPending = false
    env.exceptionHasPayload = false
  }
  env.exceptionInjected = events.exception.injected !== 0
  env.exceptionNr = env.exceptionPending || env.exceptionInjected ? events.exception.nr : -1
  env.hasErrorCode = events.exception.has_error_code !== 0
  env.errorCode = events.exception.error_code

  env.interruptInjected = events.interrupt.injected ? events.interrupt.nr : -1
  env.softInterrupt = events.interrupt.soft !== 0

  env.nmiInjected = events.nmi.injected !== 0
  env.nmiPending = events.nmi.pending !== 0
  setFlag(env, 'hflags2', HF2_NMI_MASK, events.nmi.masked !== 0)

  if (events.flags & KVM_VCPUEVENT_VALID_TRIPLE_FAULT) {
    env.tripleFaultPending = events.triple_fault.pending !== 0
  }
  env.sipiVector = events.sipi_vector
}

/** Sets or clears `mask` in one of the hidden-flags words. */
function setFlag(env: CPUX86State, word: 'hflags' | 'hflags2', mask: number, on: boolean): void {
  env[word] = on ? env[word] | mask : env[word] & ~mask
}

/** System management mode's part; the kernel takes over what is pending in `interruptRequest`. */
function packSmm(cpu: X86CPU, irqchipInKernel: boolean, events: KvmVcpuEvents): void {
  const { env } = cpu
  events.smi.smm = env.hflags & HF_SMM_MASK ? 1 : 0
  events.smi.smm_inside_nmi = env.hflags2 & HF2_SMM_INSIDE_NMI_MASK ? 1 : 0
  if (irqchipInKernel) {
    events.smi.pending = cpu.interruptRequest & CPU_INTERRUPT_SMI ? 1 : 0
    events.smi.latched_init = cpu.interruptRequest & CPU_INTERRUPT_INIT ? 1 : 0
    cpu.interruptRequest &= ~(CPU_INTERRUPT_INIT | CPU_INTERRUPT_SMI)
  }
  if (!cpu.kvmNoSmiMigration) events.flags |= KVM_VCPUEVENT_VALID_SMM
}

/** The reverse of `packSmm`. */
function unpackSmm(cs: CPUState, env: CPUX86State, events: KvmVcpuEvents): void {
  setFlag(env, 'hflags', HF_SMM_MASK, events.smi.smm !== 0)
  setFlag(env, 'hflags2', HF2_SMM_INSIDE_NMI_MASK, events.smi.smm_inside_nmi !== 0)
  if (events.smi.pending) cpuInterrupt(cs, CPU_INTERRUPT_SMI)
  else cpuResetInterrupt(cs, CPU_INTERRUPT_SMI)
  if (events.smi.latched_init) cpuInterrupt(cs, CPU_INTERRUPT_INIT)
  else cpuResetInterrupt(cs, CPU_INTERRUPT_INIT)
}

/**
 * Writes pending and injected events. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_vcpu_events
 */
export function kvmPutVcpuEvents(cpu: X86CPU, level: number): void {
  const s = kvmStateOf(cpu)
  const state = kvmArchStateOf(s)
  if (!state.hasVcpuEvents) return
  const events = kvm_vcpu_events.alloc()
  const { hasExceptionPayload, hasTripleFaultEvent } = state
  packVcpuEvents(cpu.env, { hasExceptionPayload, hasTripleFaultEvent, level }, events)
  if (state.msrIndexList.has(MSR_IA32_SMBASE)) packSmm(cpu, kvmIrqchipInKernel(s), events)
  kvmSetVcpuEvents(cpu.kvmVcpu!, events)
}

/**
 * Reads pending and injected events. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_vcpu_events
 */
export function kvmGetVcpuEvents(cpu: X86CPU): void {
  if (!kvmArchStateOf(kvmStateOf(cpu)).hasVcpuEvents) return
  const events = kvm_vcpu_events.alloc()
  ioctlGetVcpuEvents(cpu.kvmVcpu!, events)
  unpackVcpuEvents(cpu.env, events)
  if (events.flags & KVM_VCPUEVENT_VALID_SMM) unpackSmm(cpu, cpu.env, events)
}
