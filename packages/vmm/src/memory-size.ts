// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'

/** Checks the size of guest RAM that a program asks for. Throws UserError unless it is a whole number of bytes above 0. */
export function checkMemorySize(bytes: number): void {
  if (Number.isSafeInteger(bytes) && bytes > 0) return
  throw new UserError(`memory ${String(bytes)}: must be a whole number of bytes, more than 0 and below 2^53`)
}
