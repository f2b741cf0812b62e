// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A cast to a type that the object or class does not have: always a mistake of the program, never of a user or a guest.
 * @qemu qom/object.c object_dynamic_cast_assert
 * @differs QEMU aborts; here the error can be caught, and names both types
 */
export class InvalidCastError extends Error {
  static override readonly name = 'InvalidCastError'
  override readonly name = 'InvalidCastError'
  /** Stable identifier for programs. */
  readonly code = 'ERR_DROMAIUS_INVALID_CAST'
  /** QOM name of the type that the object or class has. */
  readonly actualType: string
  /** QOM name of the type that was asked for. */
  readonly expectedType: string

  constructor(kind: 'Object' | 'Class', actualType: string, expectedType: string) {
    super(`${kind} of type '${actualType}' is not an instance of type '${expectedType}'`)
    this.actualType = actualType
    this.expectedType = expectedType
  }
}
