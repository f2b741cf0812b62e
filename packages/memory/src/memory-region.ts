// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { ObjectClass } from '@dromaius/qom'
import { objectClassPropertyAdd, objectGetCanonicalPath, objectPropertyAddChild } from '@dromaius/qom'
import { QemuObject, typeRegister } from '@dromaius/qom'
import type { CoalescedMemoryRange } from './coalesced.js'
import { DIRTY_MEMORY_BIT } from './dirty-memory.js'
import { checkSize, HWADDR_SPACE_SIZE } from './hwaddr.js'
import type { MemoryRegionIoeventfd } from './ioeventfd.js'
import { unassignedMemOps, type MemoryRegionOps } from './memory-region-ops.js'
import { memoryRegionDelSubregion } from './memory-region-tree.js'
import { MemoryTopology } from './memory-topology.js'
import type { RAMBlock } from './ram-block.js'

/**
 * A node of the tree that describes an address space: RAM, ROM, a device's registers, a container of others,
 * or an alias of
 * (part of) another. Made with `new MemoryRegion()`, filled in by one of the `memoryRegionInit...` functions,
 * and changed only
 * by the functions of this package.
 * @qemu include/exec/memory.h MemoryRegion
 */
export class MemoryRegion extends QemuObject {
  name = ''
  owner: QemuObject | null = null
  /** Size in bytes; containers and aliases may span everything with `HWADDR_SPACE_SIZE`. */
  size = 0
  /** Offset in the container, in bytes. */
  addr = 0
  /** Among overlapping regions of a container the one with the highest priority is seen. */
  priority = 0
  container: MemoryRegion | null = null
  /** By descending priority; of equals, the one that was added last comes first. */
  subregions: MemoryRegion[] = []
  /** Seen at all; a region that is not hides its subregions too. */
  enabled = true
  /** The guest cannot write. */
  readonly = false
  nonvolatile = false
  /** RAM or ROM. */
  ram = false
  /** Reads like ROM, writes go to the device. */
  romDevice = false
  /** A ROM device reads like ROM at present, not through the device. */
  romdMode = true
  /** Answers accesses itself (RAM, ROM, device), where no subregion does. */
  terminates = false
  /** Region that this one shows. */
  alias: MemoryRegion | null = null
  /** Offset in `alias` of the first byte, in bytes. */
  aliasOffset = 0
  ramBlock: RAMBlock | null = null
  /** Clients that log writes, bits as in `DIRTY_MEMORY_BIT`. */
  dirtyLogMask = 0
  /** How many want writes logged for the display. */
  vgaLoggingCount = 0
  /** In QEMU's order, see `ioeventfdCompare`. */
  ioeventfds: MemoryRegionIoeventfd[] = []
  coalesced: CoalescedMemoryRange[] = []
  /** Late writes must be delivered before this region is touched. */
  flushCoalescedMmio = false

  ops: MemoryRegionOps = unassignedMemOps
  /** `ops.impl` and `ops.valid` with their defaults filled in, for the access path. @internal */
  implMin = 1
  implMax = 4
  implUnaligned = false
  bigEndian = false
  validMin = 1
  /** Largest access that the device answers, 0 for any. @internal */
  validMax = 0
  validUnaligned = false

  private readonly ownTopology = new MemoryTopology()

  constructor(klass: ObjectClass = TYPE_MEMORY_REGION.class()) {
    super(klass)
  }

  /** Topology of the tree that the region hangs in. @internal */
  get topology(): MemoryTopology {
    return this.ownTopology.current()
  }

  /**
   * Clients that log writes to this region at present.
   * @qemu softmmu/memory.c memory_region_get_dirty_log_mask
   */
  getDirtyLogMask(): number {
    const migration = this.ramBlock && this.topology.globalDirtyLog ? DIRTY_MEMORY_BIT.migration : 0
    return this.dirtyLogMask | migration
  }

  /** RAM that the guest may write and a ROM device in ROM mode can be read without the device. @internal */
  readsDirectly(): boolean {
    return this.ram || (this.romDevice && this.romdMode)
  }

  /** Puts a set of functions in place and reckons out their limits. @internal */
  setOps(ops: MemoryRegionOps): void {
    this.ops = ops
    this.implMin = ops.impl?.minAccessSize ?? 1
    this.implMax = ops.impl?.maxAccessSize ?? 4
    this.implUnaligned = ops.impl?.unaligned ?? false
    this.bigEndian = ops.endianness === 'big'
    this.validMin = ops.valid?.minAccessSize ?? 1
    this.validMax = ops.valid?.maxAccessSize ?? 0
    this.validUnaligned = ops.valid?.unaligned ?? false
    assert(
      this.implMin <= this.implMax && [1, 2, 4, 8].includes(this.implMin),
      'Access sizes are 1, 2, 4 or 8',
    )
    assert(this.implMax < 8 || (ops.read64 && ops.write64), '8-byte accesses need read64 and write64')
  }
}

/**
 * Marks what stands for path syntax in a child's name.
 * @qemu softmmu/memory.c memory_region_escape_name
 */
function escapeName(name: string): string {
  return name.replace(/[/[\]\\]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`)
}

/**
 * Fills in a region and makes it a child of its owner, `<name>[*]`. By itself it is a container. `size` is in
 * bytes, at most
 * 2^53, or `HWADDR_SPACE_SIZE` for a container that spans everything.
 * @qemu softmmu/memory.c memory_region_init
 * @differs a region without an owner stays out of the composition tree
 */
export function memoryRegionInit(
  mr: MemoryRegion,
  owner: QemuObject | null,
  name: string,
  size: number,
): void {
  checkSize(size)
  mr.name = name
  mr.owner = owner
  mr.size = size
  if (owner) objectPropertyAddChild(owner, `${escapeName(name)}[*]`, mr)
}

/**
 * Takes a dying region out of the tree, its subregions out of it, and frees its RAM.
 * @qemu softmmu/memory.c memory_region_finalize
 */
function memoryRegionFinalize(mr: MemoryRegion): void {
  if (mr.container) memoryRegionDelSubregion(mr.container, mr)
  mr.enabled = false
  const { topology } = mr
  topology.begin()
  for (const subregion of [...mr.subregions]) memoryRegionDelSubregion(mr, subregion)
  topology.commit()
  mr.coalesced = []
  mr.ioeventfds = []
  mr.ramBlock?.free()
  mr.ramBlock = null
}

export const TYPE_MEMORY_REGION = typeRegister<MemoryRegion, ObjectClass>({
  name: 'memory-region',
  instance: MemoryRegion,
  classInit(klass) {
    objectClassPropertyAdd<MemoryRegion, 'uint64'>(klass, {
      name: 'addr',
      type: 'uint64',
      get: (mr) => BigInt(mr.addr),
    })
    objectClassPropertyAdd<MemoryRegion, 'int32'>(klass, {
      name: 'priority',
      type: 'int32',
      get: (mr) => mr.priority,
    })
    objectClassPropertyAdd<MemoryRegion, 'uint64'>(klass, {
      name: 'size',
      type: 'uint64',
      get: (mr) => BigInt.asUintN(64, BigInt(mr.size) - (mr.size === HWADDR_SPACE_SIZE ? 1n : 0n)),
    })
    objectClassPropertyAdd<MemoryRegion, 'string'>(klass, {
      name: 'container',
      type: 'string',
      get: (mr) => (mr.container ? (objectGetCanonicalPath(mr.container) ?? '') : ''),
      resolve: (mr) => mr.container,
    })
  },
  instanceFinalize: memoryRegionFinalize,
})
