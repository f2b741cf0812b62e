// SPDX-License-Identifier: GPL-2.0-or-later
import { type CharBackend, qemuChrFeInit, qemuChrFind } from '@dromaius/chardev'
import { systemOf } from '@dromaius/hw-core'
import { objectGetTypename, type DeviceState } from '@dromaius/qom'
import { UserError } from '@dromaius/util'

/**
 * Connects a device's front end with the back end that its property `chardev` names; an empty name leaves it as it is.
 * Call it from realize: a device knows its machine no sooner.
 * @throws UserError if there is no such back end, or another device has it
 * @qemu hw/core/qdev-properties-system.c set_chr
 */
export function connectChardev(dev: DeviceState, be: CharBackend, label: string): void {
  if (label === '') return
  const property = `Property '${objectGetTypename(dev)}.chardev'`
  const chr = qemuChrFind(systemOf(dev).root, label)
  if (!chr) throw new UserError(`${property} can't find value '${label}'`)
  try {
    qemuChrFeInit(be, chr)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${property} can't take value '${label}': ${error.message}`, { cause: error })
  }
}
