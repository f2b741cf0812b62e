// SPDX-License-Identifier: GPL-2.0-or-later
import {
  qemuChrBeCanWrite,
  qemuChrBeEvent,
  qemuChrBeWrite,
  qemuChrFeInit,
  TYPE_CHARDEV_RINGBUF,
} from '@dromaius/chardev'
import { Chardev, TYPE_CHARDEV } from '@dromaius/chardev'
import { typeRegister } from '@dromaius/qom'
import { Clocks, qemuAllocateIrq, vmstateLoad, vmstateSave, type TimeSource } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECV_BURST } from './serial-receive.js'
import { vmstateSerial } from './serial-vmstate.js'
import { SerialState } from './serial.js'

/** Time that only goes on when told. */
class ManualTime implements TimeSource {
  ns = 0n
  monotonicNs = (): bigint => this.ns
  hostNs = (): bigint => this.ns
  wakeAfter = (): (() => void) => () => undefined
}

/** Takes output only when told. */
class SlowChardev extends Chardev {
  room = 0
  out: number[] = []
  watch: (() => void) | null = null
  override chrWrite(bytes: Uint8Array): number {
    const taken = Math.min(this.room, bytes.length)
    this.room -= taken
    this.out.push(...bytes.subarray(0, taken))
    return taken
  }
  override chrAddWatch(cb: () => void): () => void {
    this.watch = cb
    return () => (this.watch = null)
  }
  /** Lets `count` bytes through. */
  open(count: number): void {
    this.room = count
    const { watch } = this
    this.watch = null
    watch?.()
  }
}
const TYPE_SLOW = typeRegister<SlowChardev>({
  name: 'chardev-test-slow',
  parent: TYPE_CHARDEV,
  instance: SlowChardev,
})

function uart<C extends Chardev>(chr: C) {
  const time = new ManualTime()
  const clocks = new Clocks(time)
  clocks.enableVirtual(true)
  const s = new SerialState(clocks.virtual)
  const line = { level: 0 }
  s.irq = qemuAllocateIrq((_n, level) => (line.level = level), 0)
  qemuChrFeInit(s.chr, chr)
  s.reset()
  s.realize()
  const elapse = (ns: bigint): void => {
    time.ns += ns
    clocks.virtual.runTimers()
  }
  const send = (text: string): void => qemuChrBeWrite(chr, Buffer.from(text))
  return {
    s,
    chr,
    line,
    elapse,
    send,
    inb: (a: number) => s.ioportRead(a),
    outb: (a: number, v: number) => s.ioportWrite(a, v),
  }
}
const ringUart = () => uart(TYPE_CHARDEV_RINGBUF.new())

describe('16550A after reset', () => {
  it('shows an empty transmitter, no interrupt, a connected modem, and divisor 12', () => {
    const { inb, outb, line } = ringUart()
    expect([1, 2, 3, 4, 5, 6, 7].map(inb)).toEqual([0x00, 0x01, 0x00, 0x08, 0x60, 0xb0, 0x00])
    outb(3, 0x80)
    expect([inb(0), inb(1)]).toEqual([0x0c, 0x00])
    expect(line.level).toBe(0)
  })
})

describe('16550A transmitter', () => {
  it('sends what is written to THR and stays empty', () => {
    const { chr, inb, outb } = ringUart()
    for (const byte of Buffer.from('hello')) outb(0, byte)
    expect(chr.readText()).toBe('hello')
    expect(inb(5)).toBe(0x60)
  })

  it('THRE interrupt comes with IER bit 1, goes when IIR is read, comes again with the next byte', () => {
    const { inb, outb, line } = ringUart()
    outb(1, 0x02)
    expect(line.level).toBe(1)
    expect(inb(2)).toBe(0x02)
    expect(line.level).toBe(0)
    expect(inb(2)).toBe(0x01)
    outb(0, 0x41)
    expect(line.level).toBe(1)
  })

  it('a slow back end leaves LSR without THRE and TEMT until it takes the byte', () => {
    const { chr, inb, outb } = uart(TYPE_SLOW.new())
    outb(0, 0x41)
    expect(inb(5)).toBe(0x20)
    outb(0, 0x42)
    expect(inb(5)).toBe(0x00)
    chr.open(1)
    expect(chr.out).toEqual([0x41])
    chr.open(1)
    expect(chr.out).toEqual([0x41, 0x42])
    expect(inb(5)).toBe(0x60)
  })

  it('a FIFO of sixteen waits for a slow back end and goes out in order', () => {
    const { chr, inb, outb } = uart(TYPE_SLOW.new())
    outb(2, 0x01)
    for (let i = 0; i < 17; i++) outb(0, i)
    expect(inb(5)).toBe(0x00)
    for (let i = 0; i < 17; i++) chr.open(1)
    expect(chr.out).toEqual([...Array(17).keys()])
    expect(inb(5)).toBe(0x60)
  })

  it('a byte that is refused four times over is dropped, and the guest goes on', () => {
    const { chr, inb, outb } = uart(TYPE_SLOW.new())
    outb(0, 0x41)
    for (let i = 0; i < 4; i++) chr.open(0)
    expect(inb(5)).toBe(0x60)
    chr.open(1)
    outb(0, 0x42)
    expect(chr.out).toEqual([0x42])
  })
})

describe('16550A receiver', () => {
  it('without FIFO takes one byte at a time, with LSR.DR and an interrupt', () => {
    const { chr, inb, outb, line, send } = ringUart()
    outb(1, 0x01)
    expect(qemuChrBeCanWrite(chr)).toBe(1)
    send('x')
    expect(qemuChrBeCanWrite(chr)).toBe(0)
    expect(line.level).toBe(1)
    expect(inb(2)).toBe(0x04)
    expect(inb(5)).toBe(0x61)
    expect(inb(0)).toBe(0x78)
    expect(inb(5)).toBe(0x60)
    expect(line.level).toBe(0)
  })

  it('an unread byte is overrun: LSR.OE, a line status interrupt, cleared by reading LSR', () => {
    const { inb, outb, line, send } = ringUart()
    outb(1, 0x04)
    send('a')
    send('b')
    expect(line.level).toBe(1)
    expect(inb(2)).toBe(0x06)
    expect(inb(5)).toBe(0x63)
    expect(line.level).toBe(0)
    expect(inb(0)).toBe(0x62)
  })

  it.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])('FCR %i interrupts at %i bytes', (fcr, trigger) => {
    const { inb, outb, line, send } = ringUart()
    outb(2, fcr)
    outb(1, 0x01)
    send('.'.repeat(trigger - 1))
    expect(line.level).toBe(0)
    send('.')
    expect(line.level).toBe(1)
    expect(inb(2)).toBe(0xc4)
    inb(0)
    expect(line.level).toBe(0)
  })

  it('data below the trigger level times out after four characters', () => {
    const { inb, outb, line, elapse, send } = ringUart()
    outb(3, 0x03)
    outb(2, 0x81)
    outb(1, 0x01)
    send('ab')
    // 8N1 at 9600 baud: ten bits a character.
    const character = (1_000_000_000n / 9600n) * 10n
    elapse(4n * character - 1n)
    expect(line.level).toBe(0)
    elapse(1n)
    expect(line.level).toBe(1)
    expect(inb(2)).toBe(0xcc)
    expect(inb(0)).toBe(0x61)
    expect(line.level).toBe(0)
    elapse(4n * character)
    expect(inb(2)).toBe(0xcc)
  })

  it('after a burst there is a pause, in which a guest that reads until nothing is left comes to an end', () => {
    const u = ringUart()
    u.outb(2, 0x81)
    const readAll = (): number => {
      let read = 0
      for (;;) {
        const room = qemuChrBeCanWrite(u.chr)
        if (room > 0) u.send('x'.repeat(room))
        if ((u.inb(5) & 1) === 0) return read
        u.inb(0)
        read++
      }
    }
    expect(readAll()).toBe(RECV_BURST)
    expect(u.inb(2) & 1).toBe(1)

    // A line of 115200 baud takes 5.6 ms for 64 bytes.
    u.elapse(5_000_000n)
    expect(qemuChrBeCanWrite(u.chr)).toBe(0)
    u.elapse(600_000n)
    expect(readAll()).toBe(RECV_BURST)

    // Nor does it wait for the time when the guest sleeps.
    expect(u.s.clock.runIdleTimer()).toBe(true)
    expect(readAll()).toBe(RECV_BURST)
    u.s.reset()
    expect(u.s.clock.runIdleTimer()).toBe(false)
    expect(qemuChrBeCanWrite(u.chr)).toBe(1)
  })

  it('a full FIFO takes no more, and an overrun keeps what is in it', () => {
    const { chr, inb, outb, send } = ringUart()
    outb(2, 0x01)
    send('0123456789abcdef')
    expect(qemuChrBeCanWrite(chr)).toBe(0)
    send('!')
    expect(inb(5) & 0x03).toBe(0x03)
    expect(inb(0)).toBe(0x30)
  })

  it('a break shows in LSR with a null byte', () => {
    const { chr, inb, outb, line } = ringUart()
    outb(1, 0x04)
    qemuChrBeEvent(chr, 'break')
    expect(line.level).toBe(1)
    expect(inb(5)).toBe(0x71)
    expect(inb(0)).toBe(0)
    expect(inb(5)).toBe(0x60)
  })

  it('resetting the FIFO empties it', () => {
    const { inb, outb, send } = ringUart()
    outb(2, 0x01)
    send('abc')
    outb(2, 0x03)
    expect(inb(5)).toBe(0x60)
    expect(inb(0)).toBe(0)
  })
})

describe('16550A registers', () => {
  it('DLAB shows the divisor, which sets the time of a character', () => {
    const { s, inb, outb } = ringUart()
    outb(3, 0x83)
    outb(0, 0x01)
    outb(1, 0x00)
    expect([inb(0), inb(1)]).toEqual([1, 0])
    expect(s.charTransmitTime).toBe((1_000_000_000n / 115200n) * 10n)
    outb(3, 0x03)
    expect(inb(1)).toBe(0)
  })

  it('scratch keeps a byte; LSR and MSR cannot be written', () => {
    const { inb, outb } = ringUart()
    outb(7, 0xa5)
    outb(5, 0)
    outb(6, 0)
    expect([inb(7), inb(5), inb(6)]).toEqual([0xa5, 0x60, 0xb0])
  })

  it('loopback feeds THR to the receiver and MCR to MSR, and cuts off the line', () => {
    const { chr, inb, outb } = ringUart()
    outb(4, 0x1a)
    outb(0, 0x55)
    expect(inb(0)).toBe(0x55)
    expect(chr.readText()).toBe('')
    // DSR has gone.
    expect(inb(6)).toBe(0x92)
    outb(4, 0x15)
    // Carrier and CTS have gone, DSR and RI have come; of RI only the end counts.
    expect(inb(6)).toBe(0x6b)
    expect(qemuChrBeCanWrite(chr)).toBe(0)
    outb(4, 0x0b)
    expect(inb(6)).toBe(0xbd)
    expect(inb(6)).toBe(0xb0)
    expect(qemuChrBeCanWrite(chr)).toBe(1)
  })

  it.each([
    ['CTS (bit 0) with RTS', 0x02, 0x11],
    ['DSR (bit 1) with DTR', 0x01, 0x22],
    ['DCD (bit 3) with OUT2', 0x08, 0x88],
  ])('a modem line that changes interrupts: %s', (_what, mcr, msr) => {
    const { inb, outb, line } = ringUart()
    outb(4, 0x10)
    inb(6)
    outb(1, 0x08)
    expect(line.level).toBe(0)
    outb(4, 0x10 | mcr)
    expect([line.level, inb(2)]).toEqual([1, 0x00])
    expect(inb(6)).toBe(msr)
    expect([line.level, inb(2)]).toEqual([0, 0x01])
  })

  it('the end of a ring interrupts, its beginning does not', () => {
    const { inb, outb, line } = ringUart()
    outb(4, 0x10)
    inb(6)
    outb(1, 0x08)
    outb(4, 0x14)
    expect([line.level, inb(6)]).toEqual([0, 0x40])
    outb(4, 0x10)
    expect([line.level, inb(6)]).toEqual([1, 0x04])
  })

  it('interrupt causes come by priority: line status, data, transmitter, modem', () => {
    const { inb, outb, send } = ringUart()
    outb(4, 0x10)
    outb(4, 0x00)
    send('a')
    send('b')
    outb(1, 0x0f)
    expect(inb(2)).toBe(0x06)
    inb(5)
    expect(inb(2)).toBe(0x04)
    inb(0)
    expect(inb(2)).toBe(0x02)
    expect(inb(2)).toBe(0x00)
    inb(6)
    expect(inb(2)).toBe(0x01)
  })

  it('works without a back end: what is sent is lost', () => {
    const s = new SerialState(new Clocks().virtual)
    s.reset()
    s.realize()
    s.ioportWrite(0, 0x41)
    expect(s.ioportRead(5)).toBe(0x60)
  })
})

describe('16550A state', () => {
  it('saved in the middle of sending and receiving goes on in another one', () => {
    const from = uart(TYPE_SLOW.new())
    from.outb(3, 0x03)
    from.outb(2, 0x81)
    from.outb(1, 0x07)
    for (const byte of Buffer.from('out')) from.outb(0, byte)
    from.send('in')
    const saved = JSON.parse(JSON.stringify(vmstateSave(vmstateSerial, from.s)))

    const to = uart(TYPE_SLOW.new())
    vmstateLoad(vmstateSerial, to.s, saved)
    expect(vmstateSave(vmstateSerial, to.s)).toEqual(saved)
    for (let i = 0; i < 3; i++) to.chr.open(1)
    expect(Buffer.from(to.chr.out).toString()).toBe('out')
    expect([to.inb(0), to.inb(0)]).toEqual([0x69, 0x6e])
    expect(to.inb(5)).toBe(0x60)
  })

  it('with a FIFO count beyond its capacity is refused', () => {
    const from = ringUart()
    from.outb(2, 0x01)
    from.send('a')
    const saved = JSON.parse(JSON.stringify(vmstateSave(vmstateSerial, from.s)))
    saved.subsections['serial/recv_fifo'].fields.recvFifo.fields.num = 17
    expect(() => vmstateLoad(vmstateSerial, ringUart().s, saved)).toThrow('beyond the capacity')
  })

  it('property: any accesses, input and slowness keep registers bytes, and a saved state loads', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('in' as const), addr: fc.nat(7) }),
      fc.record({ kind: fc.constant('out' as const), addr: fc.nat(7), value: fc.nat(255) }),
      fc.record({ kind: fc.constant('input' as const), bytes: fc.uint8Array({ maxLength: 20 }) }),
      fc.record({ kind: fc.constant('room' as const), count: fc.nat(20) }),
      fc.record({ kind: fc.constant('time' as const), ns: fc.bigInt(0n, 10_000_000n) }),
      fc.record({ kind: fc.constant('event' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const u = uart(TYPE_SLOW.new())
        for (const one of steps) {
          if (one.kind === 'out') u.outb(one.addr, one.value)
          else if (one.kind === 'input') qemuChrBeWrite(u.chr, one.bytes)
          else if (one.kind === 'room') u.chr.open(one.count)
          else if (one.kind === 'time') u.elapse(one.ns)
          else if (one.kind === 'event') qemuChrBeEvent(u.chr, 'break')
          else expect(u.inb(one.addr) >>> 0).toBeLessThanOrEqual(0xff)
          expect(qemuChrBeCanWrite(u.chr)).toBeGreaterThanOrEqual(0)
          expect(u.line.level).toBe(u.s.iir & 1 ? 0 : 1)
        }
        const saved = vmstateSave(vmstateSerial, u.s)
        const other = uart(TYPE_SLOW.new())
        vmstateLoad(vmstateSerial, other.s, saved)
        expect(vmstateSave(vmstateSerial, other.s)).toEqual(saved)
      }),
    )
  })
})
