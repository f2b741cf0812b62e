// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qemuChrHelp, qemuChrParseCompat, qemuChrParseOpts } from './char-opts.js'

describe('-chardev', () => {
  it.each([
    ['null,id=a', { id: 'a', backend: 'null' }],
    ['backend=ringbuf,id=a,size=64K', { id: 'a', backend: 'ringbuf', size: 65536 }],
    ['memory,id=a,size=16', { id: 'a', backend: 'memory', size: 16 }],
    ['stdio,id=a,mux=on,signal=off', { id: 'a', backend: 'stdio', mux: true, signal: false }],
    [
      'file,id=a,path=x,,y,append=on,input-path=z',
      { id: 'a', backend: 'file', path: 'x,y', append: true, inputPath: 'z' },
    ],
    ['null,id=a,logfile=l,logappend=on', { id: 'a', backend: 'null', logfile: 'l', logappend: true }],
    ['null,id=a,mux', { id: 'a', backend: 'null', mux: true }],
  ])('%s is read', (text, opts) => {
    expect(qemuChrParseOpts(text)).toEqual(opts)
  })

  it.each([
    ['foo,id=a', "'foo' is not a valid char driver name"],
    ['', 'chardev: "" missing backend'],
    ['id=a', 'chardev: "a" missing backend'],
    ['null', 'chardev: no id specified'],
    ['null,id=1a', "Parameter 'id' expects an identifier, which '1a' is not"],
    ['null,id=a,foo=1', "Invalid parameter 'foo'"],
    ['null,id=a,path=x', "Invalid parameter 'path'"],
    ['null,id=a,toString=x', "Invalid parameter 'toString'"],
    ['toString,id=a', "'toString' is not a valid char driver name"],
    ['null,id=a,mux=maybe', "Parameter 'mux' expects 'on' or 'off'"],
    ['ringbuf,id=a,size=-1', "Parameter 'size' expects a non-negative number"],
  ])('%j is refused', (text, message) => {
    expect(() => qemuChrParseOpts(text)).toThrow(message)
  })

  it('help lists the back ends that there are', () => {
    const names = qemuChrHelp()
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim())
    expect(names).toContain('stdio')
    for (const name of names) expect(qemuChrParseOpts(`${name},id=a`).backend).toBe(name)
  })

  it('property: any text gives options or a UserError of one line', () => {
    const key = fc.constantFrom(
      'id',
      'backend',
      'path',
      'mux',
      'size',
      'host',
      'port',
      'server',
      'wait',
      'signal',
      'x',
    )
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('on', 'off', '1', 'null', 'file', 'stdio', 'a', 'socket', 'pty'),
    )
    const pairs = fc.array(fc.tuple(key, value).map(([k, v]) => `${k}=${v}`)).map((parts) => parts.join(','))
    fc.assert(
      fc.property(fc.oneof(fc.string(), pairs), (text) => {
        try {
          expect(qemuChrParseOpts(text).id).toMatch(/^[A-Za-z]/)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})

describe('short forms', () => {
  it('mon:stdio takes commands and leaves Ctrl-C to the guest, stdio does neither', () => {
    expect(qemuChrParseCompat('s', 'mon:stdio')).toEqual({
      id: 's',
      backend: 'stdio',
      mux: true,
      signal: false,
    })
    expect(qemuChrParseCompat('s', 'stdio')).toEqual({ id: 's', backend: 'stdio' })
  })

  it('property: any text gives options, none, or a UserError', () => {
    const prefix = fc.constantFrom('', 'mon:', 'file:', 'tcp:', 'unix:', 'telnet:', 'mon:tcp:', 'chardev:')
    fc.assert(
      fc.property(prefix, fc.string(), (start, rest) => {
        try {
          qemuChrParseCompat('c', start + rest)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})
