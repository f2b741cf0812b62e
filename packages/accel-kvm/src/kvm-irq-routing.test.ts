// SPDX-License-Identifier: GPL-2.0-or-later
//
// The routing table as the kernel gets it. KVM API 4.52
import type * as Native from '@dromaius/native'
import { kvm_irq_routing_entry } from '@dromaius/native'
import { UserError } from '@dromaius/util'
import { beforeEach, expect, it, vi } from 'vitest'

const native = vi.hoisted(() => ({ tables: [] as { fd: number; bytes: Uint8Array }[] }))
vi.mock('@dromaius/native', async (original) => ({
  ...(await original<typeof Native>()),
  kvmSetGsiRouting: (fd: number, table: { bytes: Uint8Array }) =>
    native.tables.push({ fd, bytes: table.bytes.slice() }),
}))
const { KvmIrqRouting } = await import('./kvm-irq-routing.js')

const VMFD = 42
const HEADER = 8
const KVM_IRQ_ROUTING_IRQCHIP = 1
const KVM_IRQ_ROUTING_MSI = 2

beforeEach(() => {
  native.tables.length = 0
})

/** The last table's entries: gsi, type, and the first three words of the union. */
function lastTable(): number[][] {
  const { fd, bytes } = native.tables.at(-1)!
  expect(fd).toBe(VMFD)
  const count = new DataView(bytes.buffer).getUint32(0, true)
  expect(bytes).toHaveLength(HEADER + count * kvm_irq_routing_entry.size)
  return Array.from({ length: count }, (_, i) => {
    const entry = kvm_irq_routing_entry.view(bytes, HEADER + i * kvm_irq_routing_entry.size)
    return [entry.gsi, entry.type, ...[...entry.u.pad].slice(0, 3)]
  })
}

it('pins reach the kernel with commit, one GSI on two chips', () => {
  const routing = new KvmIrqRouting(VMFD, 24)
  routing.addIrqRoute(3, 0, 3)
  routing.addIrqRoute(3, 2, 3)
  expect(native.tables).toEqual([])

  routing.commit()

  expect(lastTable()).toEqual([
    [3, KVM_IRQ_ROUTING_IRQCHIP, 0, 3, 0],
    [3, KVM_IRQ_ROUTING_IRQCHIP, 2, 3, 0],
  ])
})

it('a message takes the lowest free GSI and is packed low word, high word, data', () => {
  const routing = new KvmIrqRouting(VMFD, 24)
  routing.addIrqRoute(0, 0, 0)
  routing.addIrqRoute(2, 0, 2)

  const gsi = routing.addMsiRoute({ address: 0x1_fee0_1000n, data: 0x4041 })

  expect(gsi).toBe(1)
  expect(lastTable().at(-1)).toEqual([1, KVM_IRQ_ROUTING_MSI, 0xfee01000, 1, 0x4041])
})

it('a message changed keeps its GSI, one released gives it back', () => {
  const routing = new KvmIrqRouting(VMFD, 24)
  routing.addIrqRoute(0, 0, 0)
  const gsi = routing.addMsiRoute({ address: 0xfee0_0000n, data: 1 })

  routing.updateMsiRoute(gsi, { address: 0xfee0_2000n, data: 2 })
  expect(lastTable()).toEqual([
    [0, KVM_IRQ_ROUTING_IRQCHIP, 0, 0, 0],
    [1, KVM_IRQ_ROUTING_MSI, 0xfee02000, 0, 2],
  ])
  routing.release(gsi)

  expect(lastTable()).toHaveLength(1)
  expect(routing.addMsiRoute({ address: 0xfee0_0000n, data: 3 })).toBe(gsi)
})

it('changing the message of a pin’s GSI changes nothing', () => {
  const routing = new KvmIrqRouting(VMFD, 24)
  routing.addIrqRoute(4, 0, 4)

  routing.updateMsiRoute(4, { address: 0xfee0_0000n, data: 1 })

  expect(lastTable()).toEqual([[4, KVM_IRQ_ROUTING_IRQCHIP, 0, 4, 0]])
})

it('more messages than the kernel has GSIs are refused in one line, and the table stays as it was', () => {
  const routing = new KvmIrqRouting(VMFD, 2)
  routing.addMsiRoute({ address: 0xfee0_0000n, data: 0 })
  routing.addMsiRoute({ address: 0xfee0_0000n, data: 1 })

  expect(() => routing.addMsiRoute({ address: 0xfee0_0000n, data: 2 })).toThrow(
    new UserError('KVM has only 2 interrupt routes'),
  )
  routing.commit()

  expect(lastTable()).toHaveLength(2)
})
