// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import type { DeviceState } from './index.js'
import {
  InvalidCastError,
  qemuDevicesReset,
  qemuRegisterReset,
  qemuUnregisterReset,
  resetContainerNew,
  TYPE_CONTAINER,
  TYPE_DEVICE,
  typeRegister,
} from './index.js'

const calls: string[] = []

const TYPE_CLOCK = typeRegister<DeviceState>({
  name: 'clock',
  parent: TYPE_DEVICE,
  classInit(klass) {
    const { phases } = TYPE_DEVICE.classCast(klass)
    phases.enter = () => void calls.push('enter clock')
    phases.exit = () => void calls.push('exit clock')
  },
})

describe('reset container', () => {
  it('resets objects and functions in the order of registration, phase by phase', () => {
    const container = resetContainerNew()
    const first = (): void => void calls.push('first')
    qemuRegisterReset(container, first)
    qemuRegisterReset(container, TYPE_CLOCK.new())
    qemuRegisterReset(container, () => void calls.push('second'))

    qemuDevicesReset(container)
    expect(calls.splice(0)).toEqual(['enter clock', 'first', 'second', 'exit clock'])
    qemuUnregisterReset(container, first)
    qemuUnregisterReset(container, first)
    qemuDevicesReset(container)

    expect(calls.splice(0)).toEqual(['enter clock', 'second', 'exit clock'])
  })

  it('an unregistered object is left alone', () => {
    const container = resetContainerNew()
    const clock = TYPE_CLOCK.new()
    qemuRegisterReset(container, clock)
    qemuUnregisterReset(container, clock)

    qemuDevicesReset(container)

    expect(calls).toEqual([])
  })

  it('takes only what can be reset', () => {
    expect(() => qemuRegisterReset(resetContainerNew(), TYPE_CONTAINER.new())).toThrow(InvalidCastError)
  })
})
