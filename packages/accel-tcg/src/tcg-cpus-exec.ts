// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import { cpuExec } from './cpu-exec.js'
import { icountCpusExec } from './tcg-accel-ops-icount.js'
import { engineOf } from './tcg-engine-of.js'

/** How long one CPU's turn should take, ms. */
const TURN_MS = 1
/** Instructions of a turn at least and at most. */
const LEAST = 1_000
const MOST = 4_000_000

/**
 * One CPU's turn: a number of instructions that took about a millisecond last time, unless guest time goes by instructions.
 * @qemu accel/tcg/tcg-accel-ops.c tcg_cpus_exec
 */
export function tcgCpusExec(cpu: CPUState): number {
  const vcpu = engineOf(cpu).vcpuOf(cpu)
  const { icount } = cpu.system
  const started = performance.now()
  vcpu.turnEnds = started + TURN_MS
  const outcome = icount ? icountCpusExec(vcpu, icount) : cpuExec(vcpu, vcpu.turn)
  const elapsed = performance.now() - started
  if (elapsed > 2 * TURN_MS) vcpu.turn = Math.max(LEAST, vcpu.turn >> 1)
  else if (elapsed > TURN_MS / 2 && elapsed < TURN_MS)
    vcpu.turn = Math.min(MOST, vcpu.turn + (vcpu.turn >> 2))
  vcpu.engine.counts.turns += elapsed
  return outcome
}
