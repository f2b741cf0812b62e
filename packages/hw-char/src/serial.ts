// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CharBackend,
  qemuChrFeAcceptInput,
  qemuChrFeAddWatch,
  qemuChrFeDeinit,
  qemuChrFeSetHandlers,
  qemuChrFeWrite,
} from '@dromaius/chardev'
import type { MemoryRegionOps } from '@dromaius/memory'
import { NANOSECONDS_PER_SECOND, qemuIrqLower, qemuSetIrq, QEMUTimer, type QEMUClock } from '@dromaius/util'
import { UserError, type qemu_irq } from '@dromaius/util'
import { Fifo8 } from './fifo8.js'
import * as R from './serial-regs.js'

/** How often a byte is offered to a back end that said it takes output again, before the byte is dropped. */
export const MAX_XMIT_RETRY = 4

/** Bytes in the receive FIFO that raise the interrupt, by bits 7:6 of FCR. */
const RECV_FIFO_ITL = [1, 4, 8, 14] as const

/** Lines of the modem that is always there: carrier, data set ready, clear to send. */
const MSR_CONNECTED = R.UART_MSR_DCD | R.UART_MSR_DSR | R.UART_MSR_CTS

/**
 * A 16550A UART. Bytes leave at once, not at the line's speed, and wait only for the back end.
 * PC16550D data sheet, section 8.
 * @qemu include/hw/char/serial.h SerialState
 * @differs no modem lines of a real port: carrier, DSR and CTS are always on
 */
export class SerialState {
  /** Divisor latch: `baudbase` / divider = bits per second. */
  divider = 0
  /** Receiver buffer, used while the FIFOs are off. */
  rbr = 0
  /** Transmitter holding register. */
  thr = 0
  /** Transmitter shift register: the byte that the back end has not taken yet. */
  tsr = 0
  ier = 0
  iir = R.UART_IIR_NO_INT
  lcr = 0
  mcr = 0
  lsr = 0
  msr = 0
  scr = 0
  fcr = 0
  /** FCR as saved; loading writes it through the register. */
  fcrVmstate = 0
  /** The transmitter-empty interrupt is pending: it goes when IIR is read, though LSR.THRE stays. */
  thrIpending = 0
  /** The character timeout interrupt is pending. */
  timeoutIpending = 0
  /** Times that the byte in `tsr` was refused; not 0 means that we wait for the back end. */
  tsrRetry = 0
  recvFifo = new Fifo8(R.UART_FIFO_LENGTH)
  xmitFifo = new Fifo8(R.UART_FIFO_LENGTH)
  /** Bytes in `recvFifo` that raise the interrupt. */
  recvFifoItl = 1
  /** Time in `ns` that one character takes on the line. */
  charTransmitTime = 0n
  /** The interrupt line. */
  irq: qemu_irq = null
  /** Frequency in `Hz` divided by 16. */
  baudbase = 115200
  readonly chr = new CharBackend()
  /** Fires when received data has lain unread for four character times. */
  readonly fifoTimeoutTimer: QEMUTimer
  private readonly clock: QEMUClock
  private cancelWatch: (() => void) | null = null

  /** `clock` is the machine's virtual clock. */
  constructor(clock: QEMUClock) {
    this.clock = clock
    this.fifoTimeoutTimer = new QEMUTimer(clock, () => this.fifoTimeoutInt(), 'serial-fifo-timeout')
  }

  /** The eight ports, one byte each. @qemu hw/char/serial.c serial_io_ops */
  readonly ops: MemoryRegionOps = {
    read: (addr) => this.ioportRead(addr),
    write: (addr, value) => this.ioportWrite(addr, value),
    endianness: 'little',
    impl: { minAccessSize: 1, maxAccessSize: 1 },
  }

  /**
   * Starts to listen to the back end.
   * @throws UserError if there is none
   * @qemu hw/char/serial.c serial_realize
   */
  realize(): void {
    if (!this.chr.chr) throw new UserError("Can't create serial device, empty char device")
    qemuChrFeSetHandlers(this.chr, {
      canRead: () => this.canReceive(),
      read: (bytes) => this.receive(bytes),
      event: (event) => {
        if (event === 'break') this.receiveBreak()
      },
    })
  }

  /** @qemu hw/char/serial.c serial_unrealize */
  unrealize(): void {
    this.cancelXmitWatch()
    qemuChrFeDeinit(this.chr)
    this.fifoTimeoutTimer.free()
  }

  /** Power-on state: 9600 baud, FIFOs off, nothing pending. @qemu hw/char/serial.c serial_reset */
  reset(): void {
    this.cancelXmitWatch()
    this.rbr = 0
    this.ier = 0
    this.iir = R.UART_IIR_NO_INT
    this.lcr = 0
    this.lsr = R.UART_LSR_TEMT | R.UART_LSR_THRE
    this.msr = MSR_CONNECTED
    this.divider = 0x0c
    this.mcr = R.UART_MCR_OUT2
    this.scr = 0
    this.fcr = 0
    this.recvFifoItl = RECV_FIFO_ITL[0]
    this.tsrRetry = 0
    this.charTransmitTime = (NANOSECONDS_PER_SECOND / 9600n) * 10n
    this.timeoutIpending = 0
    this.fifoTimeoutTimer.del()
    this.recvFifo.reset()
    this.xmitFifo.reset()
    this.thrIpending = 0
    qemuIrqLower(this.irq)
    // The back end may hold input that found the receiver full.
    qemuChrFeAcceptInput(this.chr)
  }

  /** @qemu hw/char/serial.c serial_ioport_read */
  ioportRead(addr: number): number {
    const dlab = (this.lcr & R.UART_LCR_DLAB) !== 0
    switch (addr & 7) {
      case R.UART_RX:
        return dlab ? this.divider & 0xff : this.readRbr()
      case R.UART_IER:
        return dlab ? this.divider >> 8 : this.ier
      case R.UART_IIR: {
        const ret = this.iir
        if ((ret & R.UART_IIR_ID) === R.UART_IIR_THRI) {
          this.thrIpending = 0
          this.updateIrq()
        }
        return ret
      }
      case R.UART_LCR:
        return this.lcr
      case R.UART_MCR:
        return this.mcr
      case R.UART_LSR: {
        const ret = this.lsr
        // Reading acknowledges break and overrun.
        if (ret & (R.UART_LSR_BI | R.UART_LSR_OE)) {
          this.lsr &= ~(R.UART_LSR_BI | R.UART_LSR_OE)
          this.updateIrq()
        }
        return ret
      }
      case R.UART_MSR:
        return this.readMsr()
      default:
        return this.scr
    }
  }

  private readRbr(): number {
    let ret = this.rbr
    if (this.fcr & R.UART_FCR_FE) {
      ret = this.recvFifo.isEmpty ? 0 : this.recvFifo.pop()
      if (this.recvFifo.isEmpty) {
        this.lsr &= ~(R.UART_LSR_DR | R.UART_LSR_BI)
        this.fifoTimeoutTimer.del()
      } else {
        this.armFifoTimeout()
      }
      this.timeoutIpending = 0
    } else {
      this.lsr &= ~(R.UART_LSR_DR | R.UART_LSR_BI)
    }
    this.updateIrq()
    // In loopback the line is cut off from the receiver.
    if (!(this.mcr & R.UART_MCR_LOOP)) qemuChrFeAcceptInput(this.chr)
    return ret
  }

  private readMsr(): number {
    if (this.mcr & R.UART_MCR_LOOP) {
      // Loopback wires the outputs to the inputs: OUT1 and OUT2 to RI and DCD, RTS to CTS, DTR to DSR.
      return ((this.mcr & 0x0c) << 4) | ((this.mcr & 0x02) << 3) | ((this.mcr & 0x01) << 5)
    }
    const ret = this.msr
    if (ret & R.UART_MSR_ANY_DELTA) {
      this.msr &= ~R.UART_MSR_ANY_DELTA
      this.updateIrq()
    }
    return ret
  }

  /** @qemu hw/char/serial.c serial_ioport_write */
  ioportWrite(addr: number, value: number): void {
    const val = value & 0xff
    const dlab = (this.lcr & R.UART_LCR_DLAB) !== 0
    switch (addr & 7) {
      case R.UART_RX:
        if (dlab) {
          this.divider = (this.divider & 0xff00) | val
          this.updateParameters()
        } else {
          this.writeThr(val)
        }
        break
      case R.UART_IER:
        if (dlab) {
          this.divider = (this.divider & 0x00ff) | (val << 8)
          this.updateParameters()
        } else {
          this.writeIer(val & 0x0f)
        }
        break
      case R.UART_IIR:
        this.writeFcr(val)
        break
      case R.UART_LCR:
        this.lcr = val
        this.updateParameters()
        break
      case R.UART_MCR: {
        const loopEnded = (this.mcr & ~val & R.UART_MCR_LOOP) !== 0
        this.mcr = val & 0x1f
        if (loopEnded) qemuChrFeAcceptInput(this.chr)
        break
      }
      case R.UART_SCR:
        this.scr = val
        break
      default:
        // LSR and MSR: for factory tests only, not to be written.
        break
    }
  }

  private writeThr(val: number): void {
    this.thr = val
    if (this.fcr & R.UART_FCR_FE) {
      // A transmit overrun overwrites the oldest byte.
      if (this.xmitFifo.isFull) this.xmitFifo.pop()
      this.xmitFifo.push(val)
    }
    this.thrIpending = 0
    this.lsr &= ~(R.UART_LSR_THRE | R.UART_LSR_TEMT)
    this.updateIrq()
    if (this.tsrRetry === 0) this.xmit()
  }

  private writeIer(val: number): void {
    const changed = this.ier ^ val
    this.ier = val
    if (changed & R.UART_IER_THRI) {
      // Enabling raises the interrupt while THRE is set, even if reading IIR had put it off before.
      this.thrIpending = val & R.UART_IER_THRI && this.lsr & R.UART_LSR_THRE ? 1 : 0
    }
    if (changed) this.updateIrq()
  }

  private writeFcr(written: number): void {
    let val = written
    // Switching the FIFOs on or off empties them.
    if ((val ^ this.fcr) & R.UART_FCR_FE) val |= R.UART_FCR_XFR | R.UART_FCR_RFR
    if (val & R.UART_FCR_RFR) {
      this.lsr &= ~(R.UART_LSR_DR | R.UART_LSR_BI)
      this.fifoTimeoutTimer.del()
      this.timeoutIpending = 0
      this.recvFifo.reset()
    }
    if (val & R.UART_FCR_XFR) {
      this.lsr |= R.UART_LSR_THRE
      this.thrIpending = 1
      this.xmitFifo.reset()
    }
    this.setFcr(val & (R.UART_FCR_ITL | R.UART_FCR_DMS | R.UART_FCR_FE))
    this.updateIrq()
    if (val & R.UART_FCR_RFR) qemuChrFeAcceptInput(this.chr)
  }

  /** Takes over the bits of FCR that stay. @qemu hw/char/serial.c serial_write_fcr */
  setFcr(val: number): void {
    this.fcr = val
    if (val & R.UART_FCR_FE) {
      this.iir |= R.UART_IIR_FE
      this.recvFifoItl = RECV_FIFO_ITL[val >> 6]!
    } else {
      this.iir &= ~R.UART_IIR_FE
    }
  }

  /** The highest pending and enabled cause decides IIR and the line. @qemu hw/char/serial.c serial_update_irq */
  updateIrq(): void {
    let cause = R.UART_IIR_NO_INT
    if (this.ier & R.UART_IER_RLSI && this.lsr & R.UART_LSR_INT_ANY) {
      cause = R.UART_IIR_RLSI
    } else if (this.ier & R.UART_IER_RDI && this.timeoutIpending) {
      // Not in the data sheet, but real chips mask the timeout with this bit, too.
      cause = R.UART_IIR_CTI
    } else if (
      this.ier & R.UART_IER_RDI &&
      this.lsr & R.UART_LSR_DR &&
      (!(this.fcr & R.UART_FCR_FE) || this.recvFifo.num >= this.recvFifoItl)
    ) {
      cause = R.UART_IIR_RDI
    } else if (this.ier & R.UART_IER_THRI && this.thrIpending) {
      cause = R.UART_IIR_THRI
    } else if (this.ier & R.UART_IER_MSI && this.msr & R.UART_MSR_ANY_DELTA) {
      cause = R.UART_IIR_MSI
    }
    this.iir = cause | (this.iir & 0xf0)
    qemuSetIrq(this.irq, cause === R.UART_IIR_NO_INT ? 0 : 1)
  }

  /** Works out the time of a character. @qemu hw/char/serial.c serial_update_parameters */
  updateParameters(): void {
    if (this.divider === 0 || this.divider > this.baudbase) return
    const dataBits = (this.lcr & R.UART_LCR_WLS) + 5
    const frameSize = 1 + dataBits + (this.lcr & R.UART_LCR_PEN ? 1 : 0) + (this.lcr & R.UART_LCR_STB ? 2 : 1)
    const speed = Math.floor(this.baudbase / this.divider)
    this.charTransmitTime = (NANOSECONDS_PER_SECOND / BigInt(speed)) * BigInt(frameSize)
  }

  /** Sends what there is, until the back end takes no more. @qemu hw/char/serial.c serial_xmit */
  private xmit(): void {
    do {
      if (this.tsrRetry === 0) {
        if (this.fcr & R.UART_FCR_FE) {
          this.tsr = this.xmitFifo.pop()
          if (this.xmitFifo.isEmpty) this.lsr |= R.UART_LSR_THRE
        } else {
          this.tsr = this.thr
          this.lsr |= R.UART_LSR_THRE
        }
        if (this.lsr & R.UART_LSR_THRE && !this.thrIpending) {
          this.thrIpending = 1
          this.updateIrq()
        }
      }
      if (this.mcr & R.UART_MCR_LOOP) {
        this.receive(Uint8Array.of(this.tsr))
      } else if (qemuChrFeWrite(this.chr, Uint8Array.of(this.tsr)) === 0 && this.tsrRetry < MAX_XMIT_RETRY) {
        this.cancelWatch = qemuChrFeAddWatch(this.chr, () => {
          this.cancelWatch = null
          this.xmit()
        })
        if (this.cancelWatch) {
          this.tsrRetry++
          return
        }
      }
      this.tsrRetry = 0
      // A reset of the FIFO meanwhile sets THRE, and there is nothing more to send.
    } while (!(this.lsr & R.UART_LSR_THRE))
    this.lsr |= R.UART_LSR_TEMT
  }

  private cancelXmitWatch(): void {
    this.cancelWatch?.()
    this.cancelWatch = null
  }

  /** Goes on with a byte that waited when the state was saved. @qemu hw/char/serial.c serial_post_load */
  resumeXmit(): void {
    this.cancelXmitWatch()
    if (this.tsrRetry === 0) return
    // As when the back end takes output again: in a later turn, and the count of tries goes on.
    this.cancelWatch = qemuChrFeAddWatch(this.chr, () => {
      this.cancelWatch = null
      this.xmit()
    })
    if (!this.cancelWatch) this.xmit()
  }

  /**
   * How many bytes the receiver takes: up to the trigger level, then one by one, so that the guest can answer first.
   * @qemu hw/char/serial.c serial_can_receive
   */
  private canReceive(): number {
    if (this.mcr & R.UART_MCR_LOOP) return 0
    if (!(this.fcr & R.UART_FCR_FE)) return this.lsr & R.UART_LSR_DR ? 0 : 1
    if (this.recvFifo.isFull) return 0
    return this.recvFifo.num < this.recvFifoItl ? this.recvFifoItl - this.recvFifo.num : 1
  }

  /** @qemu hw/char/serial.c recv_fifo_put */
  private recvFifoPut(byte: number): void {
    // An overrun loses the new byte, not what is in the FIFO.
    if (this.recvFifo.isFull) this.lsr |= R.UART_LSR_OE
    else this.recvFifo.push(byte)
  }

  /** @qemu hw/char/serial.c serial_receive1 */
  private receive(bytes: Uint8Array): void {
    if (this.fcr & R.UART_FCR_FE) {
      for (const byte of bytes) this.recvFifoPut(byte)
      this.lsr |= R.UART_LSR_DR
      this.armFifoTimeout()
    } else {
      for (const byte of bytes) {
        if (this.lsr & R.UART_LSR_DR) this.lsr |= R.UART_LSR_OE
        this.rbr = byte
        this.lsr |= R.UART_LSR_DR
      }
    }
    this.updateIrq()
  }

  /** @qemu hw/char/serial.c serial_receive_break */
  private receiveBreak(): void {
    this.rbr = 0
    // A break comes with a null byte.
    this.recvFifoPut(0)
    this.lsr |= R.UART_LSR_BI | R.UART_LSR_DR
    this.updateIrq()
  }

  private armFifoTimeout(): void {
    this.fifoTimeoutTimer.modNs(this.clock.getNs() + this.charTransmitTime * 4n)
  }

  /** @qemu hw/char/serial.c fifo_timeout_int */
  private fifoTimeoutInt(): void {
    if (this.recvFifo.isEmpty) return
    this.timeoutIpending = 1
    this.updateIrq()
  }
}
