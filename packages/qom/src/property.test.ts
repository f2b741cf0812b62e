// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UserError } from '@dromaius/util'
import {
  enumPropertyType,
  objectClassPropertyAdd,
  objectClassPropertyAddBool,
  objectClassPropertyAddStr,
  objectClassPropertyIter,
  objectPropertyAdd,
  objectPropertyAddAlias,
  objectPropertyAddBool,
  objectPropertyAddEnum,
  objectPropertyAddStr,
  objectPropertyAddUint64,
  objectPropertyDel,
  objectPropertyGet,
  objectPropertyGetAs,
  objectPropertyGetType,
  objectPropertyIter,
  objectPropertyParse,
  objectPropertyPrint,
  objectPropertySet,
  objectSetProperties,
  QemuObject,
  typeRegister,
} from './index.js'

class Lamp extends QemuObject {
  on = false
  label = ''
  watts = 0
  serial = 0n
  bytes = 0
  tint: 'warm' | 'cold' = 'warm'
}

const TYPE_LAMP = typeRegister<Lamp>({
  name: 'lamp',
  instance: Lamp,
  classInit(klass) {
    objectClassPropertyAddBool<Lamp>(
      klass,
      'on',
      (lamp) => lamp.on,
      (lamp, on) => (lamp.on = on),
    )
    objectClassPropertyAddStr<Lamp>(
      klass,
      'label',
      (lamp) => lamp.label,
      (lamp, label) => (lamp.label = label),
    )
    objectClassPropertyAdd<Lamp, 'uint8'>(klass, {
      name: 'watts',
      type: 'uint8',
      get: (lamp) => lamp.watts,
      set: (lamp, watts) => (lamp.watts = watts),
      default: 40,
      description: 'Power drawn',
    })
    objectClassPropertyAdd<Lamp, 'uint64'>(klass, {
      name: 'serial',
      type: 'uint64',
      get: (lamp) => lamp.serial,
      set: (lamp, serial) => (lamp.serial = serial),
    })
    objectClassPropertyAdd<Lamp, 'int16'>(klass, {
      name: 'trim',
      type: 'int16',
      set: (lamp, v) => (lamp.watts = v),
    })
    objectClassPropertyAdd<Lamp, 'size'>(klass, {
      name: 'bytes',
      type: 'size',
      get: (lamp) => lamp.bytes,
      set: (lamp, bytes) => (lamp.bytes = bytes),
    })
    objectClassPropertyAdd<Lamp, 'bool'>(klass, { name: 'secret', type: 'bool', set: () => undefined })
  },
  instanceInit(lamp) {
    objectPropertyAddEnum(
      lamp,
      'tint',
      'Tint',
      ['warm', 'cold'],
      (l) => l.tint,
      (l, tint) => (l.tint = tint),
    )
    objectPropertyAddStr(lamp, 'kind', () => 'desk')
  },
})

const setting = (name: string, value: unknown) => (): void => objectPropertySet(TYPE_LAMP.new(), name, value)
const parsing = (name: string, text: string) => (): void => objectPropertyParse(TYPE_LAMP.new(), name, text)

describe('property', () => {
  it('values go in typed and come out typed', () => {
    const lamp = TYPE_LAMP.new()

    objectPropertySet(lamp, 'on', true)
    objectPropertySet(lamp, 'watts', 60)
    objectPropertySet(lamp, 'serial', 2n ** 64n - 1n)
    objectPropertySet(lamp, 'tint', 'cold')

    expect(lamp).toMatchObject({ on: true, watts: 60, serial: 2n ** 64n - 1n, tint: 'cold' })
    expect(objectPropertyGet(lamp, 'watts')).toBe(60)
    expect(objectPropertyGetAs(lamp, 'on', 'bool')).toBe(true)
    expect(() => objectPropertyGetAs(lamp, 'label', 'bool')).toThrow("Invalid parameter type for 'label'")
  })

  it('text is parsed as on a command line', () => {
    const lamp = TYPE_LAMP.new()

    objectSetProperties(lamp, {
      on: 'yes',
      watts: '0x20',
      serial: '0777',
      bytes: '1.5G',
      label: 'a b',
      tint: 'cold',
    })

    expect(lamp).toMatchObject({
      on: true,
      watts: 32,
      serial: 511n,
      bytes: 1610612736,
      label: 'a b',
      tint: 'cold',
    })
  })

  it('values print as text', () => {
    const lamp = TYPE_LAMP.new()
    lamp.serial = 7n

    const printed = ['on', 'watts', 'serial', 'bytes', 'label', 'tint'].map((name) =>
      objectPropertyPrint(lamp, name),
    )

    expect(printed).toEqual(['false', '40', '7', '0', '', 'warm'])
  })

  it('errors are those of QEMU 7.2', () => {
    expect(parsing('foo', '1')).toThrow(new UserError("Property 'lamp.foo' not found"))
    expect(parsing('kind', 'x')).toThrow("Property 'lamp.kind' is not writable")
    expect(() => objectPropertyGet(TYPE_LAMP.new(), 'secret')).toThrow(
      "Property 'lamp.secret' is not readable",
    )
    expect(parsing('on', 'maybe')).toThrow("Parameter 'on' expects 'on' or 'off'")
    expect(parsing('watts', 'foo')).toThrow("Parameter 'watts' expects integer")
    expect(parsing('watts', '-1')).toThrow("Parameter 'watts' expects uint8_t")
    expect(parsing('watts', '256')).toThrow("Parameter 'watts' expects uint8_t")
    expect(parsing('trim', '-32769')).toThrow("Parameter 'trim' expects int16_t")
    expect(parsing('watts', '99999999999999999999999')).toThrow("Parameter 'watts' expects integer")
    expect(parsing('bytes', 'zz')).toThrow("Parameter 'bytes' expects size")
    expect(parsing('tint', 'zz')).toThrow("Parameter 'tint' does not accept value 'zz'")
    expect(setting('on', 'a')).toThrow("Invalid parameter type for 'on', expected: boolean")
    expect(setting('watts', 'a')).toThrow("Parameter 'watts' expects uint64")
    expect(setting('watts', 1.5)).toThrow("Parameter 'watts' expects uint64")
    expect(setting('watts', 256)).toThrow("Parameter 'watts' expects uint8_t")
    expect(setting('label', 1)).toThrow("Invalid parameter type for 'label', expected: string")
    expect(setting('tint', 1)).toThrow("Invalid parameter type for 'tint', expected: string")
    expect(setting('bytes', -1)).toThrow("Parameter 'bytes' expects size")
  })

  it('defaults are set on each new object', () => {
    const [first, second] = [TYPE_LAMP.new(), TYPE_LAMP.new()]
    first.watts = 1

    objectPropertyAdd(second, { name: 'on2', type: 'bool', set: (lamp, on) => (lamp.on = on), default: true })

    expect(second).toMatchObject({ watts: 40, on: true })
  })

  it('a name is taken once, on class and object together', () => {
    const lamp = TYPE_LAMP.new()

    expect(() => objectPropertyAddBool(lamp, 'on', null)).toThrow(
      "Attempt to add duplicate property 'on' to object (type 'lamp')",
    )
    expect(() => objectClassPropertyAddBool(TYPE_LAMP.class(), 'on', null)).toThrow(
      "Attempt to add duplicate property 'on' to class (type 'lamp')",
    )
  })

  it('[*] takes the first free number', () => {
    const lamp = TYPE_LAMP.new()
    const add = (): string => objectPropertyAddUint64(lamp, 'n[*]', () => 1n).name

    expect([add(), add(), add()]).toEqual(['n[0]', 'n[1]', 'n[2]'])
    objectPropertyDel(lamp, 'n[1]')
    expect(add()).toBe('n[1]')
  })

  it('iteration shows the object first, then its classes', () => {
    const lamp = TYPE_LAMP.new()

    const own = ['tint', 'kind']
    const ofClass = ['on', 'label', 'watts', 'serial', 'trim', 'bytes', 'secret']
    expect([...objectPropertyIter(lamp)].map((p) => p.name)).toEqual([...own, ...ofClass])
    const watts = [...objectClassPropertyIter(TYPE_LAMP.class())].find((p) => p.name === 'watts')
    expect(watts).toMatchObject({ description: 'Power drawn', defaultValue: 40 })
    expect(objectPropertyGetType(lamp, 'watts')).toBe('uint8')
    expect(objectPropertyGetType(lamp, 'tint')).toBe('Tint')
  })

  it('an alias reads, writes and complains as its target', () => {
    const [lamp, room] = [TYPE_LAMP.new(), TYPE_LAMP.new()]

    objectPropertyAddAlias(room, 'lamp-watts', lamp, 'watts')
    objectPropertyAddAlias(room, 'lamp-secret', lamp, 'secret')
    objectPropertyParse(room, 'lamp-watts', '11')

    expect(lamp.watts).toBe(11)
    expect(room.watts).toBe(40)
    expect(objectPropertyPrint(room, 'lamp-watts')).toBe('11')
    expect(() => objectPropertyParse(room, 'lamp-watts', 'x')).toThrow(
      "Parameter 'lamp-watts' expects integer",
    )
    expect(() => objectPropertyGet(room, 'lamp-secret')).toThrow('is not readable')
    expect(() => objectPropertyAddAlias(room, 'x', lamp, 'nonsense')).toThrow(
      "Property 'lamp.nonsense' not found",
    )
  })

  it('any text gives a value in range or a UserError of one line', () => {
    const types = ['watts', 'serial', 'bytes', 'on', 'tint', 'trim']
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.string(), (name, text) => {
        try {
          parsing(name, text)()
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })

  it('every uint64 survives printing and parsing', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.boolean(), (value, hex) => {
        const lamp = TYPE_LAMP.new()
        objectPropertyParse(lamp, 'serial', hex ? `0x${value.toString(16)}` : String(value))
        expect(objectPropertyPrint(lamp, 'serial')).toBe(String(value))
      }),
    )
  })

  it('an enumeration tells its values', () => {
    expect(enumPropertyType('Tint', ['warm', 'cold']).values).toEqual(['warm', 'cold'])
  })
})
