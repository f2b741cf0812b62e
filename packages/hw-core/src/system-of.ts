// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import type { BusState, DeviceState } from '@dromaius/qom'

/** What a bus has that is the way to its machine. */
export interface BusOfSystem {
  readonly system: SystemState
}

function hasSystem(bus: BusState): bus is BusState & BusOfSystem {
  return 'system' in bus && bus.system !== null && bus.system !== undefined
}

/**
 * The machine that a device is part of, found by way of its bus and the buses above.
 * @throws Error if the device is on no bus of a machine, as before its realize
 * QEMU keeps what a SystemState holds in globals instead.
 */
export function systemOf(dev: DeviceState): SystemState {
  for (let bus = dev.parentBus; bus; bus = bus.parentDev?.parentBus ?? null) {
    if (hasSystem(bus)) return bus.system
  }
  throw new Error(`Device '${dev.qomClass.typeName}' is on no bus of a machine`)
}
