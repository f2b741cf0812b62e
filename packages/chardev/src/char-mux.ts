// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeAddWatch, qemuChrFeDeinit } from './char-fe.js'
import { qemuChrFeInit, qemuChrFeSetHandlers, qemuChrFeWrite, qemuChrFeWriteAll } from './char-fe.js'
import { Chardev, qemuChrBeEvent, TYPE_CHARDEV, type ChardevEvent } from './char.js'

/** Ctrl-A, the byte that starts a command to us. */
export const TERM_ESCAPE_CHAR = 0x01

/** Front ends that may share one back end. */
const MAX_MUX = 4

/** Input bytes held per front end while it does not read, so that commands still get through. */
const MUX_BUFFER_SIZE = 4096

const MUX_HELP = [
  '',
  'C-a h    print this help',
  'C-a x    exit emulator',
  'C-a s    save disk data back to file (if using -snapshot)',
  'C-a t    toggle console timestamps',
  'C-a b    send break (magic sysrq)',
  'C-a c    switch between console and monitor',
  'C-a C-a  sends C-a',
  '',
].join('\n\r')

const NEWLINE = 0x0a

/** A front end and the input that it has not taken yet. */
interface MuxInput {
  readonly be: CharBackend
  readonly buffer: number[]
}

/**
 * Sits between up to four front ends and a terminal or the like. What any of them sends goes out; the input goes to one,
 * the last that came or the one that Ctrl-A c switched to. Takes the other commands after Ctrl-A out of the input, too.
 * @qemu chardev/char-mux.c MuxChardev
 * @differs there is no monitor yet that could be one of them
 */
export class MuxChardev extends Chardev {
  /** Our end towards the driver. */
  readonly drv = new CharBackend()
  /** Called for Ctrl-A x; the machine puts its quit in. */
  onQuit: (() => void) | null = null
  private readonly inputs: MuxInput[] = []
  private termGotEscape = false
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
    this.ready = driver.ready
    qemuChrFeSetHandlers(this.drv, {
      canRead: () => this.muxChrCanRead(),
      read: (bytes) => this.muxChrRead(bytes),
      event: (event) => this.muxChrEvent(event),
    })
  }

  override chrAttach(be: CharBackend): void {
    if (this.inputs.length >= MAX_MUX) throw new UserError(`Device '${this.label}' is in use`)
    this.inputs.push({ be, buffer: [] })
    this.be ??= be
  }

  override chrDetach(be: CharBackend): void {
    const index = this.inputs.findIndex((input) => input.be === be)
    if (index >= 0) this.inputs.splice(index, 1)
    if (this.be === be) this.be = this.inputs.at(-1)?.be ?? null
  }

  /** Whoever begins to listen gets the input. @qemu chardev/char-mux.c mux_set_focus */
  override chrUpdateReadHandler(be: CharBackend): void {
    if (be.handlers) this.be = be
    this.chrAcceptInput()
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

  override chrAddWatch(cb: () => void): (() => void) | null {
    return qemuChrFeAddWatch(this.drv, cb)
  }

  override chrDrain(): boolean {
    return this.drv.chr?.chrDrain() ?? true
  }

  protected override chrClose(): void {
    const driver = this.drv.chr
    qemuChrFeDeinit(this.drv)
    driver?.close()
    this.drained = driver?.drained ?? null
  }

  private get focused(): MuxInput | null {
    return this.inputs.find((input) => input.be === this.be) ?? null
  }

  private deliver(): void {
    const { focused } = this
    while (focused && focused.buffer.length > 0) {
      const room = focused.be.handlers?.canRead?.() ?? 0
      if (room <= 0) return
      focused.be.handlers?.read?.(Uint8Array.from(focused.buffer.splice(0, room)))
    }
  }

  /** @qemu chardev/char-mux.c mux_chr_can_read */
  private muxChrCanRead(): number {
    // Without anybody who listens, commands still count.
    return MUX_BUFFER_SIZE - (this.focused?.buffer.length ?? 0)
  }

  /** @qemu chardev/char-mux.c mux_chr_read */
  private muxChrRead(bytes: Uint8Array): void {
    for (const byte of bytes) {
      // What was typed before a command comes before it.
      if (this.termGotEscape) this.deliver()
      if (this.muxProcByte(byte)) this.focused?.buffer.push(byte)
    }
    this.deliver()
  }

  /** What the driver tells is everybody's. @qemu chardev/char-mux.c mux_chr_send_all_event */
  private muxChrEvent(event: ChardevEvent): void {
    if (event === 'break') {
      qemuChrBeEvent(this, event)
      return
    }
    this.beOpen = event === 'opened'
    for (const { be } of [...this.inputs]) be.handlers?.event?.(event)
  }

  /** Ctrl-A c: the next front end gets the input. */
  private switchFocus(): void {
    if (this.inputs.length < 2) {
      this.print('\n\rThere is no monitor yet\n\r')
      return
    }
    const at = this.inputs.findIndex((input) => input.be === this.be)
    this.be = this.inputs[(at + 1) % this.inputs.length]!.be
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
        this.switchFocus()
        break
      case 's':
        this.print('\n\rThere are no disks yet\n\r')
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
