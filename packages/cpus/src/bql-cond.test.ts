// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest'
import { BqlCond } from './bql-cond.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** `count` waiters that write their number when they are woken. */
function waiters(cond: BqlCond, count: number): number[] {
  const woken: number[] = []
  for (let i = 0; i < count; i++) void cond.wait().then(() => woken.push(i))
  return woken
}

it('signal wakes the one that has waited longest', async () => {
  const cond = new BqlCond()
  const woken = waiters(cond, 3)

  cond.signal()
  await turn()
  expect(woken).toEqual([0])
  cond.signal()
  await turn()

  expect(woken).toEqual([0, 1])
})

it('broadcast wakes all, in the order in which they came', async () => {
  const cond = new BqlCond()
  const woken = waiters(cond, 3)

  cond.broadcast()
  await turn()

  expect(woken).toEqual([0, 1, 2])
})

it('a signal without a waiter is forgotten, as with every condition variable', async () => {
  const cond = new BqlCond()
  cond.signal()
  cond.broadcast()

  const woken = waiters(cond, 1)
  await turn()

  expect(woken).toEqual([])
})

it('whoever waits again while it is woken waits for the next broadcast', async () => {
  const cond = new BqlCond()
  let wakes = 0
  void (async () => {
    for (;;) {
      await cond.wait()
      wakes++
    }
  })()

  cond.broadcast()
  await turn()
  expect(wakes).toBe(1)
  cond.broadcast()
  await turn()

  expect(wakes).toBe(2)
})

it('waking gives no lock away: the waker goes on first', async () => {
  const cond = new BqlCond()
  const order: string[] = []
  void cond.wait().then(() => order.push('woken'))

  cond.signal()
  order.push('waker')
  await turn()

  expect(order).toEqual(['waker', 'woken'])
})
