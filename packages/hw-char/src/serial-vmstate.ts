// SPDX-License-Identifier: GPL-2.0-or-later
import { vmStruct, vmTimer, vmU16, vmU32, vmU8, type VMStateDescription } from '@dromaius/util'
import { vmstateFifo8 } from './fifo8.js'
import { UART_FIFO_LENGTH } from './serial-regs.js'
import { resetBurst } from './serial-receive.js'
import { MAX_XMIT_RETRY, resumeXmit } from './serial-xmit.js'
import type { SerialState } from './serial.js'

const fifo = vmstateFifo8(UART_FIFO_LENGTH)

/** What a subsection of ours is made of, all of them at version 1. */
const version1 = { version: 1, minimumVersion: 1 }

/**
 * State of a 16550A.
 * @qemu hw/char/serial.c vmstate_serial
 */
export const vmstateSerial: VMStateDescription<SerialState> = {
  name: 'serial',
  version: 3,
  minimumVersion: 3,
  preSave(s) {
    s.fcrVmstate = s.fcr
  },
  preLoad(s) {
    // What follows is loaded only when it is in the saved state.
    s.thrIpending = 0
    s.tsrRetry = 0
    s.timeoutIpending = 0
    s.recvFifo.reset()
    s.xmitFifo.reset()
    s.fifoTimeoutTimer.del()
    // Nor is a pause of the line the chip's.
    resetBurst(s)
  },
  postLoad(s) {
    if (s.tsrRetry > MAX_XMIT_RETRY) throw new Error('serial: more tries than there are')
    s.setFcr(s.fcrVmstate & 0xc9)
    s.updateParameters()
    resumeXmit(s)
  },
  fields: [
    vmU16('divider'),
    vmU8('rbr'),
    vmU8('ier'),
    vmU8('iir'),
    vmU8('lcr'),
    vmU8('mcr'),
    vmU8('lsr'),
    vmU8('msr'),
    vmU8('scr'),
    vmU8('fcrVmstate'),
  ],
  subsections: [
    {
      name: 'serial/thr_ipending',
      ...version1,
      needed: (s) => s.thrIpending !== 0,
      fields: [vmU8('thrIpending')],
    },
    {
      name: 'serial/tsr',
      ...version1,
      needed: (s) => s.tsrRetry !== 0,
      fields: [vmU32('tsrRetry'), vmU8('thr'), vmU8('tsr')],
    },
    {
      name: 'serial/recv_fifo',
      ...version1,
      needed: (s) => !s.recvFifo.isEmpty,
      fields: [vmStruct('recvFifo', fifo)],
    },
    {
      name: 'serial/xmit_fifo',
      ...version1,
      needed: (s) => !s.xmitFifo.isEmpty,
      fields: [vmStruct('xmitFifo', fifo)],
    },
    {
      name: 'serial/fifo_timeout_timer',
      ...version1,
      needed: (s) => s.fifoTimeoutTimer.pending(),
      fields: [vmTimer('fifoTimeoutTimer')],
    },
    {
      name: 'serial/timeout_ipending',
      ...version1,
      needed: (s) => s.timeoutIpending !== 0,
      fields: [vmU32('timeoutIpending')],
    },
  ],
}
