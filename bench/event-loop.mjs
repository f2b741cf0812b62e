#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How late a 10 ms Node timer comes while a guest makes exits as fast as it can, and with no guest.
 *
 *   node bench/event-loop.mjs [--runs N] [--seconds N] [--vcpus 1|2] [--load N]
 *
 * The figure is the time from setTimeout to its callback, so 10 ms is perfect.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { numericArguments } from './lib/arguments.mjs'
import { BareMachine } from './lib/bare-machine.mjs'
import { underLoad } from './lib/processes.mjs'
import { printLoad, printTable, quantile } from './lib/statistics.mjs'

const TIMER_MS = 10
const { runs, seconds, vcpus, load } = numericArguments({ runs: 2, seconds: 5, vcpus: 1, load: 0 })

/** Times from setting to firing of one timer after the other, ms. */
async function timerTimes() {
  const times = []
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const begin = performance.now()
    await sleep(TIMER_MS)
    times.push(performance.now() - begin)
  }
  return times
}

async function beside(program) {
  const machine = new BareMachine(program, { count: 0xffff_0000, vcpus })
  const done = machine.run()
  const times = await timerTimes()
  const exits = machine.exits.reduce((sum, count) => sum + count, 0)
  await Promise.race([machine.destroy(), done])
  return { times, exitsPerSecond: exits / seconds }
}

const row = (name, { times, exitsPerSecond }) => [
  name,
  String(Math.round(exitsPerSecond)),
  ...[0.5, 0.99].map((q) => quantile(times, q).toFixed(2)),
  Math.max(...times).toFixed(2),
]

printLoad()
const rows = []
await underLoad(load, async () => {
  for (let run = 0; run < runs; run++) {
    rows.push(row('no guest', { times: await timerTimes(), exitsPerSecond: 0 }))
    for (const program of ['pio-out', 'mmio-read']) rows.push(row(program, await beside(program)))
  }
})
console.log(`a ${TIMER_MS} ms timer for ${seconds} s, ${vcpus} vCPUs, ${load} busy loops beside it; ms`)
printTable(['guest', 'exits/s', 'p50', 'p99', 'max'], rows)
printLoad()
