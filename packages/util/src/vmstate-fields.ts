// SPDX-License-Identifier: GPL-2.0-or-later
import type { QEMUTimer } from './qemu-timer.js'
import { bigintCodec, boolCodec, bytesCodec, numberCodec, stringCodec } from './vmstate-codec.js'
import type { VMStateCodec } from './vmstate-codec.js'
import { nestedState, VMStateError, type VMStateDescription, type VMStateField } from './vmstate.js'

/** Names of the properties of `T` that hold a `V`. */
export type KeyOf<T, V> = { [K in keyof T]-?: T[K] extends V ? K : never }[keyof T] & string

/** What every builder takes besides. */
export interface VMStateFieldOptions {
  /** Version of the description in which the field came in, 0 (always there) when absent. */
  since?: number
}

/** What builders of small integers take besides. */
export interface VMStateIntegerOptions extends VMStateFieldOptions {
  /** The largest value that the field can have, where its width allows more. */
  max?: number
}

/** A codec of integers, or that of those up to a maximum. */
const bounded = (codec: VMStateCodec<number>, { max }: VMStateIntegerOptions): VMStateCodec<number> =>
  max === undefined ? codec : numberCodec(`an integer from 0 to ${max}`, 0, max)

const u8 = numberCodec('an integer of 8 bits', 0, 0xff)
const u16 = numberCodec('an integer of 16 bits', 0, 0xffff)
const u32 = numberCodec('an integer of 32 bits', 0, 0xffff_ffff)
const i32 = numberCodec('a signed integer of 32 bits', -0x8000_0000, 0x7fff_ffff)
const u64 = bigintCodec('an integer of 64 bits', false)
const i64 = bigintCodec('a signed integer of 64 bits', true)
const timerTime = bigintCodec('a time in ns', true)

/** A property that is replaced as a whole. */
function scalar<T, V>(key: string, codec: VMStateCodec<V>, options: VMStateFieldOptions): VMStateField<T> {
  const get = (obj: T): V => (obj as Record<string, V>)[key]!
  const set = (obj: T, value: V): void => {
    ;(obj as Record<string, V>)[key] = value
  }
  return {
    name: key,
    since: options.since ?? 0,
    save: (obj, path) => codec.encode(get(obj), path),
    parse(obj, value, path) {
      const decoded = codec.decode(value, path)
      return () => set(obj, decoded)
    },
    capture(obj) {
      const before = get(obj)
      return () => set(obj, before)
    },
  }
}

/** A property that holds `length` elements, which are replaced in place. */
function array<T, V>(
  key: string,
  length: number,
  codec: VMStateCodec<V>,
  options: VMStateFieldOptions,
): VMStateField<T> {
  const elements = (obj: T): V[] => (obj as Record<string, V[]>)[key]!
  const put = (obj: T, values: readonly V[]): void => {
    const target = elements(obj)
    values.forEach((value, i) => (target[i] = value))
  }
  return {
    name: key,
    since: options.since ?? 0,
    save(obj, path) {
      const values = Array.from(elements(obj))
      if (values.length !== length) throw new VMStateError(path, `not ${length} elements`)
      return values.map((value, i) => codec.encode(value, `${path}[${i}]`))
    },
    parse(obj, value, path) {
      if (!Array.isArray(value) || value.length !== length) {
        throw new VMStateError(path, `not an array of ${length} elements`)
      }
      const decoded = value.map((element, i) => codec.decode(element, `${path}[${i}]`))
      return () => put(obj, decoded)
    },
    capture(obj) {
      const before = Array.from(elements(obj))
      return () => put(obj, before)
    },
  }
}

/** An unsigned integer of 8 bits. */
export function vmU8<T>(key: KeyOf<T, number>, options: VMStateIntegerOptions = {}): VMStateField<T> {
  return scalar(key, bounded(u8, options), options)
}

/** An unsigned integer of 16 bits. */
export function vmU16<T>(key: KeyOf<T, number>, options: VMStateIntegerOptions = {}): VMStateField<T> {
  return scalar(key, bounded(u16, options), options)
}

/** An unsigned integer of 32 bits. */
export function vmU32<T>(key: KeyOf<T, number>, options: VMStateIntegerOptions = {}): VMStateField<T> {
  return scalar(key, bounded(u32, options), options)
}

/** A signed integer of 32 bits. */
export function vmI32<T>(key: KeyOf<T, number>, options: VMStateIntegerOptions = {}): VMStateField<T> {
  return scalar(key, bounded(i32, options), options)
}

/** An unsigned integer of 64 bits (bigint). */
export function vmU64<T>(key: KeyOf<T, bigint>, options: VMStateFieldOptions = {}): VMStateField<T> {
  return scalar(key, u64, options)
}

/** A signed integer of 64 bits (bigint). */
export function vmI64<T>(key: KeyOf<T, bigint>, options: VMStateFieldOptions = {}): VMStateField<T> {
  return scalar(key, i64, options)
}

/** A boolean. */
export function vmBool<T>(key: KeyOf<T, boolean>, options: VMStateFieldOptions = {}): VMStateField<T> {
  return scalar(key, boolCodec, options)
}

/** A text. */
export function vmString<T>(key: KeyOf<T, string>, options: VMStateFieldOptions = {}): VMStateField<T> {
  return scalar(key, stringCodec, options)
}

/** Exactly `length` bytes, replaced in place. */
export function vmBytes<T>(
  key: KeyOf<T, Uint8Array>,
  length: number,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  const codec = bytesCodec(length)
  const bytes = (obj: T): Uint8Array => (obj as Record<string, Uint8Array>)[key]!
  return {
    name: key,
    since: options.since ?? 0,
    save: (obj, path) => codec.encode(bytes(obj), path),
    parse(obj, value, path) {
      const decoded = codec.decode(value, path)
      return () => bytes(obj).set(decoded)
    },
    capture(obj) {
      const before = bytes(obj).slice()
      return () => bytes(obj).set(before)
    },
  }
}

/** `length` unsigned integers of 16 bits, replaced in place. */
export function vmU16Array<T>(
  key: KeyOf<T, number[] | Uint16Array>,
  length: number,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  return array(key, length, u16, options)
}

/** `length` unsigned integers of 32 bits, replaced in place. */
export function vmU32Array<T>(
  key: KeyOf<T, number[] | Uint32Array>,
  length: number,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  return array(key, length, u32, options)
}

/** `length` unsigned integers of 64 bits (bigint), replaced in place. */
export function vmU64Array<T>(
  key: KeyOf<T, bigint[] | BigUint64Array>,
  length: number,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  return array(key, length, u64, options)
}

/**
 * An object with a description of its own. It is loaded in place.
 * @qemu include/migration/vmstate.h VMSTATE_STRUCT
 */
export function vmStruct<T, K extends keyof T & string = keyof T & string>(
  key: K,
  vmsd: VMStateDescription<T[K]>,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  return {
    name: key,
    since: options.since ?? 0,
    save: (obj, path) => nestedState.save(vmsd, obj[key], path),
    parse: (obj, value, path) => nestedState.parse(vmsd, obj[key], value, path),
    capture: (obj) => nestedState.capture(vmsd, obj[key]),
  }
}

/**
 * `length` objects of one description, loaded in place.
 * @qemu include/migration/vmstate.h VMSTATE_STRUCT_ARRAY
 */
export function vmStructArray<T, E = unknown>(
  key: KeyOf<T, readonly E[]>,
  vmsd: VMStateDescription<E>,
  length: number,
  options: VMStateFieldOptions = {},
): VMStateField<T> {
  const elements = (obj: T): readonly E[] => (obj as Record<string, readonly E[]>)[key]!
  return {
    name: key,
    since: options.since ?? 0,
    save(obj, path) {
      if (elements(obj).length !== length) throw new VMStateError(path, `not ${length} elements`)
      return elements(obj).map((element, i) => nestedState.save(vmsd, element, `${path}[${i}]`))
    },
    parse(obj, value, path) {
      if (!Array.isArray(value) || value.length !== length) {
        throw new VMStateError(path, `not an array of ${length} elements`)
      }
      const steps = elements(obj).map((element, i) =>
        nestedState.parse(vmsd, element, value[i]!, `${path}[${i}]`),
      )
      return () => steps.forEach((step) => step())
    },
    capture(obj) {
      const undo = elements(obj).map((element) => nestedState.capture(vmsd, element))
      return () => undo.forEach((step) => step())
    },
  }
}

/**
 * A timer: its expiry in `ns` of its clock, null while not armed.
 * @qemu migration/savevm.c timer_put
 */
export function vmTimer<T>(key: KeyOf<T, QEMUTimer>, options: VMStateFieldOptions = {}): VMStateField<T> {
  const timer = (obj: T): QEMUTimer => (obj as Record<string, QEMUTimer>)[key]!
  const put = (obj: T, time: bigint | null): void => {
    if (time === null) timer(obj).del()
    else timer(obj).modNs(time)
  }
  return {
    name: key,
    since: options.since ?? 0,
    save(obj, path) {
      const time = timer(obj).expireTimeNs()
      return time === null ? null : timerTime.encode(time, path)
    },
    parse(obj, value, path) {
      const time = value === null ? null : timerTime.decode(value, path)
      if (time !== null && time < 0n) throw new VMStateError(path, 'a time before 0')
      return () => put(obj, time)
    },
    capture(obj) {
      const before = timer(obj).expireTimeNs()
      return () => put(obj, before)
    },
  }
}
