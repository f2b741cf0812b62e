// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { UserError } from '@dromaius/util'
import type { Initramfs } from './initramfs.js'

/** Adds a file of the host by the same path, with its permissions. */
function addHostFile(initramfs: Initramfs, path: string): void {
  if (!initramfs.has(path)) initramfs.file(path, readFileSync(path), statSync(path).mode & 0o777)
}

/**
 * Adds a program or library of this Linux host, and the shared libraries that it needs, each by its path here.
 * @param path  where it is on the host; links are followed
 * @param to  where it comes in the initramfs, `path` by default
 * @throws UserError  when it is not there or one of its libraries is missing
 */
export function addProgram(initramfs: Initramfs, path: string, to = path): void {
  let real: string
  try {
    real = realpathSync(path)
    initramfs.file(to, readFileSync(real), statSync(real).mode & 0o777)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`Program '${path}': cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  for (const library of librariesOf(real)) addHostFile(initramfs, library)
}

/** Paths of the shared libraries and of the program that loads them, as the loader itself finds them. */
function librariesOf(path: string): string[] {
  const { stdout, error } = spawnSync('ldd', [path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (error) throw new UserError(`Program '${path}': its libraries cannot be found without ldd`)
  const missing = /^\s*(\S+) => not found/m.exec(stdout)
  if (missing) throw new UserError(`Program '${path}': its library ${missing[1]} is missing`)
  // `libc.so.6 => /lib/... (0x...)` or, of the loader, `/lib64/ld-linux-x86-64.so.2 (0x...)`; nothing of a static program.
  return [...stdout.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, library]) => library!)
}
