// SPDX-License-Identifier: GPL-2.0-or-later
import { objectFinalize, QemuObject } from './object.js'
import { objectPropertyAdd, objectPropertyFind, type ObjectProperty } from './property.js'
import type { PropertyType } from './property-types.js'
import type { DeviceState } from './qdev.js'
import { typeRegister, type QomType } from './type.js'

/**
 * An object that only holds others.
 * @qemu qom/container.c container_info
 */
export class Container extends QemuObject {}

/**
 * The top of one machine's composition tree, and what QEMU keeps about the tree in globals.
 * @qemu qom/object.c object_get_root
 * @differs one per machine, since one process may run several
 */
export class RootObject extends Container {
  /** Whether the machine stands: a device that is realized from now on is hotplugged. */
  machineCreationDone = false
  /** The machine's say in which object handles a device's plugging; null leaves it to the device's bus. */
  machineHotplugHandler: ((dev: DeviceState) => QemuObject | null) | null = null
  /** How many buses of each type got an automatic name. */
  readonly automaticBusIds: Map<string, number> = new Map<string, number>()
}

/** Whether a path led to several objects, see {@link objectResolvePath}. */
export interface PathAmbiguity {
  ambiguous: boolean
}

const childType = (typename: string): PropertyType<string> => ({
  name: `child<${typename}>`,
  fromValue: (value) => value as string,
  parse: (text) => text,
  print: (value) => value,
})

/**
 * Makes `child` a part of `parent` under a name, which may end in `[*]` for the first free number.
 * @throws Error if the name is taken, has a slash, or the child has a parent already
 * @qemu qom/object.c object_property_add_child
 */
export function objectPropertyAddChild(parent: QemuObject, name: string, child: QemuObject): ObjectProperty {
  if (child.parent) throw new Error(`Object of type '${child.qomClass.typeName}' has a parent already`)
  if (child.finalized) throw new Error(`Object of type '${child.qomClass.typeName}' has ended`)
  if (name.includes('/')) throw new Error(`Name of a child must not have a slash: '${name}'`)
  const property = objectPropertyAdd(parent, {
    name,
    type: childType(child.qomClass.typeName),
    get: () => objectGetCanonicalPath(child) ?? '',
    resolve: () => child,
    release: () => finalizeChild(child),
  })
  child.parent = parent
  child.qomName = property.name
  return property
}

/** @qemu qom/object.c object_finalize_child_property */
function finalizeChild(child: QemuObject): void {
  child.qomClass.unparent?.(child)
  child.parent = null
  child.qomName = null
  objectFinalize(child)
}

/**
 * The children of an object, in the order in which they were added.
 * @qemu qom/object.c object_child_foreach
 */
export function objectChildren(obj: QemuObject): QemuObject[] {
  return [...obj.qomProperties.values()]
    .filter((property) => property.type.name.startsWith('child<'))
    .flatMap((property) => property.resolve?.(obj) ?? [])
}

/**
 * Calls `visit` for every object below `obj`, parents before their children.
 * @qemu qom/object.c object_child_foreach_recursive
 */
export function objectChildForeachRecursive(obj: QemuObject, visit: (child: QemuObject) => void): void {
  for (const child of objectChildren(obj)) {
    visit(child)
    objectChildForeachRecursive(child, visit)
  }
}

/** A new, empty composition tree. */
export function objectRootNew(): RootObject {
  return TYPE_ROOT.new()
}

/** The topmost object above `obj`, which may be `obj` itself; a {@link RootObject} once the object is in a machine's tree. */
export function objectGetRoot(obj: QemuObject): QemuObject {
  let root = obj
  while (root.parent) root = root.parent
  return root
}

/**
 * Path from the root, such as `/machine/unattached/device[0]`; null while the object is in no machine's tree.
 * @qemu qom/object.c object_get_canonical_path
 */
export function objectGetCanonicalPath(obj: QemuObject): string | null {
  if (!(objectGetRoot(obj) instanceof RootObject)) return null
  let path = ''
  for (let o = obj; o.parent; o = o.parent) path = `/${o.qomName}${path}`
  return path || '/'
}

/**
 * The object at a path of containers below `root`, making the containers that are missing.
 * @qemu qom/container.c container_get
 */
export function containerGet(root: QemuObject, path: string): QemuObject {
  let obj = root
  for (const part of path.split('/').filter(Boolean)) {
    let child = objectResolvePathComponent(obj, part)
    if (!child) {
      child = TYPE_CONTAINER.new()
      objectPropertyAddChild(obj, part, child)
    }
    obj = child
  }
  return obj
}

/**
 * What one component of a path leads to: a child, a link's target or an alias of one; null if nothing.
 * @qemu qom/object.c object_resolve_path_component
 */
export function objectResolvePathComponent(parent: QemuObject, part: string): QemuObject | null {
  return objectPropertyFind(parent, part)?.resolve?.(parent) ?? null
}

type Accept = (obj: QemuObject) => boolean

/** @qemu qom/object.c object_resolve_abs_path */
function resolveAbsolute(from: QemuObject, parts: readonly string[], accept: Accept): QemuObject | null {
  let obj: QemuObject | null = from
  for (const part of parts) {
    if (part === '') continue
    obj = objectResolvePathComponent(obj, part)
    if (!obj) return null
  }
  return accept(obj) ? obj : null
}

/** @qemu qom/object.c object_resolve_partial_path */
function resolvePartial(
  parent: QemuObject,
  parts: readonly string[],
  accept: Accept,
  state: PathAmbiguity,
): QemuObject | null {
  let found = resolveAbsolute(parent, parts, accept)
  for (const child of objectChildren(parent)) {
    const below = resolvePartial(child, parts, accept, state)
    if (state.ambiguous) return null
    if (below && found && below !== found) {
      state.ambiguous = true
      return null
    }
    found ??= below
  }
  return found
}

function resolve(root: QemuObject, path: string, accept: Accept, state: PathAmbiguity): QemuObject | null {
  state.ambiguous = false
  const parts = path.split('/')
  if (path.startsWith('/')) return resolveAbsolute(root, parts.slice(1), accept)
  return path === '' ? null : resolvePartial(root, parts, accept, state)
}

/**
 * The object at a path: absolute from `root`, or the tail of one object's path anywhere below it.
 * Null if there is none, or several; `state` tells the two apart.
 * @qemu qom/object.c object_resolve_path
 */
export function objectResolvePath(
  root: QemuObject,
  path: string,
  state: PathAmbiguity = { ambiguous: false },
): QemuObject | null {
  return resolve(root, path, () => true, state)
}

/**
 * As {@link objectResolvePath}, seeing only objects of a type. With an empty path it finds the only one of the type.
 * @qemu qom/object.c object_resolve_path_type
 */
export function objectResolvePathType<T extends QemuObject>(
  root: QemuObject,
  path: string,
  type: QomType<T>,
  state: PathAmbiguity = { ambiguous: false },
): T | null {
  const accept: Accept = (obj) => type.is(obj)
  state.ambiguous = false
  const found = path === '' ? resolvePartial(root, [''], accept, state) : resolve(root, path, accept, state)
  return found as T | null
}

export const TYPE_CONTAINER = typeRegister<Container>({ name: 'container', instance: Container })

const TYPE_ROOT = typeRegister<RootObject>({ name: 'root', parent: TYPE_CONTAINER, instance: RootObject })
