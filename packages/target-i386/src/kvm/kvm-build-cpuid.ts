// SPDX-License-Identifier: GPL-2.0-or-later
import {
  KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
  KVM_CPUID_FLAG_STATEFUL_FUNC,
  KVM_CPUID_FLAG_STATE_READ_NEXT,
} from '@dromaius/native'
import type { KvmCpuidEntry } from './kvm-cpuid.js'

/** Room in the table that goes to KVM_SET_CPUID2, entries. */
export const KVM_MAX_CPUID_ENTRIES = 100

/** The guest's CPUID: registers of leaf `func`, subleaf `index`. */
export type CpuidFunction = (
  func: number,
  index: number,
) => { eax: number; ebx: number; ecx: number; edx: number }

/** The table of CPUID entries on its way to KVM: leaves are appended in order. */
class CpuidTable {
  constructor(
    readonly entries: KvmCpuidEntry[],
    readonly cpuid: CpuidFunction,
  ) {}

  /** Asks the guest's CPUID without appending anything. */
  query(func: number, index: number, flags: number): KvmCpuidEntry {
    return { function: func, index, flags, ...this.cpuid(func, index) }
  }

  /** Appends `entry`; throws when the table is full, which only a level set by a programmer can cause. */
  add(entry: KvmCpuidEntry): void {
    if (this.entries.length === KVM_MAX_CPUID_ENTRIES) {
      throw new RangeError(
        `CPUID table is full at leaf 0x${entry.function.toString(16)}, subleaf 0x${entry.index.toString(16)}`,
      )
    }
    this.entries.push(entry)
  }

  /** Appends a leaf without subleaves, unless it is all zero: KVM answers zero for what it does not find. */
  addPlain(func: number): void {
    const entry = this.query(func, 0, 0)
    if ((entry.eax | entry.ebx | entry.ecx | entry.edx) !== 0) this.add(entry)
  }

  /** Appends subleaves from 0 up to and with the first one that `isLast` calls the last. */
  addUntil(func: number, isLast: (entry: KvmCpuidEntry, index: number) => boolean): void {
    for (let j = 0; ; j++) {
      const entry = this.query(func, j, KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
      this.add(entry)
      if (isLast(entry, j)) return
    }
  }
}

/** Appends one basic leaf with the subleaf rules of its number. */
function addBasicLeaf(table: CpuidTable, func: number, nrDies: number): void {
  switch (func) {
    case 2: {
      // The low byte of EAX says how often the leaf has to be read.
      const first = table.query(func, 0, KVM_CPUID_FLAG_STATEFUL_FUNC | KVM_CPUID_FLAG_STATE_READ_NEXT)
      table.add(first)
      const times = first.eax & 0xff
      for (let j = 1; j < times; j++) table.add(table.query(func, 0, KVM_CPUID_FLAG_STATEFUL_FUNC))
      break
    }
    case 4:
      table.addUntil(func, (entry) => entry.eax === 0)
      break
    case 0xb:
      table.addUntil(func, (entry) => (entry.ecx & 0xff00) === 0)
      break
    case 0x1f:
      if (nrDies >= 2) table.addUntil(func, (entry, j) => (entry.ecx & 0xff00) === 0 || j === 63)
      break
    case 0xd:
      for (let j = 0; j < 64; j++) {
        const entry = table.query(func, j, KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
        if (entry.eax !== 0) table.add(entry)
      }
      break
    case 0x12:
      // Subleaves from 2 on describe enclave page cache sections for as long as their type is 1.
      table.addUntil(func, (entry, j) => j > 1 && (entry.eax & 0xf) !== 1)
      break
    case 7:
    case 0x14:
    case 0x1d:
    case 0x1e: {
      const first = table.query(func, 0, KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
      table.add(first)
      for (let j = 1; j <= first.eax; j++) table.add(table.query(func, j, KVM_CPUID_FLAG_SIGNIFCANT_INDEX))
      break
    }
    default:
      table.addPlain(func)
  }
}

/**
 * Appends the guest's whole CPUID to `entries`: basic leaves up to the guest's level, extended leaves, Centaur's.
 * Throws RangeError when the table would grow past `KVM_MAX_CPUID_ENTRIES`.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init_vcpu
 * @differs a function of its own since QEMU 9.1; in 7.2 it stands inside kvm_arch_init_vcpu; a subleaf of leaf
 *   0xd that is zero is never left behind at the end of the list
 */
export function kvmX86BuildCpuid(
  entries: KvmCpuidEntry[],
  cpuid: CpuidFunction,
  topology: { nrDies: number; xlevel2: number },
): void {
  const table = new CpuidTable(entries, cpuid)
  const limit = cpuid(0, 0).eax
  for (let i = 0; i <= limit; i++) addBasicLeaf(table, i, topology.nrDies)

  const xlimit = cpuid(0x8000_0000, 0).eax
  for (let i = 0x8000_0000; i <= xlimit; i++) {
    if (i === 0x8000_001d) table.addUntil(i, (entry) => entry.eax === 0)
    else table.addPlain(i)
  }

  if (topology.xlevel2 > 0) {
    const x2limit = cpuid(0xc000_0000, 0).eax
    for (let i = 0xc000_0000; i <= x2limit; i++) table.add(table.query(i, 0, 0))
  }
}
