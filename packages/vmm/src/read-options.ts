// SPDX-License-Identifier: GPL-2.0-or-later
import { Writable } from 'node:stream'
import { Chardev } from '@dromaius/chardev'
import { keyvalText, UserError } from '@dromaius/util'
import { CommandLine, machineConfigOf } from './command-line.js'
import { locate, type MachineConfig, type SerialSpec } from './machine-config.js'
import type { MachineOptions, OptionValues } from './machine-options.js'
import { checkMemorySize } from './memory-size.js'
import { optionByName, optionTable } from './option-table.js'
import type { OptionRow } from './options/option-row.js'
import { StreamChardev } from './char-stream.js'

/** Fields that are about the program and not about the machine. */
const programFields = ['signal']

/** Fields that take back ends and streams too. */
const chardevFields = { serial: 'serials', debugcon: 'debugcons' } as const

const isValues = (value: unknown): value is OptionValues =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

function wrongType(field: string, value: unknown, expected: string): never {
  const what = value === null || Array.isArray(value) ? String(value) : typeof value
  throw new UserError(`${field}: expected ${expected}, got ${what === '' ? 'an empty list' : what}`)
}

/** One value of a field as the argument of its option. Throws UserError for what cannot be one. */
function argumentOf(field: string, value: unknown): string {
  if (typeof value === 'number' && field === 'memory') {
    checkMemorySize(value)
    return `${value}B`
  }
  if (typeof value === 'number' && field === 'cpus') return String(value)
  if ((typeof value === 'number' || typeof value === 'bigint') && field === 'seed') return String(value)
  // A system call would take a text only up to there.
  if (typeof value === 'string' && value.includes('\0'))
    throw new UserError(`${field}: contains a NUL character`)
  if (typeof value === 'string') return value
  if (isValues(value)) return locate(field, () => keyvalText(value))
  return wrongType(field, value, 'a text or an object of key: value')
}

function applyFlag(line: CommandLine, field: string, row: OptionRow, value: unknown): void {
  if (typeof value !== 'boolean') wrongType(field, value, 'true or false')
  if (value) row.apply(line, '')
}

function applyOne(line: CommandLine, field: string, row: OptionRow, value: unknown): void {
  if (field in chardevFields && (value instanceof Chardev || value instanceof Writable)) {
    line[chardevFields[field as keyof typeof chardevFields]].push(backEndOf(value))
    return
  }
  const argument = argumentOf(field, value)
  locate(`-${row.names[0]} ${argument}`, () => row.apply(line, argument))
}

function backEndOf(value: Chardev | Writable): Chardev {
  if (value instanceof Chardev) return value
  const chr = StreamChardev.create()
  const { stream } = chr
  stream.pipe(value, { end: false })
  // A stream that has gone takes nothing any more; the guest is not to wait for it.
  value.on('unpipe', (source) => source === stream && stream.resume())
  return chr
}

/**
 * Puts the options' fields through the same rows as the command's arguments. Throws UserError for a field that there is not, and
 * for what the rows refuse.
 */
export function readMachineOptions(options: MachineOptions): MachineConfig {
  const line = new CommandLine()
  for (const [field, value] of Object.entries(options)) {
    if (value === undefined || programFields.includes(field)) continue
    const row = optionTable.find((candidate) => candidate.field === field)
    if (!row) throw new UserError(`${field}: no such option (there are ${knownFields().join(', ')})`)
    if (row.argument === null) applyFlag(line, field, row, value)
    else for (const one of Array.isArray(value) ? value : [value]) applyOne(line, field, row, one)
    if (line.help !== null) throw new UserError(`${field}: lists are printed by the command only`)
  }
  const port: SerialSpec[] = options.serial === undefined ? [StreamChardev.create()] : []
  return machineConfigOf(line, () => port)
}

function knownFields(): string[] {
  return [...optionTable.flatMap(({ field }) => field ?? []), ...programFields].sort()
}

/**
 * The same mistake in the words of whoever wrote it in a program: the field's name takes the place of the option's.
 */
export function inFieldsWords(error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const option = /^-([\w-]+)/.exec(error.message)
  const field = option && optionByName(option[1]!)?.field
  return option && field
    ? new UserError(`${field}${error.message.slice(option[0].length)}`, { cause: error })
    : error
}
