// SPDX-License-Identifier: GPL-2.0-or-later
import { parseArgs } from 'node:util'

/**
 * The program's options, each a whole number with a default: `--name N`. A wrong one ends the process with one line.
 *
 * @param {Record<string, number>} defaults  by the option's name
 * @returns {Record<string, number>}
 */
export function numericArguments(defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' }]))
  try {
    const { values } = parseArgs({ options })
    return Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => {
        const text = values[name]
        if (text === undefined) return [name, value]
        if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`)
        return [name, Number(text)]
      }),
    )
  } catch (error) {
    const known = Object.entries(defaults).map(([name, value]) => `--${name} N (${value})`)
    console.error(`${error.message}; the options are ${known.join(', ')}`)
    process.exit(1)
  }
}
