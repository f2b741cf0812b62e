// SPDX-License-Identifier: GPL-2.0-or-later
//
// The leaves in which hypervisors show themselves, in the table that a vCPU is given.

import { type KVMState, SystemState } from '@dromaius/cpus'
import type * as native from '@dromaius/native'
import { objectPropertyParse } from '@dromaius/qom'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../../fixtures/machine.js'
import type { X86CPU } from '../cpu.js'
import { kvmArchDestroyVcpu, kvmArchInitVcpu } from './kvm-init-vcpu.js'

/** What the kernel was given, and how it answers. */
const kernel = vi.hoisted(() => ({
  tables: [] as Record<string, number>[][],
  enabled: [] as number[],
  hvLeaves: [] as Record<string, number>[],
  refuseCpuid: false,
}))

vi.mock('@dromaius/native', async (importActual) => {
  const actual = await importActual<typeof native>()
  type Table = ReturnType<typeof actual.kvm_cpuid2.allocWith>
  return {
    ...actual,
    kvmGetTscKhz: () => 2_000_000,
    kvmSetTscKhz: () => 0,
    kvmGetSupportedCpuid: (_fd: number, list: Table) => {
      list.nent = 0
    },
    kvmGetSupportedHvCpuid: (_fd: number, list: Table) => {
      kernel.hvLeaves.forEach((leaf, i) => Object.assign(list.entries[i], leaf))
      list.nent = kernel.hvLeaves.length
    },
    kvmX86GetMceCapSupported: () => 0n,
    kvmX86SetupMce: () => 0,
    kvmSetMsrs: (_vcpu: unknown, { nmsrs }: { nmsrs: number }) => nmsrs,
    kvmEnableCap: (_vcpu: unknown, { cap }: { cap: number }) => kernel.enabled.push(cap),
    kvmSetCpuid2: (_vcpu: unknown, table: Table) => {
      if (kernel.refuseCpuid) throw new actual.HostError('KVM_SET_CPUID2', 22, 'EINVAL', 'Invalid argument')
      kernel.tables.push(
        Array.from({ length: table.nent }, (_, i) => {
          const { function: func, eax, ebx, ecx, edx } = table.entries[i]
          return { func, eax, ebx, ecx, edx }
        }),
      )
    },
  }
})

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })

const CAP_HYPERV = 44
const CAP_GET_TSC_KHZ = 61
const CAP_HYPERV_CPUID = 167
const CAP_SYS_HYPERV_CPUID = 191
const CAP_ENFORCE_PV_FEATURE_CPUID = 190
const hypervHost = [CAP_HYPERV, CAP_HYPERV_CPUID, CAP_SYS_HYPERV_CPUID]

/** A realized CPU with these options that becomes a vCPU on a host with these capabilities. */
function newVcpu(options: string, caps: readonly number[] = []): X86CPU {
  const cpu = testCpu(testMachine('idle'), 'qemu64')
  for (const option of options.split(',').filter((text) => text !== '')) {
    const [name, value = 'on'] = option.split('=')
    objectPropertyParse(cpu, name!, value)
  }
  realize(cpu)
  // KVM's features were taken away: the accelerator of the realize is not KVM.
  cpu.env.features[11] = 0x0100_007fn
  cpu.env.features[12] = 1n
  cpu.system = new SystemState()
  const accel = {
    name: 'kvm',
    fd: 3,
    kernelIrqchip: 'on',
    checkExtension: (cap: number) => Number(caps.includes(cap)),
  }
  cpu.system.accel = accel as unknown as KVMState
  cpu.kvmVcpu = {} as never
  return cpu
}

/** The leaves from 0x40000000 on of a vCPU with these options: number, then EAX, EBX, ECX, EDX. */
function hypervisorLeaves(options: string, caps?: readonly number[]): number[][] {
  kvmArchInitVcpu(newVcpu(options, caps))
  return kernel.tables
    .at(-1)!
    .filter(({ func }) => func! >= 0x4000_0000 && func! < 0x5000_0000)
    .map(({ func, eax, ebx, ecx, edx }) => [func!, eax!, ebx!, ecx!, edx!])
}

/** "KVMKVMKVM" */
const KVM = [0x4b4d_564b, 0x564b_4d56, 0x4d]
const relaxed = [
  { function: 0x4000_0003, eax: 0x20 },
  { function: 0x4000_0004, eax: 0x20 },
]

const reports: string[] = []

beforeEach(() => {
  kernel.tables.length = 0
  kernel.enabled.length = 0
  kernel.hvLeaves = relaxed
  kernel.refuseCpuid = false
  reports.length = 0
  setReportSink((_kind, text) => reports.push(text))
})
afterEach(() => {
  setReportSink(null)
})

describe('the leaves of hypervisors', () => {
  it("are KVM's two", () => {
    expect(hypervisorLeaves('')).toEqual([
      [0x4000_0000, 0x4000_0001, ...KVM],
      [0x4000_0001, 0x0100_007f, 0, 0, 1],
    ])
  })

  it('are none with kvm=off', () => {
    expect(hypervisorLeaves('kvm=off')).toEqual([])
  })

  it("make room for Microsoft's: KVM's begin at 0x40000100", () => {
    const leaves = hypervisorLeaves('hv-relaxed', hypervHost)
    expect(leaves.map(([func]) => func)).toEqual([
      0x4000_0000, 0x4000_0001, 0x4000_0002, 0x4000_0003, 0x4000_0004, 0x4000_0005, 0x4000_0100, 0x4000_0101,
    ])
    expect(leaves[6]).toEqual([0x4000_0100, 0x4000_0101, ...KVM])
    expect(leaves[7]).toEqual([0x4000_0101, 0x0100_007f, 0, 0, 1])
  })

  it("are Microsoft's alone with kvm=off", () => {
    const leaves = hypervisorLeaves('hv-relaxed,kvm=off', hypervHost)
    expect(leaves.map(([func]) => func).at(-1)).toBe(0x4000_0005)
  })

  it("stay KVM's where the host has no Microsoft interface", () => {
    expect(hypervisorLeaves('hv-relaxed').map(([func]) => func)).toEqual([0x4000_0000, 0x4000_0001])
    expect(reports).toEqual([expect.stringContaining('hv-*')])
  })

  it('are there with hypervisor=off too, but leaf 1 does not say so', () => {
    const bit = (options: string): number => {
      kvmArchInitVcpu(newVcpu(options))
      return kernel.tables.at(-1)!.find(({ func }) => func === 1)!.ecx! >>> 31
    }
    expect([bit(''), bit('hypervisor=off')]).toEqual([1, 0])
    expect(hypervisorLeaves('hypervisor=off')).toHaveLength(2)
  })
})

describe('leaf 0x40000010', () => {
  // kHz of the TSC, and of the APIC timer's bus: 1 GHz.
  const timing = [0x4000_0010, 2_000_000, 1_000_000, 0, 0]

  it('tells TSC and bus frequency when the TSC is invariant', () => {
    const leaves = hypervisorLeaves('invtsc', [CAP_GET_TSC_KHZ])
    expect(leaves.at(-1)).toEqual(timing)
    expect(leaves[0]).toEqual([0x4000_0000, 0x4000_0010, ...KVM])
  })

  it('tells them when the user has given the frequency', () => {
    expect(hypervisorLeaves('tsc-frequency=2000000000', [CAP_GET_TSC_KHZ]).at(-1)).toEqual(timing)
  })

  it.each([
    ['the frequency may change', ''],
    ['vmware-cpuid-freq=off', 'invtsc,vmware-cpuid-freq=off'],
    ['kvm=off', 'invtsc,kvm=off'],
  ])('is absent when %s', (_why, options) => {
    expect(hypervisorLeaves(options, [CAP_GET_TSC_KHZ]).map(([func]) => func)).not.toContain(0x4000_0010)
  })

  it("is absent beside Microsoft's interface", () => {
    const leaves = hypervisorLeaves('invtsc,hv-relaxed', [...hypervHost, CAP_GET_TSC_KHZ])
    expect(leaves.map(([func]) => func)).not.toContain(0x4000_0010)
  })
})

describe('capabilities of the vCPU', () => {
  it('kvm-pv-enforce-cpuid lets the guest use only what CPUID tells of', () => {
    kvmArchInitVcpu(newVcpu('kvm-pv-enforce-cpuid'))
    expect(kernel.enabled).toEqual([CAP_ENFORCE_PV_FEATURE_CPUID])
  })

  it('hv-enforce-cpuid does so for enlightenments', () => {
    kvmArchInitVcpu(newVcpu('hv-relaxed,hv-enforce-cpuid', hypervHost))
    expect(kernel.enabled).toEqual([199])
  })

  it('hv-synic switches the controller on: with pages outside of the kernel, or its own', () => {
    kernel.hvLeaves = [{ function: 0x4000_0003, eax: 0x64 }]
    kvmArchInitVcpu(newVcpu('hv-synic,x-hv-synic-kvm-only', hypervHost))
    expect(kernel.enabled).toEqual([123])
  })
})

describe('a vCPU that was parked', () => {
  it('keeps its table where the host refuses to take the same one again', () => {
    const cpu = newVcpu('')
    kvmArchInitVcpu(cpu)
    kvmArchDestroyVcpu(cpu)
    kernel.refuseCpuid = true
    expect(() => kvmArchInitVcpu(cpu)).not.toThrow()
  })

  it('must not become another CPU', () => {
    const cpu = newVcpu('')
    kvmArchInitVcpu(cpu)
    kvmArchDestroyVcpu(cpu)
    kernel.refuseCpuid = true
    cpu.env.cpuidVersion ^= 1
    expect(() => kvmArchInitVcpu(cpu)).toThrow('KVM_SET_CPUID2')
  })
})
