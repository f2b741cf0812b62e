// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import {
  ObjectClass,
  objectClassGetList,
  objectClassPropertyAdd,
  QemuObject,
  typeRegister,
  type QomType,
} from '@dromaius/qom'
import { UserError } from '@dromaius/util'

/** What the type names of machines end in. */
export const TYPE_MACHINE_SUFFIX = '-machine'

/**
 * Number and arrangement of a machine's CPUs.
 * @qemu include/hw/boards.h CpuTopology
 */
export interface CpuTopology {
  /** CPUs at start. */
  cpus: number
  sockets: number
  /** Dies per socket. */
  dies: number
  /** Cores per die. */
  cores: number
  /** Threads per core. */
  threads: number
  /** CPUs that there can be, those plugged in later included. */
  maxCpus: number
}

/**
 * Which parts of `-smp` a machine type takes.
 * @qemu include/hw/boards.h SMPCompatProps
 */
export interface SMPCompatProps {
  /** Missing numbers are made up from sockets rather than from cores, as before QEMU 6.2. */
  preferSockets: boolean
  /** `dies` may be more than 1. */
  diesSupported: boolean
}

/**
 * A machine: what the user asked for, and the parts that `init` makes of it.
 * @qemu include/hw/boards.h MachineState
 */
export class MachineState extends QemuObject {
  declare readonly qomClass: MachineClass
  /** Clocks, memory, CPUs and run state; set before `init`. */
  system!: SystemState
  /** QOM type of the CPUs; the class's default until the command line says otherwise. */
  cpuType = ''
  /** Size of RAM in bytes. */
  ramSize = 0
  /** Path of the kernel to start; empty for none. */
  kernelFilename = ''
  /** Path of its initial RAM disk; empty for none. */
  initrdFilename = ''
  /** Its command line. */
  kernelCmdline = ''
  /** Name or path of firmware; empty for none. */
  firmware = ''
  smp: CpuTopology = { cpus: 1, sockets: 1, dies: 1, cores: 1, threads: 1, maxCpus: 1 }
}

/**
 * Class of the machine types.
 * @qemu include/hw/boards.h MachineClass
 */
export class MachineClass extends ObjectClass {
  /** Name on the command line. */
  name = ''
  /** Second name on the command line. */
  alias: string | null = null
  /** Line of `-machine help`. */
  desc = ''
  /** Used when the command line names none. */
  isDefault = false
  /** QOM type of the CPUs when the command line names none. */
  defaultCpuType = ''
  minCpus = 1
  maxCpus = 1
  defaultCpus = 1
  /** Size of RAM in bytes when the command line names none. */
  defaultRamSize = 128 * 1024 * 1024
  smpProps: SMPCompatProps = { preferSockets: false, diesSupported: false }
  /** Builds the machine. @throws UserError for what the user asked and cannot have */
  init?(ms: MachineState): void
  /** Resets the machine; without it, all devices are reset. */
  reset?(ms: MachineState): void
}

/**
 * The machine types, by name.
 * @qemu softmmu/vl.c machine_help_func
 */
export function machineList(): MachineClass[] {
  return objectClassGetList(TYPE_MACHINE).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * The machine type of that name.
 * @throws UserError if there is none
 * @qemu softmmu/vl.c find_machine
 */
export function findMachine(name: string): MachineClass {
  const found = machineList().find((mc) => mc.name === name || mc.alias === name)
  if (!found)
    throw new UserError(`Unsupported machine type '${name}', use -machine help to list supported machines`)
  return found
}

/**
 * Builds a machine whose options are set.
 * @throws UserError as the class's `init`
 * @qemu hw/core/machine.c machine_run_board_init
 */
export function machineRunBoardInit(machine: MachineState): void {
  const mc = TYPE_MACHINE.getClass(machine)
  if (!mc.init) throw new Error(`Machine type '${mc.name}' has no init`)
  mc.init(machine)
}

export const TYPE_MACHINE: QomType<MachineState, MachineClass> = typeRegister<MachineState, MachineClass>({
  name: 'machine',
  abstract: true,
  instance: MachineState,
  classType: MachineClass,
  classInit(mc) {
    const text = (
      name: string,
      key: 'kernelFilename' | 'initrdFilename' | 'kernelCmdline' | 'firmware',
      what: string,
    ): void => {
      objectClassPropertyAdd<MachineState, 'string'>(mc, {
        name,
        type: 'string',
        get: (ms) => ms[key],
        set: (ms, value) => {
          ms[key] = value
        },
        description: what,
      })
    }
    text('kernel', 'kernelFilename', 'Linux kernel image file')
    text('initrd', 'initrdFilename', 'Linux initial ramdisk file')
    text('append', 'kernelCmdline', 'Linux kernel command line')
    text('firmware', 'firmware', 'Firmware image')
  },
  classBaseInit(mc) {
    // Each type's name on the command line is its own; the parent's must not be inherited.
    mc.name = mc.typeName.endsWith(TYPE_MACHINE_SUFFIX)
      ? mc.typeName.slice(0, -TYPE_MACHINE_SUFFIX.length)
      : mc.typeName
    mc.alias = null
    mc.isDefault = false
  },
  instanceInit(ms) {
    const mc = TYPE_MACHINE.getClass(ms)
    ms.cpuType = mc.defaultCpuType
    ms.ramSize = mc.defaultRamSize
    ms.smp = {
      cpus: mc.defaultCpus,
      sockets: 1,
      dies: 1,
      cores: mc.defaultCpus,
      threads: 1,
      maxCpus: mc.defaultCpus,
    }
  },
})
