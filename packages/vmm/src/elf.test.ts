// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseElf } from './elf.js'

/** Offsets of the ELF64 header (System V ABI). */
const E_PHOFF = 32
const E_PHENTSIZE = 54
const E_PHNUM = 56
const EHDR_SIZE = 64
const PHDR_SIZE = 56

interface Segment {
  type: number
  paddr: number
  data: Uint8Array
  memsz?: number
}

/** A 64-bit ELF with the given program headers and their bytes one behind the other. */
function elf64(segments: Segment[]): Uint8Array<ArrayBuffer> {
  const dataAt = EHDR_SIZE + segments.length * PHDR_SIZE
  const file = new Uint8Array(dataAt + segments.reduce((sum, { data }) => sum + data.length, 0))
  const view = new DataView(file.buffer)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, 2, true)
  view.setUint16(18, 62, true)
  view.setBigUint64(E_PHOFF, BigInt(EHDR_SIZE), true)
  view.setUint16(E_PHENTSIZE, PHDR_SIZE, true)
  view.setUint16(E_PHNUM, segments.length, true)
  let offset = dataAt
  segments.forEach(({ type, paddr, data, memsz }, index) => {
    const at = EHDR_SIZE + index * PHDR_SIZE
    view.setUint32(at, type, true)
    view.setBigUint64(at + 8, BigInt(offset), true)
    view.setBigUint64(at + 24, BigInt(paddr), true)
    view.setBigUint64(at + 32, BigInt(data.length), true)
    view.setBigUint64(at + 40, BigInt(memsz ?? data.length), true)
    view.setBigUint64(at + 48, 4n, true)
    file.set(data, offset)
    offset += data.length
  })
  return file
}

/** A 32-bit ELF with one segment of four bytes at 1 MiB. */
function elf32(): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(52 + 32 + 4)
  const view = new DataView(file.buffer)
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1])
  view.setUint16(16, 2, true)
  view.setUint16(18, 3, true)
  view.setUint32(24, 0x100002, true)
  view.setUint32(28, 52, true)
  view.setUint16(42, 32, true)
  view.setUint16(44, 1, true)
  ;[1, 84, 0x100000, 0x100000, 4, 16].forEach((value, index) => view.setUint32(52 + index * 4, value, true))
  file.set([1, 2, 3, 4], 84)
  return file
}

const PT_LOAD = 1
const PT_NOTE = 4
const load = (paddr: number, size: number, memsz = size): Segment => ({
  type: PT_LOAD,
  paddr,
  data: new Uint8Array(size).fill(0xab),
  memsz,
})

/** Copies the file and changes 16, 32 or 64 bits of it. */
function patched(file: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = file.slice()
  change(new DataView(copy.buffer))
  return copy
}

describe('parseElf', () => {
  it('a 64-bit file gives its segments by ascending address', () => {
    const { bits, segments } = parseElf(elf64([load(0x200000, 8, 100), load(0x100000, 4)]), 'k')

    expect(bits).toBe(64)
    expect(segments.map(({ paddr, memsz, data }) => [paddr, memsz, data.length])).toEqual([
      [0x100000, 4, 4],
      [0x200000, 100, 8],
    ])
  })

  it('a 32-bit file gives entry and segment', () => {
    const { bits, entry, segments } = parseElf(elf32(), 'k')

    expect({ bits, entry }).toEqual({ bits: 32, entry: 0x100002 })
    expect(segments).toEqual([{ paddr: 0x100000, memsz: 16, data: Uint8Array.of(1, 2, 3, 4) }])
  })

  it('a note is found with its padding left out', () => {
    const note = Uint8Array.of(
      4,
      0,
      0,
      0,
      5,
      0,
      0,
      0,
      18,
      0,
      0,
      0,
      0x58,
      0x65,
      0x6e,
      0,
      1,
      2,
      3,
      4,
      5,
      0,
      0,
      0,
    )
    const { notes } = parseElf(elf64([load(0x100000, 4), { type: PT_NOTE, paddr: 0, data: note }]), 'k')

    expect(notes).toEqual([{ name: 'Xen', type: 18, desc: Uint8Array.of(1, 2, 3, 4, 5) }])
  })

  const good = elf64([load(0x100000, 16)])
  const badNote = Uint8Array.of(4, 0, 0, 0, 99, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0)
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /is empty/],
    ['a text', Buffer.from('#!/bin/sh\n'), /is not an ELF file/],
    ['the magic alone', good.subarray(0, 4), /is truncated/],
    ['half a header', good.subarray(0, 40), /is truncated/],
    ['an unknown class', patched(good, (v) => v.setUint8(4, 3)), /unknown ELF class 3/],
    ['big-endian', patched(good, (v) => v.setUint8(5, 2)), /not little-endian/],
    ['another version', patched(good, (v) => v.setUint8(6, 9)), /unknown ELF version 9/],
    ['an object file', patched(good, (v) => v.setUint16(16, 1, true)), /not an executable \(ELF type 1\)/],
    ['an ARM file', patched(good, (v) => v.setUint16(18, 183, true)), /not for x86 \(ELF machine 183\)/],
    ['no program headers', patched(good, (v) => v.setUint16(E_PHNUM, 0, true)), /no program headers/],
    ['too many program headers', patched(good, (v) => v.setUint16(E_PHNUM, 0xffff, true)), /too many/],
    ['odd program headers', patched(good, (v) => v.setUint16(E_PHENTSIZE, 8, true)), /headers of 8 bytes/],
    ['headers outside', patched(good, (v) => v.setBigUint64(E_PHOFF, 1n << 63n, true)), /is truncated/],
    ['a segment outside', good.subarray(0, good.length - 1), /is truncated: segment 0 ends/],
    ['more file than memory', elf64([load(0x100000, 16, 8)]), /more bytes of segment 0/],
    ['an address that wraps', elf64([load(2 ** 52, 16)]), /beyond the end of physical memory/],
    ['overlapping segments', elf64([load(0x100000, 16), load(0x10000f, 1)]), /overlapping segments/],
    ['nothing to load', elf64([load(0x100000, 0)]), /nothing to load/],
    [
      'a note outside',
      elf64([load(0, 1), { type: PT_NOTE, paddr: 0, data: badNote }]),
      /bad note in segment 1/,
    ],
  ])('%s is refused', (_what, file, message) => {
    expect(() => parseElf(file, 'k')).toThrow(UserError)
    expect(() => parseElf(file, 'k')).toThrow(/^k: [^\n]+$/)
    expect(() => parseElf(file, 'k')).toThrow(message)
  })

  const hello = (): Uint8Array => readFileSync(new URL('../../../guests/build/hello.elf', import.meta.url))

  it('any bytes give a file or a UserError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, magic) => {
        const file = magic ? Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...bytes) : bytes
        expectFileOrUserError(file)
      }),
    )
  })

  it('a real kernel with changed bytes gives a file or a UserError', () => {
    const original = hello()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(original.length),
        (changes, length) => {
          const file = Uint8Array.from(original)
          for (const [at, value] of changes) file[at] = value
          expectFileOrUserError(file.subarray(0, Math.max(length, 64)))
        },
      ),
      { numRuns: 300 },
    )
  })
})

function expectFileOrUserError(file: Uint8Array): void {
  try {
    for (const { data, memsz } of parseElf(file, 'k').segments) expect(data.length).toBeLessThanOrEqual(memsz)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect(error.message).not.toContain('\n')
  }
}
