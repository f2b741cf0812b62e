// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_MCE,
  CPU_INTERRUPT_NMI,
  CPU_INTERRUPT_POLL,
  CPU_INTERRUPT_SIPI,
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
  kvm_interrupt,
  kvmInterrupt,
  kvmNmi,
} from '@dromaius/native'
import { warnReport } from '@dromaius/util'
import { cpuGetApicBase, cpuGetApicTpr, cpuSetApicBase, cpuSetApicTpr } from '../cpu-apic-device.js'
import { X86_CPU } from '../cpu.js'
import { IF_MASK } from '../cpuid-bits.js'
import { HF_SMM_MASK } from '../env.js'
import { doCpuInit } from '../do-cpu-init.js'
import { cpuGetPicInterrupt } from '../pic.js'
import { kvmArchStateOf, kvmIrqchipInKernel, kvmPicInKernel } from './kvm-arch-state.js'
import { EXCP08_DBLE, EXCP12_MCHK, kvmQueueException } from './kvm-exception.js'

/**
 * What is to be done right before KVM_RUN: a non-maskable interrupt goes in, and a request that has to be handled
 * here first keeps the guest from running. Interrupts of controllers that are not the kernel's go in, too.
 * @qemu target/i386/kvm/kvm.c kvm_arch_pre_run
 * @differs no system management interrupts, no TPR access reports
 */
export function kvmArchPreRun(cs: CPUState, run: KvmRun): void {
  if (cs.interruptRequest !== 0) injectRequests(cs)
  const s = kvmStateOf(cs)
  if (kvmPicInKernel(s)) return
  injectInterrupt(cs, run)
  // The kernel's own local APIC has its CR8.
  if (!kvmIrqchipInKernel(s)) run.cr8 = BigInt(cpuGetApicTpr(X86_CPU(cs).apicState))
}

/** Lets the guest take an interrupt now, or has the kernel say when it can. */
function injectInterrupt(cs: CPUState, run: KvmRun): void {
  const cpu = X86_CPU(cs)
  const open = run.ready_for_interrupt_injection !== 0 && (cpu.env.eflags & IF_MASK) !== 0n
  if (open && cs.interruptRequest & CPU_INTERRUPT_HARD) {
    cs.interruptRequest &= ~CPU_INTERRUPT_HARD
    const irq = cpuGetPicInterrupt(cpu)
    if (irq >= 0) {
      const interrupt = kvm_interrupt.alloc()
      interrupt.irq = irq
      try {
        kvmInterrupt(cs.kvmVcpu!, interrupt)
      } catch (error) {
        if (!(error instanceof HostError)) throw error
        warnReport(`Injection failed, interrupt lost: ${error.message}`)
      }
    }
  }
  run.request_interrupt_window = cs.interruptRequest & CPU_INTERRUPT_HARD ? 1 : 0
}

function injectRequests(cs: CPUState): void {
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
  // The bits below those of CR8 stay as they were written to the APIC's register.
  const tpr = Number(run.cr8)
  if (tpr !== cpuGetApicTpr(apicState)) cpuSetApicTpr(apicState, tpr)
  const base = run.apic_base
  if (base === cpuGetApicBase(apicState)) return
  // An emulated APIC does what its guest's write asks for.
  if (apicState?.writeBase) apicState.writeBase(base)
  else cpuSetApicBase(apicState, base)
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
 * Handles what other threads and devices asked of the vCPU before it runs: machine checks and INIT, and with an APIC that is
 * not the kernel's a look at it and start-up IPIs. Returns whether it is halted; with the kernel's APIC that is for the kernel
 * to know.
 * @qemu target/i386/kvm/kvm.c kvm_arch_process_async_events
 * @differs no TPR access reports
 */
export function kvmArchProcessAsyncEvents(cs: CPUState): boolean {
  const inKernel = kvmIrqchipInKernel(kvmStateOf(cs))
  if (cs.interruptRequest === 0) return !inKernel && cs.halted
  const cpu = X86_CPU(cs)
  if (cs.interruptRequest & CPU_INTERRUPT_MCE) processMce(cs)
  if (cs.interruptRequest & CPU_INTERRUPT_INIT && !(cpu.env.hflags & HF_SMM_MASK)) {
    cpuSynchronizeState(cs)
    doCpuInit(cpu)
  }
  if (inKernel) return false
  if (cs.interruptRequest & CPU_INTERRUPT_POLL) {
    cs.interruptRequest &= ~CPU_INTERRUPT_POLL
    cpu.apicState?.pollIrq?.()
  }
  const hard = cs.interruptRequest & CPU_INTERRUPT_HARD && (cpu.env.eflags & IF_MASK) !== 0n
  if (hard || cs.interruptRequest & CPU_INTERRUPT_NMI) cs.halted = false
  if (cs.interruptRequest & CPU_INTERRUPT_SIPI) {
    cpuSynchronizeState(cs)
    cpu.apicState?.sipi?.()
  }
  return cs.halted
}
