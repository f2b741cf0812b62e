// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUState } from '@dromaius/cpus'
import type { TcgEngine } from './tcg-engine.js'

/** The engine of the CPU's machine. Throws an Error for a machine on another accelerator. */
export function engineOf(cpu: CPUState): TcgEngine {
  const accel = cpu.system.accel as { engine?: TcgEngine | null } | null
  if (!accel?.engine) throw new Error(`CPU ${cpu.cpuIndex} is not on TCG`)
  return accel.engine
}
