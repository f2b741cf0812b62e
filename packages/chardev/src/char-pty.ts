// SPDX-License-Identifier: GPL-2.0-or-later
import { ReadStream } from 'node:tty'
import { closeFd, ptyConnected, ptyDuplicate, ptyOpen } from '@dromaius/native'
import { typeRegister } from '@dromaius/qom'
import { HostError, strerror, UserError } from '@dromaius/util'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV } from './char.js'
import { FdWriter } from './fd-writer.js'
import { StreamInput } from './stream-input.js'

/** How often in `ms` we look whether somebody has opened the terminal: the host tells of that by nothing else. */
const POLL_MS = 1000

/**
 * A pseudo terminal, for programs such as `screen`: while nobody has it open, output is lost.
 * @qemu chardev/char-pty.c PtyChardev
 */
export class PtyChardev extends Chardev {
  /** Path of the side to open, such as `/dev/pts/3`. */
  path = ''
  private fd = -1
  private timer: NodeJS.Timeout | null = null
  private stream: ReadStream | null = null
  private input: StreamInput | null = null
  private writer: FdWriter | null = null

  /**
   * Makes the terminal, in raw mode.
   * @throws UserError if the host gives none
   * @qemu chardev/char-pty.c char_pty_open
   */
  open(): void {
    try {
      const { fd, path } = ptyOpen()
      this.fd = fd
      this.path = path
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new UserError(`Failed to create PTY: ${strerror(error)}`, { cause: error })
    }
    this.timer = setInterval(() => this.poll(), POLL_MS).unref()
  }

  /** Looks whether the terminal was opened. @qemu chardev/char-pty.c pty_chr_update_read_handler */
  private poll(): boolean {
    if (this.fd >= 0 && !this.stream && ptyConnected(this.fd)) this.connected()
    return this.stream !== null
  }

  private connected(): void {
    // Of its own: the stream closes it when the other side goes.
    const stream = new ReadStream(ptyDuplicate(this.fd))
    stream.unref()
    stream.on('error', () => undefined)
    this.stream = stream
    this.writer = new FdWriter(this.fd, `${this.label} (${this.path})`, () => this.disconnected())
    this.input = new StreamInput(this, stream, () => this.disconnected())
    qemuChrBeEvent(this, 'opened')
    this.input.accept()
  }

  private disconnected(): void {
    if (!this.stream) return
    this.input?.stop()
    this.input = null
    this.stream.destroy()
    this.stream = null
    this.writer?.discard()
    this.writer = null
    qemuChrBeEvent(this, 'closed')
  }

  /** @qemu chardev/char-pty.c char_pty_chr_write */
  override chrWrite(bytes: Uint8Array): number {
    if (!this.poll()) return bytes.length
    return this.writer!.write(bytes)
  }

  override chrAcceptInput(): void {
    this.input?.accept()
  }

  override chrDrain(): boolean {
    return this.writer?.drainSync() ?? true
  }

  override chrAddWatch(cb: () => void): (() => void) | null {
    return this.writer?.addWatch(cb) ?? null
  }

  /** @qemu chardev/char-pty.c char_pty_finalize */
  protected override chrClose(): void {
    if (this.fd < 0) return
    if (this.timer) clearInterval(this.timer)
    // What a program that is there has not read yet is lost with the terminal, as on any line that is cut.
    this.writer?.flushSync()
    this.disconnected()
    closeFd(this.fd)
    this.fd = -1
  }
}

export const TYPE_CHARDEV_PTY = typeRegister<PtyChardev>({
  name: 'chardev-pty',
  parent: TYPE_CHARDEV,
  instance: PtyChardev,
})
