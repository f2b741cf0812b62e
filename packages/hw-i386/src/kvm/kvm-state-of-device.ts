// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmEnabled, kvmStateOf, type KVMState } from '@dromaius/cpus'
import { systemOf } from '@dromaius/hw-core'
import { objectGetTypename, type DeviceState } from '@dromaius/qom'
import { UserError } from '@dromaius/util'

/**
 * The VM that a device on a bus is part of.
 * @throws UserError if another accelerator runs the machine
 */
export function kvmStateOfDevice(dev: DeviceState): KVMState {
  const system = systemOf(dev)
  if (!kvmEnabled(system)) throw new UserError(`${objectGetTypename(dev)} device requires KVM`)
  return kvmStateOf(system)
}

/**
 * The VM whose interrupt controllers or timer, in the kernel, a device on a bus stands for.
 * @throws UserError if another accelerator runs the machine, or its kernel does not have them
 */
export function kvmIrqchipOfDevice(dev: DeviceState): KVMState {
  const s = kvmStateOfDevice(dev)
  if (s.kernelIrqchip !== 'on')
    throw new UserError(`${objectGetTypename(dev)} device requires kernel-irqchip=on`)
  return s
}
