// SPDX-License-Identifier: GPL-2.0-or-later
/** The files that belong to the project. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

/** Folders that are never the project's own, for a tree without git. */
const skipped = new Set(['node_modules', 'dist', 'build', '.turbo', '.git', 'coverage'])

/** @param {string} dir @returns {string[]} */
const walk = (dir) =>
  readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = dir === '' ? entry.name : `${dir}/${entry.name}`
    return entry.isDirectory() ? walk(path) : [path]
  })

/**
 * Paths, from the repository's top folder, of all files that git tracks or would track (new and not ignored);
 * in a tree that is no git repository, of all files outside build and package folders.
 * @param {RegExp} pattern what the path must match
 * @returns {string[]}
 */
export function trackedFiles(pattern) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const all = existsSync(join(root, '.git'))
    ? execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0')
    : walk('')
  return [...new Set(all)].filter((path) => pattern.test(path) && existsSync(join(root, path))).sort()
}
