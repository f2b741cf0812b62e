// SPDX-License-Identifier: GPL-2.0-or-later
import type { ObjectClass } from './object-class.js'

/** Which slots each class has saved its parent's functions in. */
const savedSlots = new WeakMap<ObjectClass, Set<string>>()

/**
 * Keeps what an override replaces in a slot of the class, for the override to call. A slot serves one level of the
 * type hierarchy only: descendants inherit its value, so an override that reused it would end up calling itself.
 * @throws Error if an ancestor (or the class itself) saved something in the slot before
 */
export function saveParentSlot(klass: ObjectClass, slot: string, inherited: unknown): void {
  for (let k: ObjectClass | null = klass; k; k = k.parentClass) {
    if (savedSlots.get(k)?.has(slot)) {
      throw new Error(
        `Type '${klass.typeName}' needs a slot of its own: '${slot}' serves type '${k.typeName}'`,
      )
    }
  }
  const slots = savedSlots.get(klass) ?? new Set<string>()
  savedSlots.set(klass, slots.add(slot))
  Object.assign(klass, { [slot]: inherited })
}
