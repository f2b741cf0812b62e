// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory regions and the slots that the host's KVM accepts for them.
import { accessSync, constants } from 'node:fs'
import {
  accelExitMachine,
  configureAccelerators,
  type KvmArchOps,
  registerKvmArchOps,
  SystemState,
} from '@dromaius/cpus'
import {
  MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionAddSubregionOverlap,
  memoryRegionDelSubregion,
  memoryRegionGetRamBlock,
  memoryRegionInit,
  memoryRegionInitAlias,
  memoryRegionInitIo,
  memoryRegionInitRam,
  memoryRegionInitRom,
  memoryRegionInitRomDevice,
  memoryRegionRomDeviceSetRomd,
  memoryRegionSetEnabled,
  nativeRamAllocator,
} from '@dromaius/memory'
import { KVM_MEM_READONLY } from '@dromaius/native'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KvmMemoryListener } from './index.js'
import './index.js'
import type { KVMState } from './kvm-state.js'

const noKvm = ((): string | false => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return '/dev/kvm is missing or not permitted'
  }
})()
const needsKvm = noKvm === false ? '' : ` (skipped: ${noKvm})`

const PAGE = 4096
const ram = nativeRamAllocator({ kind: 'anonymous' })
// A machine without CPUs needs next to nothing of an architecture.
const tinyArch: Partial<KvmArchOps> = {
  kvmArchRequiredCapabilities: [],
  kvmArchInit: () => {},
  kvmArchIrqchipCreate: () => false,
  kvmArchInitIrqRouting: () => {},
}
registerKvmArchOps(tinyArch as KvmArchOps)

let system: SystemState
let s: KVMState
const allocated: MemoryRegion[] = []
beforeEach(() => {
  if (noKvm) return
  system = new SystemState()
  s = configureAccelerators(system, [{ name: 'kvm' }]) as KVMState
})
afterEach(() => {
  if (noKvm) return
  accelExitMachine(system)
  for (const mr of allocated.splice(0)) memoryRegionGetRamBlock(mr)?.block.backing.free()
})

/** The slots by address: address and size in hexadecimal, and `ro` for read-only ones. */
const slots = (): string[] =>
  (s.listeners[0] as KvmMemoryListener).slots
    .toSorted((a, b) => a.startAddr - b.startAddr)
    .map(({ startAddr, memorySize, flags }) => {
      const readonly = flags === KVM_MEM_READONLY ? ' ro' : ''
      return `${startAddr.toString(16)} ${memorySize.toString(16)}${readonly}`
    })

function addRam(at: number, size: number, rom = false): MemoryRegion {
  const mr = new MemoryRegion()
  ;(rom ? memoryRegionInitRom : memoryRegionInitRam)(mr, null, `ram-${at.toString(16)}`, size, ram)
  memoryRegionAddSubregion(system.systemMemory, at, mr)
  allocated.push(mr)
  return mr
}

describe.skipIf(noKvm)(`memory slots${needsKvm}`, () => {
  it('RAM and ROM are mapped, ROM read-only, and holes are not', () => {
    addRam(0, 0xa0000)
    addRam(0xf0000, 0x10000, true)

    expect(slots()).toEqual(['0 a0000', 'f0000 10000 ro'])
  })

  it('an alias maps its part of the memory behind it', () => {
    const low = addRam(0, 0x10000)
    const alias = new MemoryRegion()
    memoryRegionInitAlias(alias, null, 'alias', low, 0x4000, 0x2000)

    memoryRegionAddSubregion(system.systemMemory, 0xfffe_0000, alias)

    const base = memoryRegionGetRamBlock(low)!.block.backing.hostAddress
    const slot = (s.listeners[0] as KvmMemoryListener).slots.find(
      ({ startAddr }) => startAddr === 0xfffe_0000,
    )
    expect(slots()).toEqual(['0 10000', 'fffe0000 2000'])
    expect(slot?.hostAddress).toBe(base + 0x4000n)
  })

  it('a device over RAM leaves a hole, and gone gives the RAM back', () => {
    addRam(0, 0x10000)
    const device = new MemoryRegion()
    memoryRegionInitIo(device, null, null, 'device', 0x1000)

    memoryRegionAddSubregionOverlap(system.systemMemory, 0x4000, device, 1)
    const during = slots()
    memoryRegionDelSubregion(system.systemMemory, device)

    expect(during).toEqual(['0 4000', '5000 b000'])
    expect(slots()).toEqual(['0 10000'])
  })

  it('only whole pages inside a section are mapped', () => {
    const odd = new MemoryRegion()
    memoryRegionInitRam(odd, null, 'odd', 3 * PAGE, ram)
    allocated.push(odd)
    const alias = new MemoryRegion()
    memoryRegionInitAlias(alias, null, 'odd alias', odd, 0x800, 2 * PAGE + 0x700)

    memoryRegionAddSubregion(system.systemMemory, 0x20800, alias)

    const [slot] = (s.listeners[0] as KvmMemoryListener).slots
    expect(slots()).toEqual(['21000 1000'])
    expect(slot.hostAddress).toBe(memoryRegionGetRamBlock(odd)!.block.backing.hostAddress + 0x1000n)
  })

  it('less than a page is not mapped', () => {
    const small = new MemoryRegion()
    memoryRegionInitRam(small, null, 'small', PAGE, ram)
    allocated.push(small)
    const alias = new MemoryRegion()
    memoryRegionInitAlias(alias, null, 'small alias', small, 0, PAGE)

    memoryRegionAddSubregion(system.systemMemory, 0x30800, alias)

    expect(slots()).toEqual([])
  })

  it('a ROM device is mapped in its read mode only', () => {
    const flash = new MemoryRegion()
    const ops = { endianness: 'little' as const, read: () => 0, write: () => {} }
    memoryRegionInitRomDevice(flash, null, ops, 'flash', 0x2000, ram)
    allocated.push(flash)
    memoryRegionAddSubregion(system.systemMemory, 0x8000, flash)
    const reading = slots()

    memoryRegionRomDeviceSetRomd(flash, false)
    const programming = slots()
    memoryRegionRomDeviceSetRomd(flash, true)

    expect(reading).toEqual(['8000 2000 ro'])
    expect(programming).toEqual([])
    expect(slots()).toEqual(reading)
  })

  it('a slot number that became free is used again', () => {
    const first = addRam(0, PAGE)
    addRam(0x2000, PAGE)
    memoryRegionSetEnabled(first, false)

    addRam(0x4000, PAGE)

    const numbers = (s.listeners[0] as KvmMemoryListener).slots.map(({ slot, startAddr }) => [
      startAddr,
      slot,
    ])
    expect(numbers).toEqual([
      [0x2000, 1],
      [0x4000, 0],
    ])
  })

  it('containers and more than 4 GiB: the slot stands where the guest sees it', () => {
    const container = new MemoryRegion()
    memoryRegionInit(container, null, 'container', 2 ** 34)
    const high = new MemoryRegion()
    memoryRegionInitRam(high, null, 'high', 0x10000, ram)
    allocated.push(high)
    memoryRegionAddSubregion(container, 0x1000, high)

    memoryRegionAddSubregion(system.systemMemory, 2 ** 32, container)

    expect(slots()).toEqual(['100001000 10000'])
  })
})
