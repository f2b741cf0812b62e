// SPDX-License-Identifier: GPL-2.0-or-later
import { parseSize, UserError } from '@dromaius/util'
import type { QemuObject } from './object.js'

/** Where a value is going: the object, and the name under which the user set it (an alias's own name). */
export interface PropertyPlace {
  readonly obj: QemuObject
  readonly name: string
}

/**
 * How values of one type are checked, read from text and printed: what QEMU's visitors do.
 * @qemu include/qapi/visitor.h Visitor
 */
export interface PropertyType<V> {
  /** Name of the type as `-device x,help` and qom-list show it. */
  readonly name: string
  /** The names of an enumeration's values. */
  readonly values?: readonly string[]
  /** Checks a typed value, as it comes from JavaScript or JSON. @throws UserError if it has not the type or range */
  fromValue(value: unknown, place: PropertyPlace): V
  /** Reads a value as it stands on a command line. @throws UserError if it is none */
  parse(text: string, place: PropertyPlace): V
  /** The value as text. */
  print(value: V): string
}

const expects = (place: PropertyPlace, what: string): UserError =>
  new UserError(`Parameter '${place.name}' expects ${what}`)

const wrongType = (place: PropertyPlace, what: string): UserError =>
  new UserError(`Invalid parameter type for '${place.name}', expected: ${what}`)

const boolWords = new Map([
  ...['on', 'yes', 'true', 'y'].map((word) => [word, true] as const),
  ...['off', 'no', 'false', 'n'].map((word) => [word, false] as const),
])

/** @qemu qapi/qapi-util.c qapi_bool_parse */
const boolType: PropertyType<boolean> = {
  name: 'bool',
  fromValue(value, place) {
    if (typeof value !== 'boolean') throw wrongType(place, 'boolean')
    return value
  },
  parse(text, place) {
    const value = boolWords.get(text)
    if (value === undefined) throw expects(place, "'on' or 'off'")
    return value
  },
  print: (value) => String(value),
}

const stringType = (name: string): PropertyType<string> => ({
  name,
  fromValue(value, place) {
    if (typeof value !== 'string') throw wrongType(place, 'string')
    return value
  },
  parse: (text) => text,
  print: (value) => value,
})

/** Reads an integer as C's strtoull with base 0 does; null if the text is not one or has more than 64 bits. */
function parseInteger(text: string): bigint | null {
  const match = /^([+-]?)(0x[0-9a-f]{1,16}|0[0-7]{0,23}|[1-9][0-9]{0,19})$/i.exec(text)
  if (!match) return null
  const digits = match[2]!
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  if (value >= 1n << 64n) return null
  return match[1] === '-' ? -value : value
}

interface IntegerRange {
  min: bigint
  max: bigint
}

/**
 * Checks an integer's range.
 * @qemu qapi/qapi-visit-core.c visit_type_uintN
 */
function checkRange(value: bigint, type: string, { min, max }: IntegerRange, place: PropertyPlace): bigint {
  if (value < min || value > max) throw expects(place, `${type}_t`)
  return value
}

function integerFromValue(value: unknown, type: string, range: IntegerRange, place: PropertyPlace): bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw expects(place, range.min < 0n ? 'integer' : 'uint64')
  }
  return checkRange(BigInt(value as bigint | number), type, range, place)
}

function integerFromText(text: string, type: string, range: IntegerRange, place: PropertyPlace): bigint {
  const value = parseInteger(text)
  if (value === null) throw expects(place, 'integer')
  return checkRange(value, type, range, place)
}

const rangeOf = (type: string): IntegerRange => {
  const bits = BigInt(type.replace(/\D/g, ''))
  if (type.startsWith('u')) return { min: 0n, max: (1n << bits) - 1n }
  return { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
}

const numberType = (name: string): PropertyType<number> => {
  const range = rangeOf(name)
  return {
    name,
    fromValue: (value, place) => Number(integerFromValue(value, name, range, place)),
    parse: (text, place) => Number(integerFromText(text, name, range, place)),
    print: (value) => String(value),
  }
}

const bigintType = (name: string): PropertyType<bigint> => {
  const range = rangeOf(name)
  return {
    name,
    fromValue: (value, place) => integerFromValue(value, name, range, place),
    parse: (text, place) => integerFromText(text, name, range, place),
    print: (value) => String(value),
  }
}

/** Sizes in bytes; text may carry a unit letter, each 1024 times the one before (B K M G T P E). */
const sizeType: PropertyType<number> = {
  name: 'size',
  fromValue: (value, place) => {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw expects(place, 'size')
    const bytes = Number(value)
    if (bytes < 0 || !Number.isSafeInteger(bytes)) throw expects(place, 'size')
    return bytes
  },
  parse(text, place) {
    const bytes = parseSize(text)
    if (bytes === null) throw expects(place, 'size')
    return bytes
  },
  print: (value) => String(value),
}

/**
 * An enumeration of QAPI: a value is one of the names.
 * @qemu qapi/qapi-visit-core.c visit_type_enum
 */
export function enumPropertyType<const V extends string>(
  name: string,
  values: readonly V[],
): PropertyType<V> {
  const parse = (text: string, place: PropertyPlace): V => {
    const found = values.find((value) => value === text)
    if (found === undefined) {
      throw new UserError(`Parameter '${place.name}' does not accept value '${text}'`)
    }
    return found
  }
  return {
    name,
    values,
    fromValue(value, place) {
      if (typeof value !== 'string') throw wrongType(place, 'string')
      return parse(value, place)
    },
    parse,
    print: (value) => value,
  }
}

/** What QEMU's OnOffAuto properties hold. */
export type OnOffAuto = 'on' | 'off' | 'auto'

/** Every property type that has a name of its own; 64-bit integers are bigint, everything narrower a number. */
export const propertyTypes = {
  bool: boolType,
  str: stringType('str'),
  string: stringType('string'),
  uint8: numberType('uint8'),
  uint16: numberType('uint16'),
  uint32: numberType('uint32'),
  uint64: bigintType('uint64'),
  int8: numberType('int8'),
  int16: numberType('int16'),
  int32: numberType('int32'),
  int64: bigintType('int64'),
  size: sizeType,
  OnOffAuto: enumPropertyType('OnOffAuto', ['auto', 'on', 'off']),
} as const

/** A property type: the name of one in {@link propertyTypes}, or one made for the purpose. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- only used to infer the value's type from
export type PropertyTypeRef = keyof typeof propertyTypes | PropertyType<any>

/** The JavaScript type of a property type's values. */
export type PropertyValue<R> = R extends keyof typeof propertyTypes
  ? PropertyValue<(typeof propertyTypes)[R]>
  : R extends PropertyType<infer V>
    ? V
    : never

/** The property type that a reference means. */
export function propertyTypeOf<R extends PropertyTypeRef>(ref: R): PropertyType<PropertyValue<R>> {
  const type = typeof ref === 'string' ? propertyTypes[ref as keyof typeof propertyTypes] : ref
  // The union of all rows; R says which one it is.
  return type as unknown as PropertyType<PropertyValue<R>>
}
