// SPDX-License-Identifier: GPL-2.0-or-later
import type { ReadStream } from 'node:tty'
import { ttyGuard } from '@dromaius/native'

/** What of a terminal's read stream is used here. */
export type TerminalInput = Pick<ReadStream, 'isTTY' | 'setRawMode'> & { fd?: number }

/** Byte that the terminal would have turned into SIGINT, SIGQUIT and SIGTSTP: Ctrl-C, Ctrl-\\ and Ctrl-Z. */
const SIGNAL_CHARACTERS = new Map<number, NodeJS.Signals>([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
  [0x1a, 'SIGTSTP'],
])

/**
 * Keeps a terminal in raw mode and gives it back as it was on every way out: `restore`, process.exit, an uncaught
 * exception (Node's 'exit' hook), a signal or a crash (the native guard's handlers), and while the process is stopped.
 * @qemu chardev/char-stdio.c qemu_chr_set_echo_stdio
 */
export class TerminalGuard {
  private readonly input: TerminalInput
  private active = false
  private readonly onExit = (): void => this.restore()
  private readonly onContinue = (): void => {
    if (this.active) this.input.setRawMode(true)
  }

  constructor(input: TerminalInput) {
    this.input = input
  }

  /** Switches to raw mode. Does nothing on a stream that is no terminal. */
  enter(): void {
    if (this.active || !this.input.isTTY) return
    this.active = true
    // First the guard, which saves the settings as they are now. Windows has no signals that it could hang on.
    if (this.input.fd !== undefined && process.platform !== 'win32') ttyGuard(this.input.fd)
    this.input.setRawMode(true)
    process.on('exit', this.onExit)
    process.on('SIGCONT', this.onContinue)
  }

  /** Gives the terminal back as it was. May be called twice. */
  restore(): void {
    if (!this.active) return
    this.active = false
    process.off('exit', this.onExit)
    process.off('SIGCONT', this.onContinue)
    this.input.setRawMode(false)
  }

  /** Does what the terminal would do outside raw mode with a byte that stands for a signal; true when it was one. */
  deliverSignal(byte: number): boolean {
    const signal = SIGNAL_CHARACTERS.get(byte)
    if (!signal || !this.active) return false
    // The shell must find its terminal in order while we are stopped; SIGCONT brings raw mode back.
    if (signal === 'SIGTSTP') this.input.setRawMode(false)
    process.kill(process.pid, signal)
    return true
  }
}
