// SPDX-License-Identifier: GPL-2.0-or-later
import { pauseAllVcpus, resumeAllVcpus } from './cpus.js'
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
 * Starts the machine, or lets it go on.
 *
 * @throws what a handler throws, such as a HostError of KVM_SET_CLOCK; the machine is asked to end then
 * @qemu softmmu/cpus.c vm_start
 */
export function vmStart(system: SystemState): void {
  if (runstateIsRunning(system)) return
  system.requests.vmstop = null
  system.clocks.enableVirtual(true)
  system.runState.set('running')
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
 * Stops a running machine in the given state, and waits until every CPU is out of guest code. A machine that does not run
 * stays in its state; where somebody else is stopping it, that is waited for.
 *
 * @qemu softmmu/cpus.c do_vm_stop
 * @was vm_stop
 */
export async function vmStop(system: SystemState, state: RunState): Promise<void> {
  if (!runstateIsRunning(system)) {
    while (system.cpus.some(({ running, stop }) => running && stop)) await system.qemuPauseCond.wait()
    return
  }
  system.runState.set(state)
  await pauseAllVcpus(system)
  // Meanwhile it may have been started again, which its handlers have been told.
  if (system.runState.is(state)) vmStateNotify(system, false, state)
}
