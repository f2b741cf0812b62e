// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Aml,
  amlAppend,
  amlBlock,
  amlDevice,
  amlEisaid,
  amlInt,
  amlIo,
  amlIrqNoFlags,
  amlName,
  amlNameDecl,
  amlPackage,
  amlResourceTemplate,
  amlScope,
  amlString,
} from './index.js'

const bytesOf = (term: Aml): number[] => {
  const block = amlBlock()
  amlAppend(block, term)
  return block.buf
}

describe('AML', () => {
  it.each<[number | bigint, number[]]>([
    [0, [0x00]],
    [1, [0x01]],
    [0xff, [0x0a, 0xff]],
    [0x1234, [0x0b, 0x34, 0x12]],
    [0x12345678, [0x0c, 0x78, 0x56, 0x34, 0x12]],
    [0x123456789n, [0x0e, 0x89, 0x67, 0x45, 0x23, 1, 0, 0, 0]],
  ])('the integer %s takes the shortest form', (value, bytes) => {
    expect(bytesOf(amlInt(value))).toEqual(bytes)
  })

  it.each<[string, number[]]>([
    ['\\', [0x5c, 0]],
    ['A', [0x41, 0x5f, 0x5f, 0x5f]],
    ['\\_SB.PCI0', [0x5c, 0x2e, ...Buffer.from('_SB_PCI0')]],
    ['^A.B.C', [0x5e, 0x2f, 3, ...Buffer.from('A___B___C___')]],
  ])('the name %s has segments of four letters', (name, bytes) => {
    expect(bytesOf(amlName(name))).toEqual(bytes)
  })

  it('an EISA id is compressed to 32 bits', () => {
    expect(bytesOf(amlEisaid('PNP0501'))).toEqual([0x0c, 0x41, 0xd0, 0x05, 0x01])
    expect(() => amlEisaid('PNP05')).toThrow(/no EISA id/)
  })

  it('a resource template is a buffer that ends with an end tag', () => {
    const crs = amlResourceTemplate()
    amlAppend(crs, amlIo(0x3f8, 0, 8))
    amlAppend(crs, amlIrqNoFlags(4))

    expect(bytesOf(crs)).toEqual([
      ...[0x11, 0x10, 0x0a, 0x0d],
      ...[0x47, 1, 0xf8, 3, 0xf8, 3, 0, 8],
      ...[0x22, 0x10, 0],
      ...[0x79, 0],
    ])
  })

  it('terms nest, and each knows its length', () => {
    const device = amlDevice('DEV')
    amlAppend(device, amlNameDecl('_UID', amlInt(1)))
    const scope = amlScope('_SB')
    amlAppend(scope, device)

    expect(bytesOf(scope)).toEqual([
      ...[0x10, 18, ...Buffer.from('_SB_')],
      ...[0x5b, 0x82, 11, ...Buffer.from('DEV_')],
      ...[0x08, ...Buffer.from('_UID'), 1],
    ])
  })

  it('property: a package’s length counts itself and all that it holds', () => {
    fc.assert(
      fc.property(fc.nat(70_000), (length) => {
        const pkg = amlPackage(1)
        amlAppend(pkg, amlString('x'.repeat(length)))
        const [op, first, ...rest] = bytesOf(pkg)
        const more = first! >> 6
        const size =
          more === 0
            ? first!
            : rest.slice(0, more).reduce((sum, byte, n) => sum + byte * 2 ** (4 + 8 * n), first! & 0xf)

        expect(op).toBe(0x12)
        expect(size).toBe(rest.length + 1)
      }),
      { numRuns: 30 },
    )
  })
})
