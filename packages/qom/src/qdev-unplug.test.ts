// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { UserError } from '@dromaius/util'
import type { BusState, DeviceState, QemuObject } from './index.js'
import {
  objectPropertyAddChild,
  objectRootNew,
  qbusNew,
  qbusSetHotplugHandler,
  qdevGetHotplugHandler,
  qdevRealize,
  qdevSimpleDeviceUnplugCb,
  qdevUnplug,
  TYPE_BUS,
  TYPE_DEVICE,
  TYPE_HOTPLUG_HANDLER,
  typeRegister,
} from './index.js'

const calls: string[] = []

const TYPE_RACK_BUS = typeRegister<BusState>({ name: 'rack-bus', parent: TYPE_BUS })
const TYPE_RACK = typeRegister<DeviceState>({
  name: 'rack',
  parent: TYPE_DEVICE,
  interfaces: [TYPE_HOTPLUG_HANDLER],
  classInit(klass) {
    const hc = TYPE_HOTPLUG_HANDLER.classCast(klass)
    hc.plug = (_rack, dev) => void calls.push(`plug ${dev.qomClass.typeName}`)
    hc.unplug = qdevSimpleDeviceUnplugCb
  },
})
const TYPE_ASKING = typeRegister<QemuObject>({
  name: 'asking',
  interfaces: [TYPE_HOTPLUG_HANDLER],
  classInit(klass) {
    TYPE_HOTPLUG_HANDLER.classCast(klass).unplugRequest = (_handler, dev) => {
      calls.push('asked')
      if (dev.id === 'busy') throw new UserError('Device is busy')
    }
  },
})
const TYPE_BLADE = typeRegister<DeviceState>({
  name: 'blade',
  parent: TYPE_DEVICE,
  classInit(klass) {
    const dc = TYPE_DEVICE.classCast(klass)
    dc.busType = 'rack-bus'
    dc.unrealize = () => void calls.push('unrealize blade')
  },
})
const TYPE_FIXED_BLADE = typeRegister<DeviceState>({
  name: 'fixed-blade',
  parent: TYPE_BLADE,
  classInit(klass) {
    TYPE_DEVICE.classCast(klass).hotpluggable = false
  },
})

function rack(type = TYPE_BLADE): { bus: BusState; rackDev: DeviceState; blade: DeviceState } {
  const rackDev = TYPE_RACK.new()
  qdevRealize(rackDev, null, objectRootNew())
  const bus = qbusNew(TYPE_RACK_BUS, rackDev)
  qbusSetHotplugHandler(bus, rackDev)
  const blade = type.new()
  qdevRealize(blade, bus)
  return { bus, rackDev, blade }
}

describe('qdevUnplug', () => {
  it('removes the device at once where nobody has to be asked', () => {
    const { bus, rackDev, blade } = rack()
    expect(qdevGetHotplugHandler(blade)).toBe(rackDev)

    qdevUnplug(blade)

    expect(calls.splice(0)).toEqual(['plug blade', 'unrealize blade'])
    expect(blade).toMatchObject({ realized: false, finalized: true, parentBus: null })
    expect(bus.children).toEqual([])
  })

  it('asks where the handler can, and the device stays until it is given up', () => {
    const { bus, rackDev, blade } = rack()
    const asking = TYPE_ASKING.new()
    objectPropertyAddChild(rackDev, 'asking', asking)
    qbusSetHotplugHandler(bus, asking)
    calls.length = 0

    qdevUnplug(blade)
    blade.id = 'busy'

    expect(() => qdevUnplug(blade)).toThrow('Device is busy')
    expect(calls.splice(0)).toEqual(['asked', 'asked'])
    expect(blade.realized).toBe(true)
  })

  it('refuses what does not support it', () => {
    const { bus, blade } = rack()
    const fixed = rack(TYPE_FIXED_BLADE).blade
    qbusSetHotplugHandler(bus, null)

    expect(() => qdevUnplug(blade)).toThrow("Bus 'rack-bus.0' does not support hotplugging")
    expect(() => qdevUnplug(fixed)).toThrow("Device 'fixed-blade' does not support hotplugging")
  })
})
