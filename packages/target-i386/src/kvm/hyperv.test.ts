// SPDX-License-Identifier: GPL-2.0-or-later
//
// Microsoft's interface on hosts whose KVM has it: the kernel's answers are given here. Bits and leaves are those of
// the Hypervisor Top-Level Functional Specification (TLFS), written out as numbers.

import { type KVMState, SystemState } from '@dromaius/cpus'
import type * as native from '@dromaius/native'
import { objectPropertyGet, objectPropertyParse } from '@dromaius/qom'
import { setReportSink, UserError } from '@dromaius/util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { testAccel, testCpu, testMachine } from '../../fixtures/machine.js'
import type { X86CPU } from '../cpu.js'
import { hypervFeatureProperties, x86CpuHypervRealize } from '../hyperv.js'
import { hypervFillCpuids, kvmHypervExpandFeatures } from './hyperv-cpuid.js'
import { kvmHypervProperties } from './hyperv-features.js'
import { evmcsVersionSupported } from './hyperv-init.js'
import { kvmArchStateOf } from './kvm-arch-state.js'

/** Leaves that this host offers, and the sizes of the tables that it was given. */
const kernel = vi.hoisted(() => ({
  leaves: [] as Record<string, number>[],
  asked: [] as number[],
}))

vi.mock('@dromaius/native', async (importActual) => {
  const actual = await importActual<typeof native>()
  return {
    ...actual,
    kvmGetSupportedHvCpuid: (_fd: number, list: ReturnType<typeof actual.kvm_cpuid2.allocWith>) => {
      kernel.asked.push(list.nent)
      if (list.nent < kernel.leaves.length)
        throw new actual.HostError('KVM_GET_SUPPORTED_HV_CPUID', 7, 'E2BIG', '')
      kernel.leaves.forEach((leaf, i) => Object.assign(list.entries[i], leaf))
      list.nent = kernel.leaves.length
    },
  }
})

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })

const CAP_HYPERV = 44
const CAP_HYPERV_TIME = 96
const CAP_HYPERV_CPUID = 167
const CAP_SYS_HYPERV_CPUID = 191

/** A Linux 6.x host: everything that KVM can do for such a guest. */
const everything = [
  { function: 0x4000_0000, eax: 0x4000_0082, ebx: 0x7263694d, ecx: 0x666f736f, edx: 0x76482074 },
  { function: 0x4000_0001, eax: 0x31237648 },
  { function: 0x4000_0002, eax: 0x3839, ebx: 0x000a_0000, ecx: 7, edx: 0x0100_0002 },
  { function: 0x4000_0003, eax: 0x2aff, ebx: 0x1030, edx: 0x8_4d1a },
  { function: 0x4000_0004, eax: 0x4_4e2c, ebx: 0xfff },
  { function: 0x4000_0005, eax: 0xffff_ffff, ebx: 64, ecx: 1, edx: 2 },
  { function: 0x4000_000a, eax: 0xa_0101 },
]

let cpu: X86CPU
const reports: string[] = []

/** A CPU with these options on a host with these capabilities; an option without value is on. */
function newCpu(
  options: string,
  caps: readonly number[] = [CAP_HYPERV, CAP_HYPERV_CPUID, CAP_SYS_HYPERV_CPUID],
): X86CPU {
  const made = testCpu(testMachine('idle'), 'qemu64')
  made.system = new SystemState()
  const accel = {
    name: 'kvm',
    fd: 3,
    kernelIrqchip: 'on',
    checkExtension: (cap: number) => Number(caps.includes(cap)),
  }
  made.system.accel = accel as unknown as KVMState
  for (const option of options.split(',').filter((text) => text !== '')) {
    const [name, value = 'on'] = option.split('=')
    objectPropertyParse(made, name!, value)
  }
  x86CpuHypervRealize(made)
  return made
}

/** The leaves of a guest with these options, by number: EAX, EBX, ECX, EDX. */
function leavesOf(options: string): Record<string, number[]> {
  cpu = newCpu(options)
  kvmHypervExpandFeatures(cpu)
  const entries = hypervFillCpuids(cpu)
  return Object.fromEntries(
    entries.map(({ function: leaf, eax, ebx, ecx, edx }) => [leaf.toString(16), [eax, ebx, ecx, edx]]),
  )
}

function failureOf(options: string, caps?: readonly number[]): string {
  try {
    kvmHypervExpandFeatures(newCpu(options, caps))
    return 'none'
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
}

beforeEach(() => {
  kernel.leaves = everything.map((leaf) => ({ ...leaf }))
  kernel.asked.length = 0
  reports.length = 0
  setReportSink((_kind, text) => reports.push(text))
})
afterEach(() => {
  setReportSink(null)
})

describe('the leaves', () => {
  it('of hv-relaxed alone have the hypercall page, and say who the hypervisor is', () => {
    expect(leavesOf('hv-relaxed')).toEqual({
      // "Microsoft Hv"
      '40000000': [0x4000_0005, 0x7263694d, 0x666f736f, 0x76482074],
      // "Hv#1"
      '40000001': [0x31237648, 0, 0, 0],
      // Windows Server 2016, 10.0.14393
      '40000002': [14393, 0xa_0000, 0, 0],
      '40000003': [0x20, 0, 0, 0x8],
      '40000004': [0x20, 0xffff_ffff, 0, 0],
      '40000005': [0xffff_ffff, 64, 0, 0],
    })
  })

  // Which bit of which leaf an enlightenment sets beside those of every guest: leaf, register, bits.
  it.each([
    ['hv-relaxed', 4, 0, 0x20],
    ['hv-vapic', 3, 0, 0x10],
    ['hv-vapic', 4, 0, 0x8],
    ['hv-vapic,hv-avic', 4, 0, 0x200],
    ['hv-time', 3, 0, 0x202],
    ['hv-crash', 3, 3, 0x400],
    ['hv-reset', 3, 0, 0x80],
    ['hv-vpindex', 3, 0, 0x40],
    ['hv-runtime', 3, 0, 0x1],
    ['hv-vpindex,hv-synic', 3, 0, 0x44],
    ['hv-vpindex,hv-synic', 3, 1, 0x30],
    ['x-hv-synic-kvm-only,hv-synic', 3, 1, 0],
    ['hv-time,hv-vpindex,hv-synic,hv-stimer', 3, 0, 0x24e],
    ['hv-frequencies', 3, 0, 0x800],
    ['hv-frequencies', 3, 3, 0x100],
    ['hv-reenlightenment', 3, 0, 0x2000],
    ['hv-vpindex,hv-tlbflush', 4, 0, 0x804],
    ['hv-vapic,hv-evmcs', 4, 0, 0x4008],
    ['hv-vapic,hv-evmcs', 10, 0, 0x101],
    ['hv-vpindex,hv-ipi', 4, 0, 0xc00],
    ['hv-time,hv-vpindex,hv-synic,hv-stimer,hv-stimer-direct', 3, 3, 0x8_0000],
    ['hv-emsr-bitmap', 10, 0, 0x8_0000],
    ['hv-xmm-input', 3, 3, 0x10],
    ['hv-vpindex,hv-tlbflush,hv-tlbflush-ext', 3, 3, 0x4000],
    ['hv-vapic,hv-tlbflush-direct', 10, 0, 0x2_0000],
    ['hv-relaxed,hv-no-nonarch-coresharing=on', 4, 0, 0x4_0020],
    ['hv-relaxed,hv-no-nonarch-coresharing=auto', 4, 0, 0x4_0020],
    ['hv-spinlocks=8191', 4, 1, 8191],
    ['hv-relaxed,x-hv-max-vps=5', 5, 0, 5],
  ])('%s: leaf 0x40000000 + %i, register %i has %i', (options, leaf, register, bits) => {
    const always = [0x20, 0, 0, 0x8][register]!
    const expected = leaf === 3 ? (bits | always) >>> 0 : bits
    expect(leavesOf(options)[`4000000${leaf.toString(16)}`]![register]).toBe(expected)
  })

  it('with a nested enlightenment reach up to 0x4000000a, with empty ones between', () => {
    const leaves = leavesOf('hv-vapic,hv-evmcs')
    expect(leaves['40000000']![0]).toBe(0x4000_000a)
    expect(['40000006', '40000007', '40000008', '40000009'].map((leaf) => leaves[leaf])).toEqual(
      new Array(4).fill([0, 0, 0, 0]),
    )
  })

  it('with the synthetic debugger have its own', () => {
    const leaves = leavesOf('hv-relaxed,hv-vpindex,hv-synic,hv-syndbg')
    expect(leaves['40000000']![0]).toBe(0x4000_0082)
    // "Microsoft VS", "VS#1"
    expect(leaves['40000080']).toEqual([0, 0x7263694d, 0x666f736f, 0x53562074])
    expect(leaves['40000081']).toEqual([0x31235356, 0, 0, 0])
    expect(leaves['40000082']).toEqual([2, 0, 0, 0])
  })

  it('say the version and the vendor that were asked for', () => {
    const options =
      'hv-relaxed,hv-vendor-id=KVMKVMKVM,hv-version-id-build=1,hv-version-id-major=2,hv-version-id-minor=3,' +
      'hv-version-id-spack=4,hv-version-id-sbranch=5,hv-version-id-snumber=6'
    const leaves = leavesOf(options)
    expect(leaves['40000000']!.slice(1)).toEqual([0x4b4d_564b, 0x564b_4d56, 0x4d])
    expect(leaves['40000002']).toEqual([1, 0x2_0003, 4, 0x0500_0006])
  })

  it('a vendor of more than 12 characters is cut with a warning', () => {
    newCpu('hv-relaxed,hv-vendor-id=abcdefghijklmnop')
    expect(reports).toEqual(['hv-vendor-id truncated to 12 characters'])
  })

  it("hv-passthrough takes all of the host's, but the debugger", () => {
    const leaves = leavesOf('hv-passthrough')
    expect(leaves['40000002']).toEqual([0x3839, 0xa_0000, 7, 0x0100_0002])
    expect(leaves['40000003']).toEqual([0x2aff, 0x30, 0, 0x8_4518 | 0x8])
    expect(leaves['40000004']).toEqual([0x4e2c & ~0x8, 0xfff, 0, 0])
    expect(leaves['40000005']).toEqual([0xffff_ffff, 64, 1, 2])
    expect(objectPropertyGet(cpu, 'hv-syndbg')).toBe(false)
    expect(objectPropertyGet(cpu, 'hv-evmcs')).toBe(true)
    expect(cpu.hypervVendor).toBe('Microsoft Hv')
  })
})

describe('what cannot be', () => {
  it.each([
    ['hv-stimer', 'Hyper-V synthetic timers (hv-stimer) requires Hyper-V clocksources (hv-time)'],
    [
      'hv-stimer,hv-time',
      'Hyper-V synthetic timers (hv-stimer) requires Hyper-V synthetic interrupt controller (hv-synic)',
    ],
    [
      'hv-synic',
      'Hyper-V synthetic interrupt controller (hv-synic) requires Hyper-V VP_INDEX MSR (hv-vpindex)',
    ],
    [
      'hv-tlbflush',
      'Hyper-V paravirtualized TLB flush (hv-tlbflush) requires Hyper-V VP_INDEX MSR (hv-vpindex)',
    ],
    ['hv-ipi', 'Hyper-V paravirtualized IPI (hv-ipi) requires Hyper-V VP_INDEX MSR (hv-vpindex)'],
    ['hv-evmcs', 'Hyper-V enlightened VMCS (hv-evmcs) requires Hyper-V virtual APIC (hv-vapic)'],
    [
      'hv-tlbflush-direct',
      'Hyper-V direct TLB flush (hv-tlbflush-direct) requires Hyper-V virtual APIC (hv-vapic)',
    ],
    [
      'hv-stimer-direct',
      'Hyper-V direct mode synthetic timers (hv-stimer-direct) requires Hyper-V synthetic timers (hv-stimer)',
    ],
    [
      'hv-tlbflush-ext',
      'Hyper-V Extended gva ranges for TLB flush hypercalls (hv-tlbflush-ext) requires ' +
        'Hyper-V paravirtualized TLB flush (hv-tlbflush)',
    ],
    [
      'hv-syndbg',
      'Hyper-V Enable synthetic kernel debugger channel (hv-syndbg) requires Hyper-V relaxed timing (hv-relaxed)',
    ],
  ])('%s alone: %s', (options, message) => {
    expect(failureOf(options)).toBe(message)
  })

  it.each(kvmHypervProperties)('$desc on a host without it is refused', ({ feature, desc }) => {
    const option = hypervFeatureProperties.find(([, number]) => number === feature)![0]
    kernel.leaves = [{ function: 0x4000_0000, eax: 0x4000_0005 }]
    expect(failureOf(option)).toBe(`Hyper-V ${desc} is not supported by kernel`)
  })

  it('a host without the interface leaves it out, with one warning', () => {
    cpu = newCpu('hv-relaxed,hv-time', [])
    kvmHypervExpandFeatures(cpu)
    kvmHypervExpandFeatures(cpu)
    expect(reports).toEqual([expect.stringContaining('KVM_CAP_HYPERV')])
    expect(kernel.asked).toEqual([])
  })

  it('every set of enlightenments either has all that it needs, or is refused by name', () => {
    const options = hypervFeatureProperties.filter(([name]) => name !== 'hv-apicv')
    fc.assert(
      fc.property(fc.subarray(options, { minLength: 1 }), (wanted) => {
        const names = wanted.map(([name]) => name)
        const features = new Set(wanted.map(([, feature]) => feature))
        const complete =
          kvmHypervProperties.every(
            ({ feature, dependencies }) =>
              !features.has(feature) || dependencies.every((dep) => features.has(dep)),
          ) &&
          (!names.includes('hv-synic') || names.includes('hv-vpindex'))
        const message = failureOf(names.join())
        if (complete) expect(message).toBe('none')
        else expect(message).toMatch(/^Hyper-V .* requires Hyper-V .*/)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the host is asked', () => {
  it('into a table that grows until the answer fits with room to spare, once per machine', () => {
    kernel.leaves.push(...[6, 7, 8, 9].map((leaf) => ({ function: 0x4000_0000 + leaf })))
    cpu = newCpu('hv-relaxed')
    kvmHypervExpandFeatures(cpu)
    kvmHypervExpandFeatures(cpu)
    expect(kernel.asked).toEqual([11, 12])
  })

  it('only when there is a vCPU, where the system cannot answer', () => {
    cpu = newCpu('hv-stimer', [CAP_HYPERV, CAP_HYPERV_CPUID])
    kvmHypervExpandFeatures(cpu)
    expect(kernel.asked).toEqual([])
  })

  it('by its capabilities and its list of MSRs, where it is older than 4.20', () => {
    const legacy = (options: string, msrs: number[]): string => {
      const made = newCpu(options, [CAP_HYPERV, CAP_HYPERV_TIME])
      made.kvmVcpu = {} as never
      kvmArchStateOf(made.system.accel as KVMState).msrIndexList = new Set(msrs)
      try {
        kvmHypervExpandFeatures(made)
        return 'none'
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(legacy('hv-relaxed,hv-vapic,hv-time', [])).toBe('none')
    expect(legacy('hv-vpindex', [])).toBe('Hyper-V VP_INDEX MSR (hv-vpindex) is not supported by kernel')
    expect(legacy('hv-vpindex', [0x4000_0002])).toBe('none')
    expect(legacy('hv-reset,hv-runtime,hv-crash', [0x4000_0003, 0x4000_0010, 0x4000_0105])).toBe('none')
    // The controller's MSR is listed, but the capability for one outside of the kernel is missing.
    expect(legacy('hv-vpindex,hv-synic', [0x4000_0002, 0x4000_0080])).toContain('is not supported by kernel')
  })
})

it.each([
  [0x0101, 0x0101, true],
  [0x0101, 0x0201, true],
  [0x0101, 0x0202, false],
  [0x0201, 0x0101, false],
])('enlightened VMCS versions %i with a kernel that has %i: %s', (offered, supported, fits) => {
  expect(evmcsVersionSupported(offered, supported)).toBe(fits)
})
