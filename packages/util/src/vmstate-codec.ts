// SPDX-License-Identifier: GPL-2.0-or-later
import { VMStateError, type VMStateValue } from './vmstate.js'

/**
 * How one value is written into saved state and read back; both directions check and throw {@link
 * VMStateError}.
 */
export interface VMStateCodec<V> {
  readonly encode: (value: V, path: string) => VMStateValue
  readonly decode: (value: VMStateValue, path: string) => V
}

/** Integers from `min` to `max` as JSON numbers. */
export function numberCodec(what: string, min: number, max: number): VMStateCodec<number> {
  function check(value: unknown, path: string): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw new VMStateError(path, `not ${what}`)
    }
    // JSON has no -0, and no register has one.
    return value + 0
  }
  return { encode: check, decode: check }
}

/** 64-bit integers as `0x` strings of their two's complement. */
export function bigintCodec(what: string, signed: boolean): VMStateCodec<bigint> {
  const min = signed ? -(1n << 63n) : 0n
  const max = signed ? (1n << 63n) - 1n : (1n << 64n) - 1n
  return {
    encode(value, path) {
      if (typeof value !== 'bigint' || value < min || value > max) throw new VMStateError(path, `not ${what}`)
      return `0x${BigInt.asUintN(64, value).toString(16)}`
    },
    decode(value, path) {
      if (typeof value !== 'string' || !/^0x[0-9a-f]{1,16}$/.test(value)) {
        throw new VMStateError(path, `not ${what} as a 0x string`)
      }
      return signed ? BigInt.asIntN(64, BigInt(value)) : BigInt(value)
    },
  }
}

/** `true` or `false`. */
export const boolCodec: VMStateCodec<boolean> = (() => {
  function check(value: unknown, path: string): boolean {
    if (typeof value !== 'boolean') throw new VMStateError(path, 'not a boolean')
    return value
  }
  return { encode: check, decode: check }
})()

/** Any text. */
export const stringCodec: VMStateCodec<string> = (() => {
  function check(value: unknown, path: string): string {
    if (typeof value !== 'string') throw new VMStateError(path, 'not a string')
    return value
  }
  return { encode: check, decode: check }
})()

/** Exactly `length` bytes as base64. */
export function bytesCodec(length: number): VMStateCodec<Uint8Array> {
  return {
    encode(value, path) {
      if (!(value instanceof Uint8Array) || value.length !== length) {
        throw new VMStateError(path, `not ${length} bytes`)
      }
      return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
    },
    decode(value, path) {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : null
      // Node skips what is not base64; writing the bytes again shows whether anything was skipped.
      if (!bytes || bytes.toString('base64') !== value) throw new VMStateError(path, 'not base64')
      if (bytes.length !== length) throw new VMStateError(path, `${bytes.length} bytes, not ${length}`)
      return bytes
    },
  }
}
