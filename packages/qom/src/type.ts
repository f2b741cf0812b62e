// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { InvalidCastError } from './errors.js'
import type { InterfaceClass } from './object-class.js'
import { copyClassFields, ObjectClass } from './object-class.js'
import type { QemuObject } from './object.js'
import { objectClassPropertyInitAll } from './property.js'

/** Constructor of an instance; gets the class object, which `QemuObject` keeps. */
export type InstanceConstructor<T> = abstract new (klass: ObjectClass) => T

/** Constructor of a class object. */
export type ClassConstructor<C> = new () => C

/** A handle to a type whose instance and class do not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a handle is used covariantly; no cast follows from it
export type AnyQomType = QomType<any, any>

/**
 * What a type is made of.
 * @qemu include/qom/object.h TypeInfo
 */
export interface TypeInfo<T extends QemuObject, C extends ObjectClass = ObjectClass> {
  /** QOM name, as on QEMU's command line. */
  name: string
  /** Parent type; `object` when left out, none when null (the root types only). */
  parent?: AnyQomType | null
  /** Whether it is only there to be inherited from. */
  abstract?: boolean
  /** Constructor of instances; the parent's when left out. */
  instance?: InstanceConstructor<T>
  /** Constructor of the class object; the parent's when left out. */
  classType?: ClassConstructor<C>
  /** Runs for the class of every descendant, nearest ancestor's first, before that class's own `classInit`. */
  classBaseInit?(klass: C): void
  /** Fills in the class object; runs once, after the parent's, when the class is first needed. Cannot fail. */
  classInit?(klass: C): void
  /** Runs after the constructor and the properties' defaults, root type first. */
  instanceInit?(obj: T): void
  /** Runs after all `instanceInit`, leaf type first. */
  instancePostInit?(obj: T): void
  /** Runs when the object dies, leaf type first. */
  instanceFinalize?(obj: T): void
  /** Interfaces that the type implements; `classInit` fills in their method tables. */
  interfaces?: readonly AnyQomType[]
}

/** A registered type, as other code holds it: QEMU's TYPE_ constant and its cast macros in one. */
export interface QomType<T extends QemuObject = QemuObject, C extends ObjectClass = ObjectClass> {
  /** QOM name. */
  readonly name: string
  /** The object itself, if it is an instance. @throws InvalidCastError if it is not */
  cast(obj: QemuObject): T
  /** Whether a value is an instance of the type or of a descendant, or implements the interface. */
  is(obj: unknown): obj is T
  /** The object's class as a class of this type. @throws InvalidCastError if the object is no instance */
  getClass(obj: QemuObject): C
  /** The class, or its copy of the interface's table if this is an interface. @throws InvalidCastError if it has none */
  classCast(klass: ObjectClass): C
  /** The type's class object, initialised. */
  class(): C
  /** A new instance. @throws UserError if the type is abstract */
  'new'(): T
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const registry = new Map<string, TypeImpl>()

/** One row of the registry; generic code sees every type as one of plain objects, handles give the real types back. */
class TypeImpl implements QomType {
  readonly name: string
  private klass: ObjectClass | null = null
  private initialising = false

  constructor(private readonly info: TypeInfo<QemuObject>) {
    this.name = info.name
  }

  /** The parent's row, null for a root type. @throws Error if the parent was never registered */
  get parent(): TypeImpl | null {
    const { parent } = this.info
    if (parent === null) return null
    return typeOf(parent === undefined ? 'object' : parent.name)
  }

  /** Whether there are no instances; interfaces never have any. */
  get abstract(): boolean {
    return (this.info.abstract ?? false) || this.isInterface
  }

  get isInterface(): boolean {
    return this.isAncestorOrSelf('interface')
  }

  isAncestorOrSelf(ancestor: string): boolean {
    return this.name === ancestor || (this.parent?.isAncestorOrSelf(ancestor) ?? false)
  }

  /** The constructor that instances of the type get: its own, or the nearest ancestor's. */
  get instance(): InstanceConstructor<QemuObject> | null {
    return this.info.instance ?? this.parent?.instance ?? null
  }

  get classType(): ClassConstructor<ObjectClass> {
    return this.info.classType ?? this.parent?.classType ?? ObjectClass
  }

  /**
   * The class object, made and initialised on first use.
   * @qemu qom/object.c type_initialize
   */
  class(): ObjectClass {
    if (this.klass) return this.klass
    if (this.initialising) throw new Error(`Type '${this.name}' needs its own class to initialise it`)
    this.initialising = true
    try {
      const parent = this.parent
      const parentClass = parent?.class() ?? null
      this.checkConstructors(parent)
      const klass: Mutable<ObjectClass> = new this.classType()
      klass.typeName = this.name
      klass.parentClass = parentClass
      klass.abstract = this.abstract
      if (parentClass) copyClassFields(parentClass, klass)
      klass.interfaces = this.interfaceTables(klass, parentClass)
      for (let type = parent; type; type = type.parent) type.info.classBaseInit?.(klass)
      this.info.classInit?.(klass)
      this.klass = klass
      return klass
    } finally {
      this.initialising = false
    }
  }

  /** The class's copies of the interfaces' tables: the parent's first, then those of the type that are new. */
  private interfaceTables(klass: ObjectClass, parentClass: ObjectClass | null): InterfaceClass[] {
    const tables = (parentClass?.interfaces ?? []).map((table) =>
      interfaceTable(klass, this.name, typeOf(table.interfaceType), table),
    )
    for (const { name } of this.info.interfaces ?? []) {
      const type = typeOf(name)
      if (!type.isInterface)
        throw new Error(`Type '${this.name}' implements '${name}', which is no interface`)
      if (tables.some((table) => typeOf(table.interfaceType).isAncestorOrSelf(name))) continue
      tables.push(interfaceTable(klass, this.name, type, type.class()))
    }
    return tables
  }

  /** A type's constructors must extend its parent's, or inherited code would meet objects without its fields. */
  private checkConstructors(parent: TypeImpl | null): void {
    if (!parent) return
    const extend = (own: unknown, base: unknown): boolean =>
      own === base ||
      !base ||
      (own as { prototype: unknown }).prototype instanceof (base as ClassConstructor<object>)
    if (!extend(this.classType, parent.classType)) {
      throw new Error(`The class of type '${this.name}' does not extend that of '${parent.name}'`)
    }
    if (!extend(this.instance, parent.instance)) {
      throw new Error(`The instance of type '${this.name}' does not extend that of '${parent.name}'`)
    }
  }

  cast(obj: QemuObject): QemuObject {
    if (this.is(obj)) return obj
    throw new InvalidCastError('Object', (obj as QemuObject).qomClass.typeName, this.name)
  }

  is(obj: unknown): obj is QemuObject {
    if (typeof obj !== 'object' || obj === null || !('qomClass' in obj)) return false
    return obj.qomClass instanceof ObjectClass && this.findClass(obj.qomClass) !== null
  }

  getClass(obj: QemuObject): ObjectClass {
    const klass = this.findClass(obj.qomClass)
    if (!klass) throw new InvalidCastError('Object', obj.qomClass.typeName, this.name)
    return klass
  }

  classCast(klass: ObjectClass): ObjectClass {
    const found = this.findClass(klass)
    if (!found) throw new InvalidCastError('Class', klass.typeName, this.name)
    return found
  }

  /**
   * The class seen as this type: itself, or its copy of the interface's table.
   * Null if it has neither, or several tables that all fit.
   * @qemu qom/object.c object_class_dynamic_cast
   */
  findClass(klass: ObjectClass): ObjectClass | null {
    for (let k: ObjectClass | null = klass; k; k = k.parentClass) if (k.typeName === this.name) return klass
    if (klass.interfaces.length === 0 || !this.isInterface) return null
    const found = klass.interfaces.filter((table) => typeOf(table.interfaceType).isAncestorOrSelf(this.name))
    return found.length === 1 ? found[0]! : null
  }

  /**
   * Makes an instance: constructors root to leaf, the class properties' defaults, `instanceInit` root to leaf.
   * @qemu qom/object.c object_initialize_with_type
   */
  new(): QemuObject {
    const klass = this.class()
    if (this.abstract) throw new UserError(`Object type '${this.name}' is abstract`)
    const construct = this.instance as (new (klass: ObjectClass) => QemuObject) | null
    if (!construct) throw new Error(`Type '${this.name}' has no instances`)
    const obj = new construct(klass)
    objectClassPropertyInitAll(obj)
    this.initInstance(obj)
    this.postInitInstance(obj)
    return obj
  }

  /** @qemu qom/object.c object_init_with_type */
  private initInstance(obj: QemuObject): void {
    this.parent?.initInstance(obj)
    this.info.instanceInit?.(obj)
  }

  /** @qemu qom/object.c object_post_init_with_type */
  private postInitInstance(obj: QemuObject): void {
    this.info.instancePostInit?.(obj)
    this.parent?.postInitInstance(obj)
  }

  /** @qemu qom/object.c object_deinit */
  finalizeInstance(obj: QemuObject): void {
    this.info.instanceFinalize?.(obj)
    this.parent?.finalizeInstance(obj)
  }
}

/**
 * One class's copy of an interface's table, which starts with the methods of `from`.
 * @qemu qom/object.c type_initialize_interface
 */
function interfaceTable(
  klass: ObjectClass,
  owner: string,
  type: TypeImpl,
  from: ObjectClass,
): InterfaceClass {
  const table = new type.classType() as Mutable<InterfaceClass>
  table.typeName = `${owner}::${type.name}`
  table.parentClass = type.class()
  table.abstract = true
  table.concreteClass = klass
  table.interfaceType = type.name
  copyClassFields(from, table)
  return table
}

function typeOf(name: string): TypeImpl {
  const type = registry.get(name)
  if (!type) throw new Error(`Type '${name}' is not registered`)
  return type
}

/**
 * Registers a type and returns its handle. By convention the last statement of the file that defines the type, as
 * QEMU's `type_init`; the class object is made when it is first needed. Process-wide.
 * @throws Error if the name is taken
 * @qemu qom/object.c type_register_static
 */
export function typeRegister<T extends QemuObject, C extends ObjectClass = ObjectClass>(
  info: TypeInfo<T, C>,
): QomType<T, C> {
  if (registry.has(info.name)) throw new Error(`Registering '${info.name}' which already exists`)
  // The registry is one table of rows of all types; only the handle that goes out carries the row's own types.
  const type = new TypeImpl(info as unknown as TypeInfo<QemuObject>)
  registry.set(info.name, type)
  return type as unknown as QomType<T, C>
}

/**
 * The handle of a type by name, null if no such type is registered.
 * @qemu qom/object.c type_get_by_name
 */
export function typeByName(name: string): QomType | null {
  return registry.get(name) ?? null
}

/**
 * The class object of a type by name, null if no such type is registered.
 * @qemu qom/object.c object_class_by_name
 */
export function objectClassByName(name: string): ObjectClass | null {
  return registry.get(name)?.class() ?? null
}

/**
 * The classes that are of a type or implement it, sorted by name.
 * @param includeAbstract whether to list abstract types too
 * @qemu qom/object.c object_class_get_list_sorted
 */
export function objectClassGetList<T extends QemuObject, C extends ObjectClass>(
  type: QomType<T, C>,
  includeAbstract = false,
): (C extends InterfaceClass ? ObjectClass : C)[] {
  const target = typeOf(type.name)
  return [...registry.values()]
    .filter((row) => includeAbstract || !row.abstract)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((row) => row.class())
    .filter((klass) => target.findClass(klass) !== null) as (C extends InterfaceClass ? ObjectClass : C)[]
}

/** Runs the finalisers of an object's types, leaf first. Only the object's end calls it. */
export function finalizeInstance(obj: QemuObject): void {
  typeOf(obj.qomClass.typeName).finalizeInstance(obj)
}
