// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import type { QemuObject } from './object.js'
import { objectPropertyParse } from './property.js'
import { typeByName } from './type.js'

/**
 * A default of the user's for a property of every device of a type, as `-global` gives it.
 * @qemu include/hw/qdev-core.h GlobalProperty
 */
export interface GlobalProperty {
  /** QOM type; its descendants are meant too. */
  readonly driver: string
  readonly property: string
  readonly value: string
  /** Whether an object of that type was made. */
  used: boolean
}

/** The defaults of the machine that is being built. Building is never async, so one place will do for several machines. */
const scope: { props: readonly GlobalProperty[] } = { props: [] }

/**
 * Runs `body`; devices that it makes start with these values, which whoever makes them may still change.
 * @qemu hw/core/qdev-properties.c qdev_prop_register_global
 * @differs the list is a machine's and not the process's
 */
export function withGlobalProps<T>(props: readonly GlobalProperty[], body: () => T): T {
  const before = scope.props
  scope.props = props
  try {
    return body()
  } finally {
    scope.props = before
  }
}

/**
 * Sets a device's property from a user's text. Throws UserError if there is none of that name, the value does not suit, or it is
 * the one by which the machine brings the device to work.
 */
export function qdevPropParse(dev: QemuObject, property: string, value: string): void {
  if (property === 'realized') throw new UserError("Property 'realized' is the machine's to set")
  objectPropertyParse(dev, property, value)
}

/**
 * Gives a new device the user's defaults. Throws UserError for a property that it lacks or a value that does not suit.
 * @qemu qom/object.c object_apply_global_props
 */
export function qdevPropSetGlobals(dev: QemuObject): void {
  for (const prop of scope.props) {
    const { driver, property, value } = prop
    if (!typeByName(driver)?.is(dev)) continue
    prop.used = true
    try {
      qdevPropParse(dev, property, value)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      throw new UserError(`-global ${driver}.${property}=${value}: ${error.message}`, { cause: error })
    }
  }
}
