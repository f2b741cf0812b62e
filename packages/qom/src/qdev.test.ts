// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import type { DeviceState } from './index.js'
import {
  DeviceClass,
  deviceClassSetParentRealize,
  deviceClassSetParentUnrealize,
  objectRootNew,
  qdevRealize,
  qdevUnrealize,
  TYPE_DEVICE,
  typeRegister,
  type DeviceRealize,
} from './index.js'

const calls: string[] = []

class TopClass extends DeviceClass {
  topParentRealize?: DeviceRealize
  topParentUnrealize?: DeviceRealize
}
class MiddleClass extends TopClass {
  middleParentRealize?: DeviceRealize
  middleParentUnrealize?: DeviceRealize
}
class LeafClass extends MiddleClass {
  leafParentRealize?: DeviceRealize
  leafParentUnrealize?: DeviceRealize
}

const TYPE_TOP = typeRegister<DeviceState, TopClass>({
  name: 'top',
  parent: TYPE_DEVICE,
  classType: TopClass,
  classInit(tc) {
    const level = (what: string, parent: () => DeviceRealize | undefined) => (dev: DeviceState) => {
      calls.push(`top ${what} begins`)
      parent()?.(dev)
      calls.push(`top ${what} ends`)
    }
    deviceClassSetParentRealize(
      tc,
      level('realize', () => tc.topParentRealize),
      'topParentRealize',
    )
    deviceClassSetParentUnrealize(
      tc,
      level('unrealize', () => tc.topParentUnrealize),
      'topParentUnrealize',
    )
  },
})
const TYPE_MIDDLE = typeRegister<DeviceState, MiddleClass>({
  name: 'middle',
  parent: TYPE_TOP,
  classType: MiddleClass,
  classInit(mc) {
    const realize = (dev: DeviceState): void => {
      calls.push('middle realize begins')
      TYPE_MIDDLE.getClass(dev).middleParentRealize?.(dev)
      calls.push('middle realize ends')
    }
    deviceClassSetParentRealize(mc, realize, 'middleParentRealize')
  },
})
const TYPE_LEAF = typeRegister<DeviceState, LeafClass>({
  name: 'leaf',
  parent: TYPE_MIDDLE,
  classType: LeafClass,
  classInit(lc) {
    const realize = (dev: DeviceState): void => {
      calls.push('leaf realize begins')
      TYPE_LEAF.getClass(dev).leafParentRealize?.(dev)
      calls.push('leaf realize ends')
    }
    const unrealize = (dev: DeviceState): void => {
      calls.push('leaf unrealize')
      TYPE_LEAF.getClass(dev).leafParentUnrealize?.(dev)
    }
    deviceClassSetParentRealize(lc, realize, 'leafParentRealize')
    deviceClassSetParentUnrealize(lc, unrealize, 'leafParentUnrealize')
  },
})

describe('deviceClassSetParentRealize', () => {
  it('three levels call each other in the order in which each asks for its parent', () => {
    const dev = TYPE_LEAF.new()

    qdevRealize(dev, null, objectRootNew())

    expect(calls.splice(0)).toEqual([
      'leaf realize begins',
      'middle realize begins',
      'top realize begins',
      'top realize ends',
      'middle realize ends',
      'leaf realize ends',
    ])
  })

  it('unrealize chains over a level that has none', () => {
    const dev = TYPE_LEAF.new()
    qdevRealize(dev, null, objectRootNew())
    calls.length = 0

    qdevUnrealize(dev)

    expect(calls.splice(0)).toEqual(['leaf unrealize', 'top unrealize begins', 'top unrealize ends'])
  })

  it('the parents classes stay as they were', () => {
    TYPE_LEAF.class()

    qdevRealize(TYPE_TOP.new(), null, objectRootNew())

    expect(calls.splice(0)).toEqual(['top realize begins', 'top realize ends'])
    expect(TYPE_MIDDLE.class().middleParentRealize).toBe(TYPE_TOP.class().realize)
  })

  it('a slot serves one level only', () => {
    const greedy = typeRegister<DeviceState, LeafClass>({
      name: 'greedy',
      parent: TYPE_LEAF,
      classInit: (lc) => deviceClassSetParentRealize(lc, () => undefined, 'topParentRealize'),
    })

    expect(() => greedy.class()).toThrow(
      "Type 'greedy' needs a slot of its own: 'topParentRealize' serves type 'top'",
    )
  })
})
