// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressSpace } from './address-space.js'
import { HWADDR_LIMIT, HWADDR_SPACE_SIZE } from './hwaddr.js'
import { memoryRegionInitAlias, memoryRegionInitIo } from './memory-region-init.js'
import * as tree from './memory-region-tree.js'
import { MemoryRegion, memoryRegionInit } from './memory-region.js'
import type { MemoryListener, MemoryRegionSection } from './memory-listener.js'
import { memoryListenerRegister } from './memory-listener.js'

/** Addresses that the random trees lie in. */
const SPACE = 48

interface NodeSpec {
  kind: 'container' | 'io' | 'alias'
  /** Starts a tree of its own, which later trees can show by alias. */
  newTree: boolean
  parent: number
  target: number
  addr: number
  size: number
  offset: number
  priority: number
  enabled: boolean
  readonly: boolean
}

const nodeSpec: fc.Arbitrary<NodeSpec> = fc.record({
  kind: fc.constantFrom('container', 'io', 'alias'),
  newTree: fc.boolean(),
  parent: fc.nat(),
  target: fc.nat(),
  addr: fc.nat(SPACE),
  size: fc.integer({ min: 0, max: SPACE }),
  offset: fc.nat(SPACE),
  priority: fc.integer({ min: -1, max: 1 }),
  enabled: fc.boolean().map((off) => !off),
  readonly: fc.boolean(),
})

function container(name: string, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  memoryRegionInit(mr, null, name, size)
  return mr
}

function io(name: string, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  memoryRegionInitIo(mr, null, null, name, size)
  return mr
}

function alias(name: string, orig: MemoryRegion, offset: number, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  memoryRegionInitAlias(mr, null, name, orig, offset, size)
  return mr
}

/**
 * Builds trees from specs; the last tree hangs below the root that is returned. Aliases show earlier trees
 * only.
 */
function build(specs: NodeSpec[]): { root: MemoryRegion; all: MemoryRegion[] } {
  const earlier: MemoryRegion[] = []
  let current: MemoryRegion[] = []
  for (const [i, spec] of specs.entries()) {
    if (spec.newTree || current.length === 0) {
      earlier.push(...current)
      current = [container(`tree${i}`, SPACE)]
    }
    const target = earlier[spec.target % (earlier.length || 1)]
    const name = `n${i}`
    const mr =
      spec.kind === 'alias' && target
        ? alias(name, target, spec.offset, spec.size)
        : spec.kind === 'container'
          ? container(name, spec.size)
          : io(name, spec.size)
    mr.readonly = spec.readonly
    mr.enabled = spec.enabled
    const parents = current.filter((parent) => !parent.alias)
    tree.memoryRegionAddSubregionOverlap(parents[spec.parent % parents.length]!, spec.addr, mr, spec.priority)
    current.push(mr)
  }
  const root = current[0] ?? container('empty', SPACE)
  return { root, all: [...earlier, ...current] }
}

/** Who answers one byte of a region, by walking the tree: the model. */
function answer(mr: MemoryRegion, offset: number, readonly: boolean): string | null {
  if (!mr.enabled || offset < 0 || offset >= mr.size) return null
  const ro = readonly || mr.readonly
  if (mr.alias) return answer(mr.alias, mr.aliasOffset + offset, ro)
  for (const sub of mr.subregions) {
    const found = answer(sub, offset - sub.addr, ro)
    if (found) return found
  }
  return mr.terminates ? `${mr.name}+${offset}${ro ? ' ro' : ''}` : null
}

function seen(as: AddressSpace, addr: number): string | null {
  const fr = as.flatView.lookup(addr)
  return fr ? `${fr.mr.name}+${addr - fr.start + fr.offsetInRegion}${fr.readonly ? ' ro' : ''}` : null
}

function checkAgainstModel(as: AddressSpace): void {
  for (let addr = 0; addr < SPACE * 2; addr++) expect(seen(as, addr)).toBe(answer(as.root, addr, false))
  const { ranges } = as.flatView
  for (let i = 1; i < ranges.length; i++) expect(ranges[i]!.start).toBeGreaterThanOrEqual(ranges[i - 1]!.end)
}

/** Keeps a copy of the map from what a listener is told, and complains of what cannot be. */
class Mirror implements MemoryListener {
  readonly name = 'mirror'
  readonly priority = 0
  sections: MemoryRegionSection[] = []

  regionAdd(section: MemoryRegionSection): void {
    const from = section.offsetWithinAddressSpace
    for (const other of this.sections) {
      const start = other.offsetWithinAddressSpace
      expect(from + section.size <= start || start + other.size <= from).toBe(true)
    }
    this.sections.push(section)
  }

  regionDel(section: MemoryRegionSection): void {
    const at = this.sections.findIndex((other) => same(other, section))
    expect(at).toBeGreaterThanOrEqual(0)
    this.sections.splice(at, 1)
  }

  regionNop(section: MemoryRegionSection): void {
    expect(this.sections.some((other) => same(other, section))).toBe(true)
  }
}

function same(a: MemoryRegionSection, b: MemoryRegionSection): boolean {
  return (
    a.mr === b.mr &&
    a.offsetWithinAddressSpace === b.offsetWithinAddressSpace &&
    a.offsetWithinRegion === b.offsetWithinRegion &&
    a.size === b.size &&
    a.readonly === b.readonly
  )
}

describe('FlatView', () => {
  it('of any tree answers each address as a walk of the tree does', () => {
    fc.assert(
      fc.property(fc.array(nodeSpec, { maxLength: 14 }), (specs) => {
        checkAgainstModel(new AddressSpace(build(specs).root, 'test'))
      }),
      { numRuns: 300 },
    )
  })

  it('follows any change of the tree, and listeners can keep a copy', () => {
    const change = fc.record({
      what: fc.constantFrom('enable', 'disable', 'move', 'resize', 'readonly', 'writable', 'del', 'offset'),
      which: fc.nat(),
      value: fc.nat(SPACE),
    })
    fc.assert(
      fc.property(
        fc.array(nodeSpec, { minLength: 3, maxLength: 12 }),
        fc.array(change, { maxLength: 10 }),
        (specs, changes) => {
          const { root, all } = build(specs)
          const as = new AddressSpace(root, 'test')
          const mirror = new Mirror()
          memoryListenerRegister(mirror, as)
          for (const { what, which, value } of changes) {
            const mr = all[which % all.length]!
            if (what === 'enable' || what === 'disable') tree.memoryRegionSetEnabled(mr, what === 'enable')
            else if (what === 'move' && mr.container) tree.memoryRegionSetAddress(mr, value)
            else if (what === 'resize') tree.memoryRegionSetSize(mr, value)
            else if (what === 'readonly' || what === 'writable')
              tree.memoryRegionSetReadonly(mr, what === 'readonly')
            else if (what === 'del' && mr.container) tree.memoryRegionDelSubregion(mr.container, mr)
            else if (what === 'offset' && mr.alias) tree.memoryRegionSetAliasOffset(mr, value)
            checkAgainstModel(as)
            const told = mirror.sections.toSorted(
              (a, b) => a.offsetWithinAddressSpace - b.offsetWithinAddressSpace,
            )
            const real = as.flatView.ranges.map((fr) => as.sectionOf(fr))
            expect(told.length).toBe(real.length)
            for (const [i, section] of real.entries()) expect(same(section, told[i]!)).toBe(true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('shows the highest priority, and of equals the one added last', () => {
    const root = container('root', 16)
    tree.memoryRegionAddSubregion(root, 0, io('first', 8))
    tree.memoryRegionAddSubregion(root, 4, io('second', 8))
    tree.memoryRegionAddSubregionOverlap(root, 6, io('below', 10), -1)
    tree.memoryRegionAddSubregionOverlap(root, 5, io('above', 1), 1)
    const as = new AddressSpace(root, 'test')
    const map = as.flatView.ranges.map((fr) => [fr.start, fr.end, fr.mr.name, fr.offsetInRegion])
    expect(map).toEqual([
      [0, 4, 'first', 0],
      [4, 5, 'second', 0],
      [5, 6, 'above', 0],
      [6, 12, 'second', 2],
      [12, 16, 'below', 6],
    ])
  })

  it('puts RAM around the PCI hole, below and above 4 GiB', () => {
    const GiB = 2 ** 30
    const ram = io('ram', 6 * GiB)
    const system = container('system', HWADDR_SPACE_SIZE)
    tree.memoryRegionAddSubregion(system, 0, alias('ram-below-4g', ram, 0, 3 * GiB))
    tree.memoryRegionAddSubregion(system, 4 * GiB, alias('ram-above-4g', ram, 3 * GiB, 3 * GiB))
    tree.memoryRegionAddSubregion(system, 0xfec0_0000, io('ioapic', 0x1000))
    const as = new AddressSpace(system, 'memory')
    expect(seen(as, 3 * GiB - 1)).toBe(`ram+${3 * GiB - 1}`)
    expect(seen(as, 3 * GiB)).toBeNull()
    expect(seen(as, 0xfec0_0004)).toBe('ioapic+4')
    expect(seen(as, 4 * GiB)).toBe(`ram+${3 * GiB}`)
    expect(seen(as, 7 * GiB - 1)).toBe(`ram+${6 * GiB - 1}`)
    expect(seen(as, 7 * GiB)).toBeNull()
  })

  it('reaches up to 2^53 and no further, whatever the sizes and offsets', () => {
    const system = container('system', HWADDR_SPACE_SIZE)
    const high = io('high', 0x1000)
    tree.memoryRegionAddSubregion(system, HWADDR_LIMIT - 0x800, high)
    const window = container('window', HWADDR_SPACE_SIZE)
    tree.memoryRegionAddSubregion(window, 0, alias('shown', system, HWADDR_LIMIT - 0x900, HWADDR_SPACE_SIZE))
    const as = new AddressSpace(system, 'memory')
    const other = new AddressSpace(window, 'window')
    expect(as.flatView.ranges.at(-1)!.end).toBe(HWADDR_LIMIT)
    expect(seen(other, 0x100)).toBe('high+0')
    expect(seen(other, 0x10ff)).toBe('high+4095')
    expect(seen(other, 0x1100)).toBeNull()
  })

  it('of a root that is a read-only alias is read-only', () => {
    const system = container('system', HWADDR_SPACE_SIZE)
    tree.memoryRegionAddSubregion(system, 0, io('dev', 16))
    const shown = alias('shown', system, 0, HWADDR_SPACE_SIZE)
    shown.readonly = true
    expect(seen(new AddressSpace(shown, 'test'), 4)).toBe('dev+4 ro')
  })

  it('is shared by address spaces that show the same', () => {
    const system = container('system', HWADDR_SPACE_SIZE)
    tree.memoryRegionAddSubregion(system, 0, io('dev', 16))
    const smm = container('memory', HWADDR_SPACE_SIZE)
    tree.memoryRegionAddSubregion(smm, 0, alias('memory', system, 0, HWADDR_SPACE_SIZE))
    const memory = new AddressSpace(system, 'memory')
    const cpu = new AddressSpace(smm, 'cpu-smm-0')
    expect(cpu.flatView).toBe(memory.flatView)
    tree.memoryRegionAddSubregion(system, 32, io('late', 16))
    expect(cpu.flatView).toBe(memory.flatView)
    expect(seen(cpu, 32)).toBe('late+0')
  })
})
