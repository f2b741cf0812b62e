// SPDX-License-Identifier: GPL-2.0-or-later
import { openSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HostError } from './errors.js'
import { strerror } from './strerror.js'

/** The error that `body` throws. */
function thrownBy(body: () => unknown): unknown {
  try {
    body()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('strerror', () => {
  it.each([
    [2, 'No such file or directory'],
    [-13, 'Permission denied'],
    [12, 'Cannot allocate memory'],
    [21, 'Is a directory'],
    [28, 'No space left on device'],
    [95, 'Operation not supported'],
    ['ENOENT', 'No such file or directory'],
    ['ENOMEM', 'Cannot allocate memory'],
    [4242, 'errno 4242'],
    ['EWHAT', 'EWHAT'],
  ])('of %j is %s', (what, words) => {
    expect(strerror(what)).toBe(words)
  })

  it('of an error of Node or of the host has the same words', () => {
    expect(strerror(thrownBy(() => openSync('/', 'w')))).toBe('Is a directory')
    expect(strerror(thrownBy(() => readdirSync('/nonexistent')))).toBe('No such file or directory')
    expect(strerror(new HostError('mmap', 12, 'ENOMEM', 'x'))).toBe('Cannot allocate memory')
  })

  it('of any other error is its message', () => {
    expect(strerror(Object.assign(new Error('too large'), { code: 'ERR_FS_FILE_TOO_LARGE' }))).toBe(
      'too large',
    )
    expect(strerror(undefined)).toBe('undefined')
  })
})
