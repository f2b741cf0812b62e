// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Machine types, the system bus and the ISA bus.
 * @packageDocumentation
 */
export {
  ISA_NUM_IRQS,
  ISABus,
  isaBusFromDevice,
  isaBusNew,
  isabusBridgeNew,
  isaBusRegisterInputIrqs,
  isaConnectGpioOut,
  ISADevice,
  isaGetIrq,
  isaInitIrq,
  isaRealize,
  isaRegisterIoport,
  isaReleaseIrqs,
  TYPE_ISA_BUS,
  TYPE_ISA_DEVICE,
} from './isa-bus.js'
export type { IsaIrqUser } from './isa-bus.js'
export { machineParseSmpConfig, SMP_KEYS, smpConfigurationParse } from './machine-smp.js'
export type { SMPConfiguration } from './machine-smp.js'
export {
  findMachine,
  MachineClass,
  machineList,
  machineRunBoardInit,
  MachineState,
  TYPE_MACHINE,
  TYPE_MACHINE_SUFFIX,
} from './machine.js'
export type { CpuTopology, SMPCompatProps } from './machine.js'
export {
  SysBusDevice,
  sysbusAddIo,
  sysbusConnectIrq,
  sysbusInitIrq,
  sysbusInitMmio,
  sysbusMmioMap,
  sysbusRealize,
  SystemBus,
  systemBusNew,
  TYPE_SYS_BUS_DEVICE,
  TYPE_SYSTEM_BUS,
} from './sysbus.js'
export type { SysbusMmio } from './sysbus.js'
export { systemOf } from './system-of.js'
export type { BusOfSystem } from './system-of.js'
