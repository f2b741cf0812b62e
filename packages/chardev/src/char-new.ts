// SPDX-License-Identifier: GPL-2.0-or-later
import type { QemuObject } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { TYPE_CHARDEV_FILE } from './char-file.js'
import { TYPE_CHARDEV_MUX } from './char-mux.js'
import { TYPE_CHARDEV_NULL } from './char-null.js'
import { TYPE_CHARDEV_RINGBUF } from './char-ringbuf.js'
import { TYPE_CHARDEV_STDIO, type StdioOptions } from './char-stdio.js'
import { qemuChrAdd, type Chardev } from './char.js'

/** What a back end is made from. */
export interface ChardevOpts {
  /** Name under which devices find it. */
  id: string
  backend: 'stdio' | 'file' | 'null' | 'ringbuf'
  /** Whether Ctrl-A commands are taken out of the input. */
  mux?: boolean
  /** stdio: whether Ctrl-C and its like act on us (default) or go to the guest. */
  signal?: boolean
  /** file: its path. */
  path?: string
  /** file: write behind what is there instead of emptying it. */
  append?: boolean
  /** ringbuf: bytes kept, a power of two. */
  size?: number
}

/** What surrounds a new back end. */
export interface ChardevEnvironment {
  /** Root of the machine's tree; with it, `qemuChrFind` finds the back end by its label. */
  root?: QemuObject
  /** Called for Ctrl-A x on a `mon:` back end. */
  onQuit?: () => void
  /** Streams to use instead of the process's own. */
  stdio?: Pick<StdioOptions, 'input' | 'output'>
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
  if (spec === 'null' || spec === 'stdio' || spec === 'ringbuf') return { id: label, backend: spec }
  if (spec.startsWith('file:')) return { id: label, backend: 'file', path: spec.slice(5) }
  throw new UserError(`'${spec}' is not a valid char driver`)
}

/**
 * Makes and opens a back end.
 * @throws UserError if an option is missing or wrong, or the host refuses
 * @qemu chardev/char.c qemu_chr_new_from_opts
 */
export function qemuChrNewFromOpts(opts: ChardevOpts, environment: ChardevEnvironment = {}): Chardev {
  const driver = openDriver({ ...opts, id: opts.mux ? `${opts.id}-base` : opts.id }, environment)
  let chr = driver
  if (opts.mux) {
    const mux = TYPE_CHARDEV_MUX.new()
    mux.label = opts.id
    mux.onQuit = environment.onQuit ?? null
    mux.open(driver)
    chr = mux
  }
  if (environment.root) {
    try {
      qemuChrAdd(environment.root, chr)
    } catch (error) {
      chr.chrClose()
      throw new UserError(`Chardev with id '${opts.id}' already exists`, { cause: error })
    }
  }
  return chr
}

function openDriver(opts: ChardevOpts, environment: ChardevEnvironment): Chardev {
  switch (opts.backend) {
    case 'null': {
      const chr = TYPE_CHARDEV_NULL.new()
      chr.label = opts.id
      return chr
    }
    case 'ringbuf': {
      const chr = TYPE_CHARDEV_RINGBUF.new()
      chr.label = opts.id
      chr.open(opts.size)
      return chr
    }
    case 'file': {
      if (opts.path === undefined) throw new UserError('chardev: file: no filename given')
      const chr = TYPE_CHARDEV_FILE.new()
      chr.label = opts.id
      chr.open(opts.path, opts.append)
      return chr
    }
    case 'stdio': {
      const chr = TYPE_CHARDEV_STDIO.new()
      chr.label = opts.id
      chr.open({ signal: opts.signal ?? true, ...environment.stdio })
      return chr
    }
  }
}

/**
 * Makes and opens a back end from the short form: `stdio`, `mon:stdio`, `file:PATH`, `null`, `ringbuf`, or `none`, which
 * gives null.
 * @throws UserError as {@link qemuChrParseCompat} and {@link qemuChrNewFromOpts}
 * @qemu chardev/char.c qemu_chr_new
 */
export function qemuChrNew(
  label: string,
  spec: string,
  environment: ChardevEnvironment = {},
): Chardev | null {
  const opts = qemuChrParseCompat(label, spec)
  return opts ? qemuChrNewFromOpts(opts, environment) : null
}
