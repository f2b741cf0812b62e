// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Brings a clone to the point where it can run: pnpm, packages, build. Needs only Node, npm, make and g++.
 *
 * Two stamps make a second run quick. The install stamp is a hash of the lock file and all manifests. The
 * build stamp is a hash of names, sizes and times of every file that a build reads or writes; while it holds,
 * nothing is started at all, and when it does not, turbo decides what has to be built.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The repository's top folder, without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** Folders with manifests: the globs of pnpm-workspace.yaml, with each package's own folder. */
export const packageDirs = () =>
  ['packages/*', 'native', 'guests', 'bench']
    .flatMap((glob) =>
      glob.endsWith('/*')
        ? readdirSync(join(root, glob.slice(0, -2))).map((name) => `${glob.slice(0, -1)}${name}`)
        : [glob],
    )
    .filter((dir) => existsSync(join(root, dir, 'package.json')))
    .sort()

/** Command line that runs exactly the pnpm that package.json names. `--yes`: without it npx may wait or fail unseen. */
export const pnpmCommand = () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['npx', '--yes', packageManager.split('+')[0]]
}

/** Environment of every tool that is started: no telemetry, no questions, no update notices. */
export const toolEnv = () => ({
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
  npm_config_loglevel: 'error', // `npm start --silent` would hide why a step failed
})

/** A step of the set-up failed: `message` names it and says what to do, `exitCode` is the tool's. */
class StepError extends Error {
  /** @param {string} message @param {number} exitCode */
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs one tool; what it prints is shown only when it fails. @param {{ step: string, hint: string, args: string[] }} job */
function runStep({ step, hint, args }) {
  console.error(`${step} ...`)
  const [command, ...rest] = [...pnpmCommand(), ...args]
  const result = spawnSync(/** @type {string} */ (command), rest, {
    cwd: root,
    env: toolEnv(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32', // npx is a script there, npx.cmd
  })
  if (result.error) throw new StepError(`${step} failed: cannot run ${command}: ${result.error.message}`, 1)
  if (result.status === 0) return
  process.stderr.write(`${result.stdout}${result.stderr}`)
  const how = result.signal ? `killed by ${result.signal}` : `exit code ${result.status}`
  throw new StepError(`${step} failed (${how}): ${hint}`, result.status ?? 1)
}

const stampFile = join(root, 'node_modules', '.dromaius-setup.json')

/** @returns {{ install?: string, build?: string }} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {} // First run, or a stamp cut short: both mean "do the work".
  }
}

/** @param {{ install?: string, build?: string }} stamps */
function writeStamps(stamps) {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, JSON.stringify(stamps))
}

function installStamp() {
  const hash = createHash('sha256').update(process.version)
  const manifests = packageDirs().map((dir) => `${dir}/package.json`)
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests])
    hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function buildStamp() {
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const info = statSync(join(root, path), { throwIfNoEntry: false })
    if (info?.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort())
        if (name !== 'node_modules' && !name.startsWith('.')) add(`${path}/${name}`)
    } else if (info) hash.update(`${path} ${info.size} ${info.mtimeMs}\n`)
  }
  for (const path of ['packages', 'native', 'guests', 'tsconfig.base.json', 'turbo.json']) add(path)
  return hash.digest('hex')
}

function setUp() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new StepError(`Node.js ${process.versions.node} is too old: install version 20 or later`, 1)
  const stamps = readStamps()
  const install = installStamp()
  if (stamps.install !== install || !existsSync(join(root, 'node_modules', '.modules.yaml'))) {
    runStep({
      step: 'Installing packages from the lock file',
      hint: 'see above; a first run needs the network, and pnpm-lock.yaml must fit the manifests',
      args: ['install', '--frozen-lockfile'],
    })
    writeStamps({ install })
  } else if (stamps.build === buildStamp()) return
  runStep({
    step: 'Building TypeScript, addon and guests',
    hint: 'see above; it needs make and g++ (Debian: apt-get install make g++) and, for pnpm, the network once',
    args: ['exec', 'turbo', 'run', 'build', '--ui=stream', '--output-logs=errors-only'],
  })
  writeStamps({ install, build: buildStamp() })
}

/** Sets the workspace up; on failure prints one line and ends the process with the failed tool's exit code. */
export function setUpOrExit() {
  try {
    setUp()
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    console.error(`dromaius: ${error.message}`)
    process.exit(error.exitCode)
  }
}

/**
 * Continues as the given script, in this very process: it owns the terminal, gets the signals and sets the
 * exit code itself, with nobody in between.
 * @param {string} script path from the repository's top folder
 * @param {string[]} args
 */
export async function continueAs(script, args) {
  const path = join(root, script)
  process.argv = [process.execPath, path, ...args]
  await import(pathToFileURL(path).href)
}

/** Arguments for the program: pnpm, other than npm, hands over the `--` that ends its own. */
export const programArgs = () => {
  const args = process.argv.slice(2)
  return args[0] === '--' ? args.slice(1) : args
}
