#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * CPU time of a process whose guest sleeps in HLT, in our command and in QEMU, taken in turn.
 *
 *   node bench/idle.mjs [--runs N] [--seconds N] [--vcpus N] [kvm|tcg]
 *
 * Both count all threads: `ticks` is utime + stime in 10 ms steps, `run time` the scheduler's own count in ns.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { numericArguments } from './lib/arguments.mjs'
import { cpuTicks, cpuTimeNs, dromaiusCommand, end, guest, qemuCommand, start } from './lib/processes.mjs'
import { printLoad, printTable, spread } from './lib/statistics.mjs'

const { runs, seconds, vcpus, names } = numericArguments({ runs: 3, seconds: 10, vcpus: 1 }, ['kvm', 'tcg'])
const [accel = 'kvm'] = names
const TICKS_PER_SECOND = 100
/** Between the guest's last output and the first look. */
const SETTLE_MS = 2000

/** Share of one core in percent over the time of the measurement, by both counts. */
async function measure(command) {
  const started = start(command)
  try {
    await started.firstByteMs
    await sleep(SETTLE_MS)
    const { pid } = started.child
    const begin = { at: performance.now(), ticks: cpuTicks(pid), ns: cpuTimeNs(pid) }
    await sleep(seconds * 1000)
    const elapsedMs = performance.now() - begin.at
    return {
      ticks: ((cpuTicks(pid) - begin.ticks) / TICKS_PER_SECOND / elapsedMs) * 1e5,
      ns: ((cpuTimeNs(pid) - begin.ns) / 1e6 / elapsedMs) * 100,
    }
  } finally {
    await end(started)
  }
}

printLoad()
const ours = []
const qemu = []
for (let run = 0; run < runs; run++) {
  ours.push(await measure(dromaiusCommand(guest('idle.elf'), { vcpus, accel })))
  qemu.push(await measure(qemuCommand(guest('idle.elf'), { vcpus, accel })))
}
const row = (name, samples) => [
  name,
  spread(
    samples.map(({ ns }) => ns),
    3,
  ),
  spread(
    samples.map(({ ticks }) => ticks),
    2,
  ),
]
console.log(`HLT guest, -accel ${accel}, ${vcpus} vCPUs, ${seconds} s, ${runs} runs; % of one core`)
printTable(['', 'run time', 'ticks'], [row('ours', ours), row('QEMU', qemu)])
printLoad()
