// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert'
import { UserError } from '@dromaius/util'
import { qbusIsHotpluggable } from './bus.js'
import {
  hotplugHandlerUnplug,
  hotplugHandlerUnplugRequest,
  qdevGetHotplugHandler,
  TYPE_HOTPLUG_HANDLER,
} from './hotplug.js'
import { objectGetTypename, objectUnparent, type QemuObject } from './object.js'
import type { DeviceState } from './qdev.js'
import { qdevUnrealize } from './qdev-realize.js'

/**
 * Unplugs a device while the machine runs: asks for it where its handler can ask the guest, else removes it at once.
 * @throws UserError if the bus or the device does not support it, or the handler refuses
 * @qemu softmmu/qdev-monitor.c qdev_unplug
 */
export function qdevUnplug(dev: DeviceState): void {
  if (dev.parentBus && !qbusIsHotpluggable(dev.parentBus)) {
    throw new UserError(`Bus '${dev.parentBus.name}' does not support hotplugging`)
  }
  if (!dev.qomClass.hotpluggable) {
    throw new UserError(`Device '${objectGetTypename(dev)}' does not support hotplugging`)
  }
  const handler = qdevGetHotplugHandler(dev)
  assert(handler, `Device '${objectGetTypename(dev)}' is hotpluggable but nobody handles it`)
  if (TYPE_HOTPLUG_HANDLER.getClass(handler).unplugRequest) {
    hotplugHandlerUnplugRequest(handler, dev)
    return
  }
  hotplugHandlerUnplug(handler, dev)
  objectUnparent(dev)
}

/**
 * The unplug method of handlers that have nothing to wire out.
 * @qemu hw/core/qdev-hotplug.c qdev_simple_device_unplug_cb
 */
export function qdevSimpleDeviceUnplugCb(_handler: QemuObject, dev: DeviceState): void {
  qdevUnrealize(dev)
}
