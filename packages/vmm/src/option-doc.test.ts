// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import './machine.js'
import { commandLineDoc } from './option-doc.js'
import { optionTable } from './option-table.js'

describe('docs/command-line.md', () => {
  it('is what the option table says', () => {
    const path = new URL('../../../docs/command-line.md', import.meta.url)
    expect(readFileSync(path, 'utf8'), 'stale: run `pnpm build && pnpm options`').toBe(commandLineDoc())
  })

  it('tells of every option how it differs', () => {
    const doc = commandLineDoc()
    for (const { differs } of optionTable) expect(doc).toContain(differs ?? 'As in QEMU.')
  })

  it.each(optionTable.flatMap((row) => row.names))('-%s belongs to one option', (name) => {
    expect(optionTable.filter(({ names }) => names.includes(name))).toHaveLength(1)
  })
})
