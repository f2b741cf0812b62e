// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs that execute nothing: QEMU's accel/dummy-cpus.c, for driving devices without guest code.

import {
  type AccelOps,
  type CPUState,
  cpuThreadFailed,
  genericHandleInterrupt,
  qemuWaitIoEvent,
} from '@dromaius/cpus'
import { qemuThreadCreate } from '@dromaius/thread'

/**
 * The life of a CPU that never runs: it sleeps until it is kicked, and then stops, works off what was queued, or
 * goes.
 *
 * @qemu accel/dummy-cpus.c dummy_cpu_thread_fn
 * @was qemu_dummy_cpu_thread_fn
 * @differs sleeps on `halt_cond` where QEMU waits for SIG_IPI
 */
async function dummyCpuThreadFn(cpu: CPUState, threadId: number): Promise<void> {
  const { system } = cpu
  cpu.threadId = threadId
  // Signal CPU creation.
  cpu.created = true
  system.qemuCpuCond.broadcast()

  do {
    if (!cpu.stop && cpu.workList.length === 0) await cpu.haltCond.wait()
    try {
      await qemuWaitIoEvent(cpu)
    } catch (error) {
      cpuThreadFailed(cpu, error)
    }
  } while (!cpu.unplug)

  cpu.created = false
  system.qemuCpuCond.broadcast()
  system.qemuPauseCond.broadcast()
  system.qemuWorkCond.broadcast()
}

/**
 * @qemu accel/dummy-cpus.c dummy_start_vcpu_thread
 * @was qemu_dummy_start_vcpu
 */
function dummyStartVcpuThread(cpu: CPUState): void {
  cpu.threadError = null
  cpu.thread = qemuThreadCreate(
    `CPU ${cpu.cpuIndex}/DUMMY`,
    (thread) => dummyCpuThreadFn(cpu, thread.id),
    'joinable',
  )
}

/** @qemu accel/qtest/qtest.c qtest_accel_ops_class_init */
export const dummyAccelOps: AccelOps = {
  createVcpuThread: dummyStartVcpuThread,
  handleInterrupt: genericHandleInterrupt,
}
