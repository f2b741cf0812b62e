// SPDX-License-Identifier: GPL-2.0-or-later
import type { ObjectClass } from './object-class.js'
import type { QemuObject } from './object.js'
import { enumPropertyType } from './property-types.js'
import {
  objectClassPropertyAdd,
  objectPropertyAdd,
  objectPropertyFindOrThrow,
  type ObjectProperty,
} from './property.js'

/** Reads a property of an object of type `T`; null makes the property write-only. */
export type PropertyGetter<T, V> = ((obj: T) => V) | null

/** Takes a checked value; null makes the property read-only. May throw UserError to refuse the value. */
export type PropertyTaker<T, V> = ((obj: T, value: V) => void) | null

/** @qemu qom/object.c object_property_add_bool */
export function objectPropertyAddBool<T extends QemuObject>(
  obj: T,
  name: string,
  get: PropertyGetter<T, boolean>,
  set: PropertyTaker<T, boolean> = null,
): ObjectProperty {
  return objectPropertyAdd(obj, { name, type: 'bool', get, set })
}

/** @qemu qom/object.c object_property_add_str */
export function objectPropertyAddStr<T extends QemuObject>(
  obj: T,
  name: string,
  get: PropertyGetter<T, string>,
  set: PropertyTaker<T, string> = null,
): ObjectProperty {
  return objectPropertyAdd(obj, { name, type: 'string', get, set })
}

/**
 * @qemu qom/object.c object_property_add_uint64_ptr
 * @differs takes accessors instead of a pointer
 */
export function objectPropertyAddUint64<T extends QemuObject>(
  obj: T,
  name: string,
  get: PropertyGetter<T, bigint>,
  set: PropertyTaker<T, bigint> = null,
): ObjectProperty {
  return objectPropertyAdd(obj, { name, type: 'uint64', get, set })
}

/**
 * Adds an enumeration: `typename` is its name in help texts, `values` its values' names.
 * @qemu qom/object.c object_property_add_enum
 */
export function objectPropertyAddEnum<T extends QemuObject, const V extends string>(
  obj: T,
  name: string,
  typename: string,
  values: readonly V[],
  get: PropertyGetter<T, NoInfer<V>>,
  set: PropertyTaker<T, NoInfer<V>> = null,
): ObjectProperty {
  return objectPropertyAdd<T, ReturnType<typeof enumPropertyType<V>>>(obj, {
    name,
    type: enumPropertyType(typename, values),
    get,
    set,
  })
}

/** @qemu qom/object.c object_class_property_add_bool */
export function objectClassPropertyAddBool<T extends QemuObject>(
  klass: ObjectClass,
  name: string,
  get: PropertyGetter<T, boolean>,
  set: PropertyTaker<T, boolean> = null,
): ObjectProperty {
  return objectClassPropertyAdd<T, 'bool'>(klass, { name, type: 'bool', get, set })
}

/** @qemu qom/object.c object_class_property_add_str */
export function objectClassPropertyAddStr<T extends QemuObject>(
  klass: ObjectClass,
  name: string,
  get: PropertyGetter<T, string>,
  set: PropertyTaker<T, string> = null,
): ObjectProperty {
  return objectClassPropertyAdd<T, 'string'>(klass, { name, type: 'string', get, set })
}

/**
 * Adds a property that is another object's property under a new name. The target must outlive the object.
 * @throws UserError if the target has no such property
 * @qemu qom/object.c object_property_add_alias
 */
export function objectPropertyAddAlias(
  obj: QemuObject,
  name: string,
  target: QemuObject,
  targetName: string,
): ObjectProperty {
  const { type, get, set, resolve, description } = objectPropertyFindOrThrow(target, targetName)
  const aliasType = type.name.startsWith('child<')
    ? { ...type, name: type.name.replace('child<', 'link<') }
    : type
  return objectPropertyAdd(obj, {
    name,
    type: aliasType,
    get: get && ((): unknown => get(target)),
    set: set && ((_obj, value: unknown): void => set(target, value)),
    resolve: resolve && ((): QemuObject | null => resolve(target)),
    ...(description === null ? {} : { description }),
  })
}
