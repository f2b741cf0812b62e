// SPDX-License-Identifier: GPL-2.0-or-later
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

export const guest = (name) => path(`../build/guest/${name}`)
export const KVM_LOOP = path('../build/kvm-loop')
export const DROMAIUS = path('../../packages/vmm/bin/dromaius.js')

/** A CPU model of which a small host lacks nothing, so that nobody warns. */
export const CPU = 'qemu64,-pni'

/** What the machine has, the same on both sides. The device at port 0xf4 ends it. */
const machineOptions = (kernel, { append = '', vcpus = 1, serial = 'stdio' } = {}) => [
  ...[
    '-nodefaults',
    '-cpu',
    CPU,
    '-display',
    'none',
    '-serial',
    serial,
    '-m',
    '64M',
    '-smp',
    String(vcpus),
    '-no-reboot',
  ],
  ...['-device', 'isa-debug-exit,iobase=0xf4', '-kernel', kernel, ...(append ? ['-append', append] : [])],
]

/** Command line of our command. */
export const dromaiusCommand = (kernel, options) => [
  process.execPath,
  DROMAIUS,
  ...['-M', 'microvm', '-accel', options?.accel ?? 'kvm'],
  ...machineOptions(kernel, options),
]

/** Command line of QEMU with the same machine. */
export const qemuCommand = (kernel, options) => [
  ...[
    'qemu-system-x86_64',
    '-M',
    options?.accel === 'tcg' ? 'microvm,accel=tcg' : 'microvm,accel=kvm,kernel-irqchip=on',
  ],
  '-no-user-config',
  ...machineOptions(kernel, options),
]

/** @typedef {{ child: import('node:child_process').ChildProcess, stdout: string, firstByteMs: Promise<number> }} Started */

/**
 * Starts a command. `firstByteMs` is the time from here to its first byte on stdout.
 * @param {string[]} command
 * @returns {Started}
 */
export function start([program, ...args]) {
  const begin = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  child.stdout.setEncoding('utf8')
  const started = {
    child,
    stdout: '',
    firstByteMs: new Promise((resolve, reject) => {
      child.stdout.on('data', (text) => {
        started.stdout += text
        resolve(performance.now() - begin)
      })
      child.on('error', reject)
      child.on('close', () => reject(new Error(`${program} ${args.join(' ')}: no output\n${errors}`)))
    }),
  }
  return started
}

/** Ends a process that was started here. @param {Started} started */
export async function end({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'close')
}

/** Runs a command to its end and returns what it printed; QEMU's exit status means nothing here. @param {string[]} command */
export async function output(command) {
  const started = start(command)
  await started.firstByteMs
  if (started.child.exitCode === null) await once(started.child, 'close')
  return started.stdout
}

/** Runs `body` beside `count` processes that do nothing but compute. @param {number} count @param {() => Promise<void>} body */
export async function underLoad(count, body) {
  const loops = Array.from({ length: count }, () =>
    spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  )
  try {
    await body()
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
}

/** CPU time of all threads of a process so far, in ns: time on a CPU by the scheduler's count. @param {number} pid */
export function cpuTimeNs(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0)
}

/** utime + stime of a process in clock ticks of 10 ms. @param {number} pid */
export function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** A field of /proc/PID/status in KiB. @param {number} pid @param {string} name */
export function statusKib(pid, name) {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(match?.[1] ?? Number.NaN)
}

/** Resident KiB of the mappings that are exactly `bytes` long, or null where there is none. @param {number} pid @param {number} bytes */
export function residentOfMapping(pid, bytes) {
  const smaps = readFileSync(`/proc/${pid}/smaps`, 'latin1')
  const found = [...smaps.matchAll(/^Size:\s+(\d+) kB\n(?:.*\n)*?Rss:\s+(\d+) kB$/gm)].filter(
    ([, size]) => Number(size) * 1024 === bytes,
  )
  return found.length === 0 ? null : found.reduce((sum, [, , rss]) => sum + Number(rss), 0)
}
