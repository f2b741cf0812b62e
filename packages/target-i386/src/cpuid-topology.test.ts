// SPDX-License-Identifier: GPL-2.0-or-later
//
// What guests conclude from CPUID about their topology, for any shape.

import fc from 'fast-check'
import { objectPropertySet } from '@dromaius/qom'
import { setReportSink } from '@dromaius/util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import { cpuX86Cpuid, type X86CPU, x86ApicidFromCpuIdx, x86TopoIdsFromIdx } from './index.js'

testAccel('everything', {
  apicTypeName: 'test-apic',
  usesHostCpuid: true,
  supportedCpuid: () => 0xffff_ffff,
})

const shape = fc.record({
  sockets: fc.integer({ min: 1, max: 3 }),
  dies: fc.integer({ min: 1, max: 3 }),
  cores: fc.integer({ min: 1, max: 6 }),
  threads: fc.integer({ min: 1, max: 3 }),
})
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never

/** Every CPU of a machine of that shape. */
function cpusOf({ sockets, dies, cores, threads }: Shape, vendor: string): X86CPU[] {
  const count = sockets * dies * cores * threads
  const system = testMachine('everything', { sockets, dies, cores, threads, cpus: count, maxCpus: count })
  const topo = { diesPerPkg: dies, coresPerDie: cores, threadsPerCore: threads }
  return Array.from({ length: count }, (_, index) => {
    const cpu = testCpu(system, 'EPYC', x86ApicidFromCpuIdx(topo, index))
    objectPropertySet(cpu, 'vendor', vendor)
    cpu.coreId = x86TopoIdsFromIdx(topo, index).coreId
    return realize(cpu)
  })
}

/** How many CPUs share each value of `key`. */
function groups(cpus: readonly X86CPU[], key: (cpu: X86CPU) => number): number[] {
  const sizes = new Map<number, number>()
  for (const cpu of cpus) sizes.set(key(cpu), (sizes.get(key(cpu)) ?? 0) + 1)
  return [...sizes.values()]
}

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value)

/** The APIC id without the bits below a level of leaf 0xb or 0x1f. */
const idAbove =
  (leaf: number, level: number) =>
  (cpu: X86CPU): number => {
    const { eax, edx } = cpuX86Cpuid(cpu, leaf, level)
    return edx >>> eax
  }

beforeAll(() => {
  setReportSink(() => undefined)
})
afterAll(() => {
  setReportSink(null)
})

describe('topology that guests see', () => {
  it('leaf 0xb tells threads of a core and CPUs of a package apart', () => {
    fc.assert(
      fc.property(shape, (smp) => {
        const { sockets, dies, cores, threads } = smp
        const cpus = cpusOf(smp, 'AuthenticAMD')

        expect(groups(cpus, idAbove(0xb, 0))).toEqual(times(sockets * dies * cores, threads))
        expect(groups(cpus, idAbove(0xb, 1))).toEqual(times(sockets, dies * cores * threads))
        expect(cpuX86Cpuid(cpus[0]!, 0xb, 0)).toMatchObject({ ebx: threads, ecx: 0x100 })
        expect(cpuX86Cpuid(cpus[0]!, 0xb, 2).ecx).toBe(2)
      }),
      { numRuns: 25 },
    )
  })

  it('leaf 0x1f is there with several dies, and tells them apart', () => {
    fc.assert(
      fc.property(shape, (smp) => {
        const { sockets, dies, cores, threads } = smp
        const cpus = cpusOf(smp, 'GenuineIntel')

        expect(cpus[0]!.env.cpuidLevel >= 0x1f).toBe(dies > 1)
        if (dies === 1) return
        expect(groups(cpus, idAbove(0x1f, 0))).toEqual(times(sockets * dies * cores, threads))
        expect(groups(cpus, idAbove(0x1f, 1))).toEqual(times(sockets * dies, cores * threads))
        expect(groups(cpus, idAbove(0x1f, 2))).toEqual(times(sockets, dies * cores * threads))
        expect([0, 1, 2, 3].map((level) => cpuX86Cpuid(cpus[0]!, 0x1f, level).ecx)).toEqual([
          0x100, 0x201, 0x502, 3,
        ])
      }),
      { numRuns: 25 },
    )
  })

  it("AMD's leaves 0x80000008 and 0x8000001e agree with the APIC ids", () => {
    fc.assert(
      fc.property(shape, (smp) => {
        const { sockets, dies, cores, threads } = smp
        const cpus = cpusOf(smp, 'AuthenticAMD')
        const packageOf = (cpu: X86CPU): number => cpu.apicId >>> (cpuX86Cpuid(cpu, 0x80000008, 0).ecx >>> 12)

        if (cores * threads > 1) {
          expect(groups(cpus, packageOf)).toEqual(times(sockets, dies * cores * threads))
        }
        const node = (cpu: X86CPU): number => cpuX86Cpuid(cpu, 0x8000001e, 0).ecx & 0xff
        expect(groups(cpus, node)).toEqual(times(sockets * dies, cores * threads))
        for (const cpu of cpus) {
          const { eax, ebx } = cpuX86Cpuid(cpu, 0x8000001e, 0)
          expect([eax, ebx]).toEqual([cpu.apicId, ((threads - 1) << 8) | cpu.coreId])
        }
      }),
      { numRuns: 25 },
    )
  })
})
