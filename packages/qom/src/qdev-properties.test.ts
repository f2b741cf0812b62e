// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import type { QemuObject } from './index.js'
import {
  deviceClassSetProps,
  DeviceState,
  objectPropertyAddChild,
  objectPropertyGet,
  objectPropertyParse,
  objectPropertyPrint,
  objectResolvePath,
  objectRootNew,
  objectSetProperties,
  type OnOffAuto,
  propBool,
  propEnum,
  propInt32,
  propLink,
  propOnOffAuto,
  propSize,
  propString,
  propUint16,
  propUint32,
  propUint64,
  propUint8,
  qdevRealize,
  TYPE_CONTAINER,
  TYPE_DEVICE,
  typeRegister,
} from './index.js'

class Gadget extends DeviceState {
  wakeup = true
  index = 7
  irq = 0
  mtu = 0
  offset = 0
  mask = 0n
  bytes = 0
  label: string | null = null
  policy: 'delay' | 'slew' = 'delay'
  smm: OnOffAuto = 'off'
  store: QemuObject | null = null
}
const TYPE_GADGET = typeRegister<Gadget>({
  name: 'gadget',
  parent: TYPE_DEVICE,
  instance: Gadget,
  classInit(klass) {
    const dc = TYPE_DEVICE.classCast(klass)
    deviceClassSetProps<Gadget>(dc, [
      propBool('wakeup', 'wakeup', false),
      propUint32('index', 'index'),
      propUint8('irq', 'irq', 4),
      propUint16('mtu', 'mtu', 1500),
      propInt32('offset', 'offset', -1),
      propUint64('mask', 'mask', 0xffn),
      propSize('bytes', 'bytes', 4096),
      propString('label', 'label'),
      propEnum('policy', 'policy', 'LostTickPolicy', ['delay', 'slew'], 'slew'),
      propOnOffAuto('smm', 'smm', 'auto'),
      propLink('store', 'store', TYPE_CONTAINER),
    ])
  },
})

describe('device properties', () => {
  it('defaults are those of the list, or the field initialiser where there is none', () => {
    expect(TYPE_GADGET.new()).toMatchObject({
      wakeup: false,
      index: 7,
      irq: 4,
      mtu: 1500,
      offset: -1,
      mask: 0xffn,
      bytes: 4096,
      label: null,
      policy: 'slew',
      smm: 'auto',
      store: null,
    })
  })

  it('a command line sets the fields', () => {
    const root = objectRootNew()
    const store = TYPE_CONTAINER.new()
    const gadget = TYPE_GADGET.new()
    objectPropertyAddChild(root, 'store', store)
    objectPropertyAddChild(root, 'gadget', gadget)

    objectSetProperties(gadget, {
      wakeup: 'on',
      index: '0x10',
      offset: '-5',
      bytes: '2M',
      label: 'one',
      policy: 'delay',
      smm: 'on',
      store: '/store',
    })

    expect(gadget).toMatchObject({ wakeup: true, index: 16, offset: -5, bytes: 2097152, label: 'one', store })
    expect(objectPropertyPrint(gadget, 'store')).toBe('/store')
    expect(objectResolvePath(root, '/gadget/store')).toBe(store)
    expect(objectPropertyGet(gadget, 'smm')).toBe('on')
  })

  it('errors name the parameter as QEMU 7.2 does', () => {
    const gadget = TYPE_GADGET.new()

    const set = (name: string, text: string) => (): void => objectPropertyParse(gadget, name, text)

    expect(set('index', 'foo')).toThrow("Parameter 'index' expects integer")
    expect(set('index', '4294967296')).toThrow("Parameter 'index' expects uint32_t")
    expect(set('mtu', '70000')).toThrow("Parameter 'mtu' expects uint16_t")
    expect(set('wakeup', 'maybe')).toThrow("Parameter 'wakeup' expects 'on' or 'off'")
    expect(set('policy', 'zz')).toThrow("Parameter 'policy' does not accept value 'zz'")
    expect(set('foo', '1')).toThrow("Property 'gadget.foo' not found")
    expect(set('hotplugged', 'on')).toThrow("Property 'gadget.hotplugged' is not writable")
    expect(set('parent_bus', 'x')).toThrow("Property 'gadget.parent_bus' is not writable")
  })

  it('nothing changes after realize', () => {
    const [anonymous, named] = [TYPE_GADGET.new(), TYPE_GADGET.new()]
    named.id = 'g0'
    qdevRealize(anonymous, null, objectRootNew())
    qdevRealize(named, null, objectRootNew())

    expect(() => objectPropertyParse(anonymous, 'index', '1')).toThrow(
      "Attempt to set property 'index' on anonymous device (type 'gadget') after it was realized",
    )
    expect(() => objectPropertyParse(named, 'index', '1')).toThrow(
      "Attempt to set property 'index' on device 'g0' (type 'gadget') after it was realized",
    )
  })

  it('the class lists what it added itself', () => {
    const child = typeRegister<Gadget>({ name: 'gadget-child', parent: TYPE_GADGET })

    expect(TYPE_DEVICE.classCast(TYPE_GADGET.class()).props.map((prop) => prop.name)).toContain('wakeup')
    expect(TYPE_DEVICE.classCast(child.class()).props).toEqual([])
    expect(child.new().irq).toBe(4)
  })
})
