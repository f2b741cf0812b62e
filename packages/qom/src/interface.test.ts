// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import {
  InterfaceClass,
  InvalidCastError,
  objectClassGetList,
  QemuObject,
  TYPE_INTERFACE,
  TYPE_OBJECT,
  typeRegister,
} from './index.js'

class GreeterClass extends InterfaceClass {
  greet?(obj: QemuObject): string
  part?(obj: QemuObject): string
}
class PoliteGreeterClass extends GreeterClass {
  thank?(obj: QemuObject): string
}

const TYPE_GREETER = typeRegister<QemuObject, GreeterClass>({
  name: 'greeter',
  parent: TYPE_INTERFACE,
  classType: GreeterClass,
  classInit(klass) {
    klass.part = () => 'bye'
  },
})
const TYPE_POLITE_GREETER = typeRegister<QemuObject, PoliteGreeterClass>({
  name: 'polite-greeter',
  parent: TYPE_GREETER,
  classType: PoliteGreeterClass,
})
const TYPE_HOST = typeRegister<QemuObject>({
  name: 'host',
  instance: QemuObject,
  interfaces: [TYPE_GREETER],
  classInit(klass) {
    TYPE_GREETER.classCast(klass).greet = () => 'hello'
  },
})
const TYPE_LOUD_HOST = typeRegister<QemuObject>({
  name: 'loud-host',
  parent: TYPE_HOST,
  classInit(klass) {
    TYPE_GREETER.classCast(klass).greet = () => 'HELLO'
  },
})
const TYPE_QUIET_HOST = typeRegister<QemuObject>({
  name: 'quiet-host',
  parent: TYPE_HOST,
  interfaces: [TYPE_GREETER],
})
const TYPE_BUTLER = typeRegister<QemuObject>({ name: 'butler', interfaces: [TYPE_POLITE_GREETER] })
const TYPE_STRANGER = typeRegister<QemuObject>({ name: 'stranger' })

describe('interface', () => {
  it('methods are looked up by the class of the object', () => {
    const host = TYPE_HOST.new()
    const loud = TYPE_LOUD_HOST.new()

    expect(TYPE_GREETER.getClass(host).greet?.(host)).toBe('hello')
    expect(TYPE_GREETER.getClass(loud).greet?.(loud)).toBe('HELLO')
  })

  it('tables inherit from the parent class and the interface, each class having its own', () => {
    const quiet = TYPE_GREETER.classCast(TYPE_QUIET_HOST.class())

    expect(quiet.greet?.(TYPE_QUIET_HOST.new())).toBe('hello')
    expect(quiet.part?.(TYPE_QUIET_HOST.new())).toBe('bye')
    expect(quiet.concreteClass).toBe(TYPE_QUIET_HOST.class())
    expect(quiet.typeName).toBe('quiet-host::greeter')
    expect(TYPE_QUIET_HOST.class().interfaces).toHaveLength(1)
    expect(quiet).not.toBe(TYPE_GREETER.classCast(TYPE_HOST.class()))
  })

  it('a descendant of an interface implements it', () => {
    const butler = TYPE_BUTLER.new()

    expect(TYPE_GREETER.is(butler)).toBe(true)
    expect(TYPE_POLITE_GREETER.is(butler)).toBe(true)
    expect(TYPE_GREETER.getClass(butler).part?.(butler)).toBe('bye')
  })

  it('an object without it cannot be cast', () => {
    const stranger = TYPE_STRANGER.new()

    expect(TYPE_GREETER.is(stranger)).toBe(false)
    expect(() => TYPE_GREETER.getClass(stranger)).toThrow(InvalidCastError)
    expect(() => TYPE_GREETER.cast(stranger)).toThrow("'stranger' is not an instance of type 'greeter'")
  })

  it('implementors are listed, and an interface has no instances', () => {
    expect(objectClassGetList(TYPE_GREETER).map((klass) => klass.typeName)).toEqual([
      'butler',
      'host',
      'loud-host',
      'quiet-host',
    ])
    expect(() => TYPE_GREETER.new()).toThrow("Object type 'greeter' is abstract")
  })

  it('only an interface can be implemented', () => {
    const bad = typeRegister({ name: 'bad-interface', interfaces: [TYPE_OBJECT] })

    expect(() => bad.class()).toThrow("Type 'bad-interface' implements 'object', which is no interface")
  })
})
