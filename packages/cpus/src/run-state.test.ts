// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { type RunState, RunStateMachine, runStates, runstateTransitionAllowed } from './run-state.js'

/** The pairs of QEMU 7.2's softmmu/runstate.c, runstate_transitions_def, in its order. */
const qemuPairs: [RunState, RunState][] = [
  ['prelaunch', 'inmigrate'],
  ['debug', 'running'],
  ['debug', 'finish-migrate'],
  ['debug', 'prelaunch'],
  ['inmigrate', 'internal-error'],
  ['inmigrate', 'io-error'],
  ['inmigrate', 'paused'],
  ['inmigrate', 'running'],
  ['inmigrate', 'shutdown'],
  ['inmigrate', 'suspended'],
  ['inmigrate', 'watchdog'],
  ['inmigrate', 'guest-panicked'],
  ['inmigrate', 'finish-migrate'],
  ['inmigrate', 'prelaunch'],
  ['inmigrate', 'postmigrate'],
  ['inmigrate', 'colo'],
  ['internal-error', 'paused'],
  ['internal-error', 'finish-migrate'],
  ['internal-error', 'prelaunch'],
  ['io-error', 'running'],
  ['io-error', 'finish-migrate'],
  ['io-error', 'prelaunch'],
  ['paused', 'running'],
  ['paused', 'finish-migrate'],
  ['paused', 'postmigrate'],
  ['paused', 'prelaunch'],
  ['paused', 'colo'],
  ['postmigrate', 'running'],
  ['postmigrate', 'finish-migrate'],
  ['postmigrate', 'prelaunch'],
  ['prelaunch', 'running'],
  ['prelaunch', 'finish-migrate'],
  ['finish-migrate', 'running'],
  ['finish-migrate', 'paused'],
  ['finish-migrate', 'postmigrate'],
  ['finish-migrate', 'prelaunch'],
  ['finish-migrate', 'colo'],
  ['restore-vm', 'running'],
  ['restore-vm', 'prelaunch'],
  ['colo', 'running'],
  ['colo', 'prelaunch'],
  ['colo', 'shutdown'],
  ['running', 'debug'],
  ['running', 'internal-error'],
  ['running', 'io-error'],
  ['running', 'paused'],
  ['running', 'finish-migrate'],
  ['running', 'restore-vm'],
  ['running', 'save-vm'],
  ['running', 'shutdown'],
  ['running', 'watchdog'],
  ['running', 'guest-panicked'],
  ['running', 'colo'],
  ['save-vm', 'running'],
  ['shutdown', 'paused'],
  ['shutdown', 'finish-migrate'],
  ['shutdown', 'prelaunch'],
  ['shutdown', 'colo'],
  ['debug', 'suspended'],
  ['running', 'suspended'],
  ['suspended', 'running'],
  ['suspended', 'finish-migrate'],
  ['suspended', 'prelaunch'],
  ['suspended', 'colo'],
  ['watchdog', 'running'],
  ['watchdog', 'finish-migrate'],
  ['watchdog', 'prelaunch'],
  ['watchdog', 'colo'],
  ['guest-panicked', 'running'],
  ['guest-panicked', 'finish-migrate'],
  ['guest-panicked', 'prelaunch'],
]

it('allowed changes are exactly those of QEMU 7.2', () => {
  const named = (pairs: [RunState, RunState][]): string[] =>
    pairs.map(([from, to]) => `${from} -> ${to}`).sort()
  const everyPair = runStates.flatMap((from) => runStates.map((to): [RunState, RunState] => [from, to]))

  const ours = everyPair.filter(([from, to]) => from !== to && runstateTransitionAllowed(from, to))

  expect(named(ours)).toEqual(named(qemuPairs))
})

describe('RunStateMachine', () => {
  it('starts in prelaunch', () => {
    const runState = new RunStateMachine()

    expect(runState.current).toBe('prelaunch')
    expect([runState.is('prelaunch'), runState.is('running')]).toEqual([true, false])
  })

  it('staying where it is is no change and no mistake', () => {
    const runState = new RunStateMachine()
    runState.set('running')

    runState.set('running')

    expect(runState.current).toBe('running')
  })

  it('a change that is not allowed throws and changes nothing', () => {
    const runState = new RunStateMachine()

    expect(() => runState.set('paused')).toThrow("Invalid run state transition: 'prelaunch' -> 'paused'")
    expect(runState.current).toBe('prelaunch')
  })

  it.each([
    ['internal-error', true],
    ['shutdown', true],
    ['paused', false],
    ['debug', false],
  ] as const)('%s needs a reset before it runs again: %s', (state, needed) => {
    const runState = new RunStateMachine()
    runState.set('running')

    runState.set(state)

    expect(runState.needsReset()).toBe(needed)
  })
})
