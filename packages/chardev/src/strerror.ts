// SPDX-License-Identifier: GPL-2.0-or-later
import { getSystemErrorMap } from 'node:util'

/** The host's words for a failed system call, such as `No such file or directory`. */
export function strerror(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  const text = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]
  return text === undefined ? message : text.charAt(0).toUpperCase() + text.slice(1)
}
