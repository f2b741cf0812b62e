// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyvalParse, knownValues } from './keyval.js'

describe('keyvalParse', () => {
  it('a first value without a key takes the implied key', () => {
    expect(keyvalParse('microvm,rtc=on', { implied: 'type' })).toEqual([
      ['type', 'microvm'],
      ['rtc', 'on'],
    ])
  })

  it('two commas are one comma of the value', () => {
    expect(keyvalParse('path=a,,b,x=,,', {})).toEqual([
      ['path', 'a,b'],
      ['x', ','],
    ])
  })

  it('a value may hold equals signs and be empty', () => {
    expect(keyvalParse('a=b=c,d=')).toEqual([
      ['a', 'b=c'],
      ['d', ''],
    ])
  })

  it('bare words are flags only where they may be', () => {
    expect(keyvalParse('x,nofoo', { bareFlags: true })).toEqual([
      ['x', 'on'],
      ['foo', 'off'],
    ])
    expect(() => keyvalParse('x=1,foo')).toThrow("Expected '=' after parameter 'foo'")
  })

  it.each(['=x', 'a=b,,,=c', 'a=1,=2'])('a value without a name is refused: %s', (text) => {
    expect(() => keyvalParse(text)).toThrow(/Invalid parameter|Expected '='/)
  })

  it('any pairs survive being written with doubled commas', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string()), { minLength: 1 }), (pairs) => {
        const text = pairs.map(([name, value]) => `${name}=${value.replaceAll(',', ',,')}`).join(',')

        expect(keyvalParse(text)).toEqual(pairs)
      }),
    )
  })

  it('any text gives pairs or one line', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, bareFlags) => {
        try {
          expect(Array.isArray(keyvalParse(text, { implied: 'x', bareFlags }))).toBe(true)
        } catch (error) {
          expect((error as Error).name).toBe('UserError')
        }
      }),
    )
  })
})

describe('knownValues', () => {
  it('the last of several values counts', () => {
    expect(knownValues(keyvalParse('a=1,a=2'), ['a', 'b'])).toEqual({ a: '2' })
  })

  it('an unknown key is refused', () => {
    expect(() => knownValues(keyvalParse('c=1'), ['a'])).toThrow("Invalid parameter 'c'")
  })
})
