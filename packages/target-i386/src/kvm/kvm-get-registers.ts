// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, kvmStateOf } from '@dromaius/cpus'
import { X86_CPU } from '../cpu.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmGetApic } from './kvm-apic-state.js'
import { kvmGetDebugregs } from './kvm-debugregs.js'
import { kvmGetMpState } from './kvm-mp-state.js'
import { kvmGetMsrs } from './kvm-msrs.js'
import { kvmGetNestedState } from './kvm-nested-state.js'
import { kvmGetputRegs } from './kvm-regs.js'
import { kvmGetSregs, kvmGetSregs2 } from './kvm-sregs.js'
import { kvmGetVcpuEvents } from './kvm-vcpu-events.js'
import { kvmGetXcrs } from './kvm-xcrs.js'
import { kvmGetXsave } from './kvm-xsave.js'

/**
 * Reads the whole state of a stopped vCPU from KVM. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_arch_get_registers
 */
export function kvmArchGetRegisters(cs: CPUState): void {
  const cpu = X86_CPU(cs)
  const state = kvmArchStateOf(kvmStateOf(cs))

  kvmGetVcpuEvents(cpu)
  // Before the registers: KVM_GET_MP_STATE takes a pending INIT or SIPI in, which changes CS and RIP.
  kvmGetMpState(cpu)
  kvmGetputRegs(cpu, false)
  kvmGetXsave(cpu)
  if (state.hasXcrs) kvmGetXcrs(cpu)
  if (state.hasSregs2) kvmGetSregs2(cpu)
  else kvmGetSregs(cpu)
  kvmGetMsrs(cpu)
  kvmGetApic(cpu)
  if (state.hasDebugregs) kvmGetDebugregs(cpu)
  kvmGetNestedState(cpu)
}
