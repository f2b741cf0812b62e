// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Files of Debian's packages without installing them: apt looks them up and fetches them into a cache folder, with lists
 * and a state of its own there, so that it needs neither root nor the host's architecture.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A user can put it right: the message is one line. */
export class GuestError extends Error {}

/** Where packages are kept between runs. */
export const cacheDir = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dromaius', 'debian')

/** Runs a program; its output, or an error of one line. @param {string} program @param {string[]} args @param {string} what @param {string} [cwd] */
function run(program, args, what, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (/** @type {NodeJS.ErrnoException | undefined} */ (error)?.code === 'ENOENT')
    throw new GuestError(`${what}: this needs a Debian host, whose program ${program} is missing here`)
  if (error) throw new GuestError(`${what}: ${program} failed (${error.message})`)
  if (status !== 0) {
    const why = stderr.split('\n').find((line) => line.startsWith('E: ')) ?? stderr.trim().split('\n').at(-1)
    throw new GuestError(`${what}: ${program} says '${(why ?? '').replace(/^E: /, '')}'; is there network?`)
  }
  return stdout
}

/** Debian's packages of one architecture. */
class Repository {
  /** @param {string} architecture  Debian's name of it, such as amd64 */
  constructor(architecture) {
    this.architecture = architecture
    this.folder = join(cacheDir(), architecture)
    this.state = join(this.folder, 'apt')
    this.options = [
      ...['-q', '-o', `APT::Architecture=${architecture}`, '-o', `APT::Architectures=${architecture}`],
      ...[
        '-o',
        `Dir::State=${this.state}`,
        '-o',
        'Dir::State::status=/dev/null',
        '-o',
        `Dir::Cache=${this.state}`,
      ],
      // As root, apt would have another user fetch, who may not write here.
      ...['-o', 'APT::Sandbox::User='],
    ]
  }

  /** Fetches the lists of packages. Where one source fails, the others serve. */
  update() {
    mkdirSync(join(this.state, 'lists', 'partial'), { recursive: true })
    mkdirSync(join(this.state, 'archives', 'partial'), { recursive: true })
    try {
      run('apt-get', [...this.options, 'update'], `Debian's list of packages for ${this.architecture}`)
    } catch (error) {
      const lists = readdirSync(join(this.state, 'lists')).some((name) => name.includes('_Packages'))
      if (!(error instanceof GuestError) || !lists) throw error
    }
  }

  /** The package that a metapackage leads to now. @param {string} metapackage */
  dependency(metapackage) {
    const text = run('apt-cache', [...this.options, 'depends', '--important', metapackage], metapackage)
    const found = /^ *Depends: (\S+)/m.exec(text)
    if (!found?.[1])
      throw new GuestError(`${metapackage}: Debian has no such package for ${this.architecture}`)
    return found[1]
  }

  /** Fetches a package and takes it apart. Returns the folder of its files. @param {string} name */
  extract(name) {
    const folder = join(this.folder, name)
    if (existsSync(folder)) return folder
    const work = join(this.folder, `${name}.${process.pid}`)
    mkdirSync(work, { recursive: true })
    try {
      run('apt-get', [...this.options, 'download', name], `Package ${name} (${this.architecture})`, work)
      const file = readdirSync(work).find((entry) => entry.endsWith('.deb'))
      if (!file) throw new GuestError(`Package ${name} (${this.architecture}): apt-get fetched nothing`)
      run('dpkg-deb', ['-x', file, 'files'], `Package ${name}`, work)
      // Another process may have been quicker; its files are the same.
      if (!existsSync(folder)) renameSync(join(work, 'files'), folder)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
    return folder
  }
}

/**
 * Does something with the packages of an architecture, from the cache where it holds them; the lists are fetched when
 * there are none, and once more when they are too old for what the archive has now.
 * @template T @param {string} architecture @param {(repository: Repository) => T} use @returns {T}
 */
export function withRepository(architecture, use) {
  const repository = new Repository(architecture)
  const known = existsSync(join(repository.state, 'lists', 'partial'))
  if (!known) repository.update()
  try {
    return use(repository)
  } catch (error) {
    if (!known || !(error instanceof GuestError)) throw error
    repository.update()
    return use(repository)
  }
}
