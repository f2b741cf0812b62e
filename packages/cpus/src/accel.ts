// SPDX-License-Identifier: GPL-2.0-or-later
import type { RamAllocator } from '@dromaius/memory'
import {
  ObjectClass,
  objectClassGetList,
  objectNew,
  objectPropertyAddChild,
  objectPropertyParse,
  objectUnparent,
  QemuObject,
  typeRegister,
} from '@dromaius/qom'
import { AddonError, HostError, infoReport, UserError } from '@dromaius/util'
import type { AccelOps } from './accel-ops.js'
import type { CPUState } from './cpu-state.js'
import type { SystemState } from './system-state.js'

/**
 * What runs a machine's CPUs.
 * @qemu include/qemu/accel.h AccelState
 */
export class AccelState extends QemuObject {
  declare readonly qomClass: AccelClass
  /** As in `-accel`. */
  get name(): string {
    return this.qomClass.accelName
  }

  /** When guest code was entered for the first time, in the host's monotonic time in `ns`; null if it never was. */
  firstRunNs: bigint | null = null

  /** Where the machine's RAM comes from; null for an accelerator that gives none. */
  get ramAllocator(): RamAllocator | null {
    return this.qomClass.ramAllocator
  }
}

/** @qemu include/qemu/accel.h AccelClass */
export class AccelClass extends ObjectClass {
  /** As in `-accel`. */
  accelName = ''
  ops: AccelOps | null = null
  /** Why it cannot be used here, or null when `initMachine` is worth a try. */
  unavailable: string | null = null

  /** Whether it executes guest code; where it does not, nobody can take an interrupt either. */
  runsGuestCode = true
  /** Where the machine's RAM comes from. */
  ramAllocator: RamAllocator | null = null
  /** Whether guest RAM may be any memory of the host, such as a memfd or a file. */
  anyRam = false
  /** Readies the accelerator for one machine. Throws UserError or HostError. */
  initMachine?(accel: AccelState, system: SystemState): void
  /** Part of `cpuExecRealizefn`. */
  cpuCommonRealize?(cpu: CPUState): void
  cpuCommonUnrealize?(cpu: CPUState): void
  /** Gives everything back; the machine's vCPU threads have ended. */
  exitMachine?(accel: AccelState): void
}

/** @qemu include/qemu/accel.h TYPE_ACCEL */
export const TYPE_ACCEL = typeRegister<AccelState, AccelClass>({
  name: 'accel',
  abstract: true,
  instance: AccelState,
  classType: AccelClass,
})

/** One `-accel`: a name and its properties as text. */
export interface AccelSpec {
  name: string
  properties?: Readonly<Record<string, string>>
}

/** The accelerator's class by the name on the command line. @qemu accel/accel-common.c accel_find */
export function accelFind(name: string): AccelClass | null {
  return objectClassGetList(TYPE_ACCEL).find((ac) => ac.accelName === name) ?? null
}

/** All accelerators, by name. */
export function accelList(): AccelClass[] {
  return objectClassGetList(TYPE_ACCEL)
}

/**
 * Gives the machine the first accelerator of the list that works here. What users caused is told as `-accel NAME: ...`,
 * each with its own name, whichever option asked for it.
 *
 * @throws the last one's UserError or HostError when none does
 * @qemu softmmu/vl.c configure_accelerators
 */
export function configureAccelerators(system: SystemState, specs: readonly AccelSpec[]): AccelState {
  let failure: Error | null = null
  for (const spec of specs) {
    try {
      const accel = withOption(spec, () => doConfigureAccelerator(system, spec))
      if (failure) infoReport(`Falling back to ${spec.name}: ${failure.message}`)
      return accel
    } catch (error) {
      if (!(error instanceof UserError || error instanceof HostError || error instanceof AddonError))
        throw error
      // Each failure is told once: those before the last when the next one is tried.
      if (failure) infoReport(failure.message)
      failure = error
    }
  }
  throw failure ?? new UserError('-accel: No accelerator was chosen')
}

/** Runs `body` and puts the accelerator's option in front of what a user caused. */
function withOption<T>({ name }: AccelSpec, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof UserError) || error.message.startsWith('-')) throw error
    throw new UserError(`-accel ${name}: ${error.message}`, { cause: error })
  }
}

/** @qemu softmmu/vl.c do_configure_accelerator */
function doConfigureAccelerator(system: SystemState, spec: AccelSpec): AccelState {
  const ac = accelFind(spec.name)
  if (!ac) throw new UserError(`Invalid accelerator ${spec.name}`)
  if (ac.unavailable !== null) throw new UserError(ac.unavailable)
  const accel = TYPE_ACCEL.cast(objectNew(ac.typeName))
  for (const [name, value] of Object.entries(spec.properties ?? {})) objectPropertyParse(accel, name, value)
  objectPropertyAddChild(system.root, 'accel', accel)
  try {
    accelInitMachine(accel, system)
  } catch (error) {
    objectUnparent(accel)
    throw error
  }
  return accel
}

/** @qemu accel/accel-softmmu.c accel_init_machine */
function accelInitMachine(accel: AccelState, system: SystemState): void {
  system.accel = accel
  try {
    accel.qomClass.initMachine?.(accel, system)
  } catch (error) {
    system.accel = null
    throw error
  }
}

/** Gives the machine's accelerator back; every vCPU thread has ended. */
export function accelExitMachine(system: SystemState): void {
  const accel = system.accel
  if (!accel) return
  accel.qomClass.exitMachine?.(accel)
  objectUnparent(accel)
  system.accel = null
}
