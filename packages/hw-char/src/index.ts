// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Character devices: the 16550A UART and the debug console.
 * @packageDocumentation
 */
export { ISADebugconState, TYPE_ISA_DEBUGCON } from './debugcon.js'
export type { Fifo8 } from './fifo8.js'
export { ISASerialState, MAX_ISA_SERIAL_PORTS, TYPE_ISA_SERIAL } from './serial-isa.js'
export { vmstateSerial } from './serial-vmstate.js'
export { SerialState } from './serial.js'
