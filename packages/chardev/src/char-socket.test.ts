// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setReportSink, UserError } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeAddWatch, qemuChrFeInit } from './char-fe.js'
import { qemuChrFeSetHandlers, qemuChrFeWrite, qemuChrFeWriteAll } from './char-fe.js'
import { qemuChrNew, qemuChrNewFromOpts } from './char-new.js'
import { qemuChrParseCompat, qemuChrParseOpts } from './char-opts.js'
import type { SocketChardev } from './char-socket.js'
import type { Chardev, ChardevEvent } from './char.js'

let dir = ''
let path = ''
const reports: string[] = []
let sink: ReturnType<typeof setReportSink>
const open: Chardev[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chardev-'))
  path = join(dir, 's')
  reports.length = 0
  sink = setReportSink((_kind, text) => reports.push(text))
})
afterEach(() => {
  for (const chr of open.splice(0)) chr.close()
  setReportSink(sink)
  rmSync(dir, { recursive: true })
})

function chardev(options: string): SocketChardev {
  const chr = qemuChrNewFromOpts(qemuChrParseOpts(`socket,id=s,${options}`)) as SocketChardev
  open.push(chr)
  return chr
}

/** A device that takes `room` bytes. */
function device(chr: Chardev, room = Infinity) {
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

/** A program at the other end. */
function client(to: string | number) {
  const socket = typeof to === 'string' ? connect(to) : connect(to, '127.0.0.1')
  return peer(socket)
}
function peer(socket: Socket) {
  const it = { socket, text: '', closed: false }
  socket.on('data', (data) => (it.text += data.toString('latin1')))
  socket.on('close', () => (it.closed = true))
  socket.on('error', () => undefined)
  return it
}
const listening = async (
  to: string | number,
): Promise<{ server: Server; port: number; sockets: Socket[] }> => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(to, resolve))
  return { server, port: (server.address() as AddressInfo).port, sockets }
}

describe('socket server', () => {
  it('with wait=on is ready when its client is there, says where it waits, and takes its path away', async () => {
    const chr = chardev(`path=${path},server=on`)
    const dev = device(chr)
    await vi.waitFor(() =>
      expect(reports).toEqual([`waiting for connection on: disconnected:unix:${path},server=on`]),
    )
    const guest = client(path)
    await chr.ready
    await vi.waitFor(() => expect(dev.events).toEqual(['opened']))
    guest.socket.write('in')
    qemuChrFeWrite(dev.be, Buffer.from('out'))
    await vi.waitFor(() => expect([dev.text, guest.text]).toEqual(['in', 'out']))
    chr.close()
    await chr.drained
    await vi.waitFor(() => expect([guest.closed, existsSync(path)]).toEqual([true, false]))
  })

  it('with wait=off is ready at once; output before a client comes is lost, another client comes after the first', async () => {
    const chr = chardev('host=127.0.0.1,port=0,server=on,wait=off')
    const dev = device(chr)
    await chr.ready
    const port = Number(/:(\d+),server=on$/.exec(chr.filename)![1])
    expect(qemuChrFeWrite(dev.be, Buffer.from('lost'))).toBe(4)
    const [first, second] = [client(port), client(port)]
    await vi.waitFor(() => expect(dev.events).toEqual(['opened']))
    qemuChrFeWrite(dev.be, Buffer.from('1'))
    second.socket.write('early')
    await vi.waitFor(() => expect(first.text).toBe('1'))
    expect(dev.text).toBe('')
    first.socket.end()
    await vi.waitFor(() => expect(dev.events).toEqual(['opened', 'closed', 'opened']))
    qemuChrFeWrite(dev.be, Buffer.from('2'))
    await vi.waitFor(() => expect([second.text, dev.text]).toEqual(['2', 'early']))
    expect(chr.filename).toBe(`tcp:127.0.0.1:${port},server=on`)
    second.socket.destroy()
  })

  it('tries ports up to `to`, and says when none is free', async () => {
    const { server, port } = await listening(0)
    const chr = chardev(`host=,port=${port},to=${port + 20},server=on,wait=off`)
    await chr.ready
    expect(chr.filename).not.toContain(`:${port},`)
    const taken = chardev(`host=,port=${port},server=on,wait=off`)
    await expect(taken.ready).rejects.toThrow(`Failed to bind socket to :${port}: Address already in use`)
    server.close()
  })

  it('takes away a stale socket, and no other file', async () => {
    const { server } = await listening(path)
    server.unref()
    await chardev(`path=${path},server=on,wait=off`).ready
    const file = join(dir, 'file')
    writeFileSync(file, 'precious')
    await expect(chardev(`path=${file},server=on,wait=off`).ready).rejects.toThrow(
      new UserError(`Failed to bind socket to ${file}: Address already in use`),
    )
    expect(existsSync(file)).toBe(true)
    server.close()
  })
})

describe('socket client', () => {
  it('is ready when it is connected', async () => {
    const { server, sockets } = await listening(path)
    const chr = chardev(`path=${path}`)
    const dev = device(chr)
    await chr.ready
    await vi.waitFor(() => expect(sockets).toHaveLength(1))
    sockets[0]!.write('hello')
    await vi.waitFor(() => expect(dev.text).toBe('hello'))
    sockets[0]!.destroy()
    await vi.waitFor(() => expect(dev.events).toEqual(['opened', 'closed']))
    expect(qemuChrFeWrite(dev.be, Buffer.from('lost'))).toBe(4)
    server.close()
  })

  it('that nobody answers is an error of one line', async () => {
    await expect(chardev(`path=${path}`).ready).rejects.toThrow(
      new UserError(`Failed to connect to '${path}': No such file or directory`),
    )
    await expect(chardev('host=127.0.0.1,port=1').ready).rejects.toThrow(
      new UserError("Failed to connect to '127.0.0.1:1': Connection refused"),
    )
    await expect(chardev('host=no.such.host.invalid,port=1').ready).rejects.toThrow(
      'address resolution failed for no.such.host.invalid:1: ',
    )
  })

  it('with reconnect is ready at once, and connects whenever the other side comes', async () => {
    const chr = chardev(`path=${path},reconnect=1`)
    const dev = device(chr)
    await chr.ready
    await sleep(50)
    const { server, sockets } = await listening(path)
    await vi.waitFor(() => expect(dev.events).toEqual(['opened']), { timeout: 5000 })
    sockets[0]!.destroy()
    await vi.waitFor(() => expect(dev.events).toEqual(['opened', 'closed', 'opened']), { timeout: 5000 })
    server.close()
  })
})

describe('socket flow control', () => {
  it('a device without room stops the sender, and gets everything when it has', async () => {
    const chr = chardev(`path=${path},server=on`)
    const dev = device(chr, 10)
    const sender = client(path)
    const data = Buffer.alloc(4 * 2 ** 20, 'x')
    sender.socket.write(data)
    await chr.ready
    await sleep(100)
    expect(dev.text.length).toBe(10)
    // The sender could not get rid of it all: the rest is in the kernel and with the sender, not with us.
    expect(sender.socket.writableLength).toBeGreaterThan(2 ** 20)
    dev.room = Infinity
    qemuChrFeAcceptInput(dev.be)
    await vi.waitFor(() => expect(dev.text.length).toBe(data.length), { timeout: 5000 })
    sender.socket.destroy()
  })

  it('a peer that reads nothing makes the device wait, and gets everything in order when it reads', async () => {
    const chr = chardev(`path=${path},server=on`)
    const dev = device(chr)
    const reader = connect(path)
    reader.on('error', () => undefined)
    await chr.ready
    let sent = 0
    const send = async (): Promise<void> => {
      const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (sent + i) % 251)
      const taken = qemuChrFeWrite(dev.be, bytes)
      sent += taken
      if (taken === 0) {
        await new Promise<void>((resolve) => {
          if (!qemuChrFeAddWatch(dev.be, resolve)) resolve()
          setTimeout(resolve, 200)
        })
      } else await sleep(0)
    }
    const start = Date.now()
    let idle = 0
    while (idle < 3 && Date.now() - start < 5000) {
      const before = sent
      await send()
      idle = sent === before ? idle + 1 : 0
    }
    // What the kernel holds for a unix socket, and what we do: nowhere near without bound.
    expect(sent).toBeLessThan(2 ** 21)
    let got = 0
    reader.on('data', (data: Buffer) => {
      for (const byte of data) {
        if (byte !== got % 251) throw new Error(`Byte ${got} is wrong`)
        got++
      }
    })
    for (let i = 0; i < 50; i++) await send()
    await vi.waitFor(() => expect(got).toBe(sent), { timeout: 5000 })
    reader.destroy()
  })

  it('a front end that cannot wait fills a bounded queue; the rest is lost and reported once', async () => {
    const chr = chardev(`path=${path},server=on`)
    const dev = device(chr)
    const reader = connect(path)
    reader.pause()
    reader.on('error', () => undefined)
    await chr.ready
    reports.length = 0
    let taken = 0
    for (let i = 0; i < 40; i++) taken += qemuChrFeWriteAll(dev.be, new Uint8Array(65536))
    expect(taken).toBeLessThan(2 ** 21)
    expect(reports).toEqual(['s: Output is being lost: the reader takes nothing'])
    reader.destroy()
  })
})

describe('telnet', () => {
  it('greets, takes commands out of the input, and doubles 255', async () => {
    const chr = qemuChrNew('t', 'telnet:127.0.0.1:0,server,nowait') as SocketChardev
    open.push(chr)
    const dev = device(chr)
    await chr.ready
    expect(chr.filename).toMatch(/^disconnected:telnet:127\.0\.0\.1:\d+,server=on$/)
    const user = client(Number(/:(\d+),/.exec(chr.filename)![1]))
    await vi.waitFor(() => expect(user.text).toBe('\xff\xfb\x01\xff\xfb\x03\xff\xfb\x00\xff\xfd\x00'))
    user.socket.write(Buffer.from('a\xff\xfd\x03b\xff\xf3c', 'latin1'))
    qemuChrFeWrite(dev.be, Uint8Array.of(1, 0xff))
    await vi.waitFor(() => expect(dev.text).toBe('abc'))
    await vi.waitFor(() => expect(user.text.slice(12)).toBe('\x01\xff\xff'))
    expect(dev.events).toEqual(['opened', 'break'])
    user.socket.destroy()
  })
})

describe('socket options', () => {
  it.each([
    ['', "chardev: socket: one of 'path' and 'host' is required"],
    [',path=x,host=y', "chardev: socket: one of 'path' and 'host' is required"],
    [',host=127.0.0.1', 'chardev: socket: no port given'],
    [',host=127.0.0.1,port=http', "Parameter 'port' expects a port number, 0 to 65535"],
    [',host=127.0.0.1,port=65536', "Parameter 'port' expects a port number, 0 to 65535"],
    [',host=,port=9,to=8,server=on', "Parameter 'to' expects a port number from 'port' on, 9 to 65535"],
    [',host=,port=9,to=10', "'to' option is incompatible with socket in client connect mode"],
    [',host=,port=9,ipv4=off,ipv6=off', 'Cannot disable IPv4 and IPv6 at same time'],
    [',path=x,nodelay', "'nodelay' option is incompatible with a unix socket"],
    [',path=', "Parameter 'path' expects the path of a unix socket"],
    [',path=x,wait=on', "'wait' option is incompatible with socket in client connect mode"],
    [',path=x,server=on,reconnect=1', "'reconnect' option is incompatible with socket in server listen mode"],
    [',path=x,reconnect=soon', "Parameter 'reconnect' expects a number"],
    [',path=x,websocket=on', "Invalid parameter 'websocket'"],
  ])('socket,id=s%s is refused', (options, message) => {
    expect(() => qemuChrNewFromOpts(qemuChrParseOpts(`socket,id=s${options}`))).toThrow(
      new UserError(message),
    )
  })

  it.each([
    ['tcp:1.2.3.4:99', { host: '1.2.3.4', port: '99' }],
    ['tcp::99,server,nowait', { host: '', port: '99', server: true, wait: false }],
    ['tcp:[::1]:99,nodelay,reconnect=5', { host: '::1', port: '99', nodelay: true, reconnect: 5 }],
    ['telnet:h:99,server=on', { host: 'h', port: '99', server: true, telnet: true }],
    ['unix:/a,server,nowait', { path: '/a', server: true, wait: false }],
    ['mon:unix:/a', { path: '/a', mux: true }],
  ])('short form %s is read', (spec, opts) => {
    expect(qemuChrParseCompat('c', spec)).toEqual({ id: 'c', backend: 'socket', ...opts })
  })
})
