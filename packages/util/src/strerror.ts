// SPDX-License-Identifier: GPL-2.0-or-later
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { errnoName } from './errors.js'

/** The C library's words where libuv, whose table Node gives, has others or none. */
const libcWords: Readonly<Record<string, string>> = {
  EBUSY: 'Device or resource busy',
  EDEADLK: 'Resource deadlock avoided',
  EDQUOT: 'Disk quota exceeded',
  EEXIST: 'File exists',
  EFAULT: 'Bad address',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENOEXEC: 'Exec format error',
  ENOLCK: 'No locks available',
  ENOMEM: 'Cannot allocate memory',
  ENOTSUP: 'Operation not supported',
  EOPNOTSUPP: 'Operation not supported',
  ERANGE: 'Numerical result out of range',
  ESPIPE: 'Illegal seek',
  ESTALE: 'Stale file handle',
  ETXTBSY: 'Text file busy',
  EXDEV: 'Invalid cross-device link',
}

/**
 * The C library's words for a failed system call, such as `No such file or directory`. Takes an errno of either sign, its
 * name, or an error that has one of them; of another error the message, and a number or name without words as it is.
 */
export function strerror(what: unknown): string {
  const { errno, code, message } = describe(what)
  const number = errno ?? (constants.errno as Record<string, number | undefined>)[code ?? '']
  if (number === undefined) return message ?? code ?? String(what)
  const name = errnoName(number)
  const text = libcWords[name] ?? getSystemErrorMap().get(-Math.abs(number))?.[1]
  return text === undefined ? (message ?? name) : text.charAt(0).toUpperCase() + text.slice(1)
}

function describe(what: unknown): Partial<NodeJS.ErrnoException> {
  if (typeof what === 'number') return { errno: what }
  if (typeof what === 'string') return { code: what }
  return (what ?? {}) as Partial<NodeJS.ErrnoException>
}
