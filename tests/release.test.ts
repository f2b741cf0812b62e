// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileProblems } from '../scripts/pack-check.mjs'
import { planProblems, rangeProblems } from '../scripts/release-plan.mjs'
import { root } from '../scripts/setup.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-release-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes files below the test's folder. */
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

describe('files of a package', () => {
  const manifest = { name: 'a', version: '1.0.0', files: ['dist', '!dist/**/*.map', 'bin'], exports: {} }
  const problemsOf = (...files: string[]): string[] =>
    fileProblems({ manifest, folder, files: ['LICENSE', 'README.md', 'package.json', ...files] })

  it('that "files" names are right', () => {
    expect(problemsOf('bin/a.js', 'dist/a.js', 'dist/a/b.d.ts')).toEqual([])
  })

  it.each([
    ['lib/a.js', 'lib/a.js is in the archive, but not in "files"'],
    ['dist/a.test.js', 'dist/a.test.js does not belong in the archive'],
    ['dist/tsconfig.tsbuildinfo', 'dist/tsconfig.tsbuildinfo does not belong in the archive'],
    ['dist/fixtures/a.bin', 'dist/fixtures/a.bin does not belong in the archive'],
    ['dist/.readme-1.mjs', 'dist/.readme-1.mjs does not belong in the archive'],
  ])('%s is told', (file, problem) => {
    expect(problemsOf(file)).toEqual([problem])
  })

  it('without licence and README are told', () => {
    expect(fileProblems({ manifest, folder, files: ['dist/a.js'] })).toEqual([
      'no README.md in the archive',
      'no LICENSE in the archive',
    ])
  })

  it('a map leads to what is in the archive, or holds it', () => {
    write({
      'dist/a.js.map': '{ "sources": ["../src/a.ts"] }',
      'dist/b.js.map': '{ "sources": ["../src/b.ts"], "sourcesContent": ["export {}"] }',
    })

    expect(problemsOf('dist/a.js.map', 'dist/b.js.map')).toEqual([
      'dist/a.js.map leads to src/a.ts, which is not in the archive: add its folder to "files"',
    ])
  })
})

describe('versions and changesets', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
  const manifest = (name: string, version: string): string =>
    `{\n  "name": "@t/${name}",\n  "version": "${version}"\n}\n`
  const packages = [
    { dir: 'packages/a', manifest: { name: '@t/a', version: '0.1.0' } },
    { dir: 'packages/b', manifest: { name: '@t/b', version: '0.0.0' } },
  ]
  const problems = async (): Promise<string[]> => (await planProblems(folder, packages)).problems

  it('a package that was never released, or has changed since, is named by a changeset', async () => {
    write({
      'package.json': '{ "name": "t", "version": "1.0.0", "private": true, "workspaces": ["packages/*"] }',
      'package-lock.json': '{ "name": "t", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }',
      '.changeset/config.json': '{ "linked": [["@t/*"]], "baseBranch": "main" }',
      'packages/a/package.json': manifest('a', '0.1.0'),
      'packages/b/package.json': manifest('b', '0.0.0'),
    })
    git('init', '--quiet')
    git('add', '.')
    git('commit', '--quiet', '-m', 'release')
    expect(await problems()).toEqual(['packages/b: never released, and no changeset names it'])

    write({ '.changeset/b.md': "---\n'@t/b': minor\n---\n\nB.\n", 'packages/a/src/a.test.ts': '' })
    git('add', '.')
    git('commit', '--quiet', '-m', 'a test')
    expect(await problems()).toEqual([])

    write({ 'packages/a/src/a.ts': '' })
    git('add', '.')
    expect(await problems()).toEqual(['packages/a: changed since 0.1.0, and no changeset names it'])
  })

  it('packages that are released together get one version', async () => {
    write({ '.changeset/a.md': "---\n'@t/a': patch\n---\n\nA.\n" })
    expect(await planProblems(folder, packages)).toMatchObject({ problems: [], next: '0.2.0', count: 2 })

    write({ '.changeset/config.json': '{ "baseBranch": "main" }' })
    expect(await problems()).toEqual(['the next release has several versions: 0.1.1, 0.1.0'])
  })

  it('a range that does not take the version beside it is told', () => {
    const a = { dir: 'a', manifest: { name: '@dromaius/a', version: '0.2.0' } }
    const on = (range: string) => ({
      dir: 'b',
      manifest: {
        name: '@dromaius/b',
        version: '0.2.0',
        dependencies: { '@dromaius/a': range, c: '^1.0.0' },
      },
    })

    expect(rangeProblems([a, on('^0.2.0')])).toEqual([])
    expect(rangeProblems([a, on('workspace:^')])).toEqual([
      'b: wants @dromaius/a workspace:^, beside it is 0.2.0',
    ])
  })
})

describe('glibc floor', () => {
  const script = join(root, 'native/scripts/glibc-floor.mjs')
  const hasObjdump = spawnSync('objdump', ['--version']).status === 0

  it.skipIf(!hasObjdump)('an addon that takes the C++ library from the host is refused', () => {
    const addon = join(root, 'native/build/Release/dromaius.node')

    const { status, stderr } = spawnSync(process.execPath, [script, addon, '2.28'], { encoding: 'utf8' })

    expect(stderr).toMatch(/: \w+ is of (GLIBCXX|CXXABI) [\d.]+$/m)
    expect(status).toBe(1)
  })

  it.skipIf(!hasObjdump)('a library is refused below the glibc that it wants, and not above', () => {
    const floorOf = (floor: string) =>
      spawnSync(process.execPath, [script, '/lib/x86_64-linux-gnu/libm.so.6', floor], { encoding: 'utf8' })

    expect(floorOf('2.1').stderr).toMatch(/ is of GLIBC 2\./)
    expect(floorOf('2.99')).toMatchObject({ status: 0, stderr: '' })
  })
})
