// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert'
import { ObjectClass } from './object-class.js'
import { objectGetTypename, objectUnparent, QemuObject } from './object.js'
import { objectGetRoot, objectPropertyAddChild, RootObject } from './object-tree.js'
import { objectClassPropertyAddBool } from './property-add.js'
import { linkPropertyType, objectClassPropertyAddLink } from './property-link.js'
import { objectPropertyAdd, objectPropertyDel, objectPropertySet } from './property.js'
import type { DeviceState } from './qdev.js'
import { resettableChangeParent, resettableReset, resettableStateNew, TYPE_RESETTABLE } from './resettable.js'
import type { ResettablePhases, ResettableState } from './resettable.js'
import { objectClassByName, typeByName, typeRegister, type QomType } from './type.js'

/**
 * The class of a kind of bus; `T` is the type of its buses.
 * @qemu include/hw/qdev-core.h BusClass
 */
export class BusClass<T extends BusState = BusState> extends ObjectClass {
  /** How many devices fit; 0 for no limit. */
  maxDev = 0

  /** Runs before the children can be realized. @throws UserError to refuse */
  realize?(bus: T): void
  /** Runs after the children were unrealized. */
  unrealize?(bus: T): void
  /** Refuses a device whose address is taken or wrong. @throws UserError */
  checkAddress?(bus: T, dev: DeviceState): void
  /** The device's part of a firmware or migration path, unique on the bus. */
  getDevPath?(dev: DeviceState): string | null
  /** Lines about a device for `info qtree`, each indented by `indent` blanks. */
  printDev?(dev: DeviceState, indent: number): string

  /** What a reset does to the bus itself; its devices come before it in each pass. */
  get phases(): ResettablePhases<T> {
    return TYPE_RESETTABLE.classCast(this)
  }
}

/**
 * A place that devices plug into.
 * @qemu include/hw/qdev-core.h BusState
 */
export class BusState extends QemuObject {
  declare readonly qomClass: BusClass
  /** Name that `bus=` on the command line refers to. */
  name = ''
  /** The device that offers the bus; null for the main system bus. */
  parentDev: DeviceState | null = null
  /** The devices on the bus, the latest first, as QEMU walks them. */
  readonly children: DeviceState[] = []
  /** Numbers of the links `child[n]` that show the devices in the tree. */
  readonly childIndex: Map<DeviceState, number> = new Map<DeviceState, number>()
  /** Number of the next link. */
  maxIndex = 0
  /** Who wires devices in and out; null if devices cannot be hotplugged. */
  hotplugHandler: QemuObject | null = null
  /** Whether the bus works; its device's realize turns it on. */
  realized = false
  /** Standing in resets. */
  readonly resetState: ResettableState = resettableStateNew()
}

/**
 * A name for a bus that got none.
 * @qemu hw/core/bus.c qbus_init_internal
 * @differs the counter of automatic names is one per machine, not one per process
 */
function automaticName(bus: BusState, parent: DeviceState | null): string {
  if (parent && parent.id !== null) return `${parent.id}.${parent.childBus.length}`
  const typename = objectGetTypename(bus)
  const root = objectGetRoot(parent ?? bus)
  let id = parent?.childBus.length ?? 0
  if (root instanceof RootObject) {
    id = root.automaticBusIds.get(typename) ?? 0
    root.automaticBusIds.set(typename, id + 1)
  }
  return `${typename}.${id}`.toLowerCase()
}

/**
 * Gives a new bus its name (made up when null) and hangs it under its device, if it has one.
 * @qemu hw/core/bus.c qbus_init_internal
 */
export function qbusInit(bus: BusState, parent: DeviceState | null, name: string | null = null): void {
  bus.parentDev = parent
  bus.name = name ?? automaticName(bus, parent)
  if (!parent) return
  parent.childBus.unshift(bus)
  objectPropertyAddChild(parent, bus.name, bus)
}

/**
 * A new bus of a type, see {@link qbusInit}.
 * @qemu hw/core/bus.c qbus_new
 */
export function qbusNew<T extends BusState>(
  type: QomType<T>,
  parent: DeviceState | null,
  name: string | null = null,
): T {
  const bus = type.new()
  qbusInit(bus, parent, name)
  return bus
}

/** @qemu hw/core/bus.c qbus_set_hotplug_handler */
export function qbusSetHotplugHandler(bus: BusState, handler: QemuObject | null): void {
  objectPropertySet(bus, 'hotplug-handler', handler)
}

/** @qemu include/hw/qdev-core.h qbus_is_hotpluggable */
export function qbusIsHotpluggable(bus: BusState): boolean {
  return bus.hotplugHandler !== null
}

/** @qemu softmmu/qdev-monitor.c qbus_is_full */
export function qbusIsFull(bus: BusState): boolean {
  const { maxDev } = bus.qomClass
  return maxDev !== 0 && bus.children.length >= maxDev
}

/** @qemu hw/core/bus.c qbus_realize */
export function qbusRealize(bus: BusState): void {
  objectPropertySet(bus, 'realized', true)
}

/** @qemu hw/core/bus.c qbus_unrealize */
export function qbusUnrealize(bus: BusState): void {
  objectPropertySet(bus, 'realized', false)
}

/**
 * Resets a bus and all devices on it.
 * @qemu hw/core/bus.c bus_cold_reset
 */
export function busColdReset(bus: BusState): void {
  resettableReset(bus, 'cold')
}

/** @qemu hw/core/qdev.c bus_add_child */
function busAddChild(bus: BusState, dev: DeviceState): void {
  const index = bus.maxIndex++
  bus.children.unshift(dev)
  bus.childIndex.set(dev, index)
  objectPropertyAdd(bus, {
    name: `child[${index}]`,
    type: linkPropertyType(objectGetTypename(dev)),
    get: () => dev,
    resolve: () => dev,
  })
}

/** @qemu hw/core/qdev.c bus_remove_child */
export function busRemoveChild(bus: BusState, dev: DeviceState): void {
  const at = bus.children.indexOf(dev)
  if (at < 0) return
  bus.children.splice(at, 1)
  objectPropertyDel(bus, `child[${bus.childIndex.get(dev)}]`)
  bus.childIndex.delete(dev)
}

/**
 * Puts a device on a bus, or moves it there from another.
 * @throws UserError if the bus refuses the device's address
 * @qemu hw/core/qdev.c qdev_set_parent_bus
 */
export function qdevSetParentBus(dev: DeviceState, bus: BusState): void {
  const oldBus = dev.parentBus
  const { busType } = dev.qomClass
  assert(
    busType !== undefined && typeByName(busType)?.is(bus),
    `Type '${dev.qomClass.typeName}' does not plug into a '${objectGetTypename(bus)}'`,
  )
  bus.qomClass.checkAddress?.(bus, dev)
  if (oldBus) busRemoveChild(oldBus, dev)
  dev.parentBus = bus
  busAddChild(bus, dev)
  if (dev.realized) resettableChangeParent(dev, bus, oldBus)
}

/**
 * Realizes a bus, or unrealizes its devices and then the bus.
 * @qemu hw/core/bus.c bus_set_realized
 */
function busSetRealized(bus: BusState, value: boolean): void {
  const bc = bus.qomClass
  if (value && !bus.realized) bc.realize?.(bus)
  else if (!value && bus.realized) {
    for (const dev of [...bus.children]) objectPropertySet(dev, 'realized', false)
    bc.unrealize?.(bus)
  }
  bus.realized = value
}

/**
 * Ends the devices on a bus that goes away.
 * @qemu hw/core/bus.c bus_unparent
 * @differs the main system bus, which has no device above it, goes with its machine
 */
function busUnparent(bus: BusState): void {
  for (let dev = bus.children[0]; dev; dev = bus.children[0]) {
    objectUnparent(dev)
    // A device that never got a place in the tree only leaves the bus.
    busRemoveChild(bus, dev)
  }
  const siblings = bus.parentDev?.childBus
  siblings?.splice(siblings.indexOf(bus), 1)
  bus.parentDev = null
}

/** The class of a bus type by name, null if there is no such bus. */
export function busClassByName(name: string): BusClass | null {
  const klass = objectClassByName(name)
  return klass instanceof BusClass ? klass : null
}

export const TYPE_BUS = typeRegister<BusState, BusClass>({
  name: 'bus',
  abstract: true,
  instance: BusState,
  classType: BusClass,
  interfaces: [TYPE_RESETTABLE],
  classInit(klass) {
    klass.unparent = busUnparent
    const rc = TYPE_RESETTABLE.classCast(klass)
    rc.getState = (bus: BusState) => bus.resetState
    rc.childForeach = (bus: BusState, callback) => [...bus.children].forEach(callback)
    objectClassPropertyAddLink<BusState, QemuObject>(
      klass,
      'hotplug-handler',
      'hotplug-handler',
      'hotplugHandler',
    )
    objectClassPropertyAddBool<BusState>(klass, 'realized', (bus) => bus.realized, busSetRealized)
  },
})
