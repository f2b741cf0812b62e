// SPDX-License-Identifier: GPL-2.0-or-later
import type { MachineClass } from '@dromaius/hw-core'
import { memoryRegionAddSubregion } from '@dromaius/memory'
import { typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { allocateRam, TYPE_X86_MACHINE, X86MachineState } from './x86-machine.js'

/** A machine without CPU, bus and device. */
class NoneMachineState extends X86MachineState {
  override get takesKernel(): boolean {
    return false
  }
}

/**
 * Builds a machine of nothing but RAM, if any was asked for.
 * @qemu hw/core/null-machine.c machine_none_init
 * @differs no CPU: of x86 CPUs none comes to life without a board that gives it a place
 */
function machineNoneInit(ms: X86MachineState): void {
  if (ms.cpuOption !== '') throw new UserError(`${ms.cpuOption}: the machine 'none' has no place for a CPU`)
  if (ms.kernelFilename !== '') throw new UserError("-kernel: the machine 'none' boots nothing")
  if (ms.firmware !== '') throw new UserError("-bios: the machine 'none' has no firmware")
  if (ms.fwCfgFiles[0] !== undefined)
    throw new UserError(`-fw_cfg ${ms.fwCfgFiles[0]}: fw_cfg device not available`)
  if (ms.ramSize > 0) memoryRegionAddSubregion(ms.system.systemMemory, 0, allocateRam(ms, 'ram'))
}

const TYPE_NONE_MACHINE = typeRegister<NoneMachineState, MachineClass>({
  name: 'none-machine',
  parent: TYPE_X86_MACHINE,
  instance: NoneMachineState,
  classInit(mc) {
    mc.desc = 'empty machine'
    mc.maxCpus = 1
    mc.defaultRamSize = 0
    mc.init = (ms) => machineNoneInit(TYPE_NONE_MACHINE.cast(ms))
  },
})
