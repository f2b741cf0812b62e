// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { BIOSLinker, biosLinkerLoaderRun } from './bios-linker-loader.js'

describe('the linker', () => {
  it('commands are 128 bytes each, and allocations come first, the last of them in front', () => {
    const linker = new BIOSLinker()
    linker.alloc('a', [0, 0, 0, 0], 64, false)
    linker.addPointer('a', 0, 4, 'a', 2)
    linker.alloc('b', [1], 16, true)
    const blob = Buffer.from(linker.cmdBlob)

    expect(blob).toHaveLength(3 * 128)
    expect([0, 1, 2].map((index) => blob.readUInt32LE(index * 128))).toEqual([1, 1, 2])
    expect([blob[4], blob[128 + 4]]).toEqual(['b'.charCodeAt(0), 'a'.charCodeAt(0)])
    // Alignment and zone of the first: 16 bytes, below 1 MiB.
    expect([blob.readUInt32LE(60), blob[64]]).toEqual([16, 2])
  })

  it('run without firmware, it places files, adds their addresses to pointers, and makes sums 0', () => {
    const linker = new BIOSLinker()
    linker.alloc('table', [0, 0, 0, 0, 0, 0, 0, 0, 7, 0xee], 64, false)
    linker.addPointer('table', 0, 8, 'table', 4)
    linker.addChecksum('table', 0, 10, 9)
    linker.alloc('root', [0, 0, 0, 0], 16, true)
    linker.addPointer('root', 0, 4, 'table', 8)
    const [root, table] = biosLinkerLoaderRun(linker, 0xe0000)

    expect([root!.name, root!.addr, table!.name, table!.addr]).toEqual(['root', 0xe0000, 'table', 0xe0040])
    expect(Buffer.from(root!.data).readUInt32LE()).toBe(0xe0048)
    expect(Number(Buffer.from(table!.data).readBigUInt64LE())).toBe(0xe0044)
    expect(table!.data.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0)
  })
})
