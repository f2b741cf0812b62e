// SPDX-License-Identifier: GPL-2.0-or-later
//
// What this host's KVM lacks of each model, beside what QEMU says of it.

import '@dromaius/accel-kvm'
import '@dromaius/hw-i386'
import '@dromaius/target-i386/kvm'
import { accelExitMachine, configureAccelerators, SystemState } from '@dromaius/cpus'
import {
  CPU_VERSION_LATEST,
  type CpuDefinitionInfo,
  qmpQueryCpuDefinitions,
  x86CpuSetDefaultVersion,
} from '@dromaius/target-i386'
import { setReportSink } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { qmp, whyNotReference } from '../../../scripts/qemu-cpu-facts.mjs'
import { accelerators } from './accelerators.js'

/** Our answer for a machine of this accelerator. */
function ourDefinitions(version: number): CpuDefinitionInfo[] {
  const system = new SystemState({})
  // Dependencies that are not met are told of models too, though nobody asked for the features.
  setReportSink(() => undefined)
  try {
    configureAccelerators(system, [{ name: 'kvm' }])
    x86CpuSetDefaultVersion(system, version)
    return qmpQueryCpuDefinitions(system)
  } finally {
    accelExitMachine(system)
    system.clocks.destroy()
    setReportSink(null)
  }
}

const reason = accelerators.find(({ name }) => name === 'kvm')!.unavailable ?? whyNotReference()
const skipped = reason === null ? '' : ` (skipped: ${reason})`

describe.skipIf(reason !== null)(`query-cpu-definitions, compared with QEMU 7.2${skipped}`, () => {
  it.each([
    { board: 'microvm', version: CPU_VERSION_LATEST },
    { board: 'pc', version: 1 },
  ])('$board has the same models with the same features missing', async ({ board, version }) => {
    const accel = ['-accel', 'kvm,kernel-irqchip=on', '-S']
    const [theirs] = await qmp(['-M', board, ...accel], [{ execute: 'query-cpu-definitions' }])

    expect(ourDefinitions(version)).toEqual(theirs)
  })
})
