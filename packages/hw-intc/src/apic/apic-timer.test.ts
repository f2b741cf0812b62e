// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { enabledMachine as machine } from '../../fixtures/apic-machine.js'

const EOI = 0xb0
const IRR = 0x200
const LVT_TIMER = 0x320
const INITIAL_COUNT = 0x380
const CURRENT_COUNT = 0x390
const DIVIDE = 0x3e0
const MASKED = 0x1_0000

describe('timer (11.5.4)', () => {
  it('one-shot: counts down by 2, interrupts once', () => {
    const m = machine()
    m.write(LVT_TIMER, 0x40)
    m.write(INITIAL_COUNT, 1000)
    m.advance(1000n)
    expect(m.read(CURRENT_COUNT)).toBe(500)
    expect(m.read(IRR + 0x20)).toBe(0)
    m.advance(1100n)
    expect(m.read(CURRENT_COUNT)).toBe(0)
    expect(m.acknowledge()).toBe(0x40)
    m.write(EOI, 0)
    m.advance(10_000n)
    expect(m.read(IRR + 0x20)).toBe(0)
  })

  it.each([
    [0b0000, 2],
    [0b0001, 4],
    [0b0010, 8],
    [0b0011, 16],
    [0b1000, 32],
    [0b1001, 64],
    [0b1010, 128],
    [0b1011, 1],
  ])('divide configuration %s divides by %s', (written, divisor) => {
    const m = machine()
    m.write(DIVIDE, written)
    m.write(INITIAL_COUNT, 1000)
    m.advance(BigInt(100 * divisor))
    expect(m.read(CURRENT_COUNT)).toBe(900)
  })

  it('periodic: interrupts again and again, also after a long pause', () => {
    const m = machine()
    m.write(DIVIDE, 0xb)
    m.write(LVT_TIMER, 0x2_0040)
    m.write(INITIAL_COUNT, 999)
    for (let i = 0; i < 3; i++) {
      m.advance(1000n)
      expect(m.acknowledge()).toBe(0x40)
      m.write(EOI, 0)
    }
    m.advance(1_000_000_000n)
    expect(m.acknowledge()).toBe(0x40)
    m.write(EOI, 0)
    m.advance(999n)
    expect(m.read(IRR + 0x20)).toBe(0)
    m.advance(1n)
    expect(m.read(IRR + 0x20)).toBe(1)
  })

  it('masked it counts, and interrupts nobody', () => {
    const m = machine()
    m.write(LVT_TIMER, MASKED | 0x40)
    m.write(INITIAL_COUNT, 1000)
    m.advance(1000n)
    expect(m.read(CURRENT_COUNT)).toBe(500)
    m.advance(2000n)
    expect(m.read(IRR + 0x20)).toBe(0)
  })

  it('a count of 0 stops it', () => {
    const m = machine()
    m.write(LVT_TIMER, 0x40)
    m.write(INITIAL_COUNT, 1000)
    m.write(INITIAL_COUNT, 0)
    m.advance(10_000n)
    expect(m.read(IRR + 0x20)).toBe(0)
  })

  it('another divisor does not move the count', () => {
    const m = machine()
    m.write(LVT_TIMER, 0x40)
    m.write(INITIAL_COUNT, 1000)
    m.advance(1000n)
    m.write(DIVIDE, 0b0011)
    expect(m.read(CURRENT_COUNT)).toBe(500)
    m.advance(1600n)
    expect(m.read(CURRENT_COUNT)).toBe(400)
  })

  it('TSC deadline: interrupts when the counter gets there, and the deadline is 0 then', () => {
    const m = machine()
    m.write(LVT_TIMER, 0x4_0040)
    m.write(INITIAL_COUNT, 1000)
    expect([m.read(INITIAL_COUNT), m.read(CURRENT_COUNT)]).toEqual([0, 0])
    m.as(0, () => m.apic().setTscDeadline(5000n, 5000n))
    m.advance(4999n)
    expect(m.read(IRR + 0x20)).toBe(0)
    expect(m.cpus[0]!.env.tscDeadline).toBe(5000n)
    m.advance(1n)
    expect(m.acknowledge()).toBe(0x40)
    expect(m.cpus[0]!.env.tscDeadline).toBe(0n)
  })

  it('a deadline in the past interrupts at once; 0 disarms; in the other modes it is ignored', () => {
    const m = machine()
    m.advance(100n)
    m.write(LVT_TIMER, 0x4_0040)
    m.as(0, () => m.apic().setTscDeadline(50n, 50n))
    expect(m.acknowledge()).toBe(0x40)
    m.write(EOI, 0)
    m.as(0, () => m.apic().setTscDeadline(5000n, 5000n))
    m.as(0, () => m.apic().setTscDeadline(0n, 0n))
    m.advance(10_000n)
    expect(m.read(IRR + 0x20)).toBe(0)
    m.write(LVT_TIMER, 0x40)
    m.as(0, () => m.apic().setTscDeadline(20_000n, 20_000n))
    expect(m.cpus[0]!.env.tscDeadline).toBe(0n)
  })

  it('a change of the mode disarms', () => {
    const m = machine()
    m.write(LVT_TIMER, 0x4_0040)
    m.as(0, () => m.apic().setTscDeadline(5000n, 5000n))
    m.write(LVT_TIMER, 0x40)
    m.write(LVT_TIMER, 0x4_0040)
    m.advance(10_000n)
    expect(m.read(IRR + 0x20)).toBe(0)
  })
})
