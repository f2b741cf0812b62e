// SPDX-License-Identifier: GPL-2.0-or-later
import { InterfaceClass } from './object-class.js'
import type { QemuObject } from './object.js'
import { typeRegister } from './type.js'

/**
 * The root type of all interfaces. An interface is a type with this one (or another interface) as its parent and a
 * class that extends {@link InterfaceClass} by methods; it has no instances. A type lists it in `interfaces` and fills
 * in its own copy of the table: `TYPE_HOTPLUG_HANDLER.classCast(klass).plug = ...`.
 * @qemu qom/object.c type_interface
 */
export const TYPE_INTERFACE = typeRegister<QemuObject, InterfaceClass>({
  name: 'interface',
  parent: null,
  abstract: true,
  classType: InterfaceClass,
})
