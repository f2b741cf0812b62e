// SPDX-License-Identifier: GPL-2.0-or-later
import {
  BP_MEM_ACCESS,
  BP_MEM_WRITE,
  type CPUState,
  EXCP_DEBUG,
  cpuSynchronizeState,
  kvmStateOf,
} from '@dromaius/cpus'
import type { KvmRun } from '@dromaius/native'
import { X86_CPU } from '../cpu.js'
import { type HwBreakpoint, kvmArchStateOf } from './kvm-arch-state.js'
import { EXCP01_DB, kvmQueueException } from './kvm-exception.js'

/** DR6.BS: a single step ended (SDM volume 3, 18.2.3). */
const DR6_BS = 1n << 14n

/** What a debug exception was for. */
type DebugCause =
  | { kind: 'step' }
  | { kind: 'breakpoint'; register: number }
  | { kind: 'watchpoint'; register: number; access: 'write' | 'access' }

/** Decodes DR6 with the help of DR7; the highest register that hit counts, null when none did. */
export function decodeDr6(dr6: bigint, dr7: bigint): DebugCause | null {
  if ((dr6 & DR6_BS) !== 0n) return { kind: 'step' }
  for (let register = 3; register >= 0; register--) {
    if (((dr6 >> BigInt(register)) & 1n) === 0n) continue
    switch ((dr7 >> BigInt(16 + register * 4)) & 3n) {
      case 0n:
        return { kind: 'breakpoint', register }
      case 1n:
        return { kind: 'watchpoint', register, access: 'write' }
      case 3n:
        return { kind: 'watchpoint', register, access: 'access' }
    }
  }
  return null
}

/** Whether the debugger asked for this; a watchpoint is noted for it. */
function isDebuggers(cs: CPUState, cause: DebugCause, registers: readonly HwBreakpoint[]): boolean {
  if (cause.kind === 'step') return cs.singlestepEnabled !== 0
  if (cause.kind === 'watchpoint') {
    const { addr, len } = registers[cause.register] ?? { addr: 0n, len: 1 }
    cs.watchpointHit = {
      vaddr: addr,
      len,
      hitaddr: addr,
      flags: cause.access === 'write' ? BP_MEM_WRITE : BP_MEM_ACCESS,
    }
  }
  return true
}

/**
 * A debug exit: `EXCP_DEBUG` when it is the debugger's, else the exception goes on to the guest.
 * @qemu target/i386/kvm/kvm.c kvm_handle_debug
 */
export function kvmHandleDebug(cs: CPUState, run: KvmRun): number {
  const { exception, pc, dr6, dr7 } = run.debug.arch
  const s = kvmStateOf(cs)
  const state = kvmArchStateOf(s)
  if (exception === EXCP01_DB) {
    const cause = decodeDr6(dr6, dr7)
    if (cause !== null && isDebuggers(cs, cause, state.hwBreakpoints)) return EXCP_DEBUG
  } else if (s.swBreakpoints.some((bp) => bp.pc === pc)) {
    return EXCP_DEBUG
  }
  cpuSynchronizeState(cs)
  const { env } = X86_CPU(cs)
  kvmQueueException(env, exception, exception === EXCP01_DB ? dr6 : null, state.hasExceptionPayload)
  env.hasErrorCode = false
  return 0
}
