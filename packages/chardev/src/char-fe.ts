// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuChrWrite, type Chardev, type ChardevEvent } from './char.js'

/** What a device does with its back end's input and events. */
export interface CharFeHandlers {
  /** How many bytes the device can take now. */
  canRead?(): number
  /** Takes input, at most what `canRead` said. */
  read?(bytes: Uint8Array): void
  /** Takes an event. */
  event?(event: ChardevEvent): void
}

/**
 * The device's end of a connection to a {@link Chardev}.
 * @qemu include/chardev/char-fe.h CharBackend
 */
export class CharBackend {
  /** The back end; null while not connected, in which case output vanishes. */
  chr: Chardev | null = null
  /** What the device does with input; null while it listens to nothing. */
  handlers: CharFeHandlers | null = null
}

/**
 * Connects a front end with a back end; null connects it to nothing.
 * @throws UserError if another device uses the back end, or four share a multiplexed one
 * @qemu chardev/char-fe.c qemu_chr_fe_init
 */
export function qemuChrFeInit(be: CharBackend, chr: Chardev | null): void {
  chr?.chrAttach(be)
  be.chr = chr
}

/**
 * Disconnects a front end; the back end is free for another one.
 * @qemu chardev/char-fe.c qemu_chr_fe_deinit
 */
export function qemuChrFeDeinit(be: CharBackend): void {
  qemuChrFeSetHandlers(be, null)
  be.chr?.chrDetach(be)
  be.chr = null
}

/**
 * Sets what the device does with input and events (null: nothing); a back end that is open says so at once.
 * @qemu chardev/char-fe.c qemu_chr_fe_set_handlers
 */
export function qemuChrFeSetHandlers(be: CharBackend, handlers: CharFeHandlers | null): void {
  be.handlers = handlers
  be.chr?.chrUpdateReadHandler(be)
  if (handlers && be.chr?.beOpen) handlers.event?.('opened')
}

/**
 * Sends bytes; returns how many were taken. Without a back end all are.
 * @qemu chardev/char-fe.c qemu_chr_fe_write
 * @differs without a back end QEMU returns 0, and its devices then drop the bytes
 */
export function qemuChrFeWrite(be: CharBackend, bytes: Uint8Array): number {
  return be.chr ? qemuChrWrite(be.chr, bytes) : bytes.length
}

/**
 * Sends all bytes, holding up the machine while the other side is slow; if that takes nothing for a while, the rest is lost.
 * Returns how many bytes were taken.
 * @qemu chardev/char-fe.c qemu_chr_fe_write_all
 * @differs QEMU waits without end
 */
export function qemuChrFeWriteAll(be: CharBackend, bytes: Uint8Array): number {
  let taken = qemuChrFeWrite(be, bytes)
  while (taken < bytes.length && be.chr?.chrDrain()) {
    const more = qemuChrFeWrite(be, bytes.subarray(taken))
    if (more === 0) break
    taken += more
  }
  return taken
}

/**
 * Tells the back end that the device can take input again.
 * @qemu chardev/char-fe.c qemu_chr_fe_accept_input
 */
export function qemuChrFeAcceptInput(be: CharBackend): void {
  be.chr?.chrAcceptInput()
}

/**
 * Calls `cb` once when output is taken again. Returns what cancels it, null when the back end cannot tell.
 * @qemu chardev/char-fe.c qemu_chr_fe_add_watch
 */
export function qemuChrFeAddWatch(be: CharBackend, cb: () => void): (() => void) | null {
  return be.chr?.chrAddWatch(cb) ?? null
}
