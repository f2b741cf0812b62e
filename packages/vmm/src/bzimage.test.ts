// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tinyBzImage } from '../test/kernels.js'
import { buildBootParams } from './boot-params.js'
import { isBzImage, parseBzImage } from './bzimage.js'

const changed = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = tinyBzImage([0xf4])
  change(bytes)
  return bytes
}

describe('parseBzImage', () => {
  it('tells setup code and kernel apart and reads what the header says', () => {
    const image = parseBzImage(tinyBzImage([0xf4]), 'k')

    expect(image).toMatchObject({ protocol: 0x20f, loadedHigh: true, entry64: true, headerEnd: 0x268 })
    expect(image).toMatchObject({ initrdAddrMax: 0xffffffff, cmdlineMax: 2047, runAddress: 0x100000 })
    expect(image.setup).toHaveLength(5 * 512)
    expect(image.kernel[0x200]).toBe(0xf4)
  })

  it('a setup size of 0 stands for four sectors', () => {
    expect(
      parseBzImage(
        changed((b) => (b[0x1f1] = 0)),
        'k',
      ).setup,
    ).toHaveLength(5 * 512)
  })

  it('a kernel that may not be above 4 GiB says itself where its RAM disk may be', () => {
    expect(parseBzImage(tinyBzImage([], { xloadflags: 1 }), 'k').initrdAddrMax).toBe(0x7fffffff)
    expect(parseBzImage(tinyBzImage([], { protocol: 0x202 }), 'k').initrdAddrMax).toBe(0x37ffffff)
  })

  it.each<[string, Buffer, RegExp]>([
    ['a file that ends in the header', tinyBzImage([]).subarray(0, 0x230), /truncated: 560 bytes/],
    ['a file that ends in the setup code', tinyBzImage([]).subarray(0, 2560), /truncated: its setup code/],
    [
      'a file that ends in the kernel',
      changed((b) => b.writeUInt32LE(0x1000, 0x1f4)),
      /truncated: its kernel/,
    ],
    ['no boot sector', changed((b) => b.writeUInt16LE(0, 0x1fe)), /no boot sector signature/],
    ['an old protocol', tinyBzImage([], { protocol: 0x100 }), /protocol 0x100, expected/],
  ])('%s is refused', (_what, file, message) => {
    expect(() => parseBzImage(file, 'k')).toThrow(message)
  })

  it('property: any header gives an image within the file or one UserError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0x80, maxLength: 0x80 }), fc.nat(3200), (header, length) => {
        const bytes = tinyBzImage([0xf4])
        bytes.set(header.subarray(0, 0x0f), 0x1f1)
        bytes.set(header.subarray(0x0f), 0x206)
        const file = bytes.subarray(0, length)
        if (!isBzImage(file)) return
        try {
          const { setup, kernel, headerEnd } = parseBzImage(file, 'k')
          expect(setup.length + kernel.length).toBe(file.length)
          expect(headerEnd).toBeLessThanOrEqual(setup.length)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})

describe('buildBootParams', () => {
  const image = parseBzImage(tinyBzImage([]), 'k')
  const seed = new Uint8Array(32).fill(7)
  const blobs = buildBootParams({
    setup: image.setup,
    headerEnd: image.headerEnd,
    cmdline: Buffer.from('quiet\0'),
    videoMode: 0xffff,
    memmap: [{ addr: 0, size: 0x9fc00, type: 1 }],
    initrd: { addr: 0x7000000, size: 5 },
    rsdp: 0xe0000,
    seed,
  })
  const at = (addr: number): Buffer => Buffer.from(blobs.find((blob) => blob.addr === addr)!.data)
  const page = at(0x10000)

  it('takes over the header and adds what the loader has to', () => {
    expect(page.toString('latin1', 0x202, 0x206)).toBe('HdrS')
    expect(page[0x210]).toBe(0xb0)
    expect(page.readUInt16LE(0x1fa)).toBe(0xffff)
    expect(at(page.readUInt32LE(0x228)).toString()).toBe('quiet\0')
    expect([page.readUInt32LE(0x218), page.readUInt32LE(0x21c)]).toEqual([0x7000000, 5])
    expect(Number(page.readBigUInt64LE(0x70))).toBe(0xe0000)
    expect([page[0x1e8], Number(page.readBigUInt64LE(0x2d8)), page.readUInt32LE(0x2e0)]).toEqual([
      1, 0x9fc00, 1,
    ])
  })

  it('setup_data holds the random bytes', () => {
    const header = at(Number(page.readBigUInt64LE(0x250)))
    expect([Number(header.readBigUInt64LE(0)), header.readUInt32LE(8), header.readUInt32LE(12)]).toEqual([
      0, 9, 32,
    ])
    expect(at(0x11010)[0]).toBe(7)
  })

  it('the page tables map the first 4 GiB to themselves', () => {
    const tables = at(0x9000)
    expect(Number(tables.readBigUInt64LE(0))).toBe(0xa003)
    expect(Number(tables.readBigUInt64LE(0x1000 + 3 * 8))).toBe(0xe003)
    expect(Number(tables.readBigUInt64LE(0x2000 + 2047 * 8))).toBe(0xffe00083)
  })
})
