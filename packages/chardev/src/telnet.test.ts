// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { telnetEscape, TelnetInput } from './telnet.js'

const IAC = 0xff

function input() {
  const line = { breaks: 0 }
  const telnet = new TelnetInput(() => line.breaks++)
  return { line, take: (...bytes: number[]) => [...telnet.process(Uint8Array.from(bytes))] }
}

describe('telnet input', () => {
  it.each([
    ['options of three bytes', [1, IAC, 0xfd, 3, 2], [1, 2]],
    ['commands of two bytes', [1, IAC, 0xf1, 2], [1, 2]],
    ['a doubled 255 is data', [1, IAC, IAC, 2], [1, IAC, 2]],
    ['a subnegotiation up to its end', [1, IAC, 0xfa, 24, 1, IAC, IAC, 9, IAC, 0xf0, 2], [1, 2]],
  ])('%s', (_what, bytes, data) => {
    expect(input().take(...bytes)).toEqual(data)
  })

  it('a break is an event, and no data', () => {
    const { line, take } = input()
    expect(take(IAC)).toEqual([])
    expect(take(0xf3, 7)).toEqual([7])
    expect(line.breaks).toBe(1)
  })

  it('property: escaped output comes back, however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(20), (bytes, cut) => {
        const { take } = input()
        const escaped = telnetEscape(bytes)
        expect([...take(...escaped.subarray(0, cut)), ...take(...escaped.subarray(cut))]).toEqual([...bytes])
      }),
    )
  })

  it('property: any bytes are taken, and no more come out than went in', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(input().take(...bytes).length).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})
