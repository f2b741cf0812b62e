// SPDX-License-Identifier: GPL-2.0-or-later
import { CR0_PE_MASK, CR4_OSFXSR_MASK, MSR_EFER_LMA, VM_MASK } from './cpuid-bits.js'
import {
  type CPUX86State,
  DESC_B_MASK,
  DESC_B_SHIFT,
  DESC_DPL_SHIFT,
  DESC_L_MASK,
  HF_ADDSEG_MASK,
  HF_CPL_MASK,
  HF_CS32_MASK,
  HF_CS64_MASK,
  HF_EM_MASK,
  HF_IOPL_MASK,
  HF_LMA_MASK,
  HF_MP_MASK,
  HF_OSFXSR_MASK,
  HF_PE_MASK,
  HF_SS32_MASK,
  HF_TF_MASK,
  HF_TS_MASK,
  HF_VM_MASK,
  R_CS,
  R_DS,
  R_ES,
  R_SS,
} from './env.js'

const HF_MP_SHIFT = 9
const HF_CS32_SHIFT = 4
const HF_SS32_SHIFT = 5
const CR0_MP_SHIFT = 1

/** The flags that follow from registers; the others (system management, guest mode, ...) are state of their own. */
const DERIVED_MASK =
  HF_CPL_MASK |
  HF_PE_MASK |
  HF_MP_MASK |
  HF_EM_MASK |
  HF_TS_MASK |
  HF_TF_MASK |
  HF_VM_MASK |
  HF_IOPL_MASK |
  HF_OSFXSR_MASK |
  HF_LMA_MASK |
  HF_CS32_MASK |
  HF_SS32_MASK |
  HF_CS64_MASK |
  HF_ADDSEG_MASK

/** CS32, SS32, CS64 and ADDSEG: the sizes of code and stack, and whether segment bases count. */
function segmentFlags(env: CPUX86State, longMode: boolean): number {
  const cs = env.segs[R_CS]
  const ss = env.segs[R_SS]
  if (longMode && cs.flags & DESC_L_MASK) return HF_CS32_MASK | HF_SS32_MASK | HF_CS64_MASK
  let flags = (cs.flags & DESC_B_MASK) >>> (DESC_B_SHIFT - HF_CS32_SHIFT)
  flags |= (ss.flags & DESC_B_MASK) >>> (DESC_B_SHIFT - HF_SS32_SHIFT)
  const flat16 = !(env.cr[0] & CR0_PE_MASK) || !!(env.eflags & VM_MASK) || !(flags & HF_CS32_MASK)
  if (flat16 || (env.segs[R_DS].base | env.segs[R_ES].base | ss.base) !== 0n) flags |= HF_ADDSEG_MASK
  return flags
}

/**
 * Brings `env.hflags` up to date with CR0, CR4, EFER, RFLAGS and the segment registers.
 * @qemu target/i386/cpu.c x86_update_hflags
 */
export function x86UpdateHflags(env: CPUX86State): void {
  const cr0 = Number(env.cr[0] & 0xffff_ffffn)
  let hflags = env.hflags & ~DERIVED_MASK
  hflags |= (env.segs[R_SS].flags >>> DESC_DPL_SHIFT) & HF_CPL_MASK
  if (env.cr[0] & CR0_PE_MASK) hflags |= HF_PE_MASK
  hflags |= (cr0 << (HF_MP_SHIFT - CR0_MP_SHIFT)) & (HF_MP_MASK | HF_EM_MASK | HF_TS_MASK)
  hflags |= Number(env.eflags & 0xffff_ffffn) & (HF_TF_MASK | HF_VM_MASK | HF_IOPL_MASK)
  if (env.cr[4] & CR4_OSFXSR_MASK) hflags |= HF_OSFXSR_MASK
  const longMode = (env.efer & MSR_EFER_LMA) !== 0n
  if (longMode) hflags |= HF_LMA_MASK
  env.hflags = hflags | segmentFlags(env, longMode)
}
