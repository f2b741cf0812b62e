// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants, readFileSync } from 'node:fs'

/** An accelerator that the battery runs on. */
export interface Accelerator {
  /** As in `-accel`, with its properties. */
  name: string
  /** The accelerator's own name. */
  accel: 'kvm' | 'tcg' | 'qtest'
  properties: Readonly<Record<string, string>>
  /** Whether it executes guest code: the dummy does not. */
  runsGuests: boolean
  /** Whether it can be told of breakpoints. */
  debugs: boolean
  /** Whether its machines have interrupt controllers. */
  controllers: boolean
  /** Why it cannot be used on this host, or null. */
  unavailable: string | null
}

function whyNoKvm(): string | null {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    return `/dev/kvm: ${(error as NodeJS.ErrnoException).code}`
  }
}

/** Of some numbers of CPUs those that a machine can have: without interrupt controllers a CPU is alone. */
export function cpuCounts({ accel, controllers }: Accelerator, wanted: readonly number[]): number[] {
  return wanted.filter((count) => count === 1 || controllers || accel === 'qtest')
}

/** Whether this host's KVM has no hardware below it: it emulates kernel code, and not all of it. */
export function emulatesKernelCode({ accel }: Accelerator): boolean {
  return accel === 'kvm' && !/^flags.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
}

const guests = { runsGuests: true, debugs: true, controllers: true }

const kvmWith = (name: string, properties: Record<string, string>): Accelerator => ({
  ...guests,
  name,
  accel: 'kvm',
  properties,
  unavailable: whyNoKvm(),
})

const tcgWith = (name: string, properties: Record<string, string>): Accelerator => ({
  ...guests,
  name,
  accel: 'tcg',
  properties,
  unavailable: null,
})

/**
 * Every accelerator there is; KVM also with some, and all, of the interrupt controllers outside of the kernel; the translator,
 * which interprets what is over this soon, also with all code compiled.
 */
export const accelerators: readonly Accelerator[] = [
  kvmWith('kvm', {}),
  kvmWith('kvm,kernel-irqchip=split', { 'kernel-irqchip': 'split' }),
  kvmWith('kvm,kernel-irqchip=off', { 'kernel-irqchip': 'off' }),
  tcgWith('tcg', {}),
  tcgWith('tcg,x-compile-after=1', { 'x-compile-after': '1' }),
  {
    name: 'qtest',
    accel: 'qtest',
    properties: {},
    runsGuests: false,
    debugs: false,
    controllers: false,
    unavailable: null,
  },
]

/** The accelerator with this name. */
export function acceleratorOf(name: string): Accelerator {
  const accel = accelerators.find((candidate) => candidate.name === name)
  if (!accel) throw new Error(`No accelerator ${name}`)
  return accel
}

/** For test titles: the accelerator's name and, when it is skipped, why. */
export function titleOf({ name, unavailable }: Accelerator): string {
  return unavailable === null ? name : `${name} (skipped: ${unavailable})`
}
