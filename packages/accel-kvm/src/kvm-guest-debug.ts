// SPDX-License-Identifier: GPL-2.0-or-later
import {
  asyncRunOnCpu,
  type CPUState,
  GDB_BREAKPOINT_SW,
  type GdbBreakpointType,
  kvmArch,
  kvmStateOf,
  type KvmSwBreakpoint,
  SSTEP_NOIRQ,
} from '@dromaius/cpus'
import {
  kvm_guest_debug,
  KVM_GUESTDBG_BLOCKIRQ,
  KVM_GUESTDBG_ENABLE,
  KVM_GUESTDBG_SINGLESTEP,
  kvmSetGuestDebug,
} from '@dromaius/native'
import type { KVMState } from './kvm-state.js'
import { vcpuOf } from './kvm-vcpu.js'

const ENOENT = 2
const EINVAL = 22

/**
 * Tells KVM what stops this CPU: breakpoints, watchpoints, every instruction. A CPU in guest code is told as soon
 * as it comes out, which a kick sees to.
 * @qemu accel/kvm/kvm-all.c kvm_update_guest_debug
 */
export function kvmUpdateGuestDebug(cpu: CPUState): void {
  if (cpu.running) asyncRunOnCpu(cpu, setGuestDebug)
  else setGuestDebug(cpu)
}

/** @qemu accel/kvm/kvm-all.c kvm_invoke_set_guest_debug */
function setGuestDebug(cpu: CPUState): void {
  const dbg = kvm_guest_debug.alloc()
  if (cpu.singlestepEnabled !== 0) {
    dbg.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP
    if ((cpu.singlestepEnabled & SSTEP_NOIRQ) !== 0) dbg.control |= KVM_GUESTDBG_BLOCKIRQ
  }
  kvmArch().kvmArchUpdateGuestDebug(cpu, dbg)
  kvmSetGuestDebug(vcpuOf(cpu), dbg)
}

/** @qemu accel/kvm/kvm-all.c kvm_find_sw_breakpoint */
export function kvmFindSwBreakpoint(s: KVMState, pc: bigint): KvmSwBreakpoint | undefined {
  return s.swBreakpoints.find((bp) => bp.pc === pc)
}

/**
 * Sets a breakpoint or watchpoint on every CPU of the machine.
 *
 * @returns 0, or a negative errno
 * @qemu accel/kvm/kvm-all.c kvm_insert_breakpoint
 */
export function kvmInsertBreakpoint(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  const s = kvmStateOf(cpu) as KVMState
  if (type === GDB_BREAKPOINT_SW) {
    const known = kvmFindSwBreakpoint(s, address)
    if (known) {
      known.useCount++
      return 0
    }
    const bp: KvmSwBreakpoint = { pc: address, savedInsn: 0, useCount: 1 }
    if (!kvmArch().kvmArchInsertSwBreakpoint(cpu, bp)) return -EINVAL
    s.swBreakpoints.unshift(bp)
  } else {
    const error = kvmArch().kvmArchInsertHwBreakpoint(s, address, length, type)
    if (error !== 0) return error
  }
  s.system.cpus.forEach(kvmUpdateGuestDebug)
  return 0
}

/** @qemu accel/kvm/kvm-all.c kvm_remove_breakpoint */
export function kvmRemoveBreakpoint(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  const s = kvmStateOf(cpu) as KVMState
  if (type === GDB_BREAKPOINT_SW) {
    const bp = kvmFindSwBreakpoint(s, address)
    if (!bp) return -ENOENT
    if (--bp.useCount > 0) return 0
    if (!kvmArch().kvmArchRemoveSwBreakpoint(cpu, bp)) return -EINVAL
    s.swBreakpoints.splice(s.swBreakpoints.indexOf(bp), 1)
  } else {
    const error = kvmArch().kvmArchRemoveHwBreakpoint(s, address, length, type)
    if (error !== 0) return error
  }
  s.system.cpus.forEach(kvmUpdateGuestDebug)
  return 0
}

/** @qemu accel/kvm/kvm-all.c kvm_remove_all_breakpoints */
export function kvmRemoveAllBreakpoints(cpu: CPUState): void {
  const s = kvmStateOf(cpu) as KVMState
  for (const bp of s.swBreakpoints.splice(0)) {
    // Memory that this CPU does not map may still be mapped by another one.
    if (kvmArch().kvmArchRemoveSwBreakpoint(cpu, bp)) continue
    s.system.cpus.find((other) => kvmArch().kvmArchRemoveSwBreakpoint(other, bp))
  }
  kvmArch().kvmArchRemoveAllHwBreakpoints(s)
  s.system.cpus.forEach(kvmUpdateGuestDebug)
}
