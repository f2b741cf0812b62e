// SPDX-License-Identifier: GPL-2.0-or-later
import { accelFind, accelList } from '@dromaius/cpus'
import { findMachine, machineList } from '@dromaius/hw-core'
import { objectClassPropertyIter, type ObjectClass, type ObjectProperty } from '@dromaius/qom'
import { UserError } from '@dromaius/util'

/** What `-machine help` prints. @qemu softmmu/vl.c machine_help_func */
export function machineHelp(): string {
  const rows = machineList().map(
    (mc) => `${mc.name.padEnd(20)} ${mc.desc}${mc.isDefault ? ' (default)' : ''}`,
  )
  return ['Supported machines are:', ...rows, ''].join('\n')
}

/** What `-accel help` prints. @qemu softmmu/vl.c qemu_init */
export function accelHelp(): string {
  const rows = accelList().map((ac) =>
    ac.unavailable === null ? ac.accelName : `${ac.accelName.padEnd(8)} (${ac.unavailable})`,
  )
  return ['Accelerators supported in Dromaius:', ...rows.sort(), ''].join('\n')
}

/** A property as help shows it. @qemu qom/object_interfaces.c object_property_help */
export function propertyHelp({ name, type, description, defaultValue }: ObjectProperty): string {
  const head = `  ${name}=<${type.name}>`
  const extra = defaultValue === undefined ? '' : ` (default: ${type.print(defaultValue)})`
  return description === null && extra === '' ? head : `${head.padEnd(24)} - ${description ?? ''}${extra}`
}

/** The properties of a class that text can set, one a line. */
export function propertyLines(klass: ObjectClass): string[] {
  return [...objectClassPropertyIter(klass)]
    .filter((property) => property.set !== null)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(propertyHelp)
}

/** What `-accel name,help` prints. Throws UserError if there is no such accelerator. */
export function accelPropertyHelp(name: string): string {
  const ac = accelFind(name)
  if (!ac) throw new UserError(`Invalid accelerator ${name} (-accel help lists them)`)
  return [`${ac.typeName} options:`, ...propertyLines(ac), ''].join('\n')
}

/** What `-machine name,help` prints. Throws UserError if there is no such machine. @qemu softmmu/vl.c machine_help_func */
export function machinePropertyHelp(name: string): string {
  const mc = findMachine(name)
  return [`${mc.typeName} options:`, ...propertyLines(mc), ''].join('\n')
}
