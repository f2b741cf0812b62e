// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the registers lie: SDM volume 3, 11.4.4 and 11.4.5.

import {
  addressSpaceLoad,
  addressSpaceStore,
  memoryRegionAddSubregion,
  memoryRegionInitIo,
} from '@dromaius/memory'
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import { resettableReset } from '@dromaius/qom'
import { vmstateLoad, vmstateSave } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { APIC_BASE, type ApicMachine, enabledMachine } from '../../fixtures/apic-machine.js'

const TPR = 0x80
const VERSION = 0x30
const ENABLE = 0x800n
const BSP = 0x100n
const EXTD = 0x400n
const ELSEWHERE = 0x1000_0000

/** Two CPUs, and memory of 8 KiB that remembers the first dword of each page. */
function machine() {
  const m = enabledMachine(2)
  const pages = [0x1111, 0x2222]
  const region = TYPE_MEMORY_REGION.new()
  memoryRegionInitIo(
    region,
    null,
    {
      read: (addr) => pages[addr >> 12]!,
      write: (addr, value) => void (pages[addr >> 12] = value),
      endianness: 'little',
    },
    'memory',
    0x2000,
  )
  memoryRegionAddSubregion(m.system.systemMemory, ELSEWHERE, region)
  return m
}

const load = (m: ApicMachine, n: number, addr: number): number =>
  m.as(n, () => addressSpaceLoad(m.system.addressSpaceMemory, addr, 4))
const store = (m: ApicMachine, n: number, addr: number, value: number): void =>
  void m.as(n, () => addressSpaceStore(m.system.addressSpaceMemory, addr, value, 4))
const move = (m: ApicMachine, n: number, base: number, bits = ENABLE): boolean =>
  m.apic(n).writeBase(BigInt(base) | bits | (n === 0 ? BSP : 0n))

describe('registers that were moved', () => {
  it('are where the CPU says, and no longer where they were', () => {
    const m = machine()
    m.write(TPR, 0x30)
    expect(move(m, 0, ELSEWHERE)).toBe(true)
    expect(load(m, 0, ELSEWHERE + TPR)).toBe(0x30)
    store(m, 0, ELSEWHERE + TPR, 0x50)
    expect(m.apic(0).tpr).toBe(0x50)
    expect(load(m, 0, APIC_BASE + TPR)).toBe(0xffff_ffff)
    store(m, 0, APIC_BASE + TPR, 0x70)
    expect(m.apic(0).tpr).toBe(0x50)
  })

  it('are this CPU’s alone: another one, and a device, see the memory', () => {
    const m = machine()
    move(m, 0, ELSEWHERE)
    expect(load(m, 1, ELSEWHERE)).toBe(0x1111)
    expect(addressSpaceLoad(m.system.addressSpaceMemory, ELSEWHERE, 4)).toBe(0x1111)
    store(m, 1, ELSEWHERE + TPR, 0x3333)
    expect(m.apic(0).tpr).toBe(0)
    expect(load(m, 1, ELSEWHERE)).toBe(0x3333)
    expect(load(m, 1, APIC_BASE + VERSION)).toBe(0x5_0014)
    // The page behind is nobody's.
    expect(load(m, 0, ELSEWHERE + 0x1000)).toBe(0x2222)
  })

  it('cost others nothing but the way to the memory: the map of addresses stays as it is', () => {
    const m = machine()
    move(m, 0, ELSEWHERE)
    const { flatView } = m.system.addressSpaceMemory
    store(m, 1, ELSEWHERE + TPR, 0x3333)
    expect(load(m, 1, ELSEWHERE)).toBe(0x3333)
    expect(m.system.addressSpaceMemory.flatView).toBe(flatView)
  })

  it('can be at the same place for two CPUs, each with its own', () => {
    const m = machine()
    move(m, 0, ELSEWHERE)
    move(m, 1, ELSEWHERE)
    store(m, 0, ELSEWHERE + TPR, 0x30)
    store(m, 1, ELSEWHERE + TPR, 0x50)
    expect([load(m, 0, ELSEWHERE + TPR), load(m, 1, ELSEWHERE + TPR)]).toEqual([0x30, 0x50])
    move(m, 0, APIC_BASE)
    expect([load(m, 0, ELSEWHERE), load(m, 1, ELSEWHERE + TPR)]).toEqual([0x1111, 0x50])
    move(m, 1, APIC_BASE)
    expect(load(m, 1, ELSEWHERE)).toBe(0x1111)
  })

  it('can lie where messages of devices go, which still get through', () => {
    const m = machine()
    move(m, 0, APIC_BASE + 0x1000)
    m.as(0, () => addressSpaceStore(m.system.addressSpaceMemory, APIC_BASE + 0x1000, 0x45, 4))
    expect(m.acknowledge(1)).toBe(0x45)
    expect(load(m, 0, APIC_BASE + 0x1000 + VERSION)).toBe(0x5_0014)
  })

  it.each<[string, bigint]>([
    ['off', 0n],
    ['x2APIC mode', ENABLE | EXTD],
  ])('%s, the memory shows through', (_name, bits) => {
    const m = machine()
    move(m, 0, ELSEWHERE)
    expect(load(m, 0, ELSEWHERE + VERSION)).toBe(0x5_0014)
    expect(move(m, 0, ELSEWHERE, bits)).toBe(true)
    expect(load(m, 0, ELSEWHERE)).toBe(0x1111)
    expect(move(m, 0, ELSEWHERE, 0n)).toBe(true)
    expect(move(m, 0, ELSEWHERE)).toBe(true)
    expect(load(m, 0, ELSEWHERE + VERSION)).toBe(0x5_0014)
  })

  it('are at 0xfee00000 after a reset', () => {
    const m = machine()
    move(m, 0, ELSEWHERE)
    resettableReset(m.apic(0), 'cold')
    expect([load(m, 0, ELSEWHERE), load(m, 0, APIC_BASE + VERSION)]).toEqual([0x1111, 0x5_0014])
  })

  it('come back where they were saved', () => {
    const m = machine()
    const { vmsd } = m.apic(0).qomClass
    move(m, 0, ELSEWHERE)
    const saved = vmstateSave(vmsd!, m.apic(0))
    move(m, 0, APIC_BASE)
    vmstateLoad(vmsd!, m.apic(0), saved)
    expect([load(m, 0, ELSEWHERE + VERSION), load(m, 0, APIC_BASE + VERSION)]).toEqual([
      0x5_0014, 0xffff_ffff,
    ])
  })

  it('a base beyond the CPU’s addresses is refused', () => {
    const m = machine()
    expect(m.apic(0).writeBase((1n << 51n) | ENABLE | BSP)).toBe(false)
  })
})
