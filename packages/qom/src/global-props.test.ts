// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { withGlobalProps, type GlobalProperty } from './global-props.js'
import { deviceClassSetProps, propUint32 } from './qdev-properties.js'
import { type DeviceClass, DeviceState, TYPE_DEVICE } from './qdev.js'
import { typeRegister } from './type.js'

class Lamp extends DeviceState {
  watts = 0
}
const TYPE_LAMP = typeRegister<Lamp, DeviceClass<Lamp>>({
  name: 'test-lamp',
  parent: TYPE_DEVICE,
  instance: Lamp,
  classInit(dc) {
    deviceClassSetProps<Lamp>(dc, [propUint32('watts', 'watts', 40)])
  },
})
const TYPE_TORCH = typeRegister<Lamp, DeviceClass<Lamp>>({ name: 'test-torch', parent: TYPE_LAMP })

const prop = (driver: string, property: string, value: string): GlobalProperty => ({
  driver,
  property,
  value,
  used: false,
})

describe('a global property', () => {
  it('is the default of devices of its type and of descendants, the last one counts', () => {
    const props = [prop('test-lamp', 'watts', '60'), prop('test-torch', 'watts', '5')]
    withGlobalProps(props, () => {
      expect(TYPE_LAMP.new().watts).toBe(60)
      expect(TYPE_TORCH.new().watts).toBe(5)
    })
    expect(TYPE_LAMP.new().watts).toBe(40)
    expect(props.map(({ used }) => used)).toEqual([true, true])
  })

  it('of another type is not used', () => {
    const props = [prop('test-torch', 'watts', '5')]
    withGlobalProps(props, () => expect(TYPE_LAMP.new().watts).toBe(40))
    expect(props[0]!.used).toBe(false)
  })

  it('that is not there or does not suit is refused in one line', () => {
    const make = (one: GlobalProperty): Lamp => withGlobalProps([one], () => TYPE_LAMP.new())
    expect(() => make(prop('test-lamp', 'nope', '1'))).toThrow(
      "-global test-lamp.nope=1: Property 'test-lamp.nope' not found",
    )
    expect(() => make(prop('test-lamp', 'watts', 'x'))).toThrow('-global test-lamp.watts=x: Parameter')
    expect(TYPE_LAMP.new().watts).toBe(40)
  })
})
