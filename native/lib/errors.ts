// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * A system call of the host failed.
 *
 * The message names the operation, the symbolic errno and, where there is one, what the call was for;
 * it never repeats the text of its `cause`.
 */
export class HostError extends Error {
  static override readonly name = 'HostError'
  /** What failed: a system call or an ioctl by its kernel name, such as `KVM_CREATE_VM`. */
  readonly operation: string
  /** The positive errno. */
  readonly errno: number
  /** The errno's symbolic name, such as `EAGAIN`. */
  readonly code: string

  constructor(operation: string, errno: number, code: string, text: string, purpose = '') {
    super(`${operation} failed${purpose === '' ? '' : ` (${purpose})`}: ${text} (${code})`)
    this.name = 'HostError'
    this.operation = operation
    this.errno = errno
    this.code = code
  }
}
