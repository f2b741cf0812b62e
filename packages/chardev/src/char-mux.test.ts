// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeDeinit, qemuChrFeInit } from './char-fe.js'
import { qemuChrFeSetHandlers, qemuChrFeWrite } from './char-fe.js'
import { TYPE_CHARDEV_MUX } from './char-mux.js'
import { TYPE_CHARDEV_RINGBUF } from './char-ringbuf.js'
import { qemuChrBeCanWrite, qemuChrBeEvent, qemuChrBeWrite, type ChardevEvent } from './char.js'

function mux() {
  const driver = TYPE_CHARDEV_RINGBUF.new()
  const chr = TYPE_CHARDEV_MUX.new()
  chr.label = 'm'
  chr.open(driver)
  const frontEnd = (room = Infinity) => {
    const dev = { be: new CharBackend(), room, text: '', events: [] as ChardevEvent[] }
    qemuChrFeInit(dev.be, chr)
    qemuChrFeSetHandlers(dev.be, {
      canRead: () => dev.room,
      read(bytes) {
        dev.room -= bytes.length
        dev.text += Buffer.from(bytes).toString('latin1')
      },
      event: (event) => dev.events.push(event),
    })
    return dev
  }
  const type = (text: string): void => qemuChrBeWrite(driver, Buffer.from(text, 'latin1'))
  return { chr, driver, frontEnd, type }
}

describe('multiplexer', () => {
  it('sends what every front end writes, and gives input to the last that came', () => {
    const { driver, frontEnd, type } = mux()
    const [a, b] = [frontEnd(), frontEnd()]
    qemuChrFeWrite(a.be, Buffer.from('one '))
    qemuChrFeWrite(b.be, Buffer.from('two'))
    type('x')
    expect([driver.readText(), a.text, b.text]).toEqual(['one two', '', 'x'])
  })

  it('Ctrl-A c goes round the front ends; what one has not taken stays its own', () => {
    const { frontEnd, type } = mux()
    const [a, b] = [frontEnd(), frontEnd(1)]
    type('12\x01c34\x01c')
    expect([a.text, b.text]).toEqual(['34', '1'])
    b.room = 5
    qemuChrFeAcceptInput(b.be)
    expect(b.text).toBe('12')
  })

  it('Ctrl-A c with one front end says that there is no monitor, Ctrl-A s that there are no disks', () => {
    const { driver, frontEnd, type } = mux()
    frontEnd()
    type('\x01c\x01s')
    expect(driver.readText()).toBe('\n\rThere is no monitor yet\n\r\n\rThere are no disks yet\n\r')
  })

  it('a break goes to the front end that has the input, open and closed to all', () => {
    const { driver, frontEnd, type } = mux()
    const [a, b] = [frontEnd(), frontEnd()]
    qemuChrBeEvent(driver, 'opened')
    type('\x01b')
    qemuChrBeEvent(driver, 'closed')
    expect([a.events, b.events]).toEqual([
      ['opened', 'closed'],
      ['opened', 'break', 'closed'],
    ])
  })

  it('has room for four, and for another one when one has gone', () => {
    const { frontEnd, type } = mux()
    const all = [frontEnd(), frontEnd(), frontEnd(), frontEnd()]
    expect(() => frontEnd()).toThrow("Device 'm' is in use")
    qemuChrFeDeinit(all[3]!.be)
    type('x')
    expect(all.map(({ text }) => text)).toEqual(['', '', 'x', ''])
    frontEnd()
  })

  it('holds 4096 bytes for a front end that reads nothing, and takes no more', () => {
    const { driver, frontEnd, type } = mux()
    const dev = frontEnd(0)
    type('.'.repeat(4096))
    expect(qemuChrBeCanWrite(driver)).toBe(0)
    dev.room = 10
    qemuChrFeAcceptInput(dev.be)
    expect(qemuChrBeCanWrite(driver)).toBe(10)
  })
})
