// SPDX-License-Identifier: GPL-2.0-or-later
import {
  containerGet,
  objectClassByName,
  objectClassGetList,
  objectNew,
  objectPropertyAddChild,
  objectPropertyParse,
  objectResolvePathComponent,
  type QemuObject,
} from '@dromaius/qom'
import { type KeyValues, UserError } from '@dromaius/util'
import { WELLFORMED_ID } from './device-add.js'
import { type HostMemoryBackend, TYPE_MEMORY_BACKEND } from './hostmem.js'
import { propertyLines } from './machine-help.js'

/** One `-object`. */
export interface ObjectSpec {
  /** QOM type. */
  readonly qomType: string
  readonly id: string
  readonly properties: KeyValues
  /** The argument as the user wrote it, for messages. */
  readonly text: string
}

/** The type's class, if users may make such objects. Throws UserError otherwise. */
function userCreatableClass(qomType: string): ReturnType<typeof objectClassByName> & object {
  const klass = objectClassByName(qomType)
  if (!klass || !objectClassGetList(TYPE_MEMORY_BACKEND).includes(klass))
    throw new UserError(`Parameter 'qom-type' does not accept value '${qomType}' (-object help lists them)`)
  return klass
}

/** Reads the pairs of a `-object`. Throws UserError without a type or an id. */
export function objectSpecOf(pairs: KeyValues, text: string): ObjectSpec {
  const last = (key: string): string | undefined => pairs.findLast(([name]) => name === key)?.[1]
  const qomType = last('qom-type')
  if (qomType === undefined) throw new UserError("Parameter 'qom-type' is missing")
  userCreatableClass(qomType)
  const id = last('id')
  if (id === undefined) throw new UserError("Parameter 'id' is missing")
  if (!WELLFORMED_ID.test(id))
    throw new UserError(`Parameter 'id' expects an identifier, which '${id}' is not`)
  return { qomType, id, properties: pairs.filter(([key]) => key !== 'qom-type' && key !== 'id'), text }
}

/**
 * Makes the object and puts it under /objects. Throws UserError for a property or value that is wrong and for an id that is taken.
 * @qemu qom/object_interfaces.c user_creatable_add_type
 */
export function userCreatableAdd(root: QemuObject, { qomType, id, properties }: ObjectSpec): void {
  const backend = TYPE_MEMORY_BACKEND.cast(objectNew(qomType))
  for (const [name, value] of properties) objectPropertyParse(backend, name, value)
  backend.complete()
  const objects = containerGet(root, '/objects')
  if (objectResolvePathComponent(objects, id))
    throw new UserError(`attempt to add duplicate property '${id}' to object (type 'container')`)
  objectPropertyAddChild(objects, id, backend)
}

/** The memory backend of that id. Throws UserError if there is none. @qemu hw/core/machine.c machine_run_board_init */
export function memoryBackendById(root: QemuObject, id: string): HostMemoryBackend {
  const found = objectResolvePathComponent(containerGet(root, '/objects'), id)
  if (!TYPE_MEMORY_BACKEND.is(found)) throw new UserError(`Memory backend '${id}' not found`)
  return found
}

/** What `-object help` prints. */
export function objectList(): string {
  const names = objectClassGetList(TYPE_MEMORY_BACKEND).map(({ typeName }) => `  ${typeName}`)
  return ['List of user creatable objects:', ...names, ''].join('\n')
}

/** What `-object type,help` prints. Throws UserError if there is no such type. @qemu qom/object_interfaces.c type_print_class_properties */
export function objectHelp(qomType: string): string {
  return [`${qomType} options:`, ...propertyLines(userCreatableClass(qomType)), ''].join('\n')
}
