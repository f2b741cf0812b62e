// SPDX-License-Identifier: GPL-2.0-or-later
//
// Breakpoints and watchpoints of debuggers. There are as many as somebody wants, and none is seen by the guest.

import {
  BP_GDB,
  BP_MEM_ACCESS,
  BP_MEM_READ,
  BP_MEM_WRITE,
  cpuBreakpointInsert,
  cpuBreakpointRemove,
  cpuBreakpointRemoveAll,
  type CPUState,
  GDB_BREAKPOINT_HW,
  GDB_BREAKPOINT_SW,
  GDB_WATCHPOINT_READ,
  GDB_WATCHPOINT_WRITE,
  type GdbBreakpointType,
} from '@dromaius/cpus'
import { ENV_WATCH_COUNT, ENV_WATCH_MAX, ENV_WATCH_SIZE, ENV_WATCHES } from '@dromaius/tcg'
import type { TcgEngine } from './tcg-engine.js'
import { engineOf } from './tcg-engine-of.js'

const ENOENT = 2
const EINVAL = 22
const ENOBUFS = 105

/** Which accesses a kind of watchpoint is for. */
function watchFlags(type: GdbBreakpointType): number {
  if (type === GDB_WATCHPOINT_WRITE) return BP_MEM_WRITE
  return type === GDB_WATCHPOINT_READ ? BP_MEM_READ : BP_MEM_ACCESS
}

const isBreakpoint = (type: GdbBreakpointType): boolean =>
  type === GDB_BREAKPOINT_SW || type === GDB_BREAKPOINT_HW

/** An address as blocks know theirs: beyond 2^63 negative. */
const linear = (address: bigint): number => Number(BigInt.asIntN(64, address))

/** Tells translated code of the breakpoints and watchpoints that the machine's first CPU has; all have the same. */
function update(engine: TcgEngine): void {
  engine.breakpoints.clear()
  for (const vcpu of engine.vcpus.values()) {
    const { cpu, env, memory } = vcpu
    for (const { pc } of cpu.breakpoints) engine.breakpoints.add(linear(pc))
    cpu.watchpoints.forEach(({ vaddr, len, flags }, i) => {
      const at = env + ENV_WATCHES + i * ENV_WATCH_SIZE
      memory.view.setBigUint64(at, BigInt.asUintN(64, vaddr), true)
      memory.view.setUint32(at + 8, len, true)
      memory.view.setUint32(at + 12, flags & BP_MEM_ACCESS, true)
    })
    vcpu.setU32(ENV_WATCH_COUNT, cpu.watchpoints.length)
    if (cpu.running) vcpu.requestExit()
  }
  // Blocks that jump straight over a breakpoint are made anew, and pages with watchpoints go the long way.
  engine.tbs.flush()
  engine.flushTlbs()
}

/**
 * Sets a breakpoint or watchpoint on every CPU of the machine; 0, or a negative errno.
 * @qemu accel/tcg/tcg-accel-ops.c tcg_insert_breakpoint
 */
export function tcgInsertBreakpoint(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  const engine = engineOf(cpu)
  if (!isBreakpoint(type)) {
    if (length <= 0 || length > 4096) return -EINVAL
    if (cpu.watchpoints.length >= ENV_WATCH_MAX) return -ENOBUFS
  }
  for (const other of cpu.system.cpus) {
    if (isBreakpoint(type)) cpuBreakpointInsert(other, address, BP_GDB)
    else
      other.watchpoints.push({ vaddr: address, len: length, hitaddr: 0n, flags: BP_GDB | watchFlags(type) })
  }
  update(engine)
  return 0
}

/** @qemu accel/tcg/tcg-accel-ops.c tcg_remove_breakpoint */
export function tcgRemoveBreakpoint(
  cpu: CPUState,
  type: GdbBreakpointType,
  address: bigint,
  length: number,
): number {
  let found = false
  for (const other of cpu.system.cpus) {
    if (isBreakpoint(type)) found = cpuBreakpointRemove(other, address, BP_GDB) || found
    else {
      const flags = BP_GDB | watchFlags(type)
      const index = other.watchpoints.findIndex(
        (wp) => wp.vaddr === address && wp.len === length && wp.flags === flags,
      )
      if (index >= 0) other.watchpoints.splice(index, 1)
      found ||= index >= 0
    }
  }
  if (!found) return -ENOENT
  update(engineOf(cpu))
  return 0
}

/** @qemu accel/tcg/tcg-accel-ops.c tcg_remove_all_breakpoints */
export function tcgRemoveAllBreakpoints(cpu: CPUState): void {
  for (const other of cpu.system.cpus) {
    cpuBreakpointRemoveAll(other, BP_GDB)
    other.watchpoints.splice(0)
  }
  update(engineOf(cpu))
}
