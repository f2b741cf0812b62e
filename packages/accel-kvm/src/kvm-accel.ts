// SPDX-License-Identifier: GPL-2.0-or-later
import { TYPE_ACCEL } from '@dromaius/cpus'
import { nativeRamAllocator } from '@dromaius/memory'
import {
  enumPropertyType,
  objectClassPropertyAdd,
  objectClassPropertyAddStr,
  typeRegister,
} from '@dromaius/qom'
import { kvmAccelOps } from './kvm-accel-ops.js'
import { kvmExit, kvmInit } from './kvm-init.js'
import { KVMState } from './kvm-state.js'

const kernelIrqchipType = enumPropertyType('on|off|split', ['on', 'off', 'split'])

/**
 * The accelerator `kvm`.
 * @qemu accel/kvm/kvm-all.c kvm_accel_class_init
 */
export const TYPE_KVM_ACCEL = typeRegister({
  name: 'kvm-accel',
  parent: TYPE_ACCEL,
  instance: KVMState,
  classInit(klass) {
    const ac = TYPE_ACCEL.classCast(klass)
    ac.accelName = 'kvm'
    ac.ops = kvmAccelOps
    ac.ramAllocator = nativeRamAllocator({ kind: 'anonymous' })
    ac.anyRam = true
    ac.initMachine = kvmInit
    ac.exitMachine = kvmExit
    objectClassPropertyAdd<KVMState, typeof kernelIrqchipType>(klass, {
      name: 'kernel-irqchip',
      type: kernelIrqchipType,
      description: 'Configure KVM in-kernel irqchip',
      get: (s) => s.kernelIrqchip,
      set: (s, value) => {
        s.kernelIrqchip = value
      },
    })
    objectClassPropertyAddStr<KVMState>(
      klass,
      'device',
      (s) => s.device,
      (s, value) => {
        s.device = value
      },
    )
  },
})
