// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV } from './char.js'
import { FdWriter } from './fd-writer.js'
import { StreamInput } from './stream-input.js'
import { TerminalGuard, type TerminalInput } from './terminal.js'

/** A stream to read from: process.stdin, whatever it is connected to, or one of a test's. */
export type StdioInput = Readable & Partial<TerminalInput>

/** How standard input and output are used. */
export interface StdioOptions {
  /** Whether Ctrl-C, Ctrl-\\ and Ctrl-Z act on the process (default) or go to the guest. */
  signal?: boolean
  /** Instead of process.stdin. */
  input?: StdioInput
  /** Descriptor to write to instead of 1. */
  output?: number
}

/** The process has one standard input, whatever number of machines; whoever uses it is noted here. */
const processStdio: { user: StdioChardev | null } = { user: null }

/**
 * A second, non-blocking way to the same pipe or terminal, so that a slow reader never stops the machine. Setting the flag
 * on the descriptor itself would change it for every process that shares it, the shell included. Null where that does not
 * work or is not needed (files do not block).
 */
function reopenNonblocking(fd: number): number | null {
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return null
  try {
    const flags = constants.O_WRONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
    return openSync(`/proc/self/fd/${fd}`, flags)
  } catch {
    return null
  }
}

/**
 * The process's standard input and output, with the terminal, if there is one, in raw mode.
 * @qemu chardev/char-stdio.c char_stdio_class_init
 */
export class StdioChardev extends Chardev {
  private input: StreamInput | null = null
  private writer: FdWriter | null = null
  private ownFd: number | null = null
  private terminal: TerminalGuard | null = null
  private signal = true

  /**
   * Takes standard input and output.
   * @throws UserError if another chardev has them, or the output descriptor is closed
   * @qemu chardev/char-stdio.c qemu_chr_open_stdio
   */
  open(options: StdioOptions = {}): void {
    if (processStdio.user && !options.input)
      throw new UserError('cannot use stdio by multiple character devices')
    const output = options.output ?? 1
    try {
      this.ownFd = reopenNonblocking(output)
    } catch (error) {
      throw new UserError('Standard output is closed', { cause: error })
    }
    if (!options.input) processStdio.user = this
    this.signal = options.signal ?? true
    this.writer = new FdWriter(this.ownFd ?? output, this.label, () => qemuChrBeEvent(this, 'closed'))
    const input: StdioInput = options.input ?? process.stdin
    if (input.isTTY) {
      this.terminal = new TerminalGuard(input as TerminalInput)
      this.terminal.enter()
    }
    const onEnd = (): void => {
      if (this.beOpen) qemuChrBeEvent(this, 'closed')
    }
    this.input = new StreamInput(this, input, onEnd, (bytes) => this.filter(bytes))
    qemuChrBeEvent(this, 'opened')
  }

  /** Takes the bytes that stand for signals out of what is typed. */
  private filter(bytes: Uint8Array): Uint8Array {
    if (!this.signal || !this.terminal) return bytes
    return bytes.filter((byte) => !this.terminal?.deliverSignal(byte))
  }

  override chrAcceptInput(): void {
    this.input?.accept()
  }

  override chrWrite(bytes: Uint8Array): number {
    return this.writer ? this.writer.write(bytes) : bytes.length
  }

  override chrDrain(): boolean {
    return this.writer?.drainSync() ?? true
  }

  override chrAddWatch(cb: () => void): (() => void) | null {
    return this.writer?.addWatch(cb) ?? null
  }

  /** @qemu chardev/char-stdio.c term_exit */
  protected override chrClose(): void {
    if (!this.input) return
    this.writer?.flushSync()
    this.writer = null
    if (this.ownFd !== null) closeSync(this.ownFd)
    this.ownFd = null
    this.terminal?.restore()
    this.terminal = null
    this.input.stop()
    this.input = null
    if (processStdio.user === this) processStdio.user = null
  }
}

export const TYPE_CHARDEV_STDIO = typeRegister<StdioChardev>({
  name: 'chardev-stdio',
  parent: TYPE_CHARDEV,
  instance: StdioChardev,
})
