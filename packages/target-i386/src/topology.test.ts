// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apicidCoreOffset,
  apicidDieOffset,
  apicidPkgOffset,
  x86ApicidFromCpuIdx,
  x86ApicidFromTopoIds,
  x86TopoIdsFromApicid,
  x86TopoIdsFromIdx,
} from './topology.js'

const shape = fc.record({
  diesPerPkg: fc.integer({ min: 1, max: 8 }),
  coresPerDie: fc.integer({ min: 1, max: 64 }),
  threadsPerCore: fc.integer({ min: 1, max: 4 }),
})

describe('APIC ids', () => {
  it('powers of two give contiguous ids', () => {
    const topo = { diesPerPkg: 1, coresPerDie: 2, threadsPerCore: 2 }

    expect([0, 1, 2, 3, 4].map((i) => x86ApicidFromCpuIdx(topo, i))).toEqual([0, 1, 2, 3, 4])
  })

  it('3 cores of 2 threads leave a gap before the next package', () => {
    const topo = { diesPerPkg: 1, coresPerDie: 3, threadsPerCore: 2 }

    expect([0, 1, 2, 3, 4, 5, 6].map((i) => x86ApicidFromCpuIdx(topo, i))).toEqual([0, 1, 2, 3, 4, 5, 8])
  })

  it('offsets: 2 dies of 3 cores of 2 threads take 1, 3 and 4 bits', () => {
    const topo = { diesPerPkg: 2, coresPerDie: 3, threadsPerCore: 2 }

    expect([apicidCoreOffset(topo), apicidDieOffset(topo), apicidPkgOffset(topo)]).toEqual([1, 3, 4])
  })

  it('a place and its id lead to each other, and no two CPUs share one', () => {
    fc.assert(
      fc.property(shape, (topo) => {
        const count = 2 * topo.diesPerPkg * topo.coresPerDie * topo.threadsPerCore
        const seen = new Set<number>()
        for (let i = 0; i < count; i++) {
          const ids = x86TopoIdsFromIdx(topo, i)
          const apicid = x86ApicidFromTopoIds(topo, ids)
          seen.add(apicid)
          expect(x86TopoIdsFromApicid(apicid, topo)).toEqual(ids)
        }
        expect(seen.size).toBe(count)
      }),
      { numRuns: 30 },
    )
  })

  it('ids ascend with the number, and fill their bits exactly when every count is a power of two', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 4 }), (topo, packages) => {
        const count = packages * topo.diesPerPkg * topo.coresPerDie * topo.threadsPerCore
        const ids = Array.from({ length: count }, (_, i) => x86ApicidFromCpuIdx(topo, i))
        const powerOfTwo = (n: number): boolean => (n & (n - 1)) === 0
        const even = [topo.diesPerPkg, topo.coresPerDie, topo.threadsPerCore].every(powerOfTwo)

        expect(ids).toEqual([...ids].sort((a, b) => a - b))
        expect(ids.at(-1)! < packages << apicidPkgOffset(topo)).toBe(true)
        if (even) expect(ids.at(-1)).toBe(count - 1)
        else if (packages > 1) expect(ids.at(-1)).toBeGreaterThan(count - 1)
      }),
      { numRuns: 60 },
    )
  })
})
