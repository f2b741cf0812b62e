// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { kvmMissing } from '../scripts/kvm.mjs'
import { examplesOf, outputPattern } from '../scripts/markdown.mjs'
import { root } from '../scripts/setup.mjs'

/** Each README and the folder from which its `import`s resolve; the top folder itself depends on no package. */
const readmes = [
  { readme: 'README.md', folder: 'packages/vmm' },
  { readme: 'native/README.md', folder: 'native' },
  ...readdirSync(join(root, 'packages')).map((name) => ({
    readme: `packages/${name}/README.md`,
    folder: `packages/${name}`,
  })),
]

const written: string[] = []
afterAll(() => written.forEach((path) => rmSync(path, { force: true })))

/** Runs an example with plain Node on the built packages; its name is ignored by git and by the build's stamp. */
function run(folder: string, text: string): { status: number | null; stdout: string; stderr: string } {
  const path = join(root, folder, `.readme-${process.pid}-${written.length}.mjs`)
  written.push(path)
  writeFileSync(path, text)
  return spawnSync(process.execPath, [path], {
    cwd: join(root, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
}

describe.each(readmes)('$readme', ({ readme, folder }) => {
  const examples = existsSync(join(root, readme)) ? examplesOf(readFileSync(join(root, readme), 'utf8')) : []

  it('has an example', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  for (const { line, text, output } of examples) {
    const missing = /@dromaius\/(vmm|accel-kvm)/.test(text) ? kvmMissing() : undefined
    const title = `example in line ${line} runs${missing ? ` (skipped: ${missing})` : ''}`
    it.skipIf(missing !== undefined)(title, { timeout: 90_000 }, () => {
      const { status, stdout, stderr } = run(folder, text)

      expect(stderr).not.toContain('ERR_MODULE_NOT_FOUND') // not built: `npm test` builds first
      expect(status, stderr).toBe(0)
      if (output !== undefined) expect(stdout).toMatch(new RegExp(`^${outputPattern(output)}$`))
    })
  }
})
