// SPDX-License-Identifier: GPL-2.0-or-later
import { QemuObject } from './object.js'
import { resettableReset, resettableStateNew, TYPE_RESETTABLE, type ResettableState } from './resettable.js'
import { typeRegister } from './type.js'

/**
 * All that one machine resets, in the order of registration.
 * @qemu hw/core/reset.c reset_handlers
 * @differs one per machine, where QEMU has one for the process; an object, as today's ResettableContainer is
 */
export class ResetContainer extends QemuObject {
  /** Objects that a reset reaches. */
  readonly members: QemuObject[] = []
  /** Standing in resets. */
  readonly resetState: ResettableState = resettableStateNew()
}

/**
 * A function as an object that can be reset: it runs in the hold phase.
 * @qemu hw/core/reset.c QEMUResetEntry
 * @differs an object beside others, as today's LegacyReset is
 */
class LegacyReset extends QemuObject {
  func: () => void = () => undefined
  readonly resetState: ResettableState = resettableStateNew()
}

/** A new container without members. */
export function resetContainerNew(): ResetContainer {
  return TYPE_RESET_CONTAINER.new()
}

const isMember = (member: QemuObject, target: QemuObject | (() => void)): boolean =>
  typeof target === 'function' ? member instanceof LegacyReset && member.func === target : member === target

/**
 * Has an object (with all below it) or a function take part in the machine's resets. A function runs in the hold phase.
 * @throws InvalidCastError if the object cannot be reset
 * @qemu hw/core/reset.c qemu_register_reset
 */
export function qemuRegisterReset(container: ResetContainer, target: QemuObject | (() => void)): void {
  if (typeof target !== 'function') {
    container.members.push(TYPE_RESETTABLE.cast(target))
    return
  }
  const legacy = TYPE_LEGACY_RESET.new()
  legacy.func = target
  container.members.push(legacy)
}

/**
 * Takes back {@link qemuRegisterReset}. Does nothing if the target is not a member.
 * @qemu hw/core/reset.c qemu_unregister_reset
 */
export function qemuUnregisterReset(container: ResetContainer, target: QemuObject | (() => void)): void {
  const at = container.members.findIndex((member) => isMember(member, target))
  if (at >= 0) container.members.splice(at, 1)
}

/**
 * Resets the machine: each phase over all members before the next phase.
 * @qemu hw/core/reset.c qemu_devices_reset
 */
export function qemuDevicesReset(container: ResetContainer): void {
  resettableReset(container, 'cold')
}

const TYPE_RESET_CONTAINER = typeRegister<ResetContainer>({
  name: 'reset-container',
  instance: ResetContainer,
  interfaces: [TYPE_RESETTABLE],
  classInit(klass) {
    const rc = TYPE_RESETTABLE.classCast(klass)
    rc.getState = (container: ResetContainer) => container.resetState
    rc.childForeach = (container: ResetContainer, callback) => [...container.members].forEach(callback)
  },
})

const TYPE_LEGACY_RESET = typeRegister<LegacyReset>({
  name: 'legacy-reset',
  instance: LegacyReset,
  interfaces: [TYPE_RESETTABLE],
  classInit(klass) {
    const rc = TYPE_RESETTABLE.classCast(klass)
    rc.getState = (legacy: LegacyReset) => legacy.resetState
    rc.hold = (legacy: LegacyReset) => legacy.func()
  },
})
