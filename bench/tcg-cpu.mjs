#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * CPU-bound guests by translation: our compiled code, our interpreter, QEMU's translator and v86.
 *
 *   node bench/tcg-cpu.mjs [--runs N] [--ms N] [--warm-up N] [GUEST ...]
 *
 * A guest writes a dot after each round of its work. After the first one and `--warm-up` ms, rounds are counted for `--ms`
 * ms: what starting and compiling costs is not in the figures. v86 has no 64-bit code.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { numericArguments } from './lib/arguments.mjs'
import { DROMAIUS, end, guest, start } from './lib/processes.mjs'
import { median, pairedRatio, printLoad, printTable } from './lib/statistics.mjs'

const INSTRUCTIONS = 'M instructions/s'
const BYTES = 'MB/s'
/** What a guest counts, in millions a second. */
const guests = {
  integer: INSTRUCTIONS,
  memory: INSTRUCTIONS,
  calls: INSTRUCTIONS,
  'jump-table': INSTRUCTIONS,
  sha256: BYTES,
  x87: INSTRUCTIONS,
  'sse-scalar': INSTRUCTIONS,
  'sse-packed': INSTRUCTIONS,
  'sse2-integer': INSTRUCTIONS,
  memcpy: BYTES,
  'rep-movs': BYTES,
  'rep-stos': BYTES,
  int80: 'M calls/s',
  syscall: 'M calls/s',
  'page-fault': 'M faults/s',
}
const only64 = ['syscall']
/** No round of any guest takes so long, on a busy machine either. */
const HUNG_MS = 60_000

const names = Object.keys(guests)
const options = numericArguments({ runs: 3, ms: 1000, 'warm-up': 1000 }, names)
const chosen = options.names.length > 0 ? options.names : names

/** @param {string} image */
const machine = (image) => [
  ...['-M', 'microvm', '-nodefaults', '-m', '16', '-bios', image, '-display', 'none', '-serial', 'stdio'],
]
const dromaius = (accel) => (image) => [process.execPath, DROMAIUS, '-accel', accel, ...machine(image)]
const engines = {
  compiled: dromaius('tcg'),
  interpreter: dromaius('tcg,x-compile=off'),
  QEMU: (image) => [
    ...['qemu-system-x86_64', '-accel', 'tcg,thread=single', '-no-user-config'],
    ...machine(image),
  ],
  v86: (image) => [process.execPath, fileURLToPath(new URL('lib/v86-run.mjs', import.meta.url)), image],
}

/** Rounds a second of a guest that was started by `command`. @param {string[]} command */
async function roundsPerSecond(command) {
  const started = start(command)
  try {
    await started.firstByteMs
    return await new Promise((resolve, reject) => {
      const from = performance.now() + options['warm-up']
      const timer = setTimeout(() => reject(new Error(`${command.join(' ')}: hangs`)), HUNG_MS)
      let begin = 0
      let rounds = 0
      started.child.stdout.on('data', (text) => {
        const now = performance.now()
        if (begin > 0) rounds += text.length
        else if (now >= from) begin = now
        if (rounds === 0 || now < begin + options.ms) return
        clearTimeout(timer)
        resolve((rounds / (now - begin)) * 1000)
      })
    })
  } finally {
    await end(started)
  }
}

printLoad()
const rows = []
for (const name of chosen) {
  const image = guest(`cpu/${name}.bin`)
  const units = readFileSync(image).readUInt32LE(0)
  const able = Object.keys(engines).filter((engine) => engine !== 'v86' || !only64.includes(name))
  const samples = Object.fromEntries(Object.keys(engines).map((engine) => [engine, []]))
  for (let run = 0; run < options.runs; run++) {
    for (const engine of able) {
      samples[engine].push(((await roundsPerSecond(engines[engine](image))) * units) / 1e6)
    }
  }
  const cell = (engine, figure) => (able.includes(engine) ? figure(samples[engine]) : '-')
  const speed = (values) => Number(median(values).toPrecision(3)).toString()
  const times = (values) => pairedRatio(samples.QEMU, values).toFixed(2)
  rows.push([
    name,
    guests[name],
    ...Object.keys(engines).map((engine) => cell(engine, speed)),
    ...['compiled', 'interpreter', 'v86'].map((engine) => cell(engine, times)),
  ])
}
console.log(
  `\n${options.runs} runs of ${options.ms} ms, medians; the last three in times QEMU's time: below 1 is ahead of it`,
)
printTable(
  ['guest', '', ...Object.keys(engines), 'compiled / QEMU', 'interpreter / QEMU', 'v86 / QEMU'],
  rows,
)
printLoad()
