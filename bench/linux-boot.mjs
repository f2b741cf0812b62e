#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How long Debian's cloud kernel takes to its init's first line under `-accel tcg`, beside QEMU's translator.
 *
 *   node bench/linux-boot.mjs [--runs N] [--seconds N]
 *
 * Both boot the same kernel and initramfs on microvm with 256 MiB and one CPU, in turn. QEMU's has no clock that a guest
 * can trust: its kernel is told the frequency, since most boots on a busy machine would hang; after `--seconds` a boot is
 * counted as hung and taken again.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CMDLINE, findBusybox, findKernel, makeInitramfs } from '../scripts/debian/guest.mjs'
import { numericArguments } from './lib/arguments.mjs'
import { DROMAIUS } from './lib/processes.mjs'
import { pairedRatio, printLoad, printTable, spread } from './lib/statistics.mjs'

const { runs, seconds } = numericArguments({ runs: 5, seconds: 120 })
const folder = mkdtempSync(join(tmpdir(), 'dromaius-linux-boot-'))
const initrd = join(folder, 'initramfs.cpio')
writeFileSync(initrd, makeInitramfs(findBusybox('amd64'), 'poweroff -f').build())

const [, mhz] = /^cpu MHz\s*: ([\d.]+)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1')) ?? []
const frequency = ` tsc_early_khz=${Math.round(Number(mhz) * 1000)}`
/** @param {string} more  of the guest's command line */
const guestOptions = (more) => [
  ...['-kernel', findKernel('cloud-amd64'), '-initrd', initrd, '-append', `${CMDLINE} quiet${more}`],
  ...['-m', '256M', '-nodefaults', '-serial', 'stdio', '-display', 'none', '-no-reboot'],
]
const commands = {
  dromaius: [process.execPath, DROMAIUS, '-accel', 'tcg', ...guestOptions('')],
  QEMU: [
    'qemu-system-x86_64',
    '-M',
    'microvm',
    '-accel',
    'tcg',
    '-no-user-config',
    ...guestOptions(frequency),
  ],
}

/** ms from the command to the line of init, null when it did not come in time. */
async function boot([program, ...args]) {
  const started = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
  let text = ''
  let ms = null
  child.stdout.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
    if (ms === null && /^Linux \S+ on \d+ CPUs/m.test(text)) ms = performance.now() - started
  })
  await once(child, 'close')
  clearTimeout(timer)
  return ms
}

try {
  printLoad()
  const samples = { dromaius: [], QEMU: [] }
  const hung = { dromaius: 0, QEMU: 0 }
  for (let run = 0; run < runs; run++) {
    for (const [name, command] of Object.entries(commands)) {
      for (;;) {
        const ms = await boot(command)
        if (ms !== null) {
          samples[name].push(ms / 1000)
          break
        }
        if (++hung[name] === 5) throw new Error(`${name} did not come up five times within ${seconds} s`)
      }
    }
  }
  console.log('\ncommand to the first line of init, s')
  printTable(
    ['', 'median (min to max)', 'did not come up'],
    Object.keys(commands).map((name) => [name, spread(samples[name]), String(hung[name])]),
  )
  console.log(`\nmedian of the ratios: ${pairedRatio(samples.dromaius, samples.QEMU).toFixed(1)}`)
  printLoad()
} finally {
  rmSync(folder, { recursive: true })
}
