// SPDX-License-Identifier: GPL-2.0-or-later
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { QEMUBH } from './bh.js'

describe('QEMUBH', () => {
  it('scheduled twice runs once, in the next turn', async () => {
    let runs = 0
    const bh = new QEMUBH(() => runs++, 'test')
    bh.schedule()
    bh.schedule()
    expect(runs).toBe(0)
    expect(bh.scheduled).toBe(true)
    await nextTurn()
    expect(runs).toBe(1)
    expect(bh.scheduled).toBe(false)
  })

  it('cancelled does not run, and can be scheduled again', async () => {
    let runs = 0
    const bh = new QEMUBH(() => runs++, 'test')
    bh.schedule()
    bh.cancel()
    await nextTurn()
    expect(runs).toBe(0)
    bh.schedule()
    await nextTurn()
    expect(runs).toBe(1)
  })

  it('that schedules itself lets the event loop go on', async () => {
    let runs = 0
    const bh = new QEMUBH(() => {
      runs++
      bh.schedule()
    }, 'greedy')
    bh.schedule()
    await nextTurn()
    await nextTurn()
    bh.delete()
    const seen = runs
    await nextTurn()
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(5)
    expect(runs).toBe(seen)
  })

  it('several run in the order in which they were scheduled', async () => {
    const order: string[] = []
    for (const name of ['a', 'b', 'c']) new QEMUBH(() => order.push(name), name).schedule()
    await nextTurn()
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('deleted refuses to be scheduled', () => {
    const bh = new QEMUBH(() => undefined, 'gone')
    bh.delete()
    expect(() => bh.schedule()).toThrow(/gone was deleted/)
  })
})
