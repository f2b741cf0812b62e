// SPDX-License-Identifier: GPL-2.0-or-later
// That the blocks are in the sources is checked for all documents in contributing.test.ts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blocksOf } from '../scripts/markdown.mjs'
import { root } from '../scripts/setup.mjs'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const page = read('docs/writing-a-device.md')
const blocks = blocksOf(page).filter(({ language }) => language === 'ts')
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

describe('the page about writing a device', () => {
  it('shows the whole device, in the order of its file', () => {
    const device = 'packages/hw-misc/src/debugexit.ts'
    const shown = blocks.filter(({ info }) => info === device).map(({ text }) => text)

    expect(linesOf(shown.join('\n'))).toEqual(linesOf(read(device)))
  })

  it('shows parts of its test', () => {
    const test = read('packages/hw-misc/src/debugexit.test.ts')
    const shown = blocks.filter(({ info }) => info === 'packages/hw-misc/src/debugexit.test.ts')

    expect(shown.length).toBeGreaterThan(2)
    for (const { text } of shown) expect(test).toContain(text)
  })

  it('names files that are there', () => {
    const paths = [...page.matchAll(/`(packages\/[\w/.-]+)`|\]\(([\w-]+\.md)\)/g)].map(
      ([, path, link]) => path ?? `docs/${link}`,
    )

    expect(paths.length).toBeGreaterThan(8)
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true)
  })
})
