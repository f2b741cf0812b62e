// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AddressSpace } from './address-space.js'
import { HWADDR_SPACE_SIZE } from './hwaddr.js'
import * as init from './memory-region-init.js'
import * as tree from './memory-region-tree.js'
import { MemoryRegion, memoryRegionInit } from './memory-region.js'
import { mtreeInfo } from './mtree.js'
import { heapRamAllocator } from './ram-allocator.js'
import { systemIoInit, systemMemoryInit } from './system-memory.js'

/** One line of QEMU's tree: `  0000-ffff (prio 0, ram): alias a @b 0000-ffff`. */
const LINE =
  /^( +)([0-9a-f]{16})-([0-9a-f]{16}) \(prio (-?\d+), (.*?)\): (?:alias (.*) @(.*) ([0-9a-f]{16})-[0-9a-f]{16}|(.*))$/

interface QemuRegion {
  level: number
  start: bigint
  size: number
  priority: number
  type: string
  name: string
  /** Name of the region that an alias shows. */
  orig: string | null
  offset: number
  children: QemuRegion[]
}

function parseLine(line: string): QemuRegion {
  const m = LINE.exec(line)
  if (!m) throw new Error(`Not a line of info mtree: ${line}`)
  const start = BigInt(`0x${m[2]}`)
  return {
    level: m[1]!.length / 2,
    start,
    size: Number(BigInt(`0x${m[3]}`) - start + 1n),
    priority: Number(m[4]),
    type: m[5]!,
    name: m[6] ?? m[9]!,
    orig: m[7] ?? null,
    offset: m[8] === undefined ? 0 : Number(BigInt(`0x${m[8]}`)),
    children: [],
  }
}

/** A region that QEMU does not print because it is disabled; its children stand too deep. */
function hidden(name: string, level: number, start: bigint): QemuRegion {
  const place = { level, start, size: HWADDR_SPACE_SIZE, priority: 0, offset: 0 }
  return { ...place, name, type: 'disabled', orig: null, children: [] }
}

/** The tree of one block of lines. Disabled regions are put back where children stand too deep. */
function parseTree(name: string, lines: string[]): QemuRegion {
  const path: QemuRegion[] = []
  if (!lines[0] || parseLine(lines[0]).level > 1) path.push(hidden(name, 1, 0n))
  for (const line of lines) {
    const region = parseLine(line)
    while (path.length > 0 && path.at(-1)!.level >= region.level) path.pop()
    const parent = path.at(-1)
    if (parent && region.level > parent.level + 1) {
      const between = hidden('hidden', parent.level + 1, region.start)
      between.children.push(region)
      parent.children.push(between)
      path.push(between, region)
      continue
    }
    parent?.children.push(region)
    path.push(region)
  }
  return path[0]!
}

/** Regions rebuilt from QEMU's text; `answering` are the names that its flat views show. */
class Rebuilder {
  private readonly named = new Map<string, MemoryRegion>()
  /** Built because an alias shows them, and not met in a tree yet. */
  private readonly pending = new Map<string, MemoryRegion>()
  private readonly sources: Map<string, QemuRegion>
  private readonly answering: Set<string>

  constructor(sources: Map<string, QemuRegion>, answering: Set<string>) {
    this.sources = sources
    this.answering = answering
  }

  build(region: QemuRegion): MemoryRegion {
    const mr = new MemoryRegion()
    const name = region.name
    if (region.orig !== null) {
      init.memoryRegionInitAlias(mr, null, name, this.origin(region.orig), region.offset, region.size)
    } else if (region.type === 'ram' || region.type === 'rom') {
      // The size of real RAM, without the memory: nothing is read here.
      const backing = {
        size: region.size,
        hostAddress: 0n,
        window: () => new Uint8Array(),
        free: () => undefined,
      }
      const make = region.type === 'ram' ? init.memoryRegionInitRam : init.memoryRegionInitRom
      make(mr, null, name, region.size, () => backing)
    } else if (this.answering.has(name)) {
      init.memoryRegionInitIo(mr, null, null, name, region.size)
    } else {
      memoryRegionInit(mr, null, name, region.size)
    }
    mr.enabled = region.type !== 'disabled'
    if (region.orig === null) this.named.set(name, mr)
    // The one that was added last comes first among equals.
    for (const child of region.children.toReversed()) {
      const sub = this.take(child)
      tree.memoryRegionAddSubregionOverlap(mr, Number(child.start - region.start), sub, child.priority)
    }
    return mr
  }

  /** The region that stands in a tree here: built by now, or built now. */
  take(region: QemuRegion): MemoryRegion {
    const known = region.orig === null ? this.pending.get(region.name) : undefined
    this.pending.delete(region.name)
    return known ?? this.build(region)
  }

  /** The region that an alias shows; it may be a part of a tree that comes later. */
  private origin(name: string): MemoryRegion {
    const known = this.named.get(name)
    if (known) return known
    const built = this.build(this.sources.get(name)!)
    this.pending.set(name, built)
    return built
  }
}

/** What QEMU's monitor prints for a command line: to a file, since QEMU drops what a full pipe does not take before it quits. */
function qemu(...args: string[]): { tree: string; flat: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mtree-'))
  const path = join(folder, 'output')
  const output = openSync(path, 'w')
  const result = spawnSync('qemu-system-x86_64', ['-display', 'none', '-monitor', 'stdio', '-S', ...args], {
    input: 'info mtree\ninfo mtree -f\nquit\n',
    stdio: ['pipe', output, 'pipe'],
    encoding: 'utf8',
    timeout: 60_000,
  })
  closeSync(output)
  const stdout = readFileSync(path, 'utf8')
  rmSync(folder, { recursive: true })
  if (result.status !== 0) throw new Error(`QEMU failed: ${result.stderr}`)
  const text = stdout.replaceAll('\r', '')
  // Echoes of the monitor's line editor and its banner.
  const lines = text.split('\n').filter((line) => !line.includes('\u001b') && !/^\(qemu\)|^QEMU /.test(line))
  const at = lines.findIndex((line) => line.startsWith('FlatView #0'))
  return { tree: lines.slice(0, at).join('\n'), flat: lines.slice(at).join('\n').trimEnd() }
}

/**
 * Blocks of text between empty lines, each as its heading lines and its other lines, heading by heading
 * sorted.
 */
function blocks(text: string): { head: string[]; body: string[] }[] {
  return text
    .trimEnd()
    .split('\n\n')
    .map((block) => block.split('\n'))
    .map((lines) => ({
      head: lines.filter((line) => LINE.exec(line) === null && !/^ {2}[0-9a-f]{16}-/.test(line)),
      body: lines.filter((line) => LINE.exec(line) !== null || /^ {2}[0-9a-f]{16}-/.test(line)),
    }))
}

/** Text with what depends on a hash table's order put in order: groups, and views' numbers. */
function ordered(text: string): string[] {
  return blocks(text)
    .map(({ head, body }) => [...head.map((line) => line.replace(/#\d+/, '#')).sort(), ...body].join('\n'))
    .sort()
}

const machines = [
  { machine: 'microvm', args: ['-nodefaults', '-m', '5G'] },
  { machine: 'pc', args: ['-m', '6G'] },
  { machine: 'q35', args: ['-m', '512M'] },
]

const noQemu = spawnSync('qemu-system-x86_64', ['--version']).status !== 0

describe.skipIf(noQemu)('mtreeInfo beside QEMU (skipped where qemu-system-x86_64 is not installed)', () => {
  it.each(machines)(
    'prints the regions of the machine $machine as QEMU does, and its flat views',
    ({ machine, args }) => {
      const real = qemu('-M', machine, ...args)
      const answering = new Set(
        [...real.flat.matchAll(/\(prio -?\d+, [^)]*\): (.*?)(?: @[0-9a-f]{16})?$/gm)].map(
          (match) => match[1]!,
        ),
      )
      const trees = blocks(real.tree).map(({ head, body }) => ({
        head,
        root: parseTree(head[0]!.replace(/^.*: /, ''), body),
      }))
      const sources = new Map(
        trees.filter(({ head }) => head[0]!.startsWith('memory-region')).map(({ root }) => [root.name, root]),
      )
      const rebuilder = new Rebuilder(sources, answering)
      const spaces: AddressSpace[] = []
      for (const { head, root } of trees) {
        if (!head[0]!.startsWith('address-space')) continue
        const mr = rebuilder.take(root)
        for (const line of head) spaces.push(new AddressSpace(mr, line.slice('address-space: '.length)))
      }
      expect(ordered(mtreeInfo(spaces))).toEqual(ordered(real.tree))
      expect(ordered(mtreeInfo(spaces, { flatview: true }))).toEqual(ordered(real.flat))
    },
  )
})

describe('mtreeInfo', () => {
  it('prints trees, aliases and disabled regions in columns', () => {
    const system = systemMemoryInit()
    const ram = new MemoryRegion()
    init.memoryRegionInitRam(ram, null, 'pc.ram', 0x20_0000, heapRamAllocator)
    const below = new MemoryRegion()
    init.memoryRegionInitAlias(below, null, 'ram-below-4g', ram, 0x10_0000, 0x10_0000)
    tree.memoryRegionAddSubregion(system, 0, below)
    const apic = new MemoryRegion()
    init.memoryRegionInitIo(apic, null, null, 'apic-msi', 0x10_0000)
    const off = new MemoryRegion()
    init.memoryRegionInitIo(off, null, null, 'off', 1)
    tree.memoryRegionSetEnabled(off, false)
    tree.memoryRegionAddSubregion(system, 0xfee0_0000, off)
    tree.memoryRegionAddSubregionOverlap(system, 0xfee0_0000, apic, 4096)
    const low = new MemoryRegion()
    init.memoryRegionInitIo(low, null, null, 'low', 1)
    tree.memoryRegionAddSubregionOverlap(system, 0xfec0_0000, low, 1)
    const spaces = [new AddressSpace(system, 'memory'), new AddressSpace(system, 'cpu-memory-0')]
    expect(mtreeInfo(spaces, { disabled: true })).toBe(
      `address-space: cpu-memory-0
address-space: memory
  0000000000000000-ffffffffffffffff (prio 0, i/o): system
    0000000000000000-00000000000fffff (prio 0, ram): alias ram-below-4g @pc.ram 0000000000100000-00000000001fffff
    00000000fec00000-00000000fec00000 (prio 1, i/o): low
    00000000fee00000-00000000feefffff (prio 4096, i/o): apic-msi
    00000000fee00000-00000000fee00000 (prio 0, i/o): off [disabled]

memory-region: pc.ram
  0000000000000000-00000000001fffff (prio 0, ram): pc.ram

`,
    )
    expect(mtreeInfo(spaces)).not.toContain('off')
  })

  it('prints flat views with offsets, accelerators and views of nothing', () => {
    const io = systemIoInit()
    const serial = new MemoryRegion()
    init.memoryRegionInitIo(serial, null, null, 'serial', 8)
    tree.memoryRegionAddSubregion(io, 0x3f8, serial)
    const empty = new MemoryRegion()
    memoryRegionInit(empty, null, 'bus master container', HWADDR_SPACE_SIZE)
    const spaces = [new AddressSpace(io, 'I/O'), new AddressSpace(empty, 'VGA')]
    const acceleratorOf = (_as: AddressSpace, addr: number): string | null => (addr === 0x3f8 ? 'KVM' : null)
    expect(mtreeInfo(spaces, { flatview: true, acceleratorOf })).toBe(
      `FlatView #0
 AS "I/O", root: io
 Root memory region: io
  0000000000000000-00000000000003f7 (prio 0, i/o): io
  00000000000003f8-00000000000003ff (prio 0, i/o): serial KVM
  0000000000000400-000000000000ffff (prio 0, i/o): io @0000000000000400

FlatView #1
 AS "VGA", root: bus master container
 Root memory region: (none)
  No rendered FlatView

`,
    )
  })
})
