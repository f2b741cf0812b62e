// SPDX-License-Identifier: GPL-2.0-or-later
import { connect, createServer, type Server, type Socket } from 'node:net'
import { typeRegister } from '@dromaius/qom'
import { errorReport, infoReport, UserError } from '@dromaius/util'
import type { ChardevSocketOpts } from './char-opts.js'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV } from './char.js'
import { connectOptions, listen, type SocketAddress, socketAddress } from './socket-address.js'
import { socketError, socketName } from './socket-address.js'
import { StreamInput } from './stream-input.js'
import { TELNET_GREETING, telnetEscape, TelnetInput } from './telnet.js'

/** Clients that may wait for the one before them to leave. */
const MAX_WAITING = 8

/** How long in `ms` the end of a machine waits for a peer that takes nothing. */
const CLOSE_PATIENCE_MS = 5000

/** Bytes that a front end which cannot wait may put behind what a slow peer has not taken; what comes then is lost. */
const HARD_LIMIT = 2 ** 20

/**
 * A unix or TCP socket, as a server with one client at a time or as a client that may connect again.
 * @qemu chardev/char-socket.c SocketChardev
 * @differs no TLS, websocket, tn3270 or descriptor that was handed over
 */
export class SocketChardev extends Chardev {
  private address!: SocketAddress
  private opts!: ChardevSocketOpts
  private server: Server | null = null
  private socket: Socket | null = null
  private input: StreamInput | null = null
  private waiting: Socket[] = []
  private timer: NodeJS.Timeout | null = null
  private readonly watches = new Set<() => void>()
  private closed = false
  /** The front end cannot wait: the next write may go beyond the usual limit. */
  private extra = false
  private reported = false
  private settleReady: ((error: UserError | null) => void) | null = null

  /**
   * Begins to listen or to connect; `ready` tells how that went.
   * @throws UserError if options contradict each other or lack something
   * @qemu chardev/char-socket.c qmp_chardev_open_socket
   */
  open(opts: ChardevSocketOpts): void {
    this.address = socketAddress(opts)
    if (opts.server && opts.reconnect !== undefined) {
      throw new UserError("'reconnect' option is incompatible with socket in server listen mode")
    }
    if (!opts.server && opts.wait !== undefined) {
      throw new UserError("'wait' option is incompatible with socket in client connect mode")
    }
    this.opts = opts
    this.ready = new Promise((resolve, reject) => {
      this.settleReady = (error) => {
        this.settleReady = null
        // From now on the machine decides how long the process lasts.
        this.server?.unref()
        this.socket?.unref()
        if (error) reject(error)
        else resolve()
      }
    })
    // Who does not ask shall not be told by a crash.
    this.ready.catch(() => undefined)
    if (opts.server) this.listen()
    else this.connect()
  }

  /** Where it listens or is connected to, as QEMU's `info chardev` says it. */
  get filename(): string {
    const name = socketName(this.address, this.server ?? this.socket)
    const { server, telnet } = this.opts
    const text = `${telnet ? name.replace(/^tcp/, 'telnet') : name}${server ? ',server=on' : ''}`
    return this.socket && !this.socket.connecting ? text : `disconnected:${text}`
  }

  /** @qemu chardev/char-socket.c qmp_chardev_open_socket_server */
  private listen(): void {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket))
    this.server = server
    listen(server, this.address).then(
      () => {
        // A descriptor that accept cannot have any more, say: the clients that are there stay.
        server.on('error', (error) => errorReport(`${this.label}: ${error.message}`))
        if (this.closed) server.close()
        else if (this.opts.wait === false) this.settleReady?.(null)
        else if (!this.socket) infoReport(`waiting for connection on: ${this.filename}`)
      },
      (error: unknown) => this.settleReady?.(socketError(true, this.address, error)),
    )
  }

  /** @qemu chardev/char-socket.c tcp_chr_accept */
  private accept(socket: Socket): void {
    if (!this.socket) {
      this.connected(socket)
      return
    }
    socket.on('error', () => socket.destroy())
    if (this.waiting.length >= MAX_WAITING) {
      socket.destroy()
      return
    }
    this.waiting.push(socket)
    socket.on('close', () => (this.waiting = this.waiting.filter((other) => other !== socket)))
  }

  /** @qemu chardev/char-socket.c tcp_chr_connect_client_async */
  private connect(): void {
    const socket = connect(connectOptions(this.address, this.opts.nodelay ?? false))
    this.socket = socket
    const onError = (error: Error): void => {
      this.socket = null
      const { reconnect = 0 } = this.opts
      if (reconnect === 0) this.settleReady?.(socketError(false, this.address, error))
      else this.reconnectLater()
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.off('error', onError)
      if (this.closed) socket.destroy()
      else this.connected(socket)
    })
    // A machine that may connect later starts at once.
    if (this.opts.reconnect) this.settleReady?.(null)
  }

  /** @qemu chardev/char-socket.c qemu_chr_socket_restart_timer */
  private reconnectLater(): void {
    if (this.closed) return
    this.timer = setTimeout(() => this.connect(), (this.opts.reconnect ?? 0) * 1000).unref()
  }

  /** @qemu chardev/char-socket.c tcp_chr_connect */
  private connected(socket: Socket): void {
    this.socket = socket
    if (this.opts.nodelay) socket.setNoDelay(true)
    // Writing to a peer that has gone; 'close' follows.
    socket.on('error', () => undefined)
    socket.on('drain', () => this.wake())
    const telnet = this.opts.telnet ? new TelnetInput(() => qemuChrBeEvent(this, 'break')) : null
    if (telnet) socket.write(TELNET_GREETING)
    this.input = new StreamInput(
      this,
      socket,
      () => this.disconnected(),
      telnet ? (bytes) => telnet.process(bytes) : undefined,
    )
    socket.unref()
    qemuChrBeEvent(this, 'opened')
    this.input.accept()
    this.settleReady?.(null)
  }

  /** @qemu chardev/char-socket.c tcp_chr_disconnect */
  private disconnected(): void {
    this.input?.stop()
    this.input = null
    this.socket?.destroy()
    this.socket = null
    if (this.beOpen) qemuChrBeEvent(this, 'closed')
    this.wake()
    if (this.closed) return
    const next = this.waiting.shift()
    if (next) this.connected(next)
    else if (this.opts.reconnect) this.reconnectLater()
  }

  /** Tells those who wait that output is taken again. */
  private wake(): void {
    const watches = [...this.watches]
    this.watches.clear()
    for (const cb of watches) cb()
  }

  /**
   * Takes what there is room for; all of it while nobody is connected, and then it is lost.
   * @qemu chardev/char-socket.c tcp_chr_write
   */
  override chrWrite(bytes: Uint8Array): number {
    const { socket } = this
    if (!this.beOpen || !socket?.writable) return bytes.length
    const limit = this.extra ? HARD_LIMIT : socket.writableHighWaterMark
    this.extra = false
    const taken = Math.min(bytes.length, Math.max(0, limit - socket.writableLength))
    if (taken > 0) {
      const part = bytes.slice(0, taken)
      socket.write(this.opts.telnet ? telnetEscape(part) : part)
    }
    return taken
  }

  override chrAcceptInput(): void {
    this.input?.accept()
  }

  override chrAddWatch(cb: () => void): (() => void) | null {
    this.watches.add(cb)
    if (!this.socket?.writableNeedDrain) setImmediate(() => this.wake())
    return () => this.watches.delete(cb)
  }

  /** A socket takes nothing before the next turn of the event loop, so that the queue must grow for a while. */
  override chrDrain(): boolean {
    const { socket } = this
    this.extra = !socket || socket.writableLength < HARD_LIMIT
    if (!this.extra && !this.reported) {
      this.reported = true
      errorReport(`${this.label}: Output is being lost: the reader takes nothing`)
    }
    return this.extra
  }

  /** What is queued still goes out, see `drained`. @qemu chardev/char-socket.c char_socket_finalize */
  protected override chrClose(): void {
    if (this.closed || !this.opts) return
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
    this.input?.stop()
    this.input = null
    if (this.socket) this.drained = hangUp(this.socket)
    for (const socket of this.waiting) socket.destroy()
    this.server?.close()
    this.watches.clear()
    this.settleReady?.(new UserError(`chardev ${this.label} was closed before it was connected`))
  }
}

/** Ends a connection once the peer has taken what is queued, or after a while. */
function hangUp(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS)
    socket.on('close', () => {
      clearTimeout(patience)
      resolve()
    })
    socket.ref()
    if (socket.connecting) socket.destroy()
    else socket.end(() => socket.destroy())
  })
}

export const TYPE_CHARDEV_SOCKET = typeRegister<SocketChardev>({
  name: 'chardev-socket',
  parent: TYPE_CHARDEV,
  instance: SocketChardev,
})
