// SPDX-License-Identifier: GPL-2.0-or-later
import * as R from './serial-regs.js'
import type { SerialState } from './serial.js'

/**
 * How many bytes the receiver takes: up to the trigger level, then one by one, so that the guest can answer first.
 * @qemu hw/char/serial.c serial_can_receive
 */
export function serialCanReceive(s: SerialState): number {
  // In loopback the line is cut off from the receiver.
  if (s.mcr & R.UART_MCR_LOOP) return 0
  if (!(s.fcr & R.UART_FCR_FE)) return s.lsr & R.UART_LSR_DR ? 0 : 1
  if (s.recvFifo.isFull) return 0
  return s.recvFifo.num < s.recvFifoItl ? s.recvFifoItl - s.recvFifo.num : 1
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
