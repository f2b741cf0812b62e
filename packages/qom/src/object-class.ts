// SPDX-License-Identifier: GPL-2.0-or-later
import type { QemuObject } from './object.js'
import type { ObjectProperty } from './property.js'

/**
 * The class object of a type: one per type, shared by all instances. Subclasses add fields (function slots, tables)
 * that `classInit` fills in. A class object starts as a copy of its parent's fields, so that a slot that a type
 * does not set is inherited; a field initialiser therefore counts only in the class that introduces the field.
 * @qemu include/qom/object.h ObjectClass
 */
export class ObjectClass {
  /** QOM name of the type. */
  readonly typeName: string = ''
  /** Class of the parent type, null for the root types `object` and `interface`. */
  readonly parentClass: ObjectClass | null = null
  /** Whether the type cannot be instantiated. */
  readonly abstract: boolean = false
  /** Properties that this class adds; the parents' are in the parents' maps. */
  readonly classProperties: Map<string, ObjectProperty> = new Map<string, ObjectProperty>()
  /** This class's own copy of each interface's method table, the inherited ones first. */
  readonly interfaces: readonly InterfaceClass[] = []

  /** Called when an instance is about to lose its parent. */
  unparent?(obj: QemuObject): void
}

/**
 * The method table of an interface. Every class that implements the interface has a copy of its own, which it gets by
 * casting itself to the interface's type.
 * @qemu include/qom/object.h InterfaceClass
 */
export class InterfaceClass extends ObjectClass {
  /** The class that this copy belongs to; null in the interface's own class object. */
  readonly concreteClass: ObjectClass | null = null
  /** QOM name of the interface. */
  readonly interfaceType: string = ''
}

/** Fields that describe one class object and are never copied from a parent's. */
const ownFields = new Set<string>([...Object.keys(new InterfaceClass())])

/** Copies to a new class object the fields that it inherits: all but those that describe the parent itself. */
export function copyClassFields(from: ObjectClass, to: ObjectClass): void {
  for (const [key, value] of Object.entries(from)) {
    if (!ownFields.has(key)) Object.assign(to, { [key]: value })
  }
}
