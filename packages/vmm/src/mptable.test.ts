// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildMpTable, MP_FLOATING_POINTER_ADDR } from './mptable.js'

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0)
const processor = (apicId: number) => ({
  apicId,
  boot: apicId === 0,
  signature: 0x60fb1,
  features: 0x178bfbfd,
})

/** Entry type and bytes, one row per entry (MP 1.4, table 4-3). */
function entriesOf(table: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 16 + 44; at < table.length;) {
    const size = table[at] === 0 ? 20 : 8
    entries.push(table.subarray(at, at + size))
    at += size
  }
  return entries
}

describe('buildMpTable', () => {
  it('the floating pointer leads to the configuration table', () => {
    const table = buildMpTable({ processors: [processor(0)], pic: true })
    const view = new DataView(table.buffer)

    expect(Buffer.from(table.subarray(0, 4)).toString()).toBe('_MP_')
    expect(view.getUint32(4, true)).toBe(MP_FLOATING_POINTER_ADDR + 16)
    expect([table[8], table[9]]).toEqual([1, 4])
    expect(Buffer.from(table.subarray(16, 20)).toString()).toBe('PCMP')
    expect(view.getUint32(16 + 36, true)).toBe(0xfee00000)
  })

  it('any number of CPUs gives checksums of 0, and counts that are right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 288 }), fc.boolean(), (count, pic) => {
        const table = buildMpTable({
          processors: Array.from({ length: count }, (_, id) => processor(id)),
          pic,
        })
        const view = new DataView(table.buffer)
        const entries = entriesOf(table)

        expect(sum(table.subarray(0, 16))).toBe(0)
        expect(sum(table.subarray(16))).toBe(0)
        expect(view.getUint16(16 + 4, true)).toBe(table.length - 16)
        expect(view.getUint16(16 + 34, true)).toBe(entries.length)
        // xAPIC's ids end at 254; 255 means all.
        expect(entries.filter(([type]) => type === 0)).toHaveLength(Math.min(count, 255))
      }),
      { numRuns: 30 },
    )
  })

  it('the boot CPU alone carries the boot flag', () => {
    const entries = entriesOf(buildMpTable({ processors: [processor(0), processor(1)], pic: true }))

    expect(entries.filter(([type]) => type === 0).map((entry) => [entry[1], entry[3]])).toEqual([
      [0, 3],
      [1, 1],
    ])
  })

  it('ISA interrupts go to their own pins, the timer to pin 2', () => {
    const entries = entriesOf(buildMpTable({ processors: [processor(0)], pic: true }))
    const lines = entries.filter(([type]) => type === 3).map((entry) => [entry[5], entry[7]])

    expect(lines).toContainEqual([0, 2])
    expect(lines).toContainEqual([4, 4])
    expect(lines.map(([, pin]) => pin).sort()).toEqual([...new Set(lines.map(([, pin]) => pin))].sort())
    expect(lines).toHaveLength(15)
  })

  it('without a PIC nothing comes in at LINT0', () => {
    const count = (pic: boolean): number =>
      entriesOf(buildMpTable({ processors: [processor(0)], pic })).filter(([type]) => type === 4).length

    expect([count(true), count(false)]).toEqual([2, 1])
  })
})
