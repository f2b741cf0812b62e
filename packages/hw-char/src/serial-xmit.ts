// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuChrFeAddWatch, qemuChrFeWrite } from '@dromaius/chardev'
import { serialReceive } from './serial-receive.js'
import * as R from './serial-regs.js'
import type { SerialState } from './serial.js'

/** How often a byte is offered to a back end that said it takes output again, before the byte is dropped. */
export const MAX_XMIT_RETRY = 4

/** Takes the next byte into the shift register. */
function loadShiftRegister(s: SerialState): void {
  if (s.fcr & R.UART_FCR_FE) {
    s.tsr = s.xmitFifo.pop()
    if (s.xmitFifo.isEmpty) s.lsr |= R.UART_LSR_THRE
  } else {
    s.tsr = s.thr
    s.lsr |= R.UART_LSR_THRE
  }
  if (s.lsr & R.UART_LSR_THRE && !s.thrIpending) {
    s.thrIpending = 1
    s.updateIrq()
  }
}

/** Sends what there is, until the back end takes no more. @qemu hw/char/serial.c serial_xmit */
export function serialXmit(s: SerialState): void {
  do {
    if (s.tsrRetry === 0) loadShiftRegister(s)
    if (s.mcr & R.UART_MCR_LOOP) {
      serialReceive(s, Uint8Array.of(s.tsr))
    } else if (qemuChrFeWrite(s.chr, Uint8Array.of(s.tsr)) === 0 && s.tsrRetry < MAX_XMIT_RETRY) {
      if (waitForBackEnd(s)) {
        s.tsrRetry++
        return
      }
    }
    s.tsrRetry = 0
    // A reset of the FIFO meanwhile sets THRE, and there is nothing more to send.
  } while (!(s.lsr & R.UART_LSR_THRE))
  s.lsr |= R.UART_LSR_TEMT
}

/** Goes on sending when the back end takes output again; false when it cannot tell. @qemu hw/char/serial.c serial_watch_cb */
function waitForBackEnd(s: SerialState): boolean {
  s.cancelWatch = qemuChrFeAddWatch(s.chr, () => {
    s.cancelWatch = null
    serialXmit(s)
  })
  return s.cancelWatch !== null
}

/** Waits no more for the back end. */
export function cancelXmitWatch(s: SerialState): void {
  s.cancelWatch?.()
  s.cancelWatch = null
}

/**
 * Goes on with a byte that waited when the state was saved: in a later turn, and the count of tries goes on.
 * @qemu hw/char/serial.c serial_post_load
 */
export function resumeXmit(s: SerialState): void {
  cancelXmitWatch(s)
  if (s.tsrRetry !== 0 && !waitForBackEnd(s)) serialXmit(s)
}
