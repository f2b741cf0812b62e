// SPDX-License-Identifier: GPL-2.0-or-later
//
// Registers that lie elsewhere than at 0xfee00000 (SDM volume 3, 11.4.5). A CPU sees its own there; all others, and devices, see
// what is below.

import type { SystemState } from '@dromaius/cpus'
import {
  type AccessSize,
  AddressSpace,
  addressSpaceDestroy,
  addressSpaceLoad,
  addressSpaceStore,
  type MemoryRegion,
  memoryRegionAddSubregionOverlap,
  memoryRegionDelSubregion,
  memoryRegionInitIo,
  TYPE_MEMORY_REGION,
} from '@dromaius/memory'
import {
  APIC_DEFAULT_ADDRESS,
  MSR_IA32_APICBASE_BASE,
  MSR_IA32_APICBASE_ENABLE,
  MSR_IA32_APICBASE_EXTD,
} from '@dromaius/target-i386'
import type { APICState } from './apic.js'

/** Bytes of the page of registers. */
export const APIC_PAGE_SIZE = 0x1000
/** Lies over the messages' range too. */
const APIC_WINDOW_PRIORITY = 0x1001

/** How registers are read and written: `null` and `false` for an access that is not for this CPU. */
export interface ApicWindowAccess {
  readonly read: (base: bigint, offset: number, size: AccessSize) => number | null
  readonly write: (base: bigint, offset: number, value: number, size: AccessSize) => boolean
}

interface Window {
  readonly region: MemoryRegion
  /** Memory as those see it whose registers lie elsewhere. */
  readonly below: AddressSpace
  readonly users: Set<APICState>
}

/** Pages of registers by their guest physical address. */
const windows = new WeakMap<SystemState, Map<bigint, Window>>()

/** Guest physical address of the page of registers; null while there is none: off, or registers that are MSRs. */
export function apicPage(s: APICState): bigint | null {
  const mode = s.apicbase & (MSR_IA32_APICBASE_ENABLE | MSR_IA32_APICBASE_EXTD)
  return mode === MSR_IA32_APICBASE_ENABLE ? s.apicbase & MSR_IA32_APICBASE_BASE : null
}

function openWindow(s: APICState, base: bigint, access: ApicWindowAccess): Window {
  const { systemMemory } = s.cpu!.system
  const region = TYPE_MEMORY_REGION.new()
  const below = new AddressSpace(systemMemory, 'apic-window-below', region)
  const at = Number(base)
  memoryRegionInitIo(
    region,
    s,
    {
      read: (offset, size) => access.read(base, offset, size) ?? addressSpaceLoad(below, at + offset, size),
      write(offset, value, size) {
        if (!access.write(base, offset, value, size)) addressSpaceStore(below, at + offset, value, size)
      },
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 4, unaligned: true },
      impl: { minAccessSize: 1, maxAccessSize: 4, unaligned: true },
    },
    'apic-window',
    APIC_PAGE_SIZE,
  )
  memoryRegionAddSubregionOverlap(systemMemory, at, region, APIC_WINDOW_PRIORITY)
  return { region, below, users: new Set() }
}

/** The registers are no longer at any page but `kept`. */
export function apicCloseWindow(s: APICState, kept: bigint | null = null): void {
  const { system } = s.cpu!
  for (const [base, { region, below, users }] of windows.get(system) ?? []) {
    if (base === kept || !users.delete(s) || users.size > 0) continue
    memoryRegionDelSubregion(system.systemMemory, region)
    addressSpaceDestroy(below)
    windows.get(system)!.delete(base)
  }
}

/** Puts the registers where IA32_APIC_BASE says now, and takes them away from where they were. */
export function apicMoveWindow(s: APICState, access: ApicWindowAccess): void {
  const page = apicPage(s)
  const wanted = page === APIC_DEFAULT_ADDRESS ? null : page
  apicCloseWindow(s, wanted)
  if (wanted === null) return
  const { system } = s.cpu!
  const pages = windows.get(system) ?? new Map<bigint, Window>()
  windows.set(system, pages)
  const window = pages.get(wanted) ?? openWindow(s, wanted, access)
  pages.set(wanted, window)
  window.users.add(s)
}
