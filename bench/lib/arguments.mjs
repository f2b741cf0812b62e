// SPDX-License-Identifier: GPL-2.0-or-later
import { parseArgs } from 'node:util'

/**
 * The program's options, each a whole number with a default: `--name N`. A wrong one ends the process with one line.
 *
 * @param {Record<string, number>} defaults  by the option's name
 * @param {string[]} choices  what else may be named; those that were come back as `names`
 * @returns {Record<string, number> & { names: string[] }}
 */
export function numericArguments(defaults, choices = []) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' }]))
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: choices.length > 0 })
    const unknown = positionals.find((name) => !choices.includes(name))
    if (unknown !== undefined) throw new Error(`'${unknown}' is none of ${choices.join(', ')}`)
    const numbers = Object.entries(defaults).map(([name, value]) => {
      const text = values[name]
      if (text === undefined) return [name, value]
      if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`)
      return [name, Number(text)]
    })
    return { ...Object.fromEntries(numbers), names: positionals }
  } catch (error) {
    const known = Object.entries(defaults).map(([name, value]) => `--${name} N (${value})`)
    console.error(`${error.message}; the options are ${known.join(', ')}`)
    process.exit(1)
  }
}
