// SPDX-License-Identifier: GPL-2.0-or-later
import type { Chardev } from '@dromaius/chardev'
import type { MachineClass } from '@dromaius/hw-core'
import { MachineState, TYPE_MACHINE } from '@dromaius/hw-core'
import { apicSetVirtualWire, picSetFirmwareState, TYPE_APIC_COMMON, TYPE_PIC_COMMON } from '@dromaius/hw-intc'
import type { FWCfgState } from '@dromaius/hw-nvram'
import { type MemoryRegion, memoryRegionInitRam, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type BusState,
  type GlobalProperty,
  objectClassPropertyAdd,
  objectFinalize,
  objectNew,
  objectPropertySet,
  type OnOffAuto,
  qdevRealize,
  typeByName,
  typeRegister,
  withGlobalProps,
} from '@dromaius/qom'
import {
  TYPE_X86_CPU,
  type X86CPU,
  x86ApicidFromCpuIdx,
  x86CpuAfterReset,
  x86CpuApplyFeaturestr,
  type X86CpuFeatureString,
  x86CpuPostInitfn,
  x86CpuSetDefaultVersion,
  x86CpuTypeName,
} from '@dromaius/target-i386'
import { HostError, type qemu_irq, sizeToStr, strerror, UserError, warnReport } from '@dromaius/util'
import { E820Table } from './e820.js'
import { DEFAULT_BOOT_CONFIG } from './board-fw-cfg.js'
import { BootDevices } from './boot-devices.js'
import { x86CpuSetEntryState } from './boot-state.js'
import type { HostMemoryBackend } from './hostmem.js'
import type { DirectEntry } from './load-linux.js'
import { locate } from './machine-config.js'
import { RomList } from './rom-list.js'
import { topoInfo, x86CheckApicIds } from './x86-cpu-plug.js'

/**
 * A place for a CPU.
 * @qemu include/hw/boards.h CPUArchId
 */
export interface CPUArchId {
  /** Local APIC id. */
  readonly archId: number
  /** The CPU that is there, null while the place is free. */
  cpu: X86CPU | null
}

/**
 * A machine with x86 CPUs.
 * @qemu include/hw/i386/x86.h X86MachineState
 */
export class X86MachineState extends MachineState {
  /** RAM below the PCI hole and above 4 GiB, bytes. */
  below4gMemSize = 0
  above4gMemSize = 0
  /** Interrupt lines by global system interrupt. */
  gsi: qemu_irq[] = []
  /** Smallest number that is no APIC id here. */
  apicIdLimit = 0
  possibleCpus: CPUArchId[] = []
  /** The option that chose the model, for messages; empty for the default. */
  cpuOption = ''
  /** What `-cpu` says behind the model's name. */
  cpuFeatures: X86CpuFeatureString = { props: [], plusFeatures: [], minusFeatures: [] }
  /** Defaults of the user's for properties of devices, those of CPUs that come later too. */
  globalProps: readonly GlobalProperty[] = []
  /** What RAM is made of; the accelerator's own kind when null. */
  ramMemdev: HostMemoryBackend | null = null
  /** ACPI tables and the registers that they tell of. */
  acpi: OnOffAuto = 'auto'
  readonly e820 = new E820Table()
  readonly roms = new RomList()
  /** What firmware is told; null on machines without. */
  fwCfg: FWCfgState | null = null
  /** All `-fw_cfg`. */
  fwCfgFiles: readonly string[] = []
  readonly bootDevices = new BootDevices()
  /** What `-boot` says. */
  bootConfig = DEFAULT_BOOT_CONFIG
  /** Directories of `-L`. */
  dataDirs: readonly string[] = []
  /** Where the boot CPU starts; null where its reset vector leads to firmware. */
  directEntry: DirectEntry | null = null
  /** Back ends of the serial ports, null for none. */
  serialHds: (Chardev | null)[] = []
  /** Back ends of the debug consoles. */
  debugcons: (Chardev | null)[] = []
  /** Run when everything that the command line asks for is there. @qemu hw/core/machine.c machine_init_done_notifiers */
  readonly machineDoneNotifiers: (() => void)[] = []
  ram: MemoryRegion | null = null
  /** Firmware's memory. */
  bios: MemoryRegion | null = null

  /** There is something that could run a kernel. */
  get takesKernel(): boolean {
    return true
  }

  /** The buses of the board. */
  get buses(): BusState[] {
    return []
  }

  /**
   * Gives guest RAM back; the accelerator must not use it any more. Late access through the RAM block throws, and a window
   * that was kept has length 0.
   */
  freeRam(): void {
    for (const region of [this.ram, this.bios]) if (region) objectFinalize(region)
    this.ram = null
    this.bios = null
  }
}

/** @qemu hw/i386/x86.c x86_machine_is_acpi_enabled */
export function x86MachineIsAcpiEnabled(x86ms: X86MachineState): boolean {
  return x86ms.acpi !== 'off'
}

/**
 * Gives the machine its RAM, which is not mapped yet. Throws UserError if there is not enough.
 * @qemu hw/core/machine.c machine_run_board_init
 */
export function allocateRam(x86ms: X86MachineState, name: string): MemoryRegion {
  const { system, ramSize, ramMemdev } = x86ms
  const { accel } = system
  if (!accel?.ramAllocator) throw new Error('The accelerator gives no RAM')
  if (ramMemdev && !accel.qomClass.anyRam)
    throw new UserError(`-machine memory-backend: accelerator '${accel.name}' has memory of its own`)
  const allocator = ramMemdev
    ? locate('-machine memory-backend', () => ramMemdev.allocator())
    : accel.ramAllocator
  const ram = TYPE_MEMORY_REGION.new()
  try {
    locate('-m', () => memoryRegionInitRam(ram, null, name, ramSize, allocator))
  } catch (error) {
    if (!(error instanceof HostError || error instanceof RangeError)) throw error
    const why = error instanceof HostError ? strerror(error) : 'too large'
    throw new UserError(`-m: cannot set up guest memory '${name}' of ${sizeToStr(ramSize)}: ${why}`, {
      cause: error,
    })
  }
  x86ms.ram = ram
  return ram
}

/** @qemu hw/i386/x86.c x86_possible_cpu_arch_ids */
function x86PossibleCpuArchIds(x86ms: X86MachineState): CPUArchId[] {
  const topo = topoInfo(x86ms)
  return Array.from({ length: x86ms.smp.maxCpus }, (_, index) => ({
    archId: x86ApicidFromCpuIdx(topo, index),
    cpu: null,
  }))
}

/**
 * Makes the CPUs that are there at start; `defaultCpuVersion` is what plain names of models mean on this board. Warns of a
 * model that will go. Throws UserError or HostError; those before the failing one stay until the machine comes down.
 * @qemu hw/i386/x86.c x86_cpus_init
 */
export function x86CpusInit(x86ms: X86MachineState, defaultCpuVersion: number): void {
  x86CpuSetDefaultVersion(x86ms.system, defaultCpuVersion)
  x86ms.possibleCpus = x86PossibleCpuArchIds(x86ms)
  x86ms.apicIdLimit = (x86ms.possibleCpus.at(-1)?.archId ?? 0) + 1
  x86CheckApicIds(x86ms)
  const note = TYPE_X86_CPU.classCast(typeByName(x86ms.cpuType)!.class()).model?.cpudef.deprecationNote
  if (note !== undefined) warnReport(`CPU model ${x86ms.cpuType} is deprecated -- ${note}`)
  const make = (): void => {
    for (const { archId } of x86ms.possibleCpus.slice(0, x86ms.smp.cpus))
      x86CpuNew(x86ms, { 'apic-id': archId })
  }
  if (x86ms.cpuOption === '') make()
  else locate(x86ms.cpuOption, make)
}

/**
 * Makes a CPU and brings it to life; `place` gives the properties that say where. Throws UserError or HostError.
 * @qemu hw/i386/x86.c x86_cpu_new
 */
export function x86CpuNew(
  x86ms: X86MachineState,
  place: Readonly<Record<string, number>>,
  typeName = x86ms.cpuType,
): X86CPU {
  const cpu = TYPE_X86_CPU.cast(withGlobalProps(x86ms.globalProps, () => objectNew(typeName)))
  cpu.system = x86ms.system
  x86CpuPostInitfn(cpu)
  // What `-cpu` says behind the model's name holds for every CPU of the machine.
  x86CpuApplyFeaturestr(cpu, x86ms.cpuFeatures)
  for (const [name, value] of Object.entries(place)) objectPropertySet(cpu, name, value)
  qdevRealize(cpu, null, x86ms.system.root)
  return cpu
}

/** The CPUs that are there, by index. */
export function x86Cpus(x86ms: X86MachineState): X86CPU[] {
  return x86ms.possibleCpus.flatMap(({ cpu }) => (cpu ? [cpu] : []))
}

/**
 * What comes behind the reset of all devices: memory gets what has to stand in it, APICs are reset, and the boot CPU is put at
 * the kernel's entry, with its local APIC and the 8259s as firmware would leave them.
 */
export function x86MachineAfterReset(x86ms: X86MachineState): void {
  x86ms.roms.reset(x86ms.system.addressSpaceMemory)
  const cpus = x86Cpus(x86ms)
  for (const cpu of cpus) x86CpuAfterReset(cpu)
  if (cpus[0] && x86ms.directEntry) {
    x86CpuSetEntryState(cpus[0], x86ms.directEntry)
    if (TYPE_APIC_COMMON.is(cpus[0].apicState)) apicSetVirtualWire(cpus[0].apicState)
    for (const bus of x86ms.buses)
      for (const dev of bus.children) if (TYPE_PIC_COMMON.is(dev)) picSetFirmwareState(dev)
  }
}

export const TYPE_X86_MACHINE = typeRegister<X86MachineState, MachineClass>({
  name: 'x86-machine',
  parent: TYPE_MACHINE,
  abstract: true,
  instance: X86MachineState,
  classInit(mc) {
    mc.defaultCpuType = x86CpuTypeName('qemu64')
    objectClassPropertyAdd<X86MachineState, 'OnOffAuto'>(mc, {
      name: 'acpi',
      type: 'OnOffAuto',
      get: (x86ms) => x86ms.acpi,
      set: (x86ms, value) => {
        x86ms.acpi = value
      },
      description: 'Enable ACPI',
    })
  },
})
