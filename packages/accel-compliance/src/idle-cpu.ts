// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type CPUClass,
  cpuCommonReset,
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  CPUState,
  qemuInitVcpu,
  TYPE_CPU,
} from '@dromaius/cpus'
import { typeRegister } from '@dromaius/qom'

/** A CPU without an instruction set, for accelerators that execute nothing: its life is that of every CPU. */
export class IdleCPU extends CPUState {}

export const TYPE_IDLE_CPU = typeRegister<IdleCPU, CPUClass>({
  name: 'idle-compliance-cpu',
  parent: TYPE_CPU,
  instance: IdleCPU,
  classInit(cc) {
    cc.realize = (dev) => {
      const cpu = TYPE_CPU.cast(dev)
      cpuExecRealizefn(cpu)
      qemuInitVcpu(cpu)
      cpuCommonReset(cpu)
    }
    cc.unrealize = (dev) => cpuExecUnrealizefn(TYPE_CPU.cast(dev))
  },
})
