// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, createReadStream, openSync } from 'node:fs'
import { typeRegister } from '@dromaius/qom'
import { strerror, UserError } from '@dromaius/util'
import type { ChardevFileOpts } from './char-opts.js'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV } from './char.js'
import { FdWriter } from './fd-writer.js'
import { StreamInput } from './stream-input.js'

function open(path: string, flags: number): number {
  try {
    // Without blocking: a named pipe that nobody reads is an error, not a standstill.
    return openSync(path, flags | (constants.O_NONBLOCK ?? 0), 0o666)
  } catch (error) {
    throw new UserError(`Could not open '${path}': ${strerror(error)}`, { cause: error })
  }
}

/**
 * Writes the guest's output to a file; takes input from another one, if it is told of one.
 * @qemu include/chardev/char-fd.h FDChardev
 */
export class FileChardev extends Chardev {
  private writer: FdWriter | null = null
  private input: StreamInput | null = null
  private closeInput: (() => void) | null = null

  /** Bytes that the host did not take (disk full, reader of a named pipe gone). */
  get lostBytes(): number {
    return this.writer?.lostBytes ?? 0
  }

  /**
   * Opens the files. The one for output is emptied unless `append` is set; it is created with mode 0666 less the umask.
   * @throws UserError if there is no path, or the host does not open it
   * @qemu chardev/char-file.c qmp_chardev_open_file
   * @differs without blocking: a named pipe that nobody reads is an error, not a standstill
   */
  open({ path, inputPath, append }: Omit<ChardevFileOpts, 'id' | 'backend'>): void {
    if (path === undefined) throw new UserError('chardev: file: no filename given')
    const mode = append ? constants.O_APPEND : constants.O_TRUNC
    const fd = open(path, constants.O_WRONLY | constants.O_CREAT | mode)
    if (inputPath !== undefined) {
      try {
        this.openInput(inputPath)
      } catch (error) {
        closeSync(fd)
        throw error
      }
    }
    this.writer = new FdWriter(fd, `${this.label} (${path})`, () => qemuChrBeEvent(this, 'closed'))
    qemuChrBeEvent(this, 'opened')
  }

  private openInput(path: string): void {
    const stream = createReadStream(path, { fd: open(path, constants.O_RDONLY) })
    this.input = new StreamInput(this, stream, () => undefined)
    this.closeInput = () => stream.destroy()
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

  protected override chrClose(): void {
    if (!this.writer) return
    this.writer.flushSync()
    closeSync(this.writer.fd)
    this.writer = null
    this.input?.stop()
    this.closeInput?.()
  }
}

export const TYPE_CHARDEV_FILE = typeRegister<FileChardev>({
  name: 'chardev-file',
  parent: TYPE_CHARDEV,
  instance: FileChardev,
})
