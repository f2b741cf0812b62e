// SPDX-License-Identifier: GPL-2.0-or-later
import {
  DESC_A_MASK,
  DESC_B_MASK,
  DESC_CS_MASK,
  DESC_G_MASK,
  DESC_L_MASK,
  DESC_P_MASK,
  DESC_R_MASK,
  DESC_S_MASK,
  DESC_TYPE_SHIFT,
  DESC_W_MASK,
  R_CS,
  R_DS,
  R_EAX,
  R_EBX,
  R_ES,
  R_FS,
  R_GS,
  R_ESI,
  R_SS,
  type X86CPU,
  x86UpdateHflags,
} from '@dromaius/target-i386'
import { BOOT_CS, BOOT_DS, BOOT_GDT_ADDR, BOOT_GDT_SIZE, BOOT_PAGE_TABLES_ADDR } from './boot-params.js'
import type { DirectEntry } from './load-linux.js'
import { MULTIBOOT_BOOTLOADER_MAGIC } from './multiboot.js'

const FLAT = DESC_G_MASK | DESC_B_MASK | DESC_P_MASK | DESC_S_MASK | DESC_A_MASK
const FLAT_CODE = FLAT | DESC_CS_MASK | DESC_R_MASK
const FLAT_DATA = FLAT | DESC_W_MASK
/** 64-bit code: L set, D clear (SDM volume 3, 5.2.1). */
const LONG_CODE = (FLAT & ~DESC_B_MASK) | DESC_CS_MASK | DESC_R_MASK | DESC_L_MASK
/** A busy 32-bit TSS (SDM volume 3, table 3-2). */
const BUSY_TSS = DESC_P_MASK | (11 << DESC_TYPE_SHIFT)
/** Least limit of a TSS: 104 bytes less one. */
const TSS_LIMIT = 0x67

/** Selectors that a loader with a GDT would have; a 32-bit kernel must load a GDT of its own before it uses them. */
const SELECTOR_CODE = 0x10
const SELECTOR_DATA = 0x18

/** Protection on, and ET, which is always 1; with paging for long mode. */
const CR0_PE_ET = 0x11n
const CR0_PG = 1n << 31n
const CR4_PAE = 1n << 5n
/** Long mode enabled and active (SDM volume 3, table 2-1). */
const EFER_LME_LMA = (1n << 8n) | (1n << 10n)

/**
 * Gives a CPU that was just reset flat segments with the given selectors, protected mode, no interrupts, and its first
 * instruction.
 */
function setFlatState(cpu: X86CPU, entry: number, code: number, data: number, codeFlags: number): void {
  const { env } = cpu
  for (const n of [R_ES, R_SS, R_DS, R_FS, R_GS]) {
    Object.assign(env.segs[n]!, { selector: data, base: 0n, limit: 0xffff_ffff, flags: FLAT_DATA })
  }
  Object.assign(env.segs[R_CS]!, { selector: code, base: 0n, limit: 0xffff_ffff, flags: codeFlags })
  Object.assign(env.tr, { selector: 0, base: 0n, limit: TSS_LIMIT, flags: BUSY_TSS })
  env.cr[0] = CR0_PE_ET
  env.eflags = 2n
  env.eip = BigInt(entry)
}

/**
 * Linux's 64-bit boot protocol: long mode, the first 4 GiB mapped one to one, the protocol's selectors in a GDT, the address of
 * `struct boot_params` in RSI. Linux, Documentation/arch/x86/boot.rst, "64-bit Boot Protocol"
 */
function setLinux64State(cpu: X86CPU, entry: number, bootParams: number): void {
  const { env } = cpu
  setFlatState(cpu, entry, BOOT_CS, BOOT_DS, LONG_CODE)
  Object.assign(env.gdt, { base: BigInt(BOOT_GDT_ADDR), limit: BOOT_GDT_SIZE - 1 })
  env.cr[3] = BigInt(BOOT_PAGE_TABLES_ADDR)
  env.cr[4] = CR4_PAE
  env.efer = EFER_LME_LMA
  env.cr[0] = CR0_PE_ET | CR0_PG
  env.regs[R_ESI] = BigInt(bootParams)
}

/**
 * Gives a CPU that was just reset the state in which a kernel is entered without firmware. PVH and multiboot: 32-bit protected
 * mode, flat segments, no paging, interrupts off, the address of what the kernel is told in EBX (Xen, docs/misc/pvh.pandoc;
 * Multiboot Specification 0.6.96, 3.2). Linux's 32-bit protocol: the same with `struct boot_params` in ESI; its 64-bit one: see
 * above.
 * @qemu pc-bios/optionrom/pvh_main.c pvh_load_kernel
 * @differs QEMU's option ROMs get there from real mode, by way of the firmware; here the CPU starts in that state
 */
export function x86CpuSetEntryState(cpu: X86CPU, at: DirectEntry): void {
  const { env } = cpu
  if (at.kind === 'linux64') setLinux64State(cpu, at.entry, at.bootParams)
  else if (at.kind === 'linux32') {
    // The protocol's selectors; it has the kernel load a GDT of its own first of all.
    setFlatState(cpu, at.entry, BOOT_CS, BOOT_DS, FLAT_CODE)
    env.regs[R_ESI] = BigInt(at.bootParams)
  } else {
    setFlatState(cpu, at.entry, SELECTOR_CODE, SELECTOR_DATA, FLAT_CODE)
    env.regs[R_EBX] = BigInt(at.kind === 'pvh' ? at.startInfo : at.info)
    if (at.kind === 'multiboot') env.regs[R_EAX] = BigInt(MULTIBOOT_BOOTLOADER_MAGIC)
  }
  x86UpdateHflags(env)
}
