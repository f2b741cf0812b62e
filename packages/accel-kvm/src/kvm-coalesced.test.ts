// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ring that the kernel fills, made by hand. KVM API 4.116
import { SystemState } from '@dromaius/cpus'
import { MemoryRegion, memoryRegionAddSubregion, memoryRegionInitIo } from '@dromaius/memory'
import type { KvmRun } from '@dromaius/native'
import { beforeEach, expect, it } from 'vitest'
import { KvmCoalescedRing } from './kvm-coalesced.js'
import type { KVMState } from './kvm-state.js'

const PAGE = 4096
/** The ring stands in page 2 of the shared pages, as on x86. */
const RING_PAGE = 2
const ENTRY = 24
/** KVM_COALESCED_MMIO_MAX: (4096 - 8) / 24 */
const ENTRIES = 170

let system: SystemState
let bytes: Uint8Array
let view: DataView
let ring: KvmCoalescedRing
let writes: string[]
/** Called with each write, before it is noted. */
let onWrite: () => void

beforeEach(() => {
  system = new SystemState()
  bytes = new Uint8Array(3 * PAGE)
  view = new DataView(bytes.buffer, RING_PAGE * PAGE)
  writes = []
  onWrite = () => {}
  const s = { system, coalescedMmio: RING_PAGE } as KVMState
  ring = new KvmCoalescedRing({ bytes } as KvmRun, s)
  for (const [parent, name] of [
    [system.systemMemory, 'mmio'],
    [system.systemIo, 'pio'],
  ] as const) {
    const mr = new MemoryRegion()
    memoryRegionInitIo(
      mr,
      null,
      {
        endianness: 'little',
        read: () => 0,
        write: (at, value, size) => {
          onWrite()
          writes.push(`${name} ${at.toString(16)} ${size}:${value.toString(16)}`)
        },
        valid: { minAccessSize: 1, maxAccessSize: 8, unaligned: true },
      },
      name,
      0x1000,
    )
    memoryRegionAddSubregion(parent, 0x4000, mr)
  }
})

/** Puts a write into entry `index`, as the kernel does. */
function entry(index: number, address: number, length: number, data: bigint, pio = 0): void {
  const at = 8 + index * ENTRY
  view.setBigUint64(at, BigInt(address), true)
  view.setUint32(at + 8, length, true)
  view.setUint32(at + 12, pio, true)
  view.setBigUint64(at + 16, data, true)
}
const indices = (first: number, last: number): void => {
  view.setUint32(0, first, true)
  view.setUint32(4, last, true)
}
const first = (): number => view.getUint32(0, true)

it('an empty ring delivers nothing', () => {
  ring.flush()

  expect(writes).toEqual([])
})

it('writes are delivered oldest first, by size and address space', () => {
  entry(0, 0x4000, 1, 0x11n)
  entry(1, 0x4002, 2, 0x2222n, 1)
  entry(2, 0x4004, 4, 0xf3333333n)
  indices(0, 3)

  ring.flush()
  ring.flush()

  expect(writes).toEqual(['mmio 0 1:11', 'pio 2 2:2222', 'mmio 4 4:f3333333'])
  expect(first()).toBe(3)
})

it('8 bytes to a device that takes 4 are two writes', () => {
  entry(0, 0x4008, 8, 0x1111_2222_3333_4444n)
  indices(0, 1)

  ring.flush()

  expect(writes).toEqual(['mmio 8 4:33334444', 'mmio c 4:11112222'])
})

it('bytes beyond the length are not part of the value', () => {
  entry(0, 0x4000, 1, 0xdead_beef_cafe_ba77n)
  indices(0, 1)

  ring.flush()

  expect(writes).toEqual(['mmio 0 1:77'])
})

it('wraps around after the last entry', () => {
  entry(ENTRIES - 2, 0x4000, 1, 1n)
  entry(ENTRIES - 1, 0x4000, 1, 2n)
  entry(0, 0x4000, 1, 3n)
  indices(ENTRIES - 2, 1)

  ring.flush()

  expect(writes).toEqual(['mmio 0 1:1', 'mmio 0 1:2', 'mmio 0 1:3'])
  expect(first()).toBe(1)
})

it('a full ring is delivered whole', () => {
  for (let i = 0; i < ENTRIES - 1; i++) entry((5 + i) % ENTRIES, 0x4000, 1, BigInt(i & 0xff))
  indices(5, (5 + ENTRIES - 1) % ENTRIES)

  ring.flush()

  expect(writes).toHaveLength(ENTRIES - 1)
  expect(writes.at(-1)).toBe(`mmio 0 1:${(ENTRIES - 2).toString(16)}`)
})

it('what the kernel adds during delivery is delivered too', () => {
  entry(0, 0x4000, 1, 1n)
  indices(0, 1)
  onWrite = () => {
    onWrite = () => {}
    entry(1, 0x4001, 1, 2n)
    view.setUint32(4, 2, true)
  }

  ring.flush()

  expect(writes).toEqual(['mmio 0 1:1', 'mmio 1 1:2'])
})

it('a device that makes a delivery in its write does not get the same write twice', () => {
  entry(0, 0x4000, 1, 1n)
  entry(1, 0x4000, 1, 2n)
  indices(0, 2)
  onWrite = () => {
    onWrite = () => {}
    ring.flush()
  }

  ring.flush()

  expect(writes.toSorted()).toEqual(['mmio 0 1:1', 'mmio 0 1:2'])
})
