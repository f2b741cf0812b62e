// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { SystemState } from '@dromaius/cpus'
import { memoryRegionAddSubregion, memoryRegionDelSubregion, type MemoryRegion } from '@dromaius/memory'
import {
  BusState,
  type DeviceClass,
  DeviceState,
  qbusInit,
  qdevRealize,
  TYPE_BUS,
  TYPE_DEVICE,
  typeRegister,
} from '@dromaius/qom'
import type { qemu_irq } from '@dromaius/util'
import { systemOf } from './system-of.js'

/** One of a device's memory regions, and where the board has put it. */
export interface SysbusMmio {
  readonly memory: MemoryRegion
  /** Guest physical address, null while not mapped. */
  addr: number | null
}

/**
 * The bus of what sits at fixed addresses; there is one per machine.
 * @qemu include/hw/sysbus.h TYPE_SYSTEM_BUS
 */
export class SystemBus extends BusState {
  /** The machine that the bus belongs to. */
  system!: SystemState
}

/**
 * A device that the board wires by hand: it offers memory regions and interrupt lines, the board maps and connects them.
 * @qemu include/hw/sysbus.h SysBusDevice
 */
export class SysBusDevice extends DeviceState {
  readonly mmio: SysbusMmio[] = []
  /** Interrupt lines that `sysbusInitIrq` made; null where nothing is connected. */
  readonly irqs: qemu_irq[] = []
}

/**
 * Makes a machine's system bus. Whoever builds the machine registers it with the machine's reset container; a reset then
 * reaches every device on it and below.
 * @qemu hw/core/sysbus.c main_system_bus_create
 */
export function systemBusNew(system: SystemState): SystemBus {
  const bus = TYPE_SYSTEM_BUS.new()
  qbusInit(bus, null, 'main-system-bus')
  bus.system = system
  return bus
}

/**
 * Offers a memory region to the board; its number is the count of calls before.
 * @qemu hw/core/sysbus.c sysbus_init_mmio
 */
export function sysbusInitMmio(dev: SysBusDevice, memory: MemoryRegion): void {
  dev.mmio.push({ memory, addr: null })
}

/**
 * Makes an interrupt line and returns a function that gives what it is connected to now.
 * @qemu hw/core/sysbus.c sysbus_init_irq
 * @differs QEMU is given the variable that holds the line
 */
export function sysbusInitIrq(dev: SysBusDevice): () => qemu_irq {
  const n = dev.irqs.push(null) - 1
  return () => dev.irqs[n] ?? null
}

/**
 * Puts memory region `n` at a guest physical address, or moves it there.
 * @qemu hw/core/sysbus.c sysbus_mmio_map
 */
export function sysbusMmioMap(dev: SysBusDevice, n: number, addr: number): void {
  const mmio = dev.mmio[n]
  assert(mmio, `Device '${dev.qomClass.typeName}' has no memory region ${n}`)
  const { systemMemory } = systemOf(dev)
  if (mmio.addr === addr) return
  if (mmio.addr !== null) memoryRegionDelSubregion(systemMemory, mmio.memory)
  memoryRegionAddSubregion(systemMemory, addr, mmio.memory)
  mmio.addr = addr
}

/**
 * Puts a region of ports at port `addr`.
 * @qemu hw/core/sysbus.c sysbus_add_io
 */
export function sysbusAddIo(dev: SysBusDevice, addr: number, memory: MemoryRegion): void {
  memoryRegionAddSubregion(systemOf(dev).systemIo, addr, memory)
}

/**
 * Connects interrupt line `n`.
 * @qemu hw/core/sysbus.c sysbus_connect_irq
 */
export function sysbusConnectIrq(dev: SysBusDevice, n: number, irq: qemu_irq): void {
  assert(n < dev.irqs.length, `Device '${dev.qomClass.typeName}' has no interrupt line ${n}`)
  dev.irqs[n] = irq
}

/**
 * Realizes a device on the system bus.
 * @throws UserError as the device's realize
 * @qemu hw/core/sysbus.c sysbus_realize
 */
export function sysbusRealize(dev: SysBusDevice, bus: SystemBus): void {
  qdevRealize(dev, bus, bus.system.root)
}

export const TYPE_SYSTEM_BUS = typeRegister<SystemBus>({
  name: 'System',
  parent: TYPE_BUS,
  instance: SystemBus,
})

export const TYPE_SYS_BUS_DEVICE = typeRegister<SysBusDevice, DeviceClass>({
  name: 'sys-bus-device',
  parent: TYPE_DEVICE,
  abstract: true,
  instance: SysBusDevice,
  classInit(dc) {
    dc.busType = 'System'
    // The board maps and wires such a device; a user's -device could not.
    dc.userCreatable = false
  },
})
