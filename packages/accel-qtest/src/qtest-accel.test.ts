// SPDX-License-Identifier: GPL-2.0-or-later
import { readdirSync, readFileSync } from 'node:fs'
import {
  accelExitMachine,
  asyncRunOnCpu,
  configureAccelerators,
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_NMI,
  type CPUClass,
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  cpuInterrupt,
  cpuRemoveSync,
  CPUState,
  pauseAllVcpus,
  qemuCpuKick,
  qemuInitVcpu,
  resumeAllVcpus,
  runOnCpu,
  SystemState,
  TYPE_CPU,
  vmStart,
  vmStop,
} from '@dromaius/cpus'
import { objectNew, qdevRealize, qdevUnrealize, typeRegister } from '@dromaius/qom'
import { afterEach, describe, expect, it } from 'vitest'
import './index.js'

const TYPE_IDLE_CPU = typeRegister<CPUState, CPUClass>({
  name: 'qtest-test-cpu',
  parent: TYPE_CPU,
  instance: CPUState,
  classInit(cc) {
    cc.realize = (dev) => {
      const cpu = TYPE_IDLE_CPU.cast(dev)
      cpuExecRealizefn(cpu)
      qemuInitVcpu(cpu)
    }
    cc.unrealize = (dev) => cpuExecUnrealizefn(TYPE_IDLE_CPU.cast(dev))
  },
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const dummyThreads = (): string[] =>
  readdirSync('/proc/self/task')
    .flatMap((tid) => {
      try {
        return [readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim()]
      } catch {
        return [] // ended in between
      }
    })
    .filter((name) => name.endsWith('/DUMMY'))
    .sort()

let system: SystemState
function plug(): CPUState {
  const cpu = objectNew('qtest-test-cpu') as CPUState
  cpu.system = system
  qdevRealize(cpu, null, system.root)
  return cpu
}
function machine(count: number): CPUState[] {
  system = new SystemState({ smp: { cpus: count, maxCpus: count } })
  configureAccelerators(system, [{ name: 'qtest' }])
  return Array.from({ length: count }, plug)
}
async function unplug(cpu: CPUState): Promise<void> {
  await cpuRemoveSync(cpu)
  qdevUnrealize(cpu)
}
afterEach(async () => {
  for (const cpu of [...system.cpus]) await unplug(cpu)
  accelExitMachine(system)
  expect(dummyThreads()).toEqual([])
})

describe.each([1, 2, 8])('%d CPUs', (count) => {
  it('have a thread each, by name and id', () => {
    const cpus = machine(count)

    expect(cpus.every((cpu) => cpu.created && cpu.stopped)).toBe(true)
    expect(dummyThreads()).toEqual(cpus.map((cpu) => `CPU ${cpu.cpuIndex}/DUMMY`))
    const comm = (cpu: CPUState): string => readFileSync(`/proc/self/task/${cpu.threadId}/comm`, 'utf8')
    expect(cpus.map(comm)).toEqual(cpus.map((cpu) => `CPU ${cpu.cpuIndex}/DUMMY\n`))
  })

  it('start, pause and resume, a hundred times, with kicks in between', async () => {
    const cpus = machine(count)
    vmStart(system)

    for (let i = 0; i < 100; i++) {
      expect(cpus.some((cpu) => cpu.stopped)).toBe(false)
      if (i % 3 === 0) await turn()
      if (i % 2 === 0) cpus.forEach(qemuCpuKick)
      await pauseAllVcpus(system)
      expect(cpus.every((cpu) => cpu.stopped)).toBe(true)
      resumeAllVcpus(system)
    }
  })

  it('do what is queued for them, in order, running or not', async () => {
    const cpus = machine(count)
    const done: string[] = []

    // Before the start, running, and stopped: a dummy's thread looks at its queue in each state.
    for (const state of ['prelaunch', 'running', 'paused'] as const) {
      if (state === 'running') vmStart(system)
      if (state === 'paused') await vmStop(system, 'paused')
      await turn()
      system.currentCpu = null
      for (const cpu of cpus) {
        asyncRunOnCpu(cpu, () => done.push(`${state} ${cpu.cpuIndex} first`))
        await runOnCpu(cpu, (self) => done.push(`${state} ${self.cpuIndex} second`))
      }
    }

    expect(done).toEqual(
      ['prelaunch', 'running', 'paused'].flatMap((state) =>
        cpus.flatMap((cpu) => [`${state} ${cpu.cpuIndex} first`, `${state} ${cpu.cpuIndex} second`]),
      ),
    )
  })

  it('are unplugged while they run, and the next one gets the free index', async () => {
    const cpus = machine(count)
    vmStart(system)
    await turn()
    const thread = cpus[0].thread

    await unplug(cpus[0])

    expect(thread?.ended).toBe(true)
    expect(cpus[0]).toMatchObject({ created: false, thread: null })
    expect(dummyThreads()).toHaveLength(count - 1)
    const next = plug()
    expect(next.cpuIndex).toBe(0)
    expect(dummyThreads()).toHaveLength(count)
    await pauseAllVcpus(system)
    expect(next.stopped).toBe(true)
  })
})

it('a paused CPU can be unplugged, and the others pause and resume without it', async () => {
  const cpus = machine(2)
  vmStart(system)
  await pauseAllVcpus(system)

  await unplug(cpus[1])
  resumeAllVcpus(system)
  await pauseAllVcpus(system)

  expect(system.cpus).toEqual([cpus[0]])
})

it('a CPU that never ran can be unplugged', async () => {
  const cpus = machine(1)

  await unplug(cpus[0])

  expect(system.cpus).toEqual([])
})

it('work that a device queues on the CPU’s own turn is done on it too', async () => {
  const [cpu] = machine(1)
  vmStart(system)
  await turn()
  const order: number[] = []

  await runOnCpu(cpu, () => {
    order.push(1)
    asyncRunOnCpu(cpu, () => order.push(2))
  })
  await turn()

  expect(order).toEqual([1, 2])
})

it('interrupts are noted, for nobody to take', async () => {
  const [cpu] = machine(1)
  vmStart(system)

  cpuInterrupt(cpu, CPU_INTERRUPT_HARD)
  cpuInterrupt(cpu, CPU_INTERRUPT_NMI)
  await turn()

  expect(cpu.interruptRequest).toBe(CPU_INTERRUPT_HARD | CPU_INTERRUPT_NMI)
})

it('two machines in one isolate do not stop each other', async () => {
  machine(1)
  const first = system
  vmStart(first)
  machine(1)
  const second = system
  vmStart(second)
  await turn()

  await pauseAllVcpus(second)

  expect(first.cpus[0].stopped).toBe(false)
  expect(second.cpus[0].stopped).toBe(true)
  await pauseAllVcpus(first)
  system = first
  for (const cpu of [...first.cpus]) await unplug(cpu)
  accelExitMachine(first)
  system = second
})

it('RAM is on the heap: no host address', () => {
  machine(0)

  const backing = system.accel?.qomClass.ramAllocator?.('ram', 4096)

  expect(backing?.hostAddress).toBe(0n)
  expect(backing?.window(0, 4096)).toHaveLength(4096)
})
