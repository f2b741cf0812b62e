// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuCpuIsSelf, qemuCpuKick } from './cpu-kick.js'
import type { CPUState, QemuWorkItem } from './cpu-state.js'

/** @qemu cpus-common.c queue_work_on_cpu */
function queueWorkOnCpu(cpu: CPUState, item: QemuWorkItem): void {
  cpu.workList.push(item)
  qemuCpuKick(cpu)
}

/**
 * Has the CPU's thread call `fn` as soon as it is out of guest code, and waits for it. On the CPU's own turn, or
 * while the CPU has no thread, it is called at once.
 *
 * @throws what `fn` threw; an Error if the CPU went away meanwhile
 * @qemu cpus-common.c do_run_on_cpu
 * @was run_on_cpu
 */
export async function runOnCpu(cpu: CPUState, fn: (cpu: CPUState) => void): Promise<void> {
  if (qemuCpuIsSelf(cpu) || !cpu.created) {
    fn(cpu)
    return
  }
  let failure: unknown = null
  const guarded = (self: CPUState): void => {
    try {
      fn(self)
    } catch (error) {
      failure = error ?? new Error('Work on a CPU failed')
    }
  }
  const item: QemuWorkItem = { fn: guarded, done: false }
  queueWorkOnCpu(cpu, item)
  while (!item.done && cpu.created) await cpu.system.qemuWorkCond.wait()
  if (!item.done) throw new Error(`CPU ${cpu.cpuIndex} went away before it could do the work`)
  if (failure !== null) throw failure
}

/** The same without waiting. @qemu cpus-common.c async_run_on_cpu */
export function asyncRunOnCpu(cpu: CPUState, fn: (cpu: CPUState) => void): void {
  queueWorkOnCpu(cpu, { fn, done: false })
}

/**
 * Does what was queued for the CPU, in order. Work that queues more work has it done too.
 * @qemu cpus-common.c process_queued_cpu_work
 */
export function processQueuedCpuWork(cpu: CPUState): void {
  if (cpu.workList.length === 0) return
  for (let item = cpu.workList.shift(); item !== undefined; item = cpu.workList.shift()) {
    item.done = true
    try {
      item.fn(cpu)
    } finally {
      cpu.system.qemuWorkCond.broadcast()
    }
  }
}
