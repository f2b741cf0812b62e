// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type Aml,
  amlAppend,
  amlDevice,
  amlEisaid,
  amlInt,
  amlIo,
  amlIrqNoFlags,
  amlNameDecl,
  amlResourceTemplate,
} from '@dromaius/hw-acpi'
import { type ISASerialState, TYPE_ISA_SERIAL } from '@dromaius/hw-char'
import { TYPE_I8042 } from '@dromaius/hw-input'
import { type MC146818RtcState, TYPE_MC146818_RTC } from '@dromaius/hw-rtc'
import type { DeviceState } from '@dromaius/qom'

/** `_STA`: present, enabled, shown, functioning. */
const STATUS_GOOD = 0xf
const KEYBOARD_IRQ = 1
const MOUSE_IRQ = 12

function device(scope: Aml, name: string, id: string, resources: readonly Aml[], more: readonly Aml[]): void {
  const dev = amlDevice(name)
  const crs = amlResourceTemplate()
  for (const resource of resources) amlAppend(crs, resource)
  amlAppend(dev, amlNameDecl('_HID', amlEisaid(id)))
  for (const term of more) amlAppend(dev, term)
  amlAppend(dev, amlNameDecl('_CRS', crs))
  amlAppend(scope, dev)
}

/** @qemu hw/rtc/mc146818rtc.c rtc_build_aml */
function rtcBuildAml({ ioBase, isairq }: MC146818RtcState, scope: Aml): void {
  // Eight ports, as hardware decodes them.
  device(scope, 'RTC', 'PNP0B00', [amlIo(ioBase, 1, 8), amlIrqNoFlags(isairq)], [])
}

/** @qemu hw/char/serial-isa.c serial_isa_build_aml */
function serialIsaBuildAml({ index, iobase, isairq }: ISASerialState, scope: Aml): void {
  device(
    scope,
    `COM${index + 1}`,
    'PNP0501',
    [amlIo(iobase, 0, 8), amlIrqNoFlags(isairq)],
    [amlNameDecl('_UID', amlInt(index + 1)), amlNameDecl('_STA', amlInt(STATUS_GOOD))],
  )
}

/** @qemu hw/input/pckbd.c i8042_build_aml */
function i8042BuildAml(scope: Aml): void {
  const status = amlNameDecl('_STA', amlInt(STATUS_GOOD))
  device(
    scope,
    'KBD',
    'PNP0303',
    [amlIo(0x60, 1, 1), amlIo(0x64, 1, 1), amlIrqNoFlags(KEYBOARD_IRQ)],
    [status],
  )
  device(scope, 'MOU', 'PNP0F13', [amlIrqNoFlags(MOUSE_IRQ)], [status])
}

/**
 * Describes the devices of the ISA bus that guests cannot find by themselves.
 * @qemu hw/isa/isa-bus.c isa_build_aml
 * @differs QEMU asks each device's class; here the devices know nothing of ACPI
 */
export function isaBuildAml(devices: readonly DeviceState[], scope: Aml): void {
  for (const dev of devices) {
    if (TYPE_MC146818_RTC.is(dev)) rtcBuildAml(dev, scope)
    else if (TYPE_ISA_SERIAL.is(dev)) serialIsaBuildAml(dev, scope)
    else if (TYPE_I8042.is(dev)) i8042BuildAml(scope)
  }
}
