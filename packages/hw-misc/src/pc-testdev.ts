// SPDX-License-Identifier: GPL-2.0-or-later
import {
  ISA_NUM_IRQS,
  ISADevice,
  isaGetIrq,
  isaRegisterIoport,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import {
  type AccessSize,
  memoryRegionAddSubregion,
  memoryRegionAddSubregionOverlap,
  memoryRegionDelSubregion,
  memoryRegionFind,
  memoryRegionInitIo,
  type MemoryRegion,
  type MemoryRegionOps,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import { type DeviceClass, typeRegister } from '@dromaius/qom'
import { LOG_GUEST_ERROR, qemuLogMask, qemuSetIrq, UserError, vmBytes, vmU32 } from '@dromaius/util'

/** A register of four bytes that keeps what is written, in accesses of 1, 2 or 4 bytes. */
const IOPORT = 0xe0
/** Writing a guest physical address (4 bytes) makes the host forget its mapping of that page. */
const FLUSH = 0xe4
/** The register at {@link IOPORT} again, but taken apart into single bytes. */
const IOPORT_BYTE = 0xe8
/** Port 0x2000 + n is interrupt line n: 0 lowers it, all else raises it. */
const IRQ_LINE = 0x2000
const IRQ_LINES = 24
/** Memory that is a device's, so that every access to it leaves the guest. */
const IOMEM = 0xff00_0000
const IOMEM_LEN = 0x1_0000

const PAGE_SIZE = 4096

/**
 * What tests of a hypervisor need: ports and memory whose accesses can be checked, interrupt lines at the guest's command,
 * and a way to have a page's mapping thrown away.
 * @qemu hw/misc/pc-testdev.c PCTestdev
 * @differs leaves port 0xe9 to a debug console that is there
 */
export class PCTestdev extends ISADevice {
  /** The register at 0xe0. */
  ioportData = 0
  readonly iomemBuf = new Uint8Array(IOMEM_LEN)
  readonly ioport = TYPE_MEMORY_REGION.new()
  readonly flush = TYPE_MEMORY_REGION.new()
  readonly ioportByte = TYPE_MEMORY_REGION.new()
  readonly irq = TYPE_MEMORY_REGION.new()
  readonly iomem = TYPE_MEMORY_REGION.new()
}

const startBit = (addr: number): number => (addr & 3) * 8
const maskOf = (size: AccessSize): number => 0xffff_ffff >>> (32 - 8 * size)

/** @qemu hw/misc/pc-testdev.c test_ioport_read */
function testIoportRead(dev: PCTestdev, addr: number, size: AccessSize): number {
  return ((dev.ioportData >>> startBit(addr)) & maskOf(size)) >>> 0
}

/** @qemu hw/misc/pc-testdev.c test_ioport_write */
function testIoportWrite(dev: PCTestdev, addr: number, data: number, size: AccessSize): void {
  const mask = maskOf(size) << startBit(addr)
  dev.ioportData = ((dev.ioportData & ~mask) | ((data << startBit(addr)) & mask)) >>> 0
}

/** @qemu hw/misc/pc-testdev.c test_flush_page_write */
function testFlushPageWrite(dev: PCTestdev, data: number): void {
  const page = (data & ~(PAGE_SIZE - 1)) >>> 0
  const section = memoryRegionFind(systemOf(dev).systemMemory, page, PAGE_SIZE)
  const block = section?.mr.ramBlock
  // Only a whole page: protection knows no smaller piece. Where no RAM is, there is nothing to forget.
  if (!block || section.offsetWithinAddressSpace !== page || section.size !== PAGE_SIZE) return
  block.backing.reprotect?.(section.offsetWithinRegion, PAGE_SIZE)
}

/**
 * @qemu hw/misc/pc-testdev.c test_irq_line_write
 * @differs QEMU ends with an assertion when the guest asks for a line above 15
 */
function testIrqLineWrite(dev: PCTestdev, addr: number, data: number): void {
  if (addr >= ISA_NUM_IRQS) {
    qemuLogMask(LOG_GUEST_ERROR, () => `pc-testdev: the ISA bus has no interrupt line ${addr}`)
    return
  }
  qemuSetIrq(isaGetIrq(dev, addr), data === 0 ? 0 : 1)
}

/** @qemu hw/misc/pc-testdev.c test_iomem_read */
function testIomemRead({ iomemBuf }: PCTestdev, addr: number, size: AccessSize): number {
  let value = 0
  for (let i = 0; i < size; i++) value |= (iomemBuf[addr + i] ?? 0) << (8 * i)
  return value >>> 0
}

/** @qemu hw/misc/pc-testdev.c test_iomem_write */
function testIomemWrite({ iomemBuf }: PCTestdev, addr: number, value: number, size: AccessSize): void {
  for (let i = 0; i < size; i++) iomemBuf[addr + i] = value >>> (8 * i)
}

/** The regions with their first ports, sizes in bytes and what they do. */
function regionsOf(dev: PCTestdev): [MemoryRegion, string, number, number, MemoryRegionOps][] {
  const ioport: MemoryRegionOps = {
    read: (addr, size) => testIoportRead(dev, addr, size),
    write: (addr, value, size) => testIoportWrite(dev, addr, value, size),
    endianness: 'little',
  }
  const flush: MemoryRegionOps = {
    read: () => 0,
    write: (_addr, value) => testFlushPageWrite(dev, value),
    endianness: 'little',
    valid: { minAccessSize: 4, maxAccessSize: 4 },
  }
  const irq: MemoryRegionOps = {
    read: () => 0,
    write: (addr, value) => testIrqLineWrite(dev, addr, value),
    endianness: 'little',
    valid: { minAccessSize: 1, maxAccessSize: 1 },
  }
  return [
    [dev.ioport, 'pc-testdev-ioport', IOPORT, 4, ioport],
    [dev.flush, 'pc-testdev-flush-page', FLUSH, 4, flush],
    [dev.irq, 'pc-testdev-irq-line', IRQ_LINE, IRQ_LINES, irq],
  ]
}

/** @qemu hw/misc/pc-testdev.c testdev_realizefn */
function testdevRealizefn(dev: PCTestdev): void {
  const { systemIo, systemMemory } = systemOf(dev)
  const registered: MemoryRegion[] = []
  try {
    for (const [region, name, start, size, ops] of regionsOf(dev)) {
      memoryRegionInitIo(region, dev, ops, name, size)
      isaRegisterIoport(dev, region, start)
      registered.push(region)
    }
    const taken = memoryRegionFind(systemMemory, IOMEM, IOMEM_LEN)
    if (taken) throw new UserError(`memory 0x${IOMEM.toString(16)} in use by '${taken.mr.name}'`)
  } catch (error) {
    for (const region of registered) memoryRegionDelSubregion(systemIo, region)
    throw error
  }
  memoryRegionInitIo(
    dev.ioportByte,
    dev,
    {
      read: (addr) => testIoportRead(dev, addr, 1),
      write: (addr, value) => testIoportWrite(dev, addr, value, 1),
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 4 },
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'pc-testdev-ioport-byte',
    4,
  )
  // Gives way to the debug console, whose port 0xe9 is one of these; in QEMU the console is gone then.
  memoryRegionAddSubregionOverlap(systemIo, IOPORT_BYTE, dev.ioportByte, -1)
  memoryRegionInitIo(
    dev.iomem,
    dev,
    {
      read: (addr, size) => testIomemRead(dev, addr, size),
      write: (addr, value, size) => testIomemWrite(dev, addr, value, size),
      endianness: 'little',
    },
    'pc-testdev-iomem',
    IOMEM_LEN,
  )
  memoryRegionAddSubregion(systemMemory, IOMEM, dev.iomem)
}

/** Takes ports and memory back. */
function testdevUnrealizefn(dev: PCTestdev): void {
  const { systemIo, systemMemory } = systemOf(dev)
  for (const region of [dev.ioport, dev.flush, dev.ioportByte, dev.irq])
    memoryRegionDelSubregion(systemIo, region)
  memoryRegionDelSubregion(systemMemory, dev.iomem)
}

export const TYPE_PC_TESTDEV = typeRegister<PCTestdev, DeviceClass<PCTestdev>>({
  name: 'pc-testdev',
  parent: TYPE_ISA_DEVICE,
  instance: PCTestdev,
  classInit(dc) {
    dc.realize = testdevRealizefn
    dc.unrealize = testdevUnrealizefn
    // QEMU's has no saved state; a register and memory that a guest can read back are state all the same.
    dc.vmsd = {
      name: 'pc-testdev',
      version: 1,
      minimumVersion: 1,
      fields: [vmU32<PCTestdev>('ioportData'), vmBytes<PCTestdev>('iomemBuf', IOMEM_LEN)],
    }
    dc.categories = ['misc']
  },
})
