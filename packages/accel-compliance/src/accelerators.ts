// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants, readFileSync } from 'node:fs'

/** An accelerator that the battery runs on. */
export interface Accelerator {
  /** As in `-accel`. */
  name: string
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
export function cpuCounts({ name, controllers }: Accelerator, wanted: readonly number[]): number[] {
  return wanted.filter((count) => count === 1 || controllers || name === 'qtest')
}

/** Whether this host's KVM has no hardware below it: it emulates kernel code, and not all of it. */
export function emulatesKernelCode({ name }: Accelerator): boolean {
  return name === 'kvm' && !/^flags.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
}

/** Every accelerator there is. */
export const accelerators: readonly Accelerator[] = [
  { name: 'kvm', runsGuests: true, debugs: true, controllers: true, unavailable: whyNoKvm() },
  { name: 'tcg', runsGuests: true, debugs: true, controllers: true, unavailable: null },
  { name: 'qtest', runsGuests: false, debugs: false, controllers: false, unavailable: null },
]

/** For test titles: the accelerator's name and, when it is skipped, why. */
export function titleOf({ name, unavailable }: Accelerator): string {
  return unavailable === null ? name : `${name} (skipped: ${unavailable})`
}
