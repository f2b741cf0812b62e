// SPDX-License-Identifier: GPL-2.0-or-later
//
// Isolates and processes that end while a guest runs. Workers and child processes run plain JavaScript, so these
// tests use the built package.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, it } from 'vitest'

const entry = new URL('../dist/index.js', import.meta.url).href
const noKvm = ((): string | false => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return '/dev/kvm is missing or not permitted'
  }
})()

beforeAll(() => {
  if (!existsSync(fileURLToPath(entry))) throw new Error('Build native first: these tests use its dist')
})

/** A module that has a vCPU run `code` at 0 in real mode; `vcpu` and `kvmRun` are its thread and pages. */
const guest = (code: number[]): string => `
  import {
    GuestRam, VcpuServer, closeFd, eventfdCreate, kvm_regs, kvm_sregs, kvmCreateVcpu, kvmCreateVmFd, kvmGetSregs,
    kvmGetVcpuMmapSize, kvmSetRegs, kvmSetSregs, kvmSetUserMemoryRegion, mapKvmRun, openKvm,
  } from ${JSON.stringify(entry)}
  const kvm = openKvm('/dev/kvm')
  const vmfd = kvmCreateVmFd(kvm, 0)
  const ram = GuestRam.memfd('isolation-guest', 0x10000)
  kvmSetUserMemoryRegion(vmfd, 0, 0, 0, ram.size, ram.hostAddress)
  ram.window(0, ${code.length}).set(${JSON.stringify(code)})
  const vcpu = new VcpuServer('CPU 0/ISOLATE')
  vcpu.attach(kvmCreateVcpu(vcpu, vmfd, 0))
  const kvmRun = mapKvmRun(vcpu, kvmGetVcpuMmapSize(kvm))
  kvmRun.initSignals(vcpu)
  const sregs = kvm_sregs.alloc()
  kvmGetSregs(vcpu, sregs)
  sregs.cs.base = 0n
  sregs.cs.selector = 0
  kvmSetSregs(vcpu, sregs)
  const regs = kvm_regs.alloc()
  regs.rflags = 2n
  kvmSetRegs(vcpu, regs)
`
/** jmp $ */
const SPIN = [0xeb, 0xfe]
/** out dx, al; jmp to the out */
const FLOOD = [0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd]
const hello = { spin: SPIN, flood: FLOOD }

const ourThreads = (): string[] =>
  readdirSync('/proc/self/task').filter((tid) => {
    try {
      return readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').startsWith('CPU 0/ISOLATE')
    } catch {
      return false // ended in between
    }
  })
/** Descriptors of KVM, of guest RAM and eventfds: those that the Worker below opens. */
const ourDescriptors = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      return /kvm|isolation-guest/.test(target) ? [target] : []
    } catch {
      return []
    }
  })
const ourMappings = (): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => /isolation-guest|kvm-vcpu/.test(line)).length

describe.skipIf(noKvm)(
  `an isolate that ends while its guest runs${noKvm ? ` (skipped: ${noKvm})` : ''}`,
  () => {
    it.each(Object.keys(hello) as (keyof typeof hello)[])(
      'Worker terminated while a guest is in %s leaves no thread, descriptor or mapping',
      async (kind) => {
        const loop = `
        import { parentPort } from 'node:worker_threads'
        let told = false
        for (;;) {
          const run = vcpu.run()
          if (!told) parentPort.postMessage('running')
          told = true
          await run
        }`
        const source = `${guest(hello[kind])}\n${loop}`

        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`))
        await new Promise((resolve, reject) => {
          worker.once('message', resolve)
          worker.once('error', reject)
        })
        const during = { threads: ourThreads().length, mappings: ourMappings() }
        await worker.terminate()

        expect(during).toEqual({ threads: 1, mappings: 2 })
        expect(ourThreads()).toEqual([])
        expect(ourDescriptors()).toEqual([])
        expect(ourMappings()).toBe(0)
      },
    )

    it('Worker whose guest has stopped but was never closed ends by itself with everything given back', async () => {
      const source = `${guest([0xf4])}
      await vcpu.run()
      kvmRun.unmap(vcpu)
      await new Promise((resolve) => vcpu.stop(resolve))`

      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`))
      const code = await new Promise((resolve, reject) => {
        worker.once('exit', resolve)
        worker.once('error', reject)
      })

      expect(code).toBe(0)
      expect(ourDescriptors()).toEqual([])
      expect(ourMappings()).toBe(0)
    })

    it.each([
      ['by process.exit', 'process.exit(7)', { status: 7, signal: null }],
      ['by a signal', "process.kill(process.pid, 'SIGTERM')", { status: null, signal: 'SIGTERM' }],
      ['by an uncaught error', "throw new Error('a mistake')", { status: 1, signal: null }],
      ['not by itself: the thread keeps it until the exit of the timer', '', { status: 3, signal: null }],
    ])('process whose guest spins ends %s', (_name, way, expected) => {
      const source = `${guest(SPIN)}
      void vcpu.run()
      setTimeout(() => { ${way} }, 20)
      setTimeout(() => process.exit(3), 500).unref()`

      const { status, signal, error } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
        timeout: 20_000,
      })

      expect(error).toBeUndefined()
      expect({ status, signal }).toEqual(expected)
    })

    it('process whose vCPU threads have ended ends by itself', () => {
      const source = `${guest([0xf4])}
      console.log(await vcpu.run())
      vcpu.stop(() => console.log('gone'))`

      const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
        encoding: 'utf8',
        timeout: 20_000,
      })

      expect({ status, stdout }).toEqual({ status: 0, stdout: '0\ngone\n' })
    })
  },
)
