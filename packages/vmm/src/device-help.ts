// SPDX-License-Identifier: GPL-2.0-or-later
import { CPUClass } from '@dromaius/cpus'
import {
  DeviceClass,
  objectClassByName,
  objectClassGetList,
  objectPropertyIter,
  TYPE_DEVICE,
  type DeviceCategory,
  typeByName,
} from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { propertyHelp } from './machine-help.js'

/** @qemu softmmu/qdev-monitor.c cat_name */
const categoryNames: Readonly<Record<DeviceCategory, string>> = {
  bridge: 'Controller/Bridge/Hub',
  usb: 'USB',
  storage: 'Storage',
  network: 'Network',
  input: 'Input',
  display: 'Display',
  sound: 'Sound',
  misc: 'Misc',
  cpu: 'CPU',
  watchdog: 'Watchdog',
}

/**
 * The class of a device that `-device` can make. Throws UserError if there is none.
 * @qemu softmmu/qdev-monitor.c qdev_get_device_class
 */
export function qdevGetDeviceClass(driver: string): DeviceClass {
  const klass = objectClassByName(driver)
  if (!(klass instanceof DeviceClass)) throw new UserError(`'${driver}' is not a valid device model name`)
  if (klass.abstract || !isPluggable(klass)) {
    throw new UserError(`Parameter 'driver' expects a pluggable device type, which '${driver}' is not`)
  }
  return klass
}

/** CPUs are made by `-smp`. */
function isPluggable(dc: DeviceClass): boolean {
  return dc.userCreatable && !(dc instanceof CPUClass)
}

function deviceLine(dc: DeviceClass): string {
  const bus = dc.busType === undefined ? '' : `, bus ${dc.busType}`
  return `name "${dc.typeName}"${bus}${dc.desc === null ? '' : `, desc "${dc.desc}"`}`
}

/** What `-device help` prints: devices that can be added, by category. @qemu softmmu/qdev-monitor.c qdev_print_devinfos */
export function deviceList(): string {
  const classes = objectClassGetList(TYPE_DEVICE, false)
    .filter(isPluggable)
    .sort((a, b) => (a.typeName < b.typeName ? -1 : 1))
  const groups = Object.entries(categoryNames).map(([category, title]): [string, DeviceClass[]] => [
    title,
    classes.filter((dc) => dc.categories.includes(category as DeviceCategory)),
  ])
  groups.push(['Uncategorized', classes.filter((dc) => dc.categories.length === 0)])
  return groups
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => [`${title} devices:`, ...members.map(deviceLine), ''].join('\n'))
    .join('\n')
}

/** What every device has, and no user sets. @qemu qom/qom-qmp-cmds.c qmp_device_list_properties */
const COMMON_PROPERTIES = ['type', 'realized', 'hotpluggable', 'hotplugged', 'parent_bus']

/**
 * What `-device driver,help` prints: CPUs have their properties told too. Throws UserError if there is no such device.
 * @qemu softmmu/qdev-monitor.c qdev_device_help
 */
export function deviceHelp(driver: string): string {
  const klass = objectClassByName(driver)
  const dc = klass instanceof CPUClass && !klass.abstract ? klass : qdevGetDeviceClass(driver)
  const lines = [...objectPropertyIter(typeByName(dc.typeName)!.new())]
    .filter(({ name }) => !COMMON_PROPERTIES.includes(name) && !name.startsWith('legacy-'))
    .map(propertyHelp)
    .sort()
  if (lines.length === 0) return `There are no options for ${driver}.\n`
  return [`${driver} options:`, ...lines, ''].join('\n')
}
