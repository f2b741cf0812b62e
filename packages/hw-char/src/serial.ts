// SPDX-License-Identifier: GPL-2.0-or-later
import { CharBackend, qemuChrFeAcceptInput, qemuChrFeDeinit, qemuChrFeSetHandlers } from '@dromaius/chardev'
import type { MemoryRegionOps } from '@dromaius/memory'
import { NANOSECONDS_PER_SECOND, qemuIrqLower, qemuSetIrq, QEMUTimer, type QEMUClock } from '@dromaius/util'
import type { qemu_irq } from '@dromaius/util'
import { Fifo8 } from './fifo8.js'
import { armFifoTimeout, fifoTimeoutInt, RECV_BURST, resetBurst, serialCanReceive } from './serial-receive.js'
import { serialNextBurst, serialReceiveBreak, serialReceiveFromBackEnd } from './serial-receive.js'
import * as R from './serial-regs.js'
import { cancelXmitWatch, serialXmit } from './serial-xmit.js'

/** Bytes in the receive FIFO that raise the interrupt, by bits 7:6 of FCR. */
const RECV_FIFO_ITL = [1, 4, 8, 14] as const

/** Lines of the modem that is always there: carrier, data set ready, clear to send. */
const MSR_CONNECTED = R.UART_MSR_DCD | R.UART_MSR_DSR | R.UART_MSR_CTS

/** Loopback wires the outputs to the inputs: OUT2 to DCD, OUT1 to RI, DTR to DSR, RTS to CTS. */
function loopbackLines(mcr: number): number {
  return (
    (mcr & R.UART_MCR_OUT2 ? R.UART_MSR_DCD : 0) |
    (mcr & R.UART_MCR_OUT1 ? R.UART_MSR_RI : 0) |
    (mcr & R.UART_MCR_DTR ? R.UART_MSR_DSR : 0) |
    (mcr & R.UART_MCR_RTS ? R.UART_MSR_CTS : 0)
  )
}

/**
 * A 16550A UART. Bytes leave at once, not at the line's speed, and wait only for the back end.
 * PC16550D data sheet, section 8.
 * @qemu include/hw/char/serial.h SerialState
 * @differs no modem lines of a real port: outside loopback carrier, DSR and CTS are always on
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
  /** Bytes that the receiver still takes before there is a pause. */
  recvBurstLeft = RECV_BURST
  /** Time in `ns` that one character takes on the line. */
  charTransmitTime = 0n
  /** The interrupt line. */
  irq: qemu_irq = null
  /** Frequency in `Hz` divided by 16. */
  baudbase = 115200
  readonly chr = new CharBackend()
  /** Fires when received data has lain unread for four character times. */
  readonly fifoTimeoutTimer: QEMUTimer
  /** Ends the pause between two bursts of received bytes. */
  readonly recvPauseTimer: QEMUTimer
  /** The machine's virtual clock. */
  readonly clock: QEMUClock
  /** Ends our wait for the back end; null while we do not wait. */
  cancelWatch: (() => void) | null = null

  /** `clock` is the machine's virtual clock. */
  constructor(clock: QEMUClock) {
    this.clock = clock
    this.fifoTimeoutTimer = new QEMUTimer(clock, () => fifoTimeoutInt(this), 'serial-fifo-timeout')
    this.recvPauseTimer = new QEMUTimer(clock, () => serialNextBurst(this), 'serial-receive-pause')
    this.recvPauseTimer.firesWhenIdle = true
  }

  /** The eight ports, one byte each. @qemu hw/char/serial.c serial_io_ops */
  readonly ops: MemoryRegionOps = {
    read: (addr) => this.ioportRead(addr),
    write: (addr, value) => this.ioportWrite(addr, value),
    endianness: 'little',
    impl: { minAccessSize: 1, maxAccessSize: 1 },
  }

  /**
   * Starts to listen to the back end. Without one, output vanishes.
   * @qemu hw/char/serial.c serial_realize
   */
  realize(): void {
    qemuChrFeSetHandlers(this.chr, {
      canRead: () => serialCanReceive(this),
      read: (bytes) => serialReceiveFromBackEnd(this, bytes),
      event: (event) => {
        if (event === 'break') serialReceiveBreak(this)
      },
    })
  }

  /** @qemu hw/char/serial.c serial_unrealize */
  unrealize(): void {
    cancelXmitWatch(this)
    qemuChrFeDeinit(this.chr)
    this.fifoTimeoutTimer.free()
    this.recvPauseTimer.free()
  }

  /** Power-on state: 9600 baud, FIFOs off, nothing pending. @qemu hw/char/serial.c serial_reset */
  reset(): void {
    cancelXmitWatch(this)
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
    resetBurst(this)
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
        armFifoTimeout(this)
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
    const ret = this.msr
    // Reading acknowledges changes.
    if (ret & R.UART_MSR_ANY_DELTA) {
      this.msr &= ~R.UART_MSR_ANY_DELTA
      this.updateIrq()
    }
    return ret
  }

  /**
   * Brings the modem's lines up to date and notes which have changed: of RI only the end of a ring.
   * @qemu hw/char/serial.c serial_update_msl
   * @differs the lines change in loopback alone, and there they interrupt, as the data sheet has it
   */
  private updateMsl(): void {
    const lines = this.mcr & R.UART_MCR_LOOP ? loopbackLines(this.mcr) : MSR_CONNECTED
    const changed = (this.msr ^ lines) & ~(lines & R.UART_MSR_RI)
    this.msr = lines | (this.msr & R.UART_MSR_ANY_DELTA) | ((changed >> 4) & R.UART_MSR_ANY_DELTA)
    this.updateIrq()
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
        this.updateMsl()
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
    if (this.tsrRetry === 0) serialXmit(this)
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
}
