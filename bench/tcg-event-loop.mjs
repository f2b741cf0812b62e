#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How late a 10 ms Node timer comes while a guest runs flat out on the translator in the same process, and with no guest.
 *
 *   node bench/tcg-event-loop.mjs [--runs N] [--seconds N] [GUEST ...]
 *
 * The figure is the time from setTimeout to its callback, so 10 ms is perfect. The first second of a guest counts, too: that
 * is when its code is translated and compiled. The guest `linux` is Debian's cloud kernel on its way to init.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Machine } from '@dromaius/vmm'
import { CMDLINE, findBusybox, findKernel, makeInitramfs } from '../scripts/debian/guest.mjs'
import { numericArguments } from './lib/arguments.mjs'
import { guest } from './lib/processes.mjs'
import { printLoad, printTable, quantile } from './lib/statistics.mjs'

const TIMER_MS = 10
const names = ['integer', 'memory', 'calls', 'page-fault', 'linux']
const options = numericArguments({ runs: 2, seconds: 5 }, names)
const chosen = options.names.length > 0 ? options.names : names
const folder = mkdtempSync(join(tmpdir(), 'dromaius-tcg-event-loop-'))

/** What the machine of a guest is made of. @param {string} name */
function machineOptions(name) {
  const common = { accel: 'tcg', machine: 'microvm' }
  if (name !== 'linux') return { ...common, memory: '16M', bios: guest(`cpu/${name}.bin`) }
  const initrd = join(folder, 'initramfs.cpio')
  writeFileSync(initrd, makeInitramfs(findBusybox('amd64'), 'poweroff -f').build())
  return { ...common, memory: '256M', kernel: findKernel('cloud-amd64'), initrd, cmdline: `${CMDLINE} quiet` }
}

/** Times from setting to firing of one timer after the other, ms. */
async function timerTimes() {
  const times = []
  const end = performance.now() + options.seconds * 1000
  while (performance.now() < end) {
    const begin = performance.now()
    await sleep(TIMER_MS)
    times.push(performance.now() - begin)
  }
  return times
}

/** @param {string} name */
async function beside(name) {
  const machine = await Machine.create(machineOptions(name))
  try {
    machine.serial.resume()
    machine.start()
    return await timerTimes()
  } finally {
    await machine.stop()
  }
}

const row = (name, times) => [
  name,
  ...[0.5, 0.99].map((q) => quantile(times, q).toFixed(2)),
  Math.max(...times).toFixed(2),
]

try {
  printLoad()
  const rows = []
  for (let run = 0; run < options.runs; run++) {
    rows.push(row('no guest', await timerTimes()))
    for (const name of chosen) rows.push(row(name, await beside(name)))
  }
  console.log(`a ${TIMER_MS} ms timer for ${options.seconds} s; ms`)
  printTable(['guest', 'p50', 'p99', 'max'], rows)
  printLoad()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
