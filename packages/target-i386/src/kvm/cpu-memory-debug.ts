// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import {
  MEMTX_OK,
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceRead,
  addressSpaceWrite,
} from '@dromaius/memory'
import { type X86CPU, X86_CPU } from '../cpu.js'
import { CR0_PG_MASK, MSR_EFER_LMA } from '../cpuid-bits.js'

const CR4_PSE_MASK = 1n << 4n
const CR4_PAE_MASK = 1n << 5n
const CR4_LA57_MASK = 1n << 12n
const PG_PRESENT = 1n
const PG_PSE = 1n << 7n
/** Bits 51:12 of a table entry: a physical address. */
const PG_ADDRESS = 0x000f_ffff_ffff_f000n
const PAGE_SIZE = 4096

/** Follows tables of 8-byte entries from `table` down; `shift` is the lowest address bit that the first one decides. */
function walkPae(cpu: X86CPU, addr: bigint, table: bigint, shift: bigint): bigint | null {
  for (let low = shift; ; low -= 9n) {
    const index = (addr >> low) & 0x1ffn
    const entry = addressSpaceLoad64(cpu.as!, Number(table + index * 8n))
    if ((entry & PG_PRESENT) === 0n) return null
    const isLarge = (low === 21n || low === 30n) && (entry & PG_PSE) !== 0n
    if (low === 12n || isLarge) {
      const mask = (1n << low) - 1n
      return (entry & PG_ADDRESS & ~mask) | (addr & mask)
    }
    table = entry & PG_ADDRESS
  }
}

/** Follows the two levels of 4-byte entries of 32-bit paging (SDM volume 3, 4.3). */
function walk32(cpu: X86CPU, addr: bigint): bigint | null {
  const linear = Number(addr & 0xffff_ffffn)
  const directory = Number(cpu.env.cr[3] & 0xffff_f000n)
  const pde = addressSpaceLoad(cpu.as!, directory + (linear >>> 22) * 4, 4)
  if ((pde & 1) === 0) return null
  if ((pde & 0x80) !== 0 && (cpu.env.cr[4] & CR4_PSE_MASK) !== 0n) {
    // PSE-36 keeps bits 39:32 of a 4 MiB page in bits 20:13.
    return (BigInt((pde >>> 13) & 0xff) << 32n) | BigInt((pde & 0xffc0_0000) >>> 0) | (addr & 0x3f_ffffn)
  }
  const pte = addressSpaceLoad(cpu.as!, ((pde & 0xffff_f000) >>> 0) + ((linear >>> 12) & 0x3ff) * 4, 4)
  if ((pte & 1) === 0) return null
  return BigInt((pte & 0xffff_f000) >>> 0) | (addr & 0xfffn)
}

/**
 * Guest physical address behind a linear address, by the guest's own page tables and without any access check; null
 * where nothing is mapped (SDM volume 3, chapter 4).
 * @qemu target/i386/helper.c x86_cpu_get_phys_page_attrs_debug
 */
export function x86CpuGetPhysAddrDebug(cpu: X86CPU, addr: bigint): number | null {
  const { env } = cpu
  let physical: bigint | null
  if ((env.cr[0] & CR0_PG_MASK) === 0n) {
    physical = addr & 0xffff_ffffn
  } else if ((env.cr[4] & CR4_PAE_MASK) === 0n) {
    physical = walk32(cpu, addr)
  } else if ((env.efer & MSR_EFER_LMA) !== 0n) {
    physical = walkPae(cpu, addr, env.cr[3] & PG_ADDRESS, (env.cr[4] & CR4_LA57_MASK) !== 0n ? 48n : 39n)
  } else {
    const linear = addr & 0xffff_ffffn
    const pdpte = addressSpaceLoad64(cpu.as!, Number((env.cr[3] & 0xffff_ffe0n) + (linear >> 30n) * 8n))
    physical = (pdpte & PG_PRESENT) === 0n ? null : walkPae(cpu, linear, pdpte & PG_ADDRESS, 21n)
  }
  return physical === null ? null : Number(physical)
}

/**
 * Reads or writes guest memory at a linear address, for a debugger: page by page, over every protection. The CPU's
 * state must have been synchronised. Returns false, and may have done a part, when a page is not mapped or has no
 * memory behind it.
 * @qemu softmmu/physmem.c cpu_memory_rw_debug
 */
export function cpuMemoryRwDebug(cs: CPUState, addr: bigint, bytes: Uint8Array, isWrite: boolean): boolean {
  const cpu = X86_CPU(cs)
  for (let done = 0; done < bytes.length;) {
    const at = BigInt.asUintN(64, addr + BigInt(done))
    const length = Math.min(bytes.length - done, PAGE_SIZE - Number(at & 0xfffn))
    const physical = x86CpuGetPhysAddrDebug(cpu, at)
    if (physical === null) return false
    const chunk = bytes.subarray(done, done + length)
    const access = isWrite ? addressSpaceWrite : addressSpaceRead
    if (access(cs.as!, physical, chunk) !== MEMTX_OK) return false
    done += length
  }
  return true
}
