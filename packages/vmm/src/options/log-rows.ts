// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options about what is logged and where.

import {
  keyvalParse,
  knownValues,
  qemuLogHelp,
  qemuStrToLogMask,
  traceEvents,
  UserError,
} from '@dromaius/util'
import type { CommandLine } from '../command-line.js'
import { readInputFile } from '../input-file.js'
import { asksForHelp, type OptionRow, text } from './option-row.js'

function applyLog(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = `${qemuLogHelp().join('\n')}\n`
    return
  }
  if (value === 'trace:help') {
    line.help = traceList()
    return
  }
  for (const item of value.split(',')) {
    if (item.startsWith('trace:')) line.tracePatterns.push(item.slice('trace:'.length))
    else {
      qemuStrToLogMask(item) // refuses what is unknown
      line.logItems.push(item)
    }
  }
}

function applyTrace(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = traceList()
    return
  }
  const { enable, events } = knownValues(keyvalParse(value, { implied: 'enable' }), ['enable', 'events'])
  if (enable !== undefined) line.tracePatterns.push(enable)
  if (events !== undefined) line.tracePatterns.push(...readEventsFile(events))
}

/** One pattern a line, `#` begins a comment. @qemu trace/control.c trace_init_events */
function readEventsFile(path: string): string[] {
  return Buffer.from(readInputFile(path, '-trace events'))
    .toString('utf8')
    .split('\n')
    .map((row) => row.replace(/#.*/, '').trim())
    .filter((row) => row !== '')
}

function traceList(): string {
  return traceEvents()
    .map(({ name }) => `${name}\n`)
    .join('')
}

/** @qemu softmmu/vl.c configure_msg */
function applyMsg(line: CommandLine, value: string): void {
  const given = knownValues(keyvalParse(value, { bareFlags: true }), ['timestamp', 'guest-name'])
  const onOff = (key: keyof typeof given): boolean => {
    const text = given[key]
    if (text !== undefined && text !== 'on' && text !== 'off')
      throw new UserError(`Parameter '${key}' expects 'on' or 'off'`)
    return text === 'on'
  }
  line.msg = { timestamp: onOff('timestamp'), guestName: onOff('guest-name') }
}

export const logRows: readonly OptionRow[] = [
  {
    names: ['d'],
    argument: 'item1,...',
    help: ["enable logging of specified items ('-d help' for list)"],
    differs:
      'Only the items that something here would log; `jit` is what `info jit` shows in QEMU, and more.',
    apply: applyLog,
  },
  text('logFile', {
    names: ['D'],
    argument: 'logfile',
    help: ['output log to logfile (default stderr)'],
    differs: null,
  }),
  {
    names: ['msg'],
    argument: '[timestamp[=on|off]][,guest-name[=on|off]]',
    help: ['put the time (UTC), and the name that -name gives, in front of messages'],
    differs: 'The time ends with milliseconds.',
    apply: applyMsg,
  },
  {
    names: ['trace'],
    argument: '[[enable=]pattern][,events=file]',
    help: ["enable trace events ('-trace help' for list)"],
    differs: 'No `file=`: events go to the log. `events` has to be a regular file.',
    apply: applyTrace,
  },
]
