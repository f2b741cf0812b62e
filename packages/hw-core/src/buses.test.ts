// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { addressSpaceLoad, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, resettableReset, typeRegister } from '@dromaius/qom'
import { qemuAllocateIrqs, qemuIrqLower, qemuIrqRaise, UserError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import {
  isaBusNew,
  isaBusRegisterInputIrqs,
  isabusBridgeNew,
  ISADevice,
  isaGetIrq,
  isaInitIrq,
  isaRealize,
  isaRegisterIoport,
  isaReleaseIrqs,
  TYPE_ISA_DEVICE,
} from './isa-bus.js'
import {
  SysBusDevice,
  sysbusConnectIrq,
  sysbusInitIrq,
  sysbusInitMmio,
  sysbusMmioMap,
  sysbusRealize,
  systemBusNew,
  TYPE_SYS_BUS_DEVICE,
} from './sysbus.js'
import { systemOf } from './system-of.js'

class FourPorts extends ISADevice {
  start = 0x300
  resets = 0
  readonly io = TYPE_MEMORY_REGION.new()
}
const TYPE_FOUR_PORTS = typeRegister<FourPorts, DeviceClass<FourPorts>>({
  name: 'test-four-ports',
  parent: TYPE_ISA_DEVICE,
  instance: FourPorts,
  classInit(dc) {
    dc.phases.hold = (dev) => dev.resets++
    dc.realize = (dev) => {
      memoryRegionInitIo(
        dev.io,
        dev,
        { read: () => 0x5a, write: () => undefined, endianness: 'little' },
        'four',
        4,
      )
      isaRegisterIoport(dev, dev.io, dev.start)
    }
  },
})

const TYPE_NO_PORTS = typeRegister<ISADevice, DeviceClass>({ name: 'test-no-ports', parent: TYPE_ISA_DEVICE })

class OnePage extends SysBusDevice {
  readonly page = TYPE_MEMORY_REGION.new()
  readonly irq = sysbusInitIrq(this)
}
const TYPE_ONE_PAGE = typeRegister<OnePage, DeviceClass<OnePage>>({
  name: 'test-one-page',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: OnePage,
  instanceInit(dev) {
    memoryRegionInitIo(
      dev.page,
      dev,
      { read: () => 0x42, write: () => undefined, endianness: 'little' },
      'page',
      4096,
    )
    sysbusInitMmio(dev, dev.page)
  },
})

describe('ISA bus', () => {
  it('a realized device answers at its ports and knows its machine', () => {
    const system = new SystemState()
    const dev = TYPE_FOUR_PORTS.new()
    isaRealize(dev, isaBusNew(system))
    expect(addressSpaceLoad(system.addressSpaceIo, 0x303, 1)).toBe(0x5a)
    expect(addressSpaceLoad(system.addressSpaceIo, 0x304, 1)).toBe(0xff)
    expect(systemOf(dev)).toBe(system)
    expect(dev.ioportId).toBe(0x300)
  })

  it('a second device on the same ports is refused, and the first stays', () => {
    const system = new SystemState()
    const bus = isaBusNew(system)
    isaRealize(TYPE_FOUR_PORTS.new(), bus)
    const second = TYPE_FOUR_PORTS.new()
    second.start = 0x302
    expect(() => isaRealize(second, bus)).toThrow(new UserError("ioport 0x302-0x305 in use by 'four'"))
    expect(addressSpaceLoad(system.addressSpaceIo, 0x300, 1)).toBe(0x5a)
  })

  it('a device that has only the last of the ports is in the way, too', () => {
    const bus = isaBusNew(new SystemState())
    isaRealize(TYPE_FOUR_PORTS.new(), bus)
    const second = TYPE_FOUR_PORTS.new()
    second.start = 0x2fd
    expect(() => isaRealize(second, bus)).toThrow(new UserError("ioport 0x2fd-0x300 in use by 'four'"))
  })

  it('an interrupt belongs to devices of one type, and is up while any of them raises it', () => {
    const bus = isaBusNew(new SystemState())
    const levels: number[] = []
    isaBusRegisterInputIrqs(
      bus,
      qemuAllocateIrqs((_n, level) => levels.push(level), 16),
    )
    const [first, second] = [TYPE_FOUR_PORTS.new(), TYPE_FOUR_PORTS.new()]
    second.start = 0x310
    const other = TYPE_NO_PORTS.new()
    for (const dev of [first, second, other]) isaRealize(dev, bus)
    const [a, b] = [isaInitIrq(first, 4), isaInitIrq(second, 4)]
    qemuIrqRaise(a)
    qemuIrqRaise(b)
    qemuIrqLower(a)
    qemuIrqLower(b)
    expect(levels).toEqual([1, 1, 1, 0])
    expect(() => isaInitIrq(other, 4)).toThrow(new UserError("IRQ 4 in use by 'test-four-ports'"))
    expect(() => isaInitIrq(other, 16, 'kbd-irq')).toThrow(
      new UserError('Maximum value for "kbd-irq" is: 15'),
    )
    isaReleaseIrqs(first)
    isaReleaseIrqs(second)
    isaInitIrq(other, 4)
  })

  it('a port beyond 0xffff is refused', () => {
    const dev = TYPE_FOUR_PORTS.new()
    dev.start = 0xfffe
    expect(() => isaRealize(dev, isaBusNew(new SystemState()))).toThrow(
      'ioport 0xfffe-0x10001 is not below 0x10000',
    )
  })

  it('an interrupt reaches the line that the board registered', () => {
    const bus = isaBusNew(new SystemState())
    const seen: number[][] = []
    isaBusRegisterInputIrqs(
      bus,
      qemuAllocateIrqs((n, level) => seen.push([n, level]), 16),
    )
    const dev = TYPE_FOUR_PORTS.new()
    isaRealize(dev, bus)
    qemuIrqRaise(isaGetIrq(dev, 4))
    expect(seen).toEqual([[4, 1]])
  })

  it('a reset of the system bus reaches the devices behind the bridge', () => {
    const sysbus = systemBusNew(new SystemState())
    const dev = TYPE_FOUR_PORTS.new()
    isaRealize(dev, isabusBridgeNew(sysbus))
    resettableReset(sysbus, 'cold')
    expect(dev.resets).toBe(1)
  })
})

describe('system bus', () => {
  it('a mapped region answers at its address, and moves', () => {
    const system = new SystemState()
    const dev = TYPE_ONE_PAGE.new()
    sysbusRealize(dev, systemBusNew(system))
    sysbusMmioMap(dev, 0, 0xfea0_0000)
    expect(addressSpaceLoad(system.addressSpaceMemory, 0xfea0_0ffc, 4)).toBe(0x42)
    sysbusMmioMap(dev, 0, 0xfeb0_0000)
    expect(addressSpaceLoad(system.addressSpaceMemory, 0xfeb0_0000, 1)).toBe(0x42)
    expect(addressSpaceLoad(system.addressSpaceMemory, 0xfea0_0000, 1)).toBe(0)
  })

  it('an interrupt line drives what is connected', () => {
    const dev = TYPE_ONE_PAGE.new()
    const seen: number[] = []
    expect(dev.irq()).toBeNull()
    sysbusConnectIrq(dev, 0, qemuAllocateIrqs((_n, level) => seen.push(level), 1)[0]!)
    qemuIrqRaise(dev.irq())
    expect(seen).toEqual([1])
  })

  it('a device on no bus has no machine, which is a mistake of the program', () => {
    expect(() => systemOf(TYPE_ONE_PAGE.new())).toThrow('is on no bus')
  })
})
