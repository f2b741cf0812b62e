// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { SystemState } from '@dromaius/cpus'
import { memoryRegionAddSubregion, memoryRegionFind, type MemoryRegion } from '@dromaius/memory'
import {
  BusState,
  type DeviceClass,
  DeviceState,
  objectGetTypename,
  qbusInit,
  qdevConnectGpioOut,
  qdevRealize,
  TYPE_BUS,
  TYPE_DEVICE,
  typeRegister,
} from '@dromaius/qom'
import { qemuAllocateIrq, qemuSetIrq, UserError, type qemu_irq } from '@dromaius/util'
import { sysbusRealize, TYPE_SYS_BUS_DEVICE, type SysBusDevice, type SystemBus } from './sysbus.js'

/** Interrupt lines of the bus: IRQ 0 to 15. */
export const ISA_NUM_IRQS = 16

/** A device that drives an interrupt line, and whether it raises it. */
export interface IsaIrqUser {
  readonly dev: ISADevice
  level: number
}

/**
 * The ISA bus: 64 KiB of ports and sixteen interrupt lines.
 * @qemu include/hw/isa/isa.h ISABus
 */
export class ISABus extends BusState {
  /** The machine that the bus belongs to. */
  system!: SystemState
  /** The lines towards the interrupt controllers, which `isaBusRegisterInputIrqs` sets. */
  irqs: qemu_irq[] = new Array<qemu_irq>(ISA_NUM_IRQS).fill(null)
  /** Who drives each line; a line with nobody is missing. */
  readonly irqUsers = new Map<number, IsaIrqUser[]>()
  /** Region in which the devices' ports are. */
  addressSpaceIo!: MemoryRegion
}

/**
 * A device on the ISA bus.
 * @qemu include/hw/isa/isa.h ISADevice
 */
export class ISADevice extends DeviceState {
  /** First port, -1 for a device without ports. */
  ioportId = -1
}

/**
 * Makes a machine's ISA bus below `parent`, a bridge. Without one the bus stands alone, which is enough for a single device;
 * see {@link isabusBridgeNew} for the bridge of a machine without PCI.
 * @qemu hw/isa/isa-bus.c isa_bus_new
 */
export function isaBusNew(system: SystemState, parent: DeviceState | null = null): ISABus {
  const bus = TYPE_ISA_BUS.new()
  qbusInit(bus, parent, 'isa.0')
  bus.system = system
  bus.addressSpaceIo = system.systemIo
  return bus
}

/**
 * Makes an ISA bus that hangs on the system bus by a bridge that is nothing but its place, so that resets reach it.
 * @qemu hw/isa/isa-bus.c isabus_bridge_info
 */
export function isabusBridgeNew(sysbus: SystemBus): ISABus {
  const bridge = TYPE_ISABUS_BRIDGE.new()
  sysbusRealize(bridge, sysbus)
  return isaBusNew(sysbus.system, bridge)
}

/**
 * Connects the bus's interrupt lines with the machine's.
 * @qemu hw/isa/isa-bus.c isa_bus_irqs
 */
export function isaBusRegisterInputIrqs(bus: ISABus, irqs: qemu_irq[]): void {
  assert(irqs.length >= ISA_NUM_IRQS, 'The ISA bus has 16 interrupt lines')
  bus.irqs = irqs.slice(0, ISA_NUM_IRQS)
}

/**
 * The bus that a device is on.
 * @qemu include/hw/isa/isa.h isa_bus_from_device
 */
export function isaBusFromDevice(dev: ISADevice): ISABus {
  assert(dev.parentBus, `Device '${objectGetTypename(dev)}' is on no bus`)
  return TYPE_ISA_BUS.cast(dev.parentBus)
}

/**
 * The interrupt line with that number.
 * @qemu hw/isa/isa-bus.c isa_get_irq
 */
export function isaGetIrq(dev: ISADevice, isairq: number): qemu_irq {
  assert(isairq < ISA_NUM_IRQS, 'The ISA bus has 16 interrupt lines')
  return isaBusFromDevice(dev).irqs[isairq] ?? null
}

/**
 * Gives a device an interrupt line of its own, which it may share with others of its type (COM1 and COM3, say): the line is up
 * while any of them raises it. `name` is the property that chose the line.
 * @throws UserError if there is no such line, or a device of another type has it
 * @qemu hw/isa/isa-bus.c isa_get_irq
 * @was isa_init_irq
 * @differs QEMU lets any devices share a line, and whoever sets it last wins
 */
export function isaInitIrq(dev: ISADevice, isairq: number, name = 'irq'): qemu_irq {
  if (isairq >= ISA_NUM_IRQS) throw new UserError(`Maximum value for "${name}" is: ${ISA_NUM_IRQS - 1}`)
  const bus = isaBusFromDevice(dev)
  const users = bus.irqUsers.get(isairq) ?? []
  const other = users.find((user) => user.dev !== dev && user.dev.qomClass !== dev.qomClass)
  if (other) throw new UserError(`IRQ ${isairq} in use by '${objectGetTypename(other.dev)}'`)
  const user: IsaIrqUser = { dev, level: 0 }
  users.push(user)
  bus.irqUsers.set(isairq, users)
  return qemuAllocateIrq((_n, level) => {
    user.level = level
    qemuSetIrq(bus.irqs[isairq] ?? null, users.some((one) => one.level !== 0) ? 1 : 0)
  }, isairq)
}

/** Takes back what {@link isaInitIrq} gave to a device. */
export function isaReleaseIrqs(dev: ISADevice): void {
  for (const users of isaBusFromDevice(dev).irqUsers.values()) {
    for (const user of users.filter((one) => one.dev === dev)) users.splice(users.indexOf(user), 1)
  }
}

/**
 * Connects a device's output line `gpioirq` with an interrupt of the bus.
 * @throws UserError as {@link isaInitIrq}
 * @qemu hw/isa/isa-bus.c isa_connect_gpio_out
 */
export function isaConnectGpioOut(dev: ISADevice, gpioirq: number, isairq: number): void {
  qdevConnectGpioOut(dev, gpioirq, isaInitIrq(dev, isairq))
}

/** The first region that answers at one of `size` ports from `start` on, if that is not one that gives way to all others. */
function regionAtPorts(addressSpaceIo: MemoryRegion, start: number, size: number): MemoryRegion | null {
  for (let at = start; at < start + size;) {
    const section = memoryRegionFind(addressSpaceIo, at, start + size - at)
    if (!section) return null
    if (section.mr !== addressSpaceIo && section.mr.priority >= 0) return section.mr
    at = section.offsetWithinAddressSpace + section.size
  }
  return null
}

/**
 * Puts a region at ports from `start`.
 * @throws UserError if they end beyond 0xffff, or another device has one of them
 * @qemu hw/isa/isa-bus.c isa_register_ioport
 * @differs QEMU lets devices overlap, and the later one wins
 */
export function isaRegisterIoport(dev: ISADevice, io: MemoryRegion, start: number): void {
  const { addressSpaceIo } = isaBusFromDevice(dev)
  const range = `0x${start.toString(16)}-0x${(start + io.size - 1).toString(16)}`
  if (start + io.size > 0x1_0000) throw new UserError(`ioport ${range} is not below 0x10000`)
  const taken = regionAtPorts(addressSpaceIo, start, io.size)
  if (taken) throw new UserError(`ioport ${range} in use by '${taken.name}'`)
  memoryRegionAddSubregion(addressSpaceIo, start, io)
  if (dev.ioportId === -1 || start < dev.ioportId) dev.ioportId = start
}

/**
 * Realizes a device on an ISA bus.
 * @throws UserError as the device's realize
 * @qemu hw/isa/isa-bus.c isa_realize_and_unref
 */
export function isaRealize(dev: ISADevice, bus: ISABus): void {
  qdevRealize(dev, bus, bus.system.root)
}

export const TYPE_ISA_BUS = typeRegister<ISABus>({ name: 'ISA', parent: TYPE_BUS, instance: ISABus })

const TYPE_ISABUS_BRIDGE = typeRegister<SysBusDevice, DeviceClass>({
  name: 'isabus-bridge',
  parent: TYPE_SYS_BUS_DEVICE,
  classInit(dc) {
    dc.fwName = 'isa'
    dc.categories = ['bridge']
  },
})

export const TYPE_ISA_DEVICE = typeRegister<ISADevice, DeviceClass>({
  name: 'isa-device',
  parent: TYPE_DEVICE,
  abstract: true,
  instance: ISADevice,
  classInit(dc) {
    dc.busType = 'ISA'
  },
})
