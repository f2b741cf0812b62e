// SPDX-License-Identifier: GPL-2.0-or-later
import type { ShutdownCause } from './shutdown-cause.js'
import type { SystemState } from './system-state.js'

/**
 * Something that happened to the machine, under QMP's name.
 * @qemu qapi/run-state.json SHUTDOWN
 */
export type QapiEvent =
  | { readonly event: 'SHUTDOWN' | 'RESET'; readonly guest: boolean; readonly reason: ShutdownCause }
  | { readonly event: 'POWERDOWN' | 'STOP' | 'RESUME' }
  | { readonly event: 'GUEST_PANICKED'; readonly action: 'pause' | 'poweroff' | 'run' }

/** Tells whoever listens to the machine. Listeners must not throw. @qemu monitor/monitor.c qapi_event_emit */
export function qapiEventEmit(system: SystemState, event: QapiEvent): void {
  for (const listener of [...system.qapiEventListeners]) listener(event)
}
