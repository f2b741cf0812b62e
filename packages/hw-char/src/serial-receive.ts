// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuChrFeAcceptInput } from '@dromaius/chardev'
import { NANOSECONDS_PER_SECOND } from '@dromaius/util'
import * as R from './serial-regs.js'
import type { SerialState } from './serial.js'

/**
 * Bytes that come one on the heels of the other, as fast as the guest reads them. Then there is a pause, or a guest that
 * reads until nothing is left would never get out of its interrupt handler.
 */
export const RECV_BURST = 64

/** Time of a byte on the fastest line that this chip's crystal gives, 115200 baud, in `ns`. */
const FASTEST_CHAR_NS = (NANOSECONDS_PER_SECOND * 10n) / 115_200n

/**
 * How many bytes the receiver takes: up to the trigger level, then one by one, so that the guest can answer first.
 * @qemu hw/char/serial.c serial_can_receive
 * @differs takes nothing between two bursts
 */
export function serialCanReceive(s: SerialState): number {
  // In loopback the line is cut off from the receiver.
  if (s.mcr & R.UART_MCR_LOOP) return 0
  if (!(s.fcr & R.UART_FCR_FE)) return s.lsr & R.UART_LSR_DR ? 0 : Math.min(1, s.recvBurstLeft)
  if (s.recvFifo.isFull) return 0
  const room = s.recvFifo.num < s.recvFifoItl ? s.recvFifoItl - s.recvFifo.num : 1
  return Math.min(room, s.recvBurstLeft)
}

/**
 * Takes bytes from the back end. After a burst the next one waits until the guest sleeps, for then it has dealt with this
 * one, or for the time that a line would have taken: a guest has no other way to say that it falls behind, and Linux drops
 * what it has no room for.
 */
export function serialReceiveFromBackEnd(s: SerialState, bytes: Uint8Array): void {
  s.recvBurstLeft = Math.max(0, s.recvBurstLeft - bytes.length)
  if (s.recvBurstLeft === 0) s.recvPauseTimer.modNs(s.clock.getNs() + BigInt(RECV_BURST) * FASTEST_CHAR_NS)
  serialReceive(s, bytes)
}

/** The line may send a whole burst at once. */
export function resetBurst(s: SerialState): void {
  s.recvPauseTimer.del()
  s.recvBurstLeft = RECV_BURST
}

/** The pause between two bursts is over. */
export function serialNextBurst(s: SerialState): void {
  resetBurst(s)
  qemuChrFeAcceptInput(s.chr)
}

/** @qemu hw/char/serial.c recv_fifo_put */
function recvFifoPut(s: SerialState, byte: number): void {
  // An overrun loses the new byte, not what is in the FIFO.
  if (s.recvFifo.isFull) s.lsr |= R.UART_LSR_OE
  else s.recvFifo.push(byte)
}

/** Takes bytes off the line. @qemu hw/char/serial.c serial_receive1 */
export function serialReceive(s: SerialState, bytes: Uint8Array): void {
  if (s.fcr & R.UART_FCR_FE) {
    for (const byte of bytes) recvFifoPut(s, byte)
    s.lsr |= R.UART_LSR_DR
    armFifoTimeout(s)
  } else {
    for (const byte of bytes) {
      if (s.lsr & R.UART_LSR_DR) s.lsr |= R.UART_LSR_OE
      s.rbr = byte
      s.lsr |= R.UART_LSR_DR
    }
  }
  s.updateIrq()
}

/** @qemu hw/char/serial.c serial_receive_break */
export function serialReceiveBreak(s: SerialState): void {
  s.rbr = 0
  // A break comes with a null byte.
  recvFifoPut(s, 0)
  s.lsr |= R.UART_LSR_BI | R.UART_LSR_DR
  s.updateIrq()
}

/** Data that lies unread for four character times raises an interrupt, whatever the trigger level. */
export function armFifoTimeout(s: SerialState): void {
  s.fifoTimeoutTimer.modNs(s.clock.getNs() + s.charTransmitTime * 4n)
}

/** @qemu hw/char/serial.c fifo_timeout_int */
export function fifoTimeoutInt(s: SerialState): void {
  if (s.recvFifo.isEmpty) return
  s.timeoutIpending = 1
  s.updateIrq()
}
