// SPDX-License-Identifier: GPL-2.0-or-later
import { beforeEach, describe, expect, it } from 'vitest'
import type { BusState, DeviceState } from './index.js'
import {
  DeviceClass,
  objectRootNew,
  qbusNew,
  qdevRealize,
  resettableAssertReset,
  resettableChangeParent,
  resettableClassSetParentPhases,
  resettableIsInReset,
  resettableReleaseReset,
  resettableReset,
  TYPE_BUS,
  TYPE_DEVICE,
  typeRegister,
  type ResettablePhases,
} from './index.js'

let calls: string[] = []
let onEnter: (() => void) | null = null

class PartClass extends DeviceClass {
  basePhases?: ResettablePhases
  parentPhases?: ResettablePhases
}
const logger = (phase: string) => (dev: DeviceState) => void calls.push(`${phase} ${dev.id}`)

const TYPE_WIRE = typeRegister<BusState>({
  name: 'wire',
  parent: TYPE_BUS,
  classInit(klass) {
    const { phases } = TYPE_BUS.classCast(klass)
    phases.enter = (bus) => void calls.push(`enter ${bus.name}`)
    phases.hold = (bus) => void calls.push(`hold ${bus.name}`)
    phases.exit = (bus) => void calls.push(`exit ${bus.name}`)
  },
})
const TYPE_PART = typeRegister<DeviceState, PartClass>({
  name: 'part',
  parent: TYPE_DEVICE,
  classType: PartClass,
  classInit(pc) {
    const enter = (dev: DeviceState): void => {
      logger('enter')(dev)
      onEnter?.()
    }
    resettableClassSetParentPhases(pc, { enter, hold: logger('hold'), exit: logger('exit') }, 'basePhases')
  },
})
const TYPE_WIRED_PART = typeRegister<DeviceState, PartClass>({
  name: 'wired-part',
  parent: TYPE_PART,
  classInit(pc) {
    pc.busType = 'wire'
    const hold = (dev: DeviceState): void => {
      calls.push(`wired hold ${dev.id}`)
      pc.parentPhases?.hold?.(dev, 'cold')
    }
    resettableClassSetParentPhases(pc, { hold }, 'parentPhases')
  },
})

interface Tree {
  top: DeviceState
  wire: BusState
  a: DeviceState
}

function tree(): Tree {
  const top = TYPE_PART.new()
  top.id = 'top'
  qdevRealize(top, null, objectRootNew())
  const wire = qbusNew(TYPE_WIRE, top, 'wire')
  const parts = ['a', 'b'].map((id) => {
    const part = TYPE_WIRED_PART.new()
    part.id = id
    qdevRealize(part, wire)
    return part
  })
  return { top, wire, a: parts[0]! }
}

beforeEach(() => {
  calls = []
  onEnter = null
})

describe('resettable', () => {
  it('each phase goes over the whole tree, children before parents, before the next begins', () => {
    const { top } = tree()

    resettableReset(top, 'cold')

    expect(calls).toEqual([
      ...['enter b', 'enter a', 'enter wire', 'enter top'],
      ...['wired hold b', 'hold b', 'wired hold a', 'hold a', 'hold wire', 'hold top'],
      ...['exit b', 'exit a', 'exit wire', 'exit top'],
    ])
  })

  it('resets nest: enter and hold run at the first, exit at the last', () => {
    const { top, a } = tree()

    resettableAssertReset(a, 'cold')
    expect(calls.splice(0)).toEqual(['enter a', 'wired hold a', 'hold a'])
    resettableAssertReset(top, 'cold')
    expect(calls.splice(0)).toEqual([
      ...['enter b', 'enter wire', 'enter top'],
      ...['wired hold b', 'hold b', 'hold wire', 'hold top'],
    ])
    expect(a.resetState.count).toBe(2)
    resettableReleaseReset(top, 'cold')
    expect(calls.splice(0)).toEqual(['exit b', 'exit wire', 'exit top'])
    expect([resettableIsInReset(a), resettableIsInReset(top)]).toEqual([true, false])
    resettableReleaseReset(a, 'cold')
    expect(calls).toEqual(['exit a'])
  })

  it('children are counted even when the parent is in reset already', () => {
    const { top, wire, a } = tree()

    resettableAssertReset(top, 'cold')
    resettableAssertReset(top, 'cold')

    expect([top, wire, a].map((obj) => obj.resetState.count)).toEqual([2, 2, 2])
  })

  it('a child that moves is brought to the new parents number of resets', () => {
    const { wire, a } = tree()
    const other = tree().wire
    resettableAssertReset(other, 'cold')
    resettableAssertReset(other, 'cold')
    resettableAssertReset(wire, 'cold')
    calls = []

    resettableChangeParent(a, other, wire)
    expect(a.resetState.count).toBe(2)
    resettableChangeParent(a, null, other)

    expect(a.resetState.count).toBe(0)
    expect(calls).toEqual(['exit a'])
  })

  it('wrong use throws, and leaves later resets working', () => {
    const { top, a } = tree()
    onEnter = () => resettableReset(top, 'cold')
    expect(() => resettableAssertReset(a, 'cold')).toThrow('A reset began within the enter phase of another')
    onEnter = () => resettableChangeParent(a, null, null)
    expect(() => resettableAssertReset(top, 'cold')).toThrow('A parent changed within a phase of a reset')
    onEnter = null

    const fresh = tree().top
    resettableReset(fresh, 'cold')
    expect(() => resettableReleaseReset(fresh, 'cold')).toThrow(
      'A reset was released that was never asserted',
    )
    for (let i = 0; i < 50; i++) resettableAssertReset(fresh, 'cold')
    expect(() => resettableAssertReset(fresh, 'cold')).toThrow('Resets nest more than 50 deep')
  })

  it('a class keeps its parents phases apart from its own', () => {
    TYPE_WIRED_PART.class()

    expect(TYPE_PART.class().phases.hold).toBe(TYPE_WIRED_PART.class().parentPhases?.hold)
    expect(TYPE_PART.class().phases).not.toBe(TYPE_WIRED_PART.class().phases)
    expect(TYPE_WIRED_PART.class().phases.enter).toBe(TYPE_PART.class().phases.enter)
  })
})
