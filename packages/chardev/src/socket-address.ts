// SPDX-License-Identifier: GPL-2.0-or-later
import type { ListenOptions, Server, Socket, TcpNetConnectOpts } from 'node:net'
import { existsSync, lstatSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { strerror, UserError } from '@dromaius/util'
import type { ChardevSocketOpts } from './char-opts.js'

/** Highest port of TCP. */
const MAX_PORT = 65535

/** Where a socket chardev listens or connects to. */
export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'inet'
      readonly host: string
      readonly port: number
      /** Last port to try when earlier ones are taken. */
      readonly to: number
      /** 4 or 6, 0 for either. */
      readonly family: 0 | 4 | 6
    }

/** @qemu util/qemu-sockets.c inet_ai_family_from_address */
function familyOf({ ipv4, ipv6 }: ChardevSocketOpts): 0 | 4 | 6 {
  if (ipv4 === false && ipv6 === false) throw new UserError('Cannot disable IPv4 and IPv6 at same time')
  if (ipv4 === true && ipv6 === true) return 0
  if (ipv6 === true || ipv4 === false) return 6
  return ipv4 === true || ipv6 === false ? 4 : 0
}

function portOf(key: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= MAX_PORT)) throw new UserError(`Parameter '${key}' expects a port number, 0 to ${MAX_PORT}`)
  return port
}

/**
 * Takes the address out of a socket's options. Throws UserError where they contradict each other or lack something.
 * @qemu chardev/char-socket.c qemu_chr_parse_socket
 */
export function socketAddress(opts: ChardevSocketOpts): SocketAddress {
  const { path, host, port, to } = opts
  if ((path === undefined) === (host === undefined)) {
    throw new UserError("chardev: socket: one of 'path' and 'host' is required")
  }
  if (path !== undefined) {
    for (const key of ['port', 'to', 'ipv4', 'ipv6', 'nodelay'] as const) {
      if (opts[key] !== undefined) throw new UserError(`'${key}' option is incompatible with a unix socket`)
    }
    if (path === '') throw new UserError("Parameter 'path' expects the path of a unix socket")
    return { kind: 'unix', path }
  }
  if (port === undefined || port === '') throw new UserError('chardev: socket: no port given')
  const first = portOf('port', port)
  if (to !== undefined && !opts.server) {
    throw new UserError("'to' option is incompatible with socket in client connect mode")
  }
  const last = to === undefined ? first : to
  if (last < first || last > MAX_PORT) {
    throw new UserError(`Parameter 'to' expects a port number from 'port' on, ${first} to ${MAX_PORT}`)
  }
  return { kind: 'inet', host: host!, port: first, to: last, family: familyOf(opts) }
}

/** The address as messages show it. */
export function socketAddressText(address: SocketAddress): string {
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`
}

/** What `connect` of node:net takes. */
export function connectOptions(
  address: SocketAddress,
  nodelay: boolean,
): TcpNetConnectOpts | { path: string } {
  if (address.kind === 'unix') return { path: address.path }
  const { host, port, family } = address
  // An empty host is this one.
  return { host: host === '' ? 'localhost' : host, port, family, noDelay: nodelay }
}

function listenOptions(address: SocketAddress, port: number): ListenOptions {
  if (address.kind === 'unix') return { path: address.path }
  const any = address.family === 4 ? '0.0.0.0' : address.family === 6 ? '::' : undefined
  const host = address.host === '' ? any : address.host
  return { port, exclusive: true, ipv6Only: address.family === 6, ...(host === undefined ? {} : { host }) }
}

/** A socket that a process left behind is in the way; no other kind of file is taken away. */
function unlinkStaleSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path)
  } catch {
    // Nothing there, or nothing that we may touch: listening says what is wrong.
  }
}

/** Resolves when the server listens, at the first port that is free. Rejects with what the host says. */
export async function listen(server: Server, address: SocketAddress): Promise<void> {
  if (address.kind === 'unix') unlinkStaleSocket(address.path)
  const last = address.kind === 'unix' ? 0 : address.to
  for (let port = address.kind === 'unix' ? 0 : address.port; ; port++) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve)
      server.listen(listenOptions(address, port), () => {
        server.off('error', resolve)
        resolve(null)
      })
    })
    if (!error) return
    if (error.code !== 'EADDRINUSE' || port >= last) throw error
  }
}

/** The one line for a connection or a listening socket that could not be had. */
export function socketError(server: boolean, address: SocketAddress, error: unknown): UserError {
  const where = socketAddressText(address)
  const { code, syscall } = error as NodeJS.ErrnoException & { syscall?: string }
  // Several addresses may have been tried: the first says enough.
  const cause =
    error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error
  if (syscall === 'getaddrinfo') {
    return new UserError(`address resolution failed for ${where}: ${code ?? 'unknown'}`, { cause: error })
  }
  if (server && address.kind === 'unix' && code === 'EACCES' && !existsSync(dirname(address.path))) {
    // What libuv makes of it, for the sake of Windows.
    return new UserError(`Failed to bind socket to ${where}: ${strerror('ENOENT')}`, { cause: error })
  }
  const what = server ? `Failed to bind socket to ${where}` : `Failed to connect to '${where}'`
  return new UserError(`${what}: ${strerror(cause)}`, { cause: error })
}

/** The address of a listening or connected socket, in the words of QEMU's `info chardev`. */
export function socketName(address: SocketAddress, bound: Server | Socket | null): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  const at = bound && 'listening' in bound ? bound.address() : null
  if (at && typeof at === 'object' && 'port' in at) {
    return `tcp:${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`
  }
  return `tcp:${socketAddressText(address)}`
}
