// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@dromaius/util'
import { afterAll, describe, expect, it } from 'vitest'
import { readInputFile } from './input-file.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('readInputFile', () => {
  it('gives the bytes of a regular file', () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'abc')

    expect(Buffer.from(readInputFile(path, '-kernel')).toString()).toBe('abc')
  })

  it('a FIFO without a writer is refused at once', () => {
    const path = join(folder, 'fifo')
    execFileSync('mkfifo', [path])

    expect(() => readInputFile(path, '-initrd')).toThrow(
      new UserError(`-initrd ${path}: could not be read: it is not a regular file`),
    )
  })

  it.each([
    ['/dev/zero', 'it is not a regular file'],
    ['/dev/null', 'it is not a regular file'],
    [folder, 'it is a directory'],
    ['/nonexistent/kernel', 'No such file or directory'],
    ['/etc/passwd/x', 'Not a directory'],
  ])('%s is refused', (path, why) => {
    expect(() => readInputFile(path, '-kernel')).toThrow(
      new UserError(`-kernel ${path}: could not be read: ${why}`),
    )
  })
})
