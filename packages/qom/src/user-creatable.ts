// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { TYPE_INTERFACE } from './interface.js'
import { InterfaceClass } from './object-class.js'
import { objectUnparent, type QemuObject } from './object.js'
import { containerGet, objectPropertyAddChild, objectResolvePathComponent } from './object-tree.js'
import { objectSetProperties } from './property.js'
import { typeByName, typeRegister } from './type.js'

/**
 * Methods of an object that users make by `-object`.
 * @qemu include/qom/object_interfaces.h UserCreatableClass
 */
export class UserCreatableClass extends InterfaceClass {
  /** Runs when all properties are set. @throws UserError to refuse them */
  complete?(obj: QemuObject): void
  /** Whether the object is in nobody's use and may go; yes when there is no such method. */
  canBeDeleted?(obj: QemuObject): boolean
}

/**
 * Whether a text may be an id.
 * @qemu util/id.c id_wellformed
 */
export function idWellformed(id: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(id)
}

/**
 * Makes an object of a user's choice as `/objects/<id>`: sets its properties (text is parsed, other values are taken
 * as typed), then completes it. When any of it fails, nothing is left behind.
 * @throws UserError
 * @qemu qom/object_interfaces.c user_creatable_add_type
 * @differs the object is in the tree before its properties are set, so that links can be given by path
 */
export function userCreatableAdd(
  root: QemuObject,
  typename: string,
  id: string,
  props: Readonly<Record<string, unknown>> = {},
): QemuObject {
  const type = typeByName(typename)
  if (!type) throw new UserError(`Parameter 'qom-type' does not accept value '${typename}'`)
  const klass = type.class()
  if (!klass.interfaces.some((table) => table.interfaceType === TYPE_USER_CREATABLE.name)) {
    throw new UserError(`Object type '${typename}' isn't supported by object-add`)
  }
  if (!idWellformed(id)) throw new UserError("Parameter 'id' expects an identifier")
  const objects = containerGet(root, '/objects')
  if (objectResolvePathComponent(objects, id)) throw new UserError(`Duplicate ID '${id}' for object`)
  const obj = type.new()
  objectPropertyAddChild(objects, id, obj)
  try {
    objectSetProperties(obj, props)
    TYPE_USER_CREATABLE.getClass(obj).complete?.(obj)
  } catch (error) {
    objectUnparent(obj)
    throw error
  }
  return obj
}

/**
 * Ends a user's object.
 * @throws UserError if there is no such object or it is in use
 * @qemu qom/object_interfaces.c user_creatable_del
 */
export function userCreatableDel(root: QemuObject, id: string): void {
  const obj = objectResolvePathComponent(containerGet(root, '/objects'), id)
  if (!obj) throw new UserError(`Object '${id}' not found`)
  if (TYPE_USER_CREATABLE.getClass(obj).canBeDeleted?.(obj) === false) {
    throw new UserError(`Object '${id}' is in use, can not be deleted`)
  }
  objectUnparent(obj)
}

export const TYPE_USER_CREATABLE = typeRegister<QemuObject, UserCreatableClass>({
  name: 'user-creatable',
  parent: TYPE_INTERFACE,
  classType: UserCreatableClass,
})
