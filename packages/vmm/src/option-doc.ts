// SPDX-License-Identifier: GPL-2.0-or-later
import { optionGroups, optionHead } from './option-table.js'
import type { OptionRow } from './options/option-row.js'

function section(row: OptionRow): string[] {
  const field = row.field === undefined ? [] : ['', `In a program: \`${row.field}\`.`]
  const differs = row.differs === null ? 'As in QEMU.' : `Differs from QEMU: ${row.differs}`
  const help = row.help.map((line) => `    ${line}`)
  return [`### \`${optionHead(row)}\``, '', ...help, '', differs, ...field, '']
}

/** docs/command-line.md: every option, its words in `-h`, how it differs from QEMU 7.2's, and its field in a program. */
export function commandLineDoc(): string {
  return [
    '# The command line',
    '',
    'Generated from the option table in `packages/vmm/src/options` by `pnpm options`; do not edit.',
    '',
    "Options are QEMU's and begin with one dash or two. What is said of differences is against QEMU 7.2. In a program,",
    '`Machine.create` takes the same arguments in the fields that are named here.',
    '',
    ...optionGroups.flatMap(({ title, rows }) => [`## ${title}`, '', ...rows.flatMap(section)]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}
