// SPDX-License-Identifier: GPL-2.0-or-later
//
// QEMU's softmmu/cpus.c: how a vCPU comes to life, runs, pauses and goes.

import { AddressSpace } from '@dromaius/memory'
import { accelOpsOf } from './accel-ops-of.js'
import { qemuCpuKick } from './cpu-kick.js'
import type { CPUState } from './cpu-state.js'
import { processQueuedCpuWork } from './cpu-work.js'
import { qemuSystemDebugRequest } from './requests.js'
import type { SystemState } from './system-state.js'

/** @qemu softmmu/cpus.c cpu_is_stopped */
export function cpuIsStopped(cpu: CPUState): boolean {
  return cpu.stopped || !cpu.system.runState.is('running')
}

/** @qemu include/hw/core/cpu.h cpu_has_work */
export function cpuHasWork(cpu: CPUState): boolean {
  return cpu.qomClass.hasWork(cpu)
}

/** @qemu softmmu/cpus.c cpu_work_list_empty */
function cpuWorkListEmpty(cpu: CPUState): boolean {
  return cpu.workList.length === 0
}

/**
 * Whether the CPU's thread has nothing to do but to sleep.
 * @qemu softmmu/cpus.c cpu_thread_is_idle
 */
export function cpuThreadIsIdle(cpu: CPUState): boolean {
  if (cpu.stop || !cpuWorkListEmpty(cpu)) return false
  if (cpuIsStopped(cpu)) return true
  if (!cpu.halted || cpuHasWork(cpu)) return false
  return accelOpsOf(cpu)?.cpuThreadIsIdle?.(cpu) ?? true
}

/** @qemu softmmu/cpus.c all_cpu_threads_idle */
export function allCpuThreadsIdle(system: SystemState): boolean {
  return system.cpus.every(cpuThreadIsIdle)
}

/**
 * Whether the CPU may execute guest code now.
 * @qemu softmmu/cpus.c cpu_can_run
 */
export function cpuCanRun(cpu: CPUState): boolean {
  return !cpu.stop && !cpuIsStopped(cpu)
}

/**
 * A breakpoint was hit: the machine is to stop for the debugger, this CPU first of all.
 * @qemu softmmu/cpus.c cpu_handle_guest_debug
 */
export function cpuHandleGuestDebug(cpu: CPUState): void {
  cpu.system.debugCpu = cpu
  qemuSystemDebugRequest(cpu.system)
  cpu.stopped = true
}

/** @qemu softmmu/cpus.c qemu_cpu_stop */
function qemuCpuStop(cpu: CPUState): void {
  cpu.stop = false
  cpu.stopped = true
  cpu.system.qemuPauseCond.broadcast()
}

/** @qemu softmmu/cpus.c qemu_wait_io_event_common */
export function qemuWaitIoEventCommon(cpu: CPUState): void {
  cpu.threadKicked = false
  if (cpu.stop) qemuCpuStop(cpu)
  processQueuedCpuWork(cpu)
}

/**
 * Sleeps until the CPU has something to do, then stops it or does the queued work.
 *
 * @qemu softmmu/cpus.c qemu_wait_io_event
 * @differs today's name is qemu_process_cpu_events, called at the top of the loop; name and place are the article's
 */
export async function qemuWaitIoEvent(cpu: CPUState): Promise<void> {
  while (cpuThreadIsIdle(cpu)) await cpu.haltCond.wait()
  cpu.system.currentCpu = cpu
  qemuWaitIoEventCommon(cpu)
  cpu.system.currentCpu = null
}

/**
 * Brings the CPU to life: topology, a default address space, its thread. The CPU exists for its accelerator when
 * this returns.
 *
 * @throws what went wrong in the thread, such as a HostError of KVM_CREATE_VCPU; the thread is gone then
 * @qemu softmmu/cpus.c qemu_init_vcpu
 * @differs nothing is waited for: the thread's body runs to its first await before its creation returns, and the
 * CPU is created by then. The accelerator's table takes the place of the article's if-else chain, as in QEMU.
 */
export function qemuInitVcpu(cpu: CPUState): void {
  const { system } = cpu
  cpu.nrCores = system.smp.cores
  cpu.nrThreads = system.smp.threads
  cpu.stopped = true
  // If the target CPU has not set up an address space, it gets the default one.
  if (!cpu.as) cpuAddressSpaceInit(cpu)

  const ops = accelOpsOf(cpu)
  if (!ops) throw new Error('A CPU needs an accelerator')
  ops.createVcpuThread(cpu)
  if (!cpu.created) throw cpu.threadError ?? new Error(`CPU ${cpu.cpuIndex} was not created`)
}

/** Gives the CPU its view of memory. @qemu softmmu/physmem.c cpu_address_space_init */
export function cpuAddressSpaceInit(cpu: CPUState): void {
  const { system } = cpu
  cpu.memory ??= system.systemMemory
  cpu.as =
    cpu.memory === system.systemMemory
      ? system.addressSpaceMemory
      : new AddressSpace(cpu.memory, `cpu-memory-${cpu.cpuIndex}`)
}

/** @qemu softmmu/cpus.c all_vcpus_paused */
function allVcpusPaused(system: SystemState): boolean {
  return system.cpus.every((cpu) => cpu.stopped || !cpu.created)
}

/** Asks one CPU to stop. @qemu softmmu/cpus.c pause_all_vcpus */
function cpuPause(cpu: CPUState): void {
  cpu.stop = true
  qemuCpuKick(cpu)
}

/**
 * Stops every CPU and the virtual clock, and waits until all have stopped.
 * @qemu softmmu/cpus.c pause_all_vcpus
 */
export async function pauseAllVcpus(system: SystemState): Promise<void> {
  system.clocks.enableVirtual(false)
  for (const cpu of system.cpus) cpuPause(cpu)
  while (!allVcpusPaused(system)) {
    await system.qemuPauseCond.wait()
    // A CPU may have been plugged meanwhile.
    for (const cpu of system.cpus) if (!cpu.stopped && !cpu.stop) cpuPause(cpu)
  }
}

/** Lets one CPU go on. @qemu softmmu/cpus.c cpu_resume */
export function cpuResume(cpu: CPUState): void {
  cpu.stop = false
  cpu.stopped = false
  qemuCpuKick(cpu)
}

/** @qemu softmmu/cpus.c resume_all_vcpus */
export function resumeAllVcpus(system: SystemState): void {
  if (!system.runState.is('running')) return
  system.clocks.enableVirtual(true)
  // A CPU that is on its way out must not be called back.
  for (const cpu of system.cpus) if (!cpu.unplug) cpuResume(cpu)
}

/**
 * Ends the CPU's thread, which leaves guest code, destroys its side of the CPU, and is joined.
 *
 * @qemu softmmu/cpus.c cpu_remove_sync
 * @differs the join is awaited, so unplugging calls this before the device's unrealize, which is never async
 */
export async function cpuRemoveSync(cpu: CPUState): Promise<void> {
  cpu.stop = true
  cpu.unplug = true
  qemuCpuKick(cpu)
  const { thread } = cpu
  cpu.thread = null
  await thread?.join()
  // An accelerator without a thread per CPU says by `created` when its loop has let go of this one.
  while (cpu.created) await cpu.system.qemuCpuCond.wait()
}
