// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { getSystemErrorMap } from 'node:util'
import { UserError } from '@dromaius/util'

/** Largest file that is read, bytes: one Node buffer holds no more. */
const FILE_SIZE_MAX = 2 ** 31 - 1

/** What the system says of a failed call, such as `no such file or directory`. */
export function strerror(error: unknown): string {
  const { code, errno } = error as NodeJS.ErrnoException
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? code ?? String(error)
}

/**
 * Reads a whole file that the user named. Throws UserError when it is missing, unreadable, a directory, too large, or changes
 * while it is read.
 */
export function readInputFile(path: string, option: string): Uint8Array {
  const fail = (why: string, cause?: unknown): never => {
    throw new UserError(`${option} ${path}: could not be read: ${why}`, { cause })
  }
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    return fail(strerror(error), error)
  }
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) fail('it is a directory')
    if (stat.size > FILE_SIZE_MAX) fail('it is larger than 2 GiB')
    return readFileSync(fd)
  } catch (error) {
    if (error instanceof UserError) throw error
    return fail(strerror(error), error)
  } finally {
    closeSync(fd)
  }
}
