// SPDX-License-Identifier: GPL-2.0-or-later
import type { QapiEvent, RunState, ShutdownCause } from '@dromaius/cpus'

/** Why a machine was reset or is going to end. */
export interface ShutdownEvent {
  /** Whether the guest asked for it. */
  readonly guest: boolean
  /** QMP's word for who or what did. */
  readonly reason: ShutdownCause
}

/** What a machine emits, by name; QMP's events have QMP's names in small letters. */
export interface MachineEvents {
  /** The run state has changed; `Machine.state` may be further already. */
  state: [state: RunState]
  /** The machine runs, for the first time or again. */
  resume: []
  /** The machine stands still. */
  stop: []
  /** The machine was reset. */
  reset: [event: ShutdownEvent]
  /** The machine is about to end; with `noShutdown` it may stay, paused. */
  shutdown: [event: ShutdownEvent]
  /** The power button was pressed. */
  powerdown: []
  /** The guest told of its crash, and what comes of that. */
  'guest-panicked': [event: { readonly action: 'pause' | 'poweroff' | 'run' }]
}

/** An event of QMP as the arguments of `emit`. */
export function emitArguments(
  event: QapiEvent,
): { [K in keyof MachineEvents]: [K, ...MachineEvents[K]] }[keyof MachineEvents] {
  switch (event.event) {
    case 'RESUME':
      return ['resume']
    case 'STOP':
      return ['stop']
    case 'POWERDOWN':
      return ['powerdown']
    case 'RESET':
      return ['reset', { guest: event.guest, reason: event.reason }]
    case 'SHUTDOWN':
      return ['shutdown', { guest: event.guest, reason: event.reason }]
    case 'GUEST_PANICKED':
      return ['guest-panicked', { action: event.action }]
  }
}
