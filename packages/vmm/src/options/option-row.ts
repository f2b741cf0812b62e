// SPDX-License-Identifier: GPL-2.0-or-later
import type { KeyValues } from '@dromaius/util'
import type { CommandLine } from '../command-line.js'
import type { MachineOptions } from '../machine-options.js'

/** One option: what `-h` prints of it, how it differs from QEMU's, and what it does. */
export interface OptionRow {
  /** Without dashes. */
  readonly names: readonly string[]
  /** Syntax of its argument, null where it takes none. */
  readonly argument: string | null
  readonly help: readonly string[]
  /** How it differs from QEMU 7.2's option, for docs/command-line.md; null where it does not. */
  readonly differs: string | null
  /** The field of `MachineOptions` that says the same in a program; absent where the option is about the command only. */
  readonly field?: keyof MachineOptions
  /** Throws UserError, to which the caller adds the option. */
  apply(line: CommandLine, value: string): void
}

/** Fields of {@link CommandLine} that are texts which a later step looks at. */
type TextField = 'kernel' | 'initrd' | 'append' | 'logFile'
type FlagField = 'nodefaults' | 'nographic'

/** A row whose argument is kept as it is. */
export const text = (field: TextField, row: Omit<OptionRow, 'apply'>): OptionRow => ({
  ...row,
  apply(line, value) {
    line[field] = value
  },
})

/** A row without an argument. */
export const flag = (field: FlagField, row: Omit<OptionRow, 'apply' | 'argument'>): OptionRow => ({
  ...row,
  argument: null,
  apply(line) {
    line[field] = true
  },
})

/** Whether the whole argument asks for a list. */
export const asksForHelp = (value: string): boolean => value === 'help' || value === '?'

/** Whether one of the keys asks for a list. */
export const hasHelp = (pairs: KeyValues): boolean => pairs.some(([key]) => key === 'help' || key === '?')
