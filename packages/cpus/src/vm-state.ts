// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { pauseAllVcpus, resumeAllVcpus } from './cpus.js'
import { qapiEventEmit } from './qapi-events.js'
import { qemuSystemShutdownRequestWithCode } from './requests.js'
import type { RunState } from './run-state.js'
import type { SystemState, VMChangeStateHandler } from './system-state.js'

/**
 * Adds a handler of starts and stops: by rising priority when the VM starts, by falling one when it stops.
 *
 * @returns what removes it again
 * @qemu softmmu/runstate.c qemu_add_vm_change_state_handler_prio
 */
export function qemuAddVmChangeStateHandler(
  system: SystemState,
  handler: VMChangeStateHandler,
  priority = 0,
): () => void {
  const handlers = system.vmChangeStateHandlers
  const entry = { handler, priority }
  const before = handlers.findIndex((other) => other.priority > priority)
  handlers.splice(before < 0 ? handlers.length : before, 0, entry)
  return () => {
    const index = handlers.indexOf(entry)
    if (index >= 0) handlers.splice(index, 1)
  }
}

/** @qemu softmmu/runstate.c vm_state_notify */
function vmStateNotify(system: SystemState, running: boolean, state: RunState): void {
  const handlers = [...system.vmChangeStateHandlers]
  if (!running) handlers.reverse()
  for (const { handler } of handlers) handler(running, state)
}

/** @qemu softmmu/runstate.c runstate_is_running */
export function runstateIsRunning(system: SystemState): boolean {
  return system.runState.is('running')
}

/**
 * Starts the machine, or lets it go on. While a stop is under way, it goes on when that is through.
 *
 * @throws UserError when only a reset can help; what a handler throws, with the machine on its way down
 * @qemu softmmu/cpus.c vm_start
 */
export function vmStart(system: SystemState): void {
  if (runstateIsRunning(system)) return
  if (system.runState.needsReset()) throw new UserError('Resetting the Virtual Machine is required')
  if (system.stopping) {
    system.startWhenStopped = true
    return
  }
  system.requests.vmstop = null
  qapiEventEmit(system, { event: 'RESUME' })
  system.runState.set('running')
  system.clocks.enableVirtual(true)
  try {
    vmStateNotify(system, true, 'running')
  } catch (error) {
    // Clocks and timers are not as the guest needs them: whoever starts it hears why, and the machine comes down.
    qemuSystemShutdownRequestWithCode(system, 'host-error', 1)
    throw error
  }
  resumeAllVcpus(system)
}

/**
 * Stops a running machine in the given state, and waits until every CPU is out of guest code and the handlers know. A
 * machine that does not run stays in its state; a stop that is under way is waited for.
 *
 * @qemu softmmu/cpus.c do_vm_stop
 * @was vm_stop
 */
export function vmStop(system: SystemState, state: RunState): Promise<void> {
  system.startWhenStopped = false
  if (system.stopping) return system.stopping
  if (!runstateIsRunning(system)) return Promise.resolve()
  system.runState.set(state)
  system.stopping = finishStop(system, state)
  return system.stopping
}

async function finishStop(system: SystemState, state: RunState): Promise<void> {
  await pauseAllVcpus(system)
  try {
    vmStateNotify(system, false, state)
    qapiEventEmit(system, { event: 'STOP' })
  } finally {
    system.stopping = null
  }
  if (system.startWhenStopped) {
    system.startWhenStopped = false
    vmStart(system)
  }
}
