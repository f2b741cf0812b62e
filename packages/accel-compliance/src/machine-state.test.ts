// SPDX-License-Identifier: GPL-2.0-or-later
//
// The whole state of a machine with all its devices: the bundled guest at its prompt, its CPUs started by IPIs, interrupts
// through the I/O APIC. It is saved, loaded elsewhere, and has to answer.

import { qemuChrBeWrite, type RingBufChardev, TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { qemuSystemReset } from '@dromaius/cpus'
import type { RAMBlock } from '@dromaius/memory'
import { Machine, type MachineOptions } from '@dromaius/vmm'
import { describe, expect, it } from 'vitest'
import { accelerators, titleOf } from './accelerators.js'
import { devicesWithState, loadMachine, saveMachine, scramble, withoutClocks } from './state.js'

const config: MachineOptions = { cmdline: 'interactive', cpu: 'qemu64,check=off', cpus: 2, memory: 64 << 20 }

/** A machine and what its guest prints. */
class Talking {
  #log = ''
  #wake: (() => void)[] = []

  constructor(
    readonly machine: Machine,
    readonly serial: RingBufChardev,
  ) {
    serial.onOutput((bytes) => {
      this.#log += Buffer.from(bytes).toString().replaceAll('\r', '')
      for (const wake of this.#wake.splice(0)) wake()
    })
  }

  static async create(): Promise<Talking> {
    const serial = TYPE_CHARDEV_RINGBUF.new()
    return new Talking(await Machine.create({ ...config, serial }), serial)
  }

  get ram(): RAMBlock {
    return this.machine.board.ram!.ramBlock!
  }

  /** Waits for the prompt, and returns what came before it. */
  async prompt(): Promise<string> {
    while (!this.#log.includes('hello> ')) await new Promise<void>((resolve) => this.#wake.push(resolve))
    const at = this.#log.indexOf('hello> ')
    const seen = this.#log.slice(0, at)
    this.#log = this.#log.slice(at + 'hello> '.length)
    return seen
  }

  async command(line: string): Promise<string> {
    qemuChrBeWrite(this.serial, Buffer.from(`${line}\r`))
    return this.prompt()
  }
}

const kvm = accelerators.find(({ name }) => name === 'kvm')!

describe.skipIf(kvm.unavailable !== null)(`a whole machine's state on ${titleOf(kvm)}`, () => {
  it('every device that the guest can change has a description of its state', async () => {
    const { machine } = await Talking.create()
    const types = [...devicesWithState(machine.system).values()].map((dev) => dev.qomClass.typeName)
    expect(types).toEqual(
      expect.arrayContaining([
        'qemu64-x86_64-cpu',
        'kvm-apic',
        'kvm-ioapic',
        'kvm-i8259',
        'kvm-pit',
        'kvmclock',
        'isa-serial',
      ]),
    )
    await machine.stop()
  })

  it('goes on in the machine that was reset, and in another one', async () => {
    const one = await Talking.create()
    one.machine.start()
    await one.prompt()
    expect(await one.command('smp')).toContain('IPI answered, 1 so far')
    await one.machine.pause()
    const saved = saveMachine(one.machine.system, one.ram)

    qemuSystemReset(one.machine.system, 'host-qmp-system-reset')
    scramble(one.ram)
    loadMachine(one.machine.system, one.ram, saved)
    one.machine.resume()
    // The count goes on: the guest did not start anew.
    expect(await one.command('smp')).toContain('IPI answered, 2 so far')
    await one.machine.stop()

    const two = await Talking.create()
    loadMachine(two.machine.system, two.ram, saved)
    two.machine.start()
    expect(await two.command('smp')).toContain('IPI answered, 2 so far')
    expect(await two.command('fault')).toContain('survived')
    await two.machine.stop()
  })

  it('is the same when it is saved again after loading', async () => {
    const one = await Talking.create()
    one.machine.start()
    await one.prompt()
    await one.machine.pause()
    const saved = saveMachine(one.machine.system, one.ram)
    const two = await Talking.create()
    loadMachine(two.machine.system, two.ram, saved)
    // Out of the kernel, not out of the fields that were just filled.
    for (const cpu of two.machine.system.cpus) cpu.vcpuDirty = false
    const again = saveMachine(two.machine.system, two.ram)

    expect(withoutClocks(again)).toEqual(withoutClocks(saved))
    expect(Buffer.compare(again.ram, saved.ram)).toBe(0)
    await one.machine.stop()
    await two.machine.stop()
  })
})
