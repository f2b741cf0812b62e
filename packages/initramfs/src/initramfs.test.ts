// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Initramfs } from './initramfs.js'
import { addProgram } from './program.js'

const hasCpio = spawnSync('cpio', ['--version']).status === 0
const noCpio = hasCpio ? '' : ' (skipped: package cpio is missing)'
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** Runs cpio over an archive, in an empty folder. */
function cpio(archive: Uint8Array, ...args: string[]): { folder: string; lines: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'dromaius-cpio-'))
  folders.push(folder)
  const { status, stdout, stderr } = spawnSync('cpio', args, {
    cwd: folder,
    input: archive,
    encoding: 'utf8',
  })
  // It counts blocks on standard error; a complaint is more than that.
  expect(stderr).toMatch(/^\d+ blocks?\n$/)
  expect(status).toBe(0)
  return { folder, lines: stdout.split('\n').slice(0, -1) }
}

describe('an initramfs', () => {
  it.skipIf(!hasCpio)(`is listed by cpio as what was put in${noCpio}`, () => {
    const archive = new Initramfs()
      .file('/init', '#!/bin/sh\n', 0o755)
      .directory('/tmp', 0o1777)
      .symlink('/bin/sh', 'busybox')
      .node('/dev/console', 'c', 5, 1)
      .node('/dev/vda', 'b', 254, 3, 0o640)
      .build()

    const { lines } = cpio(archive, '-tvn')
    const listed = lines.map((line) => line.replace(/ +(\w{3} +\d+ +\d{4}) +/, ' ').replaceAll(/ +/g, ' '))

    expect(listed).toEqual([
      '-rwxr-xr-x 1 0 0 10 init',
      'drwxrwxrwt 2 0 0 0 tmp',
      'drwxr-xr-x 2 0 0 0 bin',
      'lrwxrwxrwx 1 0 0 7 bin/sh -> busybox',
      'drwxr-xr-x 2 0 0 0 dev',
      'crw------- 1 0 0 5, 1 dev/console',
      'brw-r----- 1 0 0 254, 3 dev/vda',
    ])
  })

  it.skipIf(!hasCpio)(`comes out of cpio with every byte that went in${noCpio}`, () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_ é-]{1,20}$/).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 5000 }), { maxKeys: 8 }), (files) => {
        const initramfs = new Initramfs()
        for (const [key, data] of Object.entries(files)) initramfs.file(`/folder/${key}`, data)
        const { folder } = cpio(initramfs.directory('/folder').build(), '-i')

        expect(readdirSync(join(folder, 'folder')).sort()).toEqual(Object.keys(files).sort())
        for (const [key, data] of Object.entries(files))
          expect(readFileSync(join(folder, 'folder', key)).equals(data)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it.skipIf(!hasCpio)(
    `that has one path twice has the later one, in a folder made before it${noCpio}`,
    () => {
      const archive = new Initramfs()
        .file('/a/b', 'first')
        .symlink('/a/c', 'b')
        .file('/a/b', 'second', 0o600)
        .build()

      const { folder } = cpio(archive, '-i')

      expect(readFileSync(join(folder, 'a/b'), 'utf8')).toBe('second')
      expect(lstatSync(join(folder, 'a/b')).mode & 0o777).toBe(0o600)
      expect(readlinkSync(join(folder, 'a/c'))).toBe('b')
    },
  )

  it('of the same entries is the same bytes, a multiple of 512', () => {
    const make = (): Uint8Array =>
      new Initramfs().file('/x', new Uint8Array(700)).node('/d', 'c', 1, 3).build()

    expect(make()).toEqual(make())
    expect(make().length % 512).toBe(0)
  })

  it.each(['init', '', '/', '/a//b', '/a/../b', '/./a', '/a/', '/a\0b', `/${'x'.repeat(4096)}`])(
    'refuses the path %j',
    (path) => {
      expect(() => new Initramfs().file(path, '')).toThrow(/^Initramfs path /)
    },
  )

  it('refuses an entry below a file', () => {
    expect(() => new Initramfs().file('/a', '').file('/a/b', '')).toThrow(
      'Initramfs path /a/b: /a is a file, a folder expected',
    )
  })
})

describe.skipIf(process.platform !== 'linux')('a program of the host', () => {
  it('comes with its libraries and their loader', () => {
    const initramfs = new Initramfs()
    addProgram(initramfs, process.execPath, '/bin/node')

    const text = Buffer.from(initramfs.build()).toString('latin1')
    const libraries = spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? []

    expect(initramfs.has('/bin/node')).toBe(true)
    expect(libraries).not.toHaveLength(0)
    for (const library of libraries) expect(text).toContain(`${library.slice(1)}\0`)
  })

  it('that is not there is named', () => {
    expect(() => addProgram(new Initramfs(), '/nowhere/to/be/found')).toThrow(
      "Program '/nowhere/to/be/found': cannot be read (ENOENT)",
    )
  })
})
