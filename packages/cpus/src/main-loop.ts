// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuDevicesReset } from '@dromaius/qom'
import { cpuSynchronizeAllPostReset, cpuSynchronizeAllStates } from './cpu-synchronize.js'
import { pauseAllVcpus, resumeAllVcpus } from './cpus.js'
import { qapiEventEmit } from './qapi-events.js'
import { shutdownPauses } from './requests.js'
import { type ShutdownCause, shutdownCausedByGuest } from './shutdown-cause.js'
import type { SystemState } from './system-state.js'
import { vmStop } from './vm-state.js'

/** How a machine ended. */
export interface MainLoopExit {
  cause: ShutdownCause
  /** Process exit code. */
  code: number
}

/**
 * Resets the machine: every CPU is out of guest code.
 * @qemu softmmu/runstate.c qemu_system_reset
 */
export function qemuSystemReset(system: SystemState, cause: ShutdownCause): void {
  cpuSynchronizeAllStates(system)
  if (system.machineReset) system.machineReset(cause)
  else qemuDevicesReset(system.resetContainer)
  if (cause !== 'none' && cause !== 'subsystem-reset') {
    qapiEventEmit(system, { event: 'RESET', guest: shutdownCausedByGuest(cause), reason: cause })
  }
  cpuSynchronizeAllPostReset(system)
}

/**
 * Carries out what was asked since the last time.
 *
 * @returns how the machine ends, or null when it goes on
 * @qemu softmmu/runstate.c main_loop_should_exit
 */
export async function mainLoopShouldExit(system: SystemState): Promise<MainLoopExit | null> {
  const { requests } = system
  if (requests.debug) {
    requests.debug = false
    await vmStop(system, 'debug')
  }
  if (requests.shutdown !== null) {
    const { shutdown: cause, shutdownExitCode: code } = requests
    requests.shutdown = null
    qapiEventEmit(system, { event: 'SHUTDOWN', guest: shutdownCausedByGuest(cause), reason: cause })
    await vmStop(system, 'shutdown')
    if (!shutdownPauses(system, cause, code)) return { cause, code }
  }
  if (requests.reset !== null) {
    const cause = requests.reset
    requests.reset = null
    await pauseAllVcpus(system)
    qemuSystemReset(system, cause)
    resumeAllVcpus(system)
    // A reset takes a machine that stood still for good back to its start.
    if (!system.runState.is('running') && !system.runState.is('inmigrate')) system.runState.set('prelaunch')
    // A guest that does nothing but reset leaves the process its timers and signals.
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (requests.powerdown) {
    requests.powerdown = false
    qapiEventEmit(system, { event: 'POWERDOWN' })
    for (const notifier of system.powerdownNotifiers) notifier()
  }
  if (requests.vmstop !== null) {
    const state = requests.vmstop
    requests.vmstop = null
    await vmStop(system, state)
  }
  return null
}

function requestsPending({ requests }: SystemState): boolean {
  const { shutdown, reset, powerdown, vmstop, debug } = requests
  return shutdown !== null || reset !== null || vmstop !== null || powerdown || debug
}

/**
 * Serves requests until the machine ends.
 * @qemu softmmu/runstate.c qemu_main_loop
 */
export async function qemuMainLoop(system: SystemState): Promise<MainLoopExit> {
  for (;;) {
    const exit = await mainLoopShouldExit(system)
    if (exit) return exit
    while (!requestsPending(system)) await system.requestCond.wait()
  }
}
