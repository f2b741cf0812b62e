// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { strerror, UserError } from '@dromaius/util'

/** Largest file that is read, bytes: one Node buffer holds no more. */
const FILE_SIZE_MAX = 2 ** 31 - 1

/**
 * Reads a whole file that the user named. Throws UserError when it is missing, unreadable, too large, or no regular file: a
 * device may have no end, and a FIFO waits for a writer.
 */
export function readInputFile(path: string, option: string): Uint8Array {
  const fail = (why: string, cause?: unknown): never => {
    throw new UserError(`${option} ${path}: could not be read: ${why}`, { cause })
  }
  let fd: number
  try {
    // Without O_NONBLOCK opening a FIFO would wait; regular files know no difference.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return fail(strerror(error), error)
  }
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) fail('it is a directory')
    if (!stat.isFile()) fail('it is not a regular file')
    if (stat.size > FILE_SIZE_MAX) fail('it is larger than 2 GiB')
    return readFileSync(fd)
  } catch (error) {
    if (error instanceof UserError) throw error
    return fail(strerror(error), error)
  } finally {
    closeSync(fd)
  }
}
