// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs that are plugged into a machine and taken out of it, seen from the outside and from inside the guest.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { KVMState } from '@dromaius/accel-kvm'
import { qemuChrBeWrite, type RingBufChardev, TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { kvm_lapic_state, kvmGetLapic } from '@dromaius/native'
import { TYPE_X86_CPU } from '@dromaius/target-i386'
import { UserError, vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import type { CpuSpec } from './cpu-hotplug.js'
import type { MachineOptions } from './machine-options.js'
import { Machine } from './machine.js'

/** The bundled guest at its prompt. */
class GuestAtPrompt {
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

  /** Waits until the guest has printed `text`, and returns what it printed so far; the next wait begins behind it. */
  async printed(text: string): Promise<string> {
    while (!this.#log.includes(text)) await new Promise<void>((resolve) => this.#wake.push(resolve))
    const end = this.#log.indexOf(text) + text.length
    const seen = this.#log.slice(0, end)
    this.#log = this.#log.slice(end)
    return seen
  }

  /** Types a command, at most the 16 bytes that the serial port takes at once, and returns what the guest answers. */
  async command(line: string): Promise<string> {
    qemuChrBeWrite(this.serial, Buffer.from(`${line}\r`))
    return this.printed('hello> ')
  }
}

async function atPrompt(config: MachineOptions): Promise<GuestAtPrompt> {
  const serial = TYPE_CHARDEV_RINGBUF.new()
  const machine = await Machine.create({
    cmdline: 'interactive',
    cpu: 'qemu64,check=off',
    serial,
    ...config,
  })
  const guest = new GuestAtPrompt(machine, serial)
  machine.start()
  await guest.printed('hello> ')
  return guest
}

const vcpuThreads = (): string[] =>
  readdirSync('/proc/self/task')
    .map((tid) => readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim())
    .filter((name) => /^CPU \d+\/KVM$/.test(name))
    .sort()

const parkedOf = (machine: Machine): number[] =>
  (machine.system.accel as KVMState).parkedVcpus.map(({ vcpuId }) => vcpuId)

const fresh = (cpus: string, config: MachineOptions = {}): Promise<Machine> =>
  Machine.create({ cpus, cpu: 'qemu64,check=off', ...config })

/** What cannot be plugged into a machine with two sockets of three cores of two threads, in QEMU's words. */
const qemusRefusals: readonly (readonly [CpuSpec, string])[] = [
  [{}, 'CPU socket-id is not set'],
  [{ socketId: 2, coreId: 0, threadId: 0 }, 'Invalid CPU socket-id: 2 must be in range 0:1'],
  [{ socketId: 1, dieId: 0, threadId: 0 }, 'CPU core-id is not set'],
  [{ socketId: 1, dieId: 0, coreId: 3, threadId: 0 }, 'Invalid CPU core-id: 3 must be in range 0:2'],
  [{ socketId: 1, dieId: 0, coreId: 1 }, 'CPU thread-id is not set'],
  [{ socketId: 1, dieId: 0, coreId: 1, threadId: 2 }, 'Invalid CPU thread-id: 2 must be in range 0:1'],
  [{ socketId: 1, dieId: 1, coreId: 1, threadId: 1 }, 'Invalid CPU die-id: 1 must be in range 0:0'],
  [{ socketId: 0, coreId: 0, threadId: 0 }, 'CPU[0] with APIC ID 0 exists'],
  [
    { apicId: 7 },
    'Invalid CPU [socket: 0, die: 0, core: 3, thread: 1] with APIC ID 7, valid index range 0:11',
  ],
  [{ apicId: 8, socketId: 0 }, "property socket-id: 0 doesn't match set apic-id: 0x8 (socket-id: 1)"],
  [{ apicId: 8, model: 'max' }, "Invalid CPU type, expected cpu type: 'qemu64-x86_64-cpu'"],
]
const SMP = '1,maxcpus=12,sockets=2,cores=3,threads=2'

const kvm = whyNoKvm()
describe.skipIf(kvm !== '')(`CPU hotplug${kvm}`, () => {
  it('a CPU plugged into a running guest is started by it, leaves it parked, and comes back', async () => {
    const guest = await atPrompt({ cpus: '1,maxcpus=3,sockets=3' })
    const { machine } = guest
    expect(await guest.command('online 1')).toContain('APIC id 1: missing, did not start')

    for (let round = 0; round < 2; round++) {
      const place = await machine.plugCpu({ socketId: 1, coreId: 0, threadId: 0 })
      expect(place).toMatchObject({ apicId: 1, socketId: 1, dieId: 0, coreId: 0, threadId: 0, cpuIndex: 1 })
      expect(vcpuThreads()).toEqual(['CPU 0/KVM', 'CPU 1/KVM'])
      expect(parkedOf(machine)).toEqual([])
      expect(await guest.command('online 1')).toContain('APIC id 1: online, says its APIC id is 1')
      expect(await guest.command('smp')).toContain('IPI answered')

      await machine.unplugCpu({ apicId: 1 })
      expect(vcpuThreads()).toEqual(['CPU 0/KVM'])
      expect(parkedOf(machine)).toEqual([1])
      expect(machine.cpuPlaces.map(({ qomPath }) => qomPath !== null)).toEqual([true, false, false])
      expect(await guest.command('online 1')).toContain('APIC id 1: missing, did not start')
    }
    await machine.stop()
    expect(vcpuThreads()).toEqual([])
  })

  it('a CPU plugged into a paused machine runs when the machine does', async () => {
    const guest = await atPrompt({ cpus: '1,maxcpus=2' })
    const { machine } = guest
    await machine.pause()
    await machine.plugCpu({ apicId: 1 })
    expect(machine.state).toBe('paused')
    machine.resume()
    expect(await guest.command('online 1')).toContain('online, says its APIC id is 1')
    await machine.pause()
    await machine.unplugCpu({ apicId: 1 })
    machine.resume()
    expect(await guest.command('mem')).toContain('memory map')
    await machine.stop()
  })

  it('plugged CPUs outlive a reset and wait for their start again', async () => {
    const guest = await atPrompt({ cpus: '1,maxcpus=2' })
    const { machine } = guest
    await machine.plugCpu({ apicId: 1 })
    expect(await guest.command('online 1')).toContain('online')
    machine.reset()
    await guest.printed('hello> ')
    expect(vcpuThreads()).toEqual(['CPU 0/KVM', 'CPU 1/KVM'])
    expect(await guest.command('online 1')).toContain('online, says its APIC id is 1')
    await machine.stop()
  })

  it('calls that come together are carried out one after the other', async () => {
    const { machine } = await atPrompt({ cpus: '1,maxcpus=4' })
    const outcomes = await Promise.allSettled([
      machine.plugCpu({ apicId: 1 }),
      machine.plugCpu({ apicId: 1 }),
      machine.unplugCpu({ apicId: 1 }),
      machine.unplugCpu({ apicId: 1 }),
      machine.plugCpu({ apicId: 2 }),
      machine.plugCpu({ apicId: 1 }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(machine.system.cpus.map(({ cpuIndex }) => cpuIndex)).toEqual([0, 1, 2])
    await machine.stop()
  })

  it('unplug races with resets, and the machine lives', async () => {
    const guest = await atPrompt({ cpus: '2,maxcpus=2' })
    const { machine } = guest
    for (let round = 0; round < 5; round++) {
      machine.reset()
      await machine.unplugCpu({ apicId: 1 })
      machine.reset()
      await machine.plugCpu({ apicId: 1 })
    }
    expect(machine.state).toBe('running')
    await machine.stop()
  })

  it('a machine that ends with a CPU on its way out leaves nothing, and takes no more', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length
    await (await fresh('2')).stop()
    const before = descriptors()
    const { machine } = await atPrompt({ cpus: '3,maxcpus=4' })
    const unplugged = machine.unplugCpu({ apicId: 2 })
    const plugged = machine.plugCpu({ apicId: 3 })
    const outcomes = Promise.allSettled([unplugged, plugged])
    await machine.stop()
    await outcomes
    expect(vcpuThreads()).toEqual([])
    expect(descriptors()).toBe(before)
    await expect(machine.plugCpu({ apicId: 2 })).rejects.toThrow('The machine has ended')
  })

  it.each<readonly [CpuSpec, string]>([
    ...qemusRefusals,
    [{ apicId: 8, model: 'z80' }, "'z80' is not a CPU model"],
    [{ apicId: 1.5 }, 'CPU apic-id=1.5: expected an integer from 0 to 4294967295'],
  ])('plugging %j is refused: %s', async (spec, message) => {
    // Places whose APIC ids are not contiguous: three cores take two bits.
    const machine = await fresh(SMP)
    const failure = await machine.plugCpu(spec).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UserError)
    expect((failure as Error).message).toBe(message)
    expect(machine.system.cpus).toHaveLength(1)
    await machine.stop()
  })

  it.each([
    [{ apicId: 0 }, 'Boot CPU is unpluggable'],
    [{ apicId: 1 }, 'There is no CPU at apic-id=1'],
    [{ socketId: 1, coreId: 9, threadId: 0 }, 'There is no CPU at socket-id=1,core-id=9,thread-id=0'],
    [{ coreId: 9, threadId: 0 }, 'CPU socket-id is not set'],
  ])('unplugging %j is refused: %s', async (place, message) => {
    const machine = await fresh('1,maxcpus=2')
    await expect(machine.unplugCpu(place)).rejects.toThrow(message)
    await machine.stop()
  })

  it('APIC ids beyond 255 can be plugged, and keep their 32 bits in x2APIC mode', async () => {
    const machine = await fresh('1,maxcpus=288,sockets=288')
    const { cpuIndex } = await machine.plugCpu({ apicId: 287 })
    const cpu = TYPE_X86_CPU.cast(machine.system.cpus.find((candidate) => candidate.cpuIndex === cpuIndex)!)
    const apic = cpu.apicState!
    // IA32_APIC_BASE: on, x2APIC mode.
    const saved = vmstateSave(apic.qomClass.vmsd!, apic) as { fields: Record<string, VMStateValue> }
    vmstateLoad(apic.qomClass.vmsd!, apic, { ...saved, fields: { ...saved.fields, apicbase: '0xfee00c00' } })
    const kapic = kvm_lapic_state.alloc()
    kvmGetLapic(cpu.kvmVcpu!, kapic)
    // The id's register, at 0x20 of the page.
    expect(new DataView(kapic.bytes.buffer, kapic.bytes.byteOffset).getUint32(0x20, true)).toBe(287)
    await machine.stop()
  })

  it('every place can be filled, in any order', async () => {
    const machine = await fresh('1,maxcpus=12,sockets=2,dies=1,cores=3,threads=2')
    expect(machine.cpuPlaces.map(({ apicId }) => apicId)).toEqual([0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13])
    for (const { socketId, dieId, coreId, threadId } of machine.cpuPlaces.slice(1).reverse()) {
      await machine.plugCpu({ socketId, dieId, coreId, threadId })
    }
    expect(machine.cpuPlaces.every(({ qomPath }) => qomPath !== null)).toBe(true)
    expect(machine.system.cpus.map(({ cpuIndex }) => cpuIndex)).toEqual([...Array(12).keys()])
    await machine.stop()
  })
})

const QEMU = 'qemu-system-x86_64'
const noQemu = spawnSync(QEMU, ['--version']).status !== 0

it.skipIf(noQemu)(`refusals are QEMU's${noQemu ? ` (skipped: ${QEMU} is not installed)` : ''}`, () => {
  const keys = {
    apicId: 'apic-id',
    socketId: 'socket-id',
    dieId: 'die-id',
    coreId: 'core-id',
    threadId: 'thread-id',
  }
  const commands = qemusRefusals.map(([{ model = 'qemu64', ...place }]) => ({
    execute: 'device_add',
    arguments: {
      driver: `${model}-x86_64-cpu`,
      ...Object.fromEntries(
        Object.entries(place).map(([key, value]) => [keys[key as keyof typeof keys], value]),
      ),
    },
  }))
  const input = [{ execute: 'qmp_capabilities' }, ...commands, { execute: 'quit' }]
  const { stdout } = spawnSync(
    QEMU,
    [
      ...[
        '-M',
        'pc',
        '-accel',
        'tcg',
        '-cpu',
        'qemu64',
        '-smp',
        SMP,
        '-S',
        '-nodefaults',
        '-display',
        'none',
      ],
      ...['-qmp', 'stdio'],
    ],
    { encoding: 'utf8', input: input.map((command) => JSON.stringify(command)).join('\n'), timeout: 30_000 },
  )
  const answers = stdout.split('\n').filter((line) => line.includes('"error"'))
  const texts = answers.map((line) => (JSON.parse(line) as { error: { desc: string } }).error.desc)
  expect(texts).toEqual(qemusRefusals.map(([, text]) => text))
})
