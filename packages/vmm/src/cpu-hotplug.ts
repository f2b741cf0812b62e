// SPDX-License-Identifier: GPL-2.0-or-later
//
// CPUs that come and go while the machine is there: what device_add and device_del do for a CPU.

import { type CPUState, cpuRemoveSync } from '@dromaius/cpus'
import {
  hotplugHandlerUnplug,
  hotplugHandlerUnplugRequest,
  objectGetCanonicalPath,
  objectUnparent,
} from '@dromaius/qom'
import {
  x86ApicidFromTopoIds,
  x86CpuClassByName,
  type X86CPUTopoIDs,
  x86TopoIdsFromApicid,
} from '@dromaius/target-i386'
import { UserError } from '@dromaius/util'
import { topoInfo, x86FindCpuSlot } from './x86-cpu-plug.js'
import { x86CpuNew, type X86MachineState } from './x86-machine.js'

/** A place for a CPU: its APIC id, or socket, die, core and thread; the die may be left out where there is one. */
export interface CpuPlace {
  apicId?: number
  socketId?: number
  dieId?: number
  coreId?: number
  threadId?: number
}

/** What is to be plugged, and where. */
export interface CpuSpec extends CpuPlace {
  /** CPU model, which must be the machine's; by default it is. */
  model?: string
}

/**
 * A place of the machine and whether a CPU is there.
 * @qemu qapi/machine.json HotpluggableCPU
 */
export interface HotpluggableCpu extends Required<CpuPlace> {
  /** Type of the CPU that fits. */
  readonly type: string
  /** Path of the CPU in the composition tree, null while the place is free. */
  readonly qomPath: string | null
  /** Index of the CPU in the machine. */
  readonly cpuIndex: number
}

/** The property of a CPU for each field of a place. */
const PLACE_PROPERTIES = {
  apicId: 'apic-id',
  socketId: 'socket-id',
  dieId: 'die-id',
  coreId: 'core-id',
  threadId: 'thread-id',
} as const satisfies Record<keyof CpuPlace, string>

const placeKeys = Object.keys(PLACE_PROPERTIES) as (keyof CpuPlace)[]

/** `socket-id=1,core-id=0`, as in a message. */
function describePlace(place: CpuPlace): string {
  const given = placeKeys.filter((key) => place[key] !== undefined)
  return given.map((key) => `${PLACE_PROPERTIES[key]}=${place[key]}`).join(',') || 'nowhere'
}

/** Throws UserError for a number that cannot be an id; what is too high for the machine is for the machine to say. */
function checkNumbers(place: CpuPlace): void {
  for (const key of placeKeys) {
    const value = place[key]
    const highest = key === 'apicId' ? 0xffff_ffff : 0x7fff_ffff
    if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= highest)) {
      throw new UserError(`CPU ${PLACE_PROPERTIES[key]}=${value}: expected an integer from 0 to ${highest}`)
    }
  }
}

/**
 * The hot-plugging of one machine's CPUs. Calls are carried out one after the other, in the order in which they came.
 */
export class CpuHotplug {
  readonly #x86ms: X86MachineState
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(x86ms: X86MachineState) {
    this.#x86ms = x86ms
  }

  /**
   * Every place for a CPU.
   * @qemu hw/core/machine-qmp-cmds.c qmp_query_hotpluggable_cpus
   * @differs by rising index; QEMU lists the last place first
   */
  list(): HotpluggableCpu[] {
    return this.#x86ms.possibleCpus.map((_slot, index) => this.#describe(index))
  }

  #describe(index: number): HotpluggableCpu {
    const x86ms = this.#x86ms
    const { archId, cpu } = x86ms.possibleCpus[index]!
    const { pkgId, dieId, coreId, smtId } = x86TopoIdsFromApicid(archId, topoInfo(x86ms))
    return {
      type: x86ms.cpuType,
      cpuIndex: index,
      apicId: archId,
      socketId: pkgId,
      dieId,
      coreId,
      threadId: smtId,
      qomPath: cpu && objectGetCanonicalPath(cpu),
    }
  }

  /**
   * Plugs a CPU into the machine, whether it runs or not. Under KVM it waits for INIT and SIPI, and a vCPU that was parked
   * is used again. Rejects with UserError for a place that is wrong or taken, HostError when the host refuses.
   * @qemu softmmu/qdev-monitor.c qmp_device_add
   */
  plug(spec: CpuSpec): Promise<HotpluggableCpu> {
    return this.#inTurn(() => this.#plug(spec))
  }

  async #plug({ model, ...place }: CpuSpec): Promise<HotpluggableCpu> {
    const x86ms = this.#x86ms
    checkNumbers(place)
    const typeName = model === undefined ? x86ms.cpuType : x86CpuClassByName(model)?.typeName
    if (typeName === undefined) throw new UserError(`'${model}' is not a CPU model`)
    const properties: Record<string, number> = {}
    for (const key of placeKeys) {
      const value = place[key]
      if (value !== undefined) properties[PLACE_PROPERTIES[key]] = value
    }
    const before = new Set<CPUState>(x86ms.system.cpus)
    try {
      const { cpuIndex } = x86CpuNew(x86ms, properties, typeName)
      return this.#describe(cpuIndex)
    } catch (error) {
      // A late step of realize failed: the thread has been told to end, and here it is waited for.
      for (const cpu of x86ms.system.cpus.filter((candidate) => !before.has(candidate)))
        await cpuRemoveSync(cpu)
      throw error
    }
  }

  /**
   * Takes a CPU out of the machine: its thread leaves guest code and ends, and KVM's vCPU is parked. Resolves when it is
   * gone. Rejects with UserError for a place that is wrong or free, and for the CPU that starts the machine.
   * @qemu softmmu/qdev-monitor.c qmp_device_del
   */
  unplug(place: CpuPlace): Promise<void> {
    return this.#inTurn(() => this.#unplug(place))
  }

  async #unplug(place: CpuPlace): Promise<void> {
    const x86ms = this.#x86ms
    checkNumbers(place)
    const cpu = x86FindCpuSlot(x86ms, this.#apicIdOf(place))?.slot.cpu
    if (!cpu) throw new UserError(`There is no CPU at ${describePlace(place)}`)
    hotplugHandlerUnplugRequest(x86ms, cpu)
    await cpuRemoveSync(cpu)
    hotplugHandlerUnplug(x86ms, cpu)
    objectUnparent(cpu)
  }

  #apicIdOf({ apicId, socketId, dieId = 0, coreId, threadId }: CpuPlace): number {
    if (apicId !== undefined) return apicId
    if (socketId === undefined) throw new UserError('CPU socket-id is not set')
    if (coreId === undefined) throw new UserError('CPU core-id is not set')
    if (threadId === undefined) throw new UserError('CPU thread-id is not set')
    const ids: X86CPUTopoIDs = { pkgId: socketId, dieId, coreId, smtId: threadId }
    const topo = topoInfo(this.#x86ms)
    const id = x86ApicidFromTopoIds(topo, ids)
    // An id that is too wide for its field would reach into the next one.
    const back = x86TopoIdsFromApicid(id, topo)
    const same =
      back.pkgId === socketId && back.dieId === dieId && back.coreId === coreId && back.smtId === threadId
    return same ? id : -1
  }

  /** Refuses what comes from now on, and resolves when what came before is through. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#last
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => {
      if (this.#closed) throw new Error('The machine has ended')
      return task()
    })
    this.#last = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }
}
