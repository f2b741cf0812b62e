// SPDX-License-Identifier: GPL-2.0-or-later
//
// The CPU's registers as helpers use them, and how they raise exceptions. A helper that raises one returns at once; the
// interpreter sees what is pending.

import { loadMode, loadSlow, storeMode, storeSlow } from '@dromaius/tcg/assembly/softmmu'
import {
  ENV_ERROR_CODE, ENV_EXCEPTION_INDEX, ENV_EXCEPTION_IS_INT, ENV_MMU_IDX, ENV_PENDING, ENV_TB_CS_BASE, ENV_TB_FLAGS,
  ENV_TB_PC, ENV_TLB, ENV_TLBS, EXIT_EXCEPTION, EXIT_STOP, TLB_SIZE,
} from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'

@inline export function reg(env: u32, n: u32): u64 { return load<u64>(env + (n << 3), x.X_REGS); }
@inline export function setReg(env: u32, n: u32, value: u64): void { store<u64>(env + (n << 3), value, x.X_REGS); }
@inline export function eflagsRaw(env: u32): u32 { return <u32>load<u64>(env, x.X_EFLAGS); }
@inline export function hflags(env: u32): u32 { return <u32>load<u64>(env, x.X_HFLAGS); }
@inline export function cr(env: u32, n: u32): u64 { return load<u64>(env + (n << 3), x.X_CR); }
@inline export function cpl(env: u32): u32 { return hflags(env) & x.HF_CPL; }
@inline export function vm86(env: u32): bool { return (eflagsRaw(env) & x.VM_MASK) != 0; }
@inline export function iopl(env: u32): u32 { return (eflagsRaw(env) >> 12) & 3; }
@inline export function lma(env: u32): bool { return (hflags(env) & x.HF_LMA) != 0; }
@inline export function seg(env: u32, n: u32): u32 { return env + x.X_SEGS + n * x.X_SEG_SIZE; }
@inline export function segSelector(s: u32): u32 { return <u32>load<u64>(s, x.X_SEG_SELECTOR); }
@inline export function segBase(s: u32): u64 { return load<u64>(s, x.X_SEG_BASE); }
@inline export function segLimit(s: u32): u32 { return <u32>load<u64>(s, x.X_SEG_LIMIT); }
@inline export function segFlags(s: u32): u32 { return <u32>load<u64>(s, x.X_SEG_FLAGS); }
@inline export function faulted(env: u32): bool { return load<u32>(env, ENV_PENDING) != 0; }

/** Fills in a segment register or table register. */
export function setSeg(s: u32, selector: u32, base: u64, limit: u32, flags: u32): void {
  store<u64>(s, selector, x.X_SEG_SELECTOR);
  store<u64>(s, base, x.X_SEG_BASE);
  store<u64>(s, limit, x.X_SEG_LIMIT);
  store<u64>(s, flags, x.X_SEG_FLAGS);
}

/** Picks the MMU's mode by privilege level, SMAP and AC. @qemu target/i386/cpu.h cpu_mmu_index */
export function updateMmuIndex(env: u32): void {
  let mode: u32 = x.MMU_KERNEL;
  if (cpl(env) == 3) mode = x.MMU_USER;
  else if ((hflags(env) & x.HF_SMAP) && !(eflagsRaw(env) & x.AC_MASK)) mode = x.MMU_KERNEL_SMAP;
  store<u32>(env, mode, ENV_MMU_IDX);
  store<u32>(env, env + ENV_TLBS + mode * TLB_SIZE, ENV_TLB);
}

/** The mode of accesses that the CPU itself makes, to descriptor tables and the like. @qemu target/i386/cpu.h cpu_mmu_index_kernel */
export function kernelMode(env: u32): u32 {
  if (!(hflags(env) & x.HF_SMAP)) return x.MMU_KERNEL;
  return cpl(env) < 3 && (eflagsRaw(env) & x.AC_MASK) ? x.MMU_KERNEL : x.MMU_KERNEL_SMAP;
}

export function setHflags(env: u32, value: u32): void {
  store<u64>(env, value, x.X_HFLAGS);
  updateMmuIndex(env);
}

export function setEflagsRaw(env: u32, value: u32): void {
  store<u64>(env, value, x.X_EFLAGS);
  updateMmuIndex(env);
}

/** @qemu target/i386/cpu.h cpu_get_tb_cpu_state */
export function cpuGetTbCpuState(env: u32): void {
  let base = segBase(seg(env, x.R_CS));
  let h = hflags(env);
  store<u64>(env, base, ENV_TB_CS_BASE);
  let pc = load<u64>(env, x.X_EIP) + base;
  store<u64>(env, h & x.HF_CS64 ? pc : pc & 0xffffffff, ENV_TB_PC);
  store<u32>(env, h | (eflagsRaw(env) & x.TB_EFLAGS), ENV_TB_FLAGS);
}

/** Raises an exception without error code. @qemu target/i386/tcg/excp_helper.c raise_exception */
export function raise(env: u32, vector: u32): u64 {
  return raiseErr(env, vector, 0);
}

/** Raises an exception with an error code. @qemu target/i386/tcg/excp_helper.c raise_exception_err */
export function raiseErr(env: u32, vector: u32, error: u32): u64 {
  store<u32>(env, vector, ENV_EXCEPTION_INDEX);
  store<u32>(env, error, ENV_ERROR_CODE);
  store<u32>(env, 0, ENV_EXCEPTION_IS_INT);
  store<u64>(env, 0, x.X_WALK_FAULT);
  store<u32>(env, EXIT_EXCEPTION, ENV_PENDING);
  return 0;
}

/** Leaves to the loop behind the instruction, with `reason` (EXCP_*). */
export function stop(env: u32, reason: u32): u64 {
  store<u32>(env, reason, ENV_EXCEPTION_INDEX);
  store<u32>(env, EXIT_STOP, ENV_PENDING);
  return 0;
}

/** Whether a linear address has its upper bits all alike, as 48 bits have it. */
@inline export function isCanonical(value: u64): bool { return <u64>((<i64>value << 16) >> 16) == value; }

/** Linear address as the mode has them: 32 bits outside long mode. */
@inline export function linear(env: u32, addr: u64): u64 { return lma(env) ? addr : addr & 0xffffffff; }

/** Memory as the CPU itself accesses it, whatever the privilege level. */
export function ldk(env: u32, addr: u64, size: u32): u64 { return loadMode(env, linear(env, addr), size, kernelMode(env)); }
export function stk(env: u32, addr: u64, size: u32, value: u64): void {
  storeMode(env, linear(env, addr), size, value, kernelMode(env));
}
/** Memory as the program accesses it. */
export function ldu(env: u32, addr: u64, size: u32): u64 { return loadSlow(env, linear(env, addr), size); }
export function stu(env: u32, addr: u64, size: u32, value: u64): void {
  storeSlow(env, linear(env, addr), size, value);
}
