// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import type { ObjectClass } from './object-class.js'
import type { QemuObject } from './object.js'
import {
  propertyTypeOf,
  type PropertyType,
  type PropertyTypeRef,
  type PropertyValue,
} from './property-types.js'

/** What a property is made of; `T` is the type of its object, `R` says the type of its values. */
export interface PropertyInfo<T extends QemuObject, R extends PropertyTypeRef> {
  /** Name; `[*]` at its end stands for the first free number (properties of objects only). */
  name: string
  type: R
  /** Reads the value; without it the property is not readable. */
  get?: ((obj: T) => PropertyValue<R>) | null
  /** Takes a value that was checked against the type; without it the property is not writable. */
  set?: ((obj: T, value: PropertyValue<R>) => void) | null
  /** Runs when the property is deleted. */
  release?: ((obj: T) => void) | null
  /** The object that the property leads to, where it is part of a path. */
  resolve?: ((obj: T) => QemuObject | null) | null
  /** One line for help texts. */
  description?: string
  /** Set on every new instance, before `instanceInit`. */
  default?: PropertyValue<R>
}

/**
 * A property as it hangs on an object or a class.
 * @qemu include/qom/object.h ObjectProperty
 */
export interface ObjectProperty {
  readonly name: string
  readonly type: PropertyType<unknown>
  readonly description: string | null
  readonly defaultValue: unknown
  readonly get: ((obj: QemuObject) => unknown) | null
  readonly set: ((obj: QemuObject, value: unknown) => void) | null
  readonly release: ((obj: QemuObject) => void) | null
  readonly resolve: ((obj: QemuObject) => QemuObject | null) | null
}

function makeProperty<T extends QemuObject, R extends PropertyTypeRef>(
  name: string,
  info: PropertyInfo<T, R>,
): ObjectProperty {
  const property = {
    name,
    type: propertyTypeOf(info.type),
    description: info.description ?? null,
    defaultValue: info.default,
    get: info.get ?? null,
    set: info.set ?? null,
    release: info.release ?? null,
    resolve: info.resolve ?? null,
  }
  // A property is only ever reached through an object or a class of type T, which the adding function checked.
  return property as unknown as ObjectProperty
}

/** The name with `[*]` replaced by the first free number. */
function freeName(obj: QemuObject, name: string): string {
  if (!name.endsWith('[*]')) return name
  const stem = name.slice(0, -3)
  for (let i = 0; ; i++) {
    const candidate = `${stem}[${i}]`
    if (!objectPropertyFind(obj, candidate)) return candidate
  }
}

/**
 * Adds a property to one object and gives its default.
 * @throws Error if the name is taken
 * @qemu qom/object.c object_property_add
 */
export function objectPropertyAdd<T extends QemuObject, const R extends PropertyTypeRef>(
  obj: T,
  info: PropertyInfo<T, R>,
): ObjectProperty {
  const name = freeName(obj, info.name)
  if (objectPropertyFind(obj, name)) {
    throw new Error(`Attempt to add duplicate property '${name}' to object (type '${obj.qomClass.typeName}')`)
  }
  const property = makeProperty(name, info)
  obj.qomProperties.set(name, property)
  initProperty(obj, property)
  return property
}

/**
 * Adds a property to a class, and so to all instances of it and its descendants.
 * @throws Error if the class or an ancestor has the name already
 * @qemu qom/object.c object_class_property_add
 */
export function objectClassPropertyAdd<T extends QemuObject, const R extends PropertyTypeRef>(
  klass: ObjectClass,
  info: PropertyInfo<T, R>,
): ObjectProperty {
  if (objectClassPropertyFind(klass, info.name)) {
    throw new Error(`Attempt to add duplicate property '${info.name}' to class (type '${klass.typeName}')`)
  }
  const property = makeProperty(info.name, info)
  klass.classProperties.set(info.name, property)
  return property
}

/** @qemu qom/object.c object_class_property_find */
export function objectClassPropertyFind(klass: ObjectClass, name: string): ObjectProperty | null {
  for (let k: ObjectClass | null = klass; k; k = k.parentClass) {
    const property = k.classProperties.get(name)
    if (property) return property
  }
  return null
}

/** @qemu qom/object.c object_property_find */
export function objectPropertyFind(obj: QemuObject, name: string): ObjectProperty | null {
  return objectClassPropertyFind(obj.qomClass, name) ?? obj.qomProperties.get(name) ?? null
}

/**
 * The property, or the error that QEMU gives.
 * @throws UserError if there is none
 * @qemu qom/object.c object_property_find_err
 */
export function objectPropertyFindOrThrow(obj: QemuObject, name: string): ObjectProperty {
  const property = objectPropertyFind(obj, name)
  if (!property) throw new UserError(`Property '${obj.qomClass.typeName}.${name}' not found`)
  return property
}

/**
 * The properties of an object: its own, then its class's, then its ancestors'.
 * @qemu qom/object.c object_property_iter_init
 */
export function* objectPropertyIter(obj: QemuObject): Generator<ObjectProperty> {
  yield* obj.qomProperties.values()
  yield* objectClassPropertyIter(obj.qomClass)
}

/**
 * The properties of a class, then its ancestors'.
 * @qemu qom/object.c object_class_property_iter_init
 */
export function* objectClassPropertyIter(klass: ObjectClass): Generator<ObjectProperty> {
  for (let k: ObjectClass | null = klass; k; k = k.parentClass) yield* k.classProperties.values()
}

/**
 * Deletes a property of one object (a class's stay).
 * @qemu qom/object.c object_property_del
 */
export function objectPropertyDel(obj: QemuObject, name: string): void {
  const property = obj.qomProperties.get(name)
  if (!property) return
  property.release?.(obj)
  obj.qomProperties.delete(name)
}

function initProperty(obj: QemuObject, property: ObjectProperty): void {
  if (property.defaultValue !== undefined) property.set?.(obj, property.defaultValue)
}

/**
 * Gives a new object its class properties' defaults, the root class's first.
 * @qemu qom/object.c object_class_property_init_all
 */
export function objectClassPropertyInitAll(obj: QemuObject): void {
  const properties = [...objectClassPropertyIter(obj.qomClass)]
  for (const property of properties.reverse()) initProperty(obj, property)
}

type PropertySetter = (obj: QemuObject, value: unknown) => void

function writableProperty(obj: QemuObject, name: string): [ObjectProperty, PropertySetter] {
  const property = objectPropertyFindOrThrow(obj, name)
  if (!property.set) {
    throw new UserError(`Property '${obj.qomClass.typeName}.${name}' is not writable`)
  }
  return [property, property.set]
}

/**
 * Sets a property from a typed value, as it comes from JavaScript or JSON.
 * @throws UserError if there is no such property, it is read-only, or the value does not suit it
 * @qemu qom/object.c object_property_set
 */
export function objectPropertySet(obj: QemuObject, name: string, value: unknown): void {
  const [property, set] = writableProperty(obj, name)
  set(obj, property.type.fromValue(value, { obj, name }))
}

/**
 * Sets a property from text, as it stands on a command line.
 * @throws UserError as {@link objectPropertySet}
 * @qemu qom/object.c object_property_parse
 */
export function objectPropertyParse(obj: QemuObject, name: string, text: string): void {
  const [property, set] = writableProperty(obj, name)
  set(obj, property.type.parse(text, { obj, name }))
}

/**
 * Sets several properties in order: text is parsed, anything else is taken as typed.
 * @throws UserError as {@link objectPropertySet}
 * @qemu qom/object_interfaces.c object_set_properties_from_qdict
 */
export function objectSetProperties(obj: QemuObject, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') objectPropertyParse(obj, name, value)
    else objectPropertySet(obj, name, value)
  }
}

function readProperty(obj: QemuObject, name: string): [ObjectProperty, unknown] {
  const property = objectPropertyFindOrThrow(obj, name)
  if (!property.get) {
    throw new UserError(`Property '${obj.qomClass.typeName}.${name}' is not readable`)
  }
  return [property, property.get(obj)]
}

/**
 * A property's value.
 * @throws UserError if there is no such property or it cannot be read
 * @qemu qom/object.c object_property_get
 */
export function objectPropertyGet(obj: QemuObject, name: string): unknown {
  return readProperty(obj, name)[1]
}

/**
 * A property's value as the named type.
 * @throws UserError as {@link objectPropertyGet}, and if the property has another type
 * @qemu qom/object.c object_property_get_bool
 * @differs one function for all types
 */
export function objectPropertyGetAs<const R extends PropertyTypeRef>(
  obj: QemuObject,
  name: string,
  type: R,
): PropertyValue<R> {
  const [, value] = readProperty(obj, name)
  return propertyTypeOf(type).fromValue(value, { obj, name })
}

/**
 * A property's value as text.
 * @throws UserError as {@link objectPropertyGet}
 * @qemu qom/object.c object_property_print
 */
export function objectPropertyPrint(obj: QemuObject, name: string): string {
  const [property, value] = readProperty(obj, name)
  return property.type.print(value)
}

/**
 * Name of a property's type, such as `uint32` or `child<container>`.
 * @throws UserError if there is no such property
 * @qemu qom/object.c object_property_get_type
 */
export function objectPropertyGetType(obj: QemuObject, name: string): string {
  return objectPropertyFindOrThrow(obj, name).type.name
}
