// SPDX-License-Identifier: GPL-2.0-or-later
import type { AccelState } from './accel.js'
import type { CPUState } from './cpu-state.js'
import type { KvmPutState } from './constants.js'
import type { kvm_guest_debug, KvmRun, StructView } from '@dromaius/native'
import type { SystemState } from './system-state.js'

/**
 * One VM of /dev/kvm, as an architecture's code and the in-kernel devices need it; accel-kvm implements it.
 * @qemu include/sysemu/kvm_int.h KVMState
 */
export interface KVMState extends AccelState {
  /** Descriptor of /dev/kvm. */
  readonly fd: number
  /** Descriptor of the VM. */
  readonly vmfd: number
  readonly system: SystemState
  /** Where the interrupt controllers are: all in the kernel, the local APICs only, or none. */
  readonly kernelIrqchip: 'on' | 'split' | 'off'
  /** Routes of interrupts, null while none of the kernel's controllers is there. */
  readonly irqRouting: KvmMsiRoutes | null
  /** Software breakpoints of all vCPUs. */
  readonly swBreakpoints: KvmSwBreakpoint[]
  /** KVM_CHECK_EXTENSION on /dev/kvm, 0 when the kernel does not know it. */
  checkExtension(cap: number): number
  /** KVM_CHECK_EXTENSION on the VM. */
  vmCheckExtension(cap: number): number
}

/** Messages that the kernel sends for global system interrupts; accel-kvm's KvmIrqRouting implements it. */
export interface KvmMsiRoutes {
  /** Takes the first free GSI for a message. */
  addMsiRoute(msi: { address: bigint; data: number }): number
  /** Gives GSIs other messages. */
  updateMsiRoutes(routes: ReadonlyMap<number, { address: bigint; data: number }>): void
}

/** @qemu include/sysemu/kvm.h KVMCapabilityInfo */
export interface KVMCapabilityInfo {
  name: string
  cap: number
}

/** The kernel's description of debugging, ready for KVM_SET_GUEST_DEBUG. KVM API 4.87 */
export type KvmGuestDebug = StructView<(typeof kvm_guest_debug)['fields']>

/** A software breakpoint and what stood in its place. @qemu include/sysemu/kvm.h kvm_sw_breakpoint */
export interface KvmSwBreakpoint {
  pc: bigint
  savedInsn: number
  useCount: number
}

/**
 * What an architecture does for KVM. accel-kvm calls it; target-i386/kvm implements it.
 */
export interface KvmArchOps {
  readonly kvmArchRequiredCapabilities: readonly KVMCapabilityInfo[]
  kvmArchInit(s: KVMState): void
  /** Creates the interrupt controllers in another way than KVM_CREATE_IRQCHIP; false if it does not. */
  kvmArchIrqchipCreate(s: KVMState): boolean
  kvmArchInitIrqRouting(s: KVMState): void

  kvmArchVcpuId(cpu: CPUState): number
  kvmArchInitVcpu(cpu: CPUState): void
  kvmArchDestroyVcpu(cpu: CPUState): void
  kvmArchResetVcpu(cpu: CPUState): void
  kvmArchPutRegisters(cpu: CPUState, level: KvmPutState): void
  kvmArchGetRegisters(cpu: CPUState): void

  kvmArchPreRun(cpu: CPUState, run: KvmRun): void
  kvmArchPostRun(cpu: CPUState, run: KvmRun): void
  /** Whether the CPU is halted and has to wait outside the kernel. */
  kvmArchProcessAsyncEvents(cpu: CPUState): boolean
  /** An exit that only this architecture has: 0 to go on, EXCP_*, or -1 to stop with an internal error. */
  kvmArchHandleExit(cpu: CPUState, run: KvmRun): number
  /** Whether an instruction that the kernel could not emulate stops the machine. */
  kvmArchStopOnEmulationError(cpu: CPUState): boolean
  /** One line for the user: what could not be emulated, where, and what to do. */
  kvmArchDescribeEmulationFailure(cpu: CPUState, run: KvmRun): string

  kvmArchUpdateGuestDebug(cpu: CPUState, dbg: KvmGuestDebug): void
  /** False when there is no memory to put it into. */
  kvmArchInsertSwBreakpoint(cpu: CPUState, bp: KvmSwBreakpoint): boolean
  kvmArchRemoveSwBreakpoint(cpu: CPUState, bp: KvmSwBreakpoint): boolean
  /** 0, or a negative errno. Address and length in bytes, GDB_* type. */
  kvmArchInsertHwBreakpoint(s: KVMState, address: bigint, length: number, type: number): number
  kvmArchRemoveHwBreakpoint(s: KVMState, address: bigint, length: number, type: number): number
  kvmArchRemoveAllHwBreakpoints(s: KVMState): void
}

const registry: { ops: KvmArchOps | null } = { ops: null }

/** Links an architecture to KVM; called when its module is loaded. */
export function registerKvmArchOps(ops: KvmArchOps): void {
  registry.ops = ops
}

/** The architecture that was linked. Throws when none was: its package is not imported. */
export function kvmArch(): KvmArchOps {
  if (!registry.ops)
    throw new Error('No architecture is linked to KVM: import its package, such as target-i386/kvm')
  return registry.ops
}

/** Whether KVM runs the machine's CPUs. @qemu include/sysemu/kvm.h kvm_enabled */
export function kvmEnabled(system: SystemState): boolean {
  return system.accel?.name === 'kvm'
}

/** The machine's VM. Throws when another accelerator runs it: ask `kvmEnabled` first where that can be. */
export function kvmStateOf(subject: CPUState | SystemState): KVMState {
  const system = 'system' in subject ? subject.system : subject
  if (!kvmEnabled(system)) throw new Error('The machine does not run on KVM')
  return system.accel as KVMState
}

/** Whether software breakpoints are set. @qemu accel/kvm/kvm-all.c kvm_sw_breakpoints_active */
export function kvmSwBreakpointsActive(cpu: CPUState): boolean {
  return kvmStateOf(cpu).swBreakpoints.length > 0
}
