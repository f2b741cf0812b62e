// SPDX-License-Identifier: GPL-2.0-or-later
//
// What devices, CPUs and users ask of the main loop (QEMU's softmmu/runstate.c). A request is noted here and carried
// out there, between two turns of CPUs.

import { errorReport, LOG_GUEST_ERROR, qemuLogMask } from '@dromaius/util'
import { cpuStopCurrent, qemuCpuKick } from './cpu-kick.js'
import type { CPUState } from './cpu-state.js'
import { qapiEventEmit } from './qapi-events.js'
import type { RunState } from './run-state.js'
import { type ShutdownCause, shutdownCausedByGuest } from './shutdown-cause.js'
import type { SystemState } from './system-state.js'

function notify(system: SystemState): void {
  system.requestCond.broadcast()
}

/**
 * Whether the machine stays for inspection, as `-no-shutdown` wants, when it is asked to end. A signal or a user's quit ends it
 * all the same, and so does a guest that gives an exit code: QEMU 7.2 leaves at once then.
 */
export function shutdownPauses({ actions }: SystemState, cause: ShutdownCause, exitCode: number): boolean {
  return actions.shutdown === 'pause' && shutdownCausedByGuest(cause) && exitCode === 0
}

/**
 * Asks the machine to end with the given process exit code.
 * @qemu softmmu/runstate.c qemu_system_shutdown_request
 * @differs of several requests that the main loop finds at once the first counts that ends the machine: the guest's exit code
 *   is not lost to a quit right behind it
 */
export function qemuSystemShutdownRequestWithCode(
  system: SystemState,
  cause: ShutdownCause,
  exitCode: number,
): void {
  const { requests } = system
  const ends =
    requests.shutdown !== null && !shutdownPauses(system, requests.shutdown, requests.shutdownExitCode)
  if (!ends) {
    requests.shutdown = cause
    requests.shutdownExitCode = exitCode
  }
  // The guest has said its last word: what follows on its CPU is not to run, nor to be counted.
  if (exitCode !== 0 || system.icount) cpuStopCurrent(system)
  notify(system)
}

/** Asks the machine to end. @qemu softmmu/runstate.c qemu_system_shutdown_request */
export function qemuSystemShutdownRequest(system: SystemState, cause: ShutdownCause): void {
  qemuSystemShutdownRequestWithCode(system, cause, 0)
}

/**
 * Asks for a reset, or for the end where the user wants no reboots.
 * @qemu softmmu/runstate.c qemu_system_reset_request
 */
export function qemuSystemResetRequest(system: SystemState, cause: ShutdownCause): void {
  if (system.actions.reboot === 'shutdown' && cause !== 'subsystem-reset') {
    qemuSystemShutdownRequest(system, cause)
  } else {
    system.requests.reset = cause
  }
  cpuStopCurrent(system)
  notify(system)
}

/** The power button. @qemu softmmu/runstate.c qemu_system_powerdown_request */
export function qemuSystemPowerdownRequest(system: SystemState): void {
  system.requests.powerdown = true
  notify(system)
}

/** A CPU hit a breakpoint. @qemu softmmu/runstate.c qemu_system_debug_request */
export function qemuSystemDebugRequest(system: SystemState): void {
  system.requests.debug = true
  notify(system)
}

/** Asks for a stop in the given state. @qemu softmmu/runstate.c qemu_system_vmstop_request */
export function qemuSystemVmstopRequest(system: SystemState, state: RunState): void {
  system.requests.vmstop = state
  notify(system)
}

/**
 * Whoever carries out a request may still run on the CPU that asked: it stops at once, the others by and by.
 * @qemu softmmu/runstate.c qemu_system_killed
 */
export function qemuSystemKilled(system: SystemState): void {
  qemuSystemShutdownRequest(system, 'host-signal')
  for (const cpu of system.cpus) qemuCpuKick(cpu)
}

/** The guest told of its crash. @qemu softmmu/runstate.c qemu_system_guest_panicked */
export function qemuSystemGuestPanicked(system: SystemState): void {
  qemuLogMask(LOG_GUEST_ERROR, 'Guest crashed')
  if (system.currentCpu) system.currentCpu.crashOccurred = true
  const { panic, shutdown } = system.actions
  if (panic === 'none') {
    qapiEventEmit(system, { event: 'GUEST_PANICKED', action: 'run' })
    return
  }
  const pauses = panic === 'pause' || (panic === 'shutdown' && shutdown === 'pause')
  qapiEventEmit(system, { event: 'GUEST_PANICKED', action: pauses ? 'pause' : 'poweroff' })
  qemuSystemVmstopRequest(system, 'guest-panicked')
  cpuStopCurrent(system)
  if (!pauses) qemuSystemShutdownRequestWithCode(system, 'guest-panic', panic === 'exit-failure' ? 1 : 0)
}

/**
 * The CPU cannot go on: its machine stops where it is, with the reason kept for whoever asks.
 *
 * @param reason  one line; QEMU's own words are "KVM internal error"
 * @qemu softmmu/cpus.c vm_stop
 * @differs the CPU counts as stopped when its thread has seen it
 */
export function cpuStopWithInternalError(cpu: CPUState, reason: string): void {
  cpu.system.internalError = reason
  cpu.stop = true
  qemuSystemVmstopRequest(cpu.system, 'internal-error')
}

/**
 * What a CPU's thread does with an error that nobody expected, such as a device's: the machine stops, with the trace
 * that a bug report needs, and everything else goes on.
 */
export function cpuThreadFailed(cpu: CPUState, error: unknown): void {
  cpu.running = false
  cpu.system.currentCpu = null
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  errorReport(`CPU ${cpu.cpuIndex} cannot go on: a device or back end threw: ${text}`)
  cpuStopWithInternalError(cpu, error instanceof Error ? error.message : text)
}
