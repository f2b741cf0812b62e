// SPDX-License-Identifier: GPL-2.0-or-later
//
// Exits made by hand in the bytes of struct kvm_run. KVM API 5.
import { type CPUState, SystemState } from '@dromaius/cpus'
import { MemoryRegion, memoryRegionAddSubregion, memoryRegionInitIo } from '@dromaius/memory'
import { kvm_run, kvm_run_members, type KvmRun } from '@dromaius/native'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { kvmHandleIo, kvmHandleMmio } from './kvm-io.js'

const PAGE = 4096
const KVM_EXIT_IO_IN = 0
const KVM_EXIT_IO_OUT = 1
const PORT = 0x510
const ADDRESS = 0xd000_0000

type Access = [kind: 'read' | 'write', at: number, value: number | bigint, size: number]

/** Pages as a vCPU shares them, with all that the handlers use. */
function pages(): KvmRun {
  const bytes = new Uint8Array(3 * PAGE)
  const io = kvm_run_members.io.view(bytes, kvm_run.size)
  const mmio = kvm_run_members.mmio.view(bytes, kvm_run.size)
  const run = { bytes, words: new Uint32Array(bytes.buffer), view: new DataView(bytes.buffer), io, mmio }
  return run as unknown as KvmRun
}

let accesses: Access[]
/** What the device answers next. */
let answers: bigint[]
let system: SystemState
let cpu: CPUState
let run: KvmRun
beforeEach(() => {
  accesses = []
  answers = []
  system = new SystemState()
  cpu = { system } as CPUState
  run = pages()
})

/** A device at `base` that notes each access; it takes 8 bytes at once if `wide`. */
function device(parent: MemoryRegion, base: number, wide: boolean): void {
  const mr = new MemoryRegion()
  const read = (at: number, size: number): bigint => {
    const value = answers.shift() ?? 0n
    accesses.push(['read', at, value, size])
    return value
  }
  memoryRegionInitIo(
    mr,
    null,
    {
      endianness: 'little',
      read: (at, size) => Number(read(at, size)),
      write: (at, value, size) => void accesses.push(['write', at, value, size]),
      ...(wide && {
        read64: (at: number) => read(at, 8),
        write64: (at: number, value: bigint) => void accesses.push(['write', at, value, 8]),
        impl: { minAccessSize: 1, maxAccessSize: 8, unaligned: true },
      }),
      valid: { minAccessSize: 1, maxAccessSize: 8, unaligned: true },
    },
    'recorder',
    0x1000,
  )
  memoryRegionAddSubregion(parent, base, mr)
}

function ioExit(direction: number, size: number, count: number, port = PORT): void {
  Object.assign(run.io, { direction, size, port, count, data_offset: BigInt(PAGE) })
}
function mmioExit(address: number, data: number[], length: number, isWrite: number): void {
  Object.assign(run.mmio, { phys_addr: BigInt(address), len: length, is_write: isWrite })
  run.mmio.data.set(data)
}

describe('kvmHandleIo', () => {
  it.each([
    [1, [0x8a], 0x8a],
    [2, [0x34, 0xf2], 0xf234],
    [4, [0x78, 0x56, 0x34, 0xf2], 0xf2345678],
  ])('OUT of %d bytes is one write of an unsigned value', (size, data, value) => {
    device(system.systemIo, PORT, false)
    ioExit(KVM_EXIT_IO_OUT, size, 1)
    run.bytes.set(data, PAGE)

    kvmHandleIo(cpu, run)

    expect(accesses).toEqual([['write', 0, value, size]])
  })

  it.each([
    [1, 0x8an, [0x8a, 0, 0, 0]],
    [2, 0xf234n, [0x34, 0xf2, 0, 0]],
    [4, 0xf2345678n, [0x78, 0x56, 0x34, 0xf2]],
  ])('IN of %d bytes is one read into as many bytes', (size, answer, data) => {
    device(system.systemIo, PORT, false)
    answers = [answer]
    ioExit(KVM_EXIT_IO_IN, size, 1)

    kvmHandleIo(cpu, run)

    expect(accesses).toEqual([['read', 0, answer, size]])
    expect([...run.bytes.subarray(PAGE, PAGE + 4)]).toEqual(data)
  })

  it.each([1, 2, 4])('REP OUTS of %d bytes is one write per unit, all at the same port', (size) => {
    device(system.systemIo, PORT - 8, false)
    ioExit(KVM_EXIT_IO_OUT, size, 3)
    for (let i = 0; i < 3 * size; i++) run.bytes[PAGE + i] = i % size === 0 ? i / size + 1 : 0

    kvmHandleIo(cpu, run)

    expect(accesses).toEqual([
      ['write', 8, 1, size],
      ['write', 8, 2, size],
      ['write', 8, 3, size],
    ])
  })

  it.each([1, 2, 4])('REP INS of %d bytes is one read per unit, one after the other in the data', (size) => {
    device(system.systemIo, PORT, false)
    answers = [7n, 8n, 9n]
    ioExit(KVM_EXIT_IO_IN, size, 3)

    kvmHandleIo(cpu, run)

    expect([0, 1, 2].map((i) => run.bytes[PAGE + i * size])).toEqual([7, 8, 9])
    expect(accesses.map(([, at]) => at)).toEqual([0, 0, 0])
  })

  it('no more than a page of data is touched by the longest string that the kernel makes', () => {
    device(system.systemIo, PORT, false)
    ioExit(KVM_EXIT_IO_IN, 1, PAGE)
    answers = Array.from({ length: PAGE }, () => 0xffn)

    kvmHandleIo(cpu, run)

    expect(run.bytes[2 * PAGE - 1]).toBe(0xff)
    expect(run.bytes.subarray(2 * PAGE).every((byte) => byte === 0)).toBe(true)
  })

  it('a port that nobody answers reads as all ones, and takes writes', () => {
    ioExit(KVM_EXIT_IO_IN, 4, 1, 0xfff0)
    kvmHandleIo(cpu, run)
    expect([...run.bytes.subarray(PAGE, PAGE + 4)]).toEqual([255, 255, 255, 255])

    ioExit(KVM_EXIT_IO_OUT, 4, 2, 0xfff0)
    expect(() => kvmHandleIo(cpu, run)).not.toThrow()
  })

  it('what lies beyond the last port reads as 0, as in QEMU', () => {
    ioExit(KVM_EXIT_IO_IN, 4, 1, 0xffff)

    kvmHandleIo(cpu, run)

    expect([...run.bytes.subarray(PAGE, PAGE + 4)]).toEqual([255, 0, 0, 0])
  })

  it('any direction, size, port and count that the kernel can give does no harm', () => {
    device(system.systemIo, PORT, false)
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.constantFrom(1, 2, 4),
        fc.nat(0xffff),
        fc.nat(64),
        (direction, size, port, count) => {
          ioExit(direction, size, count, port)
          kvmHandleIo(cpu, run)
        },
      ),
    )
  })
})

describe('kvmHandleMmio', () => {
  it.each([
    [1, [0x8a], 0x8a],
    [2, [0x34, 0xf2], 0xf234],
    [4, [0x78, 0x56, 0x34, 0xf2], 0xf2345678],
    [8, [8, 7, 6, 5, 4, 3, 2, 0xf1], 0xf102_0304_0506_0708n],
  ])('write of %d bytes is one write of an unsigned value', (length, data, value) => {
    device(system.systemMemory, ADDRESS, true)
    mmioExit(ADDRESS + 0x10, data, length, 1)

    kvmHandleMmio(system, run)

    expect(accesses).toEqual([['write', 0x10, value, length]])
  })

  it.each([
    [1, 0x8an, [0x8a]],
    [2, 0xf234n, [0x34, 0xf2]],
    [4, 0xf2345678n, [0x78, 0x56, 0x34, 0xf2]],
    [8, 0xf102_0304_0506_0708n, [8, 7, 6, 5, 4, 3, 2, 0xf1]],
  ])('read of %d bytes fills as many bytes of the exit', (length, answer, data) => {
    device(system.systemMemory, ADDRESS, true)
    answers = [answer]
    mmioExit(ADDRESS, [0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee], length, 0)

    kvmHandleMmio(system, run)

    expect(accesses).toEqual([['read', 0, answer, length]])
    expect([...run.mmio.data]).toEqual([...data, ...Array.from({ length: 8 - length }, () => 0xee)])
  })

  it.each([3, 5, 6, 7])(
    'write of %d bytes, at the end of a page, reaches the device in pieces that add up',
    (length) => {
      device(system.systemMemory, ADDRESS, false)
      const data = [1, 2, 3, 4, 5, 6, 7].slice(0, length)
      mmioExit(ADDRESS + 1, data, length, 1)

      kvmHandleMmio(system, run)

      const seen = new Map<number, number>()
      for (const [, at, value, size] of accesses) {
        for (let i = 0; i < size; i++) seen.set(at + i, Math.floor(Number(value) / 256 ** i) % 256)
      }
      expect([...seen].sort((a, b) => a[0] - b[0])).toEqual(data.map((byte, i) => [1 + i, byte]))
      expect(accesses.reduce((sum, [, , , size]) => sum + size, 0)).toBe(length)
    },
  )

  it.each([3, 5, 7])('read of %d bytes leaves the bytes behind alone', (length) => {
    device(system.systemMemory, ADDRESS, false)
    answers = Array.from({ length: 8 }, () => 0n)
    mmioExit(ADDRESS, [0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee], length, 0)

    kvmHandleMmio(system, run)

    expect([...run.mmio.data]).toEqual([
      ...Array.from({ length }, () => 0),
      ...Array.from({ length: 8 - length }, () => 0xee),
    ])
  })

  it('an 8-byte access to a device that takes 4 is two accesses, low half first', () => {
    device(system.systemMemory, ADDRESS, false)
    mmioExit(ADDRESS, [8, 7, 6, 5, 4, 3, 2, 0xf1], 8, 1)

    kvmHandleMmio(system, run)

    expect(accesses).toEqual([
      ['write', 0, 0x05060708, 4],
      ['write', 4, 0xf1020304, 4],
    ])
  })

  it('addresses above 4 GiB arrive whole', () => {
    device(system.systemMemory, 2 ** 40, true)
    mmioExit(2 ** 40 + 0xff8, [1], 1, 1)

    kvmHandleMmio(system, run)

    expect(accesses).toEqual([['write', 0xff8, 1, 1]])
  })

  it('memory that nobody answers reads as 0, wherever the 52-bit address is', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 52n - 8n }),
        fc.integer({ min: 1, max: 8 }),
        (address, length) => {
          mmioExit(0, [1, 2, 3, 4, 5, 6, 7, 8], length, 0)
          run.mmio.phys_addr = address
          kvmHandleMmio(system, run)
          expect(run.mmio.data.subarray(0, length).every((byte) => byte === 0)).toBe(true)
        },
      ),
    )
  })
})
