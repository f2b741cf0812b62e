// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type BusState,
  type DeviceClass,
  type DeviceState,
  containerGet,
  objectNew,
  objectPropertyAddChild,
  objectResolvePathComponent,
  qbusIsFull,
  qdevPropParse,
  qdevRealize,
  TYPE_DEVICE,
  typeByName,
} from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { qdevGetDeviceClass } from './device-help.js'
import type { DeviceSpec } from './machine-config.js'
import type { X86MachineState } from './x86-machine.js'

/** Words of an id: a letter, then letters, digits and `-._`. @qemu util/id.c id_wellformed */
export const WELLFORMED_ID = /^[A-Za-z][A-Za-z0-9\-._]*$/

/** All buses of a machine that devices can be plugged into: those of the board and those below their devices. */
function allBuses(roots: readonly BusState[]): BusState[] {
  return roots.flatMap((bus) => [bus, ...allBuses(bus.children.flatMap((dev) => dev.childBus))])
}

/**
 * The bus for a device: the one that it names, or the first of its kind with room.
 * @qemu softmmu/qdev-monitor.c qbus_find_recursive
 */
function findBus(buses: readonly BusState[], dc: DeviceClass, name: string | null): BusState | null {
  if (dc.busType === undefined) return null
  const fits = (bus: BusState): boolean => typeByName(dc.busType!)?.is(bus) ?? false
  if (name !== null) {
    const named = buses.find((bus) => bus.name === name)
    if (!named) throw new UserError(`Bus '${name}' not found`)
    if (!fits(named))
      throw new UserError(`Device '${dc.typeName}' can't go on ${named.qomClass.typeName} bus`)
    return named
  }
  const candidates = buses.filter(fits)
  if (candidates.length === 0) throw new UserError(`No '${dc.busType}' bus found for device '${dc.typeName}'`)
  const free = candidates.find((bus) => !qbusIsFull(bus))
  if (!free) throw new UserError(`No free '${dc.busType}' bus found for device '${dc.typeName}'`)
  return free
}

/** Puts the device where its id, or the lack of one, says. @qemu softmmu/qdev-monitor.c qdev_set_id */
function setId(machine: X86MachineState, dev: DeviceState, id: string | null): void {
  if (id === null) {
    objectPropertyAddChild(containerGet(machine, '/peripheral-anon'), 'device[*]', dev)
    return
  }
  const peripheral = containerGet(machine, '/peripheral')
  if (!WELLFORMED_ID.test(id))
    throw new UserError(`Parameter 'id' expects an identifier, which '${id}' is not`)
  if (objectResolvePathComponent(peripheral, id)) throw new UserError(`Duplicate device ID '${id}'`)
  dev.id = id
  objectPropertyAddChild(peripheral, id, dev)
}

/** The last value that a `-device` gives for a key, null if none. */
function lastValue(spec: DeviceSpec, key: string): string | null {
  return spec.properties.filter(([name]) => name === key).at(-1)?.[1] ?? null
}

/**
 * Makes the device of a `-device` and sets its properties; it is in no bus yet. Throws UserError for a device or property that
 * is not there, and for a value that does not suit.
 * @qemu softmmu/qdev-monitor.c qdev_device_add_from_qdict
 * @differs in two steps, so that mistakes are told before the CPUs are made
 */
export function qdevDeviceNew(machine: X86MachineState, spec: DeviceSpec): DeviceState {
  const dc = qdevGetDeviceClass(spec.driver)
  const dev = TYPE_DEVICE.cast(objectNew(dc.typeName))
  setId(machine, dev, lastValue(spec, 'id'))
  for (const [name, value] of spec.properties) {
    if (name !== 'id' && name !== 'bus') qdevPropParse(dev, name, value)
  }
  return dev
}

/**
 * Realizes a device of {@link qdevDeviceNew} on the bus that it names, or the first that suits, of those below `roots`.
 * Throws UserError without such a bus, and as the device's realize.
 * @qemu softmmu/qdev-monitor.c qdev_device_add_from_qdict
 */
export function qdevDevicePlug(
  machine: X86MachineState,
  roots: readonly BusState[],
  spec: DeviceSpec,
  dev: DeviceState,
): void {
  qdevRealize(dev, findBus(allBuses(roots), dev.qomClass, lastValue(spec, 'bus')), machine.system.root)
}
