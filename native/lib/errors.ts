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

/**
 * The native addon is not there for this host. The message is one line that says what to do; only what needs native
 * code (threads, KVM, guest RAM that the kernel maps, a terminal's raw mode) throws it, when it is used.
 */
export class AddonError extends Error {
  static override readonly name = 'AddonError'
  override readonly name = 'AddonError'
  /** Stable identifier for programs, as Node's own errors have one. */
  readonly code = 'ERR_DROMAIUS_ADDON'

  /** @param reason why there is none */
  constructor(reason: string) {
    super(
      `The native addon is missing: ${reason}; 'npm rebuild @dromaius/native' builds it, on Linux on x86-64 with make and g++`,
    )
  }
}
