// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm pack:check`: packs every public package as it would be published and looks at the archives: publint,
 * are-the-types-wrong, what belongs in them and what does not. Our packages are ESM only, so what are-the-types-wrong
 * says about `require()` and about resolution without `exports` is left out (its own profile `esm-only`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packAll } from './pack.mjs'

/** @typedef {import('./pack.mjs').Packed} Packed */

/** Fields that a published manifest must have. */
const requiredFields = ['name', 'version', 'description', 'license', 'type', 'engines', 'exports', 'files']

/** What npm packs whether `files` names it or not. */
const always = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

/** What no package needs to run, to be built or to be read. */
const neverNeeded =
  /\.test\.|\.tsbuildinfo$|\.log$|\.new$|\.o$|\.d$|(^|\/)(tests?|fixtures|node_modules|\.\w[^/]*)(\/|$)/

/** What is wrong with the list of files, a line each. @param {Pick<Packed, 'files' | 'folder' | 'manifest'>} packed */
export function fileProblems({ files, folder, manifest }) {
  const named = manifest.files.filter((entry) => !entry.startsWith('!'))
  const isNamed = (/** @type {string} */ file) =>
    always.includes(file) || named.some((entry) => file === entry || file.startsWith(`${entry}/`))
  const problems = []
  for (const name of ['README.md', 'LICENSE'])
    if (!files.includes(name)) problems.push(`no ${name} in the archive`)
  for (const file of files) {
    if (neverNeeded.test(file)) problems.push(`${file} does not belong in the archive`)
    else if (!isNamed(file)) problems.push(`${file} is in the archive, but not in "files"`)
    if (!file.endsWith('.map')) continue
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    for (const [index, source] of sources.entries()) {
      const path = posix.join(dirname(file), source)
      if (!sourcesContent?.[index] && !files.includes(path))
        problems.push(`${file} leads to ${path}, which is not in the archive: add its folder to "files"`)
    }
  }
  return problems
}

/** What is wrong with one archive, a line each. @param {Packed} packed @returns {Promise<string[]>} */
async function problemsOf(packed) {
  const bytes = new Uint8Array(readFileSync(packed.archive))
  const lint = await publint({ pack: { tarball: bytes.slice().buffer }, strict: true })
  const problems = lint.messages.map(
    (message) => `publint: ${formatMessage(message, lint.pkg) ?? message.code}`,
  )
  problems.push(...fileProblems(packed))
  for (const field of requiredFields) if (!(field in lint.pkg)) problems.push(`no "${field}" in package.json`)

  const types = await checkPackage(createPackageFromTarballData(bytes))
  if (!types.types) problems.push('are-the-types-wrong: no types')
  else
    for (const problem of types.problems) {
      const kind = 'resolutionKind' in problem ? problem.resolutionKind : ''
      if (kind !== 'node10' && kind !== 'node16-cjs' && problem.kind !== 'CJSResolvesToESM')
        problems.push(`are-the-types-wrong: ${JSON.stringify(problem)}`)
    }
  return problems
}

async function main() {
  const into = mkdtempSync(join(tmpdir(), 'dromaius-pack-'))
  try {
    const packages = packAll(into)
    let failed = 0
    for (const packed of packages) {
      const problems = await problemsOf(packed)
      if (problems.length > 0) failed++
      for (const problem of problems) console.error(`${packed.dir}: ${problem}`)
    }
    console.log(`pack:check: ${packages.length} public packages, ${failed} with problems`)
    if (packages.length === 0 || failed > 0) process.exitCode = 1
  } finally {
    rmSync(into, { recursive: true })
  }
}

if (process.argv[1] === import.meta.filename) await main()
