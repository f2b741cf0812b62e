// SPDX-License-Identifier: GPL-2.0-or-later
import type { AddressSpace } from './address-space.js'
import type { FlatView } from './flat-view.js'
import type { MemoryRegion } from './memory-region.js'

/** What {@link mtreeInfo} prints. */
export interface MtreeOptions {
  /** The flat views instead of the trees (`info mtree -f`). */
  readonly flatview?: boolean
  /** Disabled regions too (`info mtree -D`). */
  readonly disabled?: boolean
  /** Appended to ranges of flat views that the accelerator maps, such as `KVM`. */
  readonly acceleratorOf?: (as: AddressSpace, addr: number, size: number) => string | null
}

function hex16(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0')
}

/** `first-last` of a range; an empty one ends where it starts. */
function range(start: bigint, size: number): string {
  return `${hex16(start)}-${hex16(start + lastOf(size))}`
}

/**
 * Offset of the last byte.
 * @qemu softmmu/memory.c MR_SIZE
 */
function lastOf(size: number): bigint {
  return size === 0 ? 0n : BigInt(size) - 1n
}

/**
 * @qemu softmmu/memory.c memory_region_type
 */
function regionType(mr: MemoryRegion): string {
  if (mr.alias) return regionType(mr.alias)
  if (mr.romDevice) return mr.romdMode ? 'romd' : 'i/o'
  if (mr.ram) return mr.readonly ? 'rom' : 'ram'
  return 'i/o'
}

function printRegion(
  mr: MemoryRegion,
  level: number,
  base: bigint,
  aliases: MemoryRegion[],
  options: MtreeOptions,
): string {
  const start = base + BigInt(mr.addr)
  let text = ''
  if (mr.alias && !aliases.includes(mr.alias)) aliases.push(mr.alias)
  if (mr.enabled || options.disabled) {
    const kind = `(prio ${mr.priority}, ${mr.nonvolatile ? 'nv-' : ''}${regionType(mr)})`
    const disabled = mr.enabled ? '' : ' [disabled]'
    const overflow = BigInt.asUintN(64, start + lastOf(mr.size)) < start ? '[DETECTED OVERFLOW!] ' : ''
    const what = mr.alias
      ? `alias ${mr.name} @${mr.alias.name} ${range(BigInt(mr.aliasOffset), mr.size)}`
      : mr.name
    text = `${overflow}${'  '.repeat(level)}${range(start, mr.size)} ${kind}: ${what}${disabled}\n`
  }
  // By address; at the same one they stay by priority, since sorting is stable.
  const subregions = [...mr.subregions].sort((a, b) => a.addr - b.addr)
  for (const subregion of subregions) text += printRegion(subregion, level + 1, start, aliases, options)
  return text
}

function printFlatView(
  view: FlatView,
  number: number,
  spaces: AddressSpace[],
  options: MtreeOptions,
): string {
  let text = `FlatView #${number}\n`
  for (const as of spaces) {
    const alias = as.root.alias ? `, alias ${as.root.alias.name}` : ''
    text += ` AS "${as.name}", root: ${as.root.name}${alias}\n`
  }
  text += ` Root memory region: ${view.root ? view.root.name : '(none)'}\n`
  if (view.ranges.length === 0) return `${text}  No rendered FlatView\n\n`
  for (const fr of view.ranges) {
    const kind = `(prio ${fr.mr.priority}, ${fr.nonvolatile ? 'nv-' : ''}${fr.readonly ? 'rom' : regionType(fr.mr)})`
    const offset = fr.offsetInRegion === 0 ? '' : ` @${hex16(BigInt(fr.offsetInRegion))}`
    const names = spaces.map((as) => options.acceleratorOf?.(as, fr.start, fr.size) ?? null)
    const accelerators = names.filter((name) => name !== null).map((name) => ` ${name}`)
    text += `  ${range(BigInt(fr.start), fr.size)} ${kind}: ${fr.mr.name}${offset}${accelerators.join('')}\n`
  }
  return `${text}\n`
}

/** Groups in the order in which their first member comes. */
function groupBy<K>(spaces: readonly AddressSpace[], key: (as: AddressSpace) => K): Map<K, AddressSpace[]> {
  const groups = new Map<K, AddressSpace[]>()
  for (const as of spaces) {
    const group = groups.get(key(as))
    if (group) group.push(as)
    else groups.set(key(as), [as])
  }
  return groups
}

/**
 * The trees behind address spaces as text, or with `flatview` who answers which address, as QEMU 7.2's `info
 * mtree` prints
 * them.
 * @qemu softmmu/memory.c mtree_info
 * @differs groups stand in the order of the address spaces given; QEMU's order is that of a hash table
 */
export function mtreeInfo(spaces: readonly AddressSpace[], options: MtreeOptions = {}): string {
  let text = ''
  if (options.flatview) {
    let number = 0
    for (const [view, group] of groupBy(spaces, (as) => as.flatView)) {
      text += printFlatView(view, number++, group, options)
    }
    return text
  }
  const aliases: MemoryRegion[] = []
  for (const [root, group] of groupBy(spaces, (as) => as.root)) {
    const names = group.map((as) => as.name).sort()
    for (const name of names) text += `address-space: ${name}\n`
    text += `${printRegion(root, 1, 0n, aliases, options)}\n`
  }
  // Printing an alias's region may bring up more of them; the loop sees what is pushed meanwhile.
  for (const mr of aliases) text += `memory-region: ${mr.name}\n${printRegion(mr, 1, 0n, aliases, options)}\n`
  return text
}
