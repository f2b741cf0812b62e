// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSize, parseUint, parseUint64, sizeToStr } from './cutils.js'

describe('parseSize', () => {
  it.each([
    ['512', 512],
    ['512B', 512],
    ['4k', 4096],
    ['512M', 512 * 2 ** 20],
    ['1.5G', 1.5 * 2 ** 30],
    ['0x1000', 4096],
    ['0x10k', 16 * 1024],
    ['2T', 2 ** 41],
  ])('of %s gives %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it('of a bare number takes the default unit', () => {
    expect(parseSize('256', { default: 'M' })).toBe(256 * 2 ** 20)
    expect(parseSize('256K', { default: 'M' })).toBe(256 * 2 ** 10)
  })

  it.each([
    '',
    'M',
    '-1',
    '1.5',
    '1.5B',
    '12Q',
    '1 G',
    '9000E',
    '9007199254740992',
    '1e3',
    '0x',
    '0x1.8',
    '.5G',
  ])('of %j gives null', (text) => {
    expect(parseSize(text)).toBeNull()
  })

  it('of any text gives null or a safe integer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-fx.]{0,20}[kKmMgG]?$/)), (text) => {
        const bytes = parseSize(text)
        expect(bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true)
      }),
    )
  })
})

describe('parseUint', () => {
  it('reads what C writes', () => {
    expect(parseUint('10')).toBe(10)
    expect(parseUint('0x1F')).toBe(31)
    expect(parseUint('017')).toBe(15)
    expect(parseUint('0')).toBe(0)
  })

  it.each(['', '-1', '+1', '1.0', ' 1', '1 ', '08', '0x', '1_000'])('of %j gives null', (text) => {
    expect(parseUint(text)).toBeNull()
  })

  it('above max gives null', () => {
    expect(parseUint('65535', { max: 0xffff })).toBe(0xffff)
    expect(parseUint('65536', { max: 0xffff })).toBeNull()
    expect(parseUint('9007199254740992')).toBeNull()
  })

  it('of 64 bits is a bigint, of more null', () => {
    expect(parseUint64('0xffffffffffffffff')).toBe(0xffff_ffff_ffff_ffffn)
    expect(parseUint64('0x10000000000000000')).toBeNull()
  })
})

describe('sizeToStr', () => {
  it.each([
    [3, '3 bytes'],
    [1024, '1 KiB'],
    [512 * 2 ** 20, '512 MiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
  ])('of %d is %s', (bytes, text) => {
    expect(sizeToStr(bytes)).toBe(text)
  })
})
