// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, openSync } from 'node:fs'
import { typeRegister } from '@dromaius/qom'
import { strerror, UserError } from '@dromaius/util'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV } from './char.js'
import { FdWriter } from './fd-writer.js'

/**
 * Writes the guest's output to a file; gives no input.
 * @qemu chardev/char-file.c FileChardev
 */
export class FileChardev extends Chardev {
  private writer: FdWriter | null = null

  /** Bytes that the host did not take (disk full, reader of a named pipe gone). */
  get lostBytes(): number {
    return this.writer?.lostBytes ?? 0
  }

  /**
   * Opens the file, emptied unless `append` is set; it is created with mode 0666 less the umask.
   * @throws UserError if the host does not open it
   * @qemu chardev/char-file.c qmp_chardev_open_file
   * @differs without blocking: a named pipe that nobody reads is an error, not a standstill
   */
  open(path: string, append = false): void {
    const flags = constants.O_WRONLY | constants.O_CREAT | (constants.O_NONBLOCK ?? 0)
    try {
      const fd = openSync(path, flags | (append ? constants.O_APPEND : constants.O_TRUNC), 0o666)
      this.writer = new FdWriter(fd, `${this.label} (${path})`, () => qemuChrBeEvent(this, 'closed'))
    } catch (error) {
      throw new UserError(`Could not open '${path}': ${strerror(error)}`, { cause: error })
    }
    qemuChrBeEvent(this, 'opened')
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

  override chrClose(): void {
    if (!this.writer) return
    this.writer.flushSync()
    closeSync(this.writer.fd)
    this.writer = null
  }
}

export const TYPE_CHARDEV_FILE = typeRegister<FileChardev>({
  name: 'chardev-file',
  parent: TYPE_CHARDEV,
  instance: FileChardev,
})
