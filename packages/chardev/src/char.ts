// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync } from 'node:fs'
import {
  containerGet,
  objectChildren,
  objectPropertyAddChild,
  objectResolvePathComponent,
  QemuObject,
  typeRegister,
} from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import type { CharBackend } from './char-fe.js'
import type { FdWriter } from './fd-writer.js'

/**
 * What a back end tells its front end: it has opened, it has closed (end of input, reader gone), the other side sent a break.
 * @qemu include/chardev/char.h QEMUChrEvent
 */
export type ChardevEvent = 'opened' | 'closed' | 'break'

/**
 * A back end: where a guest's character device ends on the host. Subclasses override the methods named `chr...`.
 * @qemu include/chardev/char.h Chardev
 */
export class Chardev extends QemuObject {
  /** Name under which front ends find it, unique in a machine. */
  label = ''
  /** The front end that uses it, null while it is free; of several, the one that gets the input. */
  be: CharBackend | null = null
  /** Whether the 'opened' event has been sent and no 'closed' since. */
  beOpen = false
  /** Where a copy of all output goes, as `logfile` asks; null for none. */
  log: FdWriter | null = null
  /**
   * Settles when the back end is ready for the machine to start: a client is connected, a server that is to wait has its
   * client. Rejects with a UserError when that failed. Null where there is nothing to wait for.
   */
  ready: Promise<void> | null = null

  /** Settles when a closed back end has nothing more on its way out; null where `close` itself has seen to that. */
  drained: Promise<void> | null = null

  /**
   * Sends bytes to the host. Returns how many were taken: fewer than given means the other side is slow, and
   * {@link chrAddWatch} tells when to try again. Never throws for what the host does.
   */
  chrWrite(bytes: Uint8Array): number {
    return bytes.length
  }

  /** Connects a front end. Throws UserError when there is no room for one more. */
  chrAttach(be: CharBackend): void {
    if (this.be) throw new UserError(`Device '${this.label}' is in use`)
    this.be = be
  }

  /** Lets go of a front end. */
  chrDetach(be: CharBackend): void {
    if (this.be === be) this.be = null
  }

  /** The front end can take input again. */
  chrAcceptInput(): void {}

  /** A front end has set or removed its handlers. */
  chrUpdateReadHandler(_be: CharBackend): void {
    this.chrAcceptInput()
  }

  /**
   * Calls `cb` once, in a later turn, when output is taken again. Returns what cancels it, null when this back end takes
   * everything at once.
   */
  chrAddWatch(_cb: () => void): (() => void) | null {
    return null
  }

  /** Waits a moment, at most, for a slow other side to take what is queued; true when there is room again. */
  chrDrain(): boolean {
    return true
  }

  /** Writes out what is queued and lets go of the host's file or terminal. May be called twice; called by `close` alone. */
  protected chrClose(): void {}

  /** Closes the back end and its log: what is queued is written out first. May be called twice. */
  close(): void {
    this.chrClose()
    if (!this.log) return
    this.log.flushSync()
    closeSync(this.log.fd)
    this.log = null
  }
}

/**
 * Sends bytes to a back end and what it took to its log. Returns how many it took.
 * @qemu chardev/char.c qemu_chr_write
 */
export function qemuChrWrite(s: Chardev, bytes: Uint8Array): number {
  const taken = s.chrWrite(bytes)
  if (s.log && taken > 0) qemuChrWriteLog(s.log, bytes.subarray(0, taken))
  return taken
}

/**
 * A log holds up the guest for a moment rather than lose a line.
 * @qemu chardev/char.c qemu_chr_write_log
 */
function qemuChrWriteLog(log: FdWriter, bytes: Uint8Array): void {
  let done = log.write(bytes)
  while (done < bytes.length && log.drainSync()) done += log.write(bytes.subarray(done))
}

/**
 * How many bytes the front end can take now.
 * @qemu chardev/char.c qemu_chr_be_can_write
 */
export function qemuChrBeCanWrite(s: Chardev): number {
  return s.be?.handlers?.canRead?.() ?? 0
}

/**
 * Gives input to the front end, which was asked before with {@link qemuChrBeCanWrite}.
 * @qemu chardev/char.c qemu_chr_be_write
 */
export function qemuChrBeWrite(s: Chardev, bytes: Uint8Array): void {
  s.be?.handlers?.read?.(bytes)
}

/**
 * Passes an event to the front end, and remembers whether the back end is open.
 * @qemu chardev/char.c qemu_chr_be_event
 */
export function qemuChrBeEvent(s: Chardev, event: ChardevEvent): void {
  if (event === 'opened') s.beOpen = true
  if (event === 'closed') s.beOpen = false
  s.be?.handlers?.event?.(event)
}

/** Adds a back end under `/chardevs` of a machine's root, where {@link qemuChrFind} finds it by its label. */
export function qemuChrAdd(root: QemuObject, chr: Chardev): void {
  objectPropertyAddChild(containerGet(root, '/chardevs'), chr.label, chr)
}

/**
 * The back end of that label below a machine's root, null if there is none.
 * @qemu chardev/char.c qemu_chr_find
 */
export function qemuChrFind(root: QemuObject, label: string): Chardev | null {
  const found = objectResolvePathComponent(containerGet(root, '/chardevs'), label)
  return TYPE_CHARDEV.is(found) ? found : null
}

/** Every back end of a machine, in the order in which they were made. */
export function qemuChrAll(root: QemuObject): Chardev[] {
  return objectChildren(containerGet(root, '/chardevs')).filter((chr) => TYPE_CHARDEV.is(chr))
}

/**
 * Closes every back end of a machine: output is written out, terminals are given back.
 * @qemu chardev/char.c qemu_chr_cleanup
 */
export function qemuChrCleanup(root: QemuObject): void {
  for (const chr of qemuChrAll(root)) chr.close()
}

/** The abstract base of all back ends. */
export const TYPE_CHARDEV = typeRegister<Chardev>({ name: 'chardev', abstract: true, instance: Chardev })
