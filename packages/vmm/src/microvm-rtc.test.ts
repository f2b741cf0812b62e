// SPDX-License-Identifier: GPL-2.0-or-later
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { expect, it } from 'vitest'
import { Machine } from './machine.js'

it("a PC's clock shows century and year as a PC's do", async () => {
  const machine = await Machine.create({
    accel: 'qtest',
    memory: 16 << 20,
    rtc: 'base=2026-11-25T12:00:00',
    serial: 'none',
  })
  const io = machine.system.addressSpaceIo
  const read = (index: number): string => {
    addressSpaceStore(io, 0x70, index, 1)
    return addressSpaceLoad(io, 0x71, 1).toString(16)
  }
  try {
    expect([0x32, 9, 8, 7].map(read)).toEqual(['20', '26', '11', '25'])
  } finally {
    await machine.stop()
  }
})
