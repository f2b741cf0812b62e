// SPDX-License-Identifier: GPL-2.0-or-later
//
// Turns that end at a number of instructions: QEMU's accel/tcg/tcg-accel-ops-icount.c. Whatever cuts a turn short here comes
// from the guest alone, so that a run can be had again.

import type { Icount } from '@dromaius/cpus'
import { ENV_ICOUNT_DECR } from '@dromaius/tcg'
import type { QEMUClock } from '@dromaius/util'
import { cpuExec } from './cpu-exec.js'
import type { Vcpu } from './tcg-engine.js'

/** Instructions of a turn at most: a few ms of interpreted code. */
const TURN = 100_000
/** New blocks of a turn at most: their translation takes about as long. */
const NEW_BLOCKS = 32
/** Nearest limit in `ns` when no timer is near. */
const NO_DEADLINE = 0x7fff_ffffn

/** Instructions until a timer is due. @qemu accel/tcg/tcg-accel-ops-icount.c icount_get_limit */
function icountGetLimit(icount: Icount, clock: QEMUClock): number {
  const deadline = clock.deadlineNs() ?? NO_DEADLINE
  return icount.round(deadline < NO_DEADLINE ? deadline : NO_DEADLINE)
}

/**
 * One CPU's turn: up to the instruction at which a timer is due, or up to a number of them. Where a turn ends does not depend
 * on how blocks find each other, which differs between interpreted and compiled code.
 * @qemu accel/tcg/tcg-accel-ops-icount.c icount_prepare_for_run
 */
export function icountCpusExec(vcpu: Vcpu, icount: Icount): number {
  const limit = icountGetLimit(icount, vcpu.cpu.system.clocks.virtual)
  const budget = Math.min(limit, TURN)
  vcpu.turnEnds = Infinity
  vcpu.newBlocks = NEW_BLOCKS
  vcpu.setU32(ENV_ICOUNT_DECR, budget)
  icount.executing = () => budget - (vcpu.getU32(ENV_ICOUNT_DECR) & 0x7fff_ffff)
  try {
    return cpuExec(vcpu, budget)
  } finally {
    // icount_process_data
    icount.update()
  }
}
