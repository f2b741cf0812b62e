// SPDX-License-Identifier: GPL-2.0-or-later
//
// All CPUs take turns in the isolate: QEMU's accel/tcg/tcg-accel-ops-rr.c.

import {
  allCpuThreadsIdle,
  cpuCanRun,
  cpuHandleGuestDebug,
  type CPUState,
  cpuThreadFailed,
  EXCP_DEBUG,
  qemuWaitIoEventCommon,
} from '@dromaius/cpus'
import { tcgCpusExec } from './tcg-cpus-exec.js'
import type { TcgEngine } from './tcg-engine.js'

/** The event loop has its turn after so many ms of guest code. */
const SLICE_MS = 2

/** Longest time of a timer in `ms`. */
const FOREVER_MS = 2 ** 31 - 1

const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** @qemu accel/tcg/tcg-accel-ops-rr.c rr_deal_with_unplugged_cpus */
function rrDealWithUnpluggedCpus(engine: TcgEngine): void {
  for (const cpu of engine.vcpus.keys()) {
    if (!cpu.unplug || cpuCanRun(cpu)) continue
    engine.removeCpu(cpu)
    cpu.created = false
    engine.system.qemuCpuCond.broadcast()
    engine.system.qemuPauseCond.broadcast()
    engine.system.qemuWorkCond.broadcast()
  }
}

/** Lets one CPU run for a slice. */
function rrRunCpu(cpu: CPUState): void {
  const { system } = cpu
  system.currentCpu = cpu
  try {
    if (cpuCanRun(cpu)) {
      system.accel!.firstRunNs ??= process.hrtime.bigint()
      const r = tcgCpusExec(cpu)
      if (r === EXCP_DEBUG) cpuHandleGuestDebug(cpu)
    }
    qemuWaitIoEventCommon(cpu)
  } catch (error) {
    cpuThreadFailed(cpu, error)
  } finally {
    system.currentCpu = null
  }
}

/**
 * The life of all CPUs of a machine, as long as there is one.
 *
 * @qemu accel/tcg/tcg-accel-ops-rr.c rr_cpu_thread_fn
 * @was qemu_tcg_rr_cpu_thread_fn
 * @differs no thread: a function of the isolate that gives the big lock up by a turn of the event loop
 */
async function rrCpuThreadFn(engine: TcgEngine): Promise<void> {
  const { system } = engine
  let started = performance.now()
  while (engine.vcpus.size > 0) {
    for (const cpu of [...engine.vcpus.keys()]) {
      rrRunCpu(cpu)
      // Guest time is finer than the event loop's turns.
      system.clocks.virtual.runTimers()
      // Where the guest asked to be stopped, it stops: no other CPU goes on by some number of instructions.
      if (system.icount && cpu.stopped) await turnOfTheEventLoop()
    }
    rrDealWithUnpluggedCpus(engine)
    if (engine.vcpus.size === 0) break
    // rr_wait_io_event
    const idle = allCpuThreadsIdle(system) && !system.clocks.virtual.runIdleTimer()
    if (idle && !system.icount?.startWarp()) {
      await engine.wake.wait()
      system.icount?.accountWarp()
      started = performance.now()
    } else if (performance.now() - started >= SLICE_MS) {
      await turnOfTheEventLoop()
      started = performance.now()
    }
  }
  engine.looping = false
}

/**
 * Brings a CPU to life; the first one starts the loop.
 *
 * @qemu accel/tcg/tcg-accel-ops-rr.c rr_start_vcpu_thread
 * @was qemu_tcg_init_vcpu
 * @differs nobody asks tcg_enabled: the accelerator's table decides
 */
export function rrStartVcpuThread(engine: TcgEngine, cpu: CPUState): void {
  cpu.threadError = null
  try {
    engine.addCpu(cpu)
  } catch (error) {
    cpu.threadError = error
    return
  }
  cpu.vcpuDirty = true
  cpu.created = true
  engine.system.qemuCpuCond.broadcast()
  if (engine.looping) return
  engine.looping = true
  // Guest code must not run before whoever makes the machine has made it.
  // As with threads: a process goes on while it has CPUs, though all of them sleep.
  const alive = setInterval(() => undefined, FOREVER_MS)
  void turnOfTheEventLoop()
    .then(() => rrCpuThreadFn(engine))
    .finally(() => clearInterval(alive))
}
