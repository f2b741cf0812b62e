// SPDX-License-Identifier: GPL-2.0-or-later
// What the compiler must accept and refuse; `pnpm types` checks this file, the tests only run what compiles.
import { describe, expectTypeOf, it } from 'vitest'
import type { BusState } from './index.js'
import {
  type DeviceRealize,
  DeviceClass,
  deviceClassSetParentRealize,
  deviceClassSetParentUnrealize,
  deviceClassSetProps,
  DeviceState,
  objectClassPropertyAddLink,
  objectPropertyAdd,
  objectPropertyAddEnum,
  objectPropertyAddLink,
  objectPropertyGetAs,
  propBool,
  propEnum,
  propLink,
  propOnOffAuto,
  propSize,
  propString,
  propUint32,
  propUint64,
  type OnOffAuto,
  type QemuObject,
  resettableClassSetParentPhases,
  type ResettablePhases,
  TYPE_BUS,
  TYPE_DEVICE,
  typeRegister,
} from './index.js'

class FooState extends DeviceState {
  declare readonly qomClass: FooClass
  enabled = true
  index = 0
  mask = 0n
  label: string | null = null
  policy: 'delay' | 'slew' = 'delay'
  smm: OnOffAuto = 'auto'
  bus: BusState | null = null
}

class FooClass extends DeviceClass<FooState> {
  parentRealize?: DeviceRealize
  parentUnrealize?: DeviceRealize
  parentPhases?: ResettablePhases
  hasWork?: (foo: FooState) => boolean
  level = 0
}

class BarState extends DeviceState {
  bar = 'bar'
}

const TYPE_FOO = typeRegister<FooState, FooClass>({
  name: 'typetest-foo',
  parent: TYPE_DEVICE,
  instance: FooState,
  classType: FooClass,
})

const fooRealize = (foo: FooState): void => void foo.index
const barRealize = (bar: BarState): void => void bar.bar
const unchecked = (_check: () => void): void => undefined

describe('the compiler', () => {
  it('handles give the types of instance and class', () => {
    const foo = TYPE_FOO.new()
    expectTypeOf(foo).toEqualTypeOf<FooState>()
    expectTypeOf(TYPE_FOO.class()).toEqualTypeOf<FooClass>()
    expectTypeOf(TYPE_FOO.getClass(foo)).toEqualTypeOf<FooClass>()
    expectTypeOf(TYPE_FOO.cast(foo as QemuObject)).toEqualTypeOf<FooState>()
    expectTypeOf(foo.qomClass).toEqualTypeOf<FooClass>()
    const other: QemuObject = foo
    if (TYPE_FOO.is(other)) expectTypeOf(other).toEqualTypeOf<FooState>()
  })

  it('registration checks constructors and hooks', () => {
    unchecked(() => {
      typeRegister<FooState, FooClass>({
        name: 'x',
        // @ts-expect-error -- a BarState is no FooState
        instance: BarState,
        // @ts-expect-error -- a DeviceClass lacks what FooClass adds
        classType: DeviceClass,
      })
      typeRegister<FooState, FooClass>({
        name: 'x',
        // @ts-expect-error -- no such class slot
        classInit: (fc) => fc.nonsense,
        // @ts-expect-error -- no such field
        instanceInit: (foo) => foo.nonsense,
      })
    })
  })

  it('property keys must be fields of the right type', () => {
    unchecked(() => {
      const fc = TYPE_FOO.class()
      deviceClassSetProps<FooState>(fc, [
        propBool('enabled', 'enabled', true),
        propUint32('index', 'index', 1),
        propUint64('mask', 'mask', 1n),
        propSize('size', 'index'),
        propString('label', 'label'),
        propEnum('policy', 'policy', 'Policy', ['delay', 'slew'], 'slew'),
        propOnOffAuto('smm', 'smm', 'auto'),
        propLink('bus', 'bus', TYPE_BUS),
        // @ts-expect-error -- no such field
        propBool('x', 'enabld', true),
        // @ts-expect-error -- the base class's own fields are not the user's
        propBool('x', 'realized', true),
        // @ts-expect-error -- a number is no boolean
        propBool('x', 'index', true),
        // @ts-expect-error -- a bigint is no number
        propUint32('x', 'mask', 1),
        // @ts-expect-error -- the default has the field's type
        propUint32('x', 'index', 1n),
        // @ts-expect-error -- not a word of the field
        propEnum('x', 'policy', 'Policy', ['delay', 'nonsense']),
        // @ts-expect-error -- a field of text is no enumeration
        propEnum('x', 'label', 'Label', ['a']),
        // @ts-expect-error -- the field links to buses
        propLink('x', 'bus', TYPE_FOO),
      ])
    })
  })

  it('overrides need a function for the device and a slot for the parent function', () => {
    unchecked(() => {
      const fc = TYPE_FOO.class()
      deviceClassSetParentRealize(fc, fooRealize, 'parentRealize')
      deviceClassSetParentUnrealize(fc, fooRealize, 'parentUnrealize')
      fc.realize = fooRealize
      const dc: DeviceClass = fc
      dc.realize = fooRealize
      // @ts-expect-error -- a function for another device
      deviceClassSetParentRealize(fc, barRealize, 'parentRealize')
      // @ts-expect-error -- a function for another device
      fc.realize = barRealize
      // @ts-expect-error -- the slot of unrealize
      deviceClassSetParentRealize(fc, fooRealize, 'parentUnrealize')
      // @ts-expect-error -- no slot for realize functions
      deviceClassSetParentRealize(fc, fooRealize, 'hasWork')
      // @ts-expect-error -- realize itself is no slot
      deviceClassSetParentRealize(fc, fooRealize, 'realize')
      // @ts-expect-error -- DeviceClass has no slots
      deviceClassSetParentRealize(dc, fooRealize, 'parentRealize')
    })
  })

  it('phases are those of the device', () => {
    unchecked(() => {
      const fc = TYPE_FOO.class()
      fc.phases.hold = (foo: FooState) => void foo.index
      // @ts-expect-error -- a function for another device
      fc.phases.hold = (bar: BarState) => void bar.bar
      resettableClassSetParentPhases(fc, { enter: (foo: FooState) => void foo.mask }, 'parentPhases')
      // @ts-expect-error -- a slot of another kind
      resettableClassSetParentPhases(fc, {}, 'parentRealize')
      // @ts-expect-error -- no such phase
      resettableClassSetParentPhases(fc, { leave: fooRealize }, 'parentPhases')
    })
  })

  it('accessors have the type of the property', () => {
    unchecked(() => {
      const foo = TYPE_FOO.new()
      objectPropertyAdd(foo, { name: 'a', type: 'uint32', get: (f) => f.index, set: (f, v) => (f.index = v) })
      objectPropertyAdd(foo, { name: 'b', type: 'uint64', get: (f) => f.mask, default: 5n })
      // @ts-expect-error -- a 64-bit value is a bigint
      objectPropertyAdd(foo, { name: 'c', type: 'uint64', get: (f) => f.index })
      // @ts-expect-error -- the default has the property's type
      objectPropertyAdd(foo, { name: 'd', type: 'bool', default: 1 })
      // @ts-expect-error -- no such type
      objectPropertyAdd(foo, { name: 'e', type: 'unit32' })
      objectPropertyAddEnum(foo, 'f', 'Policy', ['delay', 'slew'], (f) => f.policy)
      // @ts-expect-error -- the getter gives other words
      objectPropertyAddEnum(foo, 'g', 'Policy', ['delay'], (f) => f.policy)
      objectPropertyAddLink(foo, 'h', TYPE_BUS, 'bus')
      // @ts-expect-error -- the field holds no link
      objectPropertyAddLink(foo, 'i', TYPE_BUS, 'label')
      objectClassPropertyAddLink<FooState, BusState>(TYPE_FOO.class(), 'j', 'bus', 'bus')
      // @ts-expect-error -- the field links to buses
      objectClassPropertyAddLink<FooState, FooState>(TYPE_FOO.class(), 'k', TYPE_FOO, 'bus')
      expectTypeOf(objectPropertyGetAs(foo, 'l', 'bool')).toEqualTypeOf<boolean>()
      expectTypeOf(objectPropertyGetAs(foo, 'l', 'uint64')).toEqualTypeOf<bigint>()
      expectTypeOf(objectPropertyGetAs(foo, 'l', 'OnOffAuto')).toEqualTypeOf<OnOffAuto>()
    })
  })
})
