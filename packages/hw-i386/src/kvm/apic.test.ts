// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants } from 'node:fs'
import '@dromaius/accel-kvm'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  cpuSynchronizeState,
  SystemState,
} from '@dromaius/cpus'
import { objectNew, qdevRealize } from '@dromaius/qom'
import type { X86CPU } from '@dromaius/target-i386'
import '@dromaius/target-i386/kvm'
import { setReportSink, vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'
import { expect, it } from 'vitest'
import { TYPE_KVM_APIC } from './apic.js'

function kvmIsThere(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

it.skipIf(!kvmIsThere())(
  'kvm-apic state that is loaded is in the kernel, and is read back (needs /dev/kvm)',
  async () => {
    const system = new SystemState()
    configureAccelerators(system, [{ name: 'kvm' }])
    const cpu = objectNew('qemu64-x86_64-cpu') as X86CPU
    cpu.system = system
    cpu.apicId = 0
    // What the host lacks of the model's features is not the point here.
    const before = setReportSink(() => undefined)
    qdevRealize(cpu, null, system.root)
    setReportSink(before)
    const apic = TYPE_KVM_APIC.cast(cpu.apicState!)
    const { vmsd } = apic.qomClass
    expect(apic.apicbase).toBe(0xfee0_0900n)

    const state = vmstateSave(vmsd!, apic) as { fields: { lvt: number[]; irr: number[] } }
    expect(state.fields.lvt).toEqual(new Array(6).fill(0x1_0000))
    // Timer interrupt 0x42, masked; interrupt 0x31 is pending.
    state.fields.lvt[0] = 0x1_0042
    state.fields.irr[1] = 1 << 17
    vmstateLoad(vmsd!, apic, state as unknown as VMStateValue)
    apic.lvt.fill(0)
    apic.irr.fill(0)
    cpu.vcpuDirty = false
    cpuSynchronizeState(cpu)
    expect([apic.lvt[0], apic.irr[1]]).toEqual([0x1_0042, 1 << 17])

    await cpuRemoveSync(cpu)
    accelExitMachine(system)
  },
)
