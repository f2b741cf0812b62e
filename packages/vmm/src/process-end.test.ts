// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process or a Worker that ends while its machines run: it must not hang or crash, and the terminal must be as it was.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { atTerminal, whyNoKvm } from '../test/command.js'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Gives a program two machines: one runs at its prompt, the other spins through exits. */
const twoMachines = (accel: string): string => `
const { Machine } = await import('@dromaius/vmm')
const options = { accel: '${accel}', cpu: 'qemu64,check=off', cmdline: 'interactive' }
const vm = await Machine.create({ cpus: 2, ...options, ...globalThis.options })
const other = await Machine.create(options)
vm.start()
other.start()
await other.serial.waitFor('hello> ')
`

/** Threads of CPUs that this process has. */
const THREADS = `
const { readdirSync, readFileSync } = await import('node:fs')
const threads = () => readdirSync('/proc/self/task').filter((tid) => {
  try { return readFileSync('/proc/self/task/' + tid + '/comm', 'utf8').startsWith('CPU ') } catch { return false }
})
`

function run(code: string) {
  const args = ['--input-type=module', '-e', code]
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 30_000 })
}

/** A Worker with both machines; it says 'ready', and the rest of its code follows. */
const inWorker = (accel: string, code: string): string => `
${THREADS}
const { Worker } = await import('node:worker_threads')
const worker = new Worker(${JSON.stringify(`
  const { parentPort } = await import('node:worker_threads')
  ${twoMachines(accel)}
  parentPort.postMessage('ready')
  await vm.exited
`)}, { eval: true })
worker.on('error', (error) => { console.error(error); process.exit(3) })
await new Promise((resolve) => worker.once('message', resolve))
if (threads().length !== ${accel === 'kvm' ? 3 : 0}) process.exit(4)
${code}
`

for (const accel of ['kvm', 'tcg']) {
  const why = accel === 'kvm' ? whyNoKvm() : ''

  describe.skipIf(why !== '')(`a process whose machines run on ${accel}${why}`, () => {
    it.each([
      ['process.exit', 'process.exit(7)', 7, /^$/],
      ['process.exit in the middle of a pause', 'vm.pause(); process.exit(7)', 7, /^$/],
      ['an uncaught exception', "setTimeout(() => { throw new Error('boom') }, 20)", 1, /Error: boom/],
      [
        'a rejection that nobody handles',
        "Promise.reject(new Error('boom')); await vm.exited",
        1,
        /Error: boom/,
      ],
      ['both machines at once', 'await Promise.all([vm.stop(), other.stop()])', 0, /^$/],
      [
        'an exception of a serial port’s reader',
        "vm.serial.on('data', () => { throw new Error('boom') }); vm.serial.write('x'); await vm.exited",
        1,
        /Error: boom/,
      ],
      [
        'a wait for a machine that is gone',
        "setTimeout(() => vm.stop(), 20); await vm.serial.waitFor('never')",
        1,
        /SerialWaitError: The machine ended before "never" came/,
      ],
    ])('ends by %s', (_title, code, status, stderr) => {
      const result = run(twoMachines(accel) + code)
      expect({ status: result.status, signal: result.signal }, result.stderr).toEqual({
        status,
        signal: null,
      })
      expect(result.stderr).toMatch(stderr)
    })

    it.each([
      ['worker.terminate', 'await worker.terminate(); process.exitCode = threads().length', 0],
      ['process.exit beside a Worker', 'process.exit(7)', 7],
      ["the end of the Worker's own process", "setTimeout(() => { throw new Error('boom') }, 20)", 1],
    ])('in a Worker ends by %s', (_title, code, status) => {
      const result = run(inWorker(accel, code))
      expect({ status: result.status, signal: result.signal }, result.stderr).toEqual({
        status,
        signal: null,
      })
    })

    it('runs machines in several Workers to their ends', () => {
      const result = run(`
const { Worker } = await import('node:worker_threads')
const work = ${JSON.stringify(`
  const { parentPort } = await import('node:worker_threads')
  const { Machine } = await import('@dromaius/vmm')
  const vm = await Machine.create({ accel: '${accel}', cpus: 2, cpu: 'qemu64,check=off' })
  vm.start()
  const { match } = await vm.serial.waitFor(/Goodbye/)
  parentPort.postMessage([match, (await vm.exited).code])
`)}
const results = await Promise.all([1, 2, 3].map(() => new Promise((resolve, reject) => {
  const worker = new Worker(work, { eval: true })
  worker.once('message', resolve)
  worker.once('error', reject)
})))
console.log(JSON.stringify(results))
`)
      expect(result.stderr).toBe('')
      expect(JSON.parse(result.stdout)).toEqual([1, 2, 3].map(() => ['Goodbye', 0]))
    })

    it.each([
      ['process.exit', 'process.exit(7)', 7],
      ['an uncaught exception', "setTimeout(() => { throw new Error('boom') }, 20)", 1],
      ['an end in good order', 'await vm.stop(); await other.stop()', 0],
    ])('gives the terminal back at %s', (_title, code, status) => {
      const options = "globalThis.options = { serial: 'stdio' }\n"
      // The program reads nothing itself: -e takes standard input as it is.
      const program = ['--input-type=module', '-e', options + twoMachines(accel) + code]
      const cwd = process.cwd()
      process.chdir(folder)
      try {
        expect(atTerminal([], [], program)).toMatchObject({ code: status, restored: true, failure: null })
      } finally {
        process.chdir(cwd)
      }
    })
  })
}
