// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { objectGetTypename, type QemuObject } from './object.js'
import { linkPropertyType, type LinkKey } from './property-link.js'
import { enumPropertyType, type OnOffAuto, type PropertyTypeRef } from './property-types.js'
import { objectClassPropertyAdd } from './property.js'
import type { DeviceClass, DeviceState } from './qdev.js'
import type { QomType } from './type.js'

/**
 * A property of a device that is a field of its instances and is fixed when the device is realized.
 * @qemu include/hw/qdev-properties.h Property
 */
export interface DeviceProperty {
  /** Name on the command line. */
  readonly name: string
  /** Field that holds the value. */
  readonly key: string
  readonly type: PropertyTypeRef
  /** Value of the field in a new device; undefined leaves it to the field's own initialiser. */
  readonly defaultValue: unknown
}

/** A {@link DeviceProperty} whose field is one of `T`'s. */
export interface Property<T extends DeviceState> extends DeviceProperty {
  readonly key: keyof T & string
}

/** Keys of `T` whose fields hold exactly a `V`. */
export type PropertyKeyOf<T, V> = Exclude<
  { [K in keyof T]-?: [T[K]] extends [V] ? ([V] extends [T[K]] ? K : never) : never }[keyof T],
  keyof DeviceState
> &
  string

/** Keys of `T` whose fields hold some of a set of words. */
export type EnumKeyOf<T> = {
  [K in keyof T]-?: T[K] extends string ? (string extends T[K] ? never : K) : never
}[keyof T] &
  string

/** Keys of `T` whose fields hold a text that may be missing. */
export type StringKeyOf<T> = PropertyKeyOf<T, string | null> | PropertyKeyOf<T, string>

/** @qemu hw/core/qdev-properties.c qdev_prop_allow_set */
function allowSet(dev: DeviceState, name: string): void {
  if (!dev.realized) return
  const which = dev.id === null ? 'anonymous device' : `device '${dev.id}'`
  throw new UserError(
    `Attempt to set property '${name}' on ${which} (type '${objectGetTypename(dev)}') after it was realized`,
  )
}

/**
 * Gives a device class its properties, from `classInit`. Name the device's type, so that the compiler completes and
 * checks the fields: `deviceClassSetProps<Foo>(dc, [propUint32('index', 'index', 0)])`.
 * @qemu hw/core/qdev-properties.c device_class_set_props
 */
export function deviceClassSetProps<T extends DeviceState>(
  dc: DeviceClass<NoInfer<T>>,
  props: readonly Property<T>[],
): void {
  dc.props = props
  for (const { name, key, type, defaultValue } of props) {
    // The prop functions checked that the field holds values of this type.
    const fields = (dev: T): Record<string, unknown> => dev as unknown as Record<string, unknown>
    objectClassPropertyAdd<T, PropertyTypeRef>(dc, {
      name,
      type,
      get: (dev) => fields(dev)[key],
      set: (dev, value: unknown) => {
        allowSet(dev, name)
        fields(dev)[key] = value
      },
      resolve: typeof type !== 'string' && type.name.startsWith('link<') ? linkTarget(key) : null,
      ...(defaultValue === undefined ? {} : { default: defaultValue }),
    })
  }
}

function linkTarget(key: string): (dev: DeviceState) => QemuObject | null {
  return (dev) => (dev as unknown as Record<string, QemuObject | null>)[key] ?? null
}

/**
 * A property that is `on` or `off` on the command line.
 * @qemu include/hw/qdev-properties.h DEFINE_PROP_BOOL
 */
export function propBool<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, boolean>,
  defaultValue?: boolean,
): Property<T> {
  return { name, key, type: 'bool', defaultValue }
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_UINT8 */
export function propUint8<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, number>,
  defaultValue?: number,
): Property<T> {
  return { name, key, type: 'uint8', defaultValue }
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_UINT16 */
export function propUint16<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, number>,
  defaultValue?: number,
): Property<T> {
  return { name, key, type: 'uint16', defaultValue }
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_UINT32 */
export function propUint32<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, number>,
  defaultValue?: number,
): Property<T> {
  return { name, key, type: 'uint32', defaultValue }
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_INT32 */
export function propInt32<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, number>,
  defaultValue?: number,
): Property<T> {
  return { name, key, type: 'int32', defaultValue }
}

/**
 * A 64-bit unsigned integer, a bigint.
 * @qemu include/hw/qdev-properties.h DEFINE_PROP_UINT64
 */
export function propUint64<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, bigint>,
  defaultValue?: bigint,
): Property<T> {
  return { name, key, type: 'uint64', defaultValue }
}

/**
 * A size in bytes, which may have a unit letter on the command line.
 * @qemu include/hw/qdev-properties.h DEFINE_PROP_SIZE
 */
export function propSize<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, number>,
  defaultValue?: number,
): Property<T> {
  return { name, key, type: 'size', defaultValue }
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_STRING */
export function propString<T extends DeviceState>(
  name: string,
  key: StringKeyOf<T>,
  defaultValue?: string,
): Property<T> {
  return { name, key, type: nullableString, defaultValue }
}

const nullableString: PropertyTypeRef = {
  name: 'str',
  fromValue: (value, place) => {
    if (typeof value === 'string') return value
    throw new UserError(`Invalid parameter type for '${place.name}', expected: string`)
  },
  parse: (text) => text,
  print: (value) => (value as string | null) ?? '',
}

/** @qemu include/hw/qdev-properties.h DEFINE_PROP_ON_OFF_AUTO */
export function propOnOffAuto<T extends DeviceState>(
  name: string,
  key: PropertyKeyOf<T, OnOffAuto>,
  defaultValue?: OnOffAuto,
): Property<T> {
  return { name, key, type: 'OnOffAuto', defaultValue }
}

/** A property that takes one of the words that the field may hold; `typename` is the enumeration's name in help texts. */
export function propEnum<T extends DeviceState, K extends EnumKeyOf<T> = EnumKeyOf<T>>(
  name: string,
  key: K,
  typename: string,
  values: readonly (T[K] & string)[],
  defaultValue?: T[K] & string,
): Property<T> {
  return { name, key, type: enumPropertyType<string>(typename, values), defaultValue }
}

/**
 * A link to another object, fixed when the device is realized.
 * @qemu include/hw/qdev-properties.h DEFINE_PROP_LINK
 */
export function propLink<T extends DeviceState, L extends QemuObject>(
  name: string,
  key: LinkKey<T, NoInfer<L>>,
  type: QomType<L>,
): Property<T> {
  return { name, key, type: linkPropertyType(type), defaultValue: undefined }
}
