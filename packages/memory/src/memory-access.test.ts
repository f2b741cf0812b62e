// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as access from './address-space-access.js'
import { AddressSpace } from './address-space.js'
import { MEMTX_DECODE_ERROR, MEMTX_OK } from './hwaddr.js'
import { memoryAccessSize } from './memory-access.js'
import { memoryRegionInitIo } from './memory-region-init.js'
import type { MemoryRegionOps } from './memory-region-ops.js'
import { MemoryRegion } from './memory-region.js'

/** Bytes of the test device; accesses stay well inside. */
const SIZE = 64

/** A device that is a row of bytes, seen through registers of any width in its byte order. */
class ByteDevice {
  readonly bytes = Uint8Array.from({ length: SIZE + 8 }, (_, i) => (i * 37 + 11) & 0xff)
  calls: string[] = []
  readonly as: AddressSpace
  readonly mr = new MemoryRegion()
  private readonly little: boolean

  constructor(rules: Pick<MemoryRegionOps, 'endianness' | 'impl' | 'valid'>) {
    this.little = rules.endianness === 'little'
    const ops: MemoryRegionOps = {
      ...rules,
      read: (addr, size) => Number(this.read(addr, size)),
      write: (addr, value, size) => this.write(addr, BigInt(value), size),
      read64: (addr) => this.read(addr, 8),
      write64: (addr, value) => this.write(addr, value, 8),
    }
    memoryRegionInitIo(this.mr, null, ops, 'bytes', SIZE)
    this.as = new AddressSpace(this.mr, 'test')
  }

  private read(addr: number, size: number): bigint {
    this.calls.push(`r${size}@${addr}`)
    let value = 0n
    for (let i = 0; i < size; i++) {
      value |= BigInt(this.bytes[addr + i]!) << BigInt(8 * (this.little ? i : size - 1 - i))
    }
    return value
  }

  private write(addr: number, value: bigint, size: number): void {
    this.calls.push(`w${size}@${addr}`)
    for (let i = 0; i < size; i++) {
      this.bytes[addr + i] = Number((value >> BigInt(8 * (this.little ? i : size - 1 - i))) & 0xffn)
    }
  }
}

const size = fc.constantFrom(1, 2, 4, 8)
const range = fc
  .tuple(size, size)
  .map(([a, b]) => ({ minAccessSize: Math.min(a, b), maxAccessSize: Math.max(a, b) }))
const rules = fc.record({
  endianness: fc.constantFrom('little' as const, 'big' as const),
  impl: fc.tuple(range, fc.boolean()).map(([sizes, unaligned]) => ({ ...sizes, unaligned })),
  valid: fc.tuple(range, fc.boolean()).map(([sizes, unaligned]) => ({ ...sizes, unaligned })),
})

describe('access to a device', () => {
  it('under any rules reads and writes the bytes that a model does', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(rules, fc.nat(SIZE - 13), bytes, (rule, addr, data) => {
        const dev = new ByteDevice(rule)
        const expectedRead = new Uint8Array(data.length)
        const expectedBytes = dev.bytes.slice()
        let expectedResult = MEMTX_OK
        for (let done = 0; done < data.length;) {
          const at = addr + done
          const length = memoryAccessSize(dev.mr, data.length - done, at)
          const aligned = at % length === 0 || rule.valid.unaligned
          if (aligned && length >= rule.valid.minAccessSize) {
            expectedRead.set(dev.bytes.subarray(at, at + length), done)
            // A device whose registers are wider than the access gets the rest as zeros.
            const wide = Math.max(length, rule.impl.minAccessSize)
            expectedBytes.fill(0, at, at + wide)
            expectedBytes.set(data.subarray(done, done + length), at)
          } else {
            expectedResult = MEMTX_DECODE_ERROR
          }
          done += length
        }
        const read = new Uint8Array(data.length).fill(0xee)
        expect(access.addressSpaceRead(dev.as, addr, read)).toBe(expectedResult)
        expect(read).toEqual(expectedRead)
        expect(access.addressSpaceWrite(dev.as, addr, data)).toBe(expectedResult)
        expect(dev.bytes).toEqual(expectedBytes)
        for (const call of dev.calls) {
          const [, width, at] = /^.(\d)@(\d+)$/.exec(call)!.map(Number)
          expect(width).toBeGreaterThanOrEqual(rule.impl.minAccessSize)
          expect(width).toBeLessThanOrEqual(rule.impl.maxAccessSize)
          if (!rule.impl.unaligned && rule.impl.minAccessSize === 1) expect(at! % width!).toBe(0)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('by load and store does what reading and writing bytes does', () => {
    fc.assert(
      fc.property(
        rules,
        fc.nat(SIZE - 13),
        fc.constantFrom(1 as const, 2 as const, 4 as const),
        fc.nat(),
        (rule, addr, n, value) => {
          const one = new ByteDevice(rule)
          const two = new ByteDevice(rule)
          const bytes = new Uint8Array(8)
          const view = new DataView(bytes.buffer)
          const readResult = access.addressSpaceRead(two.as, addr, bytes.subarray(0, n))
          expect(access.addressSpaceLoad(one.as, addr, n)).toBe(view.getUint32(0, true))
          expect(one.as.lastResult).toBe(readResult)
          view.setUint32(0, value, true)
          const writeResult = access.addressSpaceWrite(two.as, addr, bytes.subarray(0, n))
          expect(access.addressSpaceStore(one.as, addr, value, n)).toBe(writeResult)
          expect(one.calls).toEqual(two.calls)
          expect(one.bytes).toEqual(two.bytes)
          expect(one.as.unassigned).toEqual(two.as.unassigned)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['little', 0x44332211, ['r1@0', 'r1@1', 'r1@2', 'r1@3']],
    ['big', 0x44332211, ['r1@0', 'r1@1', 'r1@2', 'r1@3']],
  ] as const)(
    'of 4 bytes to a %s-endian device of single bytes is four accesses',
    (endianness, value, calls) => {
      const dev = new ByteDevice({ endianness, impl: { maxAccessSize: 1 } })
      dev.bytes.set([0x11, 0x22, 0x33, 0x44])
      expect(access.addressSpaceLoad(dev.as, 0, 4)).toBe(value)
      expect(dev.calls).toEqual(calls)
    },
  )

  it('unaligned is split by alignment unless the device takes it', () => {
    const dev = new ByteDevice({ endianness: 'little' })
    access.addressSpaceLoad(dev.as, 1, 4)
    expect(dev.calls).toEqual(['r1@1', 'r2@2', 'r1@4'])
    const brave = new ByteDevice({
      endianness: 'little',
      impl: { unaligned: true },
      valid: { unaligned: true, maxAccessSize: 4 },
    })
    access.addressSpaceLoad(brave.as, 1, 4)
    expect(brave.calls).toEqual(['r4@1'])
  })

  it('of 8 bytes is two of 4 unless the device takes 8', () => {
    const dev = new ByteDevice({ endianness: 'little' })
    const value = access.addressSpaceLoad64(dev.as, 8)
    expect(dev.calls).toEqual(['r4@8', 'r4@12'])
    const wide = new ByteDevice({
      endianness: 'little',
      impl: { maxAccessSize: 8 },
      valid: { maxAccessSize: 8 },
    })
    expect(access.addressSpaceLoad64(wide.as, 8)).toBe(value)
    expect(wide.calls).toEqual(['r8@8'])
    expect(access.addressSpaceStore64(wide.as, 16, 0x8877_6655_4433_2211n)).toBe(MEMTX_OK)
    expect(Array.from(wide.bytes.subarray(16, 18))).toEqual([0x11, 0x22])
    expect(wide.calls).toEqual(['r8@8', 'w8@16'])
  })

  it('that the device refuses reads 0, is counted, and does not reach it', () => {
    const dev = new ByteDevice({
      endianness: 'little',
      valid: { accepts: (addr, _size, isWrite) => addr !== 4 && !isWrite },
    })
    expect(access.addressSpaceLoad(dev.as, 4, 4)).toBe(0)
    expect(dev.as.lastResult).toBe(MEMTX_DECODE_ERROR)
    expect(access.addressSpaceStore(dev.as, 0, 1, 1)).toBe(MEMTX_DECODE_ERROR)
    expect(dev.as.unassigned).toEqual({ reads: 1, writes: 1 })
    expect(dev.calls).toEqual([])
  })

  it('whose read gives more than was asked for gives the bytes asked for', () => {
    const mr = new MemoryRegion()
    memoryRegionInitIo(mr, null, { read: () => -1, write: () => undefined, endianness: 'little' }, 'ones', 8)
    const as = new AddressSpace(mr, 'test')
    expect([1, 2, 4].map((n) => access.addressSpaceLoad(as, 0, n as 1 | 2 | 4))).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ])
    expect(access.addressSpaceLoad64(as, 0)).toBe(0xffff_ffff_ffff_ffffn)
  })

  it('is not cut where another region begins inside it, as registers of PC chipsets overlap', () => {
    const dev = new ByteDevice({ endianness: 'little' })
    expect(access.addressSpaceLoad(dev.as, SIZE - 2, 2)).not.toBe(0)
    expect(dev.calls).toEqual([`r2@${SIZE - 2}`])
  })
})
