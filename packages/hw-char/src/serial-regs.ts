// SPDX-License-Identifier: GPL-2.0-or-later
// Registers of the 16550A: National Semiconductor, PC16550D data sheet, section 8.

/** Offsets of the registers from the first port. */
export const UART_RX = 0
export const UART_IER = 1
export const UART_IIR = 2
export const UART_LCR = 3
export const UART_MCR = 4
export const UART_LSR = 5
export const UART_MSR = 6
export const UART_SCR = 7

/** Line control: the first two registers are the divisor latch. */
export const UART_LCR_DLAB = 0x80
/** Line control: send a break. */
export const UART_LCR_SBC = 0x40
/** Line control: parity bit. */
export const UART_LCR_PEN = 0x08
/** Line control: two stop bits. */
export const UART_LCR_STB = 0x04
/** Line control: data bits less five. */
export const UART_LCR_WLS = 0x03

/** Interrupt enable: modem status, receiver line status, transmitter holding register empty, received data. */
export const UART_IER_MSI = 0x08
export const UART_IER_RLSI = 0x04
export const UART_IER_THRI = 0x02
export const UART_IER_RDI = 0x01

/** Interrupt identification: none pending. */
export const UART_IIR_NO_INT = 0x01
/** Interrupt identification: mask of the cause. */
export const UART_IIR_ID = 0x06
/** Causes, by rising priority; the last is a character timeout. */
export const UART_IIR_MSI = 0x00
export const UART_IIR_THRI = 0x02
export const UART_IIR_RDI = 0x04
export const UART_IIR_RLSI = 0x06
export const UART_IIR_CTI = 0x0c
/** Interrupt identification: FIFOs are on. */
export const UART_IIR_FE = 0xc0

/** FIFO control: trigger level (1, 4, 8 or 14 bytes). */
export const UART_FCR_ITL = 0xc0
/** FIFO control: DMA mode, transmit FIFO reset, receive FIFO reset, FIFOs on. */
export const UART_FCR_DMS = 0x08
export const UART_FCR_XFR = 0x04
export const UART_FCR_RFR = 0x02
export const UART_FCR_FE = 0x01

/** Modem control: loopback, OUT2 (gates the interrupt on a PC), OUT1, RTS, DTR. */
export const UART_MCR_LOOP = 0x10
export const UART_MCR_OUT2 = 0x08
export const UART_MCR_OUT1 = 0x04
export const UART_MCR_RTS = 0x02
export const UART_MCR_DTR = 0x01

/** Line status: transmitter empty, holding register empty, break, framing, parity and overrun error, data ready. */
export const UART_LSR_TEMT = 0x40
export const UART_LSR_THRE = 0x20
export const UART_LSR_BI = 0x10
export const UART_LSR_FE = 0x08
export const UART_LSR_PE = 0x04
export const UART_LSR_OE = 0x02
export const UART_LSR_DR = 0x01
/** Line status: what raises the receiver line status interrupt. */
export const UART_LSR_INT_ANY = 0x1e

/** Modem status: carrier, ring, data set ready, clear to send. */
export const UART_MSR_DCD = 0x80
export const UART_MSR_RI = 0x40
export const UART_MSR_DSR = 0x20
export const UART_MSR_CTS = 0x10
/** Modem status: the changes of the four lines above. */
export const UART_MSR_ANY_DELTA = 0x0f

/** Bytes in each FIFO. */
export const UART_FIFO_LENGTH = 16
