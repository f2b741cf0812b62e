// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert'
import { qemuAllocateIrq, type IRQHandler, type IRQState, type qemu_irq } from '@dromaius/util'
import type { DeviceState } from './qdev.js'

/**
 * The lines of one name of a device; null is the name of the unnamed ones.
 * @qemu include/hw/qdev-core.h NamedGPIOList
 */
export interface NamedGPIOList {
  readonly name: string | null
  /** Inputs, which others drive. */
  readonly in: IRQState[]
  /** Outputs, one array per `qdevInitGpioOut`, which the device drives. */
  readonly out: qemu_irq[][]
}

/** @qemu hw/core/gpio.c qdev_get_named_gpio_list */
function namedGpioList(dev: DeviceState, name: string | null): NamedGPIOList {
  const known = dev.gpios.find((list) => list.name === name)
  if (known) return known
  const list: NamedGPIOList = { name, in: [], out: [] }
  dev.gpios.unshift(list)
  return list
}

/**
 * Adds `n` inputs to the device; the handler gets the number of the line within the name, and its level.
 * @qemu include/hw/qdev-core.h qdev_init_gpio_in_named
 * @differs lines are no objects, so they have no place in the tree
 */
export function qdevInitGpioIn(
  dev: DeviceState,
  handler: IRQHandler,
  n: number,
  name: string | null = null,
): void {
  const list = namedGpioList(dev, name)
  assert(list.out.length === 0 || name === null, `GPIO '${name}' of a device is both in and out`)
  const base = list.in.length
  for (let i = 0; i < n; i++) list.in.push(qemuAllocateIrq(handler, base + i))
}

/**
 * Adds `n` outputs to the device. The device sets the lines of the array that it gets; they are null until somebody
 * connects them.
 * @qemu hw/core/gpio.c qdev_init_gpio_out_named
 */
export function qdevInitGpioOut(dev: DeviceState, n: number, name: string | null = null): qemu_irq[] {
  const list = namedGpioList(dev, name)
  assert(list.in.length === 0 || name === null, `GPIO '${name}' of a device is both in and out`)
  const pins = new Array<qemu_irq>(n).fill(null)
  list.out.push(pins)
  return pins
}

/**
 * Input `n` of the device, to be given to whoever drives it.
 * @throws Error if there is no such line
 * @qemu hw/core/gpio.c qdev_get_gpio_in_named
 */
export function qdevGetGpioIn(dev: DeviceState, n: number, name: string | null = null): IRQState {
  const line = namedGpioList(dev, name).in[n]
  assert(line, `Device of type '${dev.qomClass.typeName}' has no GPIO input '${name ?? 'unnamed'}[${n}]'`)
  return line
}

/** The array that holds output `n`, and the output's place in it. */
function outPin(dev: DeviceState, n: number, name: string | null): [qemu_irq[], number] {
  let place = n
  for (const pins of namedGpioList(dev, name).out) {
    if (place < pins.length) return [pins, place]
    place -= pins.length
  }
  throw new Error(`Device of type '${dev.qomClass.typeName}' has no GPIO output '${name ?? 'unnamed'}[${n}]'`)
}

/**
 * Connects output `n` of the device to a line, or to nothing (null).
 * @throws Error if there is no such output
 * @qemu hw/core/gpio.c qdev_connect_gpio_out_named
 */
export function qdevConnectGpioOut(
  dev: DeviceState,
  n: number,
  irq: qemu_irq,
  name: string | null = null,
): void {
  const [pins, place] = outPin(dev, n, name)
  pins[place] = irq
}

/**
 * What output `n` of the device is connected to.
 * @throws Error if there is no such output
 * @qemu hw/core/gpio.c qdev_get_gpio_out_connector
 */
export function qdevGetGpioOutConnector(dev: DeviceState, n: number, name: string | null = null): qemu_irq {
  const [pins, place] = outPin(dev, n, name)
  return pins[place] ?? null
}

/**
 * Connects output `n` to an observer's line instead, and returns what it was connected to.
 * @throws Error if there is no such output
 * @qemu hw/core/gpio.c qdev_intercept_gpio_out
 */
export function qdevInterceptGpioOut(
  dev: DeviceState,
  icpt: qemu_irq,
  n: number,
  name: string | null = null,
): qemu_irq {
  const disconnected = qdevGetGpioOutConnector(dev, n, name)
  qdevConnectGpioOut(dev, n, icpt, name)
  return disconnected
}

/**
 * Hands all lines of a name over to the device that contains this one.
 * @qemu hw/core/gpio.c qdev_pass_gpios
 */
export function qdevPassGpios(dev: DeviceState, container: DeviceState, name: string | null = null): void {
  const list = namedGpioList(dev, name)
  dev.gpios.splice(dev.gpios.indexOf(list), 1)
  container.gpios.unshift(list)
}
