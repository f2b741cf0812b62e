// SPDX-License-Identifier: GPL-2.0-or-later
//
// The build compares every offset with the kernel's headers. Here stand the sizes that the ioctl numbers themselves
// encode, as a second, independent source.
import { expect, it } from 'vitest'
import * as constants from './kvm-constants.js'
import * as tables from './kvm-structs.js'

/** Sizes in bytes from the ioctl numbers of <linux/kvm.h> (bits 16 to 29) and the KVM API document. */
const sizes = {
  kvm_regs: 0x90,
  kvm_sregs: 0x138,
  kvm_sregs2: 0x140,
  kvm_fpu: 0x1a0,
  kvm_xsave: 0x1000,
  kvm_xcrs: 0x188,
  kvm_vcpu_events: 0x40,
  kvm_nested_state: 0x80,
  kvm_mp_state: 0x4,
  kvm_debugregs: 0x80,
  kvm_lapic_state: 0x400,
  kvm_guest_debug: 0x48,
  kvm_translation: 0x18,
  kvm_interrupt: 0x4,
  kvm_x86_mce: 0x40,
  kvm_enable_cap: 0x68,
  kvm_tpr_access_ctl: 0x28,
  kvm_vapic_addr: 0x8,
  kvm_irqchip: 0x208,
  kvm_pit_state2: 0x70,
  kvm_pit_config: 0x40,
  kvm_reinject_control: 0x20,
  kvm_clock_data: 0x30,
  kvm_msi: 0x20,
  kvm_irqfd: 0x20,
  kvm_ioeventfd: 0x40,
  kvm_coalesced_mmio_zone: 0x10,
} as const

it.each(Object.entries(sizes))('struct %s has the size of its ioctl number', (name, size) => {
  const type = tables[name as keyof typeof sizes]

  expect(type.size).toBe(size)
  expect(type.alloc().bytes).toHaveLength(size)
})

it('lists have their entries behind the header', () => {
  expect(tables.kvm_msrs.allocWith(2).bytes).toHaveLength(8 + 2 * 16)
  expect(tables.kvm_cpuid2.allocWith(2).bytes).toHaveLength(8 + 2 * 40)
  expect(tables.kvm_irq_routing.allocWith(2).bytes).toHaveLength(8 + 2 * 48)
  expect(tables.kvm_msr_list.allocWith(3).bytes).toHaveLength(4 + 3 * 4)
})

it('kvm_run members stand in the union, whatever their size', () => {
  expect(tables.kvm_run.size).toBe(32)
  expect(tables.kvm_run_members.io.offsets).toEqual({
    direction: 0,
    size: 1,
    port: 2,
    count: 4,
    data_offset: 8,
  })
  expect(tables.kvm_run_members.mmio.offsets).toEqual({ phys_addr: 0, data: 8, len: 16, is_write: 20 })
  // The union's padding is 256 bytes: no member may be longer.
  for (const type of Object.values(tables.kvm_run_members)) expect(type.size).toBeLessThanOrEqual(256)
})

it('every table is among those that the build checks', () => {
  const named = Object.entries(tables).flatMap(([name, type]) => {
    if (!name.startsWith('kvm_') || name.startsWith('kvm_run')) return []
    return ['header' in type ? type.header.name : (type as { name: string }).name]
  })

  const checked = tables.checkedStructs.map((type) => type.name)

  expect(named.filter((name) => !checked.includes(name))).toEqual([])
})

it('constants are numbers, exit reasons are distinct', () => {
  const entries = Object.entries(constants)
  expect(entries.filter(([, value]) => typeof value !== 'number' && typeof value !== 'bigint')).toEqual([])

  const exits = entries
    .filter(([name]) => /^KVM_EXIT_(?!IO_|HYPERV_|XEN_)/.test(name))
    .map(([, value]) => value)

  expect(new Set(exits).size).toBe(exits.length)
})
