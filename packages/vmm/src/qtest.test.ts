// SPDX-License-Identifier: GPL-2.0-or-later
//
// The machine under the dummy accelerator: its CPUs have threads and execute nothing, its devices answer.

import { readdirSync, readFileSync } from 'node:fs'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { Machine } from './machine.js'

const COM1 = 0x3f8
const LSR = COM1 + 5
const TRANSMITTER_EMPTY = 0x60

function vcpuThreads(): string[] {
  return readdirSync('/proc/self/task')
    .map((tid) => readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim())
    .filter((name) => /^CPU \d/.test(name))
    .sort()
}

describe('microvm under -accel qtest', () => {
  let machine: Machine
  afterEach(async () => {
    await machine.stop()
    expect(vcpuThreads()).toEqual([])
  })

  it('runs with a thread for each CPU', async () => {
    machine = await Machine.create({ accel: 'qtest', cpus: 3 })
    machine.start()
    expect(machine.state).toBe('running')
    expect(vcpuThreads()).toEqual(['CPU 0/DUMMY', 'CPU 1/DUMMY', 'CPU 2/DUMMY'])
    await machine.pause()
    expect(machine.state).toBe('paused')
    machine.resume()
    expect(machine.system.cpus.every((cpu) => !cpu.stopped)).toBe(true)
  })

  it('its serial port sends what the host writes to it', async () => {
    const serial = TYPE_CHARDEV_RINGBUF.new()
    const sent: number[] = []
    serial.onOutput((bytes) => sent.push(...bytes))
    machine = await Machine.create({ accel: 'qtest', serial })
    machine.start()
    const { addressSpaceIo } = machine.system
    for (const byte of Buffer.from('emu')) addressSpaceStore(addressSpaceIo, COM1, byte, 1)
    expect(Buffer.from(sent).toString()).toBe('emu')
    expect(addressSpaceLoad(addressSpaceIo, LSR, 1) & TRANSMITTER_EMPTY).toBe(TRANSMITTER_EMPTY)
  })
})
