// SPDX-License-Identifier: GPL-2.0-or-later
import { beforeEach, describe, expect, it } from 'vitest'
import * as irq from './irq.js'

let calls: [number, number][] = []
const record = (n: number, level: number): void => void calls.push([n, level])

beforeEach(() => {
  calls = []
})

describe('irq line', () => {
  it('that is set calls its handler with its number and the level', () => {
    const line = irq.qemuAllocateIrq(record, 4)
    irq.qemuIrqRaise(line)
    irq.qemuIrqLower(line)
    irq.qemuSetIrq(line, 7)
    expect(calls).toEqual([
      [4, 1],
      [4, 0],
      [4, 7],
    ])
  })

  it('that is wired to nothing takes every level', () => {
    irq.qemuIrqPulse(null)
    expect(calls).toEqual([])
  })

  it('that is pulsed goes up and down', () => {
    irq.qemuIrqPulse(irq.qemuAllocateIrq(record, 0))
    expect(calls).toEqual([
      [0, 1],
      [0, 0],
    ])
  })

  it('of a set has its place as its number', () => {
    const lines = irq.qemuAllocateIrqs(record, 16)
    irq.qemuIrqRaise(lines[15]!)
    expect(lines).toHaveLength(16)
    expect(calls).toEqual([[15, 1]])
  })

  it('that is inverted raises the other side at once and drives the opposite', () => {
    const inverted = irq.qemuIrqInvert(irq.qemuAllocateIrq(record, 1))
    irq.qemuIrqRaise(inverted)
    irq.qemuIrqLower(inverted)
    expect(calls).toEqual([
      [1, 1],
      [1, 0],
      [1, 1],
    ])
  })

  it('that is split drives the first side before the second', () => {
    const [first, second] = irq.qemuAllocateIrqs(record, 2)
    irq.qemuIrqRaise(irq.qemuIrqSplit(first!, second!))
    expect(calls).toEqual([
      [0, 1],
      [1, 1],
    ])
  })
})
