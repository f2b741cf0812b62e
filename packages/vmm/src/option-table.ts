// SPDX-License-Identifier: GPL-2.0-or-later
import { bootRows } from './options/boot-rows.js'
import { deviceRows } from './options/device-rows.js'
import { logRows } from './options/log-rows.js'
import { machineRows } from './options/machine-rows.js'
import type { OptionRow } from './options/option-row.js'
import { runRows } from './options/run-rows.js'
import { versionText } from './version.js'

const commandRows: readonly OptionRow[] = [
  {
    names: ['h', 'help'],
    argument: null,
    help: ['display this help and exit'],
    differs: null,
    apply(line) {
      line.help = usage()
    },
  },
  {
    names: ['version'],
    argument: null,
    help: ['display version information and exit'],
    differs: null,
    apply(line) {
      line.help = `${versionText()}\n`
    },
  },
]

/** The options by what they are about, in the order of `-h`. */
export const optionGroups: readonly { readonly title: string; readonly rows: readonly OptionRow[] }[] = [
  { title: 'The command', rows: commandRows },
  { title: 'The machine', rows: machineRows },
  { title: 'What it boots', rows: bootRows },
  { title: 'Devices and their back ends', rows: deviceRows },
  { title: 'The run', rows: runRows },
  { title: 'Logs', rows: logRows },
]

/**
 * All options, in the order of `-h`.
 * @qemu softmmu/vl.c qemu_options
 */
export const optionTable: readonly OptionRow[] = optionGroups.flatMap(({ rows }) => rows)

/** The row of an option's name, without dashes. */
export function optionByName(name: string): OptionRow | undefined {
  return optionTable.find((row) => row.names.includes(name))
}

/** A row's names and the syntax of its argument, as `-h` prints them. */
export function optionHead({ names, argument }: OptionRow): string {
  return names.map((name) => `-${name}`).join(' or ') + (argument === null ? '' : ` ${argument}`)
}

function usage(): string {
  const rows = optionTable.map((row) => {
    const head = optionHead(row)
    const [first, ...rest] = row.help
    const lines = head.length < 16 ? [head.padEnd(16) + first] : [head, `${' '.repeat(16)}${first}`]
    return [...lines, ...rest.map((more) => `${' '.repeat(16)}${more}`)].map((line) => `${line}\n`).join('')
  })
  return `${versionText()}\nusage: dromaius [options]\n\n${rows.join('')}\nOptions may begin with one dash or two.\n`
}
