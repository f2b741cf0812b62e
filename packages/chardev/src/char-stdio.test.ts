// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeInit, qemuChrFeSetHandlers } from './char-fe.js'
import { qemuChrNew } from './char-new.js'
import type { StdioInput } from './char-stdio.js'
import { TYPE_CHARDEV_STDIO } from './char-stdio.js'
import type { Chardev, ChardevEvent } from './char.js'

let dir = ''
let output = -1
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chardev-'))
  output = openSync(join(dir, 'out'), 'w')
})
afterEach(() => {
  closeSync(output)
  rmSync(dir, { recursive: true })
})
const written = (): string => readFileSync(join(dir, 'out'), 'utf8')

/** A device that takes `room` bytes. */
function device(chr: Chardev, room = Infinity) {
  const dev = { be: new CharBackend(), room, text: '', events: [] as ChardevEvent[] }
  qemuChrFeInit(dev.be, chr)
  qemuChrFeSetHandlers(dev.be, {
    canRead: () => dev.room,
    read(bytes) {
      dev.room -= bytes.length
      dev.text += Buffer.from(bytes).toString()
    },
    event: (event) => dev.events.push(event),
  })
  return dev
}

function stdio(spec: string, input: StdioInput, onQuit = () => {}) {
  return qemuChrNew('serial0', spec, { stdio: { input, output }, onQuit })!
}

/** A terminal that only notes whether it is raw. */
function terminal() {
  const input = new PassThrough() as PassThrough & StdioInput & { raw: boolean[] }
  input.isTTY = true
  input.raw = []
  input.setRawMode = (raw: boolean) => {
    input.raw.push(raw)
    return input as never
  }
  return input
}

const turn = (): Promise<void> => sleep(5)

describe('stdio', () => {
  it('gives input to the device and writes its output in order', async () => {
    const input = new PassThrough()
    const chr = stdio('stdio', input)
    const dev = device(chr)
    input.write('hello')
    await turn()
    chr.chrWrite(Buffer.from('one '))
    chr.chrWrite(Buffer.from('two'))
    await turn()
    expect([dev.text, written()]).toEqual(['hello', 'one two'])
    chr.close()
  })

  it('stops reading while the device has no room, and loses nothing', async () => {
    const input = new PassThrough()
    const chr = stdio('stdio', input)
    const dev = device(chr, 3)
    input.write('abcdef')
    input.write('ghi')
    await turn()
    expect(dev.text).toBe('abc')
    expect(input.isPaused()).toBe(true)
    dev.room = 100
    qemuChrFeAcceptInput(dev.be)
    await turn()
    expect(dev.text).toBe('abcdefghi')
    chr.close()
  })

  it('end of input is a closed event, after the last byte', async () => {
    const input = new PassThrough()
    const chr = stdio('stdio', input)
    const dev = device(chr, 1)
    input.end('xy')
    await turn()
    expect(dev.events).toEqual(['opened'])
    dev.room = 1
    qemuChrFeAcceptInput(dev.be)
    await turn()
    expect([dev.text, dev.events]).toEqual(['xy', ['opened', 'closed']])
    chr.close()
  })

  it('a terminal is raw until close, and closing twice does no harm', () => {
    const input = terminal()
    const chr = stdio('stdio', input)
    expect(input.raw).toEqual([true])
    chr.close()
    chr.close()
    expect(input.raw).toEqual([true, false])
  })

  it('a terminal is given back by the exit hook, and raw again after a stop', () => {
    const input = terminal()
    const before = process.listeners('exit')
    const chr = stdio('stdio', input)
    process.emit('SIGCONT', 'SIGCONT')
    const hook = process.listeners('exit').find((listener) => !before.includes(listener))!
    hook(0)
    expect(input.raw).toEqual([true, true, false])
    chr.close()
    expect(process.listeners('exit')).toEqual(before)
  })

  it('Ctrl-C on a terminal is a signal with stdio and input with mon:stdio', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
    const plain = terminal()
    const first = stdio('stdio', plain)
    const firstDevice = device(first)
    plain.write('a\x03b')
    await turn()
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGINT']])
    expect(firstDevice.text).toBe('ab')
    first.close()

    const muxed = terminal()
    const second = stdio('mon:stdio', muxed)
    const secondDevice = device(second)
    muxed.write('a\x03b')
    await turn()
    expect(secondDevice.text).toBe('a\x03b')
    expect(kill).toHaveBeenCalledTimes(1)
    second.close()
    kill.mockRestore()
  })

  it("the process's own is given out once", () => {
    const first = TYPE_CHARDEV_STDIO.new()
    first.open({ output })
    expect(() => TYPE_CHARDEV_STDIO.new().open({ output })).toThrow(
      'cannot use stdio by multiple character devices',
    )
    first.close()
    const again = TYPE_CHARDEV_STDIO.new()
    again.open({ output })
    again.close()
  })

  it('a closed standard output is refused in one line', () => {
    const chr = TYPE_CHARDEV_STDIO.new()
    expect(() => chr.open({ input: new PassThrough(), output: 9999 })).toThrow('Standard output is closed')
  })
})

describe.skipIf(process.platform !== 'linux')('stdio on a pipe (Linux)', () => {
  function pipe() {
    const path = join(dir, 'pipe')
    execFileSync('mkfifo', [path])
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return { reader, writer: openSync(path, constants.O_WRONLY) }
  }

  it('a reader that does not read makes the device wait, not grow; then all comes in order', async () => {
    const { reader, writer } = pipe()
    const chr = qemuChrNew('serial0', 'stdio', { stdio: { input: new PassThrough(), output: writer } })!
    const chunk = new Uint8Array(1024)
    let sent = 0
    const fill = (): void => {
      for (;;) {
        for (let i = 0; i < chunk.length; i++) chunk[i] = (sent + i) & 0xff
        const taken = chr.chrWrite(chunk)
        sent += taken
        if (taken < chunk.length) return
      }
    }
    fill()
    // 64 KiB of a pipe, which takes a page as a whole or not, and 4 KiB of ours.
    expect(sent).toBeGreaterThan(64 * 1024)
    expect(sent).toBeLessThanOrEqual(64 * 1024 + 4096)
    expect(chr.chrWrite(chunk)).toBe(0)
    const again = new Promise<void>((resolve) => chr.chrAddWatch(resolve))
    const received: number[] = []
    const buffer = new Uint8Array(65536)
    received.push(...buffer.subarray(0, readSync(reader, buffer)))
    await again
    fill()
    for (let n = readSync(reader, buffer); n > 0 && received.length < sent;) {
      received.push(...buffer.subarray(0, n))
      await sleep(20)
      try {
        n = readSync(reader, buffer)
      } catch {
        n = 0
      }
    }
    expect(received.every((byte, i) => byte === (i & 0xff))).toBe(true)
    expect(received.length).toBe(sent)
    chr.close()
    closeSync(reader)
    closeSync(writer)
  })

  it('a reader that goes away closes the back end, and output vanishes', async () => {
    const { reader, writer } = pipe()
    const chr = qemuChrNew('serial0', 'stdio', { stdio: { input: new PassThrough(), output: writer } })!
    const dev = device(chr)
    closeSync(reader)
    expect(chr.chrWrite(Buffer.from('abc'))).toBe(3)
    await turn()
    expect(dev.events).toEqual(['opened', 'closed'])
    expect(chr.chrWrite(Buffer.from('def'))).toBe(3)
    chr.close()
    closeSync(writer)
  })
})

describe('mon:stdio', () => {
  async function type(text: string) {
    const input = new PassThrough()
    const onQuit = vi.fn()
    const chr = stdio('mon:stdio', input, onQuit)
    const dev = device(chr)
    input.write(text)
    await turn()
    return { chr, dev, onQuit, input }
  }

  it('Ctrl-A x quits', async () => {
    const { chr, dev, onQuit } = await type('a\x01x')
    expect([dev.text, onQuit.mock.calls.length, written()]).toEqual(['a', 1, 'dromaius: Terminated\n\r'])
    chr.close()
  })

  it('Ctrl-A h prints the keys, Ctrl-A c that there is no monitor', async () => {
    const { chr, dev } = await type('\x01h\x01c')
    expect(written()).toContain('C-a x    exit emulator\n\r')
    expect(written()).toContain('There is no monitor yet')
    expect(dev.text).toBe('')
    chr.close()
  })

  it('Ctrl-A b sends a break, Ctrl-A Ctrl-A a Ctrl-A, an unknown key nothing', async () => {
    const { chr, dev } = await type('1\x01b2\x01\x013\x01q4')
    expect([dev.text, dev.events]).toEqual(['12\x0134', ['opened', 'break']])
    chr.close()
  })

  it('Ctrl-A t puts the time before every line', async () => {
    const { chr } = await type('\x01t')
    chr.chrWrite(Buffer.from('one\ntwo\n'))
    await turn()
    expect(written()).toMatch(/^one\n\[00:00:0\d\.\d{3}\] two\n$/)
    chr.close()
  })

  it('commands get through while the guest reads nothing', async () => {
    const input = new PassThrough()
    const onQuit = vi.fn()
    const chr = stdio('mon:stdio', input, onQuit)
    const dev = device(chr, 0)
    input.write('typed ahead')
    input.write('\x01x')
    await turn()
    expect(onQuit).toHaveBeenCalledTimes(1)
    dev.room = 100
    qemuChrFeAcceptInput(dev.be)
    expect(dev.text).toBe('typed ahead')
    chr.close()
  })
})
