// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, KVM_PUT_FULL_STATE, KVM_PUT_RESET_STATE, kvmStateOf } from '@dromaius/cpus'
import { X86_CPU } from '../cpu.js'
import { hypervX86SynicUpdate } from './hyperv-synic.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmPutDebugregs } from './kvm-debugregs.js'
import { kvmPutMpState } from './kvm-mp-state.js'
import { kvmPutMsrFeatureControl, kvmPutMsrs, kvmPutTscdeadlineMsr } from './kvm-msrs.js'
import { kvmPutNestedState } from './kvm-nested-state.js'
import { kvmGetputRegs } from './kvm-regs.js'
import { kvmPutSregs, kvmPutSregs2 } from './kvm-sregs.js'
import { kvmArchSetTscKhz } from './kvm-tsc.js'
import { kvmPutVcpuEvents } from './kvm-vcpu-events.js'
import { kvmPutXcrs } from './kvm-xcrs.js'
import { kvmPutXsave } from './kvm-xsave.js'

/**
 * Writes the CPU's state to KVM; `level` says how much: what a stop for an exit may have changed
 * (`KVM_PUT_RUNTIME_STATE`), what a reset does too, or all. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_arch_put_registers
 * @differs hosts without KVM_CAP_VCPU_EVENTS (before 2.6.33) or KVM_CAP_X86_ROBUST_SINGLESTEP (2.6.35) get no
 *   workaround
 */
export function kvmArchPutRegisters(cs: CPUState, level: number): void {
  const cpu = X86_CPU(cs)
  const state = kvmArchStateOf(kvmStateOf(cs))

  // First of all: on reset this takes the vCPU out of VMX operation.
  if (level >= KVM_PUT_RESET_STATE) kvmPutMsrFeatureControl(cpu)

  // Mode and EFER come before what depends on them.
  if (state.hasSregs2) kvmPutSregs2(cpu)
  else kvmPutSregs(cpu)

  if (level >= KVM_PUT_RESET_STATE) kvmPutNestedState(cpu)

  // A frequency that the host cannot give was reported when the vCPU was made; the state goes in all the same.
  if (level === KVM_PUT_FULL_STATE) kvmArchSetTscKhz(cs)

  kvmGetputRegs(cpu, true)
  kvmPutXsave(cpu)
  if (state.hasXcrs) kvmPutXcrs(cpu)
  kvmPutMsrs(cpu, level)
  kvmPutVcpuEvents(cpu, level)
  // State that was loaded may have the controller's pages elsewhere.
  if (level === KVM_PUT_FULL_STATE) hypervX86SynicUpdate(cpu)
  if (level >= KVM_PUT_RESET_STATE) kvmPutMpState(cpu)

  // After the APIC's mode (in the special registers), or the kernel drops the deadline.
  kvmPutTscdeadlineMsr(cpu)
  if (state.hasDebugregs) kvmPutDebugregs(cpu)
}
