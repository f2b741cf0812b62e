// SPDX-License-Identifier: GPL-2.0-or-later
/** Packs the public packages as publishing would, for the checks of what users get. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packageDirs, pnpmCommand, root, toolEnv } from './setup.mjs'

/**
 * One public package.
 * @typedef {object} Packed
 * @property {string} dir from the repository's top folder
 * @property {Manifest} manifest as it stands in the archive
 * @property {string} archive path of the .tgz
 * @property {string} folder where its content is unpacked
 * @property {string[]} files paths within it
 * @property {number} packedSize bytes
 * @property {number} unpackedSize bytes
 */

/** @typedef {{ name: string, version: string, files: string[], bin?: Record<string, string>,
 *   exports: Record<string, { types: string, default: string }>, dependencies?: Record<string, string> }} Manifest */

/** Folders of the packages that are published, with their manifests. */
export const publicPackages = () =>
  packageDirs()
    .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)

/** @param {string} folder @returns {string[]} */
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

/** Packs all public packages into one folder, with `workspace:` ranges replaced. @param {string} into @returns {Packed[]} */
export function packAll(into) {
  const [command, ...args] = [...pnpmCommand(), '--recursive', 'pack', '--pack-destination', into]
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8'), env: toolEnv(), maxBuffer: 1 << 28 }
  const result = spawnSync(/** @type {string} */ (command), args, options)
  if (result.status !== 0) throw new Error(`pnpm pack failed\n${result.stdout}${result.stderr}`)
  return publicPackages().map(({ dir, manifest: { name, version } }) => {
    const base = `${name.replace('@', '').replace('/', '-')}-${version}`
    const archive = join(into, `${base}.tgz`)
    const unpacked = join(into, base)
    mkdirSync(unpacked)
    execFileSync('tar', ['-xzf', archive, '-C', unpacked])
    const folder = join(unpacked, 'package')
    const files = filesOf(folder)
    return {
      dir,
      manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
      archive,
      folder,
      files,
      packedSize: statSync(archive).size,
      unpackedSize: files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
    }
  })
}
