// SPDX-License-Identifier: GPL-2.0-or-later
//
// State that no machine ever saved: each field has any value of its width. It is refused, or the device goes on with it.

import { SystemState } from '@dromaius/cpus'
import { isaBusNew } from '@dromaius/hw-core'
import { addressSpaceLoad } from '@dromaius/memory'
import { qdevGetGpioIn, resettableReset } from '@dromaius/qom'
import { picReadIrq } from '@dromaius/target-i386'
import {
  qemuAllocateIrq,
  qemuSetIrq,
  vmstateLoad,
  VMStateError,
  type VMStateDescription,
  vmstateSave,
} from '@dromaius/util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { enabledMachine, IOAPIC_BASE } from '../fixtures/apic-machine.js'
import { i8259Init, TYPE_I8259 } from './i8259.js'

type Saved = { fields: Record<string, unknown> }

const integer = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }))
const wide = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffffn }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n),
)
/** Up to three fields to spoil, by a number for each. */
const spoilers = fc.array(fc.tuple(fc.nat(), integer, wide), { minLength: 1, maxLength: 3 })

/** The saved state with some of its fields replaced by values of the same kind. */
function spoil(saved: Saved, spoiled: readonly (readonly [number, number, bigint])[]): Saved {
  const fields = structuredClone(saved.fields)
  for (const [pick, number, big] of spoiled) {
    const name = Object.keys(fields)[pick % Object.keys(fields).length]!
    const value = typeof fields[name] === 'string' ? `0x${big.toString(16)}` : number
    const old = fields[name]
    if (!Array.isArray(old)) fields[name] = value
    else old[pick % old.length] = typeof old[0] === 'string' ? `0x${big.toString(16)}` : number
  }
  return { ...saved, fields }
}

/** Loads it; false if it was refused, and then the device has to be as it was. */
function takes<T>(vmsd: VMStateDescription<T>, device: T, state: Saved): boolean {
  const before = vmstateSave(vmsd, device)
  try {
    vmstateLoad(vmsd, device, state as never)
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(VMStateError)
    expect(vmstateSave(vmsd, device)).toEqual(before)
    return false
  }
}

it('a local APIC', () => {
  fc.assert(
    fc.property(spoilers, (spoiled) => {
      const m = enabledMachine(2)
      m.write(0x320, 0x20061)
      m.write(0x380, 1000)
      const s = m.apic()
      const vmsd = s.qomClass.vmsd!
      if (!takes(vmsd, s, spoil(vmstateSave(vmsd, s) as never, spoiled))) return
      for (let offset = 0; offset < 0x400; offset += 0x10) m.read(offset)
      m.write(0x3e0, 0)
      for (let n = 0; n < 4; n++) {
        m.advance(100_000n)
        m.acknowledge()
        m.write(0xb0, 0)
      }
      m.as(0, () => s.sipi())
      vmstateSave(vmsd, s)
    }),
    { numRuns: 300 },
  )
})

it('an I/O APIC', () => {
  fc.assert(
    fc.property(spoilers, (spoiled) => {
      const m = enabledMachine(2)
      const vmsd = m.ioapic.qomClass.vmsd!
      if (!takes(vmsd, m.ioapic, spoil(vmstateSave(vmsd, m.ioapic) as never, spoiled))) return
      for (let pin = 0; pin < 24; pin++) {
        qemuSetIrq(qdevGetGpioIn(m.ioapic, pin), 1)
        qemuSetIrq(qdevGetGpioIn(m.ioapic, pin), 0)
      }
      m.acknowledge()
      addressSpaceLoad(m.system.addressSpaceMemory, IOAPIC_BASE + 0x10, 4)
      for (const entry of m.ioapic.ioredtbl) expect(entry & 0x00ff_ffff_fffe_0000n).toBe(0n)
      vmstateSave(vmsd, m.ioapic)
    }),
    { numRuns: 300 },
  )
})

it('an 8259', () => {
  fc.assert(
    fc.property(fc.nat(1), spoilers, (which, spoiled) => {
      const system = new SystemState()
      const bus = isaBusNew(system)
      const lines = i8259Init(
        bus,
        qemuAllocateIrq(() => undefined, 0),
      )
      resettableReset(bus, 'cold')
      const chip = TYPE_I8259.cast(bus.children[which]!)
      const vmsd = chip.qomClass.vmsd!
      if (!takes(vmsd, chip, spoil(vmstateSave(vmsd, chip) as never, spoiled))) return
      for (const line of lines) {
        qemuSetIrq(line, 1)
        expect(picReadIrq(system)).toBeGreaterThanOrEqual(0)
        expect(picReadIrq(system)).toBeLessThan(256)
        qemuSetIrq(line, 0)
      }
      for (const port of [0x20, 0x21, 0xa0, 0xa1]) addressSpaceLoad(system.addressSpaceIo, port, 1)
      vmstateSave(vmsd, chip)
    }),
    { numRuns: 300 },
  )
})
