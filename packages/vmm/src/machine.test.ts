// SPDX-License-Identifier: GPL-2.0-or-later
import { readdirSync } from 'node:fs'
import { TYPE_CHARDEV_RINGBUF, type RingBufChardev } from '@dromaius/chardev'
import { addressSpaceMap } from '@dromaius/memory'
import { objectGetCanonicalPath, objectResolvePath } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import { Machine } from './machine.js'

const kvm = whyNoKvm()
const itOnKvm = it.skipIf(kvm !== '')

function ringbuf(): RingBufChardev {
  const chr = TYPE_CHARDEV_RINGBUF.new()
  chr.open(65536)
  return chr
}

const textOf = (chr: RingBufChardev): string => Buffer.from(chr.read()).toString().replaceAll('\r', '')

/** Waits until the guest has printed a text. */
async function printed(chr: RingBufChardev, text: string): Promise<void> {
  for (let seen = ''; !seen.includes(text); seen += textOf(chr))
    await new Promise((resolve) => setTimeout(resolve, 5))
}

const threads = (): string[] => readdirSync('/proc/self/task')
const descriptors = (): string[] => readdirSync('/proc/self/fd')

describe(`Machine${kvm}`, () => {
  itOnKvm('runs the bundled guest to its end', async () => {
    const serial = ringbuf()
    const machine = await Machine.create({ serial, cpus: 2 })

    expect(machine.state).toBe('prelaunch')
    machine.start()
    const { reason, code, error, figures } = await machine.exited

    expect({ reason, code, error }).toEqual({ reason: 'guest-shutdown', code: 0, error: null })
    expect(textOf(serial)).toMatch(/^Hello from a Dromaius guest\n[^]*Goodbye\n$/)
    expect(figures.exits.get('io')).toBeGreaterThan(0)
    expect(figures.firstRunNs).toBeTypeOf('bigint')
  })

  itOnKvm('two machines run side by side', async () => {
    const serials = [ringbuf(), ringbuf()]
    const machines = await Promise.all(serials.map((serial) => Machine.create({ serial, cpus: 2 })))

    for (const machine of machines) machine.start()
    await Promise.all(machines.map(({ exited }) => exited))

    for (const serial of serials) expect(textOf(serial)).toMatch(/Goodbye\n$/)
  })

  itOnKvm('pauses, goes on, is reset, and stops', async () => {
    const serial = ringbuf()
    const machine = await Machine.create({ serial, cpus: 2, cmdline: 'interactive' })
    machine.start()
    await printed(serial, 'hello> ')

    await machine.pause()
    expect(machine.state).toBe('paused')
    expect(machine.system.cpus.every((cpu) => cpu.stopped)).toBe(true)
    machine.resume()
    expect(machine.state).toBe('running')
    machine.reset()
    await printed(serial, 'hello> ')
    const { reason, code } = await machine.stop()

    expect({ reason, code }).toEqual({ reason: 'host-qmp-quit', code: 0 })
  })

  itOnKvm('stops while it is paused, and when it never started', async () => {
    const paused = await Machine.create({ cmdline: 'interactive' })
    paused.start()
    await paused.pause()
    const fresh = await Machine.create()

    expect(await paused.stop()).toMatchObject({ code: 0 })
    expect(await fresh.stop()).toMatchObject({ code: 0, figures: { firstRunNs: null } })
    expect(() => fresh.start()).toThrow('has ended')
  })

  itOnKvm('gives threads and descriptors back, and its memory throws when touched', async () => {
    await (await Machine.create()).stop() // what Node and the addon open once
    const before = { threads: threads().length, descriptors: descriptors().length }
    const machine = await Machine.create({ cpus: 4 })
    const window = addressSpaceMap(machine.system.addressSpaceMemory, 0x100000, 4096)!
    const block = machine.board.ram!.ramBlock!
    expect(window.length).toBe(4096)

    await machine.stop()

    expect(window.length).toBe(0)
    expect(() => block.backing.window(0, 1)).toThrow()
    expect(threads().length).toBeLessThanOrEqual(before.threads)
    expect(descriptors().length).toBeLessThanOrEqual(before.descriptors)
  })

  itOnKvm('that cannot be built leaves nothing behind', async () => {
    await (await Machine.create()).stop()
    const before = { threads: threads().length, descriptors: descriptors().length }

    // Refused when the CPUs run already.
    await expect(Machine.create({ cpus: 3, device: 'isa-debugcon' })).rejects.toThrow(UserError)

    expect(threads().length).toBeLessThanOrEqual(before.threads)
    expect(descriptors().length).toBeLessThanOrEqual(before.descriptors)
  })

  itOnKvm('has its parts in the composition tree', async () => {
    const device = { driver: 'isa-debug-exit', id: 'out' }
    const machine = await Machine.create({ cpus: 2, serial: ringbuf(), device })
    const { root } = machine.system

    expect(objectGetCanonicalPath(machine.board)).toBe('/machine')
    expect(objectResolvePath(root, '/machine/peripheral/out')?.qomClass.typeName).toBe('isa-debug-exit')
    expect(objectResolvePath(root, '/chardevs/serial0')).not.toBeNull()
    expect(machine.system.cpus.map(objectGetCanonicalPath)).toEqual([
      '/machine/unattached/device[0]',
      '/machine/unattached/device[1]',
    ])
    await machine.stop()
  })
})

describe('Machine without a host’s help', () => {
  it('of an unknown type, or with a topology that does not multiply, is refused', async () => {
    await expect(Machine.create({ machine: 'nope' })).rejects.toThrow(
      "machine nope: Unsupported machine type 'nope'",
    )
    await expect(Machine.create({ cpus: 'cpus=3,sockets=2' })).rejects.toThrow(
      'cpus cpus=3,sockets=2: Invalid CPU topology',
    )
  })
})
