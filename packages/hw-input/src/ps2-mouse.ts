// SPDX-License-Identifier: GPL-2.0-or-later
import { vmBool, vmU8, type VMStateDescription } from '@dromaius/util'
import { PS2State, vmstatePs2Common } from './ps2.js'

/** Commands to the mouse. */
const AUX_SET_SCALE11 = 0xe6
const AUX_SET_SCALE21 = 0xe7
const AUX_SET_RES = 0xe8
const AUX_GET_SCALE = 0xe9
const AUX_SET_STREAM = 0xea
const AUX_POLL = 0xeb
const AUX_RESET_WRAP = 0xec
const AUX_SET_WRAP = 0xee
const AUX_SET_REMOTE = 0xf0
const AUX_GET_TYPE = 0xf2
const AUX_SET_SAMPLE = 0xf3
const AUX_ENABLE_DEV = 0xf4
const AUX_DISABLE_DEV = 0xf5
const AUX_SET_DEFAULT = 0xf6
const AUX_RESET = 0xff

/** Its replies: understood, self test passed. */
const AUX_ACK = 0xfa
const AUX_POR = 0xaa

/** Status: sends only when polled, sends movements, doubled scale. */
const MOUSE_STATUS_REMOTE = 0x40
const MOUSE_STATUS_ENABLED = 0x20
const MOUSE_STATUS_SCALE21 = 0x10

/** First byte of a packet: always 1 in bit 3. */
const PACKET_ALWAYS = 0x08

/** What it is: a plain mouse, one with a wheel, one with a wheel and five buttons. */
const TYPE_PS2 = 0
const TYPE_IMPS2 = 3
const TYPE_IMEX = 4

/**
 * A mouse that nobody moves: it answers to commands, and becomes one with a wheel by the usual knocks.
 * @qemu hw/input/ps2.c PS2MouseState
 * @differs there is no source of movements yet
 */
export class PS2MouseState extends PS2State {
  mouseStatus = 0
  /** Counts per mm, as a power of two. */
  mouseResolution = 0
  /** Packets per second. */
  mouseSampleRate = 0
  /** Sends back what it gets. */
  mouseWrap = false
  mouseType = TYPE_PS2
  /** How far the sequence of sample rates has come by which a driver asks for a wheel. */
  mouseDetectState = 0

  /** @qemu hw/input/ps2.c ps2_mouse_reset */
  override reset(): void {
    super.reset()
    this.mouseStatus = 0
    this.mouseResolution = 0
    this.mouseSampleRate = 0
    this.mouseWrap = false
    this.mouseType = TYPE_PS2
    this.mouseDetectState = 0
  }

  private setDefaults(): void {
    this.mouseSampleRate = 100
    this.mouseResolution = 2
    this.mouseStatus = 0
  }

  /** Takes a byte from the host. @qemu hw/input/ps2.c ps2_write_mouse */
  write(val: number): void {
    const { writeCmd } = this
    this.writeCmd = -1
    switch (writeCmd) {
      case AUX_SET_SAMPLE:
        this.mouseSampleRate = val
        this.detect(val)
        this.queue(AUX_ACK)
        break
      case AUX_SET_RES:
        this.mouseResolution = val
        this.queue(AUX_ACK)
        break
      default:
        this.command(val)
    }
  }

  /** 200, 100, 80 asks for a wheel, 200, 200, 80 for five buttons as well. */
  private detect(rate: number): void {
    const state = this.mouseDetectState
    this.mouseDetectState = 0
    if (state === 0 && rate === 200) this.mouseDetectState = 1
    else if (state === 1 && rate === 100) this.mouseDetectState = 2
    else if (state === 1 && rate === 200) this.mouseDetectState = 3
    else if (state === 2 && rate === 80) this.mouseType = TYPE_IMPS2
    else if (state === 3 && rate === 80) this.mouseType = TYPE_IMEX
  }

  /** A packet without movement. @qemu hw/input/ps2.c ps2_mouse_send_packet */
  private sendPacket(): void {
    this.queue(PACKET_ALWAYS, 0, 0)
    // The wheel's byte.
    if (this.mouseType !== TYPE_PS2) this.queue(0)
  }

  private command(val: number): void {
    if (this.mouseWrap && val !== AUX_RESET) {
      if (val === AUX_RESET_WRAP) this.mouseWrap = false
      this.queue(val === AUX_RESET_WRAP ? AUX_ACK : val)
      return
    }
    switch (val) {
      case AUX_SET_SCALE11:
        this.changeStatus(MOUSE_STATUS_SCALE21, false)
        break
      case AUX_SET_SCALE21:
        this.changeStatus(MOUSE_STATUS_SCALE21, true)
        break
      case AUX_SET_STREAM:
        this.changeStatus(MOUSE_STATUS_REMOTE, false)
        break
      case AUX_SET_REMOTE:
        this.changeStatus(MOUSE_STATUS_REMOTE, true)
        break
      case AUX_ENABLE_DEV:
        this.changeStatus(MOUSE_STATUS_ENABLED, true)
        break
      case AUX_DISABLE_DEV:
        this.changeStatus(MOUSE_STATUS_ENABLED, false)
        break
      case AUX_SET_WRAP:
        this.mouseWrap = true
        this.queue(AUX_ACK)
        break
      case AUX_GET_TYPE:
        this.queue(AUX_ACK, this.mouseType)
        break
      case AUX_SET_RES:
      case AUX_SET_SAMPLE:
        this.writeCmd = val
        this.queue(AUX_ACK)
        break
      case AUX_GET_SCALE:
        this.queue(AUX_ACK, this.mouseStatus, this.mouseResolution, this.mouseSampleRate)
        break
      case AUX_POLL:
        this.queue(AUX_ACK)
        this.sendPacket()
        break
      case AUX_SET_DEFAULT:
        this.setDefaults()
        this.queue(AUX_ACK)
        break
      case AUX_RESET:
        this.setDefaults()
        this.mouseWrap = false
        this.mouseType = TYPE_PS2
        this.resetQueue()
        this.queue(AUX_ACK, AUX_POR, this.mouseType)
        break
    }
  }

  private changeStatus(bit: number, on: boolean): void {
    this.mouseStatus = on ? this.mouseStatus | bit : this.mouseStatus & ~bit
    this.queue(AUX_ACK)
  }
}

/** @qemu hw/input/ps2.c vmstate_ps2_mouse */
export const vmstatePs2Mouse: VMStateDescription<PS2MouseState> = {
  ...vmstatePs2Common,
  name: 'ps2mouse',
  fields: [
    ...vmstatePs2Common.fields,
    vmU8('mouseStatus'),
    vmU8('mouseResolution'),
    vmU8('mouseSampleRate'),
    vmBool('mouseWrap'),
    vmU8('mouseType'),
    vmU8('mouseDetectState'),
  ],
}
