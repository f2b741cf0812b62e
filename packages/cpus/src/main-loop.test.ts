// SPDX-License-Identifier: GPL-2.0-or-later
import { objectNew, qdevRealize, qemuRegisterReset, typeRegister } from '@dromaius/qom'
import { describe, expect, it } from 'vitest'
import type { AccelClass, AccelState, CPUClass, QapiEvent } from './index.js'
import {
  configureAccelerators,
  cpuExecRealizefn,
  CPUState,
  mainLoopShouldExit,
  qemuInitVcpu,
  qemuMainLoop,
  qemuSystemDebugRequest,
  qemuSystemGuestPanicked,
  qemuSystemKilled,
  qemuSystemPowerdownRequest,
  qemuSystemReset,
  qemuSystemResetRequest,
  qemuSystemShutdownRequest,
  qemuSystemShutdownRequestWithCode,
  qemuSystemVmstopRequest,
  qemuWaitIoEvent,
  shutdownCausedByGuest,
  SystemState,
  TYPE_ACCEL,
  TYPE_CPU,
  vmStart,
  vmStop,
} from './index.js'

/** What the accelerator was asked to synchronise. */
const synchronised: string[] = []

async function idleThreadFn(cpu: CPUState): Promise<void> {
  cpu.created = true
  for (;;) {
    await qemuWaitIoEvent(cpu)
    // A CPU that may run has nothing to do here but to give the others a turn.
    if (!cpu.stopped && !cpu.stop) await cpu.haltCond.wait()
  }
}
typeRegister<AccelState, AccelClass>({
  name: 'idle-accel',
  parent: TYPE_ACCEL,
  classInit(ac) {
    ac.accelName = 'idle'
    ac.ops = {
      createVcpuThread: (cpu) => void idleThreadFn(cpu),
      synchronizeState: () => synchronised.push('state'),
      synchronizePostReset: () => synchronised.push('post reset'),
    }
  },
})
const TYPE_IDLE_CPU = typeRegister<CPUState, CPUClass>({
  name: 'idle-test-cpu',
  parent: TYPE_CPU,
  instance: CPUState,
  classInit(cc) {
    cc.realize = (dev) => {
      const cpu = TYPE_IDLE_CPU.cast(dev)
      cpuExecRealizefn(cpu)
      qemuInitVcpu(cpu)
    }
  },
})

function machine(): SystemState {
  const system = new SystemState({ smp: { cores: 2, cpus: 2, maxCpus: 2 } })
  configureAccelerators(system, [{ name: 'idle' }])
  for (let i = 0; i < 2; i++) {
    const cpu = objectNew('idle-test-cpu') as CPUState
    cpu.system = system
    qdevRealize(cpu, null, system.root)
  }
  synchronised.length = 0
  return system
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const running = (): SystemState => {
  const system = machine()
  vmStart(system)
  return system
}

describe('shutdown', () => {
  it('the main loop ends with cause and exit code, the machine stopped', async () => {
    const system = running()
    const loop = qemuMainLoop(system)
    await turn()

    qemuSystemShutdownRequestWithCode(system, 'guest-shutdown', 33)

    expect(await loop).toEqual({ cause: 'guest-shutdown', code: 33 })
    expect(system.runState.current).toBe('shutdown')
    expect(system.cpus.every((cpu) => cpu.stopped)).toBe(true)
    expect(system.clocks.virtual.enabled).toBe(false)
  })

  it('without a code it is 0', async () => {
    const system = running()
    qemuSystemShutdownRequest(system, 'host-qmp-quit')

    expect(await qemuMainLoop(system)).toEqual({ cause: 'host-qmp-quit', code: 0 })
  })

  it('with -no-shutdown a guest’s power-off keeps the machine, a signal ends it all the same', async () => {
    const system = running()
    system.actions.shutdown = 'pause'
    qemuSystemShutdownRequest(system, 'guest-shutdown')

    expect(await mainLoopShouldExit(system)).toBeNull()
    expect(system.runState.current).toBe('shutdown')
    qemuSystemKilled(system)

    expect(await mainLoopShouldExit(system)).toEqual({ cause: 'host-signal', code: 0 })
  })

  it.each(['paused', 'debug', 'internal-error', 'guest-panicked'] as const)(
    'a machine that stands in %s can be ended',
    async (state) => {
      const system = running()
      await vmStop(system, state)
      qemuSystemShutdownRequest(system, 'host-signal')

      expect(await qemuMainLoop(system)).toEqual({ cause: 'host-signal', code: 0 })
    },
  )

  it('one that never started can be ended', async () => {
    const system = machine()
    qemuSystemShutdownRequest(system, 'host-ui')

    expect(await qemuMainLoop(system)).toEqual({ cause: 'host-ui', code: 0 })
  })

  it('a guest’s panic ends the machine and marks the CPU that told of it', async () => {
    const system = running()
    system.currentCpu = system.cpus[1]
    qemuSystemGuestPanicked(system)

    expect(await qemuMainLoop(system)).toMatchObject({ cause: 'guest-panic' })
    expect(system.cpus.map((cpu) => cpu.crashOccurred)).toEqual([false, true])
  })

  it.each([
    ['shutdown', 'poweroff', 'poweroff', { cause: 'guest-panic', code: 0 }],
    ['exit-failure', 'poweroff', 'poweroff', { cause: 'guest-panic', code: 1 }],
    ['exit-failure', 'pause', 'poweroff', { cause: 'guest-panic', code: 1 }],
    ['shutdown', 'pause', 'pause', null],
    ['pause', 'poweroff', 'pause', null],
    ['none', 'poweroff', 'run', null],
  ] as const)('-action panic=%s,shutdown=%s: the event says %s', async (panic, shutdown, action, exit) => {
    const system = running()
    Object.assign(system.actions, { panic, shutdown })
    const events: QapiEvent[] = []
    system.qapiEventListeners.add((event) => events.push(event))
    qemuSystemGuestPanicked(system)
    const ended = await mainLoopShouldExit(system)

    expect(ended).toEqual(exit)
    expect(events[0]).toEqual({ event: 'GUEST_PANICKED', action })
    const state = { pause: 'guest-panicked', run: 'running', poweroff: 'shutdown' }[action]
    expect(system.runState.current).toBe(state)
  })

  it('the first request that ends the machine counts, one that only pauses it makes way', async () => {
    const system = running()
    qemuSystemShutdownRequestWithCode(system, 'guest-shutdown', 11)
    qemuSystemShutdownRequestWithCode(system, 'host-qmp-quit', 0)
    expect(await mainLoopShouldExit(system)).toEqual({ cause: 'guest-shutdown', code: 11 })

    const kept = running()
    kept.actions.shutdown = 'pause'
    qemuSystemShutdownRequest(kept, 'guest-shutdown')
    qemuSystemShutdownRequest(kept, 'host-qmp-quit')
    expect(await mainLoopShouldExit(kept)).toEqual({ cause: 'host-qmp-quit', code: 0 })
  })

  it('events come under QMP’s names, in QEMU’s order', async () => {
    const system = running()
    const events: string[] = []
    system.qapiEventListeners.add(({ event }) => events.push(event))
    system.runState.listeners.add((state) => events.push(state))
    await vmStop(system, 'paused')
    vmStart(system)
    qemuSystemPowerdownRequest(system)
    qemuSystemResetRequest(system, 'guest-reset')
    await mainLoopShouldExit(system)
    qemuSystemShutdownRequest(system, 'guest-shutdown')
    await mainLoopShouldExit(system)

    expect(events).toEqual(
      [
        ['paused', 'STOP', 'RESUME', 'running', 'RESET', 'POWERDOWN'],
        ['SHUTDOWN', 'shutdown', 'STOP'],
      ].flat(),
    )
  })

  it.each([
    ['guest-shutdown', true],
    ['guest-reset', true],
    ['guest-panic', true],
    ['host-signal', false],
    ['host-qmp-system-reset', false],
    ['subsystem-reset', false],
  ] as const)('%s is caused by the guest: %s', (cause, byGuest) => {
    expect(shutdownCausedByGuest(cause)).toBe(byGuest)
  })
})

describe('reset', () => {
  it('machineReset is called with every CPU stopped and its registers in hand, then all go on', async () => {
    const system = running()
    await turn()
    const seen: unknown[] = []
    system.machineReset = (cause) => {
      seen.push(
        cause,
        system.cpus.map((cpu) => cpu.stopped),
        [...synchronised],
      )
    }
    qemuSystemResetRequest(system, 'guest-reset')

    expect(await mainLoopShouldExit(system)).toBeNull()

    expect(seen).toEqual(['guest-reset', [true, true], ['state', 'state']])
    expect(synchronised).toEqual(['state', 'state', 'post reset', 'post reset'])
    expect(system.runState.current).toBe('running')
    expect(system.cpus.map((cpu) => cpu.stopped)).toEqual([false, false])
  })

  it('without a machine’s own reset the members of the container are reset', () => {
    const system = machine()
    const calls: string[] = []
    qemuRegisterReset(system.resetContainer, () => calls.push('reset'))

    qemuSystemReset(system, 'none')

    expect(calls).toEqual(['reset'])
  })

  it('a machine that stood still for good is back at its start', async () => {
    const system = running()
    await vmStop(system, 'internal-error')
    qemuSystemResetRequest(system, 'host-qmp-system-reset')

    expect(await mainLoopShouldExit(system)).toBeNull()
    expect(system.runState.current).toBe('prelaunch')
    vmStart(system)
    expect(system.runState.current).toBe('running')
  })

  it('with -no-reboot a reset ends the machine, but not one of a subsystem', async () => {
    const system = running()
    system.actions.reboot = 'shutdown'
    let resets = 0
    system.machineReset = () => resets++
    qemuSystemResetRequest(system, 'subsystem-reset')
    expect(await mainLoopShouldExit(system)).toBeNull()

    qemuSystemResetRequest(system, 'guest-reset')

    expect(await mainLoopShouldExit(system)).toEqual({ cause: 'guest-reset', code: 0 })
    expect(resets).toBe(1)
  })

  it('with -no-reboot and -no-shutdown a reset stops the machine', async () => {
    const system = running()
    system.actions.reboot = 'shutdown'
    system.actions.shutdown = 'pause'
    qemuSystemResetRequest(system, 'guest-reset')

    expect(await mainLoopShouldExit(system)).toBeNull()
    expect(system.runState.current).toBe('shutdown')
  })

  it('the CPU that asks for it stops where it is, the others do not', () => {
    const system = running()
    system.currentCpu = system.cpus[0]

    qemuSystemResetRequest(system, 'guest-reset')

    expect(system.cpus.map((cpu) => [cpu.stop, cpu.exitRequest])).toEqual([
      [true, true],
      [false, false],
    ])
  })
})

describe('other requests', () => {
  it('powerdown tells every notifier, once per request', async () => {
    const system = running()
    const calls: string[] = []
    system.powerdownNotifiers.push(
      () => calls.push('a'),
      () => calls.push('b'),
    )
    qemuSystemPowerdownRequest(system)
    qemuSystemPowerdownRequest(system)

    expect(await mainLoopShouldExit(system)).toBeNull()
    expect(await mainLoopShouldExit(system)).toBeNull()

    expect(calls).toEqual(['a', 'b'])
    expect(system.runState.current).toBe('running')
  })

  it('a debug request stops the machine for the debugger, once', async () => {
    const system = running()
    qemuSystemDebugRequest(system)

    expect(await mainLoopShouldExit(system)).toBeNull()
    expect(system.runState.current).toBe('debug')
    vmStart(system)
    expect(await mainLoopShouldExit(system)).toBeNull()

    expect(system.runState.current).toBe('running')
  })

  it('a stop is carried out in its state, and a start takes back one that was not yet', async () => {
    const system = running()
    qemuSystemVmstopRequest(system, 'internal-error')
    await mainLoopShouldExit(system)
    expect(system.runState.current).toBe('internal-error')

    const other = machine()
    qemuSystemVmstopRequest(other, 'paused')
    vmStart(other)
    await mainLoopShouldExit(other)

    expect(other.runState.current).toBe('running')
  })

  it('several at once: shutdown comes before reset', async () => {
    const system = running()
    let resets = 0
    system.machineReset = () => resets++
    qemuSystemResetRequest(system, 'guest-reset')
    qemuSystemShutdownRequest(system, 'host-signal')

    expect(await qemuMainLoop(system)).toEqual({ cause: 'host-signal', code: 0 })
    expect(resets).toBe(0)
  })

  it('the main loop sleeps while nothing is asked, and serves what comes while it serves', async () => {
    const system = running()
    const order: string[] = []
    system.machineReset = () => {
      order.push('reset')
      if (order.length < 3) qemuSystemResetRequest(system, 'guest-reset')
      else qemuSystemShutdownRequest(system, 'guest-shutdown')
    }
    const loop = qemuMainLoop(system)
    await turn()
    expect(order).toEqual([])

    qemuSystemResetRequest(system, 'guest-reset')

    expect(await loop).toEqual({ cause: 'guest-shutdown', code: 0 })
    expect(order).toEqual(['reset', 'reset', 'reset'])
  })
})
