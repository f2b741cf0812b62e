// SPDX-License-Identifier: GPL-2.0-or-later
import { constants } from 'node:os'
import {
  type CPUState,
  GDB_BREAKPOINT_HW,
  GDB_WATCHPOINT_ACCESS,
  GDB_WATCHPOINT_WRITE,
  type KVMState,
  type KvmGuestDebug,
  type KvmSwBreakpoint,
  kvmStateOf,
  kvmSwBreakpointsActive,
} from '@dromaius/cpus'
import { KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_USE_HW_BP, KVM_GUESTDBG_USE_SW_BP } from '@dromaius/native'
import { cpuMemoryRwDebug } from './cpu-memory-debug.js'
import { type HwBreakpoint, kvmArchStateOf } from './kvm-arch-state.js'

const { errno } = constants

/** The one-byte breakpoint instruction, INT3. */
const INT3 = 0xcc
/** How many debug registers hold addresses. */
const HW_BREAKPOINTS_MAX = 4
/** DR7's bits that are always set, and GE and LE: exact matches. */
const DR7_FIXED = 0x0600n
/** R/W field of DR7 by kind: execute, write, read or write (SDM volume 3, 18.2.4). */
const TYPE_CODE = new Map<number, bigint>([
  [GDB_BREAKPOINT_HW, 0n],
  [GDB_WATCHPOINT_WRITE, 1n],
  [GDB_WATCHPOINT_ACCESS, 3n],
])
/** LEN field of DR7 by length in bytes. */
const LEN_CODE = new Map<number, bigint>([
  [1, 0n],
  [2, 1n],
  [4, 3n],
  [8, 2n],
])

/**
 * Puts a breakpoint instruction in place of the byte at `bp.pc` and keeps that byte in `bp.savedInsn`. Returns false
 * when there is no memory that could be changed.
 * @qemu target/i386/kvm/kvm.c kvm_arch_insert_sw_breakpoint
 */
export function kvmArchInsertSwBreakpoint(cs: CPUState, bp: KvmSwBreakpoint): boolean {
  const byte = new Uint8Array(1)
  if (!cpuMemoryRwDebug(cs, bp.pc, byte, false)) return false
  bp.savedInsn = byte[0]
  byte[0] = INT3
  return cpuMemoryRwDebug(cs, bp.pc, byte, true)
}

/**
 * Puts the byte back, unless the guest has overwritten the breakpoint. Returns false when the memory is gone.
 * @qemu target/i386/kvm/kvm.c kvm_arch_remove_sw_breakpoint
 */
export function kvmArchRemoveSwBreakpoint(cs: CPUState, bp: KvmSwBreakpoint): boolean {
  const byte = new Uint8Array(1)
  if (!cpuMemoryRwDebug(cs, bp.pc, byte, false)) return false
  if (byte[0] !== INT3) return true
  byte[0] = bp.savedInsn
  return cpuMemoryRwDebug(cs, bp.pc, byte, true)
}

/** @qemu target/i386/kvm/kvm.c find_hw_breakpoint */
function findHwBreakpoint(list: readonly HwBreakpoint[], addr: bigint, len: number, type: number): number {
  return list.findIndex((bp) => bp.addr === addr && bp.type === type && bp.len === len)
}

/**
 * Takes a debug register for a breakpoint or watchpoint of every vCPU: linear address, length in bytes (1, 2, 4 or 8,
 * aligned; ignored for `GDB_BREAKPOINT_HW`), kind in gdb's numbering. Returns 0 or a negative errno: EINVAL for a
 * length or alignment that the CPU does not have, ENOSYS for a kind that it does not have, ENOBUFS when the four
 * registers are in use, EEXIST.
 * @qemu target/i386/kvm/kvm.c kvm_arch_insert_hw_breakpoint
 */
export function kvmArchInsertHwBreakpoint(s: KVMState, addr: bigint, len: number, type: number): number {
  const list = kvmArchStateOf(s).hwBreakpoints
  if (!TYPE_CODE.has(type)) return -errno.ENOSYS
  const length = type === GDB_BREAKPOINT_HW ? 1 : len
  if (!LEN_CODE.has(length) || (addr & BigInt(length - 1)) !== 0n) return -errno.EINVAL
  if (list.length === HW_BREAKPOINTS_MAX) return -errno.ENOBUFS
  if (findHwBreakpoint(list, addr, length, type) >= 0) return -errno.EEXIST
  list.push({ addr, len: length, type })
  return 0
}

/**
 * Gives a debug register back. Returns 0, or -ENOENT.
 * @qemu target/i386/kvm/kvm.c kvm_arch_remove_hw_breakpoint
 */
export function kvmArchRemoveHwBreakpoint(s: KVMState, addr: bigint, len: number, type: number): number {
  const list = kvmArchStateOf(s).hwBreakpoints
  const n = findHwBreakpoint(list, addr, type === GDB_BREAKPOINT_HW ? 1 : len, type)
  if (n < 0) return -errno.ENOENT
  const last = list.pop()!
  if (n < list.length) list[n] = last
  return 0
}

/**
 * Gives all debug registers back.
 * @qemu target/i386/kvm/kvm.c kvm_arch_remove_all_hw_breakpoints
 */
export function kvmArchRemoveAllHwBreakpoints(s: KVMState): void {
  kvmArchStateOf(s).hwBreakpoints.length = 0
}

/**
 * Fills in which breakpoints KVM is to look out for on this vCPU (SDM volume 3, 18.2.4: DR7).
 * @qemu target/i386/kvm/kvm.c kvm_arch_update_guest_debug
 */
export function kvmArchUpdateGuestDebug(cs: CPUState, dbg: KvmGuestDebug): void {
  const s = kvmStateOf(cs)
  if (kvmSwBreakpointsActive(cs)) dbg.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP
  const list = kvmArchStateOf(s).hwBreakpoints
  if (list.length === 0) return
  dbg.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP
  dbg.arch.debugreg[7] = packDr7(list)
  list.forEach(({ addr }, n) => {
    dbg.arch.debugreg[n] = addr
  })
}

/** DR7 for these breakpoints: each globally enabled, with its kind and length. */
export function packDr7(list: readonly HwBreakpoint[]): bigint {
  return list.reduce((dr7, { type, len }, n) => {
    const enable = 2n << BigInt(n * 2)
    const condition = (TYPE_CODE.get(type) ?? 0n) << BigInt(16 + n * 4)
    const length = (LEN_CODE.get(len) ?? 0n) << BigInt(18 + n * 4)
    return dr7 | enable | condition | length
  }, DR7_FIXED)
}
