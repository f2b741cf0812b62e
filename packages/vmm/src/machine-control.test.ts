// SPDX-License-Identifier: GPL-2.0-or-later
//
// Starting, pausing, resetting and ending a machine in every order that a caller may come up with.

import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import type { MachineOptions } from './machine-options.js'
import { Machine } from './machine.js'

/** The bundled guest at its prompt: it sleeps in HLT and takes timer and serial interrupts. */
async function atPrompt(config: MachineOptions = {}): Promise<Machine> {
  const serial = TYPE_CHARDEV_RINGBUF.new()
  let log = ''
  const prompt = new Promise<void>((resolve) => {
    serial.onOutput((bytes) => {
      log += Buffer.from(bytes).toString()
      if (log.includes('hello> ')) resolve()
    })
  })
  const machine = await Machine.create({
    cmdline: 'interactive',
    cpu: 'qemu64,check=off',
    serial,
    cpus: 2,
    ...config,
  })
  machine.start()
  await prompt
  return machine
}

const kvm = whyNoKvm()
describe.skipIf(kvm !== '')(`control of a machine${kvm}`, () => {
  it('resume right after a pause that was not awaited: the machine runs on, its handlers hear both', async () => {
    const machine = await atPrompt()
    const heard: boolean[] = []
    machine.system.vmChangeStateHandlers.push({ handler: (running) => heard.push(running), priority: 0 })
    for (let i = 0; i < 20; i++) {
      const paused = machine.pause()
      machine.resume()
      await paused
      expect(machine.state).toBe('running')
    }
    expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => i % 2 === 1))
    expect((await machine.stop()).reason).toBe('host-qmp-quit')
  })

  it('pause after resume after pause: the last word counts', async () => {
    const machine = await atPrompt()
    void machine.pause()
    machine.resume()
    await machine.pause()
    expect(machine.state).toBe('paused')
    machine.resume()
    await machine.stop()
  })

  it.each([1, 2])('stop in the middle of a reset ends a machine of %i CPUs', async (cpus) => {
    for (let i = 0; i < 5; i++) {
      const machine = await atPrompt({ cpus })
      machine.reset()
      const { code, error } = await machine.stop()
      expect({ code, error }).toEqual({ code: 0, error: null })
    }
  })

  it('reset of a paused machine takes it to its start, from where it runs', async () => {
    const machine = await atPrompt()
    await machine.pause()
    machine.reset()
    while (machine.state !== 'prelaunch') await new Promise(setImmediate)
    machine.resume()
    expect(machine.state).toBe('running')
    await machine.stop()
  })

  it('after a power-off under noShutdown only a reset helps', async () => {
    const machine = await Machine.create({ noShutdown: true })
    machine.start()
    while (machine.state !== 'shutdown') await new Promise(setImmediate)
    expect(() => machine.resume()).toThrow('Resetting the Virtual Machine is required')
    expect(machine.system.clocks.virtual.enabled).toBe(false)
    await machine.stop()
  })

  it('a back end that has served a machine is refused for another', async () => {
    const serial = TYPE_CHARDEV_RINGBUF.new()
    const machine = await Machine.create({ serial })
    await machine.stop()
    await expect(Machine.create({ serial })).rejects.toThrow(
      'serial: the back end belongs to a machine already; each needs its own',
    )
  })
})
