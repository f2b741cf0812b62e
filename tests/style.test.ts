// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageDirs, root } from '../scripts/setup.mjs'
import { trackedFiles } from '../scripts/tracked-files.mjs'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const json = (path: string) => JSON.parse(read(path))
const code = trackedFiles(/\.(ts|mjs|js|cc|cpp|c|h|hpp|S)$/)
const text = trackedFiles(
  /\.(ts|mjs|js|cc|cpp|c|h|hpp|S|ld|md|json|ya?ml|npmrc)$|(^|\/)(Makefile|run|\.[a-z]+rc)$/,
)

/** `file:line: text` of every line that matches. */
const linesThatMatch = (files: string[], pattern: RegExp): string[] =>
  files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )

describe('files', () => {
  it('source begins with the licence', () => {
    const without = code.filter((file) => {
      const [first, second] = read(file).split('\n')
      const line = first?.startsWith('#!') ? second : first
      return !/^(\/\/|\/\*) SPDX-License-Identifier: GPL-2\.0-or-later( \*\/)?$/.test(line ?? '')
    })

    expect(without).toEqual([])
  })

  it('no path of a developer machine is written down', () => {
    // Put together from two halves, so that this line is not one.
    expect(linesThatMatch(text, new RegExp('(^|[\\s\'"`(=])/' + 'work/'))).toEqual([])
  })

  it('no package registry is written down, in the lock file neither', () => {
    const hosts = new RegExp(
      'https?://[^\\s\'"]*(regis' + 'try|artifactory|nexus|verdaccio)|^\\s*@?[\\w:-]*registry\\s*=',
    )

    expect(linesThatMatch(text, hosts)).toEqual([])
    expect(linesThatMatch(['pnpm-lock.yaml'], /tarball:|https?:\/\//)).toEqual([])
  })

  it('nothing is left to do', () => {
    expect(linesThatMatch(code, new RegExp('\\b(TO' + 'DO|FIX' + 'ME|XX' + 'X)\\b'))).toEqual([])
  })

  it('no test is switched off or singled out', () => {
    const marks = new RegExp('\\b(it|test|describe)\\.(sk' + 'ip|on' + 'ly|to' + 'do)\\b(?!If)')

    expect(linesThatMatch(code, marks)).toEqual([])
  })

  it('.ci/run can be executed and is valid', () => {
    const result = spawnSync('bash', ['-n', join(root, '.ci/run')], { encoding: 'utf8' })

    expect(result.stderr).toBe('')
    expect(statSync(join(root, '.ci/run')).mode & 0o111).toBe(0o111)
  })
})

describe.each(packageDirs())('package %s', (dir) => {
  const manifest = json(`${dir}/package.json`)
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  const ownFolder = (name: string): string =>
    name === '@dromaius/native' ? 'native' : `packages/${name.replace('@dromaius/', '')}`

  it('is free software of this project', () => {
    expect(manifest.license).toBe('GPL-2.0-or-later')
    expect(manifest.name).toMatch(/^@dromaius\//)
  })

  if (!manifest.private)
    it('can be published', () => {
      expect(existsSync(join(root, dir, 'README.md')), 'README.md').toBe(true)
      expect(manifest).toMatchObject({
        type: 'module',
        engines: { node: '>=20' },
        publishConfig: { access: 'public' },
      })
      expect(manifest.exports).toBeTypeOf('object')
      for (const entry of Object.values(manifest.exports))
        expect(entry).toMatchObject({ types: expect.any(String), default: expect.any(String) })
    })

  if (!manifest.private && manifest.version === '0.0.0')
    it('has a changeset for its first release', () => {
      const lines = linesThatMatch(
        trackedFiles(/^\.changeset\/.*\.md$/),
        new RegExp(`^'${manifest.name}': minor$`),
      )

      expect(lines).toHaveLength(1)
    })

  if (existsSync(join(root, dir, 'tsconfig.json')))
    it('names the same packages to npm and to the compiler', () => {
      const references: { path: string }[] = json(`${dir}/tsconfig.json`).references ?? []
      const built = dependencies
        .filter((name) => name.startsWith('@dromaius/'))
        .map(ownFolder)
        .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))

      expect(references.map(({ path }) => join(dir, path)).sort()).toEqual(built.sort())
      expect(json('tsconfig.json').references).toContainEqual({ path: dir })
    })
})
