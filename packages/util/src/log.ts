// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, openSync, writeSync } from 'node:fs'
import { format } from 'node:util'
import { errorReport } from './error-report.js'
import { UserError } from './errors.js'
import { strerror } from './strerror.js'

/** CPU state before a reset. */
export const LOG_CPU_RESET = 1 << 9
/** Things that no sane guest does, such as touching registers that do not exist. */
export const LOG_GUEST_ERROR = 1 << 11
/** The translator's figures at the end; an item of our own. */
export const LOG_JIT = 1 << 24
/** Trace events. */
export const LOG_TRACE = 1 << 15

/** One line of the list that `-d help` prints. */
export interface QEMULogItem {
  readonly mask: number
  readonly name: string
  readonly help: string
}

/**
 * What `-d` takes; values and names are QEMU's. Items that nothing here would log are left out.
 * @qemu util/log.c qemu_log_items
 */
export const qemuLogItems: readonly QEMULogItem[] = [
  { mask: LOG_CPU_RESET, name: 'cpu_reset', help: 'show CPU state before CPU resets' },
  {
    mask: LOG_GUEST_ERROR,
    name: 'guest_errors',
    help: 'log when the guest OS does something invalid (eg accessing a non-existent register)',
  },
  {
    mask: LOG_JIT,
    name: 'jit',
    help: 'show what the translator did, with times and memory, when the machine ends (tcg)',
  },
]

/** Process-wide, as the command line's `-d` and `-D` are: items that are on, and the file (null: stderr). */
const state: { loglevel: number; fd: number | null } = { loglevel: 0, fd: null }

/**
 * Reads the argument of `-d`: item names with commas between, or `all`. Throws UserError on an unknown name.
 * (`trace:PATTERN` items are the caller's: see `traceEnable`.)
 * @qemu util/log.c qemu_str_to_log_mask
 */
export function qemuStrToLogMask(text: string): number {
  let mask = 0
  for (const name of text.split(',')) {
    const items = qemuLogItems.filter((item) => name === 'all' || item.name === name)
    if (items.length === 0) throw new UserError(`-d: unknown log item '${name}' (-d help lists them)`)
    for (const item of items) mask |= item.mask
  }
  return mask
}

/**
 * The list that `-d help` prints, line by line.
 * @qemu util/log.c qemu_print_log_usage
 */
export function qemuLogHelp(): string[] {
  return [
    'Log items (comma separated):',
    ...qemuLogItems.map((item) => `${item.name.padEnd(15)} ${item.help}`),
    `${'trace:PATTERN'.padEnd(15)} enable trace events`,
    '',
    'Use "-d trace:help" to get a list of trace events.',
  ]
}

/**
 * Sets what is logged and where: to stderr, or to a new file, in whose name one `%d` stands for the process
 * id.
 * Throws UserError when the name has several `%` or the file cannot be written.
 * @qemu util/log.c qemu_set_log_filename_flags
 */
export function qemuSetLog(masks: number, file?: string): void {
  const fd = file === undefined ? null : openLog(file)
  if (state.fd !== null) closeSync(state.fd)
  state.fd = fd
  state.loglevel = masks
}

function openLog(file: string): number {
  const rest = file.replace('%d', '')
  if (rest.includes('%')) throw new UserError(`-D: bad log file name '${file}': one %d at most`)
  try {
    return openSync(file.replace('%d', String(process.pid)), 'w')
  } catch (error) {
    throw new UserError(`-D: cannot open ${file}: ${strerror(error)}`, { cause: error })
  }
}

/** Switches items on beside those that are on already. */
export function qemuLogEnable(masks: number): void {
  state.loglevel |= masks
}

/**
 * True when any item of the mask is logged.
 * @qemu include/qemu/log-for-trace.h qemu_loglevel_mask
 */
export function qemuLoglevelMask(mask: number): boolean {
  return (state.loglevel & mask) !== 0
}

/**
 * Writes to the log whatever the items; a missing line end is added.
 * @qemu util/log.c qemu_log
 */
export function qemuLog(message: string): void {
  const text = message.endsWith('\n') ? message : `${message}\n`
  if (state.fd === null) {
    process.stderr.write(text)
    return
  }
  try {
    writeSync(state.fd, text)
  } catch (error) {
    // A full disk must not stop the guest: logging ends here.
    closeSync(state.fd)
    state.fd = null
    state.loglevel = 0
    errorReport(`Log file cannot be written (${strerror(error)}), logging ends`)
  }
}

/**
 * Logs if any item of the mask is on. `message` is a text, a function that makes it (called only when it is
 * needed), or a
 * `util.format` template for `args`.
 * @qemu include/qemu/log.h qemu_log_mask
 */
export function qemuLogMask(mask: number, message: string | (() => string), ...args: unknown[]): void {
  if ((state.loglevel & mask) === 0) return
  const text = typeof message === 'function' ? message() : message
  qemuLog(args.length > 0 ? format(text, ...args) : text)
}
