// SPDX-License-Identifier: GPL-2.0-or-later
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { lockFile } from '@dromaius/native'
import { strerror, UserError } from '@dromaius/util'

/** Opens and locks the file that stands at the path now. */
function openLocked(path: string): number {
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      if (!lockFile(fd)) throw new UserError(`-pidfile ${path}: cannot lock pid file: another process has it`)
      // Somebody may have removed it, or put another one there, between our two calls: then the lock is worth nothing.
      if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return fd
      closeSync(fd)
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }
}

/**
 * Writes this process's id into a file, which stays locked as long as the process lives and goes with it. Throws UserError when
 * the file cannot be made or another process has it locked.
 * @returns what removes it, which the process's end does too
 * @qemu util/oslib-posix.c qemu_write_pidfile
 */
export function qemuWritePidfile(path: string): () => void {
  let fd: number
  try {
    fd = openLocked(path)
    ftruncateSync(fd, 0)
    writeSync(fd, `${process.pid}\n`)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`-pidfile ${path}: cannot create PID file: ${strerror(error)}`, { cause: error })
  }
  // The process may change its folder.
  const whole = realpathSync(path)
  const remove = (): void => {
    process.off('exit', remove)
    try {
      unlinkSync(whole)
    } catch {
      // Somebody else was faster.
    }
    closeSync(fd)
  }
  process.on('exit', remove)
  return remove
}
