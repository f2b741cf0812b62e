// SPDX-License-Identifier: GPL-2.0-or-later
import { beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '@dromaius/util'
import type { BusState, QemuObject } from './index.js'
import {
  containerGet,
  DeviceState,
  objectGetCanonicalPath,
  objectPropertyAddChild,
  objectPropertyParse,
  objectPropertySet,
  objectResolvePath,
  objectRootNew,
  qbusNew,
  qdevMachineCreationDone,
  qdevRealize,
  qdevUnrealize,
  type RootObject,
  TYPE_BUS,
  TYPE_DEVICE,
  TYPE_HOTPLUG_HANDLER,
  typeRegister,
} from './index.js'

let calls: string[] = []
/** The step that fails, by the name that it logs. */
let failing = ''

function step(name: string): void {
  calls.push(name)
  if (name === failing) throw new UserError(`Failed at ${name}`)
}

class Board extends DeviceState {
  slots: BusState | null = null
  spare: BusState | null = null
}

const TYPE_SLOTS = typeRegister<BusState>({
  name: 'slots',
  parent: TYPE_BUS,
  classInit(klass) {
    const bc = TYPE_BUS.classCast(klass)
    bc.realize = (bus) => step(`realize ${bus.name}`)
    bc.unrealize = (bus) => step(`unrealize ${bus.name}`)
  },
})
const TYPE_BOARD = typeRegister<Board>({
  name: 'board',
  parent: TYPE_DEVICE,
  instance: Board,
  classInit(klass) {
    const dc = TYPE_DEVICE.classCast(klass)
    dc.realize = (dev: Board) => {
      step('realize board')
      dev.spare = qbusNew(TYPE_SLOTS, dev, 'spare')
      dev.slots = qbusNew(TYPE_SLOTS, dev, 'slots')
    }
    dc.unrealize = () => step('unrealize board')
    dc.phases.hold = () => step('hold board')
  },
})
const TYPE_CARD = typeRegister<DeviceState>({
  name: 'card',
  parent: TYPE_DEVICE,
  classInit(klass) {
    const dc = TYPE_DEVICE.classCast(klass)
    dc.busType = 'slots'
    dc.realize = () => step('realize card')
    dc.unrealize = () => step('unrealize card')
    dc.phases.enter = () => step('enter card')
    dc.phases.exit = () => step('exit card')
  },
})
const TYPE_FIXED_CARD = typeRegister<DeviceState>({
  name: 'fixed-card',
  parent: TYPE_CARD,
  classInit(klass) {
    TYPE_DEVICE.classCast(klass).hotpluggable = false
  },
})
const TYPE_PLUGGER = typeRegister<QemuObject>({
  name: 'plugger',
  interfaces: [TYPE_HOTPLUG_HANDLER],
  classInit(klass) {
    const hc = TYPE_HOTPLUG_HANDLER.classCast(klass)
    hc.prePlug = (_handler, dev) => step(`pre-plug ${dev.qomClass.typeName}`)
    hc.plug = (_handler, dev) => step(`plug ${dev.qomClass.typeName} ${dev.realized}`)
  },
})

function machine(): RootObject {
  const root = objectRootNew()
  const plugger = TYPE_PLUGGER.new()
  objectPropertyAddChild(containerGet(root, '/machine'), 'plugger', plugger)
  root.machineHotplugHandler = () => plugger
  return root
}

beforeEach(() => {
  calls = []
  failing = ''
})

describe('qdevRealize', () => {
  it('runs pre-plug, realize, the buses, plug, and is realized then', () => {
    const root = machine()
    const board = TYPE_BOARD.new()

    qdevRealize(board, null, root)

    expect(calls).toEqual([
      'pre-plug board',
      'realize board',
      'realize slots',
      'realize spare',
      'plug board false',
    ])
    expect(board.realized).toBe(true)
    expect(board.canonicalPath).toBe('/machine/unattached/device[0]')
    expect(board.slots?.realized).toBe(true)
    expect(objectGetCanonicalPath(board.slots!)).toBe('/machine/unattached/device[0]/slots')
  })

  it('keeps a device where it is in the tree, and takes the root from the bus', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    objectPropertyAddChild(root, 'board', board)
    qdevRealize(board)

    const card = TYPE_CARD.new()
    qdevRealize(card, board.slots)

    expect(board.canonicalPath).toBe('/board')
    expect(card.canonicalPath).toBe('/machine/unattached/device[0]')
    expect(board.slots?.children).toEqual([card])
    expect(objectResolvePath(root, '/board/slots/child[0]')).toBe(card)
  })

  it.each([
    ['pre-plug board', ['pre-plug board']],
    ['realize board', ['pre-plug board', 'realize board']],
    ['realize slots', ['pre-plug board', 'realize board', 'realize slots', 'unrealize board']],
    [
      'realize spare',
      [
        'pre-plug board',
        'realize board',
        'realize slots',
        'realize spare',
        'unrealize slots',
        'unrealize board',
      ],
    ],
    [
      'plug board false',
      [
        'pre-plug board',
        'realize board',
        'realize slots',
        'realize spare',
        'plug board false',
        'unrealize slots',
        'unrealize spare',
        'unrealize board',
      ],
    ],
  ])('undoes what was done when it fails at %s', (where, expected) => {
    const root = machine()
    const board = TYPE_BOARD.new()
    failing = where

    expect(() => qdevRealize(board, null, root)).toThrow(new UserError(`Failed at ${where}`))

    expect(calls).toEqual(expected)
    expect(board).toMatchObject({ realized: false, canonicalPath: null, parent: null, finalized: true })
    expect(objectResolvePath(root, '/machine/unattached/device[0]')).toBeNull()
    expect(board.childBus).toEqual([])
  })

  it('leaves a device with a parent in the tree when it fails, so that it can be tried again', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    objectPropertyAddChild(root, 'board', board)
    failing = 'realize board'
    expect(() => qdevRealize(board)).toThrow(UserError)

    failing = ''
    qdevRealize(board)

    expect(board.realized).toBe(true)
  })

  it('takes a device that fails off its bus', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    qdevRealize(board, null, root)
    failing = 'realize card'

    expect(() => qdevRealize(TYPE_CARD.new(), board.slots)).toThrow(UserError)

    expect(board.slots?.children).toEqual([])
    expect(objectResolvePath(root, '/machine/unattached/device[0]/slots/child[0]')).toBeNull()
  })

  it('resets a hotplugged device before it is plugged', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    qdevRealize(board, null, root)
    qdevMachineCreationDone(root)
    calls = []
    const card = TYPE_CARD.new()

    qdevRealize(card, board.slots)

    expect(calls).toEqual(['pre-plug card', 'realize card', 'enter card', 'exit card', 'plug card false'])
    expect(card.hotplugged).toBe(true)
    expect(board.hotplugged).toBe(false)
  })

  it('refuses to hotplug what does not support it', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    qdevRealize(board, null, root)
    qdevMachineCreationDone(root)

    expect(() => qdevRealize(TYPE_FIXED_CARD.new(), board.slots)).toThrow(
      "Device 'fixed-card' does not support hotplugging",
    )
  })

  it('mistakes of the program throw: no bus, a wrong bus, no tree, twice', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    expect(() => qdevRealize(TYPE_CARD.new(), null, root)).toThrow("Device 'card' needs a bus")
    expect(() => qdevRealize(board)).toThrow("Device 'board' has neither a parent nor a tree to go to")
    qdevRealize(board, null, root)

    expect(() => qdevRealize(board, null, root)).toThrow('is realized or on a bus already')
    expect(() => qdevRealize(TYPE_BOARD.new(), board.slots, root)).toThrow(
      "Type 'board' does not plug into a 'slots'",
    )
  })

  it('the property realized does the same', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    objectPropertyAddChild(root, 'board', board)

    objectPropertyParse(board, 'realized', 'on')
    expect(board.realized).toBe(true)
    objectPropertySet(board, 'realized', true)
    objectPropertySet(board, 'realized', false)
    objectPropertySet(board, 'realized', false)

    expect(calls.filter((call) => call.endsWith('realize board'))).toEqual([
      'realize board',
      'unrealize board',
    ])
  })
})

describe('qdevUnrealize', () => {
  it('unrealizes the devices on the buses, the buses, the device; all keep their places', () => {
    const root = machine()
    const board = TYPE_BOARD.new()
    qdevRealize(board, null, root)
    const card = TYPE_CARD.new()
    qdevRealize(card, board.slots)
    calls = []

    qdevUnrealize(board)

    expect(calls).toEqual(['unrealize card', 'unrealize slots', 'unrealize spare', 'unrealize board'])
    expect(card).toMatchObject({ realized: false, parentBus: board.slots })
  })
})
