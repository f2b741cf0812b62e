// SPDX-License-Identifier: GPL-2.0-or-later
import type { VMStateDescription } from '@dromaius/util'
import { busRemoveChild, type BusState } from './bus.js'
import { qdevPropSetGlobals } from './global-props.js'
import { ObjectClass } from './object-class.js'
import { objectUnparent, QemuObject } from './object.js'
import { saveParentSlot } from './parent-slot.js'
import { objectClassPropertyAddBool } from './property-add.js'
import { objectClassPropertyAddLink } from './property-link.js'
import { objectPropertySet } from './property.js'
import type { NamedGPIOList } from './qdev-gpio.js'
import type { DeviceProperty } from './qdev-properties.js'
import { deviceSetRealized } from './qdev-realize.js'
import { resettableReset, resettableStateNew, TYPE_RESETTABLE } from './resettable.js'
import type { ResettablePhases, ResettableState } from './resettable.js'
import { typeRegister, type QomType } from './type.js'

/** A function that a device class keeps for devices of type `T`. */
export interface DeviceHook<T> {
  call(dev: T): void
}

/**
 * Brings a device to work; throws UserError to refuse. Written for the device's own type: a function of a
 * subclass's instances fits a slot of the base class (the registry guarantees that it only sees those).
 * @qemu include/hw/qdev-core.h DeviceRealize
 */
export type DeviceRealize<T extends DeviceState = DeviceState> = DeviceHook<T>['call']

/**
 * Takes a device out of work; cannot fail.
 * @qemu include/hw/qdev-core.h DeviceUnrealize
 */
export type DeviceUnrealize<T extends DeviceState = DeviceState> = DeviceHook<T>['call']

/**
 * What `-device help` sorts devices by.
 * @qemu include/hw/qdev-core.h DeviceCategory
 */
export type DeviceCategory =
  'bridge' | 'usb' | 'storage' | 'network' | 'input' | 'display' | 'sound' | 'misc' | 'cpu' | 'watchdog'

/**
 * The class of a device. `T` is the type of its instances: with `extends DeviceClass<Foo>` the compiler checks that the
 * slots only take functions for a `Foo`.
 * @qemu include/hw/qdev-core.h DeviceClass
 */
export class DeviceClass<T extends DeviceState = DeviceState> extends ObjectClass {
  /** Brings the device to work. Override it by {@link deviceClassSetParentRealize} where the parent has one. */
  realize?: DeviceRealize<T> | undefined = undefined
  /** Takes the device out of work. */
  unrealize?: DeviceUnrealize<T> | undefined = undefined
  /** The device's state, for snapshots and inspection. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a description is only ever used with its own device
  vmsd: VMStateDescription<any> | null = null
  /** Whether it may come and go while the machine runs. */
  hotpluggable = true
  /** Whether `-device` may make one. */
  userCreatable = true
  /** One line for `-device help`. */
  desc: string | null = null
  /** Where `-device help` lists it. */
  categories: readonly DeviceCategory[] = []
  /** QOM name of the bus that it plugs into; undefined for none. */
  busType: string | undefined = undefined
  /** Name that firmware gives to devices of this kind. */
  fwName: string | null = null
  /** The properties that this very class adds by `deviceClassSetProps`. */
  props: readonly DeviceProperty[] = []

  /** What a reset does to the device; all that hangs on its buses comes before it in each pass. */
  get phases(): ResettablePhases<T> {
    return TYPE_RESETTABLE.classCast(this)
  }
}

/**
 * A piece of hardware.
 * @qemu include/hw/qdev-core.h DeviceState
 */
export class DeviceState extends QemuObject {
  declare readonly qomClass: DeviceClass
  /** Name that the user gave it. */
  id: string | null = null
  /** Whether the device works. */
  realized = false
  /** Whether it came after the machine was complete. */
  hotplugged = false
  /** The bus that it is plugged into. */
  parentBus: BusState | null = null
  /** The buses that it offers, the latest first, as QEMU walks them. */
  readonly childBus: BusState[] = []
  /** Path in the tree while realized. */
  canonicalPath: string | null = null
  /** GPIO lines in and out by name. */
  readonly gpios: NamedGPIOList[] = []
  /** Standing in resets. */
  readonly resetState: ResettableState = resettableStateNew()
}

/** Slots of a class that keep its parent's function: fields of type `DeviceRealize` whose name ends in `Suffix`. */
export type ParentSlot<C, Suffix extends string> = {
  [K in keyof C]-?: K extends `${string}${Suffix}`
    ? DeviceRealize extends NonNullable<C[K]>
      ? K
      : never
    : never
}[keyof C] &
  string

/**
 * Overrides `realize` from `classInit`. The slot (a field `...Realize` of the class) keeps the parent's function, which
 * the new one calls itself, where the order wants it: `xcc.parentRealize?.(dev)`.
 * @throws Error if an ancestor uses the slot: each level needs its own
 * @qemu hw/core/qdev.c device_class_set_parent_realize
 */
export function deviceClassSetParentRealize<C extends DeviceClass>(
  dc: C,
  devRealize: NonNullable<C['realize']>,
  slot: ParentSlot<C, 'Realize'>,
): void {
  saveParentSlot(dc, slot, dc.realize)
  dc.realize = devRealize
}

/**
 * Overrides `unrealize` as {@link deviceClassSetParentRealize} does `realize`; the slot is a field `...Unrealize`.
 * @throws Error if an ancestor uses the slot
 * @qemu hw/core/qdev.c device_class_set_parent_unrealize
 */
export function deviceClassSetParentUnrealize<C extends DeviceClass>(
  dc: C,
  devUnrealize: NonNullable<C['unrealize']>,
  slot: ParentSlot<C, 'Unrealize'>,
): void {
  saveParentSlot(dc, slot, dc.unrealize)
  dc.unrealize = devUnrealize
}

/**
 * Resets a device and all that hangs on its buses.
 * @qemu hw/core/qdev.c device_cold_reset
 */
export function deviceColdReset(dev: DeviceState): void {
  resettableReset(dev, 'cold')
}

/**
 * Takes a device that loses its place in the tree out of work, off its bus, and ends its buses.
 * @qemu hw/core/qdev.c device_unparent
 */
function deviceUnparent(dev: DeviceState): void {
  if (dev.realized) objectPropertySet(dev, 'realized', false)
  for (let bus = dev.childBus[0]; bus; bus = dev.childBus[0]) objectUnparent(bus)
  if (dev.parentBus) {
    busRemoveChild(dev.parentBus, dev)
    dev.parentBus = null
  }
}

export const TYPE_DEVICE: QomType<DeviceState, DeviceClass> = typeRegister<DeviceState, DeviceClass>({
  name: 'device',
  abstract: true,
  instance: DeviceState,
  classType: DeviceClass,
  interfaces: [TYPE_RESETTABLE],
  classBaseInit(dc) {
    // Properties are looked up in the ancestors themselves.
    dc.props = []
  },
  // The user's defaults come behind the class's, and before whoever makes the device.
  instancePostInit: qdevPropSetGlobals,
  classInit(dc) {
    dc.unparent = deviceUnparent
    const rc = TYPE_RESETTABLE.classCast(dc)
    rc.getState = (dev: DeviceState) => dev.resetState
    rc.childForeach = (dev: DeviceState, callback) => [...dev.childBus].forEach(callback)
    objectClassPropertyAddBool<DeviceState>(dc, 'realized', (dev) => dev.realized, deviceSetRealized)
    objectClassPropertyAddBool<DeviceState>(dc, 'hotpluggable', (dev) => dev.qomClass.hotpluggable)
    objectClassPropertyAddBool<DeviceState>(dc, 'hotplugged', (dev) => dev.hotplugged)
    objectClassPropertyAddLink<DeviceState, BusState>(dc, 'parent_bus', 'bus', 'parentBus', {
      readonly: true,
    })
  },
})
