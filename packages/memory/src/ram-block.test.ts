// SPDX-License-Identifier: GPL-2.0-or-later
import { HostError } from '@dromaius/native'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { heapRamAllocator, nativeRamAllocator } from './ram-allocator.js'
import { RAMBlock, type RamAllocator } from './ram-block.js'

const GiB = 2 ** 30

const allocators: [string, RamAllocator][] = [
  ['anonymous', nativeRamAllocator({ kind: 'anonymous' })],
  ['memfd', nativeRamAllocator({ kind: 'memfd' })],
  ['heap', heapRamAllocator],
]

describe.each(allocators)('RAM block on %s memory', (_kind, allocator) => {
  it('of 5 GiB can be reached in every window and across them', () => {
    const block = new RAMBlock('ram', allocator('ram', 5 * GiB))
    try {
      for (const offset of [0, GiB - 2, 2 * GiB - 1, 3 * GiB - 3, 4 * GiB - 2, 5 * GiB - 4]) {
        block.store(offset, 0xdead_beef, 4)
        expect(block.load(offset, 4)).toBe(0xdead_beef)
        block.write(offset, new Uint8Array([1, 2, 3, 4]))
        const bytes = new Uint8Array(4)
        block.read(offset, bytes)
        expect(Array.from(bytes)).toEqual([1, 2, 3, 4])
      }
      expect(() => block.load(5 * GiB - 3, 4)).toThrow()
      expect(() => block.bytesAt(5 * GiB, 1)).toThrow()
    } finally {
      block.free()
    }
  })

  it('that was freed throws on every access, and its windows are empty', () => {
    const block = new RAMBlock('ram', allocator('ram', 8192))
    block.store(0, 1, 4)
    const window = block.bytesAt(0, 16)
    block.free()
    expect(window).toHaveLength(0)
    const freed = new Error('Guest RAM was freed')
    expect(() => block.load(0, 4)).toThrow(freed)
    expect(() => block.load(4094, 4)).toThrow(freed)
    expect(() => block.store(0, 1, 4)).toThrow(freed)
    expect(() => block.read(0, new Uint8Array(1))).toThrow(freed)
    expect(() => block.write(0, new Uint8Array(1))).toThrow(freed)
    expect(() => block.bytesAt(0, 1)).toThrow(freed)
  })
})

describe('native RAM', () => {
  it('has an address that KVM can map, memory on the heap has none', () => {
    const ram = nativeRamAllocator({ kind: 'anonymous' })('ram', 4096)
    expect(ram.hostAddress).toBeGreaterThan(0n)
    ram.free()
    expect(heapRamAllocator('ram', 4096).hostAddress).toBe(0n)
  })

  it('of a file holds what the file holds, and writes reach it when it is shared', () => {
    const dir = mkdtempSync(join(tmpdir(), 'dromaius-ram-'))
    const path = join(dir, 'ram')
    try {
      writeFileSync(path, Buffer.alloc(4096, 0x5a))
      for (const [share, expected] of [
        [false, 0x5a],
        [true, 0x11],
      ] as const) {
        const block = new RAMBlock('ram', nativeRamAllocator({ kind: 'file', path, share })('ram', 4096))
        expect(block.load(9, 1)).toBe(0x5a)
        block.store(9, 0x11, 1)
        block.free()
        expect(readFileSync(path)[9]).toBe(expected)
      }
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('of which there is not enough is an error of the host', () => {
    expect(() => nativeRamAllocator({ kind: 'anonymous' })('ram', 2 ** 50)).toThrow(HostError)
  })
})
