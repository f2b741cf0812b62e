// SPDX-License-Identifier: GPL-2.0-or-later
//
// The vCPU's life on an accelerator whose guest code is nothing but waiting for a kick.
import { objectNew, qdevRealize, qdevUnrealize, typeRegister } from '@dromaius/qom'
import { type QemuThread, qemuThreadCreate, type ThreadServer } from '@dromaius/thread'
import { HostError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import type { AccelClass, AccelState, CPUClass } from './index.js'
import {
  allCpuThreadsIdle,
  asyncRunOnCpu,
  configureAccelerators,
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_NMI,
  cpuCanRun,
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  cpuHandleGuestDebug,
  cpuInterrupt,
  cpuIsStopped,
  cpuRemoveSync,
  cpuResetInterrupt,
  CPUState,
  cpuThreadIsIdle,
  pauseAllVcpus,
  qemuAddVmChangeStateHandler,
  qemuCpuIsSelf,
  qemuCpuKick,
  qemuGetCpu,
  qemuInitVcpu,
  qemuWaitIoEvent,
  resumeAllVcpus,
  runOnCpu,
  SystemState,
  TYPE_ACCEL,
  TYPE_CPU,
  UNASSIGNED_CPU_INDEX,
  vmStart,
  vmStop,
} from './index.js'

/** A CPU of the accelerator below. */
class LazyCPU extends CPUState {
  /** Ends the stay in guest code that is under way. */
  leaveGuest: (() => void) | null = null
  /** How often it entered guest code. */
  entries = 0
  /** What keeps its thread from coming to life. */
  broken: Error | null = null
  /** What the accelerator's thread did, in order. */
  readonly log: string[] = []
}

async function lazyVcpuThreadFn(cpu: LazyCPU, thread: QemuThread<ThreadServer>): Promise<void> {
  const { system } = cpu
  cpu.threadId = thread.id
  system.currentCpu = cpu
  if (cpu.broken) {
    cpu.threadError = cpu.broken
    return
  }
  cpu.created = true
  system.qemuCpuCond.broadcast()
  do {
    if (cpuCanRun(cpu)) {
      cpu.entries++
      cpu.log.push('in')
      cpu.running = true
      await new Promise<void>((resolve) => (cpu.leaveGuest = resolve))
      cpu.running = false
      system.currentCpu = cpu
      cpu.log.push('out')
    }
    await qemuWaitIoEvent(cpu)
  } while (!cpu.unplug || cpuCanRun(cpu))
  cpu.created = false
  system.qemuCpuCond.broadcast()
  system.qemuPauseCond.broadcast()
  system.qemuWorkCond.broadcast()
}

typeRegister<AccelState, AccelClass>({
  name: 'lazy-accel',
  parent: TYPE_ACCEL,
  classInit(ac) {
    ac.accelName = 'lazy'
    ac.ops = {
      createVcpuThread(cs) {
        const cpu = cs as LazyCPU
        cpu.thread = qemuThreadCreate(
          `CPU ${cpu.cpuIndex}/LAZY`,
          (thread) => lazyVcpuThreadFn(cpu, thread),
          'joinable',
        )
      },
      kickVcpuThread: (cs) => (cs as LazyCPU).leaveGuest?.(),
    }
  },
})
const TYPE_LAZY_CPU = typeRegister<LazyCPU, CPUClass>({
  name: 'lazy-test-cpu',
  parent: TYPE_CPU,
  instance: LazyCPU,
  classInit(cc) {
    cc.realize = (dev) => {
      const cpu = TYPE_LAZY_CPU.cast(dev)
      cpuExecRealizefn(cpu)
      try {
        qemuInitVcpu(cpu)
      } catch (error) {
        cpuExecUnrealizefn(cpu)
        throw error
      }
    }
    cc.unrealize = (dev) => cpuExecUnrealizefn(TYPE_LAZY_CPU.cast(dev))
    cc.hasWork = (cpu) => (cpu.interruptRequest & CPU_INTERRUPT_HARD) !== 0
  },
})

function plug(system: SystemState, cpuIndex = UNASSIGNED_CPU_INDEX): LazyCPU {
  const cpu = objectNew('lazy-test-cpu') as LazyCPU
  cpu.system = system
  cpu.cpuIndex = cpuIndex
  qdevRealize(cpu, null, system.root)
  return cpu
}

function machine(count: number): { system: SystemState; cpus: LazyCPU[] } {
  const system = new SystemState({ smp: { cores: count, cpus: count, maxCpus: count } })
  configureAccelerators(system, [{ name: 'lazy' }])
  return { system, cpus: Array.from({ length: count }, () => plug(system)) }
}

async function unplugAll(system: SystemState): Promise<void> {
  for (const cpu of [...system.cpus]) {
    await cpuRemoveSync(cpu)
    qdevUnrealize(cpu)
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the list of CPUs', () => {
  it('a CPU gets the lowest free index, and the list is in their order', async () => {
    const { system, cpus } = machine(3)
    await cpuRemoveSync(cpus[1])
    qdevUnrealize(cpus[1])

    const again = plug(system)
    const next = plug(system)

    expect(again.cpuIndex).toBe(1)
    expect(next.cpuIndex).toBe(3)
    expect(system.cpus).toEqual([cpus[0], again, cpus[2], next])
    expect(cpus[1].cpuIndex).toBe(UNASSIGNED_CPU_INDEX)
    await unplugAll(system)
  })

  it('an index given beforehand is kept, and found by it', async () => {
    const { system, cpus } = machine(1)

    const fifth = plug(system, 5)
    const second = plug(system)

    expect(system.cpus.map((cpu) => cpu.cpuIndex)).toEqual([0, 1, 5])
    expect([qemuGetCpu(cpus[0], 5), qemuGetCpu(cpus[0], 1), qemuGetCpu(cpus[0], 2)]).toEqual([
      fifth,
      second,
      null,
    ])
    await unplugAll(system)
    expect(system.cpus).toEqual([])
  })
})

describe('qemuInitVcpu', () => {
  it('a CPU is created with its thread, topology and address space, and stands still', async () => {
    const { system, cpus } = machine(2)

    expect(cpus[1]).toMatchObject({ created: true, stopped: true, running: false, nrCores: 2, nrThreads: 1 })
    expect(cpus[1].threadId).toBe(cpus[1].thread?.id)
    expect(cpus[1].as).toBe(system.addressSpaceMemory)
    expect(cpus[1].entries).toBe(0)
    await unplugAll(system)
  })

  it('what goes wrong in the thread is thrown at once, and nothing is left of the CPU', async () => {
    const { system } = machine(1)
    const cpu = objectNew('lazy-test-cpu') as LazyCPU
    cpu.system = system
    cpu.broken = new HostError('KVM_CREATE_VCPU', 22, 'EINVAL', 'Invalid argument')

    expect(() => qdevRealize(cpu, null, system.root)).toThrow(cpu.broken)

    expect(system.cpus.map((other) => other.cpuIndex)).toEqual([0])
    expect(cpu).toMatchObject({ created: false, realized: false, cpuIndex: UNASSIGNED_CPU_INDEX })
    await cpu.thread?.join()
    expect(cpu.thread?.ended).toBe(true)
    // The others still stop and go.
    vmStart(system)
    await pauseAllVcpus(system)
    await unplugAll(system)
  })

  it('without an accelerator it throws', () => {
    const system = new SystemState()

    expect(() => plug(system)).toThrow('A CPU needs an accelerator')
    expect(system.cpus).toEqual([])
  })
})

describe.each([1, 2, 8])('%d CPUs', (count) => {
  it('vmStart lets all run, pauseAllVcpus stops all, resumeAllVcpus lets them go on', async () => {
    const { system, cpus } = machine(count)

    vmStart(system)
    await turn()
    expect(cpus.every((cpu) => cpu.running)).toBe(true)
    await pauseAllVcpus(system)
    expect(cpus.map((cpu) => [cpu.running, cpu.stopped, cpuIsStopped(cpu)])).toEqual(
      Array.from({ length: count }, () => [false, true, true]),
    )
    expect(allCpuThreadsIdle(system)).toBe(true)
    resumeAllVcpus(system)
    await turn()

    expect(cpus.map((cpu) => cpu.entries)).toEqual(Array.from({ length: count }, () => 2))
    await unplugAll(system)
  })

  it('a hundred times paused and resumed, with everybody kicked in between', async () => {
    const { system, cpus } = machine(count)
    vmStart(system)

    for (let i = 0; i < 100; i++) {
      if (i % 3 === 0) await turn()
      cpus.forEach(qemuCpuKick)
      await pauseAllVcpus(system)
      expect(cpus.some((cpu) => cpu.running)).toBe(false)
      resumeAllVcpus(system)
    }

    await turn()
    expect(cpus.every((cpu) => cpu.running)).toBe(true)
    await unplugAll(system)
  })
})

describe('pause and resume', () => {
  it('the virtual clock stands still while the CPUs do', async () => {
    const { system } = machine(1)
    vmStart(system)
    expect(system.clocks.virtual.enabled).toBe(true)

    await pauseAllVcpus(system)
    const at = system.clocks.virtual.getNs()
    await new Promise((resolve) => setTimeout(resolve, 3))

    expect(system.clocks.virtual.getNs()).toBe(at)
    resumeAllVcpus(system)
    expect(system.clocks.virtual.enabled).toBe(true)
    await unplugAll(system)
  })

  it('resumeAllVcpus does nothing to a machine that does not run', async () => {
    const { system, cpus } = machine(1)

    resumeAllVcpus(system)
    await turn()

    expect(cpus[0]).toMatchObject({ entries: 0, stopped: true })
    expect(system.clocks.virtual.enabled).toBe(false)
    await unplugAll(system)
  })

  it('kick takes a running CPU out and in again, and wakes one that is idle', async () => {
    const { system, cpus } = machine(2)
    vmStart(system)
    cpus[1].halted = true
    await turn()
    qemuCpuKick(cpus[1])
    await turn()
    const halted = cpus[1].entries

    qemuCpuKick(cpus[0])
    await turn()
    expect(cpus[0].entries).toBe(2)
    expect(cpuThreadIsIdle(cpus[1])).toBe(true)
    cpuInterrupt(cpus[1], CPU_INTERRUPT_HARD)
    await turn()

    expect(cpus[1].entries).toBe(halted + 1)
    await unplugAll(system)
  })

  it('a halted CPU with work of its own runs, one without sleeps', async () => {
    const { system, cpus } = machine(1)
    cpus[0].halted = true

    vmStart(system)
    await turn()
    const asleep = { entries: cpus[0].entries, idle: cpuThreadIsIdle(cpus[0]) }
    cpuInterrupt(cpus[0], CPU_INTERRUPT_NMI)
    await turn()

    // An NMI is no work for this CPU class: it is noted, and the thread sleeps on.
    expect(asleep.entries).toBeLessThanOrEqual(1)
    expect(cpus[0].interruptRequest).toBe(CPU_INTERRUPT_NMI)
    cpuResetInterrupt(cpus[0], CPU_INTERRUPT_NMI)
    expect(cpus[0].interruptRequest).toBe(0)
    await unplugAll(system)
  })

  it('a CPU that hit a breakpoint stands still and asks for the debugger', async () => {
    const { system, cpus } = machine(2)
    vmStart(system)
    await turn()

    await runOnCpu(cpus[1], cpuHandleGuestDebug)

    expect(system.debugCpu).toBe(cpus[1])
    expect(system.requests.debug).toBe(true)
    expect(cpus[1].stopped).toBe(true)
    await unplugAll(system)
    expect(system.debugCpu).toBeNull()
  })
})

describe('work for a CPU', () => {
  it('runOnCpu is done on the CPU’s turn, out of guest code, which then goes on', async () => {
    const { system, cpus } = machine(2)
    vmStart(system)
    await turn()

    let during: unknown
    await runOnCpu(cpus[1], (cpu) => {
      during = { current: system.currentCpu === cpu, running: cpu.running, self: qemuCpuIsSelf(cpu) }
    })
    await turn()

    expect(during).toEqual({ current: true, running: false, self: true })
    expect(cpus[1].log).toEqual(['in', 'out', 'in'])
    expect(cpus[0].log).toEqual(['in'])
    await unplugAll(system)
  })

  it('asyncRunOnCpu keeps the order, and work that queues work has it done too', async () => {
    const { system, cpus } = machine(1)
    vmStart(system)
    await turn()
    const order: number[] = []

    asyncRunOnCpu(cpus[0], (cpu) => {
      order.push(1)
      asyncRunOnCpu(cpu, () => order.push(4))
    })
    asyncRunOnCpu(cpus[0], () => order.push(2))
    const third = runOnCpu(cpus[0], () => order.push(3))
    expect(order).toEqual([])
    await third
    await turn()

    expect(order).toEqual([1, 2, 3, 4])
    await unplugAll(system)
  })

  it('runOnCpu from the CPU’s own turn is done at once', async () => {
    const { system, cpus } = machine(1)
    vmStart(system)
    await turn()
    const order: string[] = []

    await runOnCpu(cpus[0], (cpu) => {
      void runOnCpu(cpu, () => order.push('inner'))
      order.push('outer goes on')
    })

    expect(order).toEqual(['inner', 'outer goes on'])
    await unplugAll(system)
  })

  it('a paused CPU does its work, and stays paused', async () => {
    const { system, cpus } = machine(1)
    vmStart(system)
    await vmStop(system, 'paused')
    const entries = cpus[0].entries
    let done = false

    // Another CPU's turn: whoever calls is not the CPU itself.
    system.currentCpu = null
    await runOnCpu(cpus[0], () => (done = true))

    expect(done).toBe(true)
    expect(cpus[0]).toMatchObject({ entries, stopped: true })
    await unplugAll(system)
  })

  it('runOnCpu of a CPU that goes away fails instead of waiting for ever', async () => {
    const { system, cpus } = machine(1)
    await unplugAll(system)
    let calls = 0

    // Without a thread there is nobody to wait for.
    await runOnCpu(cpus[0], () => calls++)

    expect(calls).toBe(1)
  })
})

describe('cpuRemoveSync', () => {
  it('a running CPU leaves guest code, and its thread is joined', async () => {
    const { system, cpus } = machine(3)
    vmStart(system)
    await turn()
    const thread = cpus[1].thread

    await cpuRemoveSync(cpus[1])

    expect(cpus[1]).toMatchObject({ created: false, running: false, thread: null })
    expect(thread?.ended).toBe(true)
    expect([cpus[0].running, cpus[2].running]).toEqual([true, true])
    qdevUnrealize(cpus[1])
    expect(system.cpus).toEqual([cpus[0], cpus[2]])
    await unplugAll(system)
  })

  it('a paused CPU goes too, and the others pause and resume without it', async () => {
    const { system, cpus } = machine(2)
    vmStart(system)
    await pauseAllVcpus(system)

    await cpuRemoveSync(cpus[0])
    qdevUnrealize(cpus[0])
    resumeAllVcpus(system)
    await turn()

    expect(cpus[1].running).toBe(true)
    await unplugAll(system)
  })

  it('work that was queued when it was asked to go is done before', async () => {
    const { system, cpus } = machine(1)
    vmStart(system)
    await turn()
    let done = false

    asyncRunOnCpu(cpus[0], () => (done = true))
    await cpuRemoveSync(cpus[0])

    expect(done).toBe(true)
    qdevUnrealize(cpus[0])
    expect(system.cpus).toEqual([])
  })
})

describe('vm change state handlers', () => {
  it('by rising priority at a start, by falling one at a stop; equal ones as they came and the reverse', async () => {
    const { system } = machine(1)
    const calls: string[] = []
    const add = (name: string, priority?: number): (() => void) =>
      qemuAddVmChangeStateHandler(
        system,
        (running, state) => calls.push(`${name} ${running} ${state}`),
        priority,
      )
    add('late', 10)
    add('first')
    const gone = add('gone')
    add('second')
    add('early', -1)
    gone()
    gone()

    vmStart(system)
    await vmStop(system, 'paused')

    expect(calls).toEqual([
      'early true running',
      'first true running',
      'second true running',
      'late true running',
      'late false paused',
      'second false paused',
      'first false paused',
      'early false paused',
    ])
    await unplugAll(system)
  })

  it('they see the CPUs not yet running at a start, and all stopped at a stop; one call each', async () => {
    const { system, cpus } = machine(2)
    const seen: unknown[] = []
    qemuAddVmChangeStateHandler(system, () => seen.push(cpus.map((cpu) => cpu.running)))

    vmStart(system)
    vmStart(system)
    await turn()
    await vmStop(system, 'paused')
    await vmStop(system, 'paused')

    expect(seen).toEqual([
      [false, false],
      [false, false],
    ])
    await unplugAll(system)
  })
})
