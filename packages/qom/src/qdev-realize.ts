// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert'
import { UserError } from '@dromaius/util'
import { qbusRealize, qbusUnrealize, qdevSetParentBus, type BusState } from './bus.js'
import { hotplugHandlerPlug, hotplugHandlerPrePlug, qdevGetHotplugHandler } from './hotplug.js'
import { objectGetTypename, objectUnparent, type QemuObject } from './object.js'
import {
  containerGet,
  objectGetCanonicalPath,
  objectGetRoot,
  objectPropertyAddChild,
  RootObject,
} from './object-tree.js'
import { objectPropertySet } from './property.js'
import type { DeviceState } from './qdev.js'
import {
  resettableAssertReset,
  resettableChangeParent,
  resettableReleaseReset,
  resettableStateClear,
} from './resettable.js'

/**
 * Marks the end of the machine's making: from now on devices are hotplugged.
 * @qemu hw/core/machine.c qdev_machine_creation_done
 */
export function qdevMachineCreationDone(root: RootObject): void {
  root.machineCreationDone = true
}

/**
 * Brings a device to work on a bus (null if it needs none). A device without a parent becomes
 * `<root>/machine/unattached/device[n]`; `root` may be left out when the bus is in the tree. When a step fails, the
 * steps before it are undone and a device that had no parent ends.
 * @throws UserError from the handler, the device or its buses
 * @qemu hw/core/qdev.c qdev_realize
 */
export function qdevRealize(dev: DeviceState, bus: BusState | null = null, root?: QemuObject): void {
  assert(
    !dev.realized && !dev.parentBus,
    `Device '${objectGetTypename(dev)}' is realized or on a bus already`,
  )
  if (bus) qdevSetParentBus(dev, bus)
  else assert(!dev.qomClass.busType, `Device '${objectGetTypename(dev)}' needs a bus`)
  deviceSetRealized(dev, true, root)
}

/**
 * Takes a device out of work; it keeps its place in the tree and on its bus, and can be realized again.
 * @qemu hw/core/qdev.c qdev_unrealize
 */
export function qdevUnrealize(dev: DeviceState): void {
  objectPropertySet(dev, 'realized', false)
}

/**
 * Setter of the property `realized`.
 * @throws UserError as {@link qdevRealize}
 * @qemu hw/core/qdev.c device_set_realized
 * @differs whether the device is hotplugged is seen here, where its tree is known, and not when the object is made;
 * snapshots find devices by walking the tree, so there is no list to enter them in
 */
export function deviceSetRealized(dev: DeviceState, value: boolean, root?: QemuObject): void {
  if (!value) {
    if (dev.realized) unrealize(dev)
    return
  }
  if (dev.realized) return
  const tree = dev.parent ? objectGetRoot(dev) : (root ?? (dev.parentBus && objectGetRoot(dev.parentBus)))
  if (tree instanceof RootObject && tree.machineCreationDone) dev.hotplugged = true
  if (dev.hotplugged && !dev.qomClass.hotpluggable) {
    throw new UserError(`Device '${objectGetTypename(dev)}' does not support hotplugging`)
  }
  const unattached = dev.parent === null
  if (unattached) {
    assert(tree, `Device '${objectGetTypename(dev)}' has neither a parent nor a tree to go to`)
    objectPropertyAddChild(containerGet(tree, '/machine/unattached'), 'device[*]', dev)
  }
  try {
    realize(dev)
  } catch (error) {
    if (unattached) objectUnparent(dev)
    throw error
  }
}

/** Pre-plug, the class's realize, then everything that a later failure undoes by the class's unrealize. */
function realize(dev: DeviceState): void {
  const dc = dev.qomClass
  const handler = qdevGetHotplugHandler(dev)
  if (handler) hotplugHandlerPrePlug(handler, dev)
  dc.realize?.(dev)
  try {
    dev.canonicalPath = objectGetCanonicalPath(dev)
    // It may have been unrealized within a reset before.
    resettableStateClear(dev.resetState)
    for (const bus of [...dev.childBus]) qbusRealize(bus)
    if (dev.hotplugged) {
      resettableAssertReset(dev, 'cold')
      resettableChangeParent(dev, dev.parentBus, null)
      resettableReleaseReset(dev, 'cold')
    }
    if (handler) hotplugHandlerPlug(handler, dev)
  } catch (error) {
    for (const bus of [...dev.childBus]) qbusUnrealize(bus)
    dev.canonicalPath = null
    dc.unrealize?.(dev)
    throw error
  }
  dev.realized = true
}

/** Buses first, then the class's unrealize. */
function unrealize(dev: DeviceState): void {
  // Whoever looks at the device from here on sees that it is going.
  dev.realized = false
  for (const bus of [...dev.childBus]) qbusUnrealize(bus)
  dev.qomClass.unrealize?.(dev)
}
