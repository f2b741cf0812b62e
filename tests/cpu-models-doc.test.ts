// SPDX-License-Identifier: GPL-2.0-or-later
//
// docs/cpu-models.md, generated from the built tables and a host's description.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../scripts/setup.mjs'

describe('docs/cpu-models.md', () => {
  it('is what the tables and the description of its host give, whatever host this is', () => {
    const script = join(root, 'scripts/cpu-models-doc.mjs')

    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })

    expect([stderr, status]).toEqual(['', 0])
  })
})
