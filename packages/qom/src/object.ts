// SPDX-License-Identifier: GPL-2.0-or-later
import type { ObjectClass } from './object-class.js'
import { ObjectClass as BaseClass } from './object-class.js'
import { objectPropertyDel, type ObjectProperty } from './property.js'
import { finalizeInstance, typeByName, typeRegister, type QomType } from './type.js'

/**
 * The base of all objects: has a class, properties, and a place in the composition tree.
 * @qemu include/qom/object.h Object
 */
export class QemuObject {
  /** Class of the object's own type. Subclasses may narrow it: `declare readonly qomClass: FooClass`. */
  readonly qomClass: ObjectClass
  /** The object that this one is part of; null while it is in no tree. */
  parent: QemuObject | null = null
  /** Name of the parent's child property that leads here; null while there is no parent. */
  qomName: string | null = null
  /** Properties of this object alone. */
  readonly qomProperties: Map<string, ObjectProperty> = new Map<string, ObjectProperty>()
  /** Whether the object has ended, see {@link objectFinalize}. */
  finalized = false

  constructor(klass: ObjectClass) {
    this.qomClass = klass
  }
}

/**
 * A new object of a type by name.
 * @throws UserError if the type is abstract
 * @throws Error if it is not registered
 * @qemu qom/object.c object_new
 */
export function objectNew(name: string): QemuObject {
  const type = typeByName(name)
  if (!type) throw new Error(`Unknown type '${name}'`)
  return type.new()
}

/**
 * QOM name of an object's own type.
 * @qemu qom/object.c object_get_typename
 */
export function objectGetTypename(obj: QemuObject): string {
  return obj.qomClass.typeName
}

/**
 * The object if it is an instance of the type, null if not. With a handle, the result has the handle's type.
 * @qemu qom/object.c object_dynamic_cast
 */
export function objectDynamicCast(obj: QemuObject, type: string): QemuObject | null
export function objectDynamicCast<T extends QemuObject>(obj: QemuObject, type: QomType<T>): T | null
export function objectDynamicCast(obj: QemuObject, type: QomType | string): QemuObject | null {
  const handle = typeof type === 'string' ? typeByName(type) : type
  return handle?.is(obj) ? obj : null
}

/**
 * Takes an object out of the tree, which ends it and all that it is made of. Does nothing without a parent.
 * @qemu qom/object.c object_unparent
 */
export function objectUnparent(obj: QemuObject): void {
  if (obj.parent && obj.qomName !== null) objectPropertyDel(obj.parent, obj.qomName)
}

/**
 * Ends an object: deletes its properties, the latest first (children end with it), then runs `instanceFinalize`,
 * leaf type first. A second call does nothing.
 * @qemu qom/object.c object_finalize
 * @differs there are no reference counts: an object belongs to its parent and ends when it loses it; one that never
 * had a parent is ended by whoever made it
 */
export function objectFinalize(obj: QemuObject): void {
  if (obj.finalized) return
  obj.finalized = true
  for (const name of [...obj.qomProperties.keys()].reverse()) objectPropertyDel(obj, name)
  finalizeInstance(obj)
}

export const TYPE_OBJECT = typeRegister<QemuObject>({
  name: 'object',
  parent: null,
  abstract: true,
  instance: QemuObject,
  classType: BaseClass,
})
