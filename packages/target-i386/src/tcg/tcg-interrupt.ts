// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interrupts and exceptions of a translated CPU (QEMU's target/i386/tcg/seg_helper.c and sysemu/seg_helper.c).

import {
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_NMI,
  CPU_INTERRUPT_POLL,
  CPU_INTERRUPT_SIPI,
  CPU_INTERRUPT_VIRQ,
  cpuHasWork,
  cpuSynchronizeState,
  qemuSystemResetRequest,
} from '@dromaius/cpus'
import {
  ENV_ERROR_CODE,
  ENV_EXCEPTION_INDEX,
  ENV_EXCEPTION_IS_INT,
  ENV_EXCEPTION_NEXT_PC,
  type TcgVcpu,
} from '@dromaius/tcg'
import { LOG_CPU_RESET, qemuLogMask } from '@dromaius/util'
import { X86_CPU, type X86CPU } from '../cpu.js'
import { x86CpuDumpState } from '../cpu-dump.js'
import { x86CpuPendingInterrupt } from '../cpu-class.js'
import { doCpuInit } from '../do-cpu-init.js'
import { HF2_NMI_MASK } from '../env.js'
import { cpuGetPicInterrupt } from '../pic.js'
import type { X86Module } from './tcg-module.js'
import { tcgGetRegisters, tcgGetRuntimeState } from './tcg-state.js'
import * as x from './x86-layout.js'

const EXCP02_NMI = 2
/** The exception index of EXCP_HLT and its like begins here. */
const EXCP_LOOP = 0x10000

/** A double fault could not be delivered: the processor shuts down, and the board resets it. @qemu target/i386/tcg/excp_helper.c check_exception */
function tripleFault(vcpu: TcgVcpu): void {
  qemuLogMask(LOG_CPU_RESET, () => {
    tcgGetRegisters(vcpu)
    return `Triple fault\n${x86CpuDumpState(X86_CPU(vcpu.cpu))}`
  })
  qemuSystemResetRequest(vcpu.cpu.system, 'guest-reset')
}

function deliver(
  vcpu: TcgVcpu,
  vector: number,
  isInt: number,
  error: number,
  next: bigint,
  isHw: number,
): number {
  const module = vcpu.module as X86Module
  if (module.doInterruptAll(vcpu.env, vector, isInt, error, next, isHw) === 0) return -1
  tripleFault(vcpu)
  return x.EXCP_HLT
}

/** @qemu target/i386/tcg/sysemu/seg_helper.c x86_cpu_do_interrupt */
export function x86CpuDoInterrupt(vcpu: TcgVcpu): number {
  const { view } = vcpu.memory
  const vector = view.getInt32(vcpu.env + ENV_EXCEPTION_INDEX, true)
  if (vector === x.EXCP_MWAIT) return vcpu.cpu.system.cpus.length > 1 ? x.EXCP_INTERRUPT : x.EXCP_HLT
  if (vector >= EXCP_LOOP) return vector
  const isInt = view.getUint32(vcpu.env + ENV_EXCEPTION_IS_INT, true)
  const error = view.getUint32(vcpu.env + ENV_ERROR_CODE, true)
  const next = view.getBigUint64(vcpu.env + ENV_EXCEPTION_NEXT_PC, true)
  return deliver(vcpu, vector, isInt, error, next, 0)
}

/**
 * Whether a halted CPU goes on; what was noted for its APIC from elsewhere is looked at first.
 * @qemu accel/tcg/cpu-exec.c cpu_handle_halt
 */
export function x86CpuExecHalt({ cpu }: TcgVcpu): boolean {
  if (cpu.interruptRequest & CPU_INTERRUPT_POLL) pollIrq(X86_CPU(cpu))
  return cpuHasWork(cpu)
}

function pollIrq(cpu: X86CPU): void {
  cpu.interruptRequest &= ~CPU_INTERRUPT_POLL
  cpu.apicState?.pollIrq?.()
}

/** @qemu target/i386/tcg/sysemu/seg_helper.c x86_cpu_exec_interrupt */
export function x86CpuExecInterrupt(vcpu: TcgVcpu, interruptRequest: number): boolean {
  const { cpu } = vcpu
  const x86 = X86_CPU(cpu)
  if (interruptRequest & CPU_INTERRUPT_INIT) {
    cpuSynchronizeState(cpu)
    doCpuInit(x86)
    return true
  }
  tcgGetRuntimeState(vcpu)
  switch (x86CpuPendingInterrupt(cpu, interruptRequest)) {
    case 0:
      return false
    case CPU_INTERRUPT_POLL:
      pollIrq(x86)
      return true
    case CPU_INTERRUPT_SIPI:
      cpu.interruptRequest &= ~CPU_INTERRUPT_SIPI
      x86.apicState?.sipi?.()
      return true
    case CPU_INTERRUPT_NMI: {
      cpu.interruptRequest &= ~CPU_INTERRUPT_NMI
      x86.env.hflags2 |= HF2_NMI_MASK
      vcpu.memory.view.setUint32(vcpu.env + x.X_HFLAGS2, x86.env.hflags2, true)
      deliver(vcpu, EXCP02_NMI, 0, 0, 0n, 1)
      return true
    }
    case CPU_INTERRUPT_HARD: {
      cpu.interruptRequest &= ~(CPU_INTERRUPT_HARD | CPU_INTERRUPT_VIRQ)
      const vector = cpuGetPicInterrupt(x86)
      if (vector >= 0) deliver(vcpu, vector, 0, 0, 0n, 1)
      return true
    }
    default:
      return false
  }
}
