// SPDX-License-Identifier: GPL-2.0-or-later
import { ComplianceMachine, type ComplianceOptions } from './compliance-machine.js'

/** Makes machines on one accelerator, each given back when its test is through. */
export function runOn(accel: string) {
  return async (
    options: Omit<ComplianceOptions, 'accel'>,
    body: (machine: ComplianceMachine) => Promise<void>,
  ): Promise<void> => {
    const machine = new ComplianceMachine({ accel, ...options })
    try {
      await body(machine)
    } finally {
      await machine.destroy()
    }
  }
}
