// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants } from 'node:fs'
import '@dromaius/accel-kvm'
import { accelExitMachine, configureAccelerators, SystemState, vmStart, vmStop } from '@dromaius/cpus'
import { isaBusNew, isaRealize, sysbusMmioMap, sysbusRealize, systemBusNew } from '@dromaius/hw-core'
import { IO_APIC_DEFAULT_ADDRESS, type PICCommonState } from '@dromaius/hw-intc'
import { PITChannelState, pitGetNextTransitionTime, pitGetOut, type PITCommonState } from '@dromaius/hw-timer'
import { KVM_IRQCHIP_IOAPIC, KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE } from '@dromaius/native'
import { objectPropertyParse, qdevGetGpioIn, resettableReset, type DeviceState } from '@dromaius/qom'
import '@dromaius/target-i386/kvm'
import {
  qemuAllocateIrqs,
  qemuIrqRaise,
  qemuSetIrq,
  vmstateLoad,
  vmstateSave,
  type VMStateValue,
} from '@dromaius/util'
import { afterEach, describe, expect, it } from 'vitest'
import { KVMAPICState, TYPE_KVM_APIC } from './apic.js'
import { TYPE_KVM_CLOCK } from './clock.js'
import { kvmPitGet, TYPE_KVM_I8254 } from './i8254.js'
import { kvmI8259Init, kvmPicGet, TYPE_KVM_I8259 } from './i8259.js'
import { kvmIoapicGet, kvmPcGsiHandler, kvmPcSetupIrqRouting, TYPE_KVM_IOAPIC } from './ioapic.js'

function kvmIsThere(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

const systems: SystemState[] = []
afterEach(() => systems.splice(0).forEach(accelExitMachine))

function machine() {
  const system = new SystemState()
  systems.push(system)
  configureAccelerators(system, [{ name: 'kvm' }])
  const sysbus = systemBusNew(system)
  const bus = isaBusNew(system)
  return { system, sysbus, bus }
}
const save = (dev: DeviceState): VMStateValue =>
  JSON.parse(JSON.stringify(vmstateSave(dev.qomClass.vmsd!, dev)))
const load = (dev: DeviceState, state: VMStateValue): void => vmstateLoad(dev.qomClass.vmsd!, dev, state)

describe('routing of interrupts', () => {
  it('the first sixteen go to the 8259As, or to the I/O APIC of a machine without', () => {
    const seen: string[] = []
    const lines = (name: string, count: number) =>
      qemuAllocateIrqs((n, level) => seen.push(`${name}${n}=${level}`), count)
    const both = kvmPcGsiHandler({ i8259Irq: lines('pic', 16), ioapicIrq: lines('ioapic', 24) })
    both(4, 1)
    both(16, 1)
    kvmPcGsiHandler({ i8259Irq: [], ioapicIrq: lines('ioapic', 24) })(4, 0)
    expect(seen).toEqual(['pic4=1', 'ioapic16=1', 'ioapic4=0'])
  })

  it("a PC's table sends 0 to input 2 of the I/O APIC, and has no 2", () => {
    const routes: number[][] = []
    let commits = 0
    kvmPcSetupIrqRouting({ addIrqRoute: (...route) => routes.push(route), commit: () => commits++ })
    expect(routes).toContainEqual([0, KVM_IRQCHIP_PIC_MASTER, 0])
    expect(routes).toContainEqual([15, KVM_IRQCHIP_PIC_SLAVE, 7])
    expect(routes).toContainEqual([0, KVM_IRQCHIP_IOAPIC, 2])
    expect(routes).toContainEqual([23, KVM_IRQCHIP_IOAPIC, 23])
    expect(routes.some(([gsi]) => gsi === 2)).toBe(false)
    expect([routes.length, commits]).toEqual([15 + 23, 1])
  })
})

describe('8254 counter', () => {
  const channel = (mode: number): PITChannelState =>
    Object.assign(new PITChannelState(), { mode, count: 1193, gate: 1 })
  const ms = 1_000_000n

  it.each([
    [0, 0, 1],
    [1, 1, 0],
    [2, 0, 0],
    [3, 1, 0],
    [4, 0, 0],
  ])('mode %i gives %i after 0.4 ms and %i after 1.6 ms of a count of about 1 ms', (mode, early, late) => {
    const expectedLate = mode === 3 ? 0 : late
    expect([pitGetOut(channel(mode), (4n * ms) / 10n), pitGetOut(channel(mode), (16n * ms) / 10n)]).toEqual([
      early,
      expectedLate,
    ])
  })

  it.each([0, 1, 2, 3, 4, 5])('mode %i has its next change in the future, or none', (mode) => {
    for (const now of [0n, ms / 2n, ms, 10n * ms]) {
      const next = pitGetNextTransitionTime(channel(mode), now)
      expect(next === -1n || next > now).toBe(true)
    }
  })
})

describe('kvm-apic registers', () => {
  it('a page read from the kernel and put back is the same, but for what only the kernel keeps', () => {
    const apic = TYPE_KVM_APIC.new()
    expect(apic).toBeInstanceOf(KVMAPICState)
    apic.cpu = { system: new SystemState() } as never
    const page = new Uint8Array(1024)
    const view = new DataView(page.buffer)
    const registers: [number, number][] = [
      [0x20, 0x0300_0000],
      [0x80, 0x20],
      [0xd0, 0x0800_0000],
      [0xe0, 0xffff_ffff],
      [0xf0, 0x1ff],
      [0x120, 0x8000_0001],
      [0x200, 0x40],
      [0x300, 0xfd],
      [0x310, 0x0100_0000],
      [0x320, 0x2_0030],
      [0x350, 0x700],
      [0x380, 1000],
      [0x3e0, 0x0b],
    ]
    for (const [offset, value] of registers) view.setUint32(offset, value, true)
    apic.kvmGetApicState(page)
    expect(apic).toMatchObject({
      apicId: 3,
      tpr: 0x20,
      logDest: 8,
      destMode: 0xf,
      spuriousVec: 0x1ff,
      countShift: 0,
    })
    expect([apic.isr[2], apic.lvt[0], apic.initialCount]).toEqual([0x8000_0001, 0x2_0030, 1000])
    const back = new Uint8Array(1024)
    apic.kvmPutApicState(back)
    expect(back).toEqual(page)
  })

  it('CR8 is the upper half of the task priority', () => {
    const apic = TYPE_KVM_APIC.new()
    apic.setTpr(0x1a)
    expect([apic.tpr, apic.getTpr()]).toEqual([0xa0, 0x0a])
    apic.setBase(0xfee0_0900n)
    expect(apic.apicbase).toBe(0xfee0_0900n)
  })

  it('a reset masks everything, keeps the starting CPU, and loads back from its saved state', () => {
    const apic = TYPE_KVM_APIC.new()
    apic.initialApicId = 5
    apic.apicbase = 0x1234_5900n
    apic.irr[0] = 1
    resettableReset(apic, 'cold')
    expect(apic).toMatchObject({ apicbase: 0xfee0_0900n, apicId: 5, spuriousVec: 0xff, destMode: 0xf })
    expect([...apic.lvt]).toEqual(Array(6).fill(0x1_0000))
    const saved = save(apic)
    const other = TYPE_KVM_APIC.new()
    load(other, saved)
    expect(save(other)).toEqual(saved)
  })
})

it('without KVM the in-kernel devices are refused', () => {
  const system = new SystemState()
  expect(() => kvmI8259Init(isaBusNew(system))).toThrow('kvm-i8259 device requires KVM')
  expect(() => sysbusRealize(TYPE_KVM_CLOCK.new(), systemBusNew(system))).toThrow(
    'kvmclock device requires KVM',
  )
})

describe.skipIf(!kvmIsThere())('in-kernel devices (needs /dev/kvm)', () => {
  it('a line of the 8259A shows in its request register, which is saved and loaded', () => {
    const { bus } = machine()
    const irqs = kvmI8259Init(bus)
    const pics = bus.children as PICCommonState[]
    const master = pics.find((pic) => TYPE_KVM_I8259.is(pic) && pic.master)!
    resettableReset(bus, 'cold')
    master.imr = 0xff
    load(master, {
      ...(save(master) as object),
      fields: { ...(save(master) as { fields: object }).fields, imr: 0xff },
    })
    qemuSetIrq(irqs[4]!, 1)
    kvmPicGet(master)
    expect([master.imr, master.irr & 0x10]).toEqual([0xff, 0x10])
    const saved = save(master)
    resettableReset(bus, 'cold')
    kvmPicGet(master)
    expect(master.imr).toBe(0)
    load(master, saved)
    kvmPicGet(master)
    expect(master.imr).toBe(0xff)
  })

  it('the I/O APIC comes out of reset masked; an entry that is loaded is in the kernel', () => {
    const { sysbus } = machine()
    const ioapic = TYPE_KVM_IOAPIC.new()
    sysbusRealize(ioapic, sysbus)
    sysbusMmioMap(ioapic, 0, IO_APIC_DEFAULT_ADDRESS)
    resettableReset(sysbus, 'cold')
    kvmIoapicGet(ioapic)
    expect(ioapic.ioredtbl.every((entry) => entry === 0x1_0000n)).toBe(true)
    const state = save(ioapic) as { fields: { ioredtbl: string[] } }
    state.fields.ioredtbl[9] = '0x100000000010031'
    load(ioapic, state as unknown as VMStateValue)
    ioapic.ioredtbl.fill(0n)
    kvmIoapicGet(ioapic)
    expect(ioapic.ioredtbl[9]).toBe(0x0100_0000_0001_0031n)
    qemuIrqRaise(qdevGetGpioIn(ioapic, 9))
    kvmIoapicGet(ioapic)
    expect(ioapic.irr & 0x200).toBe(0x200)
  })

  it('the 8254 keeps its counters over a stop, and takes them from a saved state', async () => {
    const { system, bus } = machine()
    const pit = TYPE_KVM_I8254.new()
    pit.iobase = 0x40
    isaRealize(pit, bus)
    resettableReset(bus, 'cold')
    vmStart(system)
    kvmPitGet(pit)
    expect((pit as PITCommonState).channels.map((sc) => [sc.mode, sc.count, sc.gate])).toEqual([
      [3, 0x10000, 1],
      [3, 0x10000, 1],
      [3, 0x10000, 0],
    ])
    await vmStop(system, 'paused')
    const state = save(pit) as { fields: { channels: { fields: { count: number; mode: number } }[] } }
    Object.assign(state.fields.channels[0]!.fields, { count: 1193, mode: 2 })
    load(pit, state as unknown as VMStateValue)
    vmStart(system)
    kvmPitGet(pit)
    expect(pit.channels[0]).toMatchObject({ count: 1193, mode: 2 })
    await vmStop(system, 'paused')
  })

  it('a second 8254 is refused in one line', () => {
    const { bus } = machine()
    const first = TYPE_KVM_I8254.new()
    first.iobase = 0x40
    objectPropertyParse(first, 'lost_tick_policy', 'discard')
    isaRealize(first, bus)
    const second = TYPE_KVM_I8254.new()
    second.iobase = 0x140
    expect(() => isaRealize(second, bus)).toThrow(/^Create kernel PIT failed: .*EEXIST/)
  })

  it('the clock stands still while the machine is stopped', async () => {
    const { system, sysbus } = machine()
    const clock = TYPE_KVM_CLOCK.new()
    sysbusRealize(clock, sysbus)
    vmStart(system)
    await vmStop(system, 'paused')
    const stopped = clock.clock
    expect(clock.clockValid).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const saved = save(clock)
    vmStart(system)
    await vmStop(system, 'paused')
    // 20 ms of standstill are not in it.
    expect(clock.clock - stopped).toBeLessThan(20_000_000n)
    load(clock, saved)
    expect(clock.clock).toBe(stopped)
  })
})
