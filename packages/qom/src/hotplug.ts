// SPDX-License-Identifier: GPL-2.0-or-later
import { TYPE_INTERFACE } from './interface.js'
import { InterfaceClass } from './object-class.js'
import type { QemuObject } from './object.js'
import { objectGetRoot, RootObject } from './object-tree.js'
import type { DeviceState } from './qdev.js'
import { typeRegister } from './type.js'

/**
 * Methods of an object that wires devices in and out: a machine, or the controller of a bus.
 * @qemu include/hw/hotplug.h HotplugHandlerClass
 */
export class HotplugHandlerClass extends InterfaceClass {
  /** Checks and prepares before the device is realized. @throws UserError to refuse the device */
  prePlug?(handler: QemuObject, dev: DeviceState): void
  /** Wires the realized device in. @throws UserError to refuse it, which unrealizes it */
  plug?(handler: QemuObject, dev: DeviceState): void
  /** Asks the guest to give the device up. Where it is missing, devices leave at once. @throws UserError to refuse */
  unplugRequest?(handler: QemuObject, dev: DeviceState): void
  /** Wires the device out and unrealizes it. @throws UserError to refuse */
  unplug?(handler: QemuObject, dev: DeviceState): void
}

/** @qemu hw/core/hotplug.c hotplug_handler_pre_plug */
export function hotplugHandlerPrePlug(handler: QemuObject, dev: DeviceState): void {
  TYPE_HOTPLUG_HANDLER.getClass(handler).prePlug?.(handler, dev)
}

/** @qemu hw/core/hotplug.c hotplug_handler_plug */
export function hotplugHandlerPlug(handler: QemuObject, dev: DeviceState): void {
  TYPE_HOTPLUG_HANDLER.getClass(handler).plug?.(handler, dev)
}

/** @qemu hw/core/hotplug.c hotplug_handler_unplug_request */
export function hotplugHandlerUnplugRequest(handler: QemuObject, dev: DeviceState): void {
  TYPE_HOTPLUG_HANDLER.getClass(handler).unplugRequest?.(handler, dev)
}

/** @qemu hw/core/hotplug.c hotplug_handler_unplug */
export function hotplugHandlerUnplug(handler: QemuObject, dev: DeviceState): void {
  TYPE_HOTPLUG_HANDLER.getClass(handler).unplug?.(handler, dev)
}

/**
 * Who handles a device's plugging: the machine's choice, else its bus's handler, else nobody.
 * @qemu hw/core/qdev-hotplug.c qdev_get_hotplug_handler
 * @differs the machine's choice comes from the tree's root, as the machine's type lives in a higher layer
 */
export function qdevGetHotplugHandler(dev: DeviceState): QemuObject | null {
  const root = objectGetRoot(dev)
  const machine = root instanceof RootObject ? (root.machineHotplugHandler?.(dev) ?? null) : null
  return machine ?? dev.parentBus?.hotplugHandler ?? null
}

export const TYPE_HOTPLUG_HANDLER = typeRegister<QemuObject, HotplugHandlerClass>({
  name: 'hotplug-handler',
  parent: TYPE_INTERFACE,
  classType: HotplugHandlerClass,
})
