// SPDX-License-Identifier: GPL-2.0-or-later
import {
  DESC_A_MASK,
  DESC_B_MASK,
  DESC_CS_MASK,
  DESC_G_MASK,
  DESC_P_MASK,
  DESC_R_MASK,
  DESC_S_MASK,
  DESC_TYPE_SHIFT,
  DESC_W_MASK,
  R_CS,
  R_DS,
  R_EBX,
  R_ES,
  R_FS,
  R_GS,
  R_SS,
  type X86CPU,
  x86UpdateHflags,
} from '@dromaius/target-i386'
import type { PvhEntry } from './load-linux.js'

const FLAT = DESC_G_MASK | DESC_B_MASK | DESC_P_MASK | DESC_S_MASK | DESC_A_MASK
const FLAT_CODE = FLAT | DESC_CS_MASK | DESC_R_MASK
const FLAT_DATA = FLAT | DESC_W_MASK
/** A busy 32-bit TSS (SDM volume 3, table 3-2). */
const BUSY_TSS = DESC_P_MASK | (11 << DESC_TYPE_SHIFT)
/** Least limit of a TSS: 104 bytes less one. */
const TSS_LIMIT = 0x67

/** Protection on, and ET, which is always 1. */
const CR0_PE_ET = 0x11n

/** Selectors that a loader with a GDT would have; the kernel must load a GDT of its own before it uses them. */
const SELECTOR_CODE = 0x10
const SELECTOR_DATA = 0x18

/**
 * Gives a CPU that was just reset the state in which PVH enters a kernel: 32-bit protected mode, flat segments, no paging,
 * interrupts off, the address of `hvm_start_info` in EBX. Xen, docs/misc/pvh.pandoc
 * @qemu pc-bios/optionrom/pvh.S pvh_load_kernel
 * @differs QEMU's option ROM gets there from real mode, by way of the firmware; here the CPU starts in that state
 */
export function x86CpuSetPvhState(cpu: X86CPU, { entry, startInfo }: PvhEntry): void {
  const { env } = cpu
  for (const n of [R_ES, R_SS, R_DS, R_FS, R_GS]) {
    Object.assign(env.segs[n]!, { selector: SELECTOR_DATA, base: 0n, limit: 0xffff_ffff, flags: FLAT_DATA })
  }
  Object.assign(env.segs[R_CS]!, { selector: SELECTOR_CODE, base: 0n, limit: 0xffff_ffff, flags: FLAT_CODE })
  Object.assign(env.tr, { selector: 0, base: 0n, limit: TSS_LIMIT, flags: BUSY_TSS })
  env.cr[0] = CR0_PE_ET
  env.eflags = 2n
  env.eip = BigInt(entry)
  env.regs[R_EBX] = BigInt(startInfo)
  x86UpdateHflags(env)
}
