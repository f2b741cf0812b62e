// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a whole machine: every device that describes its own, and RAM.

import {
  cpuSynchronizeAllPostInit,
  cpuSynchronizeAllPreLoadvm,
  cpuSynchronizeAllStates,
  type SystemState,
} from '@dromaius/cpus'
import type { RAMBlock } from '@dromaius/memory'
import {
  type DeviceState,
  objectChildForeachRecursive,
  objectGetCanonicalPath,
  TYPE_DEVICE,
} from '@dromaius/qom'
import { vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'

/** What a machine was when it stood. */
export interface SavedMachine {
  /** By the device's path in the composition tree. */
  devices: Record<string, VMStateValue>
  ram: Uint8Array
}

/** Realized devices with a description of their state, by path. */
export function devicesWithState(system: SystemState): Map<string, DeviceState> {
  const devices = new Map<string, DeviceState>()
  objectChildForeachRecursive(system.root, (child) => {
    if (!TYPE_DEVICE.is(child) || !child.realized || !child.qomClass.vmsd) return
    devices.set(objectGetCanonicalPath(child)!, child)
  })
  return devices
}

const contents = ({ backing }: RAMBlock): Uint8Array => backing.window(0, backing.size)

/** Takes the state of a paused machine down. What is returned has been through JSON, but for the RAM. */
export function saveMachine(system: SystemState, ram: RAMBlock): SavedMachine {
  cpuSynchronizeAllStates(system)
  const devices: Record<string, VMStateValue> = {}
  for (const [path, dev] of devicesWithState(system)) devices[path] = vmstateSave(dev.qomClass.vmsd!, dev)
  return { devices: JSON.parse(JSON.stringify(devices)) as typeof devices, ram: contents(ram).slice() }
}

/**
 * Puts a state into a machine that has the same devices and does not run.
 * @throws VMStateError, or Error for a device that is on one side only
 */
export function loadMachine(system: SystemState, ram: RAMBlock, saved: SavedMachine): void {
  const devices = devicesWithState(system)
  if ([...devices.keys()].join() !== Object.keys(saved.devices).join()) throw new Error('The machines differ')
  cpuSynchronizeAllPreLoadvm(system)
  contents(ram).set(saved.ram)
  for (const [path, dev] of devices) vmstateLoad(dev.qomClass.vmsd!, dev, saved.devices[path]!)
  cpuSynchronizeAllPostInit(system)
}

/** Fills memory with what is no program. */
export function scramble(ram: RAMBlock): void {
  contents(ram).fill(0xf4)
}

/**
 * Device states without the APIC timer's virtual times, which are those of the last look at the kernel, and without
 * kvmclock's time, which goes on in a machine that was never stopped.
 */
export function withoutClocks({ devices }: SavedMachine): unknown {
  const clocks = ['initialCountLoadTime', 'nextTime', 'timerExpiry', 'clock']
  return JSON.parse(
    JSON.stringify(devices, (key, value: unknown) => (clocks.includes(key) ? undefined : value)),
  )
}
