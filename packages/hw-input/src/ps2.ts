// SPDX-License-Identifier: GPL-2.0-or-later
import { vmBytes, vmI32, type VMStateDescription } from '@dromaius/util'

/** Bytes of the ring; a power of two, larger than the queue so that replies find room in front of it. */
const PS2_BUFFER_SIZE = 256
/** Bytes that wait at most, replies to commands not counted. */
const PS2_QUEUE_SIZE = 16
/** No command waits for its parameter, or no reply is in the queue. */
const NONE = -1

/**
 * What keyboard and mouse share: the queue of bytes for the controller, with replies to commands in front, and the line that
 * says that it is not empty.
 * @qemu include/hw/input/ps2.h PS2State
 */
export class PS2State {
  readonly data = new Uint8Array(PS2_BUFFER_SIZE)
  /** Where the next byte is read and written; where the replies in front end, -1 if there are none. */
  rptr = 0
  wptr = 0
  cwptr = NONE
  /** Bytes in the queue. */
  count = 0
  /** Command that waits for its parameter, -1 if none. */
  writeCmd = NONE
  /** Tells the controller whether there is a byte to fetch. */
  private readonly setIrq: (level: number) => void

  constructor(setIrq: (level: number) => void) {
    this.setIrq = setIrq
  }

  /** Puts bytes at the end, all of them or, without room, none. @qemu hw/input/ps2.c ps2_queue */
  protected queue(...bytes: readonly number[]): void {
    if (PS2_QUEUE_SIZE - this.count < bytes.length) return
    for (const byte of bytes) {
      this.data[this.wptr] = byte
      this.wptr = (this.wptr + 1) % PS2_BUFFER_SIZE
      this.count++
    }
    this.setIrq(1)
  }

  /** Puts the reply to a command in front of all else. @qemu hw/input/ps2.c ps2_cqueue_1 */
  protected cqueue(...bytes: readonly number[]): void {
    this.rptr = (this.rptr - bytes.length) & (PS2_BUFFER_SIZE - 1)
    this.cwptr = this.rptr
    for (const byte of bytes) {
      this.data[this.cwptr] = byte
      this.cwptr = (this.cwptr + 1) % PS2_BUFFER_SIZE
      this.count++
    }
    this.setIrq(1)
  }

  /** A new command makes what is left of the last one's reply void. @qemu hw/input/ps2.c ps2_cqueue_reset */
  protected cqueueReset(): void {
    if (this.cwptr === NONE) return
    this.count -= (this.cwptr - this.rptr) & (PS2_BUFFER_SIZE - 1)
    this.rptr = this.cwptr
    this.cwptr = NONE
  }

  /** @qemu hw/input/ps2.c ps2_reset_queue */
  protected resetQueue(): void {
    this.rptr = 0
    this.wptr = 0
    this.cwptr = NONE
    this.count = 0
  }

  /** Fetches the next byte; the last one again when there is none. @qemu hw/input/ps2.c ps2_read_data */
  readData(): number {
    if (this.count === 0) return this.data[(this.rptr - 1) & (PS2_BUFFER_SIZE - 1)]!
    const val = this.data[this.rptr]!
    this.rptr = (this.rptr + 1) % PS2_BUFFER_SIZE
    this.count--
    if (this.rptr === this.cwptr) this.cwptr = NONE
    this.setIrq(0)
    if (this.count > 0) this.setIrq(1)
    return val
  }

  /** Power-on state. @qemu hw/input/ps2.c ps2_reset */
  reset(): void {
    this.writeCmd = NONE
    this.resetQueue()
    this.setIrq(0)
  }
}

/** @qemu hw/input/ps2.c vmstate_ps2_common */
export const vmstatePs2Common: VMStateDescription<PS2State> = {
  name: 'PS2 Common State',
  version: 3,
  minimumVersion: 3,
  fields: [
    vmI32('writeCmd'),
    vmI32('rptr'),
    vmI32('wptr'),
    vmI32('cwptr'),
    vmI32('count'),
    vmBytes('data', PS2_BUFFER_SIZE),
  ],
  postLoad(s) {
    const inRing = (value: number): boolean => value >= 0 && value < PS2_BUFFER_SIZE
    const replies = s.cwptr === NONE ? 0 : (s.cwptr - s.rptr) & (PS2_BUFFER_SIZE - 1)
    const sound = inRing(s.rptr) && inRing(s.wptr) && (s.cwptr === NONE || inRing(s.cwptr))
    const held = (s.wptr - s.rptr) & (PS2_BUFFER_SIZE - 1)
    if (!sound || s.count !== held || s.count - replies > PS2_QUEUE_SIZE || replies > s.count) {
      throw new Error('PS/2: the queue contradicts itself')
    }
  },
}
