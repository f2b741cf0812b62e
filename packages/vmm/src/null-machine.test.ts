// SPDX-License-Identifier: GPL-2.0-or-later
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { describe, expect, it } from 'vitest'
import { Machine } from './machine.js'

const config = { machine: 'none', accel: 'qtest' } as const

describe('-machine none', () => {
  it('has no CPU, no bus and no RAM, and can be started and stopped', async () => {
    const machine = await Machine.create(config)
    machine.start()

    expect(machine.system.cpus).toEqual([])
    expect(machine.board.buses).toEqual([])
    expect(machine.board.ram).toBeNull()
    expect(machine.state).toBe('running')
    expect((await machine.stop()).code).toBe(0)
  })

  it('has the RAM that -m asks for, from address 0 on', async () => {
    const machine = await Machine.create({ ...config, memory: 2 ** 20 })
    const as = machine.system.addressSpaceMemory
    addressSpaceStore(as, 2 ** 20 - 4, 0x12345678, 4)

    expect(addressSpaceLoad(as, 2 ** 20 - 4, 4)).toBe(0x12345678)
    await machine.stop()
  })
})
