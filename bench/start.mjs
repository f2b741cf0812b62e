#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How long a start takes, and how much memory it costs.
 *
 *   node bench/start.mjs [--runs N]
 *
 * - from a command to the first byte of output: our command and QEMU with a guest that prints a line, and `node -e`
 *   that prints one, taken in turn
 * - in a process that runs already: from before Machine.create to the guest's first byte, the first time and later
 * - resident memory of our command with a sleeping guest, above that of an idle `node -e` and without the guest's RAM
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { Machine } from '@dromaius/vmm'
import { numericArguments } from './lib/arguments.mjs'
import {
  CPU,
  dromaiusCommand,
  end,
  guest,
  output,
  qemuCommand,
  residentOfMapping,
  start,
  statusKib,
} from './lib/processes.mjs'
import { printLoad, printTable, spread } from './lib/statistics.mjs'

const RAM_BYTES = 64 * 2 ** 20
const { runs } = numericArguments({ runs: 10 })
const hello = guest('first-output.elf')

async function firstByteMs(command) {
  const started = start(command)
  try {
    return await started.firstByteMs
  } finally {
    await end(started)
  }
}

async function measureCommands() {
  const commands = {
    'node -e': [process.execPath, '-e', "process.stdout.write('x')"],
    dromaius: dromaiusCommand(hello),
    'qemu-system-x86_64': qemuCommand(hello),
  }
  const samples = Object.keys(commands).map(() => [])
  // The first turn fills the page cache.
  for (let run = -1; run < runs; run++) {
    for (const [i, command] of Object.values(commands).entries()) {
      const ms = await firstByteMs(command)
      if (run >= 0) samples[i].push(ms)
    }
  }
  console.log('\ncommand to first output, ms')
  printTable(
    ['command', 'median (min to max)', 'above node -e'],
    [
      ...Object.keys(commands).map((name, i) => [
        name,
        spread(samples[i]),
        spread(samples[i].map((ms, run) => ms - samples[0][run])),
      ]),
    ],
  )
}

/** ms from before Machine.create to its return, and to the first output. */
async function inProcess() {
  const serial = TYPE_CHARDEV_RINGBUF.new()
  let firstMs = 0
  serial.onOutput(() => (firstMs ||= performance.now()))
  const begin = performance.now()
  const machine = await Machine.create({
    cpu: CPU,
    memory: RAM_BYTES,
    kernel: hello,
    serial,
    device: 'isa-debug-exit,iobase=0xf4',
  })
  const created = performance.now()
  machine.start()
  await machine.exited
  return { created: created - begin, first: firstMs - begin }
}

async function measureInProcess() {
  const first = await inProcess()
  const later = []
  for (let run = 0; run < runs; run++) later.push(await inProcess())
  console.log('\nin a running process, ms')
  printTable(
    ['', 'create', 'create to first output'],
    [
      ['first machine', first.created.toFixed(1), first.first.toFixed(1)],
      ['later ones', spread(later.map(({ created }) => created)), spread(later.map((one) => one.first))],
    ],
  )
}

/** Resident KiB of a process one second after its first output. */
async function resident(command) {
  const started = start(command)
  try {
    await started.firstByteMs
    await sleep(1000)
    const { pid } = started.child
    return {
      rss: statusKib(pid, 'VmRSS'),
      peak: statusKib(pid, 'VmHWM'),
      anonymous: statusKib(pid, 'RssAnon'),
      guestRam: residentOfMapping(pid, RAM_BYTES) ?? 0,
    }
  } finally {
    await end(started)
  }
}

async function measureMemory() {
  const mib = (kib) => (kib / 1024).toFixed(1)
  const idleNode = [process.execPath, '-e', "process.stdout.write('x');setInterval(() => {}, 1e6)"]
  const node = await resident(idleNode)
  const rows = [['node -e', node]]
  rows.push(['dromaius', await resident(dromaiusCommand(guest('idle.elf')))])
  rows.push(['qemu-system-x86_64', await resident(qemuCommand(guest('idle.elf')))])
  console.log('\nmemory with a sleeping guest, MiB')
  printTable(
    ['command', 'RSS', 'peak RSS', 'anonymous', 'guest RAM', 'RSS above node -e and guest RAM'],
    [
      ...rows.map(([name, { rss, peak, anonymous, guestRam }]) => [
        name,
        ...[rss, peak, anonymous, guestRam, rss - guestRam - node.rss].map(mib),
      ]),
    ],
  )
}

printLoad()
await output([process.execPath, '-e', "process.stdout.write('x')"])
await measureCommands()
await measureInProcess()
await measureMemory()
printLoad()
