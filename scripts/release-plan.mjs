// SPDX-License-Identifier: GPL-2.0-or-later
/** Do versions and changesets agree? Part of `pnpm release:check`. */
import { execFileSync } from 'node:child_process'
import getReleasePlan from '@changesets/get-release-plan'

/** A package that has never been released has this version; its first changeset makes it 0.1.0. */
const UNRELEASED = '0.0.0'

/**
 * Whether users would notice: something of the package but its tests has changed since its version was last set.
 * @param {string} folder the repository
 * @param {string} dir the package's folder in it
 */
function changedSinceRelease(folder, dir) {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  const release = git('log', '-1', '--format=%H', '-G^  "version":', '--', `${dir}/package.json`)
  const changed = git('diff', '--name-only', release, '--', dir)
  return changed.split('\n').some((file) => file !== '' && !/\.test\.\w+$|CHANGELOG\.md$/.test(file))
}

/**
 * What is wrong, a line each: a public package that was never released, or has changed since, and that no changeset
 * names; packages that would be released together under different versions (they are `linked`); a range between our
 * packages that does not take the version beside it.
 * @param {string} folder the repository
 * @param {{ dir: string, manifest: { name: string, version: string } }[]} packages the public ones
 */
export async function planProblems(folder, packages) {
  const { changesets, releases } = await getReleasePlan(folder)
  const problems = []
  for (const { dir, manifest } of packages) {
    const named = changesets.some((one) =>
      one.releases.some(({ name, type }) => name === manifest.name && type !== 'none'),
    )
    if (named) continue
    if (manifest.version === UNRELEASED) problems.push(`${dir}: never released, and no changeset names it`)
    else if (changedSinceRelease(folder, dir))
      problems.push(`${dir}: changed since ${manifest.version}, and no changeset names it`)
  }
  const isPublic = (/** @type {string} */ name) => packages.some(({ manifest }) => manifest.name === name)
  const next = releases.filter(({ name, type }) => isPublic(name) && type !== 'none')
  const versions = [...new Set(next.map(({ newVersion }) => newVersion))]
  if (versions.length > 1) problems.push(`the next release has several versions: ${versions.join(', ')}`)
  return { problems, next: versions.join(', '), count: next.length, changesets: changesets.length }
}

/**
 * Ranges between packed packages: each is `^` and the version that is released with it.
 * @param {{ dir: string, manifest: { name: string, version: string, dependencies?: Record<string, string> } }[]} packed
 */
export function rangeProblems(packed) {
  const versions = new Map(packed.map(({ manifest }) => [manifest.name, manifest.version]))
  return packed.flatMap(({ dir, manifest }) =>
    Object.entries(manifest.dependencies ?? {})
      .filter(([name]) => name.startsWith('@dromaius/'))
      .filter(([name, range]) => range !== `^${versions.get(name)}`)
      .map(([name, range]) => `${dir}: wants ${name} ${range}, beside it is ${versions.get(name) ?? 'none'}`),
  )
}
