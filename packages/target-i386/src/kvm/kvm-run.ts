// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_MCE,
  CPU_INTERRUPT_NMI,
  type CPUState,
  cpuSynchronizeState,
  kvmStateOf,
  qemuSystemResetRequest,
} from '@dromaius/cpus'
import {
  HostError,
  KVM_MP_STATE_HALTED,
  KVM_MP_STATE_RUNNABLE,
  KVM_RUN_X86_SMM,
  type KvmRun,
  kvmNmi,
} from '@dromaius/native'
import { warnReport } from '@dromaius/util'
import { cpuGetApicBase, cpuSetApicBase, cpuSetApicTpr } from '../cpu-apic-device.js'
import { X86_CPU } from '../cpu.js'
import { IF_MASK } from '../cpuid-bits.js'
import { HF_SMM_MASK } from '../env.js'
import { doCpuInit } from '../do-cpu-init.js'
import { kvmArchStateOf, kvmIrqchipInKernel } from './kvm-arch-state.js'
import { EXCP08_DBLE, EXCP12_MCHK, kvmQueueException } from './kvm-exception.js'

/**
 * What is to be done right before KVM_RUN: a non-maskable interrupt goes in, and a request that has to be handled
 * here first keeps the guest from running.
 * @qemu target/i386/kvm/kvm.c kvm_arch_pre_run
 * @differs the interrupt controllers are always the kernel's, so there is no interrupt to inject and no TPR to set;
 *   no system management interrupts
 */
export function kvmArchPreRun(cs: CPUState, _run: KvmRun): void {
  if (cs.interruptRequest === 0) return
  if (cs.interruptRequest & CPU_INTERRUPT_NMI) {
    cs.interruptRequest &= ~CPU_INTERRUPT_NMI
    try {
      kvmNmi(cs.kvmVcpu!)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      warnReport(`Injection failed, NMI lost: ${error.message}`)
    }
  }
  // Out of the inner loop, where kvmArchProcessAsyncEvents takes it.
  if (cs.interruptRequest & CPU_INTERRUPT_INIT && !(X86_CPU(cs).env.hflags & HF_SMM_MASK))
    cs.exitRequest = true
}

/**
 * Takes over what every exit tells: the interrupt flag, CR8 and the APIC's base.
 * @qemu target/i386/kvm/kvm.c kvm_arch_post_run
 */
export function kvmArchPostRun(cs: CPUState, run: KvmRun): void {
  const cpu = X86_CPU(cs)
  const { env, apicState } = cpu
  if (run.flags & KVM_RUN_X86_SMM) env.hflags |= HF_SMM_MASK
  else env.hflags &= ~HF_SMM_MASK
  // This runs at every exit: nothing new is made where nothing has changed.
  if (((env.eflags & IF_MASK) !== 0n) !== (run.if_flag !== 0)) env.eflags ^= IF_MASK
  cpuSetApicTpr(apicState, Number(run.cr8))
  const base = run.apic_base
  if (base !== cpuGetApicBase(apicState)) cpuSetApicBase(apicState, base)
}

/** A machine check that was raised here becomes an exception; one inside a double fault resets the machine. */
function processMce(cs: CPUState): void {
  const { env } = X86_CPU(cs)
  cs.interruptRequest &= ~CPU_INTERRUPT_MCE
  cpuSynchronizeState(cs)
  if (env.exceptionNr === EXCP08_DBLE) {
    qemuSystemResetRequest(cs.system, 'guest-reset')
    cs.exitRequest = true
    return
  }
  const s = kvmStateOf(cs)
  kvmQueueException(env, EXCP12_MCHK, null, kvmArchStateOf(s).hasExceptionPayload)
  env.hasErrorCode = false
  cs.halted = false
  if (kvmIrqchipInKernel(s) && env.mpState === KVM_MP_STATE_HALTED) env.mpState = KVM_MP_STATE_RUNNABLE
}

/**
 * Handles what other threads and devices asked of the vCPU before it runs: machine checks and INIT. Returns whether
 * it is halted; with the kernel's APIC that is for the kernel to know.
 * @qemu target/i386/kvm/kvm.c kvm_arch_process_async_events
 * @differs the APIC is always the kernel's, so there is no polling, SIPI or TPR access to handle
 */
export function kvmArchProcessAsyncEvents(cs: CPUState): boolean {
  if (cs.interruptRequest === 0) return false
  const cpu = X86_CPU(cs)
  if (cs.interruptRequest & CPU_INTERRUPT_MCE) processMce(cs)
  if (cs.interruptRequest & CPU_INTERRUPT_INIT && !(cpu.env.hflags & HF_SMM_MASK)) {
    cpuSynchronizeState(cs)
    doCpuInit(cpu)
  }
  return false
}
