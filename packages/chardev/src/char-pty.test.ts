// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeInit, qemuChrFeSetHandlers } from './char-fe.js'
import { qemuChrFeWrite } from './char-fe.js'
import { qemuChrNew } from './char-new.js'
import type { PtyChardev } from './char-pty.js'
import type { ChardevEvent } from './char.js'

const said = { text: '' }
beforeEach(() => {
  said.text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.text += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

function pty(room = Infinity) {
  const chr = qemuChrNew('serial0', 'pty') as PtyChardev
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
  const user = (): number => openSync(chr.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  return { chr, dev, user }
}
function read(fd: number): string {
  const bytes = Buffer.alloc(65536)
  return bytes.toString('latin1', 0, readSync(fd, bytes))
}

describe.skipIf(process.platform !== 'linux')('pty (Linux)', () => {
  it('says where it is', () => {
    const { chr } = pty()
    expect(chr.path).toMatch(/^\/dev\/pts\/\d+$/)
    expect(said.text).toBe(`char device redirected to ${chr.path} (label serial0)\n`)
    chr.close()
    chr.close()
  })

  it('loses output while nobody has it open, then passes bytes both ways as they are', async () => {
    const { chr, dev, user } = pty()
    expect(qemuChrFeWrite(dev.be, Buffer.from('lost'))).toBe(4)
    const fd = user()
    qemuChrFeWrite(dev.be, Buffer.from('out\n\x03'))
    expect(dev.events).toEqual(['opened'])
    expect(read(fd)).toBe('out\n\x03')
    writeSync(fd, 'in\r\x04')
    await vi.waitFor(() => expect(dev.text).toBe('in\r\x04'))
    closeSync(fd)
    await vi.waitFor(() => expect(dev.events).toEqual(['opened', 'closed']))
    chr.close()
  })

  it('notices by itself that it is opened, again and again', async () => {
    const { chr, dev, user } = pty()
    for (let i = 1; i <= 2; i++) {
      const fd = user()
      await vi.waitFor(() => expect(dev.events).toHaveLength(2 * i - 1), { timeout: 3000 })
      writeSync(fd, 'x')
      await vi.waitFor(() => expect(dev.text).toBe('x'.repeat(i)))
      closeSync(fd)
      await vi.waitFor(() => expect(dev.events).toHaveLength(2 * i), { timeout: 3000 })
    }
    expect(dev.events).toEqual(['opened', 'closed', 'opened', 'closed'])
    chr.close()
  })

  it('stops reading while the device has no room', async () => {
    const { chr, dev, user } = pty(2)
    const fd = user()
    writeSync(fd, 'abcd')
    qemuChrFeWrite(dev.be, Buffer.from('.'))
    await vi.waitFor(() => expect(dev.text).toBe('ab'))
    dev.room = 9
    qemuChrFeAcceptInput(dev.be)
    expect(dev.text).toBe('abcd')
    closeSync(fd)
    chr.close()
  })
})
