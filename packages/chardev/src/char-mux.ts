// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeAddWatch, qemuChrFeDeinit } from './char-fe.js'
import { qemuChrFeInit, qemuChrFeSetHandlers, qemuChrFeWrite, qemuChrFeWriteAll } from './char-fe.js'
import { Chardev, qemuChrBeCanWrite, qemuChrBeEvent, qemuChrBeWrite, TYPE_CHARDEV } from './char.js'

/** Ctrl-A, the byte that starts a command to us. */
export const TERM_ESCAPE_CHAR = 0x01

/** Input bytes held while the guest does not read, so that commands still get through. */
const MUX_BUFFER_SIZE = 4096

const MUX_HELP = [
  '',
  'C-a h    print this help',
  'C-a x    exit emulator',
  'C-a t    toggle console timestamps',
  'C-a b    send break (magic sysrq)',
  'C-a c    switch between console and monitor',
  'C-a C-a  sends C-a',
  '',
].join('\n\r')

const NEWLINE = 0x0a

/**
 * Sits between a device and a terminal, and takes commands after Ctrl-A out of the input.
 * @qemu chardev/char-mux.c MuxChardev
 * @differs one device per terminal: there is no monitor yet that could share it
 */
export class MuxChardev extends Chardev {
  /** Our end towards the driver. */
  readonly drv = new CharBackend()
  /** Called for Ctrl-A x; the machine puts its quit in. */
  onQuit: (() => void) | null = null
  private termGotEscape = false
  private buffer: number[] = []
  private timestamps = false
  private timestampsStart = 0n
  private linestart = false

  /**
   * Takes the driver's input and output. @throws UserError if the driver is in use
   * @qemu chardev/char-mux.c qemu_chr_open_mux
   */
  open(driver: Chardev): void {
    qemuChrFeInit(this.drv, driver)
    this.beOpen = driver.beOpen
    qemuChrFeSetHandlers(this.drv, {
      canRead: () => MUX_BUFFER_SIZE - this.buffer.length,
      read: (bytes) => this.muxChrRead(bytes),
      event: (event) => qemuChrBeEvent(this, event),
    })
  }

  /** @qemu chardev/char-mux.c mux_chr_write */
  override chrWrite(bytes: Uint8Array): number {
    if (!this.timestamps) return qemuChrFeWrite(this.drv, bytes)
    for (let i = 0; i < bytes.length; i++) {
      if (this.linestart) {
        this.print(this.timestamp())
        this.linestart = false
      }
      if (qemuChrFeWrite(this.drv, bytes.subarray(i, i + 1)) !== 1) return i
      this.linestart = bytes[i] === NEWLINE
    }
    return bytes.length
  }

  /** @qemu chardev/char-mux.c mux_chr_accept_input */
  override chrAcceptInput(): void {
    this.deliver()
    qemuChrFeAcceptInput(this.drv)
  }

  override chrUpdateReadHandler(): void {
    this.chrAcceptInput()
  }

  override chrAddWatch(cb: () => void): (() => void) | null {
    return qemuChrFeAddWatch(this.drv, cb)
  }

  override chrDrain(): boolean {
    return this.drv.chr?.chrDrain() ?? true
  }

  override chrClose(): void {
    const driver = this.drv.chr
    qemuChrFeDeinit(this.drv)
    driver?.chrClose()
  }

  private deliver(): void {
    while (this.buffer.length > 0) {
      const room = qemuChrBeCanWrite(this)
      if (room <= 0) return
      qemuChrBeWrite(this, Uint8Array.from(this.buffer.splice(0, room)))
    }
  }

  /** @qemu chardev/char-mux.c mux_chr_read */
  private muxChrRead(bytes: Uint8Array): void {
    for (const byte of bytes) {
      // What was typed before a command comes before it.
      if (this.termGotEscape) this.deliver()
      if (this.muxProcByte(byte)) this.buffer.push(byte)
    }
    this.deliver()
  }

  /**
   * Looks at one byte of input; true when it is the guest's.
   * @qemu chardev/char-mux.c mux_proc_byte
   */
  private muxProcByte(ch: number): boolean {
    if (!this.termGotEscape) {
      this.termGotEscape = ch === TERM_ESCAPE_CHAR
      return !this.termGotEscape
    }
    this.termGotEscape = false
    if (ch === TERM_ESCAPE_CHAR) return true
    switch (String.fromCharCode(ch)) {
      case '?':
      case 'h':
        this.print(MUX_HELP)
        break
      case 'x':
        this.print('dromaius: Terminated\n\r')
        this.onQuit?.()
        break
      case 'b':
        qemuChrBeEvent(this, 'break')
        break
      case 'c':
        this.print('\n\rThere is no monitor yet\n\r')
        break
      case 't':
        this.timestamps = !this.timestamps
        this.timestampsStart = process.hrtime.bigint()
        this.linestart = false
        break
    }
    return false
  }

  private timestamp(): string {
    const ms = Number((process.hrtime.bigint() - this.timestampsStart) / 1_000_000n)
    const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
    const time = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`
    return `[${time}.${String(ms % 1000).padStart(3, '0')}] `
  }

  private print(text: string): void {
    qemuChrFeWriteAll(this.drv, Buffer.from(text))
  }
}

export const TYPE_CHARDEV_MUX = typeRegister<MuxChardev>({
  name: 'chardev-mux',
  parent: TYPE_CHARDEV,
  instance: MuxChardev,
})
