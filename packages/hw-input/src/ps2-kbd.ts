// SPDX-License-Identifier: GPL-2.0-or-later
import { vmBool, vmU8, type VMStateDescription } from '@dromaius/util'
import { PS2State, vmstatePs2Common } from './ps2.js'

/** Commands to the keyboard. */
const KBD_CMD_SET_LEDS = 0xed
const KBD_CMD_ECHO = 0xee
const KBD_CMD_SCANCODE = 0xf0
const KBD_CMD_GET_ID = 0xf2
const KBD_CMD_SET_RATE = 0xf3
const KBD_CMD_ENABLE = 0xf4
const KBD_CMD_RESET_DISABLE = 0xf5
const KBD_CMD_RESET_ENABLE = 0xf6
const KBD_CMD_SET_MAKE_BREAK = 0xfc
const KBD_CMD_SET_TYPEMATIC = 0xfa
const KBD_CMD_RESET = 0xff

/** Its replies: self test passed, keyboard, understood, say that again. */
const KBD_REPLY_POR = 0xaa
const KBD_REPLY_ID = 0xab
const KBD_REPLY_ACK = 0xfa
const KBD_REPLY_RESEND = 0xfe

/** Second byte of its identity, as it is and as the controller translates it to scan code set 1. */
const ID_MF2 = 0x83
const ID_MF2_TRANSLATED = 0x41
/** Numbers of the scan code sets, translated. */
const SCANCODE_SET_TRANSLATED: readonly number[] = [0, 0x43, 0x41, 0x3f]

/**
 * An MF2 keyboard that nobody types on: it answers to commands.
 * @qemu hw/input/ps2.c PS2KbdState
 * @differs there is no source of key strokes yet
 */
export class PS2KbdState extends PS2State {
  /** The host wants key strokes. */
  scanEnabled = true
  /** The controller translates to scan code set 1; done here, as in QEMU. */
  translate = false
  /** 1 XT, 2 AT, 3 PS/2. */
  scancodeSet = 2
  /** Scroll, num and caps lock, bits 0 to 2. */
  ledstate = 0

  /** @qemu hw/input/ps2.c ps2_reset_keyboard */
  private resetKeyboard(): void {
    this.scanEnabled = true
    this.scancodeSet = 2
    this.resetQueue()
    this.ledstate = 0
  }

  /** @qemu hw/input/ps2.c ps2_kbd_reset */
  override reset(): void {
    super.reset()
    this.resetKeyboard()
    this.translate = false
  }

  /** Takes a byte from the host. @qemu hw/input/ps2.c ps2_write_keyboard */
  write(val: number): void {
    this.cqueueReset()
    const { writeCmd } = this
    this.writeCmd = -1
    switch (writeCmd) {
      case KBD_CMD_SET_MAKE_BREAK:
      case KBD_CMD_SET_RATE:
        this.cqueue(KBD_REPLY_ACK)
        break
      case KBD_CMD_SCANCODE:
        this.setScancodeSet(val)
        break
      case KBD_CMD_SET_LEDS:
        this.ledstate = val
        this.cqueue(KBD_REPLY_ACK)
        break
      default:
        this.command(val)
    }
  }

  private setScancodeSet(val: number): void {
    if (val === 0) {
      const { scancodeSet, translate } = this
      this.cqueue(KBD_REPLY_ACK, translate ? SCANCODE_SET_TRANSLATED[scancodeSet]! : scancodeSet)
    } else if (val <= 3) {
      this.scancodeSet = val
      this.cqueue(KBD_REPLY_ACK)
    } else {
      this.cqueue(KBD_REPLY_RESEND)
    }
  }

  private command(val: number): void {
    switch (val) {
      case 0x00:
      case KBD_CMD_SET_TYPEMATIC:
        this.cqueue(KBD_REPLY_ACK)
        break
      case KBD_CMD_GET_ID:
        this.cqueue(KBD_REPLY_ACK, KBD_REPLY_ID, this.translate ? ID_MF2_TRANSLATED : ID_MF2)
        break
      case KBD_CMD_ECHO:
        this.cqueue(KBD_CMD_ECHO)
        break
      case KBD_CMD_ENABLE:
        this.scanEnabled = true
        this.cqueue(KBD_REPLY_ACK)
        break
      case KBD_CMD_SCANCODE:
      case KBD_CMD_SET_LEDS:
      case KBD_CMD_SET_RATE:
      case KBD_CMD_SET_MAKE_BREAK:
        this.writeCmd = val
        this.cqueue(KBD_REPLY_ACK)
        break
      case KBD_CMD_RESET_DISABLE:
      case KBD_CMD_RESET_ENABLE:
        this.resetKeyboard()
        this.scanEnabled = val === KBD_CMD_RESET_ENABLE
        this.cqueue(KBD_REPLY_ACK)
        break
      case KBD_CMD_RESET:
        this.resetKeyboard()
        this.cqueue(KBD_REPLY_ACK, KBD_REPLY_POR)
        break
      default:
        this.cqueue(KBD_REPLY_RESEND)
    }
  }
}

/** @qemu hw/input/ps2.c vmstate_ps2_keyboard */
export const vmstatePs2Kbd: VMStateDescription<PS2KbdState> = {
  ...vmstatePs2Common,
  name: 'ps2kbd',
  fields: [
    ...vmstatePs2Common.fields,
    vmBool('scanEnabled'),
    vmBool('translate'),
    vmU8('scancodeSet'),
    vmU8('ledstate'),
  ],
  postLoad(s, version) {
    vmstatePs2Common.postLoad?.(s, version)
    if (s.scancodeSet < 1 || s.scancodeSet > 3) throw new Error('PS/2: no such scan code set')
  },
}
