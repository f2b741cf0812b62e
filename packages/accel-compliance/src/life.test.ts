// SPDX-License-Identifier: GPL-2.0-or-later
//
// A vCPU's life after it was created: pause, resume, kick, work, unplug, replug and end, on a running guest.

import { readdirSync, readFileSync } from 'node:fs'
import { asyncRunOnCpu, cpuRemoveSync, qemuCpuKick, runOnCpu, vmStart, vmStop } from '@dromaius/cpus'
import type { KVMState } from '@dromaius/accel-kvm'
import type { TCGState } from '@dromaius/accel-tcg'
import { describe, expect, it } from 'vitest'
import { accelerators, cpuCounts, titleOf } from './accelerators.js'
import { type ComplianceMachine, DONE, STARTED } from './compliance-machine.js'
import { aWhile } from './a-while.js'
import { runOn } from './run-on.js'

/** Names of this process's threads. */
function threadNames(): string[] {
  return readdirSync('/proc/self/task').map((tid) =>
    readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim(),
  )
}

function vcpuThreads(): string[] {
  return threadNames().filter((name) => /^CPU \d+\/KVM$/.test(name))
}

/** Waits until the guest's counter at 0x800 has grown. */
async function untilAdvanced(machine: ComplianceMachine): Promise<void> {
  const before = machine.readDword(0x800)
  while (machine.readDword(0x800) === before) await aWhile(1)
}

/** Whether the guest's counter grows in a while. */
async function advances(machine: ComplianceMachine): Promise<boolean> {
  const before = machine.readDword(0x800)
  await aWhile(50)
  return machine.readDword(0x800) !== before
}

describe.each(accelerators)('every accelerator', (accel) => {
  const run = runOn(accel.name)
  const alone = cpuCounts(accel, [2]).length === 0
  const suffix = accel.accel === 'kvm' ? 'KVM' : 'DUMMY'
  const threads = (): string[] => threadNames().filter((name) => name.endsWith(`/${suffix}`))

  describe.skipIf(accel.unavailable !== null)(titleOf(accel), () => {
    describe.each(cpuCounts(accel, [1, 2, 8]))('%i CPUs', (cpus) => {
      it.skipIf(accel.accel === 'tcg')(
        'each has a thread of its own, named as in QEMU, until the end',
        async () => {
          await run({ cpus }, async (machine) => {
            machine.start()
            expect(threads().sort()).toEqual(Array.from({ length: cpus }, (_, i) => `CPU ${i}/${suffix}`))
            await aWhile(1)
          })
          expect(threads()).toEqual([])
        },
      )

      it('all stop, and go on, again and again', () =>
        run({ program: 'halt', cpus }, async (machine) => {
          machine.start()
          for (let round = 0; round < 20; round++) {
            await vmStop(machine.system, 'paused')
            expect(machine.cpus.every((cpu) => cpu.stopped && !cpu.running)).toBe(true)
            vmStart(machine.system)
            expect(machine.cpus.some((cpu) => cpu.stopped)).toBe(false)
          }
        }))

      it('a resume that comes before the pause is through wins', () =>
        run({ program: 'halt', cpus }, async (machine) => {
          machine.start()
          for (let round = 0; round < 20; round++) {
            const paused = vmStop(machine.system, 'paused')
            vmStart(machine.system)
            await paused
            expect(machine.system.runState.current).toBe('running')
            expect(machine.cpus.some((cpu) => cpu.stop || cpu.stopped)).toBe(false)
          }
        }))

      it('work is done on each CPU, in order, and waited for', () =>
        run({ program: 'halt', cpus }, async (machine) => {
          machine.start()
          const done: string[] = []
          for (const cpu of machine.cpus) {
            asyncRunOnCpu(cpu, (self) => done.push(`${self.cpuIndex} first`))
            await runOnCpu(cpu, (self) => {
              expect(self.running).toBe(false)
              done.push(`${self.cpuIndex} second`)
            })
          }
          expect(done).toEqual(machine.cpus.flatMap((_, i) => [`${i} first`, `${i} second`]))
        }))
    })

    it.skipIf(alone)('kicks of halted CPUs do no harm', () =>
      run({ program: 'halt', cpus: 2 }, async (machine) => {
        machine.start()
        for (let i = 0; i < 100; i++) for (const cpu of machine.cpus) qemuCpuKick(cpu)
        for (const cpu of machine.cpus) await runOnCpu(cpu, () => {})
      }),
    )

    it.skipIf(alone)('CPUs come and go while the machine runs, and get the lowest free index', () =>
      run({ program: 'halt', cpus: 2, maxCpus: 3 }, async (machine) => {
        machine.start()
        await machine.unplug(machine.cpus[1])
        expect(machine.cpus.map(({ cpuIndex }) => cpuIndex)).toEqual([0])
        machine.plug(1)
        machine.plug(2)
        expect(machine.cpus.map(({ cpuIndex }) => cpuIndex)).toEqual([0, 1, 2])
        // The translator runs all of them in the isolate.
        if (accel.accel === 'tcg') expect(threads()).toEqual([])
        else expect(threads().sort()).toEqual([`CPU 0/${suffix}`, `CPU 1/${suffix}`, `CPU 2/${suffix}`])
      }),
    )

    it.skipIf(alone)(
      'a machine of eight CPUs comes and goes twenty times without leaving anything',
      async () => {
        const fds = (): number => readdirSync('/proc/self/fd').length
        await run({ cpus: 8 }, async () => {})
        const before = fds()
        for (let i = 0; i < 20; i++) {
          await run({ program: 'halt', cpus: 8 }, async (machine) => {
            machine.start()
            await aWhile(1)
          })
        }
        expect(fds()).toBe(before)
        expect(threads()).toEqual([])
      },
    )
  })
})

for (const accel of accelerators.filter(({ runsGuests }) => runsGuests)) {
  const run = runOn(accel.name)

  describe.skipIf(accel.unavailable !== null)(`guest code on ${titleOf(accel)}`, () => {
    describe.each(cpuCounts(accel, [1, 2, 8]))('%i CPUs', (cpus) => {
      it('pause stops guest code, resume lets it go on', () =>
        run({ program: 'spin', cpus }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          for (let round = 0; round < 3; round++) {
            await vmStop(machine.system, 'paused')
            expect(machine.cpus.every((cpu) => cpu.stopped && !cpu.running)).toBe(true)
            expect(await advances(machine)).toBe(false)
            vmStart(machine.system)
            await untilAdvanced(machine)
          }
        }))

      it('work is done on each CPU, in order, and waited for', () =>
        run({ program: 'spin', cpus }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          const done: string[] = []
          for (const cpu of machine.cpus) {
            asyncRunOnCpu(cpu, (self) => done.push(`${self.cpuIndex} first`))
            await runOnCpu(cpu, (self) => {
              expect(self.running).toBe(false)
              done.push(`${self.cpuIndex} second`)
            })
          }
          expect(done).toEqual(machine.cpus.flatMap((_, i) => [`${i} first`, `${i} second`]))
          await untilAdvanced(machine)
        }))
    })

    it('kicks that race with exits are neither lost nor do they stop the guest', () =>
      run({ program: 'spin-io' }, async (machine) => {
        machine.start()
        await machine.until(() => machine.sent.length > 0)
        for (let i = 0; i < 300; i++) {
          qemuCpuKick(machine.cpus[0])
          await runOnCpu(machine.cpus[0], () => {})
          if (i % 3 === 0) await new Promise(setImmediate)
        }
        const before = machine.sent.length
        await machine.until(() => machine.sent.length > before + 10)
      }))

    it('pause and resume race with a flood of exits', () =>
      run({ program: 'spin-io' }, async (machine) => {
        machine.start()
        for (let i = 0; i < 100; i++) {
          await vmStop(machine.system, 'paused')
          const count = machine.sent.length
          await new Promise(setImmediate)
          expect(machine.sent.length).toBe(count)
          vmStart(machine.system)
          await machine.until(() => machine.sent.length > count)
        }
      }))

    it.runIf(accel.accel === 'tcg')(
      'an unplugged CPU is gone, and its block is used again by the next one',
      () =>
        run({ program: 'spin', cpus: 2, maxCpus: 3 }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          const { engine } = machine.system.accel as TCGState
          for (let round = 0; round < 3; round++) {
            const second = machine.cpus[1]
            const { env } = engine!.vcpuOf(second)
            await machine.unplug(second)
            expect(machine.cpus).toHaveLength(1)
            expect([...engine!.vcpus.keys()]).toEqual(machine.cpus)
            await untilAdvanced(machine)

            const again = machine.plug(1)
            expect(engine!.vcpuOf(again).env).toBe(env)
          }
        }),
    )

    it.runIf(accel.accel === 'kvm')(
      'an unplugged CPU is gone, and its vCPU is used again by the next one',
      () =>
        run({ program: 'spin', cpus: 2, maxCpus: 3 }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          const kvm = machine.system.accel as KVMState
          for (let round = 0; round < 3; round++) {
            const second = machine.cpus[1]
            const { fd } = second.kvmVcpu!
            await machine.unplug(second)
            expect(machine.cpus).toHaveLength(1)
            expect(vcpuThreads()).toEqual(['CPU 0/KVM'])
            expect(kvm.parkedVcpus).toEqual([{ vcpuId: 1, fd }])
            await untilAdvanced(machine)

            const again = machine.plug(1)
            expect(again.kvmVcpu!.fd).toBe(fd)
            expect(kvm.parkedVcpus).toEqual([])
            expect(vcpuThreads().sort()).toEqual(['CPU 0/KVM', 'CPU 1/KVM'])
          }
        }),
    )

    it.skipIf(!accel.controllers)('a CPU plugged into a running machine can be started by the guest', () =>
      run({ program: 'smp', cpus: 1, maxCpus: 2 }, async (machine) => {
        machine.writeDword(0x804, 1)
        machine.plug(1)
        machine.start()
        await machine.untilSent(DONE)
        expect(machine.sent).toContain(1)
      }),
    )

    it('the only CPU can be unplugged while it floods exits', () =>
      run({ program: 'spin-io' }, async (machine) => {
        machine.start()
        await machine.until(() => machine.sent.length > 100)
        const cpu = machine.cpus[0]
        await cpuRemoveSync(cpu)
        expect(cpu.created).toBe(false)
        const count = machine.sent.length
        await aWhile()
        expect(machine.sent.length).toBe(count)
      }))

    it('memory of a machine that is gone has length 0 instead of a fault', async () => {
      let window: Uint8Array = new Uint8Array(0)
      await run({ program: 'halt' }, async (machine) => {
        const { block } = machine.ram
        window = block.backing.window(0, 4096)
        expect(window.length).toBe(4096)
      })
      expect(window.length).toBe(0)
      expect(window[0]).toBeUndefined()
    })
  })
}
