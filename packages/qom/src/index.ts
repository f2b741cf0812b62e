// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * QEMU's object model: types, classes, properties, the composition tree, devices, buses, reset and hotplug.
 * @packageDocumentation
 */
export * from './errors.js'
export { InterfaceClass, ObjectClass } from './object-class.js'
export { objectClassByName, objectClassGetList, typeByName, typeRegister } from './type.js'
export type { AnyQomType, ClassConstructor, InstanceConstructor, QomType, TypeInfo } from './type.js'
export * from './object.js'
export * from './interface.js'
export * from './object-tree.js'
export * from './property-types.js'
export {
  objectClassPropertyAdd,
  objectClassPropertyFind,
  objectClassPropertyIter,
  objectPropertyAdd,
  objectPropertyDel,
  objectPropertyFind,
  objectPropertyGet,
  objectPropertyGetAs,
  objectPropertyGetType,
  objectPropertyIter,
  objectPropertyParse,
  objectPropertyPrint,
  objectPropertySet,
  objectSetProperties,
} from './property.js'
export type { ObjectProperty, PropertyInfo } from './property.js'
export { type GlobalProperty, qdevPropParse, withGlobalProps } from './global-props.js'
export * from './property-add.js'
export * from './property-link.js'
export * from './user-creatable.js'
export * from './resettable.js'
export * from './reset.js'
export * from './hotplug.js'
export {
  BusClass,
  busClassByName,
  busColdReset,
  BusState,
  qbusInit,
  qbusIsFull,
  qbusIsHotpluggable,
  qbusNew,
  qbusRealize,
  qbusSetHotplugHandler,
  qbusUnrealize,
  qdevSetParentBus,
  TYPE_BUS,
} from './bus.js'
export * from './qdev.js'
export { deviceSetRealized, qdevMachineCreationDone, qdevRealize, qdevUnrealize } from './qdev-realize.js'
export * from './qdev-unplug.js'
export * from './qdev-properties.js'
export * from './qdev-gpio.js'
