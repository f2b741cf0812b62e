// SPDX-License-Identifier: GPL-2.0-or-later
import type { MachineClass } from '@dromaius/hw-core'
import { MachineState, TYPE_MACHINE } from '@dromaius/hw-core'
import { objectNew, objectPropertySet, qdevRealize, typeRegister } from '@dromaius/qom'
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
import type { qemu_irq } from '@dromaius/util'
import { E820Table } from './e820.js'
import type { PvhEntry } from './load-linux.js'
import { locate } from './machine-config.js'
import { x86CpuSetPvhState } from './pvh-boot-state.js'
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
  readonly e820 = new E820Table()
  readonly roms = new RomList()
  /** Where the boot CPU starts. */
  pvh: PvhEntry | null = null
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
 * Makes the CPUs that are there at start; `defaultCpuVersion` is what plain names of models mean on this board. Throws UserError or HostError; those before the failing one stay until the machine
 * comes down.
 * @qemu hw/i386/x86.c x86_cpus_init
 */
export function x86CpusInit(x86ms: X86MachineState, defaultCpuVersion: number): void {
  x86CpuSetDefaultVersion(x86ms.system, defaultCpuVersion)
  x86ms.possibleCpus = x86PossibleCpuArchIds(x86ms)
  x86ms.apicIdLimit = (x86ms.possibleCpus.at(-1)?.archId ?? 0) + 1
  x86CheckApicIds(x86ms)
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
  const cpu = TYPE_X86_CPU.cast(objectNew(typeName))
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
 * the kernel's entry.
 */
export function x86MachineAfterReset(x86ms: X86MachineState): void {
  x86ms.roms.reset(x86ms.system.addressSpaceMemory)
  const cpus = x86Cpus(x86ms)
  for (const cpu of cpus) x86CpuAfterReset(cpu)
  if (cpus[0] && x86ms.pvh) x86CpuSetPvhState(cpus[0], x86ms.pvh)
}

export const TYPE_X86_MACHINE = typeRegister<X86MachineState, MachineClass>({
  name: 'x86-machine',
  parent: TYPE_MACHINE,
  abstract: true,
  instance: X86MachineState,
  classInit(mc) {
    mc.defaultCpuType = x86CpuTypeName('qemu64')
  },
})
