// SPDX-License-Identifier: GPL-2.0-or-later
import { keyvalParse, type KeyValues, parseSize, parseUint, UserError } from '@dromaius/util'

/** What every back end takes. */
export interface ChardevCommonOpts {
  /** Name under which devices find it. */
  id: string
  /** Whether Ctrl-A commands are taken out of the input, and up to four front ends may share the back end. */
  mux?: boolean
  /** Path of a file that gets a copy of the output. */
  logfile?: string
  /** Whether the log is written behind what is there instead of emptied. */
  logappend?: boolean
}

/** Takes everything, gives nothing. */
export interface ChardevNullOpts extends ChardevCommonOpts {
  backend: 'null'
}

/** Keeps the latest output in memory; `memory` is an old name. */
export interface ChardevRingbufOpts extends ChardevCommonOpts {
  backend: 'ringbuf' | 'memory'
  /** Bytes kept, a power of two. */
  size?: number
}

export interface ChardevFileOpts extends ChardevCommonOpts {
  backend: 'file'
  /** Where output goes. */
  path?: string
  /** Where input comes from; none without it. */
  inputPath?: string
  /** Write behind what is there instead of emptying it. */
  append?: boolean
}

export interface ChardevStdioOpts extends ChardevCommonOpts {
  backend: 'stdio'
  /** Whether Ctrl-C and its like act on us (default) or go to the guest. */
  signal?: boolean
}

/** A pseudo terminal. */
export interface ChardevPtyOpts extends ChardevCommonOpts {
  backend: 'pty'
}

/** A unix socket, by `path`, or a TCP one, by `host` and `port`. */
export interface ChardevSocketOpts extends ChardevCommonOpts {
  backend: 'socket'
  path?: string
  /** Name or address; empty means any of this host's, or this host. */
  host?: string
  port?: string
  /** Last port that a server tries when earlier ones are taken. */
  to?: number
  ipv4?: boolean
  ipv6?: boolean
  /** Listen (one client at a time) instead of connecting. */
  server?: boolean
  /** server: hold the machine up until a client is there (default). */
  wait?: boolean
  /** client: pause in seconds before connecting again; without it, or 0, a lost connection stays lost. */
  reconnect?: number
  /** TCP: send small pieces at once. */
  nodelay?: boolean
  /** Speak the telnet protocol. */
  telnet?: boolean
}

/** What a back end is made from. */
export type ChardevOpts =
  | ChardevNullOpts
  | ChardevRingbufOpts
  | ChardevFileOpts
  | ChardevStdioOpts
  | ChardevPtyOpts
  | ChardevSocketOpts

type BackendName = ChardevOpts['backend']

/** How the value of a key is read, and the field that it goes to. */
interface KeyRow {
  readonly field: string
  readonly kind: 'string' | 'bool' | 'number' | 'size'
}

const row = (field: string, kind: KeyRow['kind']): KeyRow => ({ field, kind })

const commonKeys: Readonly<Record<string, KeyRow>> = {
  mux: row('mux', 'bool'),
  logfile: row('logfile', 'string'),
  logappend: row('logappend', 'bool'),
}

/** The keys of each back end beside the common ones. @qemu chardev/char.c qemu_chardev_opts */
const backendKeys: Readonly<Record<BackendName, Readonly<Record<string, KeyRow>>>> = {
  null: {},
  ringbuf: { size: row('size', 'size') },
  memory: { size: row('size', 'size') },
  file: {
    path: row('path', 'string'),
    'input-path': row('inputPath', 'string'),
    append: row('append', 'bool'),
  },
  stdio: { signal: row('signal', 'bool') },
  pty: {},
  socket: {
    path: row('path', 'string'),
    host: row('host', 'string'),
    port: row('port', 'string'),
    to: row('to', 'number'),
    ipv4: row('ipv4', 'bool'),
    ipv6: row('ipv6', 'bool'),
    server: row('server', 'bool'),
    wait: row('wait', 'bool'),
    reconnect: row('reconnect', 'number'),
    nodelay: row('nodelay', 'bool'),
    // What the bare word `nodelay` is read as: `delay=off`.
    delay: row('delay', 'bool'),
    telnet: row('telnet', 'bool'),
  },
}

/** Words of an id: a letter, then letters, digits and `-._`. @qemu util/id.c id_wellformed */
const WELLFORMED_ID = /^[A-Za-z][A-Za-z0-9\-._]*$/

const isBackend = (name: string): name is BackendName => Object.hasOwn(backendKeys, name)

/** What `-chardev help` prints. */
export function qemuChrHelp(): string {
  return [
    'Available chardev backend types:',
    ...Object.keys(backendKeys).map((name) => `  ${name}`),
    '',
  ].join('\n')
}

function parseValue(key: string, kind: KeyRow['kind'], value: string): string | boolean | number {
  switch (kind) {
    case 'string':
      return value
    case 'bool':
      if (value === 'on' || value === 'off') return value === 'on'
      throw new UserError(`Parameter '${key}' expects 'on' or 'off'`)
    case 'number': {
      const number = parseUint(value)
      if (number === null) throw new UserError(`Parameter '${key}' expects a number`)
      return number
    }
    case 'size': {
      const size = parseSize(value)
      if (size === null) {
        throw new UserError(
          `Parameter '${key}' expects a non-negative number below 2^53, with an optional suffix k, M, G, T`,
        )
      }
      return size
    }
  }
}

/** Puts key-value pairs into the fields of a back end's options; the last value of a key counts. */
function optsFromPairs(id: string, backend: string, pairs: KeyValues): ChardevOpts {
  if (!isBackend(backend)) throw new UserError(`'${backend}' is not a valid char driver name`)
  const fields: Record<string, string | boolean | number> = { id, backend }
  for (const [key, value] of pairs) {
    const keys = backendKeys[backend]
    const known = Object.hasOwn(keys, key)
      ? keys[key]
      : Object.hasOwn(commonKeys, key)
        ? commonKeys[key]
        : null
    if (!known) throw new UserError(`Invalid parameter '${key}'`)
    fields[known.field] = parseValue(key, known.kind, value)
  }
  if (fields.delay !== undefined) {
    fields.nodelay ??= !fields.delay
    delete fields.delay
  }
  return fields as unknown as ChardevOpts
}

/**
 * Reads the argument of `-chardev`: `backend,id=name,key=value,...`.
 * @throws UserError if there is no such back end, or a key or value is not one of its
 * @qemu chardev/char.c qemu_chr_new_from_opts
 * @differs a key that the back end has no use for is refused
 */
export function qemuChrParseOpts(text: string): ChardevOpts {
  let id: string | null = null
  let backend: string | null = null
  const rest: (readonly [string, string])[] = []
  for (const pair of keyvalParse(text, { implied: 'backend', bareFlags: true })) {
    if (pair[0] === 'id') id = pair[1]
    else if (pair[0] === 'backend') backend = pair[1]
    else rest.push(pair)
  }
  if (id !== null && !WELLFORMED_ID.test(id)) {
    throw new UserError(`Parameter 'id' expects an identifier, which '${id}' is not`)
  }
  if (backend === null || backend === '') throw new UserError(`chardev: "${id ?? ''}" missing backend`)
  if (id === null) throw new UserError('chardev: no id specified')
  return optsFromPairs(id, backend, rest)
}

/**
 * Reads the short form that `-serial`, `-debugcon` and the like take; null for `none`.
 * @throws UserError if there is no such kind
 * @qemu chardev/char.c qemu_chr_parse_compat
 */
export function qemuChrParseCompat(label: string, spec: string): ChardevOpts | null {
  if (spec === 'none') return null
  if (spec.startsWith('mon:')) {
    const opts = qemuChrParseCompat(label, spec.slice(4))
    if (!opts) throw new UserError(`'none' is not a valid char driver`)
    opts.mux = true
    // Somebody who has the monitor's keys leaves by them; Ctrl-C is the guest's.
    if (opts.backend === 'stdio') opts.signal = false
    return opts
  }
  if (spec === 'null' || spec === 'stdio' || spec === 'ringbuf' || spec === 'pty') {
    return { id: label, backend: spec }
  }
  if (spec.startsWith('file:')) return { id: label, backend: 'file', path: spec.slice(5) }
  if (spec.startsWith('unix:')) {
    return optsFromPairs(label, 'socket', keyvalParse(spec.slice(5), { implied: 'path', bareFlags: true }))
  }
  const inet = /^(tcp|telnet):(?:([^,:[]*)|\[([^\]]*)\]):([^,:]+)(?:,(.*))?$/.exec(spec)
  if (inet) {
    const [, protocol, name, address, port, rest] = inet
    const pairs = keyvalParse(rest ?? '', { bareFlags: true })
    return optsFromPairs(label, 'socket', [
      ['host', name ?? address!],
      ['port', port!],
      ...pairs,
      ...(protocol === 'telnet' ? [['telnet', 'on'] as const] : []),
    ])
  }
  throw new UserError(`'${spec}' is not a valid char driver`)
}
