// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { array, ListType, s32, s64, StructType, u16, u32, u64, u8 } from './struct.js'

const inner = new StructType('inner', { a: u8, b: u32 })
const outer = new StructType('outer', {
  first: u8,
  wide: u64,
  half: u16,
  nested: inner,
  list: array(inner, 2),
  bytes8: array(u8, 3),
  words: array(u16, 2),
  signed: s32,
  wideSigned: s64,
})
const list = new ListType(new StructType('list', { count: u32, pad: u32 }), 'count', inner)

describe('StructType', () => {
  it('layout follows the x86-64 rules of alignment', () => {
    expect(inner).toMatchObject({ size: 8, align: 4, offsets: { a: 0, b: 4 } })
    expect(outer.offsets).toEqual({
      first: 0,
      wide: 8,
      half: 16,
      nested: 20,
      list: 28,
      bytes8: 44,
      words: 48,
      signed: 52,
      wideSigned: 56,
    })
    expect(outer).toMatchObject({ size: 64, align: 8 })
  })

  it('alloc gives zeroed fields of the types that the table says', () => {
    const view = outer.alloc()

    expect(view.bytes).toEqual(new Uint8Array(64))
    expect(view.first).toBe(0)
    expect(view.wide).toBe(0n)
    expect(view.nested.b).toBe(0)
    expect(view.list).toHaveLength(2)
    expect(view.bytes8).toEqual(new Uint8Array(3))
    expect([...view.words]).toEqual([0, 0])
  })

  it('fields written are little-endian in the bytes', () => {
    const view = outer.alloc()

    view.wide = 0x0102_0304_0506_0708n
    view.half = 0xabcd
    view.list[1].b = 0x11223344
    view.words[1] = 0xbeef
    view.signed = -2

    expect([...view.bytes.subarray(8, 16)]).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    expect([...view.bytes.subarray(16, 18)]).toEqual([0xcd, 0xab])
    expect([...view.bytes.subarray(40, 44)]).toEqual([0x44, 0x33, 0x22, 0x11])
    expect([...view.bytes.subarray(50, 52)]).toEqual([0xef, 0xbe])
    expect([...view.bytes.subarray(52, 56)]).toEqual([0xfe, 0xff, 0xff, 0xff])
  })

  it('view shows memory at an offset and shares it', () => {
    const memory = new Uint8Array(24)
    const view = inner.view(memory, 9)

    view.b = 0xffffffff
    memory[9] = 7

    expect(view.a).toBe(7)
    expect([...memory.subarray(13, 17)]).toEqual([255, 255, 255, 255])
  })

  it('view over memory that is itself a window counts from the window', () => {
    const memory = new Uint8Array(32)
    const view = inner.view(memory.subarray(16))

    view.a = 5

    expect(memory[16]).toBe(5)
  })

  it('view that reaches beyond the memory throws a RangeError', () => {
    expect(() => outer.view(new Uint8Array(63))).toThrow(RangeError)
    expect(() => inner.view(new Uint8Array(16), 9)).toThrow('struct inner does not fit')
  })

  it('integers written and read back keep their value modulo their width', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), fc.integer(), (wide, word) => {
        const view = outer.alloc()
        view.wide = wide
        view.wideSigned = wide
        view.signed = word
        view.nested.b = word
        view.half = word
        expect(view.wide).toBe(BigInt.asUintN(64, wide))
        expect(view.wideSigned).toBe(BigInt.asIntN(64, wide))
        expect(view.signed).toBe(word | 0)
        expect(view.nested.b).toBe(word >>> 0)
        expect(view.half).toBe(word & 0xffff)
      }),
    )
  })
})

describe('ListType', () => {
  it('allocWith has the count set and the entries behind the header', () => {
    const view = list.allocWith(3)

    view.entries[2].b = 0x01020304

    expect(view.count).toBe(3)
    expect(view.entries).toHaveLength(3)
    expect(view.bytes).toHaveLength(8 + 3 * 8)
    expect([...view.bytes.subarray(28, 32)]).toEqual([4, 3, 2, 1])
  })

  it('allocWith(0) is the header alone', () => {
    expect(list.allocWith(0)).toMatchObject({ count: 0, entries: [], bytes: new Uint8Array(8) })
  })
})
