// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type CPUState,
  EXCP_HLT,
  EXCP_INTERRUPT,
  KVM_PUT_RUNTIME_STATE,
  kvmArch,
  kvmStateOf,
  qemuSystemGuestPanicked,
  qemuSystemResetRequest,
  qemuSystemShutdownRequest,
  qemuSystemVmstopRequest,
} from '@dromaius/cpus'
import {
  errnoName,
  KVM_EXIT_INTERNAL_ERROR,
  KVM_EXIT_IO,
  KVM_EXIT_IRQ_WINDOW_OPEN,
  KVM_EXIT_MMIO,
  KVM_EXIT_SHUTDOWN,
  KVM_EXIT_SYSTEM_EVENT,
  KVM_EXIT_UNKNOWN,
  KVM_INTERNAL_ERROR_EMULATION,
  type KvmRun,
  KVM_SYSTEM_EVENT_CRASH,
  KVM_SYSTEM_EVENT_RESET,
  KVM_SYSTEM_EVENT_SHUTDOWN,
} from '@dromaius/native'
import { defineTraceEvent, errorReport } from '@dromaius/util'
import { kvmHandleIo, kvmHandleMmio } from './kvm-io.js'
import { countExit, EXIT_INTERRUPTED, kvmExitName } from './kvm-exit-counters.js'
import type { KVMState } from './kvm-state.js'
import { kvmRunOf, vcpuOf } from './kvm-vcpu.js'

const EINTR = 4
const EAGAIN = 11

const traceKvmRunExit = defineTraceEvent(
  'kvm_run_exit',
  (cpuIndex: number, reason: number) => `cpu_index ${cpuIndex}, reason ${reason} (${kvmExitName(reason)})`,
)

/** What an exit's handler answers to the loop: go on. */
const CONTINUE = 0
/** Stop the machine with an internal error. */
const INTERNAL_ERROR = -1

/**
 * Runs guest code until there is something for the caller to do: EXCP_INTERRUPT, EXCP_HLT or EXCP_DEBUG.
 *
 * The big lock is given up where KVM_RUN is awaited, and nowhere else. An exit's handler is synchronous.
 * @qemu accel/kvm/kvm-all.c kvm_cpu_exec
 */
export async function kvmCpuExec(cpu: CPUState): Promise<number> {
  const s = kvmStateOf(cpu) as KVMState
  const arch = kvmArch()
  const run = kvmRunOf(cpu)
  const vcpu = vcpuOf(cpu)

  cpu.system.currentCpu = cpu
  if (arch.kvmArchProcessAsyncEvents(cpu)) {
    cpu.exitRequest = false
    cpu.system.currentCpu = null
    return EXCP_HLT
  }

  let ret: number
  do {
    if (cpu.vcpuDirty) {
      arch.kvmArchPutRegisters(cpu, KVM_PUT_RUNTIME_STATE)
      cpu.vcpuDirty = false
    }
    arch.kvmArchPreRun(cpu, run)
    // KVM has to finish an instruction that made an exit before anybody looks at the registers: it is entered
    // even if the loop is to be left, and returns at once. Work that was queued while the thread was between its
    // look at the queue and here, or by its own exit's handler, came without a kick.
    if (cpu.exitRequest || cpu.stop || cpu.workList.length > 0) run.immediate_exit = 1
    s.firstRunNs ??= process.hrtime.bigint()

    cpu.running = true
    cpu.system.currentCpu = null
    const runRet = await vcpu.run()
    cpu.running = false
    cpu.system.currentCpu = cpu

    arch.kvmArchPostRun(cpu, run)
    if (runRet < 0) {
      if (runRet === -EINTR || runRet === -EAGAIN) {
        countExit(s, EXIT_INTERRUPTED)
        run.immediate_exit = 0
        ret = EXCP_INTERRUPT
        break
      }
      ret = internalError(cpu, `CPU ${cpu.cpuIndex}: KVM_RUN failed: ${errnoName(-runRet)}`)
      break
    }

    const reason = run.exit_reason
    countExit(s, reason)
    traceKvmRunExit(cpu.cpuIndex, reason)
    s.coalescedRing?.flush()
    switch (reason) {
      case KVM_EXIT_IO:
        kvmHandleIo(cpu, run)
        ret = CONTINUE
        break
      case KVM_EXIT_MMIO:
        kvmHandleMmio(cpu.system, run)
        ret = CONTINUE
        break
      case KVM_EXIT_IRQ_WINDOW_OPEN:
        ret = EXCP_INTERRUPT
        break
      case KVM_EXIT_SHUTDOWN:
        // On x86 a triple fault.
        qemuSystemResetRequest(cpu.system, 'guest-reset')
        ret = EXCP_INTERRUPT
        break
      case KVM_EXIT_UNKNOWN:
        ret = internalError(
          cpu,
          `KVM: unknown exit, hardware reason 0x${run.hw.hardware_exit_reason.toString(16)}`,
        )
        break
      case KVM_EXIT_INTERNAL_ERROR:
        ret = kvmHandleInternalError(cpu, run)
        break
      case KVM_EXIT_SYSTEM_EVENT:
        ret = kvmHandleSystemEvent(cpu, run)
        break
      default:
        ret = arch.kvmArchHandleExit(cpu, run)
    }
  } while (ret === CONTINUE)

  if (ret < 0) stopWithInternalError(cpu)
  cpu.exitRequest = false
  cpu.system.currentCpu = null
  return ret
}

/**
 * The kernel could not go on with this vCPU. KVM API 5, KVM_EXIT_INTERNAL_ERROR
 * @qemu accel/kvm/kvm-all.c kvm_handle_internal_error
 */
function kvmHandleInternalError(cpu: CPUState, run: KvmRun): number {
  const { suberror, ndata, data } = run.internal
  if (suberror === KVM_INTERNAL_ERROR_EMULATION) {
    internalError(cpu, kvmArch().kvmArchDescribeEmulationFailure(cpu, run))
    return kvmArch().kvmArchStopOnEmulationError(cpu) ? INTERNAL_ERROR : EXCP_INTERRUPT
  }
  const words = Array.from({ length: Math.min(ndata, data.length) }, (_, i) => `0x${data[i].toString(16)}`)
  return internalError(
    cpu,
    `KVM internal error on CPU ${cpu.cpuIndex}, suberror ${suberror}, data ${words.join(' ')}`,
  )
}

/** Tells why the machine cannot go on: to the user at once, and to whoever asks the machine later. */
function internalError(cpu: CPUState, message: string): number {
  cpu.system.internalError = message
  errorReport(message)
  return INTERNAL_ERROR
}

/** The guest asks through its firmware's interface. KVM API 5, KVM_EXIT_SYSTEM_EVENT */
function kvmHandleSystemEvent(cpu: CPUState, run: KvmRun): number {
  switch (run.system_event.type) {
    case KVM_SYSTEM_EVENT_SHUTDOWN:
      qemuSystemShutdownRequest(cpu.system, 'guest-shutdown')
      return EXCP_INTERRUPT
    case KVM_SYSTEM_EVENT_RESET:
      qemuSystemResetRequest(cpu.system, 'guest-reset')
      return EXCP_INTERRUPT
    case KVM_SYSTEM_EVENT_CRASH:
      qemuSystemGuestPanicked(cpu.system)
      return CONTINUE
    default:
      return kvmArch().kvmArchHandleExit(cpu, run)
  }
}

/** The machine stops where it is, for inspection or its end. */
function stopWithInternalError(cpu: CPUState): void {
  cpu.stop = true
  qemuSystemVmstopRequest(cpu.system, 'internal-error')
}
