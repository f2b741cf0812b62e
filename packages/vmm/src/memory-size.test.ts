// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { checkMemorySize } from './memory-size.js'

describe('checkMemorySize', () => {
  it.each([NaN, 1.5, -1, 0, Infinity, 2 ** 53, '128M', null])('%j is refused in one line', (bytes) => {
    const check = (): void => checkMemorySize(bytes as number)

    expect(check).toThrow(UserError)
    expect(check).toThrow(`memory ${String(bytes)}: must be a whole number of bytes`)
  })

  it('whole numbers of bytes are taken', () => {
    for (const bytes of [1, 128 * 2 ** 20, 2 ** 53 - 1]) expect(() => checkMemorySize(bytes)).not.toThrow()
  })
})
