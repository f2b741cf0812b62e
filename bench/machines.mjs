#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * 1,000 machines in one process, one after the other: created, run to one exit to a device, destroyed.
 *
 *   node bench/machines.mjs [--runs N] [--machines N]
 *
 * Prints descriptors, threads and resident memory after a garbage collection. Exit code 1 if descriptors or threads are
 * not as before the first machine.
 */
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MemoryRegion, memoryRegionAddSubregion, memoryRegionInitIo } from '@dromaius/memory'
import { Machine } from '@dromaius/vmm'
import { numericArguments } from './lib/arguments.mjs'
import { CPU, guest, statusKib } from './lib/processes.mjs'
import { printLoad, printTable } from './lib/statistics.mjs'

const PORT = 0xe000
const RAM_BYTES = 16 * 2 ** 20
const { runs, machines } = numericArguments({ runs: 1, machines: 1000 })

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')

async function oneMachine() {
  const machine = await Machine.create({
    cpu: CPU,
    memory: RAM_BYTES,
    kernel: guest('pio-out.elf'),
    cmdline: 'n=1',
    serial: 'none',
  })
  const exit = new Promise((resolve) => {
    const region = new MemoryRegion()
    memoryRegionInitIo(region, null, { read: () => 0, write: resolve, endianness: 'little' }, 'bench', 1)
    memoryRegionAddSubregion(machine.system.systemIo, PORT, region)
  })
  machine.start()
  await exit
  await machine.stop()
}

async function look(after) {
  // Finalizers run between two turns of the event loop, and free what the next collection finds.
  for (let i = 0; i < 3; i++) {
    gc()
    await sleep(20)
  }
  const { heapUsed, external } = process.memoryUsage()
  return {
    after,
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    rssMib: statusKib(process.pid, 'VmRSS') / 1024,
    heapMib: (heapUsed + external) / 2 ** 20,
  }
}

for (let run = 0; run < runs; run++) {
  printLoad()
  // The first one loads what is loaded lazily, and Node starts its pool of threads.
  await oneMachine()
  const looks = [await look(1)]
  const begin = performance.now()
  for (let n = 2; n <= machines; n++) {
    await oneMachine()
    if (n === 100 || n === 500 || n === machines) looks.push(await look(n))
  }
  const ms = (performance.now() - begin) / (machines - 1)
  console.log(`${machines} machines, ${ms.toFixed(1)} ms each`)
  printTable(
    ['after', 'descriptors', 'threads', 'RSS MiB', 'heap and external MiB'],
    looks.map((one) => [
      ...[one.after, one.descriptors, one.threads].map(String),
      one.rssMib.toFixed(1),
      one.heapMib.toFixed(1),
    ]),
  )
  const [first, last] = [looks[0], looks.at(-1)]
  const grown = last.rssMib - (looks.find(({ after }) => after === 100) ?? first).rssMib
  console.log(`RSS of the last above the 100th: ${grown.toFixed(1)} MiB`)
  if (last.descriptors !== first.descriptors || last.threads !== first.threads) process.exitCode = 1
}
