// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm pack:check`: packs every public package as it would be published and has publint and
 * are-the-types-wrong look at the archive. Our packages are ESM only, so what are-the-types-wrong says about
 * `require()` and about resolution without `exports` is left out (its own profile `esm-only`).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packageDirs, pnpmCommand, root, toolEnv } from './setup.mjs'

/** Fields that a published manifest must have. */
const requiredFields = ['name', 'version', 'description', 'license', 'type', 'engines', 'exports', 'files']

/** Packs all packages into one folder, with `workspace:` ranges replaced as on publishing. @param {string} into */
function packAll(into) {
  const [command, ...args] = [...pnpmCommand(), '--recursive', 'pack', '--pack-destination', into]
  const result = spawnSync(/** @type {string} */ (command), args, {
    cwd: root,
    encoding: 'utf8',
    env: toolEnv(),
  })
  if (result.status !== 0) throw new Error(`pnpm pack failed\n${result.stdout}${result.stderr}`)
}

/** What is wrong with one archive, a line each. @param {string} path @returns {Promise<string[]>} */
async function problemsOf(path) {
  const bytes = new Uint8Array(readFileSync(path))
  const lint = await publint({ pack: { tarball: bytes.slice().buffer }, strict: true })
  const problems = lint.messages.map(
    (message) => `publint: ${formatMessage(message, lint.pkg) ?? message.code}`,
  )

  const archive = createPackageFromTarballData(bytes)
  const files = archive.listFiles().map((path) => path.replace(/^\/node_modules\/(?:@[^/]+\/)?[^/]+\//, ''))
  for (const name of ['README.md', 'LICENSE'])
    if (!files.includes(name)) problems.push(`no ${name} in the archive`)
  for (const name of files)
    if (/\.test\.|tsbuildinfo$/.test(name)) problems.push(`${name} does not belong in the archive`)
  for (const field of requiredFields) if (!(field in lint.pkg)) problems.push(`no "${field}" in package.json`)

  const types = await checkPackage(archive)
  if (!types.types) problems.push('are-the-types-wrong: no types')
  else
    for (const problem of types.problems) {
      const kind = 'resolutionKind' in problem ? problem.resolutionKind : ''
      if (kind !== 'node10' && kind !== 'node16-cjs' && problem.kind !== 'CJSResolvesToESM')
        problems.push(`are-the-types-wrong: ${JSON.stringify(problem)}`)
    }
  return problems
}

const into = mkdtempSync(join(tmpdir(), 'dromaius-pack-'))
let checked = 0
let failed = 0
try {
  packAll(into)
  for (const dir of packageDirs()) {
    const manifest = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'))
    if (manifest.private) continue
    checked++
    const archive = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    const problems = await problemsOf(join(into, archive))
    if (problems.length > 0) failed++
    for (const problem of problems) console.error(`${dir}: ${problem}`)
  }
} finally {
  rmSync(into, { recursive: true })
}
console.log(`pack:check: ${checked} public packages, ${failed} with problems`)
if (checked === 0 || failed > 0) process.exitCode = 1
