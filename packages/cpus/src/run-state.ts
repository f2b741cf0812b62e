// SPDX-License-Identifier: GPL-2.0-or-later

/** What a machine is doing, under QMP's names. @qemu qapi/run-state.json RunState */
export type RunState =
  | 'debug'
  | 'inmigrate'
  | 'internal-error'
  | 'io-error'
  | 'paused'
  | 'postmigrate'
  | 'prelaunch'
  | 'finish-migrate'
  | 'restore-vm'
  | 'running'
  | 'save-vm'
  | 'shutdown'
  | 'suspended'
  | 'watchdog'
  | 'guest-panicked'
  | 'colo'

/**
 * Which state may follow which.
 * @qemu softmmu/runstate.c runstate_transitions_def
 */
const transitions: Readonly<Record<RunState, readonly RunState[]>> = {
  prelaunch: ['running', 'finish-migrate', 'inmigrate'],
  debug: ['running', 'finish-migrate', 'prelaunch', 'suspended'],
  inmigrate: [
    'internal-error',
    'io-error',
    'paused',
    'running',
    'shutdown',
    'suspended',
    'watchdog',
    'guest-panicked',
    'finish-migrate',
    'prelaunch',
    'postmigrate',
    'colo',
  ],
  'internal-error': ['paused', 'finish-migrate', 'prelaunch'],
  'io-error': ['running', 'finish-migrate', 'prelaunch'],
  paused: ['running', 'finish-migrate', 'postmigrate', 'prelaunch', 'colo'],
  postmigrate: ['running', 'finish-migrate', 'prelaunch'],
  'finish-migrate': ['running', 'paused', 'postmigrate', 'prelaunch', 'colo'],
  'restore-vm': ['running', 'prelaunch'],
  colo: ['running', 'prelaunch', 'shutdown'],
  running: [
    'debug',
    'internal-error',
    'io-error',
    'paused',
    'finish-migrate',
    'restore-vm',
    'save-vm',
    'shutdown',
    'suspended',
    'watchdog',
    'guest-panicked',
    'colo',
  ],
  'save-vm': ['running'],
  shutdown: ['paused', 'finish-migrate', 'prelaunch', 'colo'],
  suspended: ['running', 'finish-migrate', 'prelaunch', 'colo'],
  watchdog: ['running', 'finish-migrate', 'prelaunch', 'colo'],
  'guest-panicked': ['running', 'finish-migrate', 'prelaunch'],
}

/** The state of one machine and its allowed changes. */
export class RunStateMachine {
  #current: RunState = 'prelaunch'
  /** Told of every change, after it. Must not throw. */
  readonly listeners = new Set<(state: RunState) => void>()

  get current(): RunState {
    return this.#current
  }

  /** @qemu softmmu/runstate.c runstate_check */
  is(state: RunState): boolean {
    return this.#current === state
  }

  /**
   * Goes over to `state`; staying where it is is no change.
   *
   * @throws Error for a transition that QEMU does not allow either: a mistake in this program
   * @qemu softmmu/runstate.c runstate_set
   */
  set(state: RunState): void {
    if (state === this.#current) return
    if (!transitions[this.#current].includes(state)) {
      throw new Error(`Invalid run state transition: '${this.#current}' -> '${state}'`)
    }
    this.#current = state
    for (const listener of this.listeners) listener(state)
  }

  /** Whether the machine must be reset before it can run again. @qemu softmmu/runstate.c runstate_needs_reset */
  needsReset(): boolean {
    return this.is('internal-error') || this.is('shutdown')
  }
}

/** Every state, for tests and listings. */
export const runStates = Object.keys(transitions) as RunState[]

/** Whether QEMU allows the change. */
export function runstateTransitionAllowed(from: RunState, to: RunState): boolean {
  return from === to || transitions[from].includes(to)
}
