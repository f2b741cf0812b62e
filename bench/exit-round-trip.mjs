#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What one exit from guest code to a device and back costs: here, in a plain C loop and in QEMU, taken in turn.
 *
 *   node bench/exit-round-trip.mjs [--runs N] [--count N] [--vcpus 1|2] [--load N]
 *
 * Each sample is a process of its own. Ours and the C loop run the same flat guest; the device is a TypeScript object,
 * in the C loop nothing but a counter. QEMU runs the PVH form of the guest and its own time is taken by the guest's
 * time-stamp counter; no device is behind its exits. 1,000 exits before those that count warm all three up.
 */
import { once } from 'node:events'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { numericArguments } from './lib/arguments.mjs'
import { guest, KVM_LOOP, output, qemuCommand, underLoad } from './lib/processes.mjs'
import { median, pairedRatio, printLoad, printTable, spread } from './lib/statistics.mjs'

const WARM_UP = 1000
const KINDS = ['pio-out', 'pio-in', 'mmio-write', 'mmio-read']

/** One sample of ours, in a fresh process. */
async function ours(kind, count, vcpus) {
  const child = fork(fileURLToPath(import.meta.url), ['--child', kind, String(count), String(vcpus)])
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`our machine ended with code ${code}`))),
  ])
  return result
}

async function cLoop(kind, count, vcpus) {
  const options = [
    '--irqchip',
    '--count',
    String(count),
    '--warm-up',
    String(WARM_UP),
    '--vcpus',
    String(vcpus),
  ]
  return JSON.parse(await output([KVM_LOOP, ...options, guest(`${kind}.bin`)])).nsPerExit
}

async function qemu(kind, count, vcpus, tscKhz) {
  const append = `n=${count} warm=${WARM_UP} smp=${vcpus}`
  const line = await output(qemuCommand(guest(`${kind}.elf`), { append, vcpus }))
  const cycles = Number(/cycles=(0x[0-9a-f]+)/.exec(line)?.[1])
  return (cycles / tscKhz / count) * 1e6
}

async function child(kind, count, vcpus) {
  const { BareMachine } = await import('./lib/bare-machine.mjs')
  const machine = new BareMachine(kind, { count, warmUp: WARM_UP, vcpus })
  const { tscKhz } = machine
  await machine.run()
  process.send({ nsPerExit: machine.nsPerExit, tscKhz })
  await machine.destroy()
  process.disconnect()
}

async function main() {
  const { runs, count, vcpus, load } = numericArguments({ runs: 5, count: 100_000, vcpus: 1, load: 0 })
  printLoad()
  console.log(
    `${count} exits on each of ${vcpus} vCPUs, ${load} busy loops beside it, ${runs} runs; ns per exit`,
  )
  const rows = []
  await underLoad(load, async () => {
    for (const kind of KINDS) {
      const samples = { ours: [], cLoop: [], qemu: [] }
      for (let run = 0; run < runs; run++) {
        const { nsPerExit, tscKhz } = await ours(kind, count, vcpus)
        samples.ours.push(nsPerExit)
        samples.cLoop.push(await cLoop(kind, count, vcpus))
        samples.qemu.push(await qemu(kind, count, vcpus, tscKhz))
      }
      rows.push([
        kind,
        spread(samples.ours, 0),
        spread(samples.cLoop, 0),
        spread(samples.qemu, 0),
        (median(samples.ours) - median(samples.cLoop)).toFixed(0),
        pairedRatio(samples.ours, samples.cLoop).toFixed(2),
        pairedRatio(samples.qemu, samples.cLoop).toFixed(2),
      ])
    }
  })
  printTable(['exit', 'ours', 'C loop', 'QEMU', 'added', 'ours / C', 'QEMU / C'], rows)
  printLoad()
}

if (process.argv[2] === '--child')
  await child(process.argv[3], Number(process.argv[4]), Number(process.argv[5]))
else await main()
