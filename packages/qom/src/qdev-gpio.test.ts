// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { qemuAllocateIrq, qemuSetIrq } from '@dromaius/util'
import type { DeviceState } from './index.js'
import {
  qdevConnectGpioOut,
  qdevGetGpioIn,
  qdevGetGpioOutConnector,
  qdevInitGpioIn,
  qdevInitGpioOut,
  qdevInterceptGpioOut,
  qdevPassGpios,
  TYPE_DEVICE,
  typeRegister,
} from './index.js'

const TYPE_CHIP = typeRegister<DeviceState>({ name: 'chip', parent: TYPE_DEVICE })

describe('gpio', () => {
  it('an output drives the input that it is connected to', () => {
    const [source, sink] = [TYPE_CHIP.new(), TYPE_CHIP.new()]
    const seen: number[][] = []
    const out = qdevInitGpioOut(source, 2)
    qdevInitGpioIn(sink, (n, level) => void seen.push([n, level]), 2, 'reset')
    qdevInitGpioIn(sink, (n, level) => void seen.push([n + 100, level]), 1, 'reset')

    qdevConnectGpioOut(source, 0, qdevGetGpioIn(sink, 1, 'reset'))
    qdevConnectGpioOut(source, 1, qdevGetGpioIn(sink, 2, 'reset'))
    qemuSetIrq(out[0]!, 1)
    qemuSetIrq(out[1]!, 0)

    expect(seen).toEqual([
      [1, 1],
      [102, 0],
    ])
  })

  it('an unconnected output drives nothing', () => {
    const out = qdevInitGpioOut(TYPE_CHIP.new(), 1)

    expect(out).toEqual([null])
    expect(() => qemuSetIrq(out[0]!, 1)).not.toThrow()
  })

  it('an output can be intercepted', () => {
    const chip = TYPE_CHIP.new()
    const [line, tap] = [qemuAllocateIrq(() => undefined, 0), qemuAllocateIrq(() => undefined, 1)]
    qdevInitGpioOut(chip, 1)
    const [late] = qdevInitGpioOut(chip, 1)
    qdevConnectGpioOut(chip, 1, line)

    expect(late).toBeNull()
    expect(qdevInterceptGpioOut(chip, tap, 1)).toBe(line)
    expect(qdevGetGpioOutConnector(chip, 1)).toBe(tap)
  })

  it('lines pass on to the container', () => {
    const [chip, container] = [TYPE_CHIP.new(), TYPE_CHIP.new()]
    qdevInitGpioIn(chip, () => undefined, 1, 'a')
    const line = qdevGetGpioIn(chip, 0, 'a')

    qdevPassGpios(chip, container, 'a')

    expect(qdevGetGpioIn(container, 0, 'a')).toBe(line)
    expect(() => qdevGetGpioIn(chip, 0, 'a')).toThrow("has no GPIO input 'a[0]'")
  })

  it('mistakes of the program throw', () => {
    const chip = TYPE_CHIP.new()
    qdevInitGpioOut(chip, 1, 'out')

    expect(() => qdevInitGpioIn(chip, () => undefined, 1, 'out')).toThrow(
      "GPIO 'out' of a device is both in and out",
    )
    expect(() => qdevConnectGpioOut(chip, 1, null, 'out')).toThrow("has no GPIO output 'out[1]'")
  })
})
