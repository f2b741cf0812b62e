// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import type { ElfFile } from './elf.js'
import {
  buildPvhStartInfo,
  PVH_CMDLINE_ADDR,
  PVH_CMDLINE_MAX,
  PVH_START_INFO_ADDR,
  readPvhStartAddr,
} from './pvh.js'

const segments = [{ paddr: 0x100000, memsz: 0x1000, data: new Uint8Array(0) }]
const withNote = (desc: number[]): ElfFile => ({
  bits: 64,
  entry: 0,
  segments,
  notes: [{ name: 'Xen', type: 18, desc: Uint8Array.from(desc) }],
})

describe('readPvhStartAddr', () => {
  it('a note of four or eight bytes gives the address', () => {
    expect(readPvhStartAddr(withNote([0x10, 0, 0x10, 0]), 'k')).toBe(0x100010)
    expect(readPvhStartAddr(withNote([0x10, 0, 0x10, 0, 0, 0, 0, 0]), 'k')).toBe(0x100010)
  })

  it.each<[string, ElfFile, RegExp]>([
    ['no note', { bits: 64, entry: 0, segments, notes: [] }, /no PVH note/],
    [
      "another owner's note",
      { ...withNote([]), notes: [{ name: 'GNU', type: 18, desc: new Uint8Array(8) }] },
      /no PVH/,
    ],
    ['a note of two bytes', withNote([0, 0]), /PVH note of 2 bytes/],
    ['an address outside', withNote([0, 0, 0, 1]), /entered at 0x1000000, outside/],
    ['an address above 4 GiB', withNote([0, 0, 0x10, 0, 1, 0, 0, 0]), /outside its segments/],
  ])('%s is refused', (_what, elf, message) => {
    expect(() => readPvhStartAddr(elf, 'k')).toThrow(message)
  })
})

describe('buildPvhStartInfo', () => {
  const memmap = [{ addr: 0, size: 0x9fc00, type: 1 }]

  it('the structure names command line, module list and memory map', () => {
    const blobs = buildPvhStartInfo({ cmdline: 'a b', memmap, initrd: { addr: 0x700000, size: 5 } })
    const info = blobs.find(({ addr }) => addr === PVH_START_INFO_ADDR)!.data
    const view = new DataView(info.buffer, info.byteOffset, info.byteLength)
    const at = (offset: number): Uint8Array =>
      blobs.find(({ addr }) => addr === Number(view.getBigUint64(offset, true)))!.data

    expect(view.getUint32(0, true)).toBe(0x336ec578)
    expect(view.getUint32(4, true)).toBe(1)
    expect(view.getUint32(12, true)).toBe(1)
    expect(Buffer.from(at(24)).toString()).toBe('a b\0')
    expect(new DataView(at(16).buffer).getBigUint64(0, true)).toBe(0x700000n)
    expect(new DataView(at(16).buffer).getBigUint64(8, true)).toBe(5n)
    expect(new DataView(at(40).buffer).getBigUint64(8, true)).toBe(0x9fc00n)
    expect(view.getUint32(48, true)).toBe(1)
  })

  it('without an initial RAM disk there are no modules', () => {
    const [info] = buildPvhStartInfo({ cmdline: '', memmap })

    expect(new DataView(info!.data.buffer).getUint32(12, true)).toBe(0)
  })

  it('a command line longer than its place is refused', () => {
    expect(() => buildPvhStartInfo({ cmdline: 'x'.repeat(PVH_CMDLINE_MAX), memmap })).toThrow(/^-append: /)
    const blobs = buildPvhStartInfo({ cmdline: 'x'.repeat(PVH_CMDLINE_MAX - 1), memmap })
    expect(blobs.find(({ addr }) => addr === PVH_CMDLINE_ADDR)!.data).toHaveLength(PVH_CMDLINE_MAX)
  })
})
