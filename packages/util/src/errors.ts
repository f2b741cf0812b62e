// SPDX-License-Identifier: GPL-2.0-or-later
import { constants } from 'node:os'

export { AddonError, HostError } from '@dromaius/native'

/**
 * Something that a user caused and can put right: an unknown option, a bad value, a missing file.
 * The message is one line that starts with a capital and names the option or the file and what was expected;
 * the command line prints it and exits with 1, without a stack trace.
 */
export class UserError extends Error {
  static override readonly name = 'UserError'
  override readonly name = 'UserError'
  /** Stable identifier for programs, as Node's own errors have one. */
  readonly code = 'ERR_DROMAIUS_USER'
}

/** Second names of a number that another name already has; the first name is the one that manuals use. */
const errnoAliases = new Set(['EWOULDBLOCK', 'ENOTSUP', 'EDEADLOCK'])

const errnoNames = new Map<number, string>(
  Object.entries(constants.errno)
    .filter(([name]) => !errnoAliases.has(name))
    .map(([name, value]) => [value, name]),
)

/**
 * Name of an errno value of this host, such as `EAGAIN` for 11; `errno 4242` when it has none. The sign does
 * not matter.
 */
export function errnoName(errno: number): string {
  const positive = Math.abs(errno)
  return errnoNames.get(positive) ?? `errno ${positive}`
}
