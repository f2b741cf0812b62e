// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import type { ObjectClass } from './object-class.js'
import type { QemuObject } from './object.js'
import {
  objectGetCanonicalPath,
  objectGetRoot,
  objectResolvePath,
  objectResolvePathType,
} from './object-tree.js'
import type { PropertyPlace, PropertyType } from './property-types.js'
import {
  objectClassPropertyAdd,
  objectPropertyAdd,
  objectPropertyFindOrThrow,
  type ObjectProperty,
  type PropertyInfo,
} from './property.js'
import { typeByName, type AnyQomType, type QomType } from './type.js'

/** Keys of `T` that hold a link to an `L`: fields of type `L | null`. */
export type LinkKey<T, L> = Exclude<
  { [K in keyof T]-?: null extends T[K] ? (L extends Exclude<T[K], null> ? K : never) : never }[keyof T],
  keyof QemuObject
> &
  string

/** Refuses a new target by throwing UserError; null means that the link is being cleared. */
export type LinkCheck<T, L> = (obj: T, name: string, target: L | null) => void

/** Options of a link property. */
export interface LinkOptions<T, L> {
  /** Called before each change. */
  check?: LinkCheck<T, L>
  /** Whether only code may set the link, by setting the field. */
  readonly?: boolean
  /** One line for help texts. */
  description?: string
}

const typeNamed = (name: string): AnyQomType => {
  const type = typeByName(name)
  if (!type) throw new Error(`Type '${name}' is not registered`)
  return type
}

/**
 * The target at a path, of the link's type.
 * @qemu qom/object.c object_resolve_link
 */
function resolveLink({ obj, name }: PropertyPlace, type: AnyQomType, path: string): QemuObject {
  const root = objectGetRoot(obj)
  const state = { ambiguous: false }
  const target = objectResolvePathType(root, path, type, state) as QemuObject | null
  if (target) return target
  if (state.ambiguous) throw new UserError(`Path '${path}' does not uniquely identify an object`)
  if (objectResolvePath(root, path, state) || state.ambiguous) {
    throw new UserError(`Invalid parameter type for '${name}', expected: ${type.name}`)
  }
  throw new UserError(`Device '${path}' not found`)
}

/**
 * The property type of links to objects of a type (or of the type of that name, which may be registered later).
 * Values are objects or null; text is a path, empty for null.
 */
export function linkPropertyType<L extends QemuObject>(target: QomType<L> | string): PropertyType<L | null> {
  const typename = typeof target === 'string' ? target : target.name
  const type = (): QomType<L> => (typeof target === 'string' ? typeNamed(target) : target)
  const parse = (text: string, place: PropertyPlace): L | null =>
    text === '' ? null : type().cast(resolveLink(place, type(), text))
  return {
    name: `link<${typename}>`,
    fromValue(value, place) {
      if (value === null) return null
      if (typeof value === 'string') return parse(value, place)
      if (type().is(value)) return value
      throw new UserError(`Invalid parameter type for '${place.name}', expected: ${typename}`)
    },
    parse,
    print: (value) => (value ? (objectGetCanonicalPath(value) ?? '') : ''),
  }
}

function linkInfo<T extends QemuObject, L extends QemuObject>(
  name: string,
  target: QomType<L> | string,
  key: LinkKey<T, L>,
  { check, readonly, description }: LinkOptions<T, L>,
): PropertyInfo<T, PropertyType<L | null>> {
  // LinkKey says that the field holds L or null, which the compiler cannot follow through a generic key.
  const fields = (obj: T): Record<string, L | null> => obj as unknown as Record<string, L | null>
  return {
    name,
    type: linkPropertyType(target),
    get: (obj) => fields(obj)[key] ?? null,
    resolve: (obj) => fields(obj)[key] ?? null,
    set: readonly
      ? null
      : (obj, value) => {
          check?.(obj, name, value)
          fields(obj)[key] = value
        },
    ...(description === undefined ? {} : { description }),
  }
}

/**
 * Adds a link to an object of a type; `key` is the field that holds it (`L | null`).
 * @qemu qom/object.c object_property_add_link
 */
export function objectPropertyAddLink<T extends QemuObject, L extends QemuObject>(
  obj: T,
  name: string,
  type: QomType<L> | string,
  key: NoInfer<LinkKey<T, L>>,
  options: LinkOptions<T, L> = {},
): ObjectProperty {
  return objectPropertyAdd(obj, linkInfo<T, L>(name, type, key, options))
}

/**
 * Adds a link to all instances of a class. Name the types: `objectClassPropertyAddLink<Foo, Bar>(...)`.
 * @qemu qom/object.c object_class_property_add_link
 */
export function objectClassPropertyAddLink<T extends QemuObject, L extends QemuObject>(
  klass: ObjectClass,
  name: string,
  type: QomType<L> | string,
  key: NoInfer<LinkKey<T, L>>,
  options: LinkOptions<T, L> = {},
): ObjectProperty {
  return objectClassPropertyAdd(klass, linkInfo<T, L>(name, type, key, options))
}

/**
 * The object that a property of an object leads to, null if the link is empty.
 * @throws UserError if there is no such property
 * @qemu qom/object.c object_property_get_link
 */
export function objectPropertyGetLink(obj: QemuObject, name: string): QemuObject | null {
  return objectPropertyFindOrThrow(obj, name).resolve?.(obj) ?? null
}
