// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { sysbusConnectIrq, sysbusMmioMap, sysbusRealize, systemBusNew } from '@dromaius/hw-core'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { qemuAllocateIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acpiGedPowerDown, GED_MMIO_BASE, GED_MMIO_BASE_REGS, TYPE_ACPI_GED } from './generic-event-device.js'

function machine() {
  const system = new SystemState()
  const bus = systemBusNew(system)
  const ged = TYPE_ACPI_GED.new()
  sysbusRealize(ged, bus)
  sysbusMmioMap(ged, 0, GED_MMIO_BASE)
  sysbusMmioMap(ged, 1, GED_MMIO_BASE_REGS)
  const edges: number[] = []
  sysbusConnectIrq(
    ged,
    0,
    qemuAllocateIrq((_n, level) => edges.push(level), 0),
  )
  const write = (addr: number, value: number, size: 1 | 2 | 4 = 1): void =>
    void addressSpaceStore(system.addressSpaceMemory, addr, value, size)
  const events = (): number => addressSpaceLoad(system.addressSpaceMemory, GED_MMIO_BASE, 4)
  return { system, bus, ged, edges, write, events }
}

describe('acpi-ged', () => {
  it('SLP_EN with SLP_TYP 5 in sleep control powers off', () => {
    const { system, write } = machine()
    write(GED_MMIO_BASE_REGS, (5 << 2) | (1 << 5))
    expect(system.requests.shutdown).toBe('guest-shutdown')
  })

  it.each([5 << 2, (3 << 2) | (1 << 5), 1 << 5])('sleep control %i does nothing', (value) => {
    const { system, write } = machine()
    write(GED_MMIO_BASE_REGS, value)
    expect(system.requests.shutdown).toBeNull()
  })

  it('0x42 in the reset register resets, anything else does not', () => {
    const { system, write } = machine()
    write(GED_MMIO_BASE_REGS + 2, 0x41)
    expect(system.requests.reset).toBeNull()
    write(GED_MMIO_BASE_REGS + 2, 0x42)
    expect(system.requests.reset).toBe('guest-reset')
  })

  it('the power button pulses the interrupt and shows in the selector once', () => {
    const { edges, events, ged } = machine()
    acpiGedPowerDown(ged)
    expect(edges).toEqual([1, 0])
    expect([events(), events()]).toEqual([2, 0])
  })

  it('an unread event is part of the state, and gone after a reset', () => {
    const from = machine()
    acpiGedPowerDown(from.ged)
    const saved = vmstateSave(from.ged.qomClass.vmsd!, from.ged)
    const to = machine()
    vmstateLoad(to.ged.qomClass.vmsd!, to.ged, saved)
    expect(to.events()).toBe(2)
    resettableReset(from.bus, 'cold')
    expect(from.events()).toBe(0)
  })

  it('property: any access gives zero or an event, and no throw', () => {
    const { ged, system, write } = machine()
    fc.assert(
      fc.property(fc.nat(0x210), fc.nat(0xffff_ffff), fc.constantFrom(1, 2, 4), (offset, value, size) => {
        acpiGedPowerDown(ged)
        write(GED_MMIO_BASE + offset, value, size as 1)
        expect(
          addressSpaceLoad(system.addressSpaceMemory, GED_MMIO_BASE + offset, size as 1),
        ).toBeLessThanOrEqual(2)
      }),
    )
  })
})
