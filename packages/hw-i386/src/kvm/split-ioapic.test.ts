// SPDX-License-Identifier: GPL-2.0-or-later
//
// An I/O APIC of ours whose local APICs are the kernel's (KVM API 4.52 and 7.5, KVM_CAP_SPLIT_IRQCHIP).

import type { KVMState } from '@dromaius/cpus'
import { SystemState } from '@dromaius/cpus'
import { sysbusMmioMap, sysbusRealize, systemBusNew } from '@dromaius/hw-core'
import { IO_APIC_DEFAULT_ADDRESS, type IOAPICState, TYPE_IOAPIC } from '@dromaius/hw-intc'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { objectNew, qdevGetGpioIn, resettableReset } from '@dromaius/qom'
import { featureBitsByName, ioapicEoiBroadcast, X86_CPU } from '@dromaius/target-i386'
import { qemuSetIrq, vmstateLoad, vmstateSave } from '@dromaius/util'
import { expect, it, vi } from 'vitest'
import { kvmSplitIoapic } from './split-ioapic.js'

const lines = vi.hoisted(() => [] as [number, number][])
vi.mock('@dromaius/accel-kvm', async (original) => ({
  ...(await original<object>()),
  kvmSetIrq: (_s: unknown, irq: number, level: number) => {
    lines.push([irq, level])
    return 1
  },
}))

const LEVEL = 0x8000
const MASKED = 0x10000
const REMOTE_IRR = 0x4000

class SplitMachine {
  readonly system = new SystemState()
  readonly routes = new Map<number, { address: bigint; data: number }>()
  readonly ioapic: IOAPICState = TYPE_IOAPIC.new()

  constructor(extendedDestinations = false) {
    lines.length = 0
    if (extendedDestinations) {
      const cpu = X86_CPU(objectNew('qemu64-x86_64-cpu'))
      const { word, mask } = featureBitsByName.get('kvm-msi-ext-dest-id')!
      cpu.env.features[word]! |= mask
      this.system.cpus.push(cpu)
    }
    const irqRouting = {
      updateMsiRoutes: (some: typeof this.routes) => some.forEach((msi, gsi) => this.routes.set(gsi, msi)),
    }
    this.ioapic.kernel = kvmSplitIoapic({ system: this.system, irqRouting } as unknown as KVMState)
    const bus = systemBusNew(this.system)
    sysbusRealize(this.ioapic, bus)
    sysbusMmioMap(this.ioapic, 0, IO_APIC_DEFAULT_ADDRESS)
    resettableReset(bus, 'cold')
  }

  /** Writes an entry of the redirection table, its upper half first. */
  entry(pin: number, high: number, low: number): void {
    for (const [reg, value] of [[0x11 + 2 * pin, high] as const, [0x10 + 2 * pin, low] as const]) {
      addressSpaceStore(this.system.addressSpaceMemory, IO_APIC_DEFAULT_ADDRESS, reg, 4)
      addressSpaceStore(this.system.addressSpaceMemory, IO_APIC_DEFAULT_ADDRESS + 0x10, value, 4)
    }
  }

  low(pin: number): number {
    addressSpaceStore(this.system.addressSpaceMemory, IO_APIC_DEFAULT_ADDRESS, 0x10 + 2 * pin, 4)
    return addressSpaceLoad(this.system.addressSpaceMemory, IO_APIC_DEFAULT_ADDRESS + 0x10, 4)
  }

  line(pin: number, level: number): void {
    qemuSetIrq(qdevGetGpioIn(this.ioapic, pin), level)
  }
}

it('an entry that is opened is a message of the kernel’s, one that is masked is not', () => {
  const m = new SplitMachine()
  m.entry(4, 0x0300_0000, 0x34 | LEVEL | 0x0800)
  m.entry(5, 0x0100_0000, 0x35 | MASKED)

  expect([...m.routes]).toEqual([[4, { address: 0xfee0_3004n, data: 0x8034 }]])
})

it('the route is there before what was pending is sent by it', () => {
  const m = new SplitMachine()
  m.entry(4, 0, 0x34 | LEVEL | MASKED)
  m.line(4, 1)
  expect(lines).toEqual([])
  m.ioapic.kernel = {
    setIrq: (pin, level) => expect([pin, level, m.routes.has(4)]).toEqual([4, 1, true]),
    updateRoutes: m.ioapic.kernel!.updateRoutes.bind(m.ioapic.kernel),
  }
  m.entry(4, 0, 0x34 | LEVEL)

  expect.assertions(2)
})

it('an edge goes up and down at once, a level goes up and stays until its EOI', () => {
  const m = new SplitMachine()
  m.entry(4, 0, 0x34)
  m.entry(6, 0, 0x36 | LEVEL)
  m.line(4, 1)
  m.line(6, 1)
  m.line(6, 1)
  expect(lines).toEqual([
    [4, 1],
    [4, 0],
    [6, 1],
  ])
  expect(m.low(6) & REMOTE_IRR).toBe(REMOTE_IRR)

  // KVM_EXIT_IOAPIC_EOI: the line is up still, so that it begins again.
  ioapicEoiBroadcast(m.system, 0x36)
  expect(lines.slice(3)).toEqual([[6, 1]])
  m.line(6, 0)
  ioapicEoiBroadcast(m.system, 0x36)
  expect(lines).toHaveLength(4)
  expect(m.low(6) & REMOTE_IRR).toBe(0)
})

it('loaded entries are routed', () => {
  const one = new SplitMachine()
  one.entry(7, 0x0200_0000, 0x37)
  const saved = vmstateSave(one.ioapic.qomClass.vmsd!, one.ioapic)
  const two = new SplitMachine()
  vmstateLoad(two.ioapic.qomClass.vmsd!, two.ioapic, saved)

  expect([...two.routes]).toEqual([[7, { address: 0xfee0_2000n, data: 0x37 }]])
})

it.each([
  ['a guest that knows of them: 15 bits, the upper ones in bits 46:40', true, (0x2an << 40n) | 0xfee0_1000n],
  ['one that does not: 8 bits', false, 0xfee0_1000n],
])('destinations of %s', (_title, extended, address) => {
  const m = new SplitMachine(extended)
  // Bits 63:56 are bits 7:0, bits 55:49 bits 14:8; bit 48 would be the format of remapped interrupts.
  m.entry(4, 0x0100_0000 | (0x2a << 17), 0x34)

  expect(m.routes.get(4)!.address).toBe(address)
})
