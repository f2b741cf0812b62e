// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { UserError } from '@dromaius/util'
import type { BusState, DeviceState } from './index.js'
import {
  busClassByName,
  busColdReset,
  deviceColdReset,
  objectPropertyGet,
  objectPropertyPrint,
  objectResolvePath,
  objectRootNew,
  objectUnparent,
  qbusIsFull,
  qbusNew,
  qbusRealize,
  qbusUnrealize,
  qdevRealize,
  qdevSetParentBus,
  resettableAssertReset,
  resettableIsInReset,
  TYPE_BUS,
  TYPE_DEVICE,
  typeRegister,
} from './index.js'

const calls: string[] = []

const TYPE_SMALL_BUS = typeRegister<BusState>({
  name: 'Small',
  parent: TYPE_BUS,
  classInit(klass) {
    const bc = TYPE_BUS.classCast(klass)
    bc.maxDev = 2
    bc.checkAddress = (_bus, dev) => {
      if (dev.id === 'bad') throw new UserError('Bad address')
    }
    bc.phases.hold = (bus) => void calls.push(`hold ${bus.name}`)
  },
})
const TYPE_HUB = typeRegister<DeviceState>({ name: 'hub', parent: TYPE_DEVICE })
const TYPE_STICK = typeRegister<DeviceState>({
  name: 'stick',
  parent: TYPE_DEVICE,
  classInit(klass) {
    const dc = TYPE_DEVICE.classCast(klass)
    dc.busType = 'Small'
    dc.phases.hold = (dev) => void calls.push(`hold ${dev.id}`)
  },
})

function hubWithBus(): { hub: DeviceState; bus: BusState; root: ReturnType<typeof objectRootNew> } {
  const root = objectRootNew()
  const hub = TYPE_HUB.new()
  qdevRealize(hub, null, root)
  const bus = qbusNew(TYPE_SMALL_BUS, hub)
  qbusRealize(bus)
  return { hub, bus, root }
}

function stickOn(bus: BusState, id: string): DeviceState {
  const stick = TYPE_STICK.new()
  stick.id = id
  qdevRealize(stick, bus)
  return stick
}

describe('bus', () => {
  it('names count by machine and type, or follow the device id', () => {
    const { hub, bus } = hubWithBus()
    const second = qbusNew(TYPE_SMALL_BUS, hub)
    hub.id = 'hub0'
    const third = qbusNew(TYPE_SMALL_BUS, hub)
    const elsewhere = hubWithBus().bus

    expect([bus.name, second.name, third.name, elsewhere.name]).toEqual([
      'small.0',
      'small.1',
      'hub0.2',
      'small.0',
    ])
    expect(qbusNew(TYPE_SMALL_BUS, hub, 'given').name).toBe('given')
  })

  it('children stand the latest first, each with a link', () => {
    const { bus, root } = hubWithBus()
    const [a, b] = [stickOn(bus, 'a'), stickOn(bus, 'b')]

    expect(bus.children).toEqual([b, a])
    expect(objectPropertyPrint(bus, 'child[1]')).toBe(b.canonicalPath)
    expect(objectResolvePath(root, '/machine/unattached/device[0]/small.0/child[0]')).toBe(a)
    expect(objectPropertyGet(a, 'parent_bus')).toBe(bus)
    expect(qbusIsFull(bus)).toBe(true)
  })

  it('a refused address leaves the device off the bus', () => {
    const { bus } = hubWithBus()

    expect(() => stickOn(bus, 'bad')).toThrow('Bad address')

    expect(bus.children).toEqual([])
  })

  it('a realized device that moves gets the resets of its new bus', () => {
    const { hub, bus } = hubWithBus()
    const other = qbusNew(TYPE_SMALL_BUS, hub)
    const stick = stickOn(bus, 'a')
    resettableAssertReset(other, 'cold')

    qdevSetParentBus(stick, other)
    expect(resettableIsInReset(stick)).toBe(true)
    expect(bus.children).toEqual([])
    qdevSetParentBus(stick, bus)

    expect(resettableIsInReset(stick)).toBe(false)
    expect(stick.parentBus).toBe(bus)
  })

  it('a reset reaches the devices, latest first, before the bus', () => {
    const { hub, bus } = hubWithBus()
    stickOn(bus, 'a')
    stickOn(bus, 'b')
    calls.length = 0

    busColdReset(bus)
    deviceColdReset(hub)

    expect(calls.splice(0)).toEqual(['hold b', 'hold a', 'hold small.0', 'hold b', 'hold a', 'hold small.0'])
  })

  it('unrealize takes the devices out of work', () => {
    const { bus } = hubWithBus()
    const stick = stickOn(bus, 'a')

    qbusUnrealize(bus)

    expect([stick.realized, bus.realized]).toEqual([false, false])
  })

  it('ends with its device, and its devices with it', () => {
    const { hub, bus } = hubWithBus()
    const stick = stickOn(bus, 'a')

    objectUnparent(hub)

    expect(stick).toMatchObject({ realized: false, finalized: true, parentBus: null })
    expect(bus).toMatchObject({ finalized: true, parentDev: null, children: [] })
    expect(hub.childBus).toEqual([])
  })

  it('classes are found by name', () => {
    expect(busClassByName('Small')?.maxDev).toBe(2)
    expect(busClassByName('hub')).toBeNull()
  })
})
