// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, openSync } from 'node:fs'
import type { QemuObject } from '@dromaius/qom'
import { strerror, UserError } from '@dromaius/util'
import { TYPE_CHARDEV_FILE } from './char-file.js'
import { TYPE_CHARDEV_MUX } from './char-mux.js'
import { TYPE_CHARDEV_NULL } from './char-null.js'
import { type ChardevOpts, qemuChrParseCompat } from './char-opts.js'
import { TYPE_CHARDEV_PTY } from './char-pty.js'
import { TYPE_CHARDEV_RINGBUF } from './char-ringbuf.js'
import { TYPE_CHARDEV_SOCKET } from './char-socket.js'
import { TYPE_CHARDEV_STDIO, type StdioOptions } from './char-stdio.js'
import { qemuChrAdd, qemuChrFind, type Chardev } from './char.js'
import { FdWriter } from './fd-writer.js'

/** What surrounds a new back end. */
export interface ChardevEnvironment {
  /** Root of the machine's tree; with it, `qemuChrFind` finds the back end by its label. */
  root?: QemuObject
  /** Called for Ctrl-A x on a multiplexed back end. */
  onQuit?: () => void
  /** Streams to use instead of the process's own. */
  stdio?: Pick<StdioOptions, 'input' | 'output'>
}

/**
 * Makes and opens a back end.
 * @throws UserError if an option is missing or wrong, or the host refuses
 * @qemu chardev/char.c qemu_chr_new_from_opts
 */
export function qemuChrNewFromOpts(opts: ChardevOpts, environment: ChardevEnvironment = {}): Chardev {
  const { root } = environment
  if (root && qemuChrFind(root, opts.id)) throw new UserError(`Duplicate ID '${opts.id}' for chardev`)
  const driver = openDriver({ ...opts, id: opts.mux ? `${opts.id}-base` : opts.id }, environment)
  let chr = driver
  if (opts.mux) {
    const mux = TYPE_CHARDEV_MUX.new()
    mux.label = opts.id
    mux.onQuit = environment.onQuit ?? null
    mux.open(driver)
    chr = mux
  }
  if (root) qemuChrAdd(root, chr)
  return chr
}

/** @qemu chardev/char.c qemu_char_open */
function openDriver(opts: ChardevOpts, environment: ChardevEnvironment): Chardev {
  const log = opts.logfile === undefined ? null : openLog(opts.id, opts.logfile, opts.logappend ?? false)
  try {
    const chr = newDriver(opts, environment)
    chr.log = log
    return chr
  } catch (error) {
    if (log) closeSync(log.fd)
    throw error
  }
}

function openLog(id: string, path: string, append: boolean): FdWriter {
  try {
    return new FdWriter(openSync(path, append ? 'a' : 'w', 0o666), `${id} (${path})`)
  } catch (error) {
    throw new UserError(`Unable to open logfile ${path}: ${strerror(error)}`, { cause: error })
  }
}

function newDriver(opts: ChardevOpts, environment: ChardevEnvironment): Chardev {
  switch (opts.backend) {
    case 'null': {
      const chr = TYPE_CHARDEV_NULL.new()
      chr.label = opts.id
      return chr
    }
    case 'ringbuf':
    case 'memory': {
      const chr = TYPE_CHARDEV_RINGBUF.new()
      chr.label = opts.id
      chr.open(opts.size)
      return chr
    }
    case 'file': {
      const chr = TYPE_CHARDEV_FILE.new()
      chr.label = opts.id
      chr.open(opts)
      return chr
    }
    case 'pty': {
      const chr = TYPE_CHARDEV_PTY.new()
      chr.label = opts.id
      chr.open()
      // On standard output, where scripts look for it.
      process.stdout.write(`char device redirected to ${chr.path} (label ${opts.id})\n`)
      return chr
    }
    case 'socket': {
      const chr = TYPE_CHARDEV_SOCKET.new()
      chr.label = opts.id
      chr.open(opts)
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
 * Makes and opens a back end from the short form: `stdio`, `mon:stdio`, `file:PATH`, `null` and so on, or finds the one
 * that `chardev:ID` names. `none` gives null.
 * @throws UserError as {@link qemuChrParseCompat} and {@link qemuChrNewFromOpts}, and for an id that is not there
 * @qemu chardev/char.c qemu_chr_new
 */
export function qemuChrNew(
  label: string,
  spec: string,
  environment: ChardevEnvironment = {},
): Chardev | null {
  if (spec.startsWith('chardev:')) {
    const found = environment.root ? qemuChrFind(environment.root, spec.slice('chardev:'.length)) : null
    if (!found) throw new UserError(`could not connect serial device to character backend '${spec}'`)
    return found
  }
  const opts = qemuChrParseCompat(label, spec)
  return opts ? qemuChrNewFromOpts(opts, environment) : null
}
