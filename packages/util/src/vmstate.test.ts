// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Clocks } from './clocks.js'
import { QEMUTimer } from './qemu-timer.js'
import * as vm from './vmstate-fields.js'
import { VMStateError, vmstateLoad, vmstateSave } from './vmstate.js'
import type { VMStateDescription, VMStateValue } from './vmstate.js'

interface Fifo {
  count: number
  data: Uint8Array
}

class Device {
  mode = 0
  port = 0
  control = 0
  delta = 0
  time = 0n
  offset = 0n
  on = false
  label = ''
  words = [0, 0, 0]
  halves = new Uint16Array(2)
  longs = new BigUint64Array(2)
  fifo: Fifo = { count: 0, data: new Uint8Array(4) }
  lanes: Fifo[] = [
    { count: 0, data: new Uint8Array(4) },
    { count: 0, data: new Uint8Array(4) },
  ]
  timer = new QEMUTimer(new Clocks().virtual, () => undefined)
  extra = 0
  hooks: string[] = []
}

const vmstateFifo: VMStateDescription<Fifo> = {
  name: 'fifo',
  version: 1,
  minimumVersion: 1,
  fields: [vm.vmU8('count'), vm.vmBytes('data', 4)],
}

const vmstateDevice: VMStateDescription<Device> = {
  name: 'device',
  version: 3,
  minimumVersion: 2,
  fields: [
    vm.vmU8('mode'),
    vm.vmU16('port'),
    vm.vmU32('control'),
    vm.vmI32('delta'),
    vm.vmU64('time'),
    vm.vmI64('offset'),
    vm.vmBool('on'),
    vm.vmString('label'),
    vm.vmU32Array('words', 3),
    vm.vmU16Array('halves', 2),
    vm.vmU64Array('longs', 2),
    vm.vmStruct('fifo', vmstateFifo),
    vm.vmStructArray('lanes', vmstateFifo, 2, { since: 3 }),
    vm.vmTimer('timer'),
  ],
  subsections: [
    {
      name: 'device/extra',
      version: 1,
      minimumVersion: 1,
      needed: (dev) => dev.extra !== 0,
      fields: [vm.vmU32('extra')],
    },
  ],
  preSave: (dev) => dev.hooks.push('preSave'),
  preLoad: (dev) => dev.hooks.push('preLoad'),
  postLoad(dev, version) {
    dev.hooks.push(`postLoad ${version}`)
    if (dev.fifo.count > 4) throw new Error('fifo count above 4')
  },
}

const u = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 })
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const bytes4 = fc.uint8Array({ minLength: 4, maxLength: 4 })
const fifo = fc.record({ count: fc.nat(4), data: bytes4 })

const device = fc
  .record({
    mode: u(8),
    port: u(16),
    control: u(32),
    delta: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    time: u64,
    offset: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    on: fc.boolean(),
    label: fc.string({ unit: 'binary' }),
    words: fc.array(u(32), { minLength: 3, maxLength: 3 }),
    halves: fc.uint16Array({ minLength: 2, maxLength: 2 }),
    longs: fc.bigUint64Array({ minLength: 2, maxLength: 2 }),
    fifo,
    lanes: fc.array(fifo, { minLength: 2, maxLength: 2 }),
    extra: u(32),
    expiry: fc.option(fc.bigInt({ min: 0n, max: (1n << 63n) - 1n })),
  })
  .map(({ expiry, ...fields }) => {
    const dev = Object.assign(new Device(), fields)
    if (expiry !== null) dev.timer.modNs(expiry)
    return dev
  })

/** What can be compared of a device. */
function plain(dev: Device): unknown {
  const { timer, hooks: _, ...fields } = dev
  return structuredClone({ ...fields, expiry: timer.expireTimeNs() })
}

/** Every place in saved state where a value stands. */
function paths(value: VMStateValue, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at]
  const inner = Object.entries(value).flatMap(([key, child]) => paths(child, [...at, key]))
  return [at, ...inner]
}

function replaced(value: VMStateValue, path: (string | number)[], by: VMStateValue): VMStateValue {
  if (path.length === 0) return by
  const copy = structuredClone(value) as Record<string | number, VMStateValue>
  copy[path[0]!] = replaced(copy[path[0]!]!, path.slice(1), by)
  return copy as VMStateValue
}

function loadedField(change: (saved: Record<string, VMStateValue>) => void): string {
  const saved = vmstateSave(vmstateDevice, new Device()) as Record<string, VMStateValue>
  change(saved)
  try {
    vmstateLoad(vmstateDevice, new Device(), saved)
  } catch (error) {
    if (error instanceof VMStateError) return error.message
    throw error
  }
  return 'loaded'
}

describe('VMState', () => {
  it('that went through JSON loads what was saved', () => {
    fc.assert(
      fc.property(device, (dev) => {
        const text = JSON.stringify(vmstateSave(vmstateDevice, dev))
        const other = new Device()
        other.timer.modNs(77n)
        vmstateLoad(vmstateDevice, other, JSON.parse(text) as VMStateValue)
        expect(plain(other)).toEqual(plain(dev))
      }),
    )
  })

  it('with anything replaced loads, or throws VMStateError and changes nothing', () => {
    const junk = fc.oneof(
      fc.jsonValue().map((value) => value as VMStateValue),
      fc.constantFrom<VMStateValue>('0x1ffffffffffffffff', '0xg', 'AAAA', -1, 1.5, 2 ** 32, [], {}, null),
    )
    fc.assert(
      fc.property(device, device, fc.nat(), junk, (dev, target, where, value) => {
        const saved = vmstateSave(vmstateDevice, dev)
        const places = paths(saved)
        const broken = replaced(saved, places[where % places.length]!, value)
        const before = plain(target)
        try {
          vmstateLoad(vmstateDevice, target, broken)
        } catch (error) {
          expect(error).toBeInstanceOf(VMStateError)
          expect(plain(target)).toEqual(before)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('names the field that does not fit', () => {
    const fields = (saved: Record<string, VMStateValue>): Record<string, VMStateValue> =>
      saved['fields'] as Record<string, VMStateValue>
    expect(loadedField((saved) => (fields(saved)['mode'] = 256))).toMatch(
      /device\.mode: not an integer of 8 bits/,
    )
    expect(loadedField((saved) => (fields(saved)['words'] = [1, 2]))).toMatch(
      /device\.words: not an array of 3/,
    )
    const shortData = { name: 'fifo', version: 1, fields: { count: 0, data: 'AAAA' } }
    expect(loadedField((saved) => (fields(saved)['fifo'] = shortData))).toMatch(/fifo\.data: 3 bytes, not 4/)
    expect(loadedField((saved) => delete fields(saved)['port'])).toMatch(/device\.port: missing/)
    expect(loadedField((saved) => (fields(saved)['typo'] = 1))).toMatch(/device\.typo: unknown/)
    expect(loadedField((saved) => (fields(saved)['time'] = 7))).toMatch(/device\.time/)
    expect(loadedField((saved) => (saved['name'] = 'other'))).toMatch(/device\.name/)
    expect(loadedField((saved) => (saved['subsections'] = { 'no/such': {} }))).toMatch(
      /device\.no\/such: unknown/,
    )
  })

  it('takes versions from minimumVersion to version', () => {
    expect(loadedField((saved) => (saved['version'] = 1))).toMatch(/1 cannot be loaded, only 2 to 3/)
    expect(loadedField((saved) => (saved['version'] = 4))).toMatch(/4 cannot be loaded/)
    const old = vmstateSave(vmstateDevice, new Device()) as Record<string, VMStateValue>
    old['version'] = 2
    delete (old['fields'] as Record<string, VMStateValue>)['lanes']
    const dev = new Device()
    dev.lanes[0]!.count = 3
    vmstateLoad(vmstateDevice, dev, old)
    expect(dev.lanes[0]!.count).toBe(3)
    expect(dev.hooks).toEqual(['preLoad', 'postLoad 2'])
  })

  it('has a subsection only when it is needed', () => {
    const dev = new Device()
    expect(vmstateSave(vmstateDevice, dev)).not.toHaveProperty('subsections')
    dev.extra = 5
    const saved = vmstateSave(vmstateDevice, dev)
    const other = new Device()
    vmstateLoad(vmstateDevice, other, saved)
    expect(other.extra).toBe(5)
  })

  it('refused by postLoad puts every field back', () => {
    const dev = new Device()
    dev.control = 9
    dev.timer.modNs(5n)
    const bad = new Device()
    bad.fifo.count = 200
    const before = plain(dev)
    expect(() => vmstateLoad(vmstateDevice, dev, vmstateSave(vmstateDevice, bad))).toThrow(
      /fifo count above 4/,
    )
    expect(plain(dev)).toEqual(before)
  })

  it('of an object that does not fit its description throws when it is saved', () => {
    const dev = new Device()
    dev.mode = 300
    expect(() => vmstateSave(vmstateDevice, dev)).toThrow(/device\.mode/)
  })

  it('arrays and structs are loaded in place', () => {
    const dev = new Device()
    const { words, fifo: same } = dev
    const saved = new Device()
    saved.words = [1, 2, 3]
    saved.fifo.data[0] = 4
    vmstateLoad(vmstateDevice, dev, vmstateSave(vmstateDevice, saved))
    expect(dev.words).toBe(words)
    expect(words).toEqual([1, 2, 3])
    expect(same.data[0]).toBe(4)
  })
})
