// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { objectRootNew } from '@dromaius/qom'
import { setReportSink, UserError } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CharBackend, qemuChrFeInit, qemuChrFeSetHandlers, qemuChrFeWrite } from './char-fe.js'
import type { FileChardev } from './char-file.js'
import { MuxChardev } from './char-mux.js'
import { qemuChrNew, qemuChrNewFromOpts } from './char-new.js'
import { qemuChrParseOpts } from './char-opts.js'
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
  chr.close()
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

  it('a label is found below its machine, and is taken once', () => {
    const root = objectRootNew()
    const chr = qemuChrNew('serial0', 'ringbuf', { root })
    expect(qemuChrFind(root, 'serial0')).toBe(chr)
    expect(qemuChrFind(root, 'serial1')).toBeNull()
    expect(() => qemuChrNew('serial0', 'null', { root })).toThrow("Duplicate ID 'serial0' for chardev")
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
    chr.close()
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('x')
  })

  it('chardev: finds what is there under its id', () => {
    const root = objectRootNew()
    const chr = qemuChrNewFromOpts(qemuChrParseOpts('null,id=a'), { root })
    expect(qemuChrNew('serial0', 'chardev:a', { root })).toBe(chr)
    expect(() => qemuChrNew('serial0', 'chardev:b', { root })).toThrow(
      "could not connect serial device to character backend 'chardev:b'",
    )
  })

  it('logfile gets a copy of the output, behind what is there with logappend', () => {
    const path = join(dir, 'log')
    for (const append of ['off', 'on']) {
      const chr = qemuChrNewFromOpts(
        qemuChrParseOpts(`ringbuf,id=a,mux=on,logfile=${path},logappend=${append}`),
      )
      const be = new CharBackend()
      qemuChrFeInit(be, chr)
      qemuChrFeWrite(be, Buffer.from(`${append} `))
      chr.close()
    }
    expect(readFileSync(path, 'utf8')).toBe('off on ')
    expect(() => qemuChrNewFromOpts({ id: 'a', backend: 'null', logfile: '/nonexistent/l' })).toThrow(
      'Unable to open logfile /nonexistent/l: No such file or directory',
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
    chr.close()
    expect(readFileSync(path, 'utf8')).toBe('old new')
  })

  it.each([
    ['file:', "Could not open '': No such file or directory"],
    ['file:/nonexistent/x', "Could not open '/nonexistent/x': No such file or directory"],
    ['file:/', "Could not open '/': Is a directory"],
  ])('%s is refused as the host refuses it', (spec, message) => {
    expect(() => qemuChrNew('serial0', spec)).toThrow(new UserError(message))
  })

  it('input-path gives input, as fast as the device takes it', async () => {
    const inputPath = join(dir, 'in')
    writeFileSync(inputPath, 'x'.repeat(100_000))
    const chr = qemuChrNewFromOpts({ id: 'c', backend: 'file', path: join(dir, 'out'), inputPath })
    const dev = { be: new CharBackend(), got: 0 }
    qemuChrFeInit(dev.be, chr)
    qemuChrFeSetHandlers(dev.be, {
      canRead: () => 1000,
      read(bytes) {
        expect(bytes.length).toBeLessThanOrEqual(1000)
        dev.got += bytes.length
      },
    })
    await vi.waitFor(() => expect(dev.got).toBe(100_000))
    chr.close()
    expect(() =>
      qemuChrNewFromOpts({ id: 'c', backend: 'file', path: join(dir, 'out'), inputPath: '/nonexistent/i' }),
    ).toThrow("Could not open '/nonexistent/i': No such file or directory")
  })

  it('without a path is refused', () => {
    expect(() => qemuChrNewFromOpts({ id: 'c', backend: 'file' })).toThrow('chardev: file: no filename given')
  })

  it.skipIf(process.platform !== 'linux')(
    'a full disk is reported once and counted, and the guest goes on (Linux)',
    async () => {
      const reports: string[] = []
      const before = setReportSink((_kind, text) => reports.push(text))
      try {
        const chr = qemuChrNew('serial0', 'file:/dev/full') as FileChardev
        const be = new CharBackend()
        qemuChrFeInit(be, chr)
        expect(qemuChrFeWrite(be, Buffer.from('abc'))).toBe(3)
        expect(qemuChrFeWrite(be, Buffer.from('de'))).toBe(2)
        await turn()
        expect(chr.lostBytes).toBe(5)
        chr.close()
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
