// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { objectRootNew } from '@dromaius/qom'
import { setReportSink, UserError } from '@dromaius/util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CharBackend, qemuChrFeInit, qemuChrFeWrite } from './char-fe.js'
import type { FileChardev } from './char-file.js'
import { MuxChardev } from './char-mux.js'
import { qemuChrNew, qemuChrNewFromOpts, qemuChrParseCompat } from './char-new.js'
import type { RingBufChardev } from './char-ringbuf.js'
import { qemuChrCleanup, qemuChrFind } from './char.js'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chardev-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(spec: string, text: string): FileChardev {
  const chr = qemuChrNew('serial0', spec) as FileChardev
  chr.chrWrite(Buffer.from(text))
  chr.chrClose()
  return chr
}

describe('qemuChrNew', () => {
  it.each(['foo', 'file', 'mon:foo', 'mon:stdio:', 'stdio,foo', ''])('%j is refused by its name', (spec) => {
    const name = spec.startsWith('mon:') ? spec.slice(4) : spec
    expect(() => qemuChrNew('serial0', spec)).toThrow(new UserError(`'${name}' is not a valid char driver`))
  })

  it('none gives no back end', () => {
    expect(qemuChrNew('serial0', 'none')).toBeNull()
  })

  it('null takes everything', () => {
    expect(qemuChrNew('serial0', 'null')?.chrWrite(new Uint8Array(5))).toBe(5)
  })

  it('mon:stdio takes commands and leaves Ctrl-C to the guest, stdio does neither', () => {
    expect(qemuChrParseCompat('s', 'mon:stdio')).toEqual({
      id: 's',
      backend: 'stdio',
      mux: true,
      signal: false,
    })
    expect(qemuChrParseCompat('s', 'stdio')).toEqual({ id: 's', backend: 'stdio' })
  })

  it('a label is found below its machine, and is taken once', () => {
    const root = objectRootNew()
    const chr = qemuChrNew('serial0', 'ringbuf', { root })
    expect(qemuChrFind(root, 'serial0')).toBe(chr)
    expect(qemuChrFind(root, 'serial1')).toBeNull()
    expect(() => qemuChrNew('serial0', 'null', { root })).toThrow("Chardev with id 'serial0' already exists")
  })

  it('all back ends of a machine are closed together', () => {
    const root = objectRootNew()
    const path = join(dir, 'log')
    const chr = qemuChrNew('serial0', `file:${path}`, { root })!
    chr.chrWrite(Buffer.from('end'))
    qemuChrCleanup(root)
    qemuChrCleanup(root)
    expect(readFileSync(path, 'utf8')).toBe('end')
  })

  it('mon: with another back end is a multiplexer', () => {
    const chr = qemuChrNew('serial0', `mon:file:${join(dir, 'log')}`) as MuxChardev
    expect(chr).toBeInstanceOf(MuxChardev)
    chr.chrWrite(Buffer.from('x'))
    chr.chrClose()
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('x')
  })

  it('property: any text gives a back end or a UserError', () => {
    fc.assert(
      fc.property(fc.string(), (spec) => {
        try {
          qemuChrParseCompat('c', spec)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})

describe('file', () => {
  it('is emptied at the start', () => {
    const path = join(dir, 'log')
    writeFileSync(path, 'old and longer')
    write(`file:${path}`, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('is written behind what is there with append', () => {
    const path = join(dir, 'log')
    writeFileSync(path, 'old ')
    const chr = qemuChrNewFromOpts({ id: 'c', backend: 'file', path, append: true })
    chr.chrWrite(Buffer.from('new'))
    chr.chrClose()
    expect(readFileSync(path, 'utf8')).toBe('old new')
  })

  it.each([
    ['file:', "Could not open '': No such file or directory"],
    ['file:/nonexistent/x', "Could not open '/nonexistent/x': No such file or directory"],
    ['file:/', "Could not open '/': Is a directory"],
  ])('%s is refused as the host refuses it', (spec, message) => {
    expect(() => qemuChrNew('serial0', spec)).toThrow(new UserError(message))
  })

  it('without a path is refused', () => {
    expect(() => qemuChrNewFromOpts({ id: 'c', backend: 'file' })).toThrow('chardev: file: no filename given')
  })

  it.skipIf(process.platform !== 'linux')(
    'a full disk is reported once and counted, and the guest goes on (Linux)',
    () => {
      const reports: string[] = []
      const before = setReportSink((_kind, text) => reports.push(text))
      try {
        const chr = qemuChrNew('serial0', 'file:/dev/full') as FileChardev
        const be = new CharBackend()
        qemuChrFeInit(be, chr)
        expect(qemuChrFeWrite(be, Buffer.from('abc'))).toBe(3)
        expect(qemuChrFeWrite(be, Buffer.from('de'))).toBe(2)
        expect(chr.lostBytes).toBe(5)
        chr.chrClose()
      } finally {
        setReportSink(before)
      }
      expect(reports).toEqual(['serial0 (/dev/full): Output is being lost: No space left on device'])
    },
  )
})

describe('ringbuf', () => {
  it('keeps the latest bytes and gives them out once', () => {
    const chr = qemuChrNewFromOpts({ id: 'c', backend: 'ringbuf', size: 8 }) as RingBufChardev
    chr.chrWrite(Buffer.from('0123456789'))
    expect(Buffer.from(chr.read(3)).toString()).toBe('234')
    expect(chr.readText()).toBe('56789')
    expect(chr.readText()).toBe('')
  })

  it('tells listeners of every byte, also of those that are overwritten', () => {
    const chr = qemuChrNewFromOpts({ id: 'c', backend: 'ringbuf', size: 2 }) as RingBufChardev
    let seen = ''
    const stop = chr.onOutput((bytes) => (seen += Buffer.from(bytes).toString()))
    chr.chrWrite(Buffer.from('abcd'))
    stop()
    chr.chrWrite(Buffer.from('e'))
    expect(seen).toBe('abcd')
  })

  it.each([0, 3, 100, -8, 1.5, NaN])('size %d is refused', (size) => {
    expect(() => qemuChrNewFromOpts({ id: 'c', backend: 'ringbuf', size })).toThrow('must be power of two')
  })
})

describe('front end', () => {
  it('a back end has one, until it lets go', () => {
    const chr = qemuChrNew('serial0', 'null')
    qemuChrFeInit(new CharBackend(), chr)
    expect(() => qemuChrFeInit(new CharBackend(), chr)).toThrow("Device 'serial0' is in use")
  })
})
