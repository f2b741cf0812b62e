// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import {
  InvalidCastError,
  ObjectClass,
  objectClassByName,
  objectClassGetList,
  objectClassPropertyAdd,
  objectDynamicCast,
  objectFinalize,
  objectNew,
  objectPropertyAdd,
  QemuObject,
  TYPE_OBJECT,
  typeByName,
  typeRegister,
} from './index.js'

const calls: string[] = []
const log = (what: string) => (): void => void calls.push(what)
const take = (): string[] => calls.splice(0)

class Animal extends QemuObject {
  legs = (calls.push('fields animal'), 4)
}
class AnimalClass extends ObjectClass {
  sound = 'none'
  diet = 'anything'
}
class Bird extends Animal {
  override legs = (calls.push('fields bird'), 2)
}
class BirdClass extends AnimalClass {
  wings = 2
}
class Emu extends Bird {
  height = (calls.push('fields emu'), 0)
}

const TYPE_ANIMAL = typeRegister<Animal, AnimalClass>({
  name: 'animal',
  abstract: true,
  instance: Animal,
  classType: AnimalClass,
  classBaseInit: (klass) => void calls.push(`base animal for ${klass.typeName}`),
  classInit(klass) {
    calls.push('class animal')
    klass.sound = 'silence'
    klass.diet = 'grass'
  },
  instanceInit: log('init animal'),
  instancePostInit: log('post animal'),
  instanceFinalize: log('end animal'),
})
const TYPE_BIRD = typeRegister<Bird, BirdClass>({
  name: 'bird',
  parent: TYPE_ANIMAL,
  instance: Bird,
  classType: BirdClass,
  classBaseInit: (klass) => void calls.push(`base bird for ${klass.typeName}`),
  classInit(klass) {
    calls.push('class bird')
    klass.sound = 'tweet'
  },
  instanceInit: log('init bird'),
  instanceFinalize: log('end bird'),
})
const TYPE_EMU = typeRegister<Emu, BirdClass>({
  name: 'emu',
  parent: TYPE_BIRD,
  instance: Emu,
  classInit(klass) {
    calls.push(`class emu sees ${klass.sound}`)
    objectClassPropertyAdd<Emu, 'int32'>(klass, {
      name: 'height',
      type: 'int32',
      set(emu, value) {
        calls.push('default height')
        emu.height = value
      },
      default: 190,
    })
  },
  instanceInit: (emu) => void calls.push(`init emu ${emu.height}`),
  instancePostInit: log('post emu'),
  instanceFinalize: log('end emu'),
})

describe('type', () => {
  it('classes are initialised once, the parents first, each after its ancestors base hooks', () => {
    TYPE_EMU.class()
    TYPE_EMU.class()
    TYPE_BIRD.class()

    expect(take()).toEqual([
      'class animal',
      'base animal for bird',
      'class bird',
      'base bird for emu',
      'base animal for emu',
      'class emu sees tweet',
    ])
  })

  it('a class inherits what it does not set, and keeps its own type', () => {
    const klass = TYPE_EMU.class()

    expect(klass).toMatchObject({ typeName: 'emu', sound: 'tweet', diet: 'grass', wings: 2, abstract: false })
    expect(klass.parentClass).toBe(TYPE_BIRD.class())
    expect(TYPE_ANIMAL.class()).toMatchObject({ typeName: 'animal', sound: 'silence', abstract: true })
  })

  it('an instance is made from the root to the leaf, defaults before instanceInit', () => {
    const emu = TYPE_EMU.new()

    expect(take()).toEqual([
      'fields animal',
      'fields bird',
      'fields emu',
      'default height',
      'init animal',
      'init bird',
      'init emu 190',
      'post emu',
      'post animal',
    ])
    expect(emu).toBeInstanceOf(Emu)
    expect(emu.legs).toBe(2)
  })

  it('an instance ends from the leaf to the root, once', () => {
    const emu = TYPE_EMU.new()
    objectPropertyAdd(emu, { name: 'a', type: 'bool', release: log('release a') })
    objectPropertyAdd(emu, { name: 'b', type: 'bool', release: log('release b') })
    take()

    objectFinalize(emu)
    objectFinalize(emu)

    expect(take()).toEqual(['release b', 'release a', 'end emu', 'end bird', 'end animal'])
  })

  it('casts give the object itself, or throw an error that names both types', () => {
    const bird = objectNew('bird')

    expect(TYPE_ANIMAL.cast(bird)).toBe(bird)
    expect(TYPE_OBJECT.is(bird)).toBe(true)
    expect(TYPE_EMU.is(bird)).toBe(false)
    expect(TYPE_EMU.is(null)).toBe(false)
    expect(TYPE_EMU.is({ qomClass: 1 })).toBe(false)
    expect(() => TYPE_EMU.cast(bird)).toThrow("Object of type 'bird' is not an instance of type 'emu'")
    expect(() => TYPE_EMU.getClass(bird)).toThrow(InvalidCastError)
    expect(() => TYPE_EMU.classCast(TYPE_BIRD.class())).toThrow(
      "Class of type 'bird' is not an instance of type 'emu'",
    )
    expect(TYPE_BIRD.classCast(TYPE_EMU.class())).toBe(TYPE_EMU.class())
  })

  it('dynamic casts give null instead', () => {
    const bird = TYPE_BIRD.new()

    expect(objectDynamicCast(bird, TYPE_ANIMAL)).toBe(bird)
    expect(objectDynamicCast(bird, 'animal')).toBe(bird)
    expect(objectDynamicCast(bird, TYPE_EMU)).toBeNull()
    expect(objectDynamicCast(bird, 'nonsense')).toBeNull()
  })

  it('an abstract type has no instances', () => {
    expect(() => TYPE_ANIMAL.new()).toThrow("Object type 'animal' is abstract")
  })

  it('types are found by name', () => {
    expect(typeByName('emu')).toBe(TYPE_EMU)
    expect(typeByName('dodo')).toBeNull()
    expect(objectClassByName('emu')).toBe(TYPE_EMU.class())
    expect(objectClassByName('dodo')).toBeNull()
    expect(() => objectNew('dodo')).toThrow("Unknown type 'dodo'")
  })

  it('classes of a type are listed by name, abstract ones on request', () => {
    expect(objectClassGetList(TYPE_ANIMAL).map((klass) => klass.typeName)).toEqual(['bird', 'emu'])
    expect(objectClassGetList(TYPE_ANIMAL, true).map((klass) => klass.typeName)).toEqual([
      'animal',
      'bird',
      'emu',
    ])
  })

  it('a name is registered once', () => {
    expect(() => typeRegister({ name: 'emu' })).toThrow("Registering 'emu' which already exists")
  })

  it('constructors must extend the parents', () => {
    const badClass = typeRegister({ name: 'bad-class', parent: TYPE_BIRD, classType: ObjectClass })
    const badInstance = typeRegister({ name: 'bad-instance', parent: TYPE_BIRD, instance: QemuObject })

    expect(() => badClass.class()).toThrow("The class of type 'bad-class' does not extend that of 'bird'")
    expect(() => badInstance.class()).toThrow(
      "The instance of type 'bad-instance' does not extend that of 'bird'",
    )
  })
})
