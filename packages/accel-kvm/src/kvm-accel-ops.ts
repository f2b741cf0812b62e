// SPDX-License-Identifier: GPL-2.0-or-later
//
// How KVM runs CPUs: QEMU's accel/kvm/kvm-accel-ops.c.

import {
  type AccelOps,
  cpuCanRun,
  cpuHandleGuestDebug,
  cpuThreadFailed,
  type CPUState,
  EXCP_DEBUG,
  kvmStateOf,
  qemuWaitIoEvent,
} from '@dromaius/cpus'
import { VcpuServer } from '@dromaius/native'
import { type QemuThread, qemuThreadCreate } from '@dromaius/thread'
import { kvmCpuExec } from './kvm-cpu-exec.js'
import {
  kvmInsertBreakpoint,
  kvmRemoveAllBreakpoints,
  kvmRemoveBreakpoint,
  kvmUpdateGuestDebug,
} from './kvm-guest-debug.js'
import { kvmHaltInKernel } from './kvm-state.js'
import {
  kvmCpuSynchronizePostInit,
  kvmCpuSynchronizePostReset,
  kvmCpuSynchronizePreLoadvm,
  kvmCpuSynchronizeState,
} from './kvm-synchronize.js'
import { kvmDestroyVcpu, kvmInitCpuSignals, kvmInitVcpu } from './kvm-vcpu.js'

/**
 * A vCPU's whole life, on its own thread.
 *
 * @qemu accel/kvm/kvm-accel-ops.c kvm_vcpu_thread_fn
 * @was qemu_kvm_cpu_thread_fn
 * @differs the isolate is the big lock, so there is none to take or give back (qemu_mutex_lock_iothread,
 * qemu_mutex_unlock_iothread); nothing is read without it, so RCU need not know the thread (rcu_register_thread,
 * rcu_unregister_thread); qemu_thread_get_self and qemu_get_thread_id are the `thread` that the body is given; events
 * are processed at the bottom of the loop, where the article has them, today at its top
 */
async function kvmVcpuThreadFn(cpu: CPUState, thread: QemuThread<VcpuServer>): Promise<void> {
  const { system } = cpu
  cpu.kvmVcpu = thread.server
  cpu.threadId = thread.id
  system.currentCpu = cpu
  try {
    kvmInitVcpu(cpu)
    kvmInitCpuSignals(cpu)
  } catch (error) {
    if (cpu.kvmRun) kvmDestroyVcpu(cpu)
    cpu.kvmVcpu = null
    cpu.threadError = error
    system.currentCpu = null
    return
  }

  // Signal CPU creation.
  cpu.created = true
  system.qemuCpuCond.broadcast()
  system.currentCpu = null

  do {
    try {
      if (cpuCanRun(cpu)) {
        const r = await kvmCpuExec(cpu)
        if (r === EXCP_DEBUG) cpuHandleGuestDebug(cpu)
      }
      await qemuWaitIoEvent(cpu)
    } catch (error) {
      cpuThreadFailed(cpu, error)
    }
  } while (!cpu.unplug || cpuCanRun(cpu))

  kvmDestroyVcpu(cpu)
  cpu.kvmVcpu = null
  cpu.created = false
  system.qemuCpuCond.broadcast()
  // Whoever waits for this CPU to stop, or for its work, must not wait for ever.
  system.qemuPauseCond.broadcast()
  system.qemuWorkCond.broadcast()
}

/**
 * @qemu accel/kvm/kvm-accel-ops.c kvm_start_vcpu_thread
 * @was qemu_kvm_start_vcpu
 */
function kvmStartVcpuThread(cpu: CPUState): void {
  const name = `CPU ${cpu.cpuIndex}/KVM`
  cpu.threadError = null
  cpu.thread = qemuThreadCreate(
    name,
    (thread: QemuThread<VcpuServer>) => kvmVcpuThreadFn(cpu, thread),
    'joinable',
    (threadName) => new VcpuServer(threadName),
  )
}

/** @qemu softmmu/cpus.c cpus_kick_thread */
function cpusKickThread(cpu: CPUState): void {
  if (cpu.threadKicked || !cpu.running) return
  cpu.threadKicked = true
  cpu.kvmVcpu?.kick()
}

/** @qemu accel/kvm/kvm-accel-ops.c kvm_accel_ops_class_init */
export const kvmAccelOps: AccelOps = {
  createVcpuThread: kvmStartVcpuThread,
  kickVcpuThread: cpusKickThread,
  /** @qemu accel/kvm/kvm-accel-ops.c kvm_vcpu_thread_is_idle */
  cpuThreadIsIdle: (cpu) => !kvmHaltInKernel(kvmStateOf(cpu)),
  synchronizeState: kvmCpuSynchronizeState,
  synchronizePostReset: kvmCpuSynchronizePostReset,
  synchronizePostInit: kvmCpuSynchronizePostInit,
  synchronizePreLoadvm: kvmCpuSynchronizePreLoadvm,
  insertBreakpoint: kvmInsertBreakpoint,
  removeBreakpoint: kvmRemoveBreakpoint,
  removeAllBreakpoints: kvmRemoveAllBreakpoints,
  updateGuestDebug: kvmUpdateGuestDebug,
}
