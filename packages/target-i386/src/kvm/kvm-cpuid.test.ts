// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import type * as native from '@dromaius/native'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmArchGetSupportedCpuid } from './kvm-cpuid.js'
import { MSR_IA32_ARCH_CAPABILITIES } from './msr-index.js'

/** What KVM reports, and the sizes of the tables that it was given. */
const kernel = vi.hoisted(() => ({
  leaves: [] as { function: number; index: number; eax?: number; ebx?: number; ecx?: number; edx?: number }[],
  asked: [] as number[],
}))

vi.mock('@dromaius/native', async (importActual) => {
  const actual = await importActual<typeof native>()
  return {
    ...actual,
    hostCpuid: () => ({ eax: 0, ebx: 0, ecx: 0, edx: 0 }),
    kvmGetSupportedCpuid: (_fd: number, list: ReturnType<typeof actual.kvm_cpuid2.allocWith>) => {
      kernel.asked.push(list.nent)
      if (list.nent < kernel.leaves.length) {
        throw new actual.HostError('KVM_GET_SUPPORTED_CPUID', 7, 'E2BIG', 'Argument list too long')
      }
      kernel.leaves.forEach((leaf, i) => Object.assign(list.entries[i], leaf))
      list.nent = kernel.leaves.length
    },
  }
})

function newMachine(kernelIrqchip: 'on' | 'off' | 'split' = 'on'): KVMState {
  return { fd: 3, kernelIrqchip, checkExtension: () => 1 } as unknown as KVMState
}

beforeEach(() => {
  kernel.asked.length = 0
  kernel.leaves = [
    { function: 0, index: 0, eax: 0x1c },
    { function: 1, index: 0, edx: 0x1, ecx: 1 << 21 },
    { function: 7, index: 0, edx: 1 << 29 },
    { function: 0x8000_0001, index: 0, edx: 1 << 29 },
    { function: 0x4000_0001, index: 0, eax: 0x80 },
  ]
})

describe('kvmArchGetSupportedCpuid', () => {
  it('table grows until the answer fits with room to spare, and is asked for once', () => {
    const s = newMachine()
    expect(kvmArchGetSupportedCpuid(s, 0, 0, 'eax')).toBe(0x1c)
    expect(kvmArchGetSupportedCpuid(s, 0, 0, 'eax')).toBe(0x1c)
    expect(kernel.asked).toEqual([1, 2, 4, 8])
  })

  it('another machine asks for itself', () => {
    kvmArchGetSupportedCpuid(newMachine(), 0, 0, 'eax')
    kvmArchGetSupportedCpuid(newMachine(), 0, 0, 'eax')
    expect(kernel.asked).toHaveLength(8)
  })

  it.each([
    ['hypervisor bit, x2APIC and TSC deadline with an in-kernel APIC', 'on', 1, 'ecx', 0x8120_0000],
    ['hypervisor bit alone without', 'off', 1, 'ecx', 0x8000_0000],
    ['MTRR, PAT, MCE and MCA always', 'on', 1, 'edx', 0x0001_5081],
    ['timer that never stops', 'on', 6, 'eax', 4],
    ['topology extensions', 'on', 0x8000_0001, 'ecx', 1 << 22],
    ['copies of leaf 1 as AMD has them', 'on', 0x8000_0001, 'edx', 0x2001_5081],
    ['KVM features as they are', 'on', 0x4000_0001, 'eax', 0x80],
    ['no unhalt without an in-kernel APIC', 'off', 0x4000_0001, 'eax', 0],
    ['extended destinations with a split irqchip', 'split', 0x4000_0001, 'eax', 0x8080],
    ['hint of dedicated CPUs', 'on', 0x4000_0001, 'edx', 1],
  ] as const)('%s', (_what, irqchip, func, reg, value) => {
    expect(kvmArchGetSupportedCpuid(newMachine(irqchip), func, 0, reg)).toBe(value)
  })

  it('ARCH_CAPABILITIES goes with its MSR', () => {
    const s = newMachine()
    expect(kvmArchGetSupportedCpuid(s, 7, 0, 'edx')).toBe(0)
    kvmArchStateOf(s).msrIndexList = new Set([MSR_IA32_ARCH_CAPABILITIES])
    expect(kvmArchGetSupportedCpuid(s, 7, 0, 'edx')).toBe(0x2000_0000)
  })
})
