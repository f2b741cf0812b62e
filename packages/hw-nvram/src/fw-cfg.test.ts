// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { systemBusNew } from '@dromaius/hw-core'
import {
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceRead,
  addressSpaceStore,
  addressSpaceStore64,
  addressSpaceWrite,
  heapRamAllocator,
  memoryRegionAddSubregion,
  memoryRegionInitRam,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import { qdevRealize, resettableReset } from '@dromaius/qom'
import { vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FW_CFG_E820_TABLE,
  FW_CFG_FILE_DIR,
  FW_CFG_ID,
  FW_CFG_NB_CPUS,
  FW_CFG_RAM_SIZE,
  FW_CFG_SIGNATURE,
  fwCfgAddBytes,
  fwCfgAddFile,
  fwCfgAddI16,
  fwCfgAddI64,
  fwCfgAddString,
  fwCfgInitIoDma,
  fwCfgModifyFile,
  TYPE_FW_CFG_IO,
} from './index.js'

const SELECTOR = 0x510
const DATA = 0x511
const DMA_HIGH = 0x514
const DMA_LOW = 0x518
const ERROR = 1
const READ = 2
const SKIP = 4
const SELECT = 8
const WRITE = 0x10
const RAM_SIZE = 0x10000
/** Where the tests put the DMA descriptor. */
const DESCRIPTOR = 0x100

function machine() {
  const system = new SystemState()
  const ram = TYPE_MEMORY_REGION.new()
  memoryRegionInitRam(ram, null, 'ram', RAM_SIZE, heapRamAllocator)
  memoryRegionAddSubregion(system.systemMemory, 0, ram)
  const bus = systemBusNew(system)
  const fwCfg = fwCfgInitIoDma(bus, system.addressSpaceMemory)
  const io = system.addressSpaceIo
  const memory = system.addressSpaceMemory
  const select = (key: number): void => void addressSpaceStore(io, SELECTOR, key, 2)
  const read = (count: number): string =>
    Buffer.from(Array.from({ length: count }, () => addressSpaceLoad(io, DATA, 1))).toString('latin1')
  /** Runs a descriptor and returns its control word afterwards. */
  const dma = (control: number, length: number, address: bigint, at = DESCRIPTOR): number => {
    const descriptor = Buffer.alloc(16)
    descriptor.writeUInt32BE(control >>> 0, 0)
    descriptor.writeUInt32BE(length, 4)
    descriptor.writeBigUInt64BE(address, 8)
    addressSpaceWrite(memory, at, descriptor)
    const swapped = Buffer.alloc(4)
    swapped.writeUInt32BE(at)
    addressSpaceStore(io, DMA_HIGH, 0, 4)
    addressSpaceStore(io, DMA_LOW, swapped.readUInt32LE(), 4)
    addressSpaceRead(memory, at, descriptor)
    return descriptor.readUInt32BE(0)
  }
  const peek = (addr: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length)
    addressSpaceRead(memory, addr, bytes)
    return bytes
  }
  return { system, bus, fwCfg, io, memory, select, read, dma, peek }
}

describe('the port interface', () => {
  it('the signature is selected after reset, and zeros follow an item', () => {
    const { read } = machine()
    expect(read(6)).toBe('QEMU\0\0')
  })

  it('the id says that the DMA interface is there', () => {
    const { select, read } = machine()
    select(FW_CFG_ID)
    expect(read(4)).toBe('\x03\0\0\0')
  })

  it('numbers are little-endian, texts end with a zero', () => {
    const { fwCfg, select, read } = machine()
    fwCfgAddI16(fwCfg, FW_CFG_NB_CPUS, 0x1234)
    fwCfgAddI64(fwCfg, FW_CFG_RAM_SIZE, 0x1_0000_0002)
    fwCfgAddString(fwCfg, 0x15, 'abc')
    select(FW_CFG_NB_CPUS)
    expect(read(2)).toBe('\x34\x12')
    select(FW_CFG_RAM_SIZE)
    expect(read(8)).toBe('\x02\0\0\0\x01\0\0\0')
    select(0x15)
    expect(read(4)).toBe('abc\0')
  })

  it("the architecture's items have keys of their own, and the write bit is passed over", () => {
    const { fwCfg, select, read } = machine()
    fwCfgAddBytes(fwCfg, FW_CFG_E820_TABLE, Buffer.from('e820'))
    select(3)
    expect(read(1)).toBe('\0')
    select(FW_CFG_E820_TABLE | 0x4000)
    expect(read(4)).toBe('e820')
  })

  it('an item runs its function whenever it is selected', () => {
    const { fwCfg, select, read } = machine()
    const seed = Buffer.from('a')
    fwCfgAddBytes(fwCfg, 0x11, seed, { selectCb: () => void seed[0]!++ })
    select(0x11)
    expect(read(1)).toBe('b')
    select(0x11)
    expect(read(1)).toBe('c')
  })

  it.each([0x7fff, 0xffff, 0x40, 0x39, FW_CFG_RAM_SIZE])('key %i without an item reads as zeros', (key) => {
    const { select, read } = machine()
    select(key)
    expect(read(2)).toBe('\0\0')
  })

  it('a byte written to the data port changes nothing', () => {
    const { io, select, read } = machine()
    select(FW_CFG_SIGNATURE)
    addressSpaceStore(io, DATA, 0x41, 1)
    expect(read(4)).toBe('QEMU')
  })
})

describe('the directory', () => {
  const line = (bytes: Buffer, index: number) => ({
    size: bytes.readUInt32BE(4 + index * 64),
    key: bytes.readUInt16BE(8 + index * 64),
    name: bytes
      .subarray(12 + index * 64, 68 + index * 64)
      .toString('latin1')
      .replace(/\0+$/, ''),
  })

  it('lists files by name, with the keys under which they are read', () => {
    const { fwCfg, select, read } = machine()
    fwCfgAddFile(fwCfg, 'opt/b', Buffer.from('second'))
    fwCfgAddFile(fwCfg, 'etc/a', Buffer.from('first'))
    select(FW_CFG_FILE_DIR)
    const bytes = Buffer.from(read(4 + 64 * 32), 'latin1')

    expect(bytes.readUInt32BE(0)).toBe(2)
    expect(line(bytes, 0)).toEqual({ size: 5, key: 0x20, name: 'etc/a' })
    expect(line(bytes, 1)).toEqual({ size: 6, key: 0x21, name: 'opt/b' })
    select(0x21)
    expect(read(6)).toBe('second')
  })

  it('a file that is changed shows its new size', () => {
    const { fwCfg, select, read } = machine()
    fwCfgAddFile(fwCfg, 'bootorder', Buffer.from(''))
    fwCfgModifyFile(fwCfg, 'bootorder', Buffer.from('/rom@x\0'))
    select(FW_CFG_FILE_DIR)
    expect(line(Buffer.from(read(4 + 64), 'latin1'), 0)).toEqual({ size: 7, key: 0x20, name: 'bootorder' })
  })

  it('refuses a name twice, a name of 56 bytes, and more files than it has room for', () => {
    const { fwCfg } = machine()
    fwCfgAddFile(fwCfg, 'opt/0', Buffer.from('0'))
    expect(() => fwCfgAddFile(fwCfg, 'opt/0', Buffer.alloc(0))).toThrow('duplicate fw_cfg file name: opt/0')
    expect(() => fwCfgAddFile(fwCfg, 'x'.repeat(56), Buffer.alloc(0))).toThrow('name too long (max. 55 char)')
    for (let i = 1; i < 32; i++) fwCfgAddFile(fwCfg, `opt/${i}`, Buffer.from('0'))
    expect(() => fwCfgAddFile(fwCfg, 'opt/32', Buffer.alloc(0))).toThrow(/has room for 32 files/)
  })

  it.each([
    [0x0f, '"file_slots" must be at least 0x10'],
    [0x3fe1, '"file_slots" must not exceed 0x3fe0'],
  ])('%i slots are refused', (slots, message) => {
    const { bus, system } = machine()
    const s = TYPE_FW_CFG_IO.new()
    s.fileSlots = slots
    expect(() => qdevRealize(s, bus, system.root)).toThrow(message)
  })
})

describe('the DMA interface', () => {
  it('its register reads as a signature, in any size', () => {
    const { io } = machine()
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(addressSpaceLoad64(io, DMA_HIGH))
    expect(bytes.toString('latin1')).toBe('QEMU CFG')
    expect(addressSpaceLoad(io, DMA_LOW, 1)).toBe(' '.charCodeAt(0))
  })

  it('selects and reads, with zeros behind the end', () => {
    const { dma, memory, peek } = machine()
    addressSpaceWrite(memory, 0x1000, Buffer.alloc(8, 0xff))
    expect(dma((FW_CFG_SIGNATURE << 16) | SELECT | READ, 6, 0x1000n)).toBe(0)
    expect(peek(0x1000, 8).toString('latin1')).toBe('QEMU\0\0\xff\xff')
  })

  it('one write of 64 bits gives the whole address', () => {
    const { io, memory, peek } = machine()
    const descriptor = Buffer.from('0000000a000000040000000000001000', 'hex')
    addressSpaceWrite(memory, DESCRIPTOR, descriptor)
    const address = Buffer.alloc(8)
    address.writeBigUInt64BE(BigInt(DESCRIPTOR))
    addressSpaceStore64(io, DMA_HIGH, address.readBigUInt64LE())
    expect(peek(0x1000, 4).toString()).toBe('QEMU')
  })

  it('skips, and goes on with ports where it stopped', () => {
    const { dma, read } = machine()
    expect(dma((FW_CFG_SIGNATURE << 16) | SELECT | SKIP, 3, 0n)).toBe(0)
    expect(read(1)).toBe('U')
    expect(dma(SKIP, 0xffff_ffff, 0n)).toBe(0)
    expect(read(1)).toBe('\0')
  })

  it('writes what may be written, and tells of it', () => {
    const { fwCfg, dma, memory } = machine()
    const told: number[][] = []
    const data = Buffer.alloc(4)
    const writeCb = (start: number, length: number): void => void told.push([start, length])
    fwCfgAddFile(fwCfg, 'etc/w', data, { allowWrite: true, writeCb })
    addressSpaceWrite(memory, 0x1000, Buffer.from('wxyz'))
    expect(dma((0x20 << 16) | SELECT | WRITE, 3, 0x1000n)).toBe(0)
    expect(data.toString()).toBe('wxy\0')
    expect(told).toEqual([[0, 3]])
    // One byte of room is left.
    expect(dma(WRITE, 2, 0x1000n)).toBe(ERROR)
    expect(data.toString()).toBe('wxy\0')
  })

  it.each([
    ['to an item that is not writable', (FW_CFG_SIGNATURE << 16) | SELECT | WRITE, 1, 0x1000n],
    ['to no item', (0x7fff << 16) | SELECT | WRITE, 1, 0x1000n],
  ])('a write %s is an error', (_what, control, length, address) => {
    expect(machine().dma(control, length, address)).toBe(ERROR)
  })

  it.each([
    ['behind the end of RAM', 4, BigInt(RAM_SIZE)],
    ['across the end of RAM', 4, BigInt(RAM_SIZE - 2)],
    ['at the end of the address space', 0x1000, 0xffff_ffff_ffff_ff00n],
    ['of 4 GiB', 0xffff_ffff, 0x1000n],
  ])('a read %s is an error', (_what, length, address) => {
    expect(machine().dma((FW_CFG_SIGNATURE << 16) | SELECT | READ, length, address)).toBe(ERROR)
  })

  it('a descriptor that is not in memory is an error that nobody can read', () => {
    const { io, fwCfg } = machine()
    addressSpaceStore64(io, DMA_HIGH, 0xffff_ffff_ffff_ffffn)
    expect(fwCfg.dmaAddr).toBe(0n)
  })

  it('a control word of nothing succeeds', () => {
    expect(machine().dma(0, 5, 0n)).toBe(0)
  })
})

describe('state', () => {
  it('the selected item, the position and half an address survive, and reset selects the signature', () => {
    const from = machine()
    from.select(FW_CFG_ID)
    from.read(1)
    addressSpaceStore(from.io, DMA_HIGH, 0x01000000, 4)
    const saved = vmstateSave(from.fwCfg.qomClass.vmsd!, from.fwCfg)
    const to = machine()
    vmstateLoad(to.fwCfg.qomClass.vmsd!, to.fwCfg, saved)
    expect(to.fwCfg).toMatchObject({ curEntry: FW_CFG_ID, curOffset: 1, dmaAddr: 0x1_0000_0000n })
    resettableReset(to.bus, 'cold')
    expect(to.read(4)).toBe('QEMU')
  })
})

describe('hostile guests', () => {
  const address = fc.oneof(
    fc.bigInt({ min: 0n, max: BigInt(RAM_SIZE + 64) }),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  )
  const length = fc.oneof(fc.nat(0x200), fc.nat(0xffff_ffff))
  const descriptor = fc.record({ control: fc.nat(0xffff_ffff), length, address, at: fc.nat(RAM_SIZE + 32) })

  it('property: no descriptor throws or changes an item that is not writable', () => {
    fc.assert(
      fc.property(fc.array(descriptor, { maxLength: 5 }), (rows) => {
        const { fwCfg, dma, select, read } = machine()
        fwCfgAddFile(fwCfg, 'opt/r', Buffer.from('read-only'))
        fwCfgAddFile(fwCfg, 'opt/w', Buffer.alloc(9), { allowWrite: true })
        for (const row of rows) dma(row.control, row.length, row.address, row.at)
        select(0x20)
        expect(read(9)).toBe('read-only')
      }),
      { numRuns: 200 },
    )
  })

  it('property: any port access gives a byte, and none throws', () => {
    const { io } = machine()
    fc.assert(
      fc.property(
        fc.integer({ min: 0x50e, max: 0x51d }),
        fc.nat(0xffff_ffff),
        fc.constantFrom(1, 2, 4),
        (port, value, size) => {
          addressSpaceStore(io, port, value, size as 1)
          expect(addressSpaceLoad(io, 0x511, 1)).toBeLessThanOrEqual(0xff)
        },
      ),
    )
  })
})
