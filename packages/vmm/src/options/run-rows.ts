// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options about the run: what ends it, what it is called.

import type { CommandLine } from '../command-line.js'
import type { SystemActions } from '@dromaius/cpus'
import { keyvalParse, knownValues, UserError } from '@dromaius/util'
import type { OptionRow } from './option-row.js'

function applyName(line: CommandLine, value: string): void {
  const { guest, process } = knownValues(keyvalParse(value, { implied: 'guest' }), ['guest', 'process'])
  if (guest !== undefined) line.name = guest
  if (process !== undefined) line.processName = process
}

/** The words of `-action`. @qemu softmmu/runstate-action.c qmp_set_action */
const actionWords: { readonly [K in keyof SystemActions]: readonly SystemActions[K][] } = {
  reboot: ['reset', 'shutdown'],
  shutdown: ['poweroff', 'pause'],
  panic: ['pause', 'shutdown', 'exit-failure', 'none'],
}

/** @qemu softmmu/vl.c process_runstate_actions */
function applyAction(line: CommandLine, value: string): void {
  const given = knownValues(keyvalParse(value), ['reboot', 'shutdown', 'panic'])
  const set = <K extends keyof SystemActions>(key: K): void => {
    const text = given[key]
    if (text === undefined) return
    const word = actionWords[key].find((candidate) => candidate === text)
    if (word === undefined) {
      throw new UserError(
        `Parameter '${key}' does not accept value '${text}' (${actionWords[key].join(', ')})`,
      )
    }
    line.actions[key] = word
  }
  set('reboot')
  set('shutdown')
  set('panic')
}

export const runRows: readonly OptionRow[] = [
  {
    names: ['name'],
    argument: '[guest=]name[,process=name]',
    help: ["set the guest's name, and the name of this process"],
    differs: 'No `debug-threads`: CPU threads always have their names.',
    apply: applyName,
  },
  {
    names: ['no-reboot'],
    field: 'noReboot',
    argument: null,
    help: ['exit instead of rebooting, as -action reboot=shutdown'],
    differs: null,
    apply(line) {
      line.actions.reboot = 'shutdown'
    },
  },
  {
    names: ['no-shutdown'],
    field: 'noShutdown',
    argument: null,
    help: ['stop before shutdown, as -action shutdown=pause'],
    differs: null,
    apply(line) {
      line.actions.shutdown = 'pause'
    },
  },
  {
    names: ['action'],
    field: 'action',
    argument: '[reboot=reset|shutdown][,shutdown=poweroff|pause][,panic=pause|shutdown|exit-failure|none]',
    help: [
      'what becomes of a reset (default: reset), a power-off (poweroff) and a crash (shutdown)',
      'panic=exit-failure ends with exit code 1',
    ],
    differs: 'No `watchdog`: there is none yet.',
    apply: applyAction,
  },
  {
    names: ['S'],
    argument: null,
    help: ["freeze CPUs at startup (the signal SIGCONT lets them go: 'kill -CONT PID')"],
    differs: 'There is no monitor yet whose `cont` would start them: SIGCONT does.',
    apply(line) {
      line.autostart = false
    },
  },
  {
    names: ['pidfile'],
    argument: 'file',
    help: ['write the process id to file, which is locked as long as the process lives and goes with it'],
    differs: null,
    apply(line, value) {
      line.pidfile = value
    },
  },
  {
    names: ['monitor'],
    argument: 'none',
    help: ['no monitor: the serial port has the terminal for itself, without the keys behind Ctrl-A'],
    differs: '`none` is the only one: there is no monitor yet.',
    apply(line, value) {
      if (value !== 'none') throw new UserError("there is no monitor yet, only 'none' is possible")
      line.monitor = false
    },
  },
  {
    names: ['no-user-config'],
    argument: null,
    help: ['do not load configuration files'],
    differs: 'It always holds: no files are loaded.',
    apply: () => undefined,
  },
]
