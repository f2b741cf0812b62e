// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the translator runs CPUs: QEMU's accel/tcg/tcg-accel-ops.c.

import { type AccelOps, type CPUState, cpuExit, genericHandleInterrupt, qemuCpuIsSelf } from '@dromaius/cpus'
import { tcgCpuOps } from '@dromaius/tcg'
import { tcgInsertBreakpoint, tcgRemoveAllBreakpoints, tcgRemoveBreakpoint } from './tcg-breakpoints.js'
import { engineOf } from './tcg-engine-of.js'
import { rrStartVcpuThread } from './tcg-accel-ops-rr.js'

/** Takes the CPU out of translated code, and the loop out of its sleep. @qemu accel/tcg/tcg-accel-ops-rr.c rr_kick_vcpu_thread */
function rrKickVcpuThread(cpu: CPUState): void {
  const engine = engineOf(cpu)
  if (cpu.running) {
    cpuExit(cpu)
    engine.vcpus.get(cpu)?.requestExit()
  }
  engine.wake.broadcast()
}

/** @qemu accel/tcg/tcg-accel-ops.c tcg_handle_interrupt */
function tcgHandleInterrupt(cpu: CPUState, mask: number): void {
  genericHandleInterrupt(cpu, mask)
  // Its own instruction asked: it is looked at before the next one.
  if (qemuCpuIsSelf(cpu)) engineOf(cpu).vcpus.get(cpu)?.requestExit()
}

/** The registers in the CPU's object become the newer ones. */
function synchronizeState(cpu: CPUState): void {
  const vcpu = engineOf(cpu).vcpus.get(cpu)
  if (cpu.vcpuDirty || !vcpu) return
  tcgCpuOps().getRegisters(vcpu)
  cpu.vcpuDirty = true
}

/** Registers of a reset or a snapshot go to the block. */
function putAll(cpu: CPUState): void {
  const vcpu = engineOf(cpu).vcpus.get(cpu)
  if (vcpu) tcgCpuOps().putRegisters(vcpu)
  cpu.vcpuDirty = false
}

/** @qemu accel/tcg/tcg-accel-ops.c tcg_accel_ops_init */
export const tcgAccelOps: AccelOps = {
  createVcpuThread: (cpu) => rrStartVcpuThread(engineOf(cpu), cpu),
  kickVcpuThread: rrKickVcpuThread,
  handleInterrupt: tcgHandleInterrupt,
  synchronizeState,
  synchronizePostReset: putAll,
  synchronizePostInit: putAll,
  synchronizePreLoadvm: (cpu) => {
    cpu.vcpuDirty = true
  },
  insertBreakpoint: tcgInsertBreakpoint,
  removeBreakpoint: tcgRemoveBreakpoint,
  removeAllBreakpoints: tcgRemoveAllBreakpoints,
  updateGuestDebug: (cpu) => engineOf(cpu).vcpus.get(cpu)?.requestExit(),
}
