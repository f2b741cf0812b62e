// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a fault of the page walk is, seen from the instruction: a block knows of an access its address, no more.

import { ENV_ERROR_CODE, ENV_EXCEPTION_INDEX, ENV_LOAD_ADDRESS, ENV_MMU_IDX, ENV_PENDING } from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { raise, reg } from './env'
import { x86TlbFill } from './mmu'

const RSP = 4;
/** Bytes that the longest push takes, a frame of ENTER or PUSHA. */
const NEAR_STACK: u64 = 0x200;
const ERROR_W: u32 = 2;

/**
 * Puts the pending fault right for the instruction that it is of; `insn` is its INSN_*. One that changes memory faults as the
 * write that it is, and at its first byte that cannot be written (SDM volume 3, 4.7). An address that is not canonical is a
 * #SS when the stack segment is meant (SDM volume 1, 3.3.7.1).
 */
export function refineFault(env: u32, insn: u32): void {
  if (load<u64>(env, x.X_WALK_FAULT) == 0) return;
  store<u64>(env, 0, x.X_WALK_FAULT);
  let addr = load<u64>(env, x.X_CR2_PENDING);
  if (load<u32>(env, ENV_EXCEPTION_INDEX) == x.EXCP0D_GPF) {
    let near = addr - reg(env, RSP) + NEAR_STACK < NEAR_STACK * 2;
    if (insn & x.INSN_SS || (insn & x.INSN_STACK && near)) store<u32>(env, x.EXCP0C_STACK, ENV_EXCEPTION_INDEX);
    return;
  }
  if (!(insn & x.INSN_RMW) || load<u32>(env, ENV_ERROR_CODE) & ERROR_W) return;
  let mode = load<u32>(env, ENV_MMU_IDX);
  if (x86TlbFill(env, load<u64>(env, ENV_LOAD_ADDRESS), 1, mode)) x86TlbFill(env, addr, 1, mode);
  store<u64>(env, 0, x.X_WALK_FAULT);
  store<u32>(env, 0, ENV_PENDING);
}

/** An operand of 16 bytes is not where it has to be (SDM volume 1, 4.1.1). @qemu target/i386/tcg/sysemu/excp_helper.c x86_cpu_do_unaligned_access */
export function x86CpuDoUnalignedAccess(env: u32): void {
  raise(env, x.EXCP0D_GPF);
}
