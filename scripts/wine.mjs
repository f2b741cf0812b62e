// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Runs programs for Windows under Wine, in a Windows of their own that is gone afterwards.
 *
 * `node scripts/wine.mjs PROGRAM [ARGUMENTS]` runs one, shows what it printed and takes over its exit code.
 * `node scripts/wine.mjs --missing` succeeds if something is missing that it takes to build and run one, and prints what.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Debian keeps the 64-bit loader outside the search path. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/lib/wine']
const find = (/** @type {string} */ name) =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path))

/** Why there is no Wine here, or null. */
export const wineMissing = () =>
  find('wine64') && find('wineserver') ? null : 'Wine is not installed (Debian: apt-get install wine64)'

/** Why nothing can be compiled for Windows here, or null. */
export const mingwMissing = () =>
  find('x86_64-w64-mingw32-g++-posix')
    ? null
    : 'mingw-w64 is not installed (Debian: apt-get install g++-mingw-w64-x86-64-posix)'

/** A file of this system as a program under Wine names it. @param {string} path absolute */
export const windowsPath = (path) => `Z:${path.replaceAll('/', '\\')}`

/** A fresh Windows 10; `end` takes it away. */
export class Wine {
  /** Use `Wine.start`. */
  constructor() {
    const missing = wineMissing()
    if (missing) throw new Error(missing)
    this.folder = mkdtempSync(join(tmpdir(), 'dromaius-wine-'))
    const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env
    this.env = {
      ...env,
      WINEPREFIX: join(this.folder, 'prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // No .NET and no browser engine: Wine would offer to download them.
      WINEDLLOVERRIDES: 'mscoree=d;mshtml=d',
    }
  }

  /** Sets a new one up. */
  static async start() {
    const wine = new Wine()
    for (const args of [
      ['wineboot', '--init'],
      // Node 20 refuses to start on less.
      ['winecfg', '/v', 'win10'],
    ]) {
      const { status, output } = await wine.run(args)
      if (status === 0) continue
      await wine.end()
      throw new Error(`Wine: ${args.join(' ')} failed (exit code ${status}): ${output}`)
    }
    return wine
  }

  /**
   * Runs a program to its end. Its two streams go to a file: on a pipe Node under Wine fails with EBADF.
   * @param {string[]} args the program, by its path here or its name there, and its arguments
   * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] `timeout` in ms
   * @returns {Promise<{ status: number | null, output: string }>} `status` is null when the time ran out
   */
  async run(args, { cwd, env, timeout = 120_000 } = {}) {
    const file = join(this.folder, 'output')
    const stream = openSync(file, 'w')
    const child = spawn(/** @type {string} */ (find('wine64')), args, {
      cwd,
      env: { ...this.env, ...env },
      timeout,
      killSignal: 'SIGKILL',
      stdio: ['ignore', stream, stream],
    })
    closeSync(stream)
    const [status] = await once(child, 'exit')
    return { status, output: readFileSync(file, 'utf8').replaceAll('\r\n', '\n') }
  }

  /** Ends whatever still runs there and removes the folder. */
  async end() {
    await once(
      spawn(/** @type {string} */ (find('wineserver')), ['-k', '-w'], { env: this.env, stdio: 'ignore' }),
      'exit',
    )
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** @param {string[]} args */
async function main(args) {
  if (args[0] === '--missing') {
    const missing = wineMissing() ?? mingwMissing()
    if (missing) console.log(missing)
    return missing ? 0 : 1
  }
  const missing = wineMissing()
  if (missing) {
    console.error(missing)
    return 1
  }
  const wine = await Wine.start()
  try {
    const { status, output } = await wine.run(args, { timeout: 600_000 })
    process.stdout.write(output)
    return status ?? 124
  } finally {
    await wine.end()
  }
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2))
