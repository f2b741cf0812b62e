// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmEnabled, kvmStateOf } from '@dromaius/cpus'
import { type DeviceState, qdevUnrealize } from '@dromaius/qom'
import {
  HYPERV_FEAT_VPINDEX,
  hypervFeatEnabled,
  TYPE_X86_CPU,
  UNASSIGNED_APIC_ID,
  type X86CPU,
  x86ApicidFromTopoIds,
  type X86CPUTopoIDs,
  type X86CPUTopoInfo,
  x86TopoIdsFromApicid,
} from '@dromaius/target-i386'
import { kvmEnableX2apic, kvmHvVpindexSettable, kvmIrqchipInKernel } from '@dromaius/target-i386/kvm'
import { UserError } from '@dromaius/util'
import type { CPUArchId, X86MachineState } from './x86-machine.js'

/** The properties that name a CPU's place, and what they are in an APIC id; -1 stands for one that was not given. */
const PLACE_PROPERTIES = [
  ['socket-id', 'socketId', 'pkgId'],
  ['die-id', 'dieId', 'dieId'],
  ['core-id', 'coreId', 'coreId'],
  ['thread-id', 'smtId', 'smtId'],
] as const satisfies readonly (readonly [string, keyof X86CPU, keyof X86CPUTopoIDs])[]

/** How many dies, cores and threads a socket of this machine has. @qemu hw/i386/x86.c init_topo_info */
export function topoInfo(x86ms: X86MachineState): X86CPUTopoInfo {
  const { dies, cores, threads } = x86ms.smp
  return { diesPerPkg: dies, coresPerDie: cores, threadsPerCore: threads }
}

/** APIC ids up to here can be had everywhere; 255 stands for all CPUs. */
const XAPIC_ID_LIMIT = 255

/**
 * Looks whether the host can have the machine's APIC ids, before the first CPU is made. Throws UserError.
 * @qemu hw/i386/x86.c x86_cpus_init
 */
export function x86CheckApicIds(x86ms: X86MachineState): void {
  const { system, apicIdLimit } = x86ms
  if (apicIdLimit <= XAPIC_ID_LIMIT || !kvmEnabled(system)) return
  const kvm = kvmStateOf(system)
  if (!kvmIrqchipInKernel(kvm) || !kvmEnableX2apic(kvm)) {
    throw new UserError('current -smp configuration requires kernel irqchip and X2APIC API support.')
  }
}

/** Highest value of each of those properties on this machine. */
function highestIds({ smp }: X86MachineState): X86CPUTopoIDs {
  const { maxCpus, dies, cores, threads } = smp
  return {
    pkgId: Math.floor((maxCpus - 1) / threads / cores / dies),
    dieId: dies - 1,
    coreId: cores - 1,
    smtId: threads - 1,
  }
}

/** Works the APIC id out of socket, die, core and thread. Throws UserError for one that is missing or too high. */
function apicIdFromPlace(x86ms: X86MachineState, cpu: X86CPU): number {
  // With one die to a socket nobody has to name it.
  if (cpu.dieId < 0 && x86ms.smp.dies === 1) cpu.dieId = 0
  const highest = highestIds(x86ms)
  const ids: X86CPUTopoIDs = { pkgId: 0, dieId: 0, coreId: 0, smtId: 0 }
  for (const [name, property, id] of PLACE_PROPERTIES) {
    if (cpu[property] < 0) throw new UserError(`CPU ${name} is not set`)
    if (cpu[property] > highest[id]) {
      throw new UserError(`Invalid CPU ${name}: ${cpu[property]} must be in range 0:${highest[id]}`)
    }
    ids[id] = cpu[property]
  }
  return x86ApicidFromTopoIds(topoInfo(x86ms), ids)
}

/**
 * The place with that APIC id and its number, or null.
 * @qemu hw/i386/x86.c x86_find_cpu_slot
 */
export function x86FindCpuSlot(
  x86ms: X86MachineState,
  apicId: number,
): { slot: CPUArchId; index: number } | null {
  const index = x86ms.possibleCpus.findIndex(({ archId }) => archId === apicId)
  const slot = x86ms.possibleCpus[index]
  return slot ? { slot, index } : null
}

/**
 * Finds the CPU's place, by its APIC id or by socket, die, core and thread, before it is realized. Throws UserError for
 * another model than the machine's, and for a place that is not named, not there, or taken.
 * @qemu hw/i386/x86.c x86_cpu_pre_plug
 */
export function x86CpuPrePlug(x86ms: X86MachineState, dev: DeviceState): void {
  const cpu = TYPE_X86_CPU.cast(dev)
  if (cpu.qomClass.typeName !== x86ms.cpuType) {
    throw new UserError(`Invalid CPU type, expected cpu type: '${x86ms.cpuType}'`)
  }
  cpu.env.nrDies = x86ms.smp.dies
  if (cpu.apicId === UNASSIGNED_APIC_ID) cpu.apicId = apicIdFromPlace(x86ms, cpu)

  const ids = x86TopoIdsFromApicid(cpu.apicId, topoInfo(x86ms))
  const found = x86FindCpuSlot(x86ms, cpu.apicId)
  if (!found) {
    throw new UserError(
      `Invalid CPU [socket: ${ids.pkgId}, die: ${ids.dieId}, core: ${ids.coreId}, thread: ${ids.smtId}] with ` +
        `APIC ID ${cpu.apicId}, valid index range 0:${x86ms.possibleCpus.length - 1}`,
    )
  }
  if (found.slot.cpu) throw new UserError(`CPU[${found.index}] with APIC ID ${cpu.apicId} exists`)
  for (const [name, property, id] of PLACE_PROPERTIES) {
    if (cpu[property] !== -1 && cpu[property] !== ids[id]) {
      throw new UserError(
        `property ${name}: ${cpu[property]} doesn't match set apic-id: 0x${cpu.apicId.toString(16)} ` +
          `(${name}: ${ids[id]})`,
      )
    }
    cpu[property] = ids[id]
  }
  if (hypervFeatEnabled(cpu, HYPERV_FEAT_VPINDEX) && kvmEnabled(x86ms.system) && !kvmHvVpindexSettable(cpu)) {
    throw new UserError("kernel doesn't allow setting HyperV VP_INDEX")
  }
  cpu.cpuIndex = found.index
}

/**
 * Notes that a CPU is there.
 * @qemu hw/i386/x86.c x86_cpu_plug
 */
export function x86CpuPlug(x86ms: X86MachineState, dev: DeviceState): void {
  const cpu = TYPE_X86_CPU.cast(dev)
  const found = x86FindCpuSlot(x86ms, cpu.apicId)
  if (found) found.slot.cpu = cpu
}

/**
 * Looks whether a CPU may go. Throws UserError for the one that starts the machine.
 * @qemu hw/i386/x86.c x86_cpu_unplug_request_cb
 * @differs the guest is not asked: without ACPI's processor devices nobody could tell it
 */
export function x86CpuUnplugRequestCb(x86ms: X86MachineState, dev: DeviceState): void {
  if (x86FindCpuSlot(x86ms, TYPE_X86_CPU.cast(dev).apicId)?.index === 0) {
    throw new UserError('Boot CPU is unpluggable')
  }
}

/**
 * Takes a CPU whose thread has ended out of the machine.
 * @qemu hw/i386/x86.c x86_cpu_unplug_cb
 */
export function x86CpuUnplugCb(x86ms: X86MachineState, dev: DeviceState): void {
  const found = x86FindCpuSlot(x86ms, TYPE_X86_CPU.cast(dev).apicId)
  if (found) found.slot.cpu = null
  qdevUnrealize(dev)
}
